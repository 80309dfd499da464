"""The 95 % intervals: published values, what they hold, and how often they hold the truth."""

from __future__ import annotations

from math import isnan
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sixpad.core import metrics
from sixpad.core.intervals import (
    average_precision_interval,
    confusion_interval,
    roc_auc_error,
    wilson_interval,
)
from sixpad.core.ranking import rank

Sample = tuple[NDArray[np.float64], NDArray[np.bool_]]


def sample(count: int, seed: int, share: float = 0.3, gap: float = 1.5) -> Sample:
    """Answers of one neuron: normal numbers, those of the positives `gap` higher."""
    rng = np.random.default_rng(seed)
    t = rng.random(count) < share
    return 1 / (1 + np.exp(-rng.normal(0, 1, count) - gap * t)), t


def sample_of_ten(count: int, seed: int, gap: float = 1.5) -> Sample:
    rng = np.random.default_rng(seed)
    t = rng.permutation(np.arange(count) % 10)[:, None] == np.arange(10)
    z = np.exp(rng.normal(0, 1, (count, 10)) + gap * t)
    return z / z.sum(axis=1, keepdims=True), t


def width(interval: tuple[float, ...]) -> float:
    low, high = interval
    assert 0 <= low <= high <= 1
    return high - low


# Of a share


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
    interval = wilson_interval(right / count, count)
    assert interval == pytest.approx((low, high), abs=5e-5)
    assert 0 <= interval[0] <= right / count <= interval[1] <= 1


def test_the_share_of_nothing_has_no_interval() -> None:
    assert all(isnan(end) for end in wilson_interval(0.5, 0))


@given(count=st.integers(1, 10**6), share=st.floats(0, 1))
def test_the_interval_of_a_share_holds_it_and_narrows_with_the_count(
    count: int, share: float
) -> None:
    share = round(share * count) / count
    low, high = wilson_interval(share, count)
    assert low <= share + 1e-12
    assert share <= high + 1e-12
    assert width(wilson_interval(share, 4 * count)) < width((low, high))
    # No and yes are told alike.
    assert wilson_interval(1 - share, count) == pytest.approx((1 - high, 1 - low), abs=1e-12)


# Of other scores


def intervals_of(P: NDArray[np.float64], t: NDArray[np.bool_]) -> dict[str, tuple[float, ...]]:
    """Each score with its interval."""
    ranking = rank(P, t)
    said, right = metrics.answers(P), metrics.truth(t)
    confusion = metrics.confusion_matrix(said, right, 2 if P.ndim == 1 else 10)
    return {
        "F1": (metrics.f1(confusion), *confusion_interval(confusion, metrics.f1, len(P))),
        "average precision": ranking.average_precision,
        "ROC AUC": ranking.roc_auc,
    }


def test_the_interval_of_a_share_of_a_confusion_is_near_the_exact_one() -> None:
    confusion = np.array([[500, 60], [40, 400]])
    found = confusion_interval(confusion, metrics.accuracy, 1000)
    assert found == pytest.approx(wilson_interval(0.9, 1000), abs=0.004)


@settings(max_examples=40)
@given(count=st.integers(20, 300), seed=st.integers(0, 2**32), gap=st.floats(0, 20))
def test_the_intervals_hold_the_value_and_are_never_without_width(
    count: int, seed: int, gap: float
) -> None:
    for P, t in (sample(count, seed, gap=gap), sample_of_ten(count, seed, gap=gap)):
        if min(t.sum(axis=0).min(), (~t).sum(axis=0).min()) < 2:
            continue
        for value, low, high in intervals_of(P, t).values():
            assert 0 <= low <= value + 1e-9
            assert value - 1e-9 <= high <= 1
            assert low < high


@pytest.mark.parametrize("make", [sample, sample_of_ten])
def test_the_intervals_narrow_with_more_examples(make: Any) -> None:
    few, many = (intervals_of(*make(count, 3)) for count in (200, 20_000))
    # A hundred times the examples make it ten times as narrow.
    for score in few:
        assert 0 < width(many[score][1:]) < width(few[score][1:]) / 5


def test_the_same_answers_have_the_same_interval() -> None:
    P, t = sample(300, 4)
    assert intervals_of(P, t) == intervals_of(P.copy(), t.copy())


