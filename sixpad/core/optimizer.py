"""Gradient descent and its two refinements: how a gradient moves the parameters.

Each works on one flat vector of parameters, in place, on NumPy and CuPy arrays alike. Its state is
a plain dictionary of arrays, so that it can be stored and training can go on from it exactly.
"""

from __future__ import annotations

from math import sqrt
from typing import ClassVar

import numpy as np

from sixpad.core.answer import Array

State = dict[str, Array]


class GradientDescent:
    """θ ← θ − η·g."""

    name: ClassVar[str] = "gd"
    vectors: ClassVar[tuple[str, ...]] = ()

    def __init__(self, theta: Array, state: State | None = None) -> None:
        """Start for the flat parameters `theta`, or go on from a `state` this kind has left."""
        self.state: State = state or {
            "count": np.zeros((), np.int64),
            **{name: np.zeros_like(theta) for name in self.vectors},
        }
        # One vector to work in: to make new ones in every step takes longer than to fill this one.
        self._work = np.empty_like(theta)

    def step(self, theta: Array, g: Array, learning_rate: float) -> None:
        """Move `theta` by one step of size η = `learning_rate` against the gradient `g`."""
        self.state["count"] += 1
        theta -= self.move(g, learning_rate)

    def move(self, g: Array, learning_rate: float) -> Array:
        """What is taken off θ."""
        return np.multiply(g, learning_rate, out=self._work)


class Momentum(GradientDescent):
    """v ← β·v + g, θ ← θ − η·v, with β = 0.9 (Polyak, 1964)."""

    name = "momentum"
    vectors = ("velocity",)
    beta = 0.9

    def move(self, g: Array, learning_rate: float) -> Array:
        velocity = self.state["velocity"]
        velocity *= self.beta
        velocity += g
        return np.multiply(velocity, learning_rate, out=self._work)


class Adam(GradientDescent):
    """m ← β₁·m + (1−β₁)·g, s ← β₂·s + (1−β₂)·g², θ ← θ − η·m̂/(√ŝ + ε).

    The hats divide by 1 − βᵏ after k steps; β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸ (Kingma and Ba, 2015,
    arXiv:1412.6980). As the paper's section 2 has it, the hats are folded into η and ε.
    """

    name = "adam"
    vectors = ("mean", "square")
    beta1, beta2, epsilon = 0.9, 0.999, 1e-8

    def move(self, g: Array, learning_rate: float) -> Array:
        mean, square, count = self.state["mean"], self.state["square"], int(self.state["count"])
        work, root = self._work, sqrt(1 - self.beta2**count)
        np.subtract(g, mean, out=work)
        work *= 1 - self.beta1
        mean += work
        np.multiply(g, g, out=work)
        work -= square
        work *= 1 - self.beta2
        square += work
        np.sqrt(square, out=work)
        work += self.epsilon * root
        np.divide(mean, work, out=work)
        work *= learning_rate * root / (1 - self.beta1**count)
        return work


OPTIMIZERS: dict[str, type[GradientDescent]] = {
    kind.name: kind for kind in (GradientDescent, Momentum, Adam)
}


def state_shapes(optimizer: str, size: int) -> dict[str, tuple[int, ...]]:
    """The shape of each array in the state of an optimiser over `size` parameters."""
    return {"count": (), **dict.fromkeys(OPTIMIZERS[optimizer].vectors, (size,))}
