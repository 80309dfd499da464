"""How good the answers are: scores of what a network says against the ground truth.

For one neuron the answers are probabilities P (N,) and the truth t (N,) is true or false; for ten
they are (N, 10), and averages over the digits weigh each digit the same (macro averages).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sixpad.core.answer import CROSS_ENTROPY, cross_entropy, sigmoid, softmax

THRESHOLD = 0.5


@dataclass(frozen=True)
class Scores:
    """What a network scores on a set of examples; NaN where undefined.

    `f1` is that at P = 0.5 of one neuron, and of the most probable digit of ten.
    """

    loss: float
    accuracy: float
    average_precision: float
    f1: float


def score(z: NDArray[Any], t: NDArray[np.bool_], loss: str) -> Scores:
    """The scores of z (N,) or (N, 10) against the truth t alike, with the loss of that name."""
    z = z.astype(np.float64)
    P = sigmoid(z) if z.ndim == 1 else softmax(z)
    confusion = confusion_matrix(answers(P), truth(t), 2 if z.ndim == 1 else z.shape[1])
    return Scores(
        loss=mean_loss(z, P, t, loss),
        accuracy=accuracy(confusion),
        average_precision=mean(average_precisions(P, t)),
        f1=f1(confusion),
    )


def mean_loss(z: NDArray[Any], P: NDArray[Any], t: NDArray[np.bool_], loss: str) -> float:
    """The mean loss of that name, for z and P = σ(z) or softmax(z)."""
    if loss == CROSS_ENTROPY:
        return float(cross_entropy(z, t).mean())
    squares = (P - t) ** 2
    return float((squares if z.ndim == 1 else squares.sum(axis=1)).mean())


def answers(P: NDArray[Any], threshold: float = THRESHOLD) -> NDArray[np.intp]:
    """What P is taken to say: 1 (yes) for P (N,) above `threshold`; the likeliest digit of ten."""
    said = threshold < P if P.ndim == 1 else P.argmax(axis=1)
    return said.astype(np.intp)


def confidence(P: NDArray[np.float64], said: NDArray[np.intp]) -> NDArray[np.float64]:
    """The probability (N,) that each answer `said` (N,) had, for P (N,) or (N, 10)."""
    if P.ndim == 1:
        return np.where(said == 1, P, 1 - P)
    taken: NDArray[np.float64] = np.take_along_axis(P, said[:, None], axis=1)[:, 0]
    return taken


def truth(t: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The right answers in the same terms: 0 and 1 for t (N,), the digit for t (N, 10)."""
    return t.astype(np.intp) if t.ndim == 1 else t.argmax(axis=1)


def confusion_matrix(
    said: NDArray[np.intp], right: NDArray[np.intp], classes: int = 2
) -> NDArray[np.int64]:
    """Counts (classes, classes): rows are the truth, columns the answer, both from 0 on."""
    counts = np.bincount(classes * right + said, minlength=classes * classes)
    return counts.reshape(classes, classes)


def accuracy(confusion: NDArray[Any]) -> float:
    """The share of right answers; NaN without any answer."""
    whole = confusion.sum()
    return float(np.trace(confusion) / whole) if whole else nan


def precisions(confusion: NDArray[Any]) -> NDArray[np.float64]:
    """Of the answers that say a class, the share that is right, by class; NaN where none does."""
    return _shares(np.diagonal(confusion), confusion.sum(axis=0))


def recalls(confusion: NDArray[Any]) -> NDArray[np.float64]:
    """Of the examples of a class, the share that is found, by class; NaN where there is none."""
    return _shares(np.diagonal(confusion), confusion.sum(axis=1))


def f1s(confusion: NDArray[Any]) -> NDArray[np.float64]:
    """F1 = 2·precision·recall / (precision + recall), by class; NaN where there is no example."""
    hits, examples = np.diagonal(confusion), confusion.sum(axis=1)
    found = _shares(2 * hits, confusion.sum(axis=0) + examples)
    return np.where(examples > 0, found, nan)


def f1(confusion: NDArray[Any]) -> float:
    """F1 of the yes where the answers are no and yes (2, 2), else the mean over the classes."""
    values = f1s(confusion)
    return mean(values[1:] if len(values) == 2 else values)


def mean(values: NDArray[np.float64]) -> float:
    """The mean over the classes for which a value is defined; NaN where there is none."""
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if len(defined) else nan


def average_precisions(P: NDArray[Any], t: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The average precision of each column, (1,) for P (N,) and (10,) for P (N, 10)."""
    return np.array([average_precision(*column) for column in columns(P, t)])


def average_precision(P: NDArray[Any], t: NDArray[np.bool_]) -> float:
    """AP = Σ (Rₙ − Rₙ₋₁)·Pₙ over the distinct thresholds, falling; NaN without any positive.

    R is the recall and P the precision at each threshold; equal probabilities share one.
    """
    hits, taken = cumulative(P, t)
    if not len(hits) or not hits[-1]:
        return nan
    gained = np.diff(hits, prepend=0)
    return float((gained * hits / taken).sum() / hits[-1])


def roc_auc(P: NDArray[Any], t: NDArray[np.bool_]) -> float:
    """The area under the ROC curve; NaN unless both answers occur in the truth."""
    hits, taken = cumulative(P, t)
    if not len(hits) or not 0 < hits[-1] < taken[-1]:
        return nan
    misses = taken - hits
    recall = np.concatenate([[0.0], hits / hits[-1]])
    fallout = np.concatenate([[0.0], misses / misses[-1]])
    return float(np.trapezoid(recall, fallout))


def cumulative(
    P: NDArray[Any], t: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positives and examples taken at each distinct P (N,), from the highest down."""
    order, last = thresholds(P)
    return np.cumsum(t[order], dtype=np.int64)[last], last + 1


def thresholds(P: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The order (N,) of P from the highest down, and the last place in it of each distinct P."""
    # Not a stable sort, which takes six times as long: equal P share their last place anyway.
    order = np.argsort(-P)
    last = np.nonzero(np.diff(P[order], append=nan) != 0)[0]
    return order, last


def columns(P: NDArray[Any], t: NDArray[np.bool_]) -> list[tuple[NDArray[Any], NDArray[np.bool_]]]:
    """P and t of each class: the one pair of a single neuron, or ten."""
    if P.ndim == 1:
        return [(P, t)]
    return [(P[:, column], t[:, column]) for column in range(P.shape[1])]


def _shares(parts: NDArray[Any], wholes: NDArray[Any]) -> NDArray[np.float64]:
    return np.where(wholes > 0, parts / np.maximum(wholes, 1), nan)
