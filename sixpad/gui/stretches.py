"""Stretches: a long curve at several scales, so that drawing it never touches all of its points."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

_FIRST, _FACTOR, _SCALES = 16, 4, 6


class Bounds(NamedTuple):
    """The least, the greatest and the mean value (n,) of each of n stretches.

    What is not finite counts as missing, and where nothing is there they are NaN.
    """

    low: Values
    high: Values
    mean: Values


class Stretches:
    """Bounds of 16, 64, 256, … neighbouring values each, kept up to date as values are added.

    It keeps no values itself: those who ask bring them along.
    """

    def __init__(self) -> None:
        self._scales = [_Scale(_FIRST * _FACTOR**place) for place in range(_SCALES)]
        self._count = 0
        self._extremes = np.nan, np.nan

    def follow(self, values: Values) -> None:
        """Take in what was added to the end of `values` (n,) since the last call."""
        self._extremes = _extremes(values[self._count :], *self._extremes)
        self._count = len(values)
        finest, *coarser = self._scales
        size = finest.size
        begin, end = finest.count, len(values) // size
        if end > begin:
            finest.extend(_bounds(values[begin * size : end * size], size))
        finer = finest
        for scale in coarser:
            begin, end = scale.count, finer.count // _FACTOR
            if end == begin:
                break
            scale.extend(_merged(finer.kept[:, begin * _FACTOR : end * _FACTOR]))
            finer = scale

    def cut(self, values: Values) -> None:
        """Go back to `values`, which are the first of those that were taken in."""
        if len(values) == self._count:
            return
        self._count = len(values)
        for scale in self._scales:
            scale.count = min(scale.count, self._count // scale.size)
        self._extremes = _extremes(values, np.nan, np.nan)

    def size_for(self, most: float) -> int:
        """The longest stretch that is no longer than `most` values: 1, 16, 64 and so on."""
        return max((scale.size for scale in self._scales if scale.size <= most), default=1)

    def bounds(self, values: Values, begin: int, end: int, size: int) -> Bounds:
        """The bounds of the stretches `begin` to `end` of a size; the last may be incomplete."""
        if size == 1:
            part = np.where(np.isfinite(values[begin:end]), values[begin:end], np.nan)
            return Bounds(part, part, part)
        scale = self._scales[0]
        for scale in self._scales:
            if scale.size == size:
                break
        kept = scale.kept[:, begin : min(end, scale.count)]
        rest = values[max(begin, scale.count) * size : end * size]
        if len(rest):
            kept = np.concatenate([kept, _bounds(rest, size)], axis=1)
        return Bounds(*kept)

    @property
    def extremes(self) -> tuple[float, float]:
        """The least and the greatest finite value there is; NaN without one."""
        return self._extremes


class _Scale:
    """The bounds of all whole stretches of one size, as rows of a growing array (3, capacity)."""

    def __init__(self, size: int) -> None:
        self.size, self.count = size, 0
        self.kept = np.empty((3, 0))

    def extend(self, bounds: Values) -> None:
        needed = self.count + bounds.shape[1]
        if needed > self.kept.shape[1]:
            grown = np.empty((3, max(needed, 2 * self.kept.shape[1])))
            grown[:, : self.count] = self.kept[:, : self.count]
            self.kept = grown
        self.kept[:, self.count : needed] = bounds
        self.count = needed


def _extremes(values: Values, low: float, high: float) -> tuple[float, float]:
    """The least and the greatest of finite values, and of `low` and `high` if they are numbers."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return low, high
    return float(np.fmin(low, finite.min())), float(np.fmax(high, finite.max()))


def _bounds(values: Values, size: int) -> Values:
    """Bounds (3, m) of each `size` values after the other; the last stretch may be shorter."""
    short = -len(values) % size
    finite = np.isfinite(values)
    if not short and finite.all():
        part = values.reshape(-1, size)
        return np.stack([part.min(axis=1), part.max(axis=1), part.mean(axis=1)])
    part = np.append(np.where(finite, values, np.nan), np.full(short, np.nan)).reshape(-1, size)
    return np.stack([np.fmin.reduce(part, axis=1), np.fmax.reduce(part, axis=1), _means(part)])


def _merged(bounds: Values) -> Values:
    """The bounds (3, m) of stretches that are each made of so many shorter ones."""
    low, high, mean = bounds.reshape(3, -1, _FACTOR)
    return np.stack([np.fmin.reduce(low, axis=1), np.fmax.reduce(high, axis=1), _means(mean)])


def _means(rows: Values) -> Values:
    """The mean of the numbers in each row (m, n); NaN where it has none."""
    there = np.isfinite(rows)
    counts = there.sum(axis=1)
    means: Values = np.where(there, rows, 0.0).sum(axis=1) / np.maximum(counts, 1)
    return np.where(counts > 0, means, np.nan)
