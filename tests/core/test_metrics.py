"""The scores against slow references that count one by one."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, isnan, log, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sixpad.core import metrics
from sixpad.core.answer import CROSS_ENTROPY, SQUARED_ERROR
from sixpad.core.network import Network
from sixpad.core.ranking import rank

# Few distinct probabilities, so that many are equal, and those next to the threshold.
probabilities = st.sampled_from([0.0, 1e-9, 0.2, 0.5, 0.5 + 1e-12, 0.7, 1.0]) | st.floats(0, 1)
answered = st.lists(st.tuples(probabilities, st.booleans()), max_size=25)


def arrays(pairs: list[tuple[float, bool]]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    return np.array([p for p, _ in pairs], float), np.array([t for _, t in pairs], bool)


def confusion(P: NDArray[np.float64], t: NDArray[np.bool_]) -> NDArray[np.int64]:
    return metrics.confusion_matrix(metrics.answers(P), metrics.truth(t))


def ten(count: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Numbers z (N, 10), some of them equal, and a truth in which digits may be missing."""
    rng = np.random.default_rng(seed)
    t = rng.integers(0, rng.integers(1, 11), count)[:, None] == np.arange(10)
    return np.round(rng.normal(0, 1, (count, 10)) + 1.5 * t, 1), t


def mean_of(values: list[float]) -> float:
    """The mean of what is defined."""
    defined = [value for value in values if not isnan(value)]
    return sum(defined) / len(defined) if defined else nan


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
    assert confusion(P, t).tolist() == counts
    right = (true_no + true_yes) / len(pairs) if pairs else nan
    assert same(metrics.accuracy(confusion(P, t)), right)
    precision = true_yes / (true_yes + false_yes) if true_yes + false_yes else 0.0
    recall = true_yes / (true_yes + false_no) if true_yes + false_no else nan
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else recall
    assert same(metrics.f1s(confusion(P, t))[1], f1)


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
    assert isnan(metrics.f1s(confusion(P, none))[1])
    assert isnan(metrics.roc_auc(P, none))
    assert isnan(metrics.roc_auc(P, ~none))
    assert isnan(metrics.accuracy(confusion(P[:0], none[:0])))


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


# Ten neurons


@given(count=st.integers(0, 30), seed=st.integers(0, 2**32))
def test_the_answers_of_ten_are_counted_one_by_one(count: int, seed: int) -> None:
    P, t = ten(count, seed)
    counts = [[0] * 10 for _ in range(10)]
    for p, truth in zip(P.tolist(), t.tolist(), strict=True):
        counts[truth.index(True)][p.index(max(p))] += 1
    found = metrics.confusion_matrix(metrics.answers(P), metrics.truth(t), 10)
    assert found.tolist() == counts
    right = sum(counts[digit][digit] for digit in range(10))
    assert same(metrics.accuracy(found), right / count if count else nan)
    for digit in range(10):
        hits = counts[digit][digit]
        said = sum(row[digit] for row in counts)
        held = sum(counts[digit])
        precision = hits / said if said else nan
        recall = hits / held if held else nan
        # Where nothing was said to be a digit that is there, none of it was found.
        f1 = (2 / (1 / precision + 1 / recall) if hits else 0.0) if held else nan
        assert same(metrics.precisions(found)[digit], precision)
        assert same(metrics.recalls(found)[digit], recall)
        assert same(metrics.f1s(found)[digit], f1)


@given(count=st.integers(0, 30), seed=st.integers(0, 2**32))
def test_of_ten_each_digit_is_ranked_against_the_nine_others(count: int, seed: int) -> None:
    P, t = ten(count, seed)
    for of_each, of_one in (
        (metrics.average_precisions, metrics.average_precision),
        (lambda P, t: rank(P, t).roc_aucs, metrics.roc_auc),
    ):
        found = of_each(P, t)
        assert found.shape == (10,)
        for digit in range(10):
            assert same(found[digit], of_one(P[:, digit], t[:, digit]))
        (alone,) = of_each(P[:, 3], t[:, 3])
        assert same(alone, of_one(P[:, 3], t[:, 3]))


@given(st.lists(st.floats(0, 1) | st.just(nan), max_size=10))
def test_a_mean_is_over_what_is_defined(values: list[float]) -> None:
    assert same(metrics.mean(np.array(values, float)), mean_of(values))


@pytest.mark.parametrize("loss", [CROSS_ENTROPY, SQUARED_ERROR])
@given(count=st.integers(1, 30), seed=st.integers(0, 2**32))
def test_the_scores_of_ten_weigh_each_digit_the_same(loss: str, count: int, seed: int) -> None:
    z, t = ten(count, seed)
    scores = metrics.score(z.astype(np.float32), t, loss)
    P = np.array([[exp(a) / sum(map(exp, row)) for a in row] for row in z.tolist()])
    by_one: dict[str, Callable[..., float]] = {
        CROSS_ENTROPY: lambda p, truth: -log(p[truth.argmax()]),
        SQUARED_ERROR: lambda p, truth: sum((p - truth) ** 2),
    }
    expected = sum(by_one[loss](p, truth) for p, truth in zip(P, t, strict=True)) / count
    assert scores.loss == pytest.approx(expected, rel=1e-5)
    assert scores.accuracy == (z.argmax(axis=1) == t.argmax(axis=1)).mean()
    found = metrics.confusion_matrix(metrics.answers(z), metrics.truth(t), 10)
    assert same(scores.f1, mean_of(metrics.f1s(found).tolist()))
    assert 0 < scores.average_precision <= 1


def test_the_digits_of_ten_count_alike_however_many_there_are() -> None:
    # Ninety zeros that are all found, ten ones of which none is.
    t = Network(None, "ten").targets(np.repeat(np.array([0, 1], np.uint8), [90, 10]))
    z = np.zeros((100, 10))
    z[:, 0] = 1
    scores = metrics.score(z, t, CROSS_ENTROPY)
    assert scores.accuracy == 0.9
    assert scores.f1 == pytest.approx((2 * 0.9 / 1.9 + 0) / 2)
    assert scores.average_precision == pytest.approx((0.9 + 0.1) / 2)


def test_of_equal_probabilities_the_lower_digit_is_the_answer() -> None:
    assert metrics.answers(np.full((2, 10), 0.1)).tolist() == [0, 0]


@pytest.mark.parametrize("threshold", [0.0, 0.2, 0.7, 1.0])
def test_one_says_yes_above_the_threshold_and_not_at_it(threshold: float) -> None:
    P = np.array([0.0, 0.2, 0.7, 1.0])
    assert metrics.answers(P, threshold).tolist() == [int(p > threshold) for p in P]
