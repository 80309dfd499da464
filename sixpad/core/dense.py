"""The layer of neurons that each see every input."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from sixpad.core.answer import Array
from sixpad.core.layer import Shape


@dataclass(frozen=True)
class Dense:
    """A layer of neurons that each see every input: Y = X·W + b, with Y (N, neurons).

    Its parameters are named `NAME.weights`, W (width, neurons), and `NAME.bias`, b (neurons,). The
    bias is the weight of an input that is always 1: with such a column added to X, and b to W as
    its last row, it is one product, Y = [X 1]·[W; b]. Backward, ∂L/∂W = Xᵀ·∂L/∂Y,
    ∂L/∂b = Σ ∂L/∂Y, and ∂L/∂X = ∂L/∂Y·Wᵀ. A `single` neuron gives Y (N,).
    """

    name: str
    inputs: Shape
    neurons: int
    single: bool = False

    @cached_property
    def width(self) -> int:
        """The number of inputs."""
        return prod(self.inputs)

    @property
    def outputs(self) -> Shape:
        """The shape of one image's answers."""
        return (self.neurons,)

    @property
    def work(self) -> int:
        """One multiplication for each weight."""
        return self.width * self.neurons

    def shapes(self) -> dict[str, Shape]:
        """The shape of each parameter, by name."""
        return {
            f"{self.name}.weights": (self.width, self.neurons),
            f"{self.name}.bias": (self.neurons,),
        }

    def forward(self, theta: Array, X: Array) -> tuple[Array, Array]:
        """Y for X (N, width), or (N, width + 1) with ones in the last column."""
        if X.ndim > 2:
            X = X.reshape(-1, self.width)
        # A product with a vector is quicker than one with a matrix of one column.
        matrix = theta if self.single else theta.reshape(-1, self.neurons)
        if X.shape[1] > self.width:
            return X.dot(matrix), X
        Y = X.dot(matrix[:-1])
        Y += matrix[-1]
        return Y, X

    def backward(
        self, theta: Array, kept: Array, dY: Array, wanted: bool
    ) -> tuple[Array | None, Array]:
        """∂L/∂X (N, width), and ∂L/∂θ."""
        X = kept
        if self.single:
            g = dY.dot(X)
            if X.shape[1] == self.width:
                g = np.append(g, dY.sum())
            return (dY[:, None] * theta[:-1] if wanted else None), g
        if X.shape[1] > self.width:
            g = X.T.dot(dY)
        else:
            g = np.empty_like(theta).reshape(-1, self.neurons)
            np.dot(X.T, dY, out=g[:-1])
            g[-1] = dY.sum(axis=0)
        dX = dY.dot(theta.reshape(-1, self.neurons)[:-1].T) if wanted else None
        return dX, g.reshape(-1)
