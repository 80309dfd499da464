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
        state = state or {}
        self.count = int(state.get("count", 0))
        # All in arrays made once: to make new ones in every step takes longer than to fill them.
        self._memory = np.zeros_like(theta, shape=(len(self.vectors), len(theta)))
        for place, name in enumerate(self.vectors):
            self._memory[place] = state.get(name, 0)
        self._work = np.empty_like(theta)

    @property
    def state(self) -> State:
        """All that it remembers: `count`, the steps so far, and its vectors."""
        vectors = dict(zip(self.vectors, self._memory, strict=True))
        return {"count": np.array(self.count, np.int64), **vectors}

    def step(self, theta: Array, g: Array, learning_rate: float) -> None:
        """Move `theta` by one step of size η = `learning_rate` against the gradient `g`."""
        self.count += 1
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
        velocity = self._memory[0]
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

    def __init__(self, theta: Array, state: State | None = None) -> None:
        super().__init__(theta, state)
        self._news = np.empty_like(self._memory)
        self._shares = np.empty_like(theta, shape=(2, 1))
        self._shares[0], self._shares[1] = 1 - self.beta1, 1 - self.beta2

    def move(self, g: Array, learning_rate: float) -> Array:
        memory, news, work = self._memory, self._news, self._work
        # Both means at once: m += (1−β₁)·(g − m) and s += (1−β₂)·(g² − s).
        news[0] = g
        np.multiply(g, g, out=news[1])
        news -= memory
        news *= self._shares
        memory += news
        root = sqrt(1 - self.beta2**self.count)
        np.sqrt(memory[1], out=work)
        work += self.epsilon * root
        np.divide(memory[0], work, out=work)
        work *= learning_rate * root / (1 - self.beta1**self.count)
        return work


OPTIMIZERS: dict[str, type[GradientDescent]] = {
    kind.name: kind for kind in (GradientDescent, Momentum, Adam)
}


def state_shapes(optimizer: str, size: int) -> dict[str, tuple[int, ...]]:
    """The shape of each array in the state of an optimiser over `size` parameters."""
    return {"count": (), **dict.fromkeys(OPTIMIZERS[optimizer].vectors, (size,))}
