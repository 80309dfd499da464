"""The scores against slow references that count one by one."""

from __future__ import annotations

from math import isnan, log, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sixpad.core import metrics
from sixpad.core.network import CROSS_ENTROPY, SQUARED_ERROR

# Few distinct probabilities, so that many are equal, and those next to the threshold.
probabilities = st.sampled_from([0.0, 1e-9, 0.2, 0.5, 0.5 + 1e-12, 0.7, 1.0]) | st.floats(0, 1)
answered = st.lists(st.tuples(probabilities, st.booleans()), max_size=25)


def arrays(pairs: list[tuple[float, bool]]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    return np.array([p for p, _ in pairs], float), np.array([t for _, t in pairs], bool)


def same(value: float, expected: float) -> bool:
    return (isnan(value) and isnan(expected)) or value == pytest.approx(expected, abs=1e-12)


@given(answered)
def test_average_precision_is_the_sum_over_thresholds(pairs: list[tuple[float, bool]]) -> None:
    positives = sum(t for _, t in pairs)
    expected = 0.0 if positives else nan
    before = 0
    for threshold in sorted({p for p, _ in pairs}, reverse=True):
        taken = [t for p, t in pairs if p >= threshold]
        if positives:
            expected += (sum(taken) - before) / positives * sum(taken) / len(taken)
        before = sum(taken)
    assert same(metrics.average_precision(*arrays(pairs)), expected)


@given(answered)
def test_roc_auc_is_the_share_of_pairs_in_the_right_order(pairs: list[tuple[float, bool]]) -> None:
    yes, no = [p for p, t in pairs if t], [p for p, t in pairs if not t]
    right = sum((a > b) + (a == b) / 2 for a in yes for b in no)
    expected = right / (len(yes) * len(no)) if yes and no else nan
    assert same(metrics.roc_auc(*arrays(pairs)), expected)


@given(answered)
def test_what_is_counted_at_one_half(pairs: list[tuple[float, bool]]) -> None:
    P, t = arrays(pairs)
    counts = [[0, 0], [0, 0]]
    for p, truth in pairs:
        counts[truth][p > 0.5] += 1
    (true_no, false_yes), (false_no, true_yes) = counts
    assert metrics.confusion_matrix(P, t).tolist() == counts
    right = (true_no + true_yes) / len(pairs) if pairs else nan
    assert same(metrics.accuracy(P, t), right)
    precision = true_yes / (true_yes + false_yes) if true_yes + false_yes else 0.0
    recall = true_yes / (true_yes + false_no) if true_yes + false_no else nan
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else recall
    assert same(metrics.f1(P, t), f1)


def test_perfect_and_worst_orders() -> None:
    t = np.array([False, False, True, True])
    rising = np.array([0.1, 0.2, 0.8, 0.9])
    assert metrics.average_precision(rising, t) == metrics.roc_auc(rising, t) == 1
    assert metrics.roc_auc(1 - rising, t) == 0
    assert metrics.average_precision(1 - rising, t) == pytest.approx((1 / 3 + 2 / 4) / 2)
    # All equal says nothing: the precision is the share of positives.
    assert metrics.average_precision(np.full(4, 0.5), np.array([True, False, False, False])) == 0.25


def test_what_is_undefined_is_nan() -> None:
    none, P = np.zeros(3, bool), np.array([0.1, 0.6, 0.7])
    assert isnan(metrics.average_precision(P, none))
    assert isnan(metrics.f1(P, none))
    assert isnan(metrics.roc_auc(P, none))
    assert isnan(metrics.roc_auc(P, ~none))
    assert isnan(metrics.accuracy(P[:0], none[:0]))
    assert all(isnan(end) for end in metrics.wilson_interval(0.5, 0))


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [
        # Newcombe, 1998, table I, the score method without continuity correction.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0),
    ],
)
def test_wilson_interval_has_the_published_values(
    right: int, count: int, low: float, high: float
) -> None:
    interval = metrics.wilson_interval(right / count, count)
    assert interval == pytest.approx((low, high), abs=5e-5)
    assert 0 <= interval[0] <= right / count <= interval[1] <= 1


def test_the_scores_of_logits() -> None:
    z = np.array([0.0, log(3), -log(3)], np.float32)
    t = np.array([True, True, True])
    scores = metrics.score(z, t, CROSS_ENTROPY)
    assert scores.loss == pytest.approx(-(log(0.5) + log(0.75) + log(0.25)) / 3)
    assert scores.accuracy == pytest.approx(1 / 3)
    assert scores.average_precision == 1
    assert scores.f1 == pytest.approx(0.5)
    squared = metrics.score(z, t, SQUARED_ERROR)
    assert squared.loss == pytest.approx((0.5**2 + 0.25**2 + 0.75**2) / 3)
