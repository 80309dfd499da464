"""Ten neurons in the window: which one is looked at, its rival, the bars and the thumbnails."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from desk import Desk, Until
from hand import channels, color_at, leave, picture, stroke, teach
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from sixpad.core.answer import softmax
from sixpad.core.network import ONE, TEN, Network
from sixpad.gui.app import App
from sixpad.gui.digit_picker import DigitPicker
from sixpad.gui.drawing import sample_six
from sixpad.gui.equation import Equation
from sixpad.gui.numbers import signed
from sixpad.gui.session import Session
from sixpad.gui.theme import theme
from sixpad.gui.trainer import State


def teach_ten(session: Session) -> None:
    """Random weights, as if ten neurons had learned."""
    session.set_model(TEN)
    teach(session)


def expected_logits(session: Session) -> np.ndarray:
    parameters = session.snapshot.parameters
    W = parameters["output.weights"].astype(np.float64)
    return session.drawing.X.astype(np.float64) @ W + parameters["output.bias"]


@pytest.fixture
def ten(equation: Equation) -> Equation:
    """The band with ten neurons that have learned, and the sample six."""
    teach_ten(equation.session)
    equation.session.drawing.restore(sample_six())
    return equation


def click(
    widget: QWidget, at: QPoint, button: Qt.MouseButton = Qt.MouseButton.LeftButton,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:  # fmt: skip
    QTest.mouseClick(widget, button, keys, at)


def place_of(picker: DigitPicker, digit: int) -> QPoint:
    """A point of the picture at which that digit is."""
    points = [
        QPoint(x, y) for y in range(1, picker.height(), 3) for x in range(1, picker.width(), 3)
    ]
    return next(p for p in points if picker.digit_at(p.toPointF()) == digit)


def test_the_ten_probabilities_are_those_of_the_drawing(ten: Equation) -> None:
    session = ten.session
    stroke(ten.canvas, [(3, 3), (3, 12)])
    expected = softmax(expected_logits(session))
    assert session.evidence.probabilities == pytest.approx(expected, abs=1e-5)
    assert session.evidence.P == pytest.approx(expected[6], abs=1e-5)
    assert session.evidence.probabilities.sum() == pytest.approx(1)


def test_the_evidence_of_a_rival_is_the_difference_of_two_neurons(ten: Equation) -> None:
    session = ten.session
    z = expected_logits(session)
    session.set_digit(4)
    assert session.evidence.z == pytest.approx(z[4], abs=1e-4)
    W4 = session.weights.copy()
    session.set_digit(9)
    W9 = session.weights.copy()
    session.set_rival(4)
    assert np.allclose(session.weights, W9 - W4)
    assert session.evidence.z == pytest.approx(z[9] - z[4], abs=1e-4)
    assert session.evidence.P == pytest.approx(1 / (1 + np.exp(z[4] - z[9])), abs=1e-5)


def test_a_digit_is_no_rival_of_its_own(ten: Equation) -> None:
    session = ten.session
    session.set_rival(6)
    assert session.rival is None
    session.set_rival(4)
    session.set_digit(4)
    assert (session.digit, session.rival) == (4, None)


def test_a_single_neuron_has_no_rival(equation: Equation) -> None:
    equation.session.set_rival(4)
    assert equation.session.rival is None
    assert not equation.rival.isVisible()
    assert not equation.thumbnails.isVisible()
    assert not equation.prediction.bars.isVisible()


@pytest.mark.parametrize("name", ["bars", "thumbnails"])
def test_a_click_looks_at_a_digit_and_another_compares(ten: Equation, name: str) -> None:
    picker = ten.prediction.bars if name == "bars" else ten.thumbnails
    session = ten.session
    for digit in (0, 9, 4):
        click(picker, place_of(picker, digit))
        assert session.digit == digit
        assert ten.digits.checkedId() == digit
    click(picker, place_of(picker, 7), Qt.MouseButton.RightButton)
    assert session.question == (4, 7)
    assert ten.rival.choice.currentData() == 7
    click(picker, place_of(picker, 1), keys=Qt.KeyboardModifier.ControlModifier)
    assert session.question == (4, 1)
    click(picker, place_of(picker, 1), Qt.MouseButton.RightButton)
    assert session.question == (4, None)
    assert ten.rival.choice.currentData() is None


def test_a_rival_is_chosen_from_the_list(ten: Equation) -> None:
    box = ten.rival.choice
    assert [box.itemData(place) for place in range(box.count())] == [
        None,
        0,
        1,
        2,
        3,
        4,
        5,
        7,
        8,
        9,
    ]
    box.setCurrentIndex(box.findData(0))
    box.activated.emit(box.currentIndex())
    assert ten.session.question == (6, 0)
    assert ten.explanation.titles[0].text() == "W₆ − W₀"
    assert ten.explanation.titles[1].text() == "X × (W₆ − W₀)"


def test_the_heatmap_is_that_of_the_neuron_in_question(ten: Equation) -> None:
    """Orange where a weight is positive, blue where it is negative."""
    session = ten.session
    for digit, rival in ((6, None), (2, None), (2, 8)):
        session.set_digit(digit)
        session.set_rival(rival)
        leave(ten.weights)
        image, limit = picture(ten.weights), float(np.abs(session.weights).max())
        for cell in ((0, 0), (11, 5), (23, 23)):
            expected = channels(theme().heat(session.weights[cell], limit))
            seen = color_at(image, ten.weights.cell_rect(*cell).center())
            assert seen == "#" + "".join(f"{part:02x}" for part in expected.ravel().tolist())


def test_thumbnails_show_each_neuron_in_its_own_scale(ten: Equation) -> None:
    W = ten.session.snapshot.parameters["output.weights"]
    image = ten.thumbnails.image()
    assert (image.width(), image.height()) == (240, 24)
    for digit, row, column in ((0, 0, 0), (4, 7, 19), (9, 23, 23)):
        value = W[24 * row + column, digit]
        expected = channels(theme().heat(value, float(np.abs(W[:, digit]).max()))).tolist()
        seen = image.pixelColor(24 * digit + column, row)
        assert [seen.red(), seen.green(), seen.blue()] == expected


def test_the_likeliest_digit_is_told(ten: Equation) -> None:
    session = ten.session
    parameters = dict(session.snapshot.parameters)
    bias = np.zeros(10, np.float32)
    bias[3] = 100
    session.set_snapshot(replace(session.snapshot, parameters=parameters | {"output.bias": bias}))
    assert ten.prediction.probability.sentence() == "This is a 3."
    bars = ten.prediction.bars.texts()
    assert max(bars, key=lambda digit: float(bars[digit].split()[0])) == "3"
    zeros = {name: np.zeros_like(array) for name, array in parameters.items()}
    session.set_snapshot(replace(session.snapshot, parameters=zeros))
    assert ten.prediction.probability.sentence() == "It cannot tell yet."
    session.drawing.clear()
    assert ten.prediction.probability.sentence() == "Draw a digit."


def test_each_model_keeps_its_weights(session: Session) -> None:
    teach_ten(session)
    learned = session.snapshot
    session.set_model(ONE)
    assert not session.weights.any()
    assert session.network == Network(6)
    session.set_digit(3)
    session.set_model(TEN)
    assert session.snapshot is learned
    assert session.digit == 3


def test_looking_at_another_digit_leaves_ten_neurons_training(app: App, until: Until) -> None:
    trainer, session = app.trainer, app.session
    app.window.header.models.button(1).click()
    assert session.model == TEN
    trainer.set_config(replace(trainer.config, epochs=100_000))
    trainer.train()
    until(lambda: session.snapshot.step > 0)
    session.set_digit(2)
    session.set_rival(3)
    before = session.snapshot.step
    until(lambda: session.snapshot.step > before)
    assert trainer.state is State.RUNNING
    app.window.header.models.button(0).click()
    assert trainer.state is State.IDLE
    assert session.learned_by(Network(None, TEN)).snapshot.step >= before


def test_ten_neurons_learn_and_come_back_after_a_restart(desk: Desk, until: Until) -> None:
    app = desk.start()
    app.session.set_model(TEN)
    app.session.set_digit(8)
    app.trainer.train()
    until(lambda: app.trainer.state is State.IDLE and app.session.snapshot.step > 0)
    scores = app.session.history.scores
    assert scores is not None
    assert scores.accuracy > 0.5
    kept = app.session.snapshot
    desk.close(app)
    again = desk.start()
    assert (again.session.model, again.session.digit) == (TEN, 8)
    assert again.window.header.models.checkedId() == 1
    for name, array in kept.parameters.items():
        assert np.array_equal(again.session.snapshot.parameters[name], array)


@pytest.mark.parametrize(("width", "height"), [(1000, 680), (1280, 800), (1900, 1040)])
def test_nothing_of_the_ten_overlaps(app: App, width: int, height: int) -> None:
    window, session = app.window, app.session
    window.resize(width, height)
    session.set_model(TEN)
    session.set_rival(1)
    equation = window.equation
    rects = [
        widget.rect().translated(widget.mapTo(window, QPoint(0, 0)))
        for widget in (
            equation.canvas, equation.weights, equation.evidence, equation.prediction.bars,
            equation.prediction.probability, equation.thumbnails, equation.rival, equation.tools,
        )
    ]  # fmt: skip
    for place, one in enumerate(rects):
        assert window.rect().contains(one)
        assert not any(one.intersects(other) for other in rects[place + 1 :])


def test_the_bars_add_up_to_a_hundred(ten: Equation) -> None:
    for cells in ([(3, 3), (20, 20)], [(12, 4), (12, 20)]):
        stroke(ten.canvas, cells)
        shares = [float(text.split("\u2009")[0]) for text in ten.prediction.bars.texts().values()]
        assert sum(shares) == pytest.approx(100, abs=0.5)


def test_without_a_pointer_the_sum_is_told(ten: Equation) -> None:
    leave(ten.canvas)
    evidence = ten.session.evidence
    assert ten.explanation.pixel.text().endswith(f"z = {signed(evidence.z)}")
    assert signed(evidence.bias) in ten.explanation.pixel.text()


def test_the_answer_can_be_followed(ten: Equation) -> None:
    session = ten.session
    stroke(ten.canvas, [(3, 3), (20, 20)])
    best = int(session.evidence.probabilities.argmax())
    session.set_digit((best + 1) % 10)
    ten.follow.click()
    assert session.digit == best
    session.set_digit((best + 1) % 10)
    stroke(ten.canvas, [(20, 3), (3, 20)])
    assert session.digit == int(session.evidence.probabilities.argmax())
    ten.follow.click()
    session.set_digit((session.digit + 1) % 10)
    chosen = session.digit
    stroke(ten.canvas, [(12, 3), (12, 20)])
    assert session.digit == chosen
