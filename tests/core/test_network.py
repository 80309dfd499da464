"""The networks: what they answer, and their gradients against finite differences."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sixpad.core.answer import CROSS_ENTROPY, LOSSES
from sixpad.core.backend import cpu
from sixpad.core.config import TrainingConfig
from sixpad.core.descent import Descent
from sixpad.core.grid import PIXELS
from sixpad.core.network import NETWORKS, Network, Parameters, network_of
from sixpad.errors import SixpadError

ONE, TEN = Network(6), Network(None, "ten")
BOTH = pytest.mark.parametrize("network", [ONE, TEN], ids=["one", "ten"])


def random_parameters(network: Network, generator: np.random.Generator, scale: float) -> Parameters:
    return {name: generator.normal(size=shape) * scale for name, shape in network.shapes().items()}


def loss_and_gradient(
    network: Network,
    parameters: Parameters,
    images: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    loss: str = CROSS_ENTROPY,
    l2: float = 0.0,
) -> tuple[float, Parameters]:
    """Those of a step on all the images, at a learning rate of nothing."""
    config = TrainingConfig(batch_size=len(labels), optimizer="gd", loss=loss, l2=l2)
    theta = np.concatenate([parameters[name].ravel() for name in network.shapes()])
    descent = Descent(network, config, cpu(""), theta, None)
    descent.show(images, labels, np.arange(len(labels)))
    assert descent.steps([0], [0.0], lambda: False) == 1
    (value,) = descent.take_losses()
    np.testing.assert_array_equal(descent.theta, theta)
    return value, network.views(descent.gradient)


@BOTH
@pytest.mark.parametrize("loss", LOSSES)
@given(
    seed=st.integers(0, 2**32),
    count=st.integers(1, 12),
    scale=st.sampled_from([0.0, 0.02, 0.2]),
    l2=st.sampled_from([0.0, 0.01, 1.0]),
)
def test_the_gradient_agrees_with_finite_differences(
    network: Network, loss: str, seed: int, count: int, scale: float, l2: float
) -> None:
    generator = np.random.default_rng(seed)
    parameters = random_parameters(network, generator, scale)
    images = generator.integers(0, 2, (count, PIXELS), np.uint8)
    labels = generator.integers(0, 10, count, np.uint8)
    direction = random_parameters(network, generator, 1.0)
    length = np.sqrt(sum((array * array).sum() for array in direction.values()))
    _, gradient = loss_and_gradient(network, parameters, images, labels, loss, l2)

    def loss_at(move: float) -> float:
        there = {name: parameters[name] + move * direction[name] / length for name in parameters}
        return loss_and_gradient(network, there, images, labels, loss, l2)[0]

    step = 1e-5
    measured = (loss_at(step) - loss_at(-step)) / (2 * step)
    claimed = sum((gradient[name] * direction[name]).sum() for name in gradient) / length
    assert claimed == pytest.approx(measured, rel=1e-6, abs=1e-8)


@BOTH
@pytest.mark.parametrize("loss", LOSSES)
def test_the_gradient_has_the_shapes_and_the_precision_of_the_parameters(
    network: Network, loss: str
) -> None:
    parameters = network.initial_parameters()
    images, labels = np.ones((3, PIXELS), np.uint8), np.array([6, 0, 9], np.uint8)
    _, gradient = loss_and_gradient(network, parameters, images, labels, loss, 0.1)
    assert gradient.keys() == parameters.keys()
    for name, shape in network.shapes().items():
        assert gradient[name].shape == parameters[name].shape == shape
        assert gradient[name].dtype == np.float32


@BOTH
@given(seed=st.integers(0, 2**32))
def test_l2_weighs_the_weights_and_spares_the_bias(network: Network, seed: int) -> None:
    generator = np.random.default_rng(seed)
    parameters = random_parameters(network, generator, 0.1)
    examples = generator.integers(0, 2, (4, PIXELS), np.uint8), np.array([6, 0, 1, 6], np.uint8)
    plain, gradient = loss_and_gradient(network, parameters, *examples)
    heavy, heavy_gradient = loss_and_gradient(network, parameters, *examples, l2=0.5)
    weights = parameters["output.weights"]
    assert heavy - plain == pytest.approx(0.25 * (weights**2).sum())
    np.testing.assert_allclose(
        heavy_gradient["output.weights"] - gradient["output.weights"], 0.5 * weights, atol=1e-12
    )
    np.testing.assert_array_equal(heavy_gradient["output.bias"], gradient["output.bias"])


@BOTH
def test_at_first_all_answers_are_as_probable(network: Network) -> None:
    X = np.random.default_rng(1).integers(0, 2, (5, PIXELS)).astype(np.float32)
    parameters = network.initial_parameters()
    P = network.predict(parameters, X)
    assert P.shape == ((5,) if network is ONE else (5, 10))
    np.testing.assert_allclose(P, 0.5 if network is ONE else 0.1, rtol=1e-6)
    assert not network.logits(parameters, X).any()


@given(seed=st.integers(0, 2**32))
def test_one_answers_the_sigmoid_of_the_weighted_sum(seed: int) -> None:
    generator = np.random.default_rng(seed)
    parameters = random_parameters(ONE, generator, 0.1)
    X = generator.integers(0, 2, (3, PIXELS)).astype(float)
    weights, bias = parameters["output.weights"], parameters["output.bias"]
    for row, P in zip(X, ONE.predict(parameters, X), strict=True):
        z = sum(float(x) * float(w) for x, w in zip(row, weights[:, 0], strict=True)) + bias[0]
        assert pytest.approx(1 / (1 + exp(-z))) == P


@given(seed=st.integers(0, 2**32))
def test_each_of_ten_neurons_sums_for_itself(seed: int) -> None:
    generator = np.random.default_rng(seed)
    parameters = random_parameters(TEN, generator, 0.1)
    X = generator.integers(0, 2, (3, PIXELS)).astype(float)
    z = TEN.logits(parameters, X)
    for digit in range(10):
        alone = {
            "output.weights": parameters["output.weights"][:, [digit]],
            "output.bias": parameters["output.bias"][[digit]],
        }
        np.testing.assert_allclose(z[:, digit], Network(digit).logits(alone, X))
    powers = [[exp(value) for value in row] for row in z.tolist()]
    expected = [[power / sum(row) for power in row] for row in powers]
    np.testing.assert_allclose(TEN.predict(parameters, X), expected)


@pytest.mark.parametrize("digit", range(10))
def test_every_digit_can_be_looked_for(digit: int) -> None:
    network = network_of("one", digit)
    assert network == NETWORKS[digit] == Network(digit)
    assert (network.model, network.digit) == ("one", digit)
    assert network.title == f"one neuron for the {digit}"
    assert network.shapes() == {"output.weights": (576, 1), "output.bias": (1,)}


@pytest.mark.parametrize("digit", [0, 6])
def test_ten_neurons_look_for_all_of_them(digit: int) -> None:
    network = network_of("ten", digit)
    assert network == NETWORKS[10] == TEN
    assert (network.model, network.digit, network.title) == ("ten", None, "ten neurons")
    assert network.shapes() == {"output.weights": (576, 10), "output.bias": (10,)}
    assert len(set(NETWORKS)) == len(NETWORKS) == 11


@pytest.mark.parametrize("digit", [-1, 10, 6.5, "6", None])
def test_no_other_digit_can(digit: object) -> None:
    with pytest.raises(SixpadError, match="0 to 9"):
        Network(digit)  # type: ignore[arg-type]


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(SixpadError, match=r"there are: one, ten, hidden, conv\."):
        Network(6, "eleven")


@pytest.mark.parametrize("digit", [0, 6, 10])
def test_ten_neurons_with_a_digit_are_refused(digit: int) -> None:
    with pytest.raises(SixpadError, match="every digit, not for one"):
        Network(digit, "ten")
