"""The answer: what the last layer's numbers z mean as probabilities, and their loss by hand.

The same code runs on NumPy and on CuPy arrays, in the precision of z.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

Array = Any  # a NumPy or a CuPy array

DIGITS = 10

CROSS_ENTROPY = "cross-entropy"
SQUARED_ERROR = "squared-error"
LOSSES = (CROSS_ENTROPY, SQUARED_ERROR)


@dataclass(frozen=True)
class OneDigit:
    """Yes or no, is it the `digit`: P = σ(z) for z (N,)."""

    digit: int
    outputs: ClassVar[int] = 1

    def targets(self, labels: Array) -> Array:
        """The ground truth t (N,) as booleans: does the label (N,) say the digit?"""
        return labels == self.digit

    def probabilities(self, z: Array) -> Array:
        """P (N,): the probability that each image holds the digit."""
        return sigmoid(z)

    def loss_and_slope(self, z: Array, t: Array, loss: str) -> tuple[Array, Array]:
        """The mean loss of z (N,) against the truth t (N,), and its derivative by z (N,).

        Cross-entropy is −t·log P − (1−t)·log(1−P), whose derivative by z is P − t; squared error
        is (P − t)², whose derivative is 2·(P − t)·P·(1 − P).
        """
        P = sigmoid(z)
        gap = P - t
        if loss == CROSS_ENTROPY:
            return cross_entropy(z, t).mean(), gap / len(z)
        return (gap * gap).mean(), gap * P * (1 - P) * (2 / len(z))


@dataclass(frozen=True)
class TenDigits:
    """Which of the ten digits: P = softmax(z) for z (N, 10); the ten add up to 1."""

    outputs: ClassVar[int] = DIGITS

    def targets(self, labels: Array) -> Array:
        """The ground truth T (N, 10) as booleans, true in the column of the label (N,)."""
        return labels[:, None] == np.arange(DIGITS, dtype=np.uint8)

    def probabilities(self, z: Array) -> Array:
        """P (N, 10): the probability of each digit."""
        return softmax(z)

    def loss_and_slope(self, z: Array, t: Array, loss: str) -> tuple[Array, Array]:
        """The mean loss of z (N, 10) against the truth t (N, 10), and its derivative by z.

        Cross-entropy is −Σ t·log P, whose derivative by z is P − t; squared error is Σ (P − t)²,
        whose derivative is 2·P·(g − Σ g·P) with g = P − t, as ∂Pᵢ/∂zⱼ = Pᵢ·(δᵢⱼ − Pⱼ).
        """
        P = softmax(z)
        gap = P - t
        if loss == CROSS_ENTROPY:
            return cross_entropy(z, t).mean(), gap / len(z)
        value = (gap * gap).sum(axis=1).mean()
        return value, P * (gap - (gap * P).sum(axis=1, keepdims=True)) * (2 / len(z))


Answer = OneDigit | TenDigits


def sigmoid(z: Array) -> Array:
    """σ(z) = 1 / (1 + e⁻ᶻ), written with tanh so that no size of z overflows."""
    return 0.5 * (1 + np.tanh(0.5 * z))


def softmax(z: Array) -> Array:
    """Pᵢ = eᶻⁱ / Σ eᶻʲ along the last axis, relative to the largest z so that none overflows."""
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def cross_entropy(z: Array, t: Array) -> Array:
    """−log of the probability given to the truth: (N,) for z and t of shape (N,) or (N, 10).

    For one neuron −log σ(z) where t is true, −log(1−σ(z)) = −log σ(−z) where it is false. As
    −log σ(z) = log(1 + e⁻ᶻ), it is exact for any size of z: nothing large is subtracted. For ten
    it is log Σ eᶻʲ − zₜ, both relative to the largest z.
    """
    if z.ndim == 1:
        return np.logaddexp(0, np.where(t, -z, z))
    below = z - z.max(axis=1, keepdims=True)
    return np.log(np.exp(below).sum(axis=1)) - (below * t).sum(axis=1)
