"""Which of the drawings are to be looked at, and in which order."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sixpad.core.metrics import answers, confidence, truth
from sixpad.core.network import Network
from sixpad.data.drawing_table import SOURCES, DrawingTable

ANY, RIGHT, WRONG = "any", "right", "wrong"
NEWEST, OLDEST, UNSURE, SURE, DOUBTFUL = "newest", "oldest", "unsure", "sure", "doubtful"


class Choice(NamedTuple):
    """Drawings by label, source, answer and whether they are deleted, and their order.

    `answer` is ANY, RIGHT, WRONG or what the network takes them for: the digit of ten, and of one
    neuron 1 for yes and 0 for no. None leaves labels or sources open.
    """

    labels: frozenset[int] | None = None
    source: str | None = None
    answer: str | int = ANY
    deleted: bool = False
    order: str = NEWEST

    @property
    def needs_answers(self) -> bool:
        """Whether the network must be asked of every drawing to know."""
        return self.answer != ANY or self.order in (UNSURE, SURE, DOUBTFUL)


class Verdicts(NamedTuple):
    """What a network says of each drawing, against what its label says.

    `said` (N,) is the answer in the terms of its confusion matrix, `right` (N,) whether it is what
    the label says, `sure` (N,) its probability, and `believed` (N,) the probability that the
    network gives to the label: self-confidence, by which confident learning (Northcutt and others,
    2021) ranks labels that are likely wrong. What is not `known` (N,) yet is none of it.
    """

    said: NDArray[np.intp]
    right: NDArray[np.bool_]
    sure: NDArray[np.float64]
    believed: NDArray[np.float64]
    known: NDArray[np.bool_]


def verdicts(network: Network, P: NDArray[np.float32], labels: NDArray[np.uint8]) -> Verdicts:
    """The verdicts on P (N,) or (N, 10), NaN where it is not known, for the labels (N,)."""
    values = P.astype(np.float64)
    known = ~np.isnan(values if values.ndim == 1 else values[:, 0])
    said = answers(values)
    wanted = truth(np.asarray(network.targets(labels)))
    return Verdicts(
        said, said == wanted, confidence(values, said), confidence(values, wanted), known
    )


def choose(table: DrawingTable, choice: Choice, found: Verdicts | None) -> NDArray[np.intp]:
    """The rows (n,) that are chosen, in their order; none where answers are needed and missing."""
    chosen = table.deleted == choice.deleted
    if choice.labels is not None:
        chosen &= np.isin(table.labels, list(choice.labels))
    if choice.source is not None:
        chosen &= table.sources == SOURCES.index(choice.source)
    if choice.needs_answers:
        if found is None:
            return np.empty(0, np.intp)
        chosen &= found.known
        if choice.answer in (RIGHT, WRONG):
            chosen &= found.right == (choice.answer == RIGHT)
        elif choice.answer != ANY:
            chosen &= found.said == choice.answer
    rows = np.flatnonzero(chosen)
    # By time first: equal ones then come newest first.
    rows = rows[np.argsort(table.created[rows], kind="stable")]
    if choice.order != OLDEST:
        rows = rows[::-1]
    if found is not None and choice.order in (UNSURE, SURE, DOUBTFUL):
        values = found.believed if choice.order == DOUBTFUL else found.sure
        keys = -values[rows] if choice.order == SURE else values[rows]
        rows = rows[np.argsort(keys, kind="stable")]
    return rows
