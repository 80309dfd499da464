"""The canvas under the mouse: what each button draws, and what undo takes back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hand import LEFT, RIGHT, SIX, leave, middle, point, stroke
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from sixpad.core.grid import Ink, blank, centre_and_fit, draw_strokes
from sixpad.core.preparation import Preparation
from sixpad.gui.canvas import Canvas
from sixpad.gui.session import Cell


def drawn(canvas: Canvas, cells: Sequence[tuple[int, int]], width: float) -> Ink:
    """What the core's pen draws through the dots where `stroke` takes the pointer."""
    places = [canvas.point_at(QPointF(middle(canvas, *cell))) for cell in cells]
    return draw_strokes([np.array(places)], width)


# The buttons


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_left_button_draws_with_the_chosen_pen(canvas: Canvas, width: int) -> None:
    canvas.session.set_pen(width)
    stroke(canvas, SIX)
    assert np.array_equal(canvas.session.drawing.ink, drawn(canvas, SIX, width))


def test_a_click_leaves_a_dot(canvas: Canvas) -> None:
    canvas.session.set_pen(1)
    stroke(canvas, [(7, 9)])
    assert np.argwhere(canvas.session.drawing.ink).tolist() == [[7, 9]]


def test_two_quick_clicks_are_two_dots(canvas: Canvas) -> None:
    canvas.session.set_pen(1)
    stroke(canvas, [(3, 3)])
    QTest.mouseDClick(canvas, LEFT, pos=middle(canvas, 8, 8))
    QTest.mouseRelease(canvas, LEFT, pos=middle(canvas, 8, 8))
    assert np.argwhere(canvas.session.drawing.ink).tolist() == [[3, 3], [8, 8]]
    assert canvas.session.undo_stack.count() == 2


def test_moving_without_a_button_draws_nothing(canvas: Canvas) -> None:
    point(canvas, 3, 3)
    point(canvas, 20, 20)
    assert not canvas.session.drawing.ink.any()


def test_right_button_erases(canvas: Canvas) -> None:
    canvas.session.drawing.restore(np.ones((24, 24), np.uint8))
    canvas.session.set_pen(1)
    stroke(canvas, [(5, 5), (5, 9)], RIGHT)
    assert np.argwhere(canvas.session.drawing.ink == 0).tolist() == [[5, c] for c in range(5, 10)]


def test_the_eraser_erases_with_the_left_button(canvas: Canvas) -> None:
    canvas.session.drawing.restore(np.ones((24, 24), np.uint8))
    canvas.session.set_pen(2, erasing=True)
    stroke(canvas, SIX)
    assert np.array_equal(canvas.session.drawing.ink, 1 - drawn(canvas, SIX, 2))


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize(
    ("start", "end"), [((1, 2), (22, 21)), ((20, 1), (2, 22)), ((3, 1), (5, 22)), ((2, 7), (22, 7))]
)
def test_a_move_across_the_canvas_leaves_no_gap(
    canvas: Canvas, start: tuple[int, int], end: tuple[int, int], width: int
) -> None:
    canvas.session.set_pen(width)
    stroke(canvas, [start, end])
    left = {tuple(cell) for cell in np.argwhere(canvas.session.drawing.ink).tolist()}
    assert {start, end} <= left
    reached, edge = {start}, [start]
    while edge:
        row, column = edge.pop()
        near = {(row + dr, column + dc) for dr in (-1, 0, 1) for dc in (-1, 0, 1)}
        new = (near & left) - reached
        reached |= new
        edge += new
    assert reached == left


def test_a_stroke_goes_on_where_the_hand_comes_back(canvas: Canvas) -> None:
    canvas.session.set_pen(1)
    QTest.mousePress(canvas, LEFT, pos=middle(canvas, 12, 20))
    QTest.mouseMove(canvas, middle(canvas, 12, 40))
    assert canvas.session.drawing.ink[12, 20:].all()
    QTest.mouseMove(canvas, middle(canvas, 5, 40))
    QTest.mouseMove(canvas, middle(canvas, 5, 20))
    QTest.mouseRelease(canvas, LEFT, pos=middle(canvas, 5, 20))
    assert canvas.session.drawing.ink[5, 20:].all()
    canvas.session.undo_stack.undo()
    assert not canvas.session.drawing.ink.any()


