"""The upper band: X × W, its sums and P, live under the hand and marked under the pointer."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import numpy as np
import pytest
from hand import (
    LEFT,
    SIX,
    color_at,
    leave,
    middle,
    picture,
    point,
    stroke,
    teach,
    tone,
)  # fmt: skip
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from sixpad.core.grid import centre_and_fit
from sixpad.gui.drawing import sample_six
from sixpad.gui.equation import Equation
from sixpad.gui.grid_view import GridView
from sixpad.gui.main_window import MainWindow
from sixpad.gui.session import Cell, Session
from sixpad.gui.theme import LIGHT


@pytest.fixture
def equation(session: Session, qtbot: QtBot) -> Equation:
    """The band alone on the screen, with the sample six and a neuron that has learned."""
    session.drawing.restore(sample_six())
    teach(session)
    equation = Equation(session)
    qtbot.addWidget(equation)
    equation.resize(1280, 420)
    with qtbot.waitExposed(equation):
        equation.show()
    leave(equation.canvas)
    return equation


def grids(equation: Equation) -> tuple[GridView, ...]:
    return equation.canvas, equation.weights, equation.evidence


def words(widget: QWidget) -> list[str]:
    """All that labels in the widget say."""
    return [label.text() for label in widget.findChildren(QLabel) if label.text()]


def read_out(equation: Equation) -> str:
    (line,) = [text for text in words(equation) if text.startswith("row ")] or [""]
    return line


def expected_P(session: Session) -> float:
    z = float(session.drawing.X.astype(float) @ session.weights.ravel().astype(float))
    return 1 / (1 + exp(-z - float(session.snapshot.parameters["output.bias"][0])))


# Live


def test_every_move_changes_evidence_and_probability_at_once(equation: Equation) -> None:
    session, seen = equation.session, set()
    session.drawing.set_fit(False)
    session.drawing.clear()
    QTest.mousePress(equation.canvas, LEFT, pos=middle(equation.canvas, *SIX[0]))
    for cell in SIX[1:]:
        QTest.mouseMove(equation.canvas, middle(equation.canvas, *cell))
        evidence = session.evidence
        assert np.allclose(evidence.pixels, session.drawing.ink * session.weights)
        assert evidence.total_for == pytest.approx(evidence.pixels.clip(0).sum())
        assert evidence.total_against == pytest.approx(evidence.pixels.clip(None, 0).sum())
        assert evidence.P == pytest.approx(expected_P(session))
        seen.add(evidence.P)
    QTest.mouseRelease(equation.canvas, LEFT, pos=middle(equation.canvas, *SIX[-1]))
    assert len(seen) == len(SIX) - 1


def test_the_figures_follow_a_stroke(equation: Equation) -> None:
    figures = equation.prediction.sum
    before, before_large = figures.texts(), picture(equation.prediction.probability)
    stroke(equation.canvas, [(12, 2), (12, 21)])
    after = figures.texts()
    assert list(after) == ["Σ for", "Σ against", "bias b", "z", "σ(z)"]
    changed = {name for name in after if after[name] != before[name]}
    assert {"z", "σ(z)"} <= changed
    assert "bias b" not in changed
    assert after["σ(z)"] == f"{expected_P(equation.session):.3f}"
    assert picture(equation.prediction.probability) != before_large


def test_new_weights_move_the_evidence_of_what_is_drawn_now(equation: Equation) -> None:
    before = picture(equation.evidence), picture(equation.weights), equation.session.evidence.P
    teach(equation.session, seed=2)
    assert equation.session.evidence.P == pytest.approx(expected_P(equation.session))
    after = picture(equation.evidence), picture(equation.weights), equation.session.evidence.P
    assert all(old != new for old, new in zip(before, after, strict=True))


@pytest.mark.parametrize(
    ("z", "drawn", "sentence"),
    [
        (0.0, True, "It cannot tell yet."),
        (0.1, True, "Perhaps a 6."),
        (-0.1, True, "Perhaps not a 6."),
        (3.0, True, "This is a 6."),
        (-3.0, True, "This is not a 6."),
        (800.0, True, "This is a 6."),
        (-800.0, True, "This is not a 6."),
        (3.0, False, "Draw something: is it a 6?"),
    ],
)
def test_the_answer_in_words(equation: Equation, z: float, drawn: bool, sentence: str) -> None:
    session = equation.session
    parameters = session.network.initial_parameters()
    parameters["output.bias"][0] = z
    session.set_snapshot(replace(session.snapshot, parameters=parameters))
    if not drawn:
        session.drawing.clear()
    assert equation.prediction.probability.sentence() == sentence
    picture(equation)


# The pointer


def corner(view: GridView, cell: Cell) -> QRect:
    return view.cell_rect(*cell).adjusted(-2, -2, 3, 3)


@pytest.mark.parametrize("which", [0, 1, 2])
def test_the_pixel_under_the_pointer_is_marked_in_all_three_grids(
    equation: Equation, which: int
) -> None:
    cell, other = Cell(6, 17), Cell(18, 4)
    plain = [picture(view) for view in grids(equation)]
    point(grids(equation)[which], *cell)
    assert equation.session.pointer == cell
    for view, before in zip(grids(equation), plain, strict=True):
        image = picture(view)
        assert color_at(image, view.cell_rect(*cell).topLeft()) == LIGHT.paper.lower()
        assert color_at(image, view.cell_rect(*cell).topLeft() - QPoint(2, 2)) == LIGHT.ink.lower()
        assert image.copy(corner(view, other)) == before.copy(corner(view, other))
    leave(grids(equation)[which])
    assert equation.session.pointer is None
    assert [picture(view) for view in grids(equation)] == plain


def test_the_mark_is_painted_and_wiped_on_the_screen(equation: Equation) -> None:
    """Only a few cells are repainted when the mark moves: nothing of it may stay behind."""
    rgb = QImage.Format.Format_RGB888
    for cell in ((0, 0), (23, 23), (12, 12), (12, 13)):
        point(equation.weights, *cell)
        QTest.qWait(1)
        seen = equation.screen().grabWindow(equation.winId()).toImage().convertToFormat(rgb)
        for view in grids(equation):
            whole = QRect(view.mapTo(equation, QPoint(0, 0)), view.size())
            assert seen.copy(whole) == picture(view).convertToFormat(rgb)


def test_the_read_out_tells_row_column_x_w_and_their_product(equation: Equation) -> None:
    session = equation.session
    row, column = np.argwhere(session.drawing.prepared)[0].tolist()
    w = float(session.weights[row, column])
    shown = f"{w:+.2f}".replace("-", "−")
    point(equation.evidence, row, column)
    assert read_out(equation) == f"row {row}, column {column}:  x 1 · w {shown} = {shown}"
    point(equation.weights, 0, 0)
    assert "x 0 " in read_out(equation)
    assert read_out(equation).endswith("= 0.00")
    leave(equation.weights)
    assert read_out(equation) == ""


def test_the_read_out_follows_drawing_and_training(equation: Equation) -> None:
    equation.session.drawing.set_fit(False)
    point(equation.canvas, 1, 1)
    assert " x 0 " in read_out(equation)
    stroke(equation.canvas, [(1, 1)])
    assert " x 1 " in read_out(equation)
    before = read_out(equation)
    teach(equation.session, seed=3)
    assert read_out(equation) != before


def test_the_read_out_speaks_of_what_the_neuron_is_given(equation: Equation) -> None:
    equation.session.drawing.clear()
    stroke(equation.canvas, [(2, 2), (2, 5)])
    point(equation.canvas, 2, 2)
    assert equation.session.drawing.ink[2, 2]
    assert " x 0 " in read_out(equation)
    equation.session.drawing.set_fit(False)
    assert " x 1 " in read_out(equation)


# Centre and fit


def test_without_centre_and_fit_x_is_the_ink(equation: Equation) -> None:
    drawing = equation.session.drawing
    drawing.clear()
    stroke(equation.canvas, [(2, 2), (2, 9), (7, 9)])
    assert np.array_equal(drawing.X, centre_and_fit(drawing.ink).ravel())
    equation.fit.click()
    assert not equation.fit.isChecked()
    assert np.array_equal(drawing.X, drawing.ink.ravel())
    stroke(equation.canvas, [(15, 3), (15, 3)])
    assert np.array_equal(drawing.X, drawing.ink.ravel())
    assert equation.session.evidence.P == pytest.approx(expected_P(equation.session))
    equation.fit.click()
    assert np.array_equal(drawing.X, centre_and_fit(drawing.ink).ravel())


# The evidence's colours


def test_evidence_is_coloured_by_its_sign_and_paper_says_nothing(equation: Equation) -> None:
    session = equation.session
    pixels, ground = session.evidence.pixels, LIGHT.field.lower()
    cell_for = np.unravel_index(pixels.argmax(), pixels.shape)
    cell_against = np.unravel_index(pixels.argmin(), pixels.shape)
    red, _, blue = (int(tone(equation.evidence, *cell_for)[i : i + 2], 16) for i in (1, 3, 5))
    assert red > blue
    red, _, blue = (int(tone(equation.evidence, *cell_against)[i : i + 2], 16) for i in (1, 3, 5))
    assert blue > red
    paper = np.argwhere(session.drawing.prepared == 0)[0].tolist()
    assert tone(equation.evidence, *paper) == ground


def test_evidence_is_shown_where_the_neuron_is_given_ink(equation: Equation) -> None:
    drawing = equation.session.drawing
    drawing.clear()
    stroke(equation.canvas, [(2, 2), (2, 5)])
    leave(equation.canvas)
    given = np.argwhere(drawing.prepared > drawing.ink)[0].tolist()
    drawn = np.argwhere(drawing.ink > drawing.prepared)[0].tolist()
    assert tone(equation.evidence, *given) != LIGHT.field.lower()
    assert tone(equation.evidence, *drawn) == LIGHT.field.lower()


def test_the_farthest_weight_has_the_full_colour(equation: Equation) -> None:
    weights = equation.session.weights
    far = np.unravel_index(np.abs(weights).argmax(), weights.shape)
    name = "positive" if weights[far] > 0 else "negative"
    assert tone(equation.weights, *far) == getattr(LIGHT, name).lower()


def test_weights_that_know_nothing_are_grey(equation: Equation) -> None:
    equation.session.reset()
    assert not equation.session.weights.any()
    assert {tone(equation.weights, *cell) for cell in ((0, 0), (12, 12))} == {LIGHT.zero.lower()}
    assert equation.session.evidence.P == 0.5


def test_the_gradient_stands_in_the_weights_place(equation: Equation) -> None:
    session = equation.session
    gradient = np.linspace(-1, 1, 576, dtype=np.float32).reshape(576, 1)
    arrays = {"output.weights": gradient, "output.bias": np.zeros(1, np.float32)}
    session.set_snapshot(replace(session.snapshot, gradient=arrays))
    assert "W" in words(equation)
    equation.weights.show_gradient(True)
    assert "∂L/∂W" in words(equation)
    assert "will grow" in words(equation)
    assert equation.weights.limit == 1
    assert tone(equation.weights, 0, 0) == LIGHT.negative.lower()
    assert tone(equation.weights, 23, 23) == LIGHT.positive.lower()
    equation.weights.show_gradient(False)
    assert "W" in words(equation)
    assert "for a 6" in words(equation)


# The tools


def test_the_tools_do_what_they_say(equation: Equation) -> None:
    session = equation.session
    stack = session.undo_stack
    assert not equation.undo.isEnabled()
    equation.clear.click()
    assert not session.drawing.ink.any()
    assert equation.undo.isEnabled()
    equation.undo.click()
    assert session.drawing.ink.any()
    assert equation.redo.isEnabled()
    equation.redo.click()
    assert not session.drawing.ink.any()
    assert not stack.canRedo()
    equation.erase.click()
    assert session.erasing
    equation.pen.click()
    assert not session.erasing
    equation.width_field.setValue(4)
    assert session.pen_width == 4


def test_the_tools_show_what_was_chosen_elsewhere(equation: Equation) -> None:
    session = equation.session
    session.set_pen(3, erasing=True)
    assert equation.width_field.value() == 3
    assert equation.erase.isChecked()
    assert not equation.pen.isChecked()
    session.drawing.set_fit(False)
    assert not equation.fit.isChecked()
    session.set_digit(4)
    assert equation.digits.checkedId() == 4


# The digit


def test_each_digit_has_its_own_weights(equation: Equation) -> None:
    session = equation.session
    six, P_six = session.weights.copy(), session.evidence.P
    equation.digits.button(3).click()
    assert session.digit == 3
    assert not session.weights.any()
    assert session.evidence.P == 0.5
    assert "P(3)" in words(equation)
    assert "for a 3" in words(equation)
    teach(session, seed=9)
    three = session.weights.copy()
    equation.digits.button(6).click()
    assert np.array_equal(session.weights, six)
    assert session.evidence.P == P_six
    assert "P(6)" in words(equation)
    equation.digits.button(3).click()
    assert np.array_equal(session.weights, three)


# The image as numbers


def test_the_image_unrolls_into_a_row_vector(equation: Equation) -> None:
    assert not equation.vector.isVisible()
    equation.session.set_numbers(True)
    assert equation.vector.isVisible()
    plain = picture(equation.vector)
    point(equation.canvas, 5, 7)
    marked = picture(equation.vector)
    at = round((5 * 24 + 7 + 0.5) / 576 * equation.vector.width())
    assert color_at(marked, QPoint(at, 6)) == LIGHT.text.lower()
    assert marked != plain
    leave(equation.canvas)
    assert picture(equation.vector) == plain


@pytest.mark.parametrize("index", [0, 23, 24, 300, 575])
def test_pointing_at_the_row_vector_marks_the_pixel_in_the_grids(
    equation: Equation, index: int
) -> None:
    equation.session.set_numbers(True)
    at = round((index + 0.5) / 576 * equation.vector.width())
    QTest.mouseMove(equation.vector, QPoint(at, 5))
    assert equation.session.pointer == Cell(index // 24, index % 24)


def test_the_row_vector_is_the_image_row_by_row(equation: Equation) -> None:
    equation.session.set_numbers(True)
    equation.session.drawing.set_fit(False)
    equation.session.drawing.restore(np.zeros((24, 24), np.uint8))
    blank = picture(equation.vector)
    ink = np.zeros((24, 24), np.uint8)
    ink[10, 3:9] = 1
    equation.session.drawing.restore(ink)
    image, width = picture(equation.vector), equation.vector.width()
    at = [round((10 * 24 + column + 0.5) / 576 * width) for column in range(24)]
    tones = [color_at(image, QPoint(x, 6)) for x in at]
    assert {tones[column] for column in range(4, 8)} == {LIGHT.ink.lower()}
    assert {tones[column] for column in (0, 1, 10, 15, 23)} == {LIGHT.paper.lower()}
    assert image != blank


# The layout


@pytest.mark.parametrize("size", [(1000, 680), (1024, 700), (1280, 800), (1920, 1080)])
@pytest.mark.parametrize("numbers", [False, True])
def test_three_grids_of_one_size_stand_on_one_line(
    window: MainWindow, size: tuple[int, int], numbers: bool
) -> None:
    window.resize(*size)
    window.session.set_numbers(numbers)
    QTest.qWait(20)
    equation = window.equation
    inside = QRect(QPoint(0, 0), equation.size())
    rects = [view.geometry() for view in grids(equation)]
    assert len({rect.size().toTuple() for rect in rects}) == 1
    assert len({rect.top() for rect in rects}) == 1
    assert all(inside.contains(rect) for rect in rects)
    assert rects[0].right() < rects[1].left()
    assert rects[1].right() < rects[2].left()
    assert rects[2].right() < equation.prediction.geometry().left()
    assert window.width() == size[0]
    assert window.height() == size[1]


def test_the_grids_grow_with_the_window(window: MainWindow) -> None:
    window.resize(1024, 700)
    QTest.qWait(20)
    small = window.equation.canvas.cell
    window.resize(1600, 1200)
    QTest.qWait(20)
    assert window.equation.canvas.cell > small


def test_focus_goes_through_the_tools_with_the_tab_key(window: MainWindow) -> None:
    reached = []
    for _ in range(60):
        QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Tab)
        reached.append(window.focusWidget())
    equation, panel = window.equation, window.band.panel
    for widget in (equation.canvas, equation.pen, equation.clear, equation.fit,
                   panel.train, panel.step, panel.learning_rate):  # fmt: skip
        assert widget in reached
