"""The neuron: what it answers, and its gradient against finite differences."""

from __future__ import annotations

from math import exp, log1p

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixpad.core.grid import PIXELS
from sixpad.core.network import LOSSES, Network, Parameters, cross_entropy, sigmoid
from sixpad.errors import SixpadError

NETWORK = Network(6)
any_size = st.floats(-1e4, 1e4) | st.sampled_from([-1e4, -40.0, 0.0, 40.0, 1e4])


def random_parameters(generator: np.random.Generator, scale: float) -> Parameters:
    return {name: generator.normal(size=shape) * scale for name, shape in NETWORK.shapes().items()}


@pytest.mark.parametrize("loss", LOSSES)
@given(
    seed=st.integers(0, 2**32),
    count=st.integers(1, 12),
    scale=st.sampled_from([0.0, 0.02, 0.2]),
    l2=st.sampled_from([0.0, 0.01, 1.0]),
)
def test_the_gradient_agrees_with_finite_differences(
    loss: str, seed: int, count: int, scale: float, l2: float
) -> None:
    generator = np.random.default_rng(seed)
    parameters = random_parameters(generator, scale)
    X = generator.integers(0, 2, (count, PIXELS)).astype(float)
    t = generator.integers(0, 2, count).astype(bool)
    direction = random_parameters(generator, 1.0)
    length = np.sqrt(sum((array * array).sum() for array in direction.values()))
    _, gradient = NETWORK.loss_and_gradient(parameters, X, t, loss, l2)

    def loss_at(move: float) -> float:
        there = {name: parameters[name] + move * direction[name] / length for name in parameters}
        return float(NETWORK.loss_and_gradient(there, X, t, loss, l2)[0])

    step = 1e-5
    measured = (loss_at(step) - loss_at(-step)) / (2 * step)
    claimed = sum((gradient[name] * direction[name]).sum() for name in gradient) / length
    assert claimed == pytest.approx(measured, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_gradient_has_the_shapes_and_the_precision_of_the_parameters(loss: str) -> None:
    parameters = NETWORK.initial_parameters()
    X = np.ones((3, PIXELS), np.float32)
    value, gradient = NETWORK.loss_and_gradient(parameters, X, np.array([1, 0, 0], bool), loss, 0.1)
    assert np.asarray(value).dtype == np.float32
    for name, shape in NETWORK.shapes().items():
        assert gradient[name].shape == shape
        assert gradient[name].dtype == np.float32


@given(seed=st.integers(0, 2**32))
def test_l2_weighs_the_weights_and_spares_the_bias(seed: int) -> None:
    generator = np.random.default_rng(seed)
    parameters = random_parameters(generator, 0.1)
    X, t = generator.random((4, PIXELS)), np.array([True, False, False, True])
    plain, gradient = NETWORK.loss_and_gradient(parameters, X, t)
    heavy, heavy_gradient = NETWORK.loss_and_gradient(parameters, X, t, l2=0.5)
    weights = parameters["output.weights"]
    assert heavy - plain == pytest.approx(0.25 * (weights**2).sum())
    np.testing.assert_allclose(
        heavy_gradient["output.weights"] - gradient["output.weights"], 0.5 * weights, atol=1e-12
    )
    assert heavy_gradient["output.bias"] == gradient["output.bias"]


def test_zero_parameters_answer_one_half() -> None:
    X = np.random.default_rng(1).integers(0, 2, (5, PIXELS)).astype(np.float32)
    parameters = NETWORK.initial_parameters()
    assert (NETWORK.predict(parameters, X) == 0.5).all()
    assert not NETWORK.logits(parameters, X).any()


@given(seed=st.integers(0, 2**32))
def test_it_answers_the_sigmoid_of_the_weighted_sum(seed: int) -> None:
    generator = np.random.default_rng(seed)
    parameters = random_parameters(generator, 0.1)
    X = generator.integers(0, 2, (3, PIXELS)).astype(float)
    weights, bias = parameters["output.weights"], parameters["output.bias"]
    for row, P in zip(X, NETWORK.predict(parameters, X), strict=True):
        z = sum(float(x) * float(w) for x, w in zip(row, weights[:, 0], strict=True)) + bias[0]
        assert pytest.approx(1 / (1 + exp(-z))) == P


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(value=any_size)
def test_no_size_of_z_overflows(dtype: type, value: float) -> None:
    z = np.array([value], dtype)
    (P,) = sigmoid(z)
    assert P.dtype == dtype
    assert 0 <= P <= 1
    assert (P > 0.5) <= (value > 0)
    assert (P < 0.5) <= (value < 0)
    for t in (True, False):
        (loss,) = cross_entropy(z, np.array([t]))
        against = -float(z[0]) if t else float(z[0])
        # log(1 + eᵃ), the other way round where eᵃ would overflow.
        expected = max(against, 0.0) + log1p(exp(-abs(against)))
        assert loss.dtype == dtype
        assert loss == pytest.approx(expected, rel=float(8 * np.finfo(dtype).eps), abs=1e-37)


def test_the_ends_of_the_sigmoid() -> None:
    assert sigmoid(np.array([-1e4, 0.0, 1e4])).tolist() == [0.0, 0.5, 1.0]
    losses = cross_entropy(np.array([1e4, 1e4, -1e4, -1e4]), np.array([True, False, True, False]))
    assert losses.tolist() == [0.0, 1e4, 1e4, 0.0]


def test_the_truth_of_a_digit() -> None:
    assert Network(3).targets(np.array([3, 6, 3, 0], np.uint8)).tolist() == [
        True, False, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize("digit", range(10))
def test_every_digit_can_be_looked_for(digit: int) -> None:
    assert Network(digit).digit == digit


@pytest.mark.parametrize("digit", [-1, 10, 6.5, "6", None])
def test_no_other_digit_can(digit: object) -> None:
    with pytest.raises(SixpadError, match="0 to 9"):
        Network(digit)  # type: ignore[arg-type]


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(SixpadError, match="ten"):
        Network(6, "ten")
