"""MNIST on its way to this machine: in a thread, to be stopped and gone on with at any time."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QObject, Signal, Slot

from sixpad.data.mnist import bytes_here, bytes_in_all, download_mnist
from sixpad.gui.worker import Worker, WorkerThread


class MnistDownload(QObject):
    """Brings MNIST into `folder`; what has come stays when it is stopped or fails.

    `changed` comes when it begins, is to stop, and has ended, `progressed` with each piece, and
    `done` when all of it is here. `failed` carries a sentence for the person.
    """

    changed = Signal()
    progressed = Signal()
    done = Signal()
    failed = Signal(str)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder = folder
        self.total = bytes_in_all()
        self.here = bytes_here(folder)
        self._worker: Worker[_DownloadThread] = Worker(self)
        self._worker.finished.connect(self._ended)

    @property
    def running(self) -> bool:
        """Whether it is on its way, or not yet at rest again."""
        return self._worker.thread_at_work is not None

    @property
    def stopping(self) -> bool:
        """Whether it has been told to stop, and waits for the mirror's last word."""
        thread = self._worker.thread_at_work
        return thread is not None and thread.cancelled

    @property
    def whole(self) -> bool:
        """Whether all of it is here."""
        return not self.running and self.here == self.total

    def start(self) -> None:
        """Begin, or go on."""
        if self.running:
            return
        thread = _DownloadThread(self.folder, self)
        thread.came.connect(self._count)
        thread.failed.connect(self.failed)
        self._worker.begin(thread)
        self.changed.emit()

    def stop(self) -> None:
        """Stop at the next piece; a later start goes on from there."""
        thread = self._worker.thread_at_work
        if thread:
            # Not given up: until it has ended, no other thread may write the same file.
            thread.cancelled = True
            self.changed.emit()

    def look(self) -> None:
        """Look anew what is here."""
        if not self.running:
            self.here = bytes_here(self.folder)
            self.changed.emit()

    @Slot(int)
    def _count(self, here: int) -> None:
        self.here = here
        self.progressed.emit()

    @Slot(object)
    def _ended(self, thread: _DownloadThread) -> None:
        self.look()
        if thread.whole:
            self.done.emit()

    def close(self, deadline: QDeadlineTimer) -> bool:
        """Give up and wait; False if it would not end in time."""
        return self._worker.close(deadline)


class _DownloadThread(WorkerThread):
    """Downloads; `came` tells how many bytes are here, and `whole` whether it got to the end."""

    came = Signal(int)
    whole = False

    def __init__(self, folder: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._folder = folder

    def work(self) -> None:
        download_mnist(self._folder, on_progress=self._report)
        self.whole = True

    def _report(self, here: int) -> None:
        self.look()
        self.came.emit(here)
