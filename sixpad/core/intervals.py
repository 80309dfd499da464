"""How far a score can be trusted: 95 % intervals for what so many examples say.

They speak of the examples, as if others like them had been drawn, and not of another training.
Scores near 1 have lopsided errors: their standard error is laid off on the scale of log odds,
which no interval leaves.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log, nan, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

Interval = tuple[float, float]

_Z = 1.959963984540054
_RESAMPLES = 400
_SEED = 0
_ALL_OR_NOTHING = 1e-12


def wilson_interval(share: float, count: float) -> Interval:
    """The 95 % interval of a share seen in `count` examples (Wilson, 1927); NaN without any."""
    if not count:
        return nan, nan
    middle = (share + _Z * _Z / (2 * count)) / (1 + _Z * _Z / count)
    half = _Z * sqrt(share * (1 - share) / count + _Z * _Z / (4 * count * count))
    half /= 1 + _Z * _Z / count
    return max(middle - half, 0.0), min(middle + half, 1.0)


def logit_interval(value: float, error: float, count: float) -> Interval:
    """The 95 % interval of a score from 0 to 1 with a standard error, on the scale of log odds.

    A score of 0 or 1 shows no error at all: it gets the interval of a share of `count` examples.
    """
    if not value > _ALL_OR_NOTHING or not 1 - value > _ALL_OR_NOTHING:
        return (nan, nan) if value != value else wilson_interval(round(value), count)
    middle, half = log(value / (1 - value)), _Z * error / (value * (1 - value))
    return 1 / (1 + exp(half - middle)), 1 / (1 + exp(-half - middle))


def confusion_interval(
    confusion: NDArray[np.int64], statistic: Callable[[NDArray[np.int64]], float], count: float
) -> Interval:
    """The 95 % interval of a statistic of a confusion matrix, its error by the bootstrap.

    `count` is the number of examples that a score of 0 or 1 is said of (Efron, 1979).
    """
    value, whole = statistic(confusion), int(confusion.sum())
    if value != value:
        return nan, nan
    rng = np.random.default_rng(_SEED)
    drawn = rng.multinomial(whole, confusion.ravel() / whole, _RESAMPLES)
    values = np.array([statistic(counts.reshape(confusion.shape)) for counts in drawn])
    return logit_interval(value, float(np.nanstd(values)), count)


def average_precision_interval(
    values: NDArray[np.float64], positives: NDArray[np.int64]
) -> Interval:
    """The 95 % interval of the mean of average precisions (classes,) over so many positives each.

    The error of one is that of a share of its positives (Boyd, Eng and Page, "Area under the
    precision-recall curve: point estimates and confidence intervals", 2013); classes have
    different positives, so that their errors are taken to be independent. Less than one positive
    away from 0 or 1, log odds would reach from end to end: there it is the interval of a share.
    """
    defined = ~np.isnan(values)
    if not defined.any():
        return nan, nan
    found, counts = values[defined], positives[defined]
    error = sqrt(float((found * (1 - found) / counts).sum())) / len(found)
    value, count = float(found.mean()), float(counts.sum())
    if min(value, 1 - value) * count < 1:
        return wilson_interval(value, count)
    return logit_interval(value, error, count)


def roc_auc_error(P: NDArray[Any], t: NDArray[np.bool_]) -> float:
    """The standard error of the ROC AUC of P (N,) (DeLong, DeLong and Clarke-Pearson, 1988).

    NaN unless there are two examples of either answer.
    """
    positives, negatives = P[t], P[~t]
    if min(len(positives), len(negatives)) < 2:
        return nan
    ranks = _midranks(P)
    above = (ranks[t] - _midranks(positives)) / len(negatives)
    below = (ranks[~t] - _midranks(negatives)) / len(positives)
    variance = above.var(ddof=1) / len(positives) + below.var(ddof=1) / len(negatives)
    return sqrt(float(variance))


def _midranks(values: NDArray[Any]) -> NDArray[np.float64]:
    """The rank of each value from 1 on, equal values sharing the mean of theirs."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks: NDArray[np.float64] = (np.cumsum(count) - (count - 1) / 2)[place]
    return ranks
