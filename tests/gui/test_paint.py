"""What is seen of the canvas: ink, paper, the outline of what the neuron is given, numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hand import LEFT, RGB, SIX, color_at, leave, middle, on_screen, painted, picture, stroke, tone
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from sixpad.core.preparation import Preparation
from sixpad.gui.canvas import Canvas
from sixpad.gui.drawing import sample_six
from sixpad.gui.main_window import MainWindow
from sixpad.gui.prediction_view import ProbabilityView
from sixpad.gui.theme import LIGHT

PAPER, INK = LIGHT.paper.lower(), LIGHT.ink.lower()


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


@pytest.mark.parametrize("preparation", Preparation)
@pytest.mark.parametrize("numbers", [False, True])
def test_a_move_repaints_all_that_it_changes(
    canvas: Canvas, preparation: Preparation, numbers: bool
) -> None:
    canvas.session.drawing.set_preparation(preparation)
    canvas.session.set_numbers(numbers)
    QTest.mousePress(canvas, LEFT, pos=middle(canvas, 2, 2))
    for cell in ((4, 20), (20, 3), (13, 13)):
        QTest.mouseMove(canvas, middle(canvas, *cell))
        assert painted(canvas) == picture(canvas).convertToFormat(RGB)
    QTest.mouseRelease(canvas, LEFT, pos=middle(canvas, 13, 13))
    canvas.session.undo_stack.undo()
    assert painted(canvas) == picture(canvas).convertToFormat(RGB)


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
    canvas.session.drawing.set_preparation(Preparation.FITTED)
    prepared = np.pad(canvas.session.drawing.prepared, ((0, 0), (1, 0)))
    edges = {tuple(cell) for cell in np.argwhere(np.diff(prepared, axis=1)).tolist()}
    assert edges
    assert outlined(canvas) == edges
    canvas.session.drawing.set_preparation(Preparation.AS_DRAWN)
    assert not outlined(canvas)


def test_ink_that_is_fitted_already_has_no_outline(canvas: Canvas) -> None:
    canvas.session.drawing.set_preparation(Preparation.FITTED)
    canvas.session.drawing.restore(sample_six())
    assert np.array_equal(canvas.session.drawing.prepared, canvas.session.drawing.ink)
    assert not outlined(canvas)


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
    canvas.session.drawing.set_preparation(Preparation.FITTED)
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


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0, 3.0, 4.0])
@pytest.mark.parametrize("side", [266, 300, 511])
def test_only_a_canvas_that_its_cells_cover_is_taken_to_hide_what_is_beneath(
    canvas: Canvas, ratio: float, side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canvas, "devicePixelRatioF", lambda: ratio)
    canvas.fit_to(side)
    covered = canvas.width() * ratio == 24 * canvas.cell + 2
    assert canvas.testAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent) == covered
    assert covered or ratio > 1


def test_an_answer_is_painted_over_one_that_was_painted_before_it_was_told(
    window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    view = on_screen(qtbot, ProbabilityView(session), 250, 100)
    stroke(window.equation.canvas, [(9, 9)])
    sure, unsure = (
        replace(session.snapshot, parameters=session.network.initial_parameters(), step=1)
        for _ in range(2)
    )
    sure.parameters["output.bias"] += 4
    session.set_snapshot(unsure)
    undecided = painted(view)
    session.set_snapshot(sure)
    decided = painted(view)
    assert decided != undecided
    session.take_snapshot(unsure, np.empty((0, 2)), ())  # too soon to be told
    view.repaint()
    session.set_snapshot(sure)
    assert painted(view) == decided
    session.set_snapshot(unsure)
    assert painted(view) == undecided