def test_the_other_button_does_not_disturb_a_stroke(canvas: Canvas) -> None:
    canvas.session.set_pen(1)
    QTest.mousePress(canvas, LEFT, pos=middle(canvas, 4, 4))
    QTest.mousePress(canvas, RIGHT, pos=middle(canvas, 4, 4))
    QTest.mouseMove(canvas, middle(canvas, 4, 12))
    QTest.mouseRelease(canvas, RIGHT, pos=middle(canvas, 4, 12))
    QTest.mouseMove(canvas, middle(canvas, 4, 16))
    QTest.mouseRelease(canvas, LEFT, pos=middle(canvas, 4, 16))
    assert np.array_equal(canvas.session.drawing.ink, drawn(canvas, [(4, 4), (4, 16)], 1))
    assert canvas.session.undo_stack.count() == 1


def test_ink_never_jumps(canvas: Canvas) -> None:
    """Centre-and-fit changes what the neuron is given and leaves the ink as it was drawn."""
    canvas.session.drawing.set_preparation(Preparation.FITTED)
    stroke(canvas, [(3, 3), (3, 8)])
    expected = drawn(canvas, [(3, 3), (3, 8)], canvas.session.pen_width)
    assert np.array_equal(canvas.session.drawing.ink, expected)
    assert np.array_equal(canvas.session.drawing.prepared, centre_and_fit(expected))
    assert not np.array_equal(canvas.session.drawing.prepared, expected)


def test_the_pointer_knows_its_cell_and_when_it_is_gone(canvas: Canvas) -> None:
    point(canvas, 0, 0)
    assert canvas.session.pointer == Cell(0, 0)
    point(canvas, 23, 23)
    assert canvas.session.pointer == Cell(23, 23)
    leave(canvas)
    assert canvas.session.pointer is None


def test_the_canvas_asks_for_no_other_button(canvas: Canvas) -> None:
    stroke(canvas, [(4, 4), (4, 9)], Qt.MouseButton.MiddleButton)
    assert not canvas.session.drawing.ink.any()


# Undo


def test_undo_and_redo_go_by_whole_strokes(canvas: Canvas) -> None:
    drawing, stack = canvas.session.drawing, canvas.session.undo_stack
    stages = [blank()]
    for cells in ([(2, 2), (2, 12), (9, 12)], [(20, 3), (12, 3)], [(5, 5)]):
        stroke(canvas, cells)
        stages.append(drawing.ink.copy())
    stroke(canvas, [(2, 12), (9, 12)], RIGHT)
    stages.append(drawing.ink.copy())
    for stage in stages[-2::-1]:
        stack.undo()
        assert np.array_equal(drawing.ink, stage)
        assert np.array_equal(drawing.X, stage.ravel())
    assert not stack.canUndo()
    for stage in stages[1:]:
        stack.redo()
        assert np.array_equal(drawing.ink, stage)
    assert not stack.canRedo()


def test_a_stroke_that_changes_nothing_is_no_step_of_undo(canvas: Canvas) -> None:
    stroke(canvas, [(4, 4), (4, 9)], RIGHT)
    assert canvas.session.undo_stack.count() == 0


def test_clear_can_be_undone(canvas: Canvas) -> None:
    stroke(canvas, SIX)
    canvas.session.drawing.clear()
    assert not canvas.session.drawing.ink.any()
    canvas.session.undo_stack.undo()
    assert np.array_equal(canvas.session.drawing.ink, drawn(canvas, SIX, 2))


@pytest.mark.parametrize("interruption", ["clear", "move", "undo"])
def test_what_is_drawn_after_an_interruption_can_be_undone(
    canvas: Canvas, interruption: str
) -> None:
    """A shortcut pressed in the middle of a stroke must not make ink that no undo takes back."""
    drawing, stack = canvas.session.drawing, canvas.session.undo_stack
    stroke(canvas, [(20, 20), (20, 22)])
    QTest.mousePress(canvas, LEFT, pos=middle(canvas, 4, 4))
    QTest.mouseMove(canvas, middle(canvas, 4, 12))
    {"clear": drawing.clear, "move": lambda: drawing.move(1, 0), "undo": stack.undo}[interruption]()
    between = drawing.ink.copy()
    QTest.mouseMove(canvas, middle(canvas, 12, 12))
    QTest.mouseRelease(canvas, LEFT, pos=middle(canvas, 12, 12))
    after = drawing.ink.copy()
    assert after[8, 12]
    stack.undo()
    assert np.array_equal(drawing.ink, between)
    stack.redo()
    assert np.array_equal(drawing.ink, after)
    while stack.canUndo():
        stack.undo()
    assert not drawing.ink.any()
