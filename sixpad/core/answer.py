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

    def smoothed(self, t: Array, share: float) -> Array:
        """The truth t (N,), of which a share is left to yes and no alike."""
        return t * (1 - share) + share / 2 if share else t

    def probabilities(self, z: Array) -> Array:
        """P (N,): the probability that each image holds the digit."""
        return sigmoid(z)

    def losses(self, z: Array, t: Array, loss: str) -> Array:
        """The loss (N,) of each z (N,) against the truth t (N,): cross-entropy or (P − t)²."""
        return cross_entropy(z, t) if loss == CROSS_ENTROPY else (sigmoid(z) - t) ** 2

    def slopes(self, z: Array, t: Array, loss: str) -> Array:
        """The derivative (N,) of each loss by its z.

        Of cross-entropy, −t·log P − (1−t)·log(1−P), it is P − t; of squared error, (P − t)², it is
        2·(P − t)·P·(1 − P).
        """
        P = sigmoid(z)
        gap = P - t
        return gap if loss == CROSS_ENTROPY else 2 * gap * P * (1 - P)


@dataclass(frozen=True)
class TenDigits:
    """Which of the ten digits: P = softmax(z) for z (N, 10); the ten add up to 1."""

    outputs: ClassVar[int] = DIGITS

    def targets(self, labels: Array) -> Array:
        """The ground truth T (N, 10) as booleans, true in the column of the label (N,)."""
        return (np.arange(DIGITS, dtype=np.uint8)[:, None] == labels).T

    def smoothed(self, t: Array, share: float) -> Array:
        """The truth t (N, 10), of which a share is left to all digits alike."""
        return t * (1 - share) + share / DIGITS if share else t

    def probabilities(self, z: Array) -> Array:
        """P (N, 10): the probability of each digit."""
        return softmax(z)

    def losses(self, z: Array, t: Array, loss: str) -> Array:
        """The loss (N,) of each row of z (N, 10) against the truth t (N, 10).

        Cross-entropy is −Σ t·log P, squared error Σ (P − t)².
        """
        if loss == CROSS_ENTROPY:
            return cross_entropy(z, t)
        powers = _powers(z)
        return _added((powers / _added(powers) - t.T) ** 2)

    def slopes(self, z: Array, t: Array, loss: str) -> Array:
        """The derivative (N, 10) of each row's loss by its z.

        Of cross-entropy it is P − t; of squared error it is 2·P·(g − Σ g·P) with g = P − t, as
        ∂Pᵢ/∂zⱼ = Pᵢ·(δᵢⱼ − Pⱼ).
        """
        P = softmax(z)
        gap = P - t
        if loss == CROSS_ENTROPY:
            return gap
        return 2 * P * (gap - (gap * P).sum(axis=1, keepdims=True))


Answer = OneDigit | TenDigits


def sigmoid(z: Array) -> Array:
    """σ(z) = 1 / (1 + e⁻ᶻ), written with tanh so that no size of z overflows."""
    return 0.5 * (1 + np.tanh(0.5 * z))


def softmax(z: Array) -> Array:
    """Pᵢ = eᶻⁱ / Σ eᶻʲ for z (N, 10), relative to the largest z of each row: none overflows."""
    powers = _powers(z)
    powers /= powers.sum(axis=0)
    return powers.T


def _below(z: Array) -> Array:
    """How far each z (N, 10) is from the largest of its row, as columns (10, N)."""
    # Digit by digit and not row by row: over ten numbers at a time a row takes ten times as long.
    columns = z.T.copy()
    columns -= columns.max(axis=0)
    return columns


def _powers(z: Array) -> Array:
    """eᶻ (10, N) for z (N, 10), relative to the largest z of each row."""
    below = _below(z)
    return np.exp(below, out=below)


def _added(columns: Array) -> Array:
    """The sums (N,) of columns (10, N), to the last bit the same however many there are.

    NumPy's own sum goes another way where there is one, and the losses of steps are worked out now
    for one image and now for many.
    """
    return sum(columns)


def cross_entropy(z: Array, t: Array) -> Array:
    """−log of the probability given to the truth: (N,) for z and t of shape (N,) or (N, 10).

    For one neuron −log σ(z) where t is true, −log(1−σ(z)) = −log σ(−z) where it is false. As
    −log σ(z) = log(1 + e⁻ᶻ), it is exact for any size of z: nothing large is subtracted. For ten
    it is log Σ eᶻʲ − zₜ, both relative to the largest z.
    """
    if z.ndim == 1:
        signed = np.where(t, -z, z)
        return np.maximum(signed, 0) + np.log1p(np.exp(-np.abs(signed)))
    below = _below(z)
    right = _added(below * t.T)
    return np.log(_added(np.exp(below, out=below))) - right
