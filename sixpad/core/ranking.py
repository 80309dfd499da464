"""A ranking: how well the probabilities put the right examples first, whatever the threshold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sixpad.core import metrics
from sixpad.core.intervals import average_precision_interval, logit_interval, roc_auc_error


class Estimate(NamedTuple):
    """A score and its 95 % interval; NaN where undefined."""

    value: float
    low: float
    high: float


class Curve(NamedTuple):
    """Precision and recall (k,) of those from each distinct threshold (k,) on, falling."""

    thresholds: NDArray[np.float64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ranking:
    """Scores by class, (1,) or (10,): average precision, ROC AUC and its standard error.

    `positives` are the examples of each class, `examples` all of them; `curve` is that of a single
    neuron, None of ten.
    """

    average_precisions: NDArray[np.float64]
    roc_aucs: NDArray[np.float64]
    roc_auc_errors: NDArray[np.float64]
    positives: NDArray[np.int64]
    examples: int
    curve: Curve | None

    @property
    def average_precision(self) -> Estimate:
        """The average precision, of ten neurons the mean over the digits."""
        interval = average_precision_interval(self.average_precisions, self.positives)
        return Estimate(metrics.mean(self.average_precisions), *interval)

    @property
    def roc_auc(self) -> Estimate:
        """The area under the ROC curve, of ten neurons the mean over the digits."""
        value, known = metrics.mean(self.roc_aucs), ~np.isnan(self.roc_auc_errors)
        if not known.any():
            return Estimate(value, np.nan, np.nan)
        error = sqrt(float((self.roc_auc_errors[known] ** 2).sum())) / int(known.sum())
        fewer = np.minimum(self.positives, self.examples - self.positives)[known]
        return Estimate(value, *logit_interval(value, error, float(fewer.sum())))


def rank(P: NDArray[Any], t: NDArray[np.bool_], look: Callable[[], None] | None = None) -> Ranking:
    """The ranking of P against the truth t, (N,) or (N, 10).

    `look` is called now and then; what it raises gives the work up.
    """
    scores = []
    for column in metrics.columns(P, t):
        if look:
            look()
        scores.append(
            (metrics.average_precision(*column), metrics.roc_auc(*column), roc_auc_error(*column))
        )
    precisions, areas, errors = np.array(scores).T
    return Ranking(
        precisions, areas, errors,
        positives=np.atleast_1d(t.sum(axis=0)),
        examples=len(t),
        curve=_curve(P, t) if P.ndim == 1 else None,
    )  # fmt: skip


def _curve(P: NDArray[Any], t: NDArray[np.bool_]) -> Curve:
    order, last = metrics.thresholds(P)
    hits, taken = metrics.cumulative(P, t)
    return Curve(P[order[last]], hits / taken, hits / max(int(t.sum()), 1))
