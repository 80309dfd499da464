"""Session: the one observed state of the window; widgets know it and never each other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from sixpad.core.config import TrainingConfig
from sixpad.core.evidence import Evidence, weigh
from sixpad.core.grid import Region
from sixpad.core.metrics import Scores
from sixpad.core.network import Network
from sixpad.core.snapshot import DIVERGED, Snapshot, initial_snapshot
from sixpad.gui.drawing import Drawing
from sixpad.gui.history import History


class Cell(NamedTuple):
    """One pixel of the grids, counted from 0 at the top left."""

    row: int
    column: int


class Source(NamedTuple):
    """What a neuron was trained on: the data's name, the examples in each part, centred or not."""

    name: str = ""
    training: int = 0
    validation: int = 0
    fit: bool = True


class Learned(NamedTuple):
    """What one neuron has learned so far, the curve of how it came there, and from what."""

    snapshot: Snapshot
    history: History
    source: Source = Source()


class Session(QObject):
    """The drawing, the neuron that looks at it, its answer, and the pixel under the pointer.

    Each digit keeps its own weights. `evidence` is always that of the drawing as it is prepared
    now, under the weights as they are now. `about_to_switch` comes before the digit or what was
    learned is exchanged, so that a training can end first. Of a single step `step_found` comes
    first, when only its gradient is seen, and `stepped` once the weights have moved by it.
    """

    about_to_switch = Signal()
    evidence_changed = Signal()
    weights_changed = Signal()
    history_changed = Signal()
    digit_changed = Signal(int)
    pointer_changed = Signal()
    pen_changed = Signal()
    numbers_changed = Signal(bool)
    step_found = Signal()
    stepped = Signal()
    noticed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(500)
        self.drawing = Drawing(self.undo_stack, self)
        self.drawing.changed.connect(self._weigh)
        self.pen_width = 2
        self.erasing = False
        self.numbers = False
        self.pointer: Cell | None = None
        # A step whose gradient is shown before the weights move by it.
        self.coming: Snapshot | None = None
        self.digit = 6
        self._learned: dict[int, Learned] = {}
        self._weigh()

    @property
    def network(self) -> Network:
        """The neuron for the digit that is looked for now."""
        return Network(self.digit)

    @property
    def learned(self) -> Learned:
        """What the current digit's neuron has learned."""
        return self.learned_by(self.digit)

    def learned_by(self, digit: int) -> Learned:
        """What the neuron for a digit has learned."""
        if digit not in self._learned:
            start = initial_snapshot(Network(digit), TrainingConfig())
            self._learned[digit] = Learned(start, History())
        return self._learned[digit]

    @property
    def snapshot(self) -> Snapshot:
        """The current digit's training as it stands."""
        return self.learned.snapshot

    @property
    def history(self) -> History:
        """The current digit's curve."""
        return self.learned.history

    @property
    def weights(self) -> NDArray[np.float32]:
        """W (24, 24), laid out as the picture it is a weight for."""
        W: NDArray[np.float32] = self.snapshot.parameters["output.weights"].reshape(24, 24)
        return W

    @property
    def gradient(self) -> NDArray[np.float32] | None:
        """∂L/∂W (24, 24) of the last step, if there was one."""
        gradient = self.snapshot.gradient if self.coming is None else self.coming.gradient
        return None if gradient is None else gradient["output.weights"].reshape(24, 24)

    def set_digit(self, digit: int) -> None:
        """Look for another digit, with the weights that are its own."""
        if digit != self.digit:
            self.about_to_switch.emit()
            self.digit = digit
            self.digit_changed.emit(digit)
            self._announce()

    def set_snapshot(self, snapshot: Snapshot, source: Source | None = None) -> None:
        """Take on what was learned since; the curve is the same, and so is the source if None."""
        learned = self.learned
        self._learned[self.digit] = Learned(snapshot, learned.history, source or learned.source)
        self.weights_changed.emit()
        self._weigh()

    def adopt(self, digit: int, learned: Learned) -> None:
        """Exchange what a digit's neuron has learned, and look for that digit."""
        self._learned[digit] = learned
        self.digit = digit
        self.digit_changed.emit(digit)
        self._announce()

    def open(self, digit: int, learned: Learned) -> None:
        """Put an opened model in the place of what its digit's neuron had learned; undoable."""
        self.undo_stack.push(_Exchange(self, "open model", digit, learned))

    def reset(self) -> None:
        """Forget what the current digit's neuron has learned; undo brings it back."""
        fresh = initial_snapshot(self.network, self.snapshot.config)
        self.undo_stack.push(_Exchange(self, "reset", self.digit, Learned(fresh, History())))

    def take_snapshot(
        self,
        snapshot: Snapshot,
        losses: NDArray[np.float64],
        validation: tuple[tuple[int, Scores], ...],
    ) -> None:
        """Take on a newer moment of the training, with the losses (k, 2) and scores it brought."""
        self.history.extend(
            np.column_stack([snapshot.epoch_of(losses[:, 0]), losses[:, 1]]),
            [(float(snapshot.epoch_of(step)), scores) for step, scores in validation],
        )
        if snapshot.stopped == DIVERGED:
            self.history.cut(snapshot.progress)
        self.set_snapshot(snapshot)
        self.history_changed.emit()

    def all_learned(self) -> dict[int, Learned]:
        """What each digit's neuron has learned, for those that were ever looked for."""
        return dict(self._learned)

    def restore(self, digit: int, learned: Learned) -> None:
        """Give a digit what an earlier run left, before anything is shown."""
        self._learned[digit] = learned

    def point_at(self, cell: Cell | None) -> None:
        """Mark a pixel in all grids, or none."""
        if cell != self.pointer:
            self.pointer = cell
            self.pointer_changed.emit()

    def set_pen(self, width: int | None = None, erasing: bool | None = None) -> None:
        """Change the pen's width in pixels (1 to 4), or what it does."""
        self.pen_width = width or self.pen_width
        self.erasing = self.erasing if erasing is None else erasing
        self.pen_changed.emit()

    def set_numbers(self, shown: bool) -> None:
        """Show the image as the numbers it is, or as a picture only."""
        if shown != self.numbers:
            self.numbers = shown
            self.numbers_changed.emit(shown)

    def _announce(self) -> None:
        self.weights_changed.emit()
        self.history_changed.emit()
        self._weigh()

    def _weigh(self, _region: Region | None = None) -> None:
        self.evidence: Evidence = weigh(self.snapshot.parameters, self.drawing.X)
        self.evidence_changed.emit()


class _Exchange(QUndoCommand):
    """Swaps what a digit's neuron has learned with something else, there and back."""

    def __init__(self, session: Session, what: str, digit: int, other: Learned) -> None:
        super().__init__(what)
        self._session, self._digit, self._other = session, digit, other

    def redo(self) -> None:
        # A running training ends first, so that its last step is not lost in the exchange.
        self._session.about_to_switch.emit()
        other, self._other = self._other, self._session.learned_by(self._digit)
        self._session.adopt(self._digit, other)

    def undo(self) -> None:
        self.redo()
