"""A deeper network in the window: its diagram, and why it answers as it does."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hand import leave, picture, stroke, teach, tone
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from sixpad.core.network import CONV, HIDDEN, MODELS, ONE, TEN
from sixpad.core.sizes import parse_sizes
from sixpad.gui.choice_grid import Place
from sixpad.gui.equation import Equation
from sixpad.gui.main_window import MainWindow
from sixpad.gui.network_strip import NetworkStrip
from sixpad.gui.session import Cell
from sixpad.gui.theme import theme

DEEP = [HIDDEN, CONV]


@pytest.fixture
def deep(equation: Equation, model: str) -> Equation:
    """The band with a deeper network that has learned, and the sample six."""
    equation.session.set_model(model)
    teach(equation.session)
    QTest.qWait(20)
    return equation


def middle(strip: NetworkStrip, column: int) -> QPoint:
    return strip.cell_rect(Place(0, column)).center()


def place_in(band: QWidget, view: QWidget) -> QRect:
    return QRect(view.mapTo(band, QPoint(0, 0)), view.size())


# The diagram


def test_the_diagram_is_drawn_from_the_network(equation: Equation) -> None:
    session, strip = equation.session, equation.inside.strip
    assert not strip.isVisible()
    session.set_model(CONV)
    assert strip.isVisible()
    said = [strip.words(Place(0, column)).split("\n")[0] for column in range(strip.columns)]
    assert said == [
        "Convolution 5×5, 12 maps of 10×10, 312 parameters",
        "Convolution 3×3, 24 maps of 4×4, 2\u2009616 parameters",
        "96 neurons, ReLU, 36\u2009960 parameters",
        "10 answers, softmax, 970 parameters",
        "Why, the whole network, all 40\u2009858 parameters",
    ]
    session.set_sizes(parse_sizes(CONV, "3x3x7"))
    said = [strip.words(Place(0, column)).split("\n")[0] for column in range(strip.columns)]
    assert said[0] == "Convolution 3×3, 7 maps of 11×11, 70 parameters"
    assert len(said) == 3
    session.set_model(TEN)
    assert not strip.isVisible()


def test_another_model_does_not_put_the_keys_into_the_field_of_the_layers(
    equation: Equation,
) -> None:
    session, view = equation.session, equation.inside
    session.set_model(CONV)
    view.state.look_into(0)
    view.maps.sheet.setFocus()
    assert view.maps.sheet.hasFocus()
    session.set_model(HIDDEN)
    assert view.strip.hasFocus()


@pytest.mark.parametrize("model", DEEP)
def test_a_click_looks_into_a_stage_and_the_arrow_keys_do(deep: Equation, model: str) -> None:
    strip, inside = deep.inside.strip, deep.inside.state
    last = len(inside.stages)
    assert inside.place is None, "at first it is asked why"
    for column in (0, last - 1, last):
        QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=middle(strip, column))
        assert inside.place == (None if column == last else column)
        assert strip.chosen == Place(0, column)
    QTest.keyClick(strip, Qt.Key.Key_Left)
    assert inside.place == last - 1
    QTest.keyClick(strip, Qt.Key.Key_Right)
    QTest.keyClick(strip, Qt.Key.Key_Right)
    assert inside.place is None
    for _ in range(last + 2):
        QTest.keyClick(strip, Qt.Key.Key_Left)
    assert inside.place == 0


@pytest.mark.parametrize("model", DEEP)
def test_what_is_looked_into_stays_through_a_training_and_goes_with_the_network(
    deep: Equation, model: str
) -> None:
    inside = deep.inside.state
    inside.look_into(0)
    inside.look_at(3)
    teach(deep.session, seed=4)
    assert (inside.place, inside.unit) == (0, 3)
    deep.session.reset()
    assert (inside.place, inside.unit) == (0, 3)
    deep.session.set_model(TEN)
    assert (inside.place, inside.unit, inside.stages) == (None, None, ())
    picture(deep)


@pytest.mark.parametrize("sizes", ["2048", "128,64,32,16,16,16"])
def test_the_boxes_of_any_network_have_room(window: MainWindow, sizes: str) -> None:
    window.resize(1000, 680)
    window.session.set_model(HIDDEN)
    window.session.set_sizes(parse_sizes(HIDDEN, sizes))
    QTest.qWait(20)
    strip = window.equation.inside.strip
    boxes = [strip.cell_rect(Place(0, column)) for column in range(strip.columns)]
    assert all(strip.rect().contains(box) and box.width() > 20 for box in boxes)
    assert all(one.right() < other.left() for one, other in pairwise(boxes))


# Why


@pytest.mark.parametrize("model", DEEP)
def test_what_a_pixel_would_change_follows_the_drawing(deep: Equation, model: str) -> None:
    leave(deep.canvas)
    before = picture(deep.weights)
    stroke(deep.canvas, [(3, 3), (3, 12)])
    leave(deep.canvas)
    assert picture(deep.weights) != before
    for cell in ((4, 4), (12, 12), (20, 9)):
        value = deep.session.weights[cell]
        color = theme().heat(np.array(value), deep.session.weight_limit)
        assert tone(deep.weights, *cell) == f"#{int(color) & 0xFFFFFF:06x}"


@pytest.mark.parametrize("model", DEEP)
def test_it_is_named_as_what_it_is(deep: Equation, model: str) -> None:
    explanation, session = deep.explanation, deep.session
    assert [label.text() for label in explanation.titles] == ["∂z₆/∂X", "X × ∂z₆/∂X"]
    assert explanation.subtitles[1].text() == "gradient × pixel"
    session.set_digit(4)
    session.set_rival(9)
    assert explanation.titles[0].text() == "∂(z₄ − z₉)/∂X"
    assert "gradient" not in [button.text() for button in visible_buttons(deep)]
    evidence = session.evidence
    assert evidence.z == pytest.approx(evidence.total_for + evidence.total_against + evidence.bias)
    assert "all biases" in deep.prediction.sum.texts()
    session.set_model(ONE)
    assert [label.text() for label in explanation.titles] == ["W", "X × W"]
    assert "bias b" in deep.prediction.sum.texts()


def visible_buttons(equation: Equation) -> list[QWidget]:
    return [button for button in equation.findChildren(QPushButton) if button.isVisible()]


@pytest.mark.parametrize("model", DEEP)
def test_there_is_no_gradient_by_the_weights_to_show(window: MainWindow, model: str) -> None:
    equation = window.equation
    (action,) = (each for each in window.findChildren(QAction) if "gradient" in each.text())
    equation.weights.show_gradient(True)
    window.session.set_model(model)
    assert not equation.weights.shows_gradient
    assert not action.isEnabled()
    equation.weights.show_gradient(True)
    assert not equation.weights.shows_gradient
    picture(equation)
    window.session.set_model(ONE)
    assert action.isEnabled()


def test_the_canvas_keeps_its_size_whatever_network_is_in_use(window: MainWindow) -> None:
    for size in ((1000, 680), (1280, 800), (1920, 1080)):
        window.resize(*size)
        QTest.qWait(20)
        seen = set()
        for model in (*MODELS, *reversed(MODELS)):
            window.session.set_model(model)
            QTest.qWait(20)
            equation = window.equation
            canvas = place_in(equation, equation.canvas)
            answer = place_in(equation, equation.prediction)
            seen.add((canvas.getRect(), answer.left(), answer.top()))
        assert len(seen) == 1


@pytest.mark.parametrize("size", [(1000, 680), (1280, 800), (1920, 1080)])
@pytest.mark.parametrize("model", DEEP)
@pytest.mark.parametrize("numbers", [False, True])
def test_nothing_of_the_why_overlaps(
    window: MainWindow, size: tuple[int, int], model: str, numbers: bool
) -> None:
    window.resize(*size)
    window.session.set_numbers(numbers)
    window.session.set_model(model)
    window.session.set_rival(4)
    QTest.qWait(20)
    equation = window.equation
    rects = [
        place_in(equation, view)
        for view in (
            equation.canvas, equation.weights, equation.evidence, equation.prediction,
            equation.inside.strip, equation.rival, equation.tools, equation.explanation.pixel,
        )
    ]  # fmt: skip
    for at, one in enumerate(rects):
        assert equation.rect().contains(one)
        assert not any(one.intersects(other) for other in rects[at + 1 :])


@pytest.mark.parametrize("model", DEEP)
def test_a_pixel_is_read_out_with_what_it_would_change(deep: Equation, model: str) -> None:
    cell = Cell(12, 8)
    deep.session.point_at(cell)
    w = float(deep.session.weights[cell])
    assert f"w {w:+.2f}".replace("-", "−") in deep.explanation.pixel.text()


@pytest.mark.parametrize("model", DEEP)
@pytest.mark.filterwarnings("ignore:.*(overflow|invalid value):RuntimeWarning")
def test_what_too_large_steps_have_made_of_it_can_be_looked_into(
    deep: Equation, model: str
) -> None:
    session, inside = deep.session, deep.inside.state
    parameters = {
        name: np.float32(1e30) * array for name, array in session.snapshot.parameters.items()
    }
    session.set_snapshot(replace(session.snapshot, parameters=parameters))
    for place, stage in enumerate(inside.stages):
        inside.look_into(place)
        picture(deep)
        inside.look_at(stage.units - 1)
        picture(deep)
    assert not np.isfinite(inside.activity.outputs).all()
