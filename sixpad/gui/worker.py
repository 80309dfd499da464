"""Threads for work that the window must not wait for."""

from __future__ import annotations

import logging

from PySide6.QtCore import QDeadlineTimer, QObject, QThread, Signal, Slot

from sixpad.errors import SixpadError

# macOS gives a thread 512 KB of stack, too little for OpenBLAS.
_STACK_BYTES = 8 << 20


class WorkerThread(QThread):
    """A thread whose work may fail; `failed` carries the sentence for the person."""

    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setStackSize(_STACK_BYTES)

    def run(self) -> None:
        try:
            self.work()
        except SixpadError as error:
            self.failed.emit(str(error))
        except MemoryError:
            self.failed.emit("There is not enough memory for this; choose less data.")
        except Exception:
            logging.getLogger(__name__).exception("a worker thread failed")
            self.failed.emit("Something in sixpad went wrong; the log has the details.")

    def work(self) -> None:
        """What the thread is for."""
        raise NotImplementedError


class Retired(QObject):
    """Threads whose results are no longer wanted: a running one must not be destroyed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threads: list[WorkerThread] = []

    def add(self, thread: WorkerThread) -> None:
        """Let a thread end by itself; its signals are to be disconnected by its owner."""
        thread.finished.connect(self._forget)
        self._threads.append(thread)
        self._forget()

    @Slot()
    def _forget(self) -> None:
        for thread in [thread for thread in self._threads if thread.isFinished()]:
            self._threads.remove(thread)
            release(thread)

    def wait(self, deadline: QDeadlineTimer) -> bool:
        """Wait for all of them; False if one would not end in time."""
        return all(thread.wait(deadline) for thread in self._threads)


def release(thread: WorkerThread) -> None:
    """Give back a thread that has finished."""
    thread.wait()
    thread.deleteLater()
