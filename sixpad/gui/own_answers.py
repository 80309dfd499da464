"""What the network in use says of a person's own drawings: of those that are seen, and of all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QDeadlineTimer, QElapsedTimer, QObject, QTimer, Signal, Slot

from sixpad.core.grid import PIXELS, SIDE, pack, unpack
from sixpad.core.network import Network, Parameters
from sixpad.core.preparation import Preparation
from sixpad.data.drawing_table import DrawingTable
from sixpad.data.stored import PACKED
from sixpad.gui.collection import Collection
from sixpad.gui.trainer import State, Trainer
from sixpad.gui.worker import Worker, WorkerThread

# In a training, all drawings are asked about again after so long, or twice what it last took.
REST_MILLISECONDS = 1000
_AT_ONCE = 1024


class Subject(NamedTuple):
    """Whose answers they are."""

    network: Network
    parameters: Parameters
    preparation: Preparation

    def is_the(self, other: Subject) -> bool:
        """Whether the other is the very same; parameters are compared by being the same."""
        return self.parameters is other.parameters and self.is_like(other)

    def is_like(self, other: Subject) -> bool:
        """Whether the other differs at most in its parameters."""
        return (self.network, self.preparation) == (other.network, other.preparation)


class Pass(NamedTuple):
    """P (N,) or (N, 10) of the drawings as they were, prepared (N, 72) as the subject says."""

    subject: Subject
    P: NDArray[np.float32]


class OwnAnswers(QObject):
    """Answers at once to the drawings that are seen, and to all of them in a thread.

    `whole` has the last answers to all, which stay until newer ones are there; `changed` comes
    with each, and `busy_changed` when one begins or ends.
    """

    changed = Signal()
    busy_changed = Signal()

    def __init__(self, trainer: Trainer, collection: Collection, parent: QObject) -> None:
        super().__init__(parent)
        self._trainer, self._session = trainer, trainer.session
        self._collection = collection
        self.whole: Pass | None = None
        self._wanted = False
        self._table: DrawingTable | None = None
        self._packed = np.empty((0, PACKED), np.uint8)
        # The drawings as the network is to see them, (N, 72), where they are prepared (N,) yet.
        self._prepared = np.empty((0, PACKED), np.uint8)
        self._is_prepared = np.empty(0, np.bool_)
        self._preparation: Preparation | None = None
        # The answers to those that were seen, where they are known (N,).
        self._live = np.empty(0, np.float32)
        self._known = np.empty(0, np.bool_)
        self._of: Subject | None = None
        self._worker: Worker[_PassThread] = Worker(self)
        self._worker.finished.connect(self._take)
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self.refresh)
        session = self._session
        for signal in (
            session.weights_changed, session.network_changed, session.drawing.preparation_changed,
            trainer.state_changed,
        ):  # fmt: skip
            signal.connect(self.refresh)

    @property
    def subject(self) -> Subject:
        """What answers now."""
        session = self._session
        return Subject(session.network, session.snapshot.parameters, session.drawing.preparation)

    @property
    def busy(self) -> bool:
        """Whether answers to all drawings are on their way."""
        return self._worker.thread_at_work is not None

    @property
    def outdated(self) -> bool:
        """Whether `whole` is of earlier weights, or does not have all drawings."""
        whole = self.whole
        if whole is None:
            return False
        return len(whole.P) < len(self._collection.table) or not whole.subject.is_the(self.subject)

    def all(self) -> NDArray[np.float32] | None:
        """P (N,) or (N, 10) of all drawings, NaN where it is not known yet; None if of no use."""
        whole, count = self.whole, len(self._collection.table)
        if whole is None or not whole.subject.is_like(self.subject):
            return None
        if len(whole.P) >= count:
            return whole.P[:count]
        P = np.full((count, *whole.P.shape[1:]), np.nan, np.float32)
        P[: len(whole.P)] = whole.P
        return P

    def of(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """P (n,) or (n, 10) of some drawings, by the weights as they are now."""
        subject = self._up_to_date()
        missing = rows[~self._known[rows]]
        if len(missing):
            raw = missing[~self._is_prepared[missing]]
            if len(raw):
                self._prepared[raw] = prepared(self._packed[raw], subject.preparation)
                self._is_prepared[raw] = True
            self._live[missing] = answered(subject, self._prepared[missing])
            self._known[missing] = True
        return self._live[rows]

    def want(self, wanted: bool) -> None:
        """Keep answers to all drawings from now on, or no longer."""
        self._wanted = wanted
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Ask about all drawings where what is known of them is older than the network."""
        thread, subject = self._worker.thread_at_work, self.subject
        trained, running = bool(self._session.snapshot.step), self._training
        if thread:
            # In a training, what is found of weights just past is better than nothing.
            serves = thread.subject.is_like(subject) if running else thread.subject.is_the(subject)
            if serves and self._wanted:
                return
            self._worker.give_up()
            self.busy_changed.emit()
        if not self._wanted or not trained or not len(self._collection.table):
            return
        if self.whole and not self.outdated:
            return
        if running and self._rest.isActive() and self.all() is not None:
            return
        self._up_to_date()
        thread = _PassThread(subject, self._packed, self._prepared, self._is_prepared, self)
        thread.failed.connect(self._session.noticed)
        self._worker.begin(thread)
        self.busy_changed.emit()

    @property
    def _training(self) -> bool:
        return self._trainer.state is State.RUNNING

    @Slot(object)
    def _take(self, thread: _PassThread) -> None:
        if thread.P is not None:
            if thread.packed is self._packed and thread.subject.preparation is self._preparation:
                self._prepared, self._is_prepared = thread.prepared, thread.is_prepared
            if self._fits(thread.packed):
                self.whole = Pass(thread.subject, thread.P)
            self._rest.start(max(REST_MILLISECONDS, 2 * thread.milliseconds))
            self.changed.emit()
            self.refresh()
        self.busy_changed.emit()

    def _fits(self, packed: NDArray[np.uint8]) -> bool:
        """Whether the first rows of the table still hold these drawings."""
        table = self._collection.table
        return packed is self._packed or np.array_equal(table.packed[: len(packed)], packed)

    def _up_to_date(self) -> Subject:
        """Have all arrays as long as the table is, and hold nothing that has changed."""
        table, subject = self._collection.table, self.subject
        if table is not self._table or len(table) != len(self._packed):
            self._take_in(table)
        if subject.preparation is not self._preparation:
            self._preparation = subject.preparation
            self._is_prepared = np.zeros(len(table), np.bool_)
        if self._of is None or not subject.is_the(self._of):
            outputs = subject.network.answer.outputs
            shape = (len(table),) if outputs == 1 else (len(table), outputs)
            if self._live.shape != shape:
                self._live = np.empty(shape, np.float32)
            self._known = np.zeros(len(table), np.bool_)
        self._of = subject
        return subject

    def _take_in(self, table: DrawingTable) -> None:
        """Take in a table that is another or has grown, and keep what was prepared of it."""
        before = min(len(self._packed), len(table))
        same = (table.packed[:before] == self._packed[:before]).all(axis=1)
        kept = np.zeros(len(table), np.bool_)
        kept[:before] = self._is_prepared[:before] & same
        ink = np.empty((len(table), PACKED), np.uint8)
        ink[:before] = self._prepared[:before]
        if not same.all() or before < len(self._packed):
            self.whole = None
        self._table, self._packed = table, table.packed.copy()
        self._prepared, self._is_prepared = ink, kept
        self._of = None

    def close(self, deadline: QDeadlineTimer) -> bool:
        """Give up and wait; False if it would not end in time."""
        self._wanted = False
        self._rest.stop()
        return self._worker.close(deadline)


