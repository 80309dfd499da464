"""The upper band: X × W, its sums and P, live under the hand."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import numpy as np
import pytest
from hand import (
    LEFT,
    SIX,
    leave,
    middle,
    picture,
    prepare,
    stroke,
    teach,
    tone,
)  # fmt: skip
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from sixpad.core.grid import centre_and_fit
from sixpad.core.preparation import Preparation, deskew
from sixpad.gui.equation import Equation
from sixpad.gui.session import Session
from sixpad.gui.theme import LIGHT


def words(widget: QWidget) -> list[str]:
    """All that labels in the widget say."""
    return [label.text() for label in widget.findChildren(QLabel) if label.text()]


def expected_P(session: Session) -> float:
    z = float(session.drawing.X.astype(float) @ session.weights.ravel().astype(float))
    return 1 / (1 + exp(-z - float(session.snapshot.parameters["output.bias"][0])))


def test_every_move_changes_evidence_and_probability_at_once(equation: Equation) -> None:
    session, seen = equation.session, set()
    session.drawing.set_preparation(Preparation.AS_DRAWN)
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
        (3.0, False, "Draw one: is it a 6?"),
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


# Centre and fit


def test_without_centre_and_fit_x_is_the_ink(equation: Equation) -> None:
    drawing = equation.session.drawing
    drawing.clear()
    stroke(equation.canvas, [(2, 2), (2, 9), (7, 9)])
    assert np.array_equal(drawing.X, centre_and_fit(drawing.ink).ravel())
    prepare(equation, "As drawn")
    assert np.array_equal(drawing.X, drawing.ink.ravel())
    stroke(equation.canvas, [(15, 3), (15, 3)])
    assert np.array_equal(drawing.X, drawing.ink.ravel())
    assert equation.session.evidence.P == pytest.approx(expected_P(equation.session))
    prepare(equation, "Centre and fit")
    assert np.array_equal(drawing.X, centre_and_fit(drawing.ink).ravel())
    prepare(equation, "Deskew, centre, fit")
    assert np.array_equal(drawing.X, centre_and_fit(deskew(drawing.ink)).ravel())
    assert not np.array_equal(drawing.X, centre_and_fit(drawing.ink).ravel())


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
