"""The optimisers against the textbook's formulas, one number at a time."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixpad.core.optimizer import OPTIMIZERS, state_shapes

numbers = st.floats(-100, 100, allow_subnormal=False)
gradients = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=30)
rates = st.floats(1e-4, 10)


def descent(theta: float, gradients: list[float], rate: float) -> float:
    for g in gradients:
        theta = theta - rate * g
    return theta


def momentum(theta: float, gradients: list[float], rate: float) -> float:
    velocity = 0.0
    for g in gradients:
        velocity = 0.9 * velocity + g
        theta = theta - rate * velocity
    return theta


def adam(theta: float, gradients: list[float], rate: float) -> float:
    m = s = 0.0
    for k, g in enumerate(gradients, start=1):
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * g**2
        m_hat, s_hat = m / (1 - 0.9**k), s / (1 - 0.999**k)
        theta = theta - rate * m_hat / (sqrt(s_hat) + 1e-8)
    return theta


REFERENCES = {"gd": descent, "momentum": momentum, "adam": adam}


def test_every_optimizer_has_a_reference() -> None:
    assert set(OPTIMIZERS) == set(REFERENCES)


@pytest.mark.parametrize("name", REFERENCES)
@given(start=st.tuples(numbers, numbers), gradients=gradients, rate=rates)
def test_it_follows_its_formula(
    name: str, start: tuple[float, float], gradients: list[tuple[float, float]], rate: float
) -> None:
    theta = np.array(start)
    optimizer = OPTIMIZERS[name](theta)
    for g in gradients:
        optimizer.step(theta, np.array(g), rate)
    for place in range(2):
        expected = REFERENCES[name](start[place], [g[place] for g in gradients], rate)
        assert theta[place] == pytest.approx(expected, rel=1e-9, abs=1e-7)


@pytest.mark.parametrize("name", REFERENCES)
@given(gradients=gradients, rate=rates, data=st.data())
def test_going_on_from_its_state_changes_nothing(
    name: str, gradients: list[tuple[float, float]], rate: float, data: st.DataObject
) -> None:
    whole, parted = np.zeros(2, np.float32), np.zeros(2, np.float32)
    cut = data.draw(st.integers(0, len(gradients)))
    one = OPTIMIZERS[name](whole)
    first = OPTIMIZERS[name](parted)
    for g in gradients[:cut]:
        first.step(parted, np.array(g, np.float32), rate)
    second = OPTIMIZERS[name](parted, {key: array.copy() for key, array in first.state.items()})
    for g in gradients[cut:]:
        second.step(parted, np.array(g, np.float32), rate)
    for g in gradients:
        one.step(whole, np.array(g, np.float32), rate)
    assert whole.tobytes() == parted.tobytes()
    assert int(second.state["count"]) == len(gradients)


@pytest.mark.parametrize("name", REFERENCES)
def test_a_step_is_in_place_in_the_parameters_precision_and_spares_the_gradient(name: str) -> None:
    theta = np.ones(5, np.float32)
    g = np.arange(5, dtype=np.float32)
    optimizer = OPTIMIZERS[name](theta)
    for _ in range(3):
        optimizer.step(theta, g, 0.1)
    assert theta.dtype == np.float32
    assert theta[0] == 1
    assert (theta[1:] < 1).all()
    assert g.tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("name", REFERENCES)
def test_the_state_has_the_shapes_it_says(name: str) -> None:
    state = OPTIMIZERS[name](np.zeros(7, np.float32)).state
    assert {key: array.shape for key, array in state.items()} == state_shapes(name, 7)