class _PassThread(WorkerThread):
    """Prepares drawings (N, 72) where they are not `is_prepared`, and answers them all: P."""

    P: NDArray[np.float32] | None = None
    milliseconds = 0

    def __init__(
        self, subject: Subject, packed: NDArray[np.uint8], ink: NDArray[np.uint8],
        is_prepared: NDArray[np.bool_], parent: QObject,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.subject, self.packed = subject, packed
        # The window goes on to write into its own ones.
        self.prepared, self.is_prepared = ink.copy(), is_prepared.copy()

    def work(self) -> None:
        clock = QElapsedTimer()
        clock.start()
        raw = np.flatnonzero(~self.is_prepared)
        for begin in range(0, len(raw), _AT_ONCE):
            self.look()
            some = raw[begin : begin + _AT_ONCE]
            self.prepared[some] = prepared(self.packed[some], self.subject.preparation)
        self.is_prepared[:] = True
        found = []
        for begin in range(0, len(self.packed), _AT_ONCE):
            self.look()
            found.append(answered(self.subject, self.prepared[begin : begin + _AT_ONCE]))
        self.P = np.concatenate(found)
        self.milliseconds = clock.elapsed()


def prepared(packed: NDArray[np.uint8], preparation: Preparation) -> NDArray[np.uint8]:
    """Drawings (n, 72) as the network is to see them, packed again."""
    ink = preparation(unpack(packed).reshape(-1, SIDE, SIDE))
    return pack(ink.reshape(-1, PIXELS))


def answered(subject: Subject, ink: NDArray[np.uint8]) -> NDArray[np.float32]:
    """P (n,) or (n, 10) of prepared drawings (n, 72)."""
    X = unpack(ink).astype(np.float32)
    P: NDArray[np.float32] = np.asarray(subject.network.predict(subject.parameters, X), np.float32)
    return P
