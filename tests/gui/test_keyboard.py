"""The whole canvas from the keyboard alone."""

from __future__ import annotations

import numpy as np
import pytest
from hand import color_at, picture
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from sixpad.gui.canvas import Canvas
from sixpad.gui.main_window import MainWindow
from sixpad.gui.session import Cell

Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier
ARROWS = [(Key.Key_Up, -1, 0), (Key.Key_Down, 1, 0), (Key.Key_Left, 0, -1), (Key.Key_Right, 0, 1)]
START = Cell(12, 12)


@pytest.fixture(autouse=True)
def _focus(canvas: Canvas) -> None:
    canvas.setFocus(Qt.FocusReason.TabFocusReason)
    assert canvas.hasFocus()


def cells(canvas: Canvas) -> list[tuple[int, int]]:
    return [tuple(cell) for cell in np.argwhere(canvas.session.drawing.ink).tolist()]


def press(canvas: Canvas, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(canvas, key)


@pytest.mark.parametrize(("key", "down", "right"), ARROWS)
def test_arrows_move_the_cursor(canvas: Canvas, key: Qt.Key, down: int, right: int) -> None:
    press(canvas, key)
    assert canvas.session.pointer == Cell(START.row + down, START.column + right)
    assert not cells(canvas)


@pytest.mark.parametrize(("key", "down", "right"), ARROWS)
def test_the_cursor_stays_on_the_canvas(canvas: Canvas, key: Qt.Key, down: int, right: int) -> None:
    press(canvas, *[key] * 30, Key.Key_Space)
    ((row, column),) = cells(canvas)
    assert row == {-1: 0, 0: START.row, 1: 23}[down]
    assert column == {-1: 0, 0: START.column, 1: 23}[right]


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_space_inks_one_cell_whatever_the_pen(canvas: Canvas, width: int) -> None:
    canvas.session.set_pen(width)
    press(canvas, Key.Key_Space)
    assert cells(canvas) == [START]


@pytest.mark.parametrize("key", [Key.Key_Backspace, Key.Key_Delete])
def test_backspace_erases_the_cell(canvas: Canvas, key: Qt.Key) -> None:
    press(canvas, Key.Key_Space, Key.Key_Right, Key.Key_Space, key)
    assert cells(canvas) == [START]


def test_space_erases_with_the_eraser(canvas: Canvas) -> None:
    press(canvas, Key.Key_Space)
    canvas.session.set_pen(erasing=True)
    press(canvas, Key.Key_Space)
    assert not cells(canvas)


def test_held_space_and_arrows_draw_one_stroke(canvas: Canvas) -> None:
    QTest.keyPress(canvas, Key.Key_Space)
    press(canvas, Key.Key_Right, Key.Key_Right, Key.Key_Down)
    QTest.keyRelease(canvas, Key.Key_Space)
    press(canvas, Key.Key_Down)
    assert cells(canvas) == [(12, 12), (12, 13), (12, 14), (13, 14)]
    canvas.session.undo_stack.undo()
    assert not cells(canvas)


def test_held_backspace_and_arrows_erase(canvas: Canvas) -> None:
    canvas.session.drawing.restore(np.ones((24, 24), np.uint8))
    QTest.keyPress(canvas, Key.Key_Backspace)
    press(canvas, Key.Key_Left)
    QTest.keyRelease(canvas, Key.Key_Backspace)
    assert np.argwhere(canvas.session.drawing.ink == 0).tolist() == [[12, 11], [12, 12]]


def test_a_held_key_that_repeats_is_one_stroke(canvas: Canvas) -> None:
    """The system sends a press and a release over and over while a key is down."""

    def repeat(kind: QEvent.Type) -> None:
        none = Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(canvas, QKeyEvent(kind, Key.Key_Space, none, " ", True))

    QTest.keyPress(canvas, Key.Key_Space)
    for _ in range(3):
        repeat(QEvent.Type.KeyRelease)
        repeat(QEvent.Type.KeyPress)
        press(canvas, Key.Key_Right)
    QTest.keyRelease(canvas, Key.Key_Space)
    assert cells(canvas) == [(12, column) for column in range(12, 16)]
    assert canvas.session.undo_stack.count() == 1


@pytest.mark.parametrize(("key", "down", "right"), ARROWS)
def test_shift_and_arrows_move_the_drawing(
    canvas: Canvas, key: Qt.Key, down: int, right: int
) -> None:
    press(canvas, Key.Key_Space)
    QTest.keyClick(canvas, key, SHIFT)
    assert cells(canvas) == [(12 + down, 12 + right)]
    for _ in range(30):
        QTest.keyClick(canvas, key, SHIFT)
    ((row, column),) = cells(canvas)
    assert (row, column) == ({-1: 0, 0: 12, 1: 23}[down], {-1: 0, 0: 12, 1: 23}[right])
    canvas.session.undo_stack.undo()
    assert cells(canvas) != [(row, column)]


def test_ink_drawn_after_a_move_with_space_held_can_be_undone(canvas: Canvas) -> None:
    QTest.keyPress(canvas, Key.Key_Space)
    QTest.keyClick(canvas, Key.Key_Down, SHIFT)
    press(canvas, Key.Key_Right)
    QTest.keyRelease(canvas, Key.Key_Space)
    assert (12, 13) in cells(canvas)
    canvas.session.undo_stack.undo()
    assert cells(canvas) == [(13, 12)]


def test_the_stroke_ends_where_the_focus_goes(canvas: Canvas) -> None:
    QTest.keyPress(canvas, Key.Key_Space)
    canvas.clearFocus()
    canvas.setFocus()
    press(canvas, Key.Key_Right)
    assert cells(canvas) == [START]
    assert canvas.session.undo_stack.count() == 1


@pytest.mark.parametrize("key", [Key.Key_A, 0x0429, Key.Key_F5, Key.Key_unknown])
def test_other_keys_are_left_to_others(canvas: Canvas, key: int) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
    event.accept()
    QApplication.sendEvent(canvas, event)
    assert not event.isAccepted()
    assert not cells(canvas)


def frame(canvas: Canvas, cell: Cell) -> set[str]:
    """The colours along the border of a cell, inside of it."""
    image, rect = picture(canvas), canvas.cell_rect(*cell).adjusted(1, 1, -1, -1)
    along = range(rect.left(), rect.right() + 1)
    return {color_at(image, QPoint(x, rect.top())) for x in along}


def test_the_cursor_is_seen_once_keys_are_used(canvas: Canvas) -> None:
    plain = frame(canvas, START)
    press(canvas, Key.Key_Right, Key.Key_Left)
    canvas.session.point_at(None)
    assert frame(canvas, START) != plain
    canvas.clearFocus()
    assert frame(canvas, START) == plain


def test_the_window_starts_with_the_keys_on_the_canvas(window: MainWindow) -> None:
    """Nothing needs to be clicked before the first key draws."""
    canvas = window.equation.canvas
    assert window.focusWidget() is canvas
    window.session.drawing.clear()
    press(canvas, Key.Key_Space)
    assert window.session.drawing.ink.sum() == 1


@pytest.mark.parametrize(
    ("keys", "modifier", "done"),
    [
        ("Z", Qt.KeyboardModifier.ControlModifier, "undo"),
        ("6", Qt.KeyboardModifier.AltModifier, "digit"),
        ("3", Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier, "pen"),
        ("N", Qt.KeyboardModifier.ControlModifier, "numbers"),
    ],
)
def test_shortcuts_reach_the_menus(
    window: MainWindow, keys: str, modifier: Qt.KeyboardModifier, done: str
) -> None:
    session = window.session
    session.set_digit(2)
    session.drawing.clear()
    QTest.keyClick(window.equation.canvas, keys.lower(), modifier)
    assert {
        "undo": session.drawing.ink.any(),
        "digit": session.digit == 6,
        "pen": session.pen_width == 3,
        "numbers": session.numbers,
    }[done]


def test_the_key_of_the_draw_page_leads_to_the_canvas(window: MainWindow) -> None:
    window.show_page(1)
    QTest.keyClick(window, Key.Key_F2)
    assert window.focusWidget() is window.equation.canvas
