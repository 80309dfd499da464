"""Gradient descent and its two refinements: how a gradient moves the parameters.

Each works on one flat vector of parameters, in place, on NumPy and CuPy arrays alike. Its state is
a plain dictionary of arrays, so that it can be stored and training can go on from it exactly.
"""

from __future__ import annotations

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

    def step(self, theta: Array, g: Array, learning_rate: float) -> None:
        """Move `theta` by one step of size η = `learning_rate` against the gradient `g`."""
        self.state["count"] += 1
        theta -= self.update(g) * learning_rate

    def update(self, g: Array) -> Array:
        """The direction that is multiplied by the learning rate."""
        return g


class Momentum(GradientDescent):
    """v ← β·v + g, θ ← θ − η·v, with β = 0.9 (Polyak, 1964)."""

    name = "momentum"
    vectors = ("velocity",)
    beta = 0.9

    def update(self, g: Array) -> Array:
        velocity = self.state["velocity"]
        velocity *= self.beta
        velocity += g
        return velocity


class Adam(GradientDescent):
    """m ← β₁·m + (1−β₁)·g, s ← β₂·s + (1−β₂)·g², θ ← θ − η·m̂/(√ŝ + ε).

    The hats divide by 1 − βᵏ after k steps; β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸ (Kingma and Ba, 2015,
    arXiv:1412.6980).
    """

    name = "adam"
    vectors = ("mean", "square")
    beta1, beta2, epsilon = 0.9, 0.999, 1e-8

    def update(self, g: Array) -> Array:
        mean, square, count = self.state["mean"], self.state["square"], int(self.state["count"])
        mean *= self.beta1
        mean += (1 - self.beta1) * g
        square *= self.beta2
        square += (1 - self.beta2) * (g * g)
        root = np.sqrt(square / (1 - self.beta2**count)) + self.epsilon
        return mean / root / (1 - self.beta1**count)


OPTIMIZERS: dict[str, type[GradientDescent]] = {
    kind.name: kind for kind in (GradientDescent, Momentum, Adam)
}


def state_shapes(optimizer: str, size: int) -> dict[str, tuple[int, ...]]:
    """The shape of each array in the state of an optimiser over `size` parameters."""
    return {"count": (), **dict.fromkeys(OPTIMIZERS[optimizer].vectors, (size,))}
