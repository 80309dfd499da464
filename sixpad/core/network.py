"""The network: its layers, what it answers, its loss and the gradient of that loss, by hand.

Parameters are plain data, a dictionary of arrays by name; the network is only functions of them.
The same code runs on NumPy and on CuPy arrays, in the precision of the parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sixpad.core.grid import PIXELS
from sixpad.errors import SixpadError

Array = Any  # a NumPy or a CuPy array
Parameters = dict[str, Array]

CROSS_ENTROPY = "cross-entropy"
SQUARED_ERROR = "squared-error"
LOSSES = (CROSS_ENTROPY, SQUARED_ERROR)


@dataclass(frozen=True)
class Dense:
    """A layer of neurons that each see every input: Z = X·W + b.

    X (N, inputs), W (inputs, outputs), b (outputs,), Z (N, outputs). Its parameters are named
    `NAME.weights` and `NAME.bias`.
    """

    name: str
    inputs: int
    outputs: int

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each parameter, by name."""
        return {
            f"{self.name}.weights": (self.inputs, self.outputs),
            f"{self.name}.bias": (self.outputs,),
        }

    def forward(self, parameters: Parameters, X: Array) -> Array:
        """Z = X·W + b, shape (N, outputs)."""
        return X @ parameters[f"{self.name}.weights"] + parameters[f"{self.name}.bias"]

    def backward(self, X: Array, dZ: Array) -> Parameters:
        """∂L/∂W = Xᵀ·∂L/∂Z and ∂L/∂b = the sum of ∂L/∂Z over the batch."""
        return {f"{self.name}.weights": X.T @ dZ, f"{self.name}.bias": dZ.sum(axis=0)}


@dataclass(frozen=True)
class Network:
    """One neuron that answers "is this the digit?": P = σ(X·W + b).

    `digit` (0 to 9) is what it looks for. Raises SixpadError for any other digit.
    """

    digit: int = 6
    model: str = "one"

    def __post_init__(self) -> None:
        if self.digit not in range(10):
            raise SixpadError(f"The digit to look for is one of 0 to 9, not {self.digit}.")
        if self.model != "one":
            raise SixpadError(f"There is no model called “{self.model}”; there is: one.")

    @property
    def layer(self) -> Dense:
        """The layer that holds the neuron."""
        return Dense("output", PIXELS, 1)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each parameter, by name, in the order of the flat vector."""
        return self.layer.shapes()

    def initial_parameters(self, dtype: Any = np.float32) -> Parameters:
        """All parameters zero: the neuron knows nothing and answers one half."""
        return {name: np.zeros(shape, dtype) for name, shape in self.shapes().items()}

    def targets(self, labels: Array) -> Array:
        """The ground truth t (N,) as booleans: does the label (N,) say the digit?"""
        return labels == self.digit

    def logits(self, parameters: Parameters, X: Array) -> Array:
        """z = X·W + b, shape (N,), for X (N, 576)."""
        return self.layer.forward(parameters, X)[:, 0]

    def predict(self, parameters: Parameters, X: Array) -> Array:
        """P = σ(z), shape (N,): the probability that each image of X (N, 576) is the digit."""
        return sigmoid(self.logits(parameters, X))

    def loss_and_gradient(
        self, parameters: Parameters, X: Array, t: Array, loss: str = CROSS_ENTROPY, l2: float = 0.0
    ) -> tuple[Array, Parameters]:
        """The mean loss of a batch plus (l2/2)·‖W‖², and its gradient by parameter.

        X (N, 576) is in the parameters' own precision, t (N,) is true or false. With P = σ(z):
        cross-entropy is −t·log P − (1−t)·log(1−P), whose derivative by z is P − t;
        squared error is (P − t)², whose derivative by z is 2·(P − t)·P·(1 − P).
        """
        z = self.logits(parameters, X)
        P = sigmoid(z)
        gap = P - t
        if loss == CROSS_ENTROPY:
            value = cross_entropy(z, t).mean()
            dz = gap
        else:
            value = (gap * gap).mean()
            dz = 2 * gap * P * (1 - P)
        gradient = self.layer.backward(X, (dz / len(X))[:, None])
        if l2:
            weights = parameters["output.weights"]
            value = value + (weights * weights).sum() * (l2 / 2)
            gradient["output.weights"] += l2 * weights
        return value, gradient


def sigmoid(z: Array) -> Array:
    """σ(z) = 1 / (1 + e⁻ᶻ), written with tanh so that no size of z overflows."""
    return 0.5 * (1 + np.tanh(0.5 * z))


def cross_entropy(z: Array, t: Array) -> Array:
    """−log σ(z) where t is true, −log(1−σ(z)) = −log σ(−z) where it is false.

    As −log σ(z) = log(1 + e⁻ᶻ), it is exact for any size of z: nothing large is subtracted.
    """
    return np.logaddexp(0, np.where(t, -z, z))
