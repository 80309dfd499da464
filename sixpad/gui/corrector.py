"""Correct and continue: the drawing is kept, and the network learns it at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QDeadlineTimer, QObject, Signal, Slot
from PySide6.QtGui import QUndoCommand

from sixpad.core.correction import Correction, needless
from sixpad.core.grid import SIDE
from sixpad.core.network import Network
from sixpad.data.provenance import CORRECTIONS
from sixpad.data.spec_words import has_drawings
from sixpad.data.stored import CORRECTED, Stored
from sixpad.gui.correction_thread import CorrectionThread
from sixpad.gui.labelling import EMPTY, Labelling
from sixpad.gui.learned import Learned
from sixpad.gui.numbers import a, count, percent
from sixpad.gui.trainer import State, Trainer
from sixpad.gui.worker import Worker

# So many of one's own drawings, the newest, are earlier examples where they are not trained on.
_OWN = 2000


class Corrected(NamedTuple):
    """What came of a correction, for the person.

    `undoable` is whether anything changed, and `held` whether a training was paused for it.
    """

    label: int
    digit: int
    correction: Correction
    undoable: bool
    held: bool

    @property
    def change(self) -> str:
        """P before and after, in few letters."""
        before, after = self.correction.before, self.correction.after
        return f"{percent(before, 0)} → {percent(after, 0)}"

    @property
    def sentence(self) -> str:
        """All of it."""
        found = self.correction
        P = f"P({self.digit})"
        if not found.steps:
            kept = f"Kept as {a(self.label)}."
            sure = found.after if self.label == self.digit else 1 - found.after
            if sure <= 0.5:
                return f"{kept} No step leads on from these weights: train the network first."
            said = f"that it is not {a(self.digit)}" if self.label != self.digit else "so"
            return (
                f"{kept} The network says {said} already, with {P} = {percent(found.after)}: "
                "nothing had to change."
            )
        return (
            f"Corrected to {a(self.label)}: {P} {percent(found.before)} → {percent(found.after)}. "
            f"Of {count(found.asked)} earlier examples, {count(found.lost)} turned from right to "
            f"wrong and {count(found.won)} from wrong to right."
        )


class Corrector(QObject):
    """Takes one correction at a time; `corrected` tells what came of it."""

    corrected = Signal(object)

    def __init__(self, labelling: Labelling, trainer: Trainer, parent: QObject) -> None:
        super().__init__(parent)
        self._labelling, self._trainer = labelling, trainer
        self._session = trainer.session
        self._held = False
        self._next: int | None = None
        self._worker: Worker[CorrectionThread] = Worker(self)
        self._worker.finished.connect(self._take)

    def correct(self, label: int) -> None:
        """Keep what is on the canvas as this digit, and teach it to the network in use."""
        session, data = self._session, self._trainer.data
        session.drawing.end_stroke()
        trouble = self._trouble()
        if not session.drawing.ink.any():
            self._labelling.hinted.emit(EMPTY)
        elif trouble:
            session.noticed.emit(f"{trouble} The key {label} by itself keeps the drawing.")
        elif self._worker.thread_at_work:
            self._next = label
        elif found := needless(
            session.network, session.snapshot.parameters, session.drawing.X, label
        ):
            # What is right already stops no training.
            self._labelling.stay()
            new = self._labelling.new(label, CORRECTED)
            self._settle(label, found, None, new, held=False)
        else:
            self._next = None
            self._labelling.stay()
            self._held = self._trainer.state is State.RUNNING
            # A running training pauses first: its weights are no thread's then.
            session.about_to_switch.emit()
            assert data.parts is not None
            self._begin(label, data.parts[0].names)

    def _trouble(self) -> str:
        """Why there is nothing to correct now, in a sentence."""
        data = self._trainer.data
        if data.loading or (data.parts is None and self._trainer.state is State.WAITING):
            return "The examples are still being prepared: try again in a moment."
        if not self._session.snapshot.step:
            return "This network has learned nothing yet, so there is nothing to correct: train it."
        if data.parts is None:
            return "There are no examples to mix the drawing with: choose some data first."
        return ""

    def _begin(self, label: int, names: tuple[str, ...]) -> None:
        session, data = self._session, self._trainer.data
        assert data.parts is not None
        training, validation = data.parts
        sizes = len(training), len(validation), data.preparation
        start = session.learned._replace(source=session.learned.source.then(names, *sizes))
        thread = CorrectionThread(
            session.network,
            start,
            (session.drawing.ink.copy(), session.drawing.X.reshape(-1).copy(), label),
            data.parts,
            self._own(),
            self,
        )
        thread.failed.connect(session.noticed)
        self._before, self._new = self._labelling.held, self._labelling.new(label, CORRECTED)
        # A key that is pressed meanwhile is for the same drawing.
        session.drawing.uuid = self._new.uuid
        self._worker.begin(thread)

    def _own(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """The person's own drawings and their labels, where they are not trained on anyway."""
        table = self._labelling.collection.table
        rows = np.flatnonzero(~table.deleted)[-_OWN:]
        if has_drawings(self._trainer.data.specs):
            rows = rows[:0]
        return table.images(rows).reshape(-1, SIDE, SIDE), table.labels[rows].copy()

    @Slot(object)
    def _take(self, thread: CorrectionThread) -> None:
        session, correction = self._session, thread.correction
        if correction is None:
            return
        if session.network != thread.network or session.snapshot is not thread.start_from.snapshot:
            session.noticed.emit("The network has changed meanwhile: try the correction again.")
            return
        learned = None
        if correction.steps:
            source = thread.learned.source
            sizes = source.training, source.validation, source.preparation
            learned = thread.learned._replace(source=source.then((CORRECTIONS,), *sizes))
        now, new = self._labelling.known(self._new.uuid), self._new
        if now and now != self._before:
            # It was labelled meanwhile, and that is the person's last word.
            new = now
        self._settle(thread.drawing[2], correction, learned, new, held=self._held)
        label, self._next = self._next, None
        if label is not None and session.drawing.uuid == self._new.uuid:
            self.correct(label)

    def _settle(
        self, label: int, found: Correction, learned: Learned | None, stored: Stored, *, held: bool
    ) -> None:
        """Keep the drawing and use what was learned, in one step of undo, and tell."""
        network, before = self._session.network, self._labelling.known(stored.uuid)
        changed = not before or before.deleted_at is not None or before.label != stored.label
        undoable = bool(learned) or changed
        if undoable:
            command = _Correct(self._labelling, network, learned, stored, before)
            self._session.undo_stack.push(command)
        digit = label if network.digit is None else network.digit
        self.corrected.emit(Corrected(label, digit, found, undoable, held))

    def close(self, deadline: QDeadlineTimer) -> bool:
        """Give up and wait; False if the thread would not end in time."""
        return self._worker.close(deadline)


class _Correct(QUndoCommand):
    """A drawing that was kept, and what a network has learned from it; there and back at once."""

    def __init__(
        self, labelling: Labelling, network: Network, learned: Learned | None, stored: Stored,
        before: Stored | None,
    ) -> None:  # fmt: skip
        super().__init__(f"correct to {stored.label}")
        self._labelling, self._session = labelling, labelling.session
        self._network, self._other = network, learned
        self._stored, self._before = stored, before

    def redo(self) -> None:
        self._labelling.put(self._stored)
        self._exchange()

    def undo(self) -> None:
        self._labelling.take_back(self._stored, self._before)
        self._exchange()

    def _exchange(self) -> None:
        if self._other:
            # A running training ends first, so that its last step is not lost in the exchange.
            self._session.about_to_switch.emit()
            other, self._other = self._other, self._session.learned_by(self._network)
            self._session.adopt(self._network, other)
