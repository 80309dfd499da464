"""The pixel under the pointer: marked in all three grids, and told in numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hand import (
    color_at,
    leave,
    picture,
    point,
    stroke,
    teach,
)  # fmt: skip
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from sixpad.core.preparation import Preparation
from sixpad.gui.equation import Equation
from sixpad.gui.grid_view import GridView
from sixpad.gui.session import Cell
from sixpad.gui.theme import LIGHT


def grids(equation: Equation) -> tuple[GridView, ...]:
    return equation.canvas, equation.weights, equation.evidence


def words(widget: QWidget) -> list[str]:
    """All that labels in the widget say."""
    return [label.text() for label in widget.findChildren(QLabel) if label.text()]


def read_out(equation: Equation) -> str:
    (line,) = [text for text in words(equation) if text.startswith("row ")] or [""]
    return line


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
    equation.session.drawing.set_preparation(Preparation.AS_DRAWN)
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
    equation.session.drawing.set_preparation(Preparation.AS_DRAWN)
    assert " x 1 " in read_out(equation)


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
    equation.session.drawing.set_preparation(Preparation.AS_DRAWN)
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
