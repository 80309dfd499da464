"""An evaluation: all that a network answers on a set of examples, scored, and what it got wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sixpad.core import metrics
from sixpad.core.answer import DIGITS
from sixpad.core.intervals import confusion_interval, wilson_interval
from sixpad.core.network import Network, Parameters
from sixpad.core.ranking import Curve, Estimate, Ranking, rank
from sixpad.core.run import Examples


class DigitScores(NamedTuple):
    """How the examples of one digit fare: their number, the share answered right, and more.

    Of ten neurons `right` is the digit's recall, and precision, F1 and average precision are those
    of this digit against the nine others. A single neuron has them for its own digit alone.
    """

    digit: int
    examples: int
    right: Estimate
    precision: float
    f1: float
    average_precision: float


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The probabilities P (N,) or (N, 10) that a network gave to examples of `labels` (N,).

    A single neuron says yes above `threshold`; ten say the digit that is most probable. `ranking`
    is what does not depend on that.
    """

    network: Network
    labels: NDArray[np.uint8]
    P: NDArray[np.float64]
    loss: float
    ranking: Ranking
    threshold: float = metrics.THRESHOLD

    @classmethod
    def of(
        cls, network: Network, labels: NDArray[np.uint8], P: NDArray[np.float64], loss: float,
        look: Callable[[], None] | None = None,
    ) -> Evaluation:  # fmt: skip
        """The evaluation of probabilities P; `look` is called now and then and may raise."""
        return cls(network, labels, P, loss, rank(P, np.asarray(network.targets(labels)), look))

    def at(self, threshold: float) -> Evaluation:
        """The same answers, taken to say yes above another threshold."""
        return replace(self, threshold=threshold)

    @property
    def examples(self) -> int:
        """The number of examples."""
        return len(self.labels)

    @cached_property
    def targets(self) -> NDArray[np.bool_]:
        """The ground truth, (N,) or (N, 10)."""
        return np.asarray(self.network.targets(self.labels))

    @cached_property
    def said(self) -> NDArray[np.intp]:
        """What was answered (N,): 0 or 1 by one neuron, a digit by ten."""
        return metrics.answers(self.P, self.threshold)

    @cached_property
    def confidence(self) -> NDArray[np.float64]:
        """The probability (N,) that each answer had for the network."""
        return metrics.confidence(self.P, self.said)

    @cached_property
    def confusion(self) -> NDArray[np.int64]:
        """Counts (2, 2) or (10, 10): rows are the truth, columns the answer."""
        classes = 2 if self.P.ndim == 1 else DIGITS
        return metrics.confusion_matrix(self.said, metrics.truth(self.targets), classes)

    @cached_property
    def accuracy(self) -> Estimate:
        """The share of right answers."""
        return _share(int(np.trace(self.confusion)), self.examples)

    @cached_property
    def f1(self) -> Estimate:
        """F1 of the single neuron's yes, or the mean over the ten digits."""
        # A score without any fault, or without any merit, is said of so many examples.
        rows = self.confusion.sum(axis=1)
        count = int(rows.min() if self.network.digit is not None else rows.sum())
        interval = confusion_interval(self.confusion, metrics.f1, count)
        return Estimate(metrics.f1(self.confusion), *interval)

    @property
    def average_precision(self) -> Estimate:
        """The average precision, of ten neurons the mean over the digits."""
        return self.ranking.average_precision

    @property
    def roc_auc(self) -> Estimate:
        """The area under the ROC curve, of ten neurons the mean over the digits."""
        return self.ranking.roc_auc

    @cached_property
    def precision(self) -> float:
        """Of what the single neuron takes for its digit, the share that is it."""
        return float(metrics.precisions(self.confusion)[-1])

    @cached_property
    def recall(self) -> float:
        """Of the examples of the single neuron's digit, the share that it finds."""
        return float(metrics.recalls(self.confusion)[-1])

    @cached_property
    def by_digit(self) -> tuple[DigitScores, ...]:
        """The scores of each of the ten digits' examples."""
        right = self.said == metrics.truth(self.targets)
        # A single neuron says yes or no of one digit: of the others there is nothing to rank.
        asked = self.network.digit
        rows, first = (slice(None), 0) if asked is None else (slice(asked, asked + 1), 1)
        scored = np.full((3, DIGITS), np.nan)
        scored[0, rows] = metrics.precisions(self.confusion)[first:]
        scored[1, rows] = metrics.f1s(self.confusion)[first:]
        scored[2, rows] = self.ranking.average_precisions
        scores = []
        for digit in range(DIGITS):
            held = self.labels == digit
            share = _share(int((right & held).sum()), int(held.sum()))
            precision, f1, average = scored[:, digit].tolist()
            scores.append(DigitScores(digit, int(held.sum()), share, precision, f1, average))
        return tuple(scores)

    @property
    def curve(self) -> Curve:
        """Precision against recall of the single neuron, over all thresholds."""
        assert self.ranking.curve is not None, "ten neurons have no single curve"
        return self.ranking.curve

    def work_out(self) -> None:
        """Work out in advance what takes a while, so that nobody waits for it later."""
        _ = self.accuracy, self.f1, self.by_digit, self.confidence

    def wrong(self) -> NDArray[np.intp]:
        """The examples that were answered wrong, those first of which the network was surest."""
        return self._surest(self.said != metrics.truth(self.targets))

    def cell(self, truth: int, answer: int) -> NDArray[np.intp]:
        """The examples in one cell of the confusion matrix, in the same order as `wrong`."""
        right = metrics.truth(self.targets) == truth
        return self._surest(right & (self.said == answer))

    def _surest(self, chosen: NDArray[np.bool_]) -> NDArray[np.intp]:
        indices = np.nonzero(chosen)[0]
        return indices[np.argsort(-self.confidence[indices], kind="stable")]


def evaluate(
    network: Network, parameters: Parameters, examples: Examples, loss: str,
    look: Callable[[], None] | None = None,
) -> Evaluation:  # fmt: skip
    """What a network with these parameters answers on examples, and its mean loss on them.

    `look` is called now and then; what it raises gives the work up.
    """
    z = network.logits_in_blocks(parameters, examples.images, look).astype(np.float64)
    P = np.asarray(network.answer.probabilities(z))
    value = metrics.mean_loss(z, P, np.asarray(network.targets(examples.labels)), loss)
    return Evaluation.of(network, examples.labels, P, value, look)


def _share(part: int, whole: int) -> Estimate:
    value = part / whole if whole else np.nan
    return Estimate(value, *wilson_interval(value, whole))
