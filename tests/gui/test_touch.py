"""A finger draws as the mouse does, and only one of them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from hand import SIX, middle, stroke
from PySide6.QtCore import QPoint
from PySide6.QtGui import QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from sixpad.gui.canvas import Canvas


@pytest.fixture(scope="module")
def screen(qapp: QApplication) -> QPointingDevice:
    return QTest.createTouchDevice()


class Fingers:
    """Fingers on the canvas; each call is one event with what every finger does."""

    def __init__(self, canvas: Canvas, screen: QPointingDevice) -> None:
        self._canvas, self._screen = canvas, screen

    def act(self, **moves: tuple[str, tuple[int, int]]) -> None:
        """`first=("press", (row, column)), second=…`; also move, release and stationary."""
        sequence = QTest.touchEvent(self._canvas, self._screen)
        for number, (what, cell) in enumerate(moves.values()):
            place: QPoint = middle(self._canvas, *cell)
            if what == "stationary":
                sequence.stationary(number)
            else:
                getattr(sequence, what)(number, place, self._canvas)
        sequence.commit()

    def draw(self, cells: Iterable[tuple[int, int]]) -> None:
        first, *others = cells
        self.act(first=("press", first))
        for cell in others:
            self.act(first=("move", cell))
        self.act(first=("release", (others or [first])[-1]))


@pytest.fixture
def fingers(canvas: Canvas, screen: QPointingDevice) -> Fingers:
    return Fingers(canvas, screen)


def test_a_finger_draws_as_the_mouse_does(canvas: Canvas, fingers: Fingers) -> None:
    drawing, stack = canvas.session.drawing, canvas.session.undo_stack
    stroke(canvas, SIX)
    by_mouse = drawing.ink.copy()
    stack.undo()
    fingers.draw(SIX)
    assert np.array_equal(drawing.ink, by_mouse)
    assert stack.count() == 1
    stack.undo()
    assert not drawing.ink.any()


def test_a_finger_erases_with_the_tool(canvas: Canvas, fingers: Fingers) -> None:
    canvas.session.drawing.restore(np.ones((24, 24), np.uint8))
    canvas.session.set_pen(1, erasing=True)
    fingers.draw([(5, 5), (5, 9)])
    assert np.argwhere(canvas.session.drawing.ink == 0).tolist() == [[5, c] for c in range(5, 10)]


def test_a_second_finger_neither_draws_nor_breaks_the_stroke(
    canvas: Canvas, fingers: Fingers
) -> None:
    """The ball of the hand touches the screen while a finger draws."""
    canvas.session.set_pen(1)
    fingers.act(first=("press", (5, 3)))
    fingers.act(first=("move", (5, 8)), second=("press", (20, 20)))
    fingers.act(first=("move", (5, 12)), second=("move", (20, 12)))
    fingers.act(first=("move", (5, 14)), second=("release", (20, 12)))
    fingers.act(first=("release", (5, 14)))
    assert np.argwhere(canvas.session.drawing.ink).tolist() == [[5, c] for c in range(3, 15)]
    assert canvas.session.undo_stack.count() == 1


def test_the_stroke_ends_with_its_finger(canvas: Canvas, fingers: Fingers) -> None:
    """Where the drawing finger is lifted first, no line leads to the one that is left."""
    canvas.session.set_pen(1)
    fingers.act(first=("press", (5, 3)))
    fingers.act(first=("move", (5, 8)), second=("press", (20, 20)))
    fingers.act(first=("release", (5, 8)), second=("move", (20, 18)))
    sequence = QTest.touchEvent(canvas, fingers._screen)
    sequence.move(1, middle(canvas, 20, 10), canvas)
    sequence.commit()
    sequence = QTest.touchEvent(canvas, fingers._screen)
    sequence.release(1, middle(canvas, 20, 10), canvas)
    sequence.commit()
    assert np.argwhere(canvas.session.drawing.ink).tolist() == [[5, c] for c in range(3, 9)]
    assert canvas.session.undo_stack.count() == 1
