"""How far a score can be trusted: 95 % intervals for what so many examples say.

They speak of the examples, as if others like them had been drawn, and not of another training.
"""

from __future__ import annotations

from collections.abc import Callable
from math import nan, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sixpad.core.metrics import columns, thresholds

Interval = tuple[float, float]

_RESAMPLES = 200
_SEED = 0
# How many weights of examples are held at a time.
_BLOCK = 1 << 20


def wilson_interval(share: float, count: int) -> tuple[float, float]:
    """The 95 % interval of a share seen in `count` examples (Wilson, 1927); NaN without any."""
    if not count:
        return nan, nan
    z = 1.959963984540054
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    half /= 1 + z * z / count
    return max(middle - half, 0.0), min(middle + half, 1.0)


def confusion_interval(
    confusion: NDArray[np.int64], statistic: Callable[[NDArray[np.int64]], float]
) -> Interval:
    """The 95 % interval of a statistic of a confusion matrix, by the bootstrap (Efron, 1979)."""
    count = int(confusion.sum())
    if not count:
        return nan, nan
    rng = np.random.default_rng(_SEED)
    drawn = rng.multinomial(count, confusion.ravel() / count, _RESAMPLES)
    return _middle([statistic(counts.reshape(confusion.shape)) for counts in drawn])


def ranking_intervals(P: NDArray[Any], t: NDArray[np.bool_]) -> tuple[Interval, Interval]:
    """The 95 % intervals of the average precision and of the ROC AUC, averaged over the classes.

    P and t are (N,) or (N, 10). By the bootstrap in which each example counts as often as a Poisson
    variable of mean 1 says, which needs the examples to be sorted only once.
    """
    count = len(P)
    ranked = [(*thresholds(p), truth) for p, truth in columns(P, t) if 0 < truth.sum() < count]
    if not ranked:
        return (nan, nan), (nan, nan)
    rng = np.random.default_rng(_SEED)
    precision: list[NDArray[np.float64]] = []
    area: list[NDArray[np.float64]] = []
    block = max(_BLOCK // count, 1)
    for begin in range(0, _RESAMPLES, block):
        weights = rng.poisson(1, (min(block, _RESAMPLES - begin), count)).astype(np.int32)
        found = [_weighted(weights, order, last, truth) for order, last, truth in ranked]
        precision.extend(_mean([each[0] for each in found]))
        area.extend(_mean([each[1] for each in found]))
    return _middle(precision), _middle(area)


def _weighted(
    weights: NDArray[np.int32], order: NDArray[np.intp], last: NDArray[np.intp],
    truth: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:  # fmt: skip
    """Average precision and ROC AUC (B,) where example i counts `weights` (B, N) times."""
    ranked = weights[:, order]
    taken = ranked.cumsum(axis=1)[:, last].astype(np.float64)
    hits = (ranked * truth[order]).cumsum(axis=1)[:, last].astype(np.float64)
    misses = taken - hits
    gained = np.diff(hits, axis=1, prepend=0)
    positives, negatives = hits[:, -1], misses[:, -1]
    precision = _shares((gained * hits / np.maximum(taken, 1)).sum(axis=1), positives)
    passed = np.diff(misses, axis=1, prepend=0)
    area = _shares((passed * (hits - gained / 2)).sum(axis=1), positives * negatives)
    return precision, area


def _shares(parts: NDArray[np.float64], wholes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Parts of their wholes; NaN where a draw left nothing to rank."""
    return np.where(wholes > 0, parts / np.maximum(wholes, 1), nan)


def _mean(values: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """The mean (B,) over the classes for which a draw left something to rank."""
    stacked = np.stack(values)
    defined = ~np.isnan(stacked)
    return _shares(np.where(defined, stacked, 0).sum(axis=0), defined.sum(axis=0).astype(float))


def _middle(values: Any) -> Interval:
    defined = np.asarray(values)[~np.isnan(values)]
    if not len(defined):
        return nan, nan
    low, high = np.percentile(defined, (2.5, 97.5))
    return float(low), float(high)
