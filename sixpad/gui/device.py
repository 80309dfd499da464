"""The device that computes: what the person chose, what was found, and why."""

from __future__ import annotations

from PySide6.QtCore import QDeadlineTimer, QObject, Signal, Slot

from sixpad.core.backend import Backend, choose, cpu, suited
from sixpad.errors import SixpadError
from sixpad.gui.worker import Worker, WorkerThread


class Device(QObject):
    """`choice` is auto, cpu or gpu; `backend` is what computes, with the reason in words."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choice = "auto"
        self.backend = self._found = cpu("Looking for a GPU …")
        self._worker: Worker[_ProbeThread] = Worker(self)
        self._worker.finished.connect(self._take)

    def choose(self, choice: str) -> None:
        """Compute there from the next start on; it is tried at once."""
        self.choice = choice
        self.probe()

    def fall_back(self, backend: Backend) -> None:
        """Take on the backend that a training went on with."""
        self.backend = self._found = backend
        self.changed.emit()

    def begin(self, images: int) -> Backend:
        """Take on, of what was found, what is best for a training on so many images."""
        self.backend = suited(self._found, self.choice, images)
        self.changed.emit()
        return self.backend

    def probe(self) -> None:
        """Try in a thread what the chosen device can do."""
        self._worker.begin(_ProbeThread(self.choice, self))

    @Slot(object)
    def _take(self, thread: _ProbeThread) -> None:
        if thread.backend:
            self.backend = self._found = thread.backend
        self.changed.emit()

    def close(self, deadline: QDeadlineTimer) -> bool:
        """Wait for the probe; False if it would not end in time."""
        return self._worker.close(deadline)


class _ProbeThread(WorkerThread):
    """Finds out which device can be used; `backend` has the result."""

    def __init__(self, choice: str, parent: QObject) -> None:
        super().__init__(parent)
        self.choice = choice
        self.backend: Backend | None = None

    def work(self) -> None:
        try:
            self.backend = choose(self.choice)
        except SixpadError as error:
            self.backend = cpu(str(error))
