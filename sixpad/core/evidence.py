"""Why the network answers as it does: what each pixel says for and against a digit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sixpad.core.answer import DIGITS, sigmoid
from sixpad.core.grid import SIDE
from sixpad.core.network import Network, Parameters


class Question(NamedTuple):
    """What is asked: why this `digit`, or with a `rival`, why the digit and not the rival."""

    digit: int
    rival: int | None = None

    def asked(self, dtype: Any) -> NDArray[Any]:
        """How much of each z (1, 10) the answer is: 1 of the digit's, −1 of the rival's."""
        asked = np.zeros((1, DIGITS), dtype)
        asked[0, self.digit] = 1
        if self.rival is not None:
            asked[0, self.rival] -= 1
        return asked


@dataclass(frozen=True, eq=False)
class Evidence:
    """One answer, taken apart: z = the sum of `pixels` + `bias`.

    `weights` (24, 24) is what each pixel would change in z, w, and `pixels` is x·w; `total_for`
    sums what is positive in that and `total_against` what is negative. `P` is the probability of
    the digit, and of the digit among the two where the question has a rival. `probabilities` (1,)
    or (10,) is the whole answer.

    Of neurons that see the pixels themselves, w are their own weights and `bias` is theirs. A
    deeper network has other w for every drawing: the derivatives ∂z/∂x ("gradient × input";
    Shrikumar and others, 2016, arXiv:1605.01713). As ReLU and pooling only choose, it is a single
    neuron with these weights as long as nothing changes its choice, and `bias` is what all its
    biases come to.
    """

    weights: NDArray[np.float64]

    pixels: NDArray[np.float64]
    total_for: float
    total_against: float
    bias: float
    z: float
    P: float
    probabilities: NDArray[np.float64]


def neuron(network: Network, values: Parameters, question: Question) -> tuple[Any, Any]:
    """W (576,) and b (1,) that answer a question: of the parameters of neurons that see the
    pixels, or of their gradient.

    As z of one digit less z of another is X·(W₁ − W₂) + b₁ − b₂, two neurons are asked as one.
    """
    weights, bias = values["output.weights"], values["output.bias"]
    if network.digit is not None:
        return weights[:, 0], bias
    digit, rival = question
    if rival is None:
        return weights[:, digit], bias[digit : digit + 1]
    return weights[:, digit] - weights[:, rival], bias[[digit]] - bias[[rival]]


def weigh(
    network: Network, parameters: Parameters, X: NDArray[Any], question: Question
) -> Evidence:
    """The evidence in the row vector X (576,) under a network's parameters."""
    w, bias = _local_neuron(network, parameters, X, question)
    pixels = X * w
    total_for = float(pixels[pixels > 0].sum())
    total_against = float(pixels[pixels < 0].sum())
    z = total_for + total_against + bias
    if network.digit is not None:
        P = float(sigmoid(z))
        probabilities = np.array([P])
    else:
        (probabilities,) = network.predict(parameters, X[None]).astype(np.float64)
        P = float(probabilities[question.digit] if question.rival is None else sigmoid(z))
    weights, pixels = w.reshape(SIDE, SIDE), pixels.reshape(SIDE, SIDE)
    return Evidence(weights, pixels, total_for, total_against, bias, z, P, probabilities)


def _local_neuron(
    network: Network, parameters: Parameters, X: NDArray[Any], question: Question
) -> tuple[NDArray[np.float64], float]:
    """The weights (576,) and the bias with which one neuron would answer for this X."""
    if not network.deep:
        w, b = neuron(network, parameters, question)
        return w.astype(np.float64), float(b[0])
    dz = question.asked(np.float64)
    given, slopes = network.trace(network.flat(parameters).astype(np.float64), X[None], dz)
    w = slopes[0].reshape(-1)
    return w, float((dz * given[-1]).sum() - X @ w)
