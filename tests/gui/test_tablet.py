"""A pen on a tablet draws as the mouse does."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from hand import LEFT, RIGHT, SIX, middle, stroke
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication

from sixpad.core.grid import Ink
from sixpad.gui.canvas import Canvas
from sixpad.gui.session import Cell

PRESS, MOVE = QEvent.Type.TabletPress, QEvent.Type.TabletMove
RELEASE = QEvent.Type.TabletRelease
NONE = Qt.MouseButton.NoButton
MIDDLE = Qt.MouseButton.MiddleButton


def stylus(pointer: QPointingDevice.PointerType) -> QPointingDevice:
    return QPointingDevice(
        "pen", 7, QInputDevice.DeviceType.Stylus, pointer,
        QInputDevice.Capability.Position | QInputDevice.Capability.Pressure, 1, 3,
    )  # fmt: skip


@pytest.fixture(scope="module")
def pen() -> QPointingDevice:
    return stylus(QPointingDevice.PointerType.Pen)


@pytest.fixture(scope="module")
def rubber() -> QPointingDevice:
    return stylus(QPointingDevice.PointerType.Eraser)


def send(
    canvas: Canvas, device: QPointingDevice, kind: QEvent.Type, cell: tuple[int, int],
    button: Qt.MouseButton = NONE, held: Qt.MouseButton = NONE,
) -> None:  # fmt: skip
    place = QPointF(middle(canvas, *cell))
    event = QTabletEvent(
        kind, device, place, QPointF(canvas.mapToGlobal(place)), 0.5, 0, 0, 0.0, 0.0, 0.0,
        Qt.KeyboardModifier.NoModifier, button, held,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)
    assert event.isAccepted(), "an event that is not accepted comes a second time, as a mouse's"


def write(
    canvas: Canvas, device: QPointingDevice, cells: Iterable[tuple[int, int]],
    button: Qt.MouseButton = LEFT,
) -> None:  # fmt: skip
    first, *others = cells
    send(canvas, device, PRESS, first, button, button)
    for cell in others:
        send(canvas, device, MOVE, cell, NONE, button)
    send(canvas, device, RELEASE, (others or [first])[-1], button)


@pytest.fixture
def by_mouse(canvas: Canvas) -> Ink:
    """What the mouse draws when it draws a six; the canvas is clear again."""
    stroke(canvas, SIX)
    ink = canvas.session.drawing.ink.copy()
    canvas.session.undo_stack.undo()
    return ink


def test_a_pen_draws_as_the_mouse_does(canvas: Canvas, by_mouse: Ink, pen: QPointingDevice) -> None:
    write(canvas, pen, SIX)
    assert np.array_equal(canvas.session.drawing.ink, by_mouse)
    canvas.session.undo_stack.undo()
    assert not canvas.session.drawing.ink.any()


def test_a_pen_points_at_the_cell_under_it(canvas: Canvas, pen: QPointingDevice) -> None:
    write(canvas, pen, [(4, 4), (9, 12)])
    assert canvas.session.pointer == Cell(9, 12)


def test_a_hovering_pen_draws_nothing(canvas: Canvas, pen: QPointingDevice) -> None:
    send(canvas, pen, MOVE, (4, 4))
    send(canvas, pen, MOVE, (9, 12))
    assert not canvas.session.drawing.ink.any()


@pytest.mark.parametrize("way", ["the other end", "the right button", "the tool"])
def test_a_pen_erases(
    canvas: Canvas, by_mouse: Ink, pen: QPointingDevice, rubber: QPointingDevice, way: str
) -> None:
    canvas.session.drawing.restore(np.ones((24, 24), np.uint8))
    canvas.session.set_pen(erasing=way == "the tool")
    device = rubber if way == "the other end" else pen
    write(canvas, device, SIX, RIGHT if way == "the right button" else LEFT)
    assert np.array_equal(canvas.session.drawing.ink, 1 - by_mouse)


def test_a_button_of_the_pen_does_not_break_its_stroke(
    canvas: Canvas, pen: QPointingDevice
) -> None:
    """A hand easily presses the barrel's button while it writes."""
    canvas.session.set_pen(1)
    send(canvas, pen, PRESS, (5, 3), LEFT, LEFT)
    send(canvas, pen, MOVE, (5, 8), NONE, LEFT)
    send(canvas, pen, PRESS, (5, 8), RIGHT, LEFT | RIGHT)
    send(canvas, pen, MOVE, (5, 12), NONE, LEFT | RIGHT)
    send(canvas, pen, RELEASE, (5, 12), RIGHT, LEFT)
    send(canvas, pen, MOVE, (5, 16), NONE, LEFT)
    send(canvas, pen, RELEASE, (5, 16), LEFT)
    assert np.argwhere(canvas.session.drawing.ink).tolist() == [[5, c] for c in range(3, 17)]
    assert canvas.session.undo_stack.count() == 1


def test_the_middle_button_of_a_hovering_pen_draws_nothing(
    canvas: Canvas, pen: QPointingDevice
) -> None:
    write(canvas, pen, [(4, 4), (4, 12)], MIDDLE)
    assert not canvas.session.drawing.ink.any()
