"""The network: its layers, what it answers, its loss and the gradient of that loss, by hand.

Parameters are plain data, a dictionary of arrays by name; the network is only functions of them.
The same code runs on NumPy and on CuPy arrays, in the precision of the parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sixpad.core.answer import CROSS_ENTROPY, DIGITS, Answer, Array, OneDigit, TenDigits
from sixpad.core.grid import PIXELS
from sixpad.errors import SixpadError

Parameters = dict[str, Array]

# Rows that are widened from bytes to floats at a time: they stay in the cache.
BLOCK_ROWS = 1024

ONE, TEN = "one", "ten"
MODELS = (ONE, TEN)


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
    """Neurons that each see all 576 pixels, and what they answer together.

    The model "one" is a single neuron that says whether it sees its `digit`: P = σ(X·W + b). The
    model "ten" has a neuron for each digit, and `digit` None: P = softmax(X·W + b). Numbers z and
    answers P have the shape (N,) of the one and (N, 10) of the ten. Raises SixpadError for another
    model or digit.
    """

    digit: int | None = 6
    model: str = ONE

    def __post_init__(self) -> None:
        if self.model not in MODELS:
            raise SixpadError(
                f"There is no model called “{self.model}”; there are: {', '.join(MODELS)}."
            )
        if self.model == ONE and self.digit not in range(DIGITS):
            raise SixpadError(f"The digit to look for is one of 0 to 9, not {self.digit}.")
        if self.model != ONE and self.digit is not None:
            raise SixpadError(f"The model “{self.model}” looks for every digit, not for one.")

    @property
    def title(self) -> str:
        """What it is, in words."""
        return "ten neurons" if self.digit is None else f"one neuron for the {self.digit}"

    @property
    def answer(self) -> Answer:
        """What the numbers of the last layer mean."""
        return TenDigits() if self.digit is None else OneDigit(self.digit)

    @property
    def layer(self) -> Dense:
        """The layer that holds the neurons."""
        return Dense("output", PIXELS, self.answer.outputs)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each parameter, by name, in the order of the flat vector."""
        return self.layer.shapes()

    def initial_parameters(self, dtype: Any = np.float32) -> Parameters:
        """All parameters zero: every neuron knows nothing, and all answers are as probable."""
        return {name: np.zeros(shape, dtype) for name, shape in self.shapes().items()}

    def targets(self, labels: Array) -> Array:
        """The ground truth as booleans, (N,) or (N, 10), for labels (N,) from 0 to 9."""
        return self.answer.targets(labels)

    def logits(self, parameters: Parameters, X: Array) -> Array:
        """z = X·W + b for X (N, 576)."""
        z = self.layer.forward(parameters, X)
        return z if self.digit is None else z[:, 0]

    def logits_in_blocks(self, parameters: Parameters, images: Array, xp: Any = np) -> Array:
        """z of images (N, 576) of bytes, widened block by block; `xp` is NumPy or CuPy."""
        dtype = parameters["output.weights"].dtype
        return xp.concatenate([
            self.logits(parameters, images[begin : begin + BLOCK_ROWS].astype(dtype))
            for begin in range(0, max(len(images), 1), BLOCK_ROWS)
        ])  # fmt: skip

    def predict(self, parameters: Parameters, X: Array) -> Array:
        """P, the probabilities, for X (N, 576)."""
        return self.answer.probabilities(self.logits(parameters, X))

    def loss_and_gradient(
        self, parameters: Parameters, X: Array, t: Array, loss: str = CROSS_ENTROPY, l2: float = 0.0
    ) -> tuple[Array, Parameters]:
        """The mean loss of a batch plus (l2/2)·‖W‖², and its gradient by parameter.

        X (N, 576) is in the parameters' own precision, t is what `targets` gives.
        """
        value, dz = self.answer.loss_and_slope(self.logits(parameters, X), t, loss)
        gradient = self.layer.backward(X, dz.reshape(len(X), -1))
        if l2:
            weights = parameters["output.weights"]
            value = value + (weights * weights).sum() * (l2 / 2)
            gradient["output.weights"] += l2 * weights
        return value, gradient


NETWORKS = (*(Network(digit) for digit in range(DIGITS)), Network(None, TEN))


def network_of(model: str, digit: int) -> Network:
    """The network of a model; `digit` says which one a single neuron looks for."""
    return Network(digit if model == ONE else None, model)
