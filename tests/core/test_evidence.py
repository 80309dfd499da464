"""Evidence: the parts of an answer add up to what the network says, whatever is asked."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sixpad.core.evidence import Evidence, Question, neuron, weigh
from sixpad.core.network import Network, Parameters, network_of

ONE, TEN = Network(6), Network(None, "ten")


def random_parameters(network: Network, seed: int) -> tuple[Parameters, NDArray[np.float32]]:
    """Parameters with weights of both signs, and an image."""
    rng = np.random.default_rng(seed)
    parameters = {
        name: rng.normal(0, 0.3, shape).astype(np.float32)
        for name, shape in network.shapes().items()
    }
    return parameters, (rng.random(576) < 0.2).astype(np.float32)


def assert_adds_up(evidence: Evidence) -> None:
    assert evidence.pixels.shape == (24, 24)
    assert evidence.total_for >= 0 >= evidence.total_against
    assert evidence.z == evidence.total_for + evidence.total_against + evidence.bias
    assert evidence.pixels.sum() == pytest.approx(evidence.z - evidence.bias)
    assert 0 <= evidence.P <= 1
    assert evidence.probabilities.dtype == np.float64


@given(st.integers(0, 2**32))
def test_the_parts_add_up_to_the_answer_of_one_neuron(seed: int) -> None:
    parameters, X = random_parameters(ONE, seed)
    evidence = weigh(ONE, parameters, X, Question(6))
    assert_adds_up(evidence)
    assert evidence.z == pytest.approx(float(ONE.logits(parameters, X[None])[0]), abs=1e-4)
    assert evidence.P == pytest.approx(float(ONE.predict(parameters, X[None])[0]), abs=1e-5)
    assert evidence.probabilities.tolist() == [evidence.P]


@given(st.integers(0, 2**32))
def test_the_parts_add_up_to_the_answer_for_each_of_ten(seed: int) -> None:
    parameters, X = random_parameters(TEN, seed)
    (z,), (P,) = TEN.logits(parameters, X[None]), TEN.predict(parameters, X[None])
    for digit in range(10):
        evidence = weigh(TEN, parameters, X, Question(digit))
        assert_adds_up(evidence)
        assert evidence.z == pytest.approx(float(z[digit]), abs=1e-4)
        assert evidence.P == pytest.approx(float(P[digit]), abs=1e-6)
        np.testing.assert_allclose(evidence.probabilities, P)
        ink = X.reshape(24, 24) > 0
        assert not evidence.pixels[~ink].any()
        weights = parameters["output.weights"][:, digit].reshape(24, 24)
        np.testing.assert_allclose(evidence.pixels[ink], weights[ink])


@given(st.integers(0, 2**32))
def test_against_a_rival_they_add_up_to_the_difference(seed: int) -> None:
    parameters, X = random_parameters(TEN, seed)
    (z,), (P,) = TEN.logits(parameters, X[None]), TEN.predict(parameters, X[None])
    for digit, rival in permutations(range(10), 2):
        evidence = weigh(TEN, parameters, X, Question(digit, rival))
        assert_adds_up(evidence)
        assert evidence.z == pytest.approx(float(z[digit] - z[rival]), abs=1e-4)
        # Of the two, how probable the digit is.
        assert evidence.P == pytest.approx(float(P[digit] / (P[digit] + P[rival])), abs=1e-4)
        np.testing.assert_allclose(evidence.probabilities, P)


@given(st.integers(0, 2**32))
def test_the_rival_sees_it_the_other_way_round(seed: int) -> None:
    parameters, X = random_parameters(TEN, seed)
    why_4 = weigh(TEN, parameters, X, Question(4, 9))
    why_9 = weigh(TEN, parameters, X, Question(9, 4))
    np.testing.assert_array_equal(why_9.pixels, -why_4.pixels)
    assert (why_9.total_for, why_9.total_against) == (-why_4.total_against, -why_4.total_for)
    assert why_9.bias == -why_4.bias
    assert why_9.P == pytest.approx(1 - why_4.P)


def test_the_neuron_of_a_gradient_is_asked_alike() -> None:
    parameters, _ = random_parameters(TEN, 5)
    weights, bias = parameters["output.weights"], parameters["output.bias"]
    for question, w, b in (
        (Question(3), weights[:, 3], bias[3]),
        (Question(3, 8), weights[:, 3] - weights[:, 8], bias[3] - bias[8]),
    ):
        found, of_bias = neuron(TEN, parameters, question)
        assert (found.shape, of_bias.shape) == ((576,), (1,))
        np.testing.assert_array_equal(found, w)
        np.testing.assert_array_equal(of_bias, [b])


def test_paper_is_no_evidence() -> None:
    parameters = {
        "output.weights": np.ones((576, 1), np.float32),
        "output.bias": np.zeros(1, np.float32),
    }
    X = np.zeros(576, np.float32)
    X[25] = 1
    evidence = weigh(ONE, parameters, X, Question(6))
    assert np.argwhere(evidence.pixels).tolist() == [[1, 1]]
    assert (evidence.total_for, evidence.total_against, evidence.z) == (1, 0, 1)


# Gradient × pixel


@given(st.integers(0, 2**32))
def test_of_one_neuron_gradient_times_pixel_is_x_times_w(seed: int) -> None:
    """What stands in the place of X∘W for deeper networks is the same thing where both are."""
    parameters, X = random_parameters(ONE, seed)
    theta = ONE.flat(parameters).astype(np.float64)
    _, slopes = ONE.trace(theta, X[None].astype(np.float64), np.ones(1))
    by_gradient = (X * slopes[0]).reshape(24, 24)
    np.testing.assert_array_equal(by_gradient, weigh(ONE, parameters, X, Question(6)).pixels)
    W = parameters["output.weights"][:, 0].astype(np.float64)
    np.testing.assert_array_equal(by_gradient, (X * W).reshape(24, 24))


@given(st.integers(0, 2**32))
def test_of_each_of_ten_neurons_it_is_so_too(seed: int) -> None:
    parameters, X = random_parameters(TEN, seed)
    theta = TEN.flat(parameters).astype(np.float64)
    for digit in range(10):
        _, slopes = TEN.trace(theta, X[None].astype(np.float64), np.eye(10)[[digit]])
        by_gradient = (X * slopes[0]).reshape(24, 24)
        evidence = weigh(TEN, parameters, X, Question(digit))
        np.testing.assert_array_equal(by_gradient, evidence.pixels)


@pytest.mark.parametrize("model", ["hidden", "conv"])
@pytest.mark.parametrize("question", [Question(4), Question(4, 9)])
def test_the_weights_of_a_deeper_network_are_what_each_pixel_changes(
    model: str, question: Question
) -> None:
    network = network_of(model, 6)
    parameters, _ = random_parameters(network, 3)
    parameters = {name: array.astype(np.float64) for name, array in parameters.items()}
    # Of grey values, as between equal ones the pooling's choice has no derivative.
    X = np.random.default_rng(3).random(576)
    evidence = weigh(network, parameters, X, question)
    assert_adds_up(evidence)
    assert evidence.z == pytest.approx(asked(network.logits(parameters, X[None])[0], question))
    for pixel in (0, 100, 333, 575):
        change = np.zeros(576)
        change[pixel] = 1e-6
        more, less = (
            asked(network.logits(parameters, each[None])[0], question)
            for each in (X + change, X - change)
        )
        slope = evidence.weights.ravel()[pixel]
        assert slope == pytest.approx((more - less) / 2e-6, rel=1e-4, abs=1e-6)


def asked(z: NDArray[np.float64], question: Question) -> float:
    """The z of a question."""
    digit, rival = question
    return float(z[digit] - (0 if rival is None else z[rival]))
