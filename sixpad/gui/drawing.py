"""The drawing: its ink, what the network is given of it, and undo by whole strokes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from sixpad.core import grid as core
from sixpad.core.grid import Ink, Point, Region
from sixpad.core.preparation import Preparation


class Drawing(QObject):
    """The ink (24, 24) as it was drawn, and `prepared`, which is what the network sees.

    `uuid` is that of the kept drawing whose ink it is, as long as nobody changes the ink.
    `begun` comes before a person changes the ink. `changed` carries the Region of ink that changed;
    `prepared` is new by then. `stroke_ended` comes after each whole change that undo takes back at
    once.
    """

    begun = Signal()
    changed = Signal(object)
    stroke_ended = Signal()
    preparation_changed = Signal(object)

    def __init__(self, undo_stack: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = undo_stack
        self.ink: Ink = core.blank()
        self.prepared: Ink = core.blank()
        self.X: NDArray[np.float32] = core.to_vector(self.prepared)
        self.preparation = Preparation.FITTED
        self.uuid: str | None = None
        self._before: tuple[Ink, str | None] | None = None

    def set_preparation(self, preparation: Preparation) -> None:
        """Prepare what the network is given in another way."""
        if preparation is not self.preparation:
            self.preparation = preparation
            self._prepare()
            self.preparation_changed.emit(preparation)
            self.changed.emit(_WHOLE)

    def begin_stroke(self) -> None:
        """From here to `end_stroke` is one step of undo."""
        if self._before is None:
            self.begun.emit()
            self._before = self._now

    def draw(self, start: Point, end: Point, width: float, ink: int) -> None:
        """One segment of the stroke, in pixels; `ink=0` erases."""
        # Clear or undo in mid-stroke has ended it: what follows is a stroke of its own.
        self.begin_stroke()
        region = core.draw_segment(self.ink, start, end, width, ink)
        if region is not None:
            self.uuid = None
            self._prepare()
            self.changed.emit(region)

    def end_stroke(self) -> None:
        """The stroke is whole: undo can take it back."""
        before, self._before = self._before, None
        if before is None:
            return
        if np.array_equal(before[0], self.ink):
            self.uuid = before[1]
        else:
            self.undo_stack.push(_Change(self, "stroke", before, self._now))
            self.stroke_ended.emit()

    def replace(self, ink: Ink, what: str, uuid: str | None = None) -> None:
        """Put other ink in place, as one step of undo called `what`; `uuid` is of whom it is."""
        self.end_stroke()
        self.begun.emit()
        same = np.array_equal(ink, self.ink)
        if not same or (uuid and uuid != self.uuid):
            self.undo_stack.push(_Change(self, what, self._now, (ink.copy(), uuid)))
            self.stroke_ended.emit()

    def clear(self) -> None:
        """White paper again."""
        self.replace(core.blank(), "clear")

    def move(self, down: int, right: int) -> None:
        """Move the whole drawing by pixels, as far as no ink leaves the canvas."""
        self.replace(core.moved(self.ink, down, right), "move")

    @property
    def _now(self) -> tuple[Ink, str | None]:
        return self.ink.copy(), self.uuid

    def restore(self, ink: Ink, uuid: str | None = None) -> None:
        """Show other ink at once, without a step of undo: how an earlier run left it."""
        self._before = None
        self.ink, self.uuid = ink.copy(), uuid
        self._prepare()
        self.changed.emit(_WHOLE)

    def _prepare(self) -> None:
        self.prepared = self.preparation(self.ink)
        self.X = core.to_vector(self.prepared)


_WHOLE = Region(0, 0, core.SIDE, core.SIDE)


class _Change(QUndoCommand):
    """Ink before and after, and whose it is."""

    def __init__(
        self, drawing: Drawing, what: str,
        before: tuple[Ink, str | None], after: tuple[Ink, str | None],
    ) -> None:  # fmt: skip
        super().__init__(what)
        self._drawing, self._before, self._after = drawing, before, after

    def undo(self) -> None:
        self._drawing.restore(*self._before)

    def redo(self) -> None:
        ink, self._drawing.uuid = self._after
        if not np.array_equal(self._drawing.ink, ink):
            self._drawing.restore(*self._after)


def sample_six() -> Ink:
    """The six that a first run shows."""
    stem = [(14.5, 2.6), (13.1, 4.2), (11.8, 6.4), (8.9, 9.2), (7.7, 12.0), (7.3, 15.0)]
    angle: NDArray[Any] = np.linspace(np.pi, 3 * np.pi - 0.3, 26)
    loop = np.column_stack([11.5 + 4.2 * np.cos(angle), 16.2 + 3.9 * np.sin(angle)])
    return core.centre_and_fit(core.draw_strokes([np.concatenate([stem, loop])], 2.2))
