"""The network: its layers, what it answers, its loss and the gradient of that loss, by hand.

Parameters are plain data, a dictionary of arrays by name; the network is only functions of them.
The same code runs on NumPy and on CuPy arrays, in the precision of the parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sixpad.core.answer import DIGITS, Answer, Array, OneDigit, TenDigits
from sixpad.core.grid import PIXELS
from sixpad.errors import SixpadError

Parameters = dict[str, Array]

# Rows of images that are worked on at a time: their floats stay in a core's own cache.
BLOCK_ROWS = 512
# A product of up to a million multiplications OpenBLAS does on AVX-512 without copying it first.
_SMALL_PRODUCT = 10**6

ONE, TEN = "one", "ten"
MODELS = (ONE, TEN)


@dataclass(frozen=True)
class Dense:
    """A layer of neurons that each see every input: Z = X·W + b, with Z (N, outputs).

    Its parameters are named `NAME.weights`, W (inputs, outputs), and `NAME.bias`, b (outputs,). The
    bias is the weight of an input that is always 1: with such a column added to X, and b to W as
    its last row, it is one product, Z = [X 1]·[W; b].
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

    def forward(self, theta: Array, X: Array) -> Array:
        """Z for X (N, inputs + 1) and θ, which is [W; b] as a flat vector.

        A single output gives Z (N,).
        """
        return X.dot(theta if self.outputs == 1 else theta.reshape(-1, self.outputs))

    def backward(self, X: Array, dZ: Array) -> Array:
        """∂L/∂θ = [X 1]ᵀ·∂L/∂Z, summed over the batch, as a flat vector."""
        return dZ.dot(X) if self.outputs == 1 else X.T.dot(dZ).reshape(-1)


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

    @cached_property
    def answer(self) -> Answer:
        """What the numbers of the last layer mean."""
        return TenDigits() if self.digit is None else OneDigit(self.digit)

    @cached_property
    def layer(self) -> Dense:
        """The layer that holds the neurons."""
        return Dense("output", PIXELS, self.answer.outputs)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each parameter, by name, in the order of the flat vector."""
        return self.layer.shapes()

    def initial_parameters(self, dtype: Any = np.float32) -> Parameters:
        """All parameters zero: every neuron knows nothing, and all answers are as probable."""
        return {name: np.zeros(shape, dtype) for name, shape in self.shapes().items()}

    def views(self, theta: Array) -> Parameters:
        """The parameters by name, as views into the flat vector θ (P,) that holds them in order."""
        views, begin = {}, 0
        for name, shape in self.shapes().items():
            end = begin + prod(shape)
            views[name] = theta[begin:end].reshape(shape)
            begin = end
        return views

    @property
    def block_rows(self) -> int:
        """How many images are best worked on at a time."""
        size = (self.layer.inputs + 1) * self.layer.outputs
        return min(1 << (_SMALL_PRODUCT // size).bit_length() - 1, BLOCK_ROWS)

    def targets(self, labels: Array) -> Array:
        """The ground truth as booleans, (N,) or (N, 10), for labels (N,) from 0 to 9."""
        return self.answer.targets(labels)

    def logits(self, parameters: Parameters, X: Array) -> Array:
        """z = X·W + b for X (N, 576)."""
        z = X @ parameters["output.weights"] + parameters["output.bias"]
        return z if self.digit is None else z[:, 0]

    def logits_in_blocks(self, parameters: Parameters, images: NDArray[np.uint8]) -> NDArray[Any]:
        """z of images (N, 576) of bytes, widened block by block."""
        dtype = parameters["output.weights"].dtype
        return np.concatenate([
            self.logits(parameters, images[begin : begin + BLOCK_ROWS].astype(dtype))
            for begin in range(0, max(len(images), 1), BLOCK_ROWS)
        ])  # fmt: skip

    def predict(self, parameters: Parameters, X: Array) -> Array:
        """P, the probabilities, for X (N, 576)."""
        return self.answer.probabilities(self.logits(parameters, X))

    def answer_and_gradient(
        self, theta: Array, X: Array, t: Array, loss: str
    ) -> tuple[Array, Array]:
        """z of a block, and the flat gradient of the sum of its losses.

        X (N, 577) is in the precision of θ (P,) and has ones in its last column; t is what
        `targets` gives.
        """
        z = self.layer.forward(theta, X)
        return z, self.layer.backward(X, self.answer.slopes(z, t, loss))


NETWORKS = (*(Network(digit) for digit in range(DIGITS)), Network(None, TEN))


def network_of(model: str, digit: int) -> Network:
    """The network of a model; `digit` says which one a single neuron looks for."""
    return Network(digit if model == ONE else None, model)
