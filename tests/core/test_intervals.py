"""The 95 % intervals: published values, what they hold, and how often they hold the truth."""

from __future__ import annotations

from math import isnan
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sixpad.core import intervals, metrics
from sixpad.core.intervals import confusion_interval, ranking_intervals, wilson_interval

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


def f1(confusion: NDArray[Any]) -> float:
    return float(metrics.f1s(confusion)[1])


def confusion_of(P: NDArray[np.float64], t: NDArray[np.bool_]) -> NDArray[np.int64]:
    return metrics.confusion_matrix(metrics.answers(P), metrics.truth(t))


def width(interval: tuple[float, float]) -> float:
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


# By the bootstrap


def test_the_interval_of_a_share_of_a_confusion_is_near_the_exact_one() -> None:
    confusion = np.array([[500, 60], [40, 400]])
    found = confusion_interval(confusion, metrics.accuracy)
    assert found == pytest.approx(wilson_interval(0.9, 1000), abs=0.006)


@settings(max_examples=40)
@given(count=st.integers(20, 300), seed=st.integers(0, 2**32))
def test_the_intervals_hold_the_value(count: int, seed: int) -> None:
    P, t = sample(count, seed)
    if not 0 < t.sum() < count:
        return
    confusion = confusion_of(P, t)
    precision, area = ranking_intervals(P, t)
    for value, (low, high) in (
        (f1(confusion), confusion_interval(confusion, f1)),
        (metrics.average_precision(P, t), precision),
        (metrics.roc_auc(P, t), area),
    ):
        # A sum of many parts of one comes to one but for rounding.
        assert 0 <= low <= value + 1e-12
        assert value - 1e-12 <= high <= 1 + 1e-12


@pytest.mark.parametrize("make", [sample, sample_of_ten])
def test_the_intervals_narrow_with_more_examples(make: Any) -> None:
    widths = []
    for count in (200, 20_000):
        P, t = make(count, 3)
        said, right = metrics.answers(P), metrics.truth(t)
        confusion = metrics.confusion_matrix(said, right, 2 if P.ndim == 1 else 10)
        found = (
            *ranking_intervals(P, t),
            confusion_interval(confusion, lambda counts: metrics.mean(metrics.f1s(counts))),
        )
        widths.append([width(interval) for interval in found])
    # A hundred times the examples make it ten times as narrow.
    for few, many in zip(*widths, strict=True):
        assert 0 < many < few / 5


def test_the_same_answers_have_the_same_interval() -> None:
    P, t = sample(300, 4)
    confusion = confusion_of(P, t)
    assert ranking_intervals(P, t) == ranking_intervals(P.copy(), t.copy())
    assert confusion_interval(confusion, f1) == confusion_interval(confusion.copy(), f1)


@given(
    pairs=st.lists(
        st.tuples(st.sampled_from([0.1, 0.5, 0.5 + 1e-12, 0.9]), st.booleans()), min_size=2
    ),
    seed=st.integers(0, 2**32),
)
def test_an_example_that_counts_twice_is_as_good_as_two(
    pairs: list[tuple[float, bool]], seed: int
) -> None:
    P, t = np.array([p for p, _ in pairs]), np.array([truth for _, truth in pairs])
    weights = np.random.default_rng(seed).integers(0, 4, (3, len(P))).astype(np.int32)
    precisions, areas = intervals._weighted(weights, *metrics.thresholds(P), t)
    for counts, precision, area in zip(weights, precisions, areas, strict=True):
        repeated = np.repeat(P, counts), np.repeat(t, counts)
        if 0 < repeated[1].sum() < counts.sum():
            assert precision == pytest.approx(metrics.average_precision(*repeated))
            assert area == pytest.approx(metrics.roc_auc(*repeated))


def test_only_the_order_of_the_answers_counts() -> None:
    P, t = sample(300, 4)
    assert ranking_intervals(P, t) == ranking_intervals(P**3 / 2, t)


def test_more_examples_than_a_block_are_weighed_in_parts() -> None:
    # A block holds the weights of a million examples: here those of some 13 resamples.
    P, t = sample(80_000, 6)
    for value, (low, high) in zip(
        (metrics.average_precision(P, t), metrics.roc_auc(P, t)),
        ranking_intervals(P, t),
        strict=True,
    ):
        assert low < value < high
        assert high - low < 0.02


@pytest.mark.parametrize("positives", [0, 1, 50])
def test_one_class_alone_cannot_be_ranked(positives: int) -> None:
    P, _ = sample(50, 2)
    t = np.arange(50) < positives
    precision, area = ranking_intervals(P, t)
    undefined = positives in (0, 50)
    assert all(isnan(end) is undefined for end in (*precision, *area))


def test_nothing_has_no_interval() -> None:
    none = np.zeros((2, 2), np.int64)
    assert all(isnan(end) for end in confusion_interval(none, f1))
    assert all(
        isnan(end) for pair in ranking_intervals(np.empty(0), np.empty(0, bool)) for end in pair
    )
    # No example is of the class: a score of it is undefined in each resample.
    assert all(isnan(end) for end in confusion_interval(np.array([[5, 5], [0, 0]]), f1))


def test_of_ten_the_digits_that_are_missing_are_left_out() -> None:
    P, t = sample_of_ten(400, 8)
    few = t[:, :2].any(axis=1)
    precision, area = ranking_intervals(P[few], t[few])
    alone = ranking_intervals(P[few][:, :2], t[few][:, :2])
    assert (precision, area) == alone


@pytest.mark.parametrize("of_ten", [False, True])
def test_an_order_without_fault_leaves_no_doubt_however_few_the_examples(of_ten: bool) -> None:
    # In a third of the resamples none of these positives occurs: they say nothing, not zero.
    t = np.arange(40)[:, None] % 10 == np.arange(10) if of_ten else np.arange(40) == 7
    assert ranking_intervals(np.where(t, 0.9, 0.01), t) == ((1, 1), (1, 1))


@pytest.mark.parametrize("score", [metrics.average_precision, metrics.roc_auc])
def test_nineteen_of_twenty_intervals_hold_the_truth(score: Any) -> None:
    truth = score(*sample(1_000_000, 1))
    which = 0 if score is metrics.average_precision else 1
    found = [ranking_intervals(*sample(400, seed))[which] for seed in range(2, 202)]
    covered = sum(low <= truth <= high for low, high in found)
    # 190 are expected, with a standard deviation of 3.
    assert 178 <= covered <= 198
