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

    def follow(self, values: Values) -> None:
        """Take in what was added to the end of `values` (n,) since the last call."""
        finest, *coarser = self._scales
        size = finest.size
        begin, end = finest.count, len(values) // size
        if end > begin:
            finest.extend(_bounds(*(values[begin * size : end * size],) * 3, size))
        finer = finest
        for scale in coarser:
            begin, end = scale.count, finer.count // _FACTOR
            if end == begin:
                break
            part = finer.kept[:, begin * _FACTOR : end * _FACTOR]
            scale.extend(_bounds(part[0], part[1], part[2], _FACTOR))
            finer = scale

    def cut(self, count: int) -> None:
        """Forget all but the first `count` values."""
        for scale in self._scales:
            scale.count = min(scale.count, count // scale.size)

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
            kept = np.concatenate([kept, _bounds(rest, rest, rest, size)], axis=1)
        return Bounds(*kept)

    def extremes(self, values: Values) -> tuple[float, float]:
        """The least and the greatest finite value there is; NaN without one."""
        size = self.size_for(max(len(values) / 64, 1))
        low, high, _ = self.bounds(values, 0, -(-len(values) // size), size)
        if not len(low):
            return np.nan, np.nan
        return float(np.fmin.reduce(low)), float(np.fmax.reduce(high))


class _Scale:
    """The bounds of all whole stretches of one size, as rows of a growing array (3, capacity)."""

    def __init__(self, size: int) -> None:
        self.size, self.count = size, 0
        self.kept = np.empty((3, 64))

    def extend(self, bounds: Values) -> None:
        needed = self.count + bounds.shape[1]
        if needed > self.kept.shape[1]:
            grown = np.empty((3, max(needed, 2 * self.kept.shape[1])))
            grown[:, : self.count] = self.kept[:, : self.count]
            self.kept = grown
        self.kept[:, self.count : needed] = bounds
        self.count = needed


def _bounds(low: Values, high: Values, mean: Values, size: int) -> Values:
    """Bounds (3, m) of each `size` values after the other; the last stretch may be shorter."""
    begins = np.arange(0, len(low), size)
    low, high, mean = (np.where(np.isfinite(each), each, np.nan) for each in (low, high, mean))
    there = np.isfinite(mean)
    counts = np.add.reduceat(there, begins, dtype=np.float64)
    sums = np.add.reduceat(np.where(there, mean, 0.0), begins)
    means = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    return np.stack([np.fmin.reduceat(low, begins), np.fmax.reduceat(high, begins), means])
