"""The canvas under the mouse: what each button draws, what undo takes back, and what is seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hand import LEFT, RIGHT, SIX, color_at, leave, middle, picture, point, stroke, tone
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from sixpad.core.grid import Ink, blank, centre_and_fit, draw_strokes
from sixpad.gui.canvas import Canvas
from sixpad.gui.drawing import sample_six
from sixpad.gui.session import Cell
from sixpad.gui.theme import LIGHT

PAPER, INK = LIGHT.paper.lower(), LIGHT.ink.lower()
RGB = QImage.Format.Format_RGB888


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


# What is seen


def test_ink_is_seen_black_and_paper_white(canvas: Canvas) -> None:
    assert tone(canvas, 7, 9) == PAPER
    canvas.session.set_pen(1)
    stroke(canvas, [(7, 9)])
    leave(canvas)
    assert tone(canvas, 7, 9) == INK
    assert tone(canvas, 7, 10) == PAPER
    assert tone(canvas, 8, 9) == PAPER


def test_every_cell_is_seen_as_it_is(canvas: Canvas) -> None:
    stroke(canvas, SIX)
    leave(canvas)
    image, ink = picture(canvas), canvas.session.drawing.ink
    for row in range(24):
        for column in range(24):
            seen = color_at(image, canvas.cell_rect(row, column).center())
            assert seen == (INK if ink[row, column] else PAPER), (row, column)


def on_screen(canvas: Canvas) -> QImage:
    """What was painted so far, without asking for a repaint as `picture` does."""
    QTest.qWait(1)
    return canvas.screen().grabWindow(canvas.winId()).toImage().convertToFormat(RGB)


@pytest.mark.parametrize("fit", [False, True])
@pytest.mark.parametrize("numbers", [False, True])
def test_a_move_repaints_all_that_it_changes(canvas: Canvas, fit: bool, numbers: bool) -> None:
    canvas.session.drawing.set_fit(fit)
    canvas.session.set_numbers(numbers)
    QTest.mousePress(canvas, LEFT, pos=middle(canvas, 2, 2))
    for cell in ((4, 20), (20, 3), (13, 13)):
        QTest.mouseMove(canvas, middle(canvas, *cell))
        assert on_screen(canvas) == picture(canvas).convertToFormat(RGB)
    QTest.mouseRelease(canvas, LEFT, pos=middle(canvas, 13, 13))
    canvas.session.undo_stack.undo()
    assert on_screen(canvas) == picture(canvas).convertToFormat(RGB)


def outlined(canvas: Canvas) -> set[tuple[int, int]]:
    """The cells whose left border is drawn over by the outline."""
    image = picture(canvas)
    line = set()
    for row in range(24):
        for column in range(24):
            rect = canvas.cell_rect(row, column)
            if color_at(image, QPoint(rect.left(), rect.center().y())) == "#8a867f":
                line.add((row, column))
    return line


def test_what_the_neuron_is_given_is_outlined_when_it_differs(canvas: Canvas) -> None:
    canvas.session.set_pen(2)
    stroke(canvas, [(3, 3), (3, 8), (9, 8)])
    leave(canvas)
    assert not outlined(canvas)
    canvas.session.drawing.set_fit(True)
    prepared = np.pad(canvas.session.drawing.prepared, ((0, 0), (1, 0)))
    edges = {tuple(cell) for cell in np.argwhere(np.diff(prepared, axis=1)).tolist()}
    assert edges
    assert outlined(canvas) == edges
    canvas.session.drawing.set_fit(False)
    assert not outlined(canvas)


def test_ink_that_is_fitted_already_has_no_outline(canvas: Canvas) -> None:
    canvas.session.drawing.set_fit(True)
    canvas.session.drawing.restore(sample_six())
    assert np.array_equal(canvas.session.drawing.prepared, canvas.session.drawing.ink)
    assert not outlined(canvas)


def test_ink_never_jumps(canvas: Canvas) -> None:
    """Centre-and-fit changes what the neuron is given and leaves the ink as it was drawn."""
    canvas.session.drawing.set_fit(True)
    stroke(canvas, [(3, 3), (3, 8)])
    expected = drawn(canvas, [(3, 3), (3, 8)], canvas.session.pen_width)
    assert np.array_equal(canvas.session.drawing.ink, expected)
    assert np.array_equal(canvas.session.drawing.prepared, centre_and_fit(expected))
    assert not np.array_equal(canvas.session.drawing.prepared, expected)


def test_the_image_can_be_seen_as_numbers(canvas: Canvas) -> None:
    """A 0 is written into paper and a 1 into ink, in every cell."""
    stroke(canvas, [(3, 3), (3, 20)])
    leave(canvas)
    plain = picture(canvas)
    canvas.session.set_numbers(True)
    numbered = picture(canvas)
    for row, column in ((3, 10), (15, 10), (0, 0), (23, 23)):
        rect = canvas.cell_rect(row, column)
        assert numbered.copy(rect) != plain.copy(rect)
    zero, one = canvas.cell_rect(15, 10), canvas.cell_rect(3, 10)
    assert numbered.copy(zero) != numbered.copy(one)
    assert numbered.copy(zero) == numbered.copy(canvas.cell_rect(16, 11))
    canvas.session.set_numbers(False)
    assert picture(canvas) == plain


def test_numbers_follow_what_the_neuron_is_given(canvas: Canvas) -> None:
    """With centre-and-fit a cell of paper can be a 1: the numbers are X, not the ink."""
    canvas.session.set_numbers(True)
    stroke(canvas, [(3, 3), (3, 5)])
    leave(canvas)
    before = picture(canvas).copy(canvas.cell_rect(12, 12))
    canvas.session.drawing.set_fit(True)
    assert canvas.session.drawing.prepared[12, 12]
    assert not canvas.session.drawing.ink[12, 12]
    assert picture(canvas).copy(canvas.cell_rect(12, 12)) != before


@pytest.mark.parametrize("side", [150, 264, 391.5, 700])
def test_cells_are_whole_pixels_of_one_size(canvas: Canvas, side: float) -> None:
    canvas.fit_to(side)
    assert canvas.cell == max((int(side) - 2) // 24, 4)
    rects = [canvas.cell_rect(0, column) for column in range(24)]
    assert {rect.width() for rect in rects} == {canvas.cell}
    assert canvas.width() <= max(side, canvas.cell * 24 + 2)
    stroke(canvas, [(23, 23)])
    assert canvas.session.drawing.ink[23, 23]


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
