"""The drawings that excite the units of a stage most, looked for in a thread."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QDeadlineTimer, QObject, QTimer, Signal, Slot

from sixpad.core.inside import Exciting, Stage, most_exciting
from sixpad.core.network import Network, Parameters
from sixpad.data.dataset import Dataset
from sixpad.gui.data_source import DataSource
from sixpad.gui.session import Session
from sixpad.gui.worker import Worker, WorkerThread

MOST = 12
_FIRST_EXAMPLES = 4000
# While training goes on the search is repeated, but must not take much of its time.
_AGAIN_MILLISECONDS = 2000


class Subject(NamedTuple):
    """Whose exciting drawings are looked for, and among how many of the examples."""

    network: Network
    parameters: Parameters
    stage: Stage
    data: Dataset
    examples: int

    def is_the(self, other: Subject | None) -> bool:
        """Whether the other is the very same, but for the number of examples.

        Parameters are compared by being the same.
        """
        return (
            other is not None
            and self.parameters is other.parameters
            and self.data is other.data
            and (self.network, self.stage) == (other.network, other.stage)
        )


class Found(NamedTuple):
    """What excites each unit most among the first so many `examples` of `data`."""

    data: Dataset
    examples: int
    exciting: Exciting


class Search(QObject):
    """Looks through the training part for what excites a stage, and keeps what it found last.

    It looks through some of the examples first, and through all of them where the weights rest.
    `changed` tells that something was found. Once the weights have moved on, what was found stays
    until it has been looked for again.
    """

    changed = Signal()

    def __init__(
        self, session: Session, data: DataSource | None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._data = session, data
        self._stage: Stage | None = None
        self._subject: Subject | None = None
        self._found: Exciting | None = None
        self._worker: Worker[_SearchThread] = Worker(self)
        self._worker.finished.connect(self._take)
        self._again = QTimer(self, singleShot=True, interval=_AGAIN_MILLISECONDS)
        self._again.timeout.connect(self._begin)
        session.weights_changed.connect(self._weights_changed)
        if data is not None:
            data.changed.connect(self._begin)

    @property
    def data(self) -> Dataset | None:
        """The examples that are looked through, once they are there."""
        parts = self._data.parts if self._data is not None else None
        return parts[0] if parts else None

    def want(self, stage: Stage | None) -> None:
        """Look for what excites the units of this stage from now on, or for nothing."""
        self._stage = stage
        if stage is None:
            self._worker.give_up()
            self._again.stop()
        else:
            self._begin()

    def found(self) -> Found | None:
        """What was found last, if it is of the wanted stage."""
        subject = self._subject
        if subject is None or self._found is None or subject.stage != self._stage:
            return None
        if subject.network != self._session.network:
            return None
        return Found(subject.data, subject.examples, self._found)

    def _weights_changed(self) -> None:
        if self._stage is not None and not self._again.isActive():
            self._again.start()

    @Slot()
    def _begin(self) -> None:
        session, data = self._session, self.data
        if self._stage is None or data is None or not session.network.deep:
            return
        parameters, few = session.snapshot.parameters, min(len(data), _FIRST_EXAMPLES)
        wanted = Subject(session.network, parameters, self._stage, data, few)
        at_work = self._worker.thread_at_work
        if wanted.is_the(at_work.subject if at_work else None):
            return
        if self._subject is not None and wanted.is_the(self._subject):
            if self._subject.examples == len(data):
                return
            wanted = wanted._replace(examples=len(data))
        # While training goes on, what is found of weights just past is better than nothing.
        if at_work is not None and at_work.subject.stage == wanted.stage:
            self._again.start()
            return
        thread = _SearchThread(wanted, self)
        thread.failed.connect(session.noticed)
        self._worker.begin(thread)

    @Slot(object)
    def _take(self, thread: _SearchThread) -> None:
        if thread.found is not None:
            self._subject, self._found = thread.subject, thread.found
            self.changed.emit()
            # Where the weights have moved meanwhile, the next search waits for its time.
            if self._subject.parameters is self._session.snapshot.parameters:
                self._begin()

    def close(self, deadline: QDeadlineTimer) -> bool:
        """Give up and wait; False if it would not end in time."""
        self._again.stop()
        return self._worker.close(deadline)


class _SearchThread(WorkerThread):
    """Looks for what excites a subject's stage; `found` has it."""

    found: Exciting | None = None

    def __init__(self, subject: Subject, parent: QObject) -> None:
        super().__init__(parent)
        self.subject = subject

    def work(self) -> None:
        network, parameters, stage, data, examples = self.subject
        images = data.images[:examples]
        self.found = most_exciting(network, parameters, images, stage, MOST, self.look)
