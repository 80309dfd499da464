"""The tools of the canvas, and where everything stands in windows of any size."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from sixpad.core.preparation import Preparation
from sixpad.gui.equation import Equation
from sixpad.gui.grid_view import GridView
from sixpad.gui.main_window import MainWindow


def grids(equation: Equation) -> tuple[GridView, ...]:
    return equation.canvas, equation.weights, equation.evidence


def place_in(equation: Equation, view: QWidget) -> QRect:
    """Where a view stands in the band."""
    return QRect(view.mapTo(equation, QPoint(0, 0)), view.size())


# The tools


def test_the_tools_do_what_they_say(equation: Equation) -> None:
    session = equation.session
    stack = session.undo_stack
    assert not equation.tools.undo.isEnabled()
    equation.tools.clear.click()
    assert not session.drawing.ink.any()
    assert equation.tools.undo.isEnabled()
    equation.tools.undo.click()
    assert session.drawing.ink.any()
    assert equation.tools.redo.isEnabled()
    equation.tools.redo.click()
    assert not session.drawing.ink.any()
    assert not stack.canRedo()
    equation.tools.erase.click()
    assert session.erasing
    equation.tools.pen.click()
    assert not session.erasing
    equation.tools.width_field.setValue(4)
    assert session.pen_width == 4


def test_the_tools_show_what_was_chosen_elsewhere(equation: Equation) -> None:
    session = equation.session
    session.set_pen(3, erasing=True)
    assert equation.tools.width_field.value() == 3
    assert equation.tools.erase.isChecked()
    assert not equation.tools.pen.isChecked()
    session.drawing.set_preparation(Preparation.AS_DRAWN)
    assert equation.tools.preparation.currentText() == "As drawn"
    session.set_digit(4)
    assert equation.digits.checkedId() == 4


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
    rects = [place_in(equation, view) for view in grids(equation)]
    assert len({rect.size().toTuple() for rect in rects}) == 1
    assert len({rect.top() for rect in rects}) == 1
    assert all(inside.contains(rect) for rect in rects)
    assert rects[0].right() < rects[1].left()
    assert rects[1].right() < rects[2].left()
    assert rects[2].right() < equation.prediction.geometry().left()
    assert window.width() == size[0]
    assert window.height() == size[1]


def test_nothing_moves_when_the_same_is_fitted_again(window: MainWindow) -> None:
    equation = window.equation
    for size in ((1280, 800), (1000, 680)):
        window.resize(*size)
        QTest.qWait(20)
        before = [place_in(equation, view) for view in grids(equation)]
        equation.fit_grids()
        QTest.qWait(20)
        assert [place_in(equation, view) for view in grids(equation)] == before


def test_the_header_is_whole_in_the_smallest_window(window: MainWindow) -> None:
    window.resize(1000, 680)
    QTest.qWait(20)
    for button in (*window.header.models.buttons(), *window.header.tabs.buttons()):
        assert button.width() >= button.sizeHint().width()
    bar = window.header.bar
    for action in bar.actions():
        assert bar.rect().contains(bar.actionGeometry(action))


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
    tools = equation.tools
    for widget in (equation.canvas, tools.pen, tools.clear, tools.preparation, panel.train,
                   panel.step, panel.learning_rate, panel.augment):  # fmt: skip
        assert widget in reached