def test_only_the_order_of_the_answers_counts() -> None:
    P, t = sample(300, 4)
    one, other = rank(P, t), rank(P**3 / 2, t)
    assert one.average_precision == other.average_precision
    assert one.roc_auc == other.roc_auc


@given(
    pairs=st.lists(
        st.tuples(st.sampled_from([0.1, 0.5, 0.5 + 1e-12, 0.9]), st.booleans()), min_size=4
    )
)
def test_the_error_of_the_roc_auc_is_that_of_its_parts_one_by_one(
    pairs: list[tuple[float, bool]],
) -> None:
    """Against the sums of the paper, pair by pair."""
    yes, no = [p for p, t in pairs if t], [p for p, t in pairs if not t]
    found = roc_auc_error(np.array([p for p, _ in pairs]), np.array([t for _, t in pairs]))
    if min(len(yes), len(no)) < 2:
        assert isnan(found)
        return
    won = np.array([[(a > b) + (a == b) / 2 for b in no] for a in yes])
    variance = won.mean(axis=1).var(ddof=1) / len(yes) + won.mean(axis=0).var(ddof=1) / len(no)
    assert found == pytest.approx(np.sqrt(variance))


@pytest.mark.parametrize("positives", [0, 50])
def test_one_class_alone_cannot_be_ranked(positives: int) -> None:
    P, _ = sample(50, 2)
    ranking = rank(P, np.arange(50) < positives)
    assert all(isnan(end) for end in ranking.roc_auc)
    assert all(isnan(end) is (positives == 0) for end in ranking.average_precision)


def test_nothing_has_no_interval() -> None:
    none = np.zeros((2, 2), np.int64)
    assert all(isnan(end) for end in confusion_interval(none, metrics.f1, 0))
    # No example is of the class: a score of it is undefined in each resample.
    assert all(isnan(e) for e in confusion_interval(np.array([[5, 5], [0, 0]]), metrics.f1, 5))


def test_of_ten_the_digits_that_are_missing_are_left_out() -> None:
    P, t = sample_of_ten(400, 8)
    few = t[:, :2].any(axis=1)
    ranking, alone = rank(P[few], t[few]), rank(P[few][:, :2], t[few][:, :2])
    assert ranking.average_precision == alone.average_precision
    assert ranking.roc_auc == alone.roc_auc


@pytest.mark.parametrize("of_ten", [False, True])
def test_an_order_without_fault_is_not_sure_for_that(of_ten: bool) -> None:
    """As many right answers in a row as there are positives: more of them, more to be sure of."""
    widths = []
    for count in (40, 400):
        place = np.arange(count)
        t = place[:, None] % 10 == np.arange(10) if of_ten else place % 10 == 7
        ranking = rank(np.where(t, 0.9, 0.01), t)
        assert ranking.average_precision.value == ranking.roc_auc.value == 1
        expected = wilson_interval(1.0, count if of_ten else count // 10)
        assert ranking.average_precision[1:] == pytest.approx(expected)
        assert ranking.roc_auc[1:] == pytest.approx(expected)
        widths.append(width(expected))
    assert 0 < widths[1] < widths[0] / 5


@pytest.mark.parametrize("short", [1e-3, 1e-4, 1e-6, 1e-9])
def test_an_order_nearly_without_fault_is_nearly_as_sure(short: float) -> None:
    low, high = average_precision_interval(np.array([1 - short]), np.array([800]))
    assert low == pytest.approx(wilson_interval(1.0, 800)[0], abs=3e-3)
    assert low < 1 - short <= high <= 1


@pytest.mark.parametrize(
    ("count", "share", "gap"), [(400, 0.3, 1.5), (1000, 0.1, 2.5), (200, 0.3, 3.4)]
)
@pytest.mark.parametrize("score", ["average precision", "ROC AUC"])
def test_the_intervals_hold_the_truth_about_nineteen_times_in_twenty(
    score: str, count: int, share: float, gap: float
) -> None:
    truth = intervals_of(*sample(300_000, 1, share, gap))[score][0]
    covered = 0
    for seed in range(2, 202):
        _, low, high = intervals_of(*sample(count, seed, share, gap))[score]
        covered += low <= truth <= high
    # 190 are expected, with a standard deviation of 3. Near 1 the error of the area is taken a
    # little too small; that of the average precision is on the safe side.
    assert covered >= 178
