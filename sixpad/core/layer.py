"""What a layer of a network is: a forward and a backward by hand.

A layer goes from an array X, one image a row, to an array Y, and back from ∂L/∂Y to ∂L/∂X and to
the gradient of its own parameters (the chain rule; Rumelhart, Hinton and Williams, 1986). Its
parameters are one flat vector θ: its weights and then its bias. Images and maps have the shape
(N, height, width, channels). The same code runs on NumPy and on CuPy arrays, in the precision of
θ.
"""

from __future__ import annotations

from math import prod, sqrt
from typing import Any, Protocol

import numpy as np

from sixpad.core.answer import Array

Shape = tuple[int, ...]


class Layer(Protocol):
    """One step of a network from numbers to numbers.

    `inputs` and `outputs` are the shapes of one image on either side. `forward` gives Y and what
    `backward` wants to see again; `backward` gives ∂L/∂X, or None where it is not `wanted`, and
    ∂L/∂θ, summed over the batch, flat.
    """

    @property
    def name(self) -> str: ...
    @property
    def inputs(self) -> Shape: ...
    @property
    def outputs(self) -> Shape: ...
    @property
    def work(self) -> int:
        """The multiplications that one image takes on its way forward."""
        ...

    def shapes(self) -> dict[str, Shape]:
        """The shape of each parameter, by name, in the order of θ."""
        ...

    def forward(self, theta: Array, X: Array) -> tuple[Array, Any]: ...
    def backward(
        self, theta: Array, kept: Any, dY: Array, wanted: bool
    ) -> tuple[Array | None, Array | None]: ...


def he(shape: Shape, generator: np.random.Generator, dtype: Any) -> Array:
    """Weights drawn from N(0, 2/n) for n inputs, so that signals keep their size through ReLU.

    He, Zhang, Ren and Sun, 2015, arXiv:1502.01852.
    """
    inputs = prod(shape[:-1])
    return (generator.standard_normal(shape) * sqrt(2 / inputs)).astype(dtype)
