"""How good the answers are: scores over probabilities P (N,) and the ground truth t (N,)."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sixpad.core.network import CROSS_ENTROPY, cross_entropy, sigmoid

THRESHOLD = 0.5


@dataclass(frozen=True)
class Scores:
    """What one neuron scores on a set of examples; `f1` at P = 0.5, NaN where undefined."""

    loss: float
    accuracy: float
    average_precision: float
    f1: float


def score(z: NDArray[Any], t: NDArray[np.bool_], loss: str) -> Scores:
    """The scores of logits z (N,) against the truth t (N,), with the loss of that name."""
    z = z.astype(np.float64)
    P = sigmoid(z)
    losses = cross_entropy(z, t) if loss == CROSS_ENTROPY else (P - t) ** 2
    return Scores(
        loss=float(losses.mean()),
        accuracy=accuracy(P, t),
        average_precision=average_precision(P, t),
        f1=f1(P, t),
    )


def answers(P: NDArray[Any]) -> NDArray[np.bool_]:
    """What P (N,) is taken to say: yes above one half."""
    return P > THRESHOLD


def accuracy(P: NDArray[Any], t: NDArray[np.bool_]) -> float:
    """The share of right answers."""
    return float((answers(P) == t).mean()) if len(t) else nan


def confusion_matrix(P: NDArray[Any], t: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Counts (2, 2): rows are the truth (no, yes), columns the answer (no, yes)."""
    return np.bincount(2 * t.astype(np.int64) + answers(P), minlength=4).reshape(2, 2)


def f1(P: NDArray[Any], t: NDArray[np.bool_]) -> float:
    """F1 = 2·precision·recall / (precision + recall) at P = 0.5; NaN without any positive."""
    (_, false_positive), (false_negative, hits) = confusion_matrix(P, t)
    whole = 2 * hits + false_positive + false_negative
    return float(2 * hits / whole) if hits + false_negative else nan


def average_precision(P: NDArray[Any], t: NDArray[np.bool_]) -> float:
    """AP = Σ (Rₙ − Rₙ₋₁)·Pₙ over the distinct thresholds, falling; NaN without any positive.

    R is the recall and P the precision at each threshold; equal probabilities share one.
    """
    hits, taken = _cumulative(P, t)
    if not len(hits) or not hits[-1]:
        return nan
    gained = np.diff(hits, prepend=0)
    return float((gained * hits / taken).sum() / hits[-1])


def roc_auc(P: NDArray[Any], t: NDArray[np.bool_]) -> float:
    """The area under the ROC curve; NaN unless both answers occur in the truth."""
    hits, taken = _cumulative(P, t)
    if not len(hits) or not 0 < hits[-1] < taken[-1]:
        return nan
    misses = taken - hits
    recall = np.concatenate([[0.0], hits / hits[-1]])
    fallout = np.concatenate([[0.0], misses / misses[-1]])
    return float(np.trapezoid(recall, fallout))


def _cumulative(
    P: NDArray[Any], t: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positives and examples taken at each distinct threshold, from the highest down."""
    order = np.argsort(-P, kind="stable")
    ranked = P[order]
    last = np.nonzero(np.diff(ranked, append=nan) != 0)[0]
    return np.cumsum(t[order], dtype=np.int64)[last], last + 1


def wilson_interval(share: float, count: int) -> tuple[float, float]:
    """The 95 % interval of a share seen in `count` examples (Wilson, 1927); NaN without any."""
    if not count:
        return nan, nan
    z = 1.959963984540054
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    half /= 1 + z * z / count
    return max(middle - half, 0.0), min(middle + half, 1.0)
