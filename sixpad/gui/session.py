"""Session: the one observed state of the window; widgets know it and never each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from sixpad.core.config import TrainingConfig
from sixpad.core.evidence import Evidence, Question, neuron, weigh
from sixpad.core.grid import SIDE, Region
from sixpad.core.metrics import Scores
from sixpad.core.network import ONE, Network, network_of
from sixpad.core.sizes import DEFAULT_SIZES, Sizes
from sixpad.core.snapshot import DIVERGED, Snapshot, initial_snapshot
from sixpad.data.provenance import Source
from sixpad.gui.drawing import Drawing
from sixpad.gui.exchange import Exchange
from sixpad.gui.history import History
from sixpad.gui.learned import Learned
from sixpad.gui.pace import Pace
from sixpad.gui.turn import Turn


class Cell(NamedTuple):
    """One pixel of the grids, counted from 0 at the top left."""

    row: int
    column: int


class Session(QObject):
    """The drawing, the network that looks at it, its answer, and the pixel under the pointer.

    Each network keeps its own weights: the ten single neurons, and the ten that answer together.
    `digit` is the one that is looked at, and `rival` another of the ten neurons to tell it from.
    `evidence` is always that of the drawing as it is prepared now, under the weights as they are
    now. What is told in figures follows `figures_changed`, of the answer, and `progress_changed`,
    of the training; while training goes on they come only as often as figures can be read.
    `about_to_switch` comes before the network or what was learned is exchanged, so that a training
    can end first. Of a single step `step_found` comes first, when only its gradient is seen (of
    deeper networks there is none to see), and `stepped` once the weights have moved by it.
    """

    about_to_switch = Signal()
    evidence_changed = Signal()
    weights_changed = Signal()
    history_changed = Signal()
    figures_changed = Signal()
    progress_changed = Signal()
    network_changed = Signal()
    digit_changed = Signal(int)
    question_changed = Signal()
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
        self.drawing.changed.connect(self._drawing_changed)
        self.turn = Turn(self)
        self.pen_width = 2
        self.erasing = False
        self.numbers = False
        self.pointer: Cell | None = None
        # A step whose gradient is shown before the weights move by it.
        self.coming: Snapshot | None = None
        self.model = ONE
        self.sizes = dict(DEFAULT_SIZES)
        self.digit = 6
        self.rival: int | None = None
        self._learned: dict[Network, Learned] = {}
        # What was kept of a network that is asked for the first time.
        self.recall: Callable[[Network], Learned | None] = lambda _network: None
        self._pace = Pace()
        self._weigh()

    @property
    def network(self) -> Network:
        """The network in use."""
        return network_of(self.model, self.digit, self.sizes[self.model])

    @property
    def question(self) -> Question:
        """What the weights and the evidence that are shown explain."""
        return Question(self.digit, self.rival)

    @property
    def learned(self) -> Learned:
        """What the network in use has learned."""
        return self.learned_by(self.network)

    def learned_by(self, network: Network) -> Learned:
        """What a network has learned."""
        if network not in self._learned:
            start = initial_snapshot(network, TrainingConfig.of(network.model))
            self._learned[network] = self.recall(network) or Learned(start, History())
        return self._learned[network]

    @property
    def snapshot(self) -> Snapshot:
        """The training of the network in use, as it stands."""
        return self.learned.snapshot

    @property
    def history(self) -> History:
        """The curve of the network in use."""
        return self.learned.history

    @property
    def weights(self) -> NDArray[np.float32]:
        """W (24, 24) of the question's neuron, laid out as the picture it is a weight for.

        Of a deeper network it is what each pixel would change now, ∂z/∂x.
        """
        return self.evidence.weights.astype(np.float32)

    @property
    def weight_limit(self) -> float:
        """The weight that gets the full colour: the one farthest from zero."""
        return float(np.abs(self.evidence.weights).max()) or 1.0

    @property
    def gradient(self) -> NDArray[np.float32] | None:
        """∂L/∂W (24, 24) of the last step, if there was one; of deeper networks None."""
        gradient = self.snapshot.gradient if self.coming is None else self.coming.gradient
        if gradient is None or self.network.deep:
            return None
        W, _ = neuron(self.network, gradient, self.question)
        return np.asarray(W).reshape(SIDE, SIDE)

    def set_model(self, model: str) -> None:
        """Use the single neuron of the digit, or all ten, with the weights that are theirs."""
        if model != self.model:
            self.about_to_switch.emit()
            self.model, self.rival = model, None
            self._prepare_as_learned()
            self._announce(new_digit=False)

    def set_sizes(self, sizes: Sizes) -> None:
        """Give the layers of the model in use other sizes: another network, with its own weights.

        Raises SixpadError where the model cannot have them.
        """
        network = network_of(self.model, self.digit, sizes)
        if network != self.network:
            self.about_to_switch.emit()
            self.sizes[self.model] = sizes
            self._prepare_as_learned()
            self._announce(new_digit=False)

    def set_digit(self, digit: int) -> None:
        """Look at another digit: its own single neuron, or another one of the ten."""
        if digit == self.digit:
            return
        if self.model == ONE:
            self.about_to_switch.emit()
        self.digit = digit
        self.rival = None if self.rival == digit else self.rival
        if self.model == ONE:
            self._prepare_as_learned()
            self._announce(new_digit=True)
        else:
            self._weigh()
            self.digit_changed.emit(digit)
            self._tell_question()

    def set_rival(self, rival: int | None) -> None:
        """Explain why the digit and not a rival, of ten neurons; None: why the digit."""
        rival = None if self.model == ONE or rival == self.digit else rival
        if rival != self.rival:
            self.rival = rival
            self._weigh()
            self._tell_question()

    def set_snapshot(self, snapshot: Snapshot, source: Source | None = None) -> None:
        """Take on what was learned since; the curve is the same, and so is the source if None."""
        self._take_on(snapshot, source)
        self._tell_figures()

    def _take_on(
        self, snapshot: Snapshot, source: Source | None = None, seconds: float = 0.0
    ) -> None:
        learned = self.learned
        self._learned[self.network] = learned._replace(
            snapshot=snapshot, source=source or learned.source, seconds=learned.seconds + seconds
        )
        self._weigh()
        self.weights_changed.emit()
        self.evidence_changed.emit()

    def _tell_figures(self) -> None:
        self._pace.told()
        self.figures_changed.emit()
        self.progress_changed.emit()

    def adopt(self, network: Network, learned: Learned) -> None:
        """Exchange what a network has learned, and use that network."""
        self._learned[network] = learned
        digit = self.digit if network.digit is None else network.digit
        new_digit = digit != self.digit
        self.model, self.digit, self.rival = network.model, digit, None
        self.sizes[network.model] = network.sizes
        self._prepare_as_learned()
        self._announce(new_digit)

    def open(self, network: Network, learned: Learned) -> None:
        """Put an opened model in the place of what its network had learned; undoable."""
        self.undo_stack.push(Exchange(self, "open model", network, learned))

    def reset(self) -> None:
        """Forget what the network in use has learned; undo brings it back."""
        fresh = initial_snapshot(self.network, self.snapshot.config)
        self.undo_stack.push(Exchange(self, "reset", self.network, Learned(fresh, History())))

    def take_snapshot(
        self,
        snapshot: Snapshot,
        losses: NDArray[np.float64],
        validation: tuple[tuple[int, Scores], ...],
        seconds: float = 0.0,
    ) -> None:
        """Take on a newer moment of the training, with the losses (k, 2) and scores it brought.

        Since the last one it took so many `seconds`.
        """
        first = not self.snapshot.step
        self.history.extend(
            np.column_stack([snapshot.epoch_of(losses[:, 0]), losses[:, 1]]),
            [(float(snapshot.epoch_of(step)), scores) for step, scores in validation],
        )
        if snapshot.stopped == DIVERGED:
            self.history.cut(snapshot.progress)
        self._take_on(snapshot, seconds=seconds)
        self.history_changed.emit()
        if self._pace.due or first or snapshot.stopped:
            self._tell_figures()

    def all_learned(self) -> dict[Network, Learned]:
        """What each network has learned, of those that were ever used."""
        return dict(self._learned)

    def restore(self, network: Network, learned: Learned) -> None:
        """Give a network what an earlier run left, before anything is shown."""
        self._learned[network] = learned

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

    def _prepare_as_learned(self) -> None:
        """Give the network in use the kind of images that it has learned from."""
        learned = self.learned
        if learned.snapshot.step:
            self.drawing.set_preparation(learned.source.preparation)

    def _announce(self, new_digit: bool) -> None:
        """Another network is in use, or what it has learned was exchanged."""
        self._weigh()
        if new_digit:
            self.digit_changed.emit(self.digit)
        self.network_changed.emit()
        self.history_changed.emit()
        self._tell_question()

    def _tell_question(self) -> None:
        self.question_changed.emit()
        self.weights_changed.emit()
        self.evidence_changed.emit()
        self._tell_figures()

    def _weigh(self) -> None:
        """Weigh the evidence before anything is told: who is told may paint at once."""
        self.evidence: Evidence = weigh(
            self.network, self.snapshot.parameters, self.drawing.X, self.question
        )

    def _drawing_changed(self, _region: Region) -> None:
        self._weigh()
        self.evidence_changed.emit()
        self.figures_changed.emit()
