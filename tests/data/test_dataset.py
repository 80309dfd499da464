"""Data sets: what is taken, split and mixed, example by example."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixpad.core.grid import PIXELS
from sixpad.data.dataset import Dataset, mix
from sixpad.errors import SixpadError


def numbered(labels: list[int], name: str = "numbered", first: int = 0) -> Dataset:
    """Examples whose first 16 pixels count them from `first` on, so that each is known again."""
    numbers = np.arange(first, first + len(labels))
    images = np.zeros((len(labels), PIXELS), np.uint8)
    images[:, :16] = numbers[:, None] >> np.arange(16) & 1
    return Dataset(images, np.array(labels, np.uint8), name)


def numbers_of(dataset: Dataset) -> list[int]:
    return (dataset.images[:, :16].astype(int) @ (1 << np.arange(16))).tolist()


def test_take_keeps_the_order_asked_for_and_the_name() -> None:
    taken = numbered([5, 6, 7]).take(np.array([2, 0]))
    assert taken.labels.tolist() == [7, 5]
    assert numbers_of(taken) == [2, 0]
    assert (len(taken), taken.name) == (2, "numbered")


@pytest.mark.parametrize(("images", "labels"), [((2, 576), (3,)), ((2, 24), (2,)), ((2,), (2,))])
def test_images_that_do_not_fit_the_labels_are_a_fault(
    images: tuple[int, ...], labels: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        Dataset(np.zeros(images, np.uint8), np.zeros(labels, np.uint8), "wrong")


@given(
    labels=st.lists(st.integers(0, 9), min_size=2, max_size=200),
    share=st.floats(0.01, 0.99),
    seed=st.integers(0, 2**32),
)
def test_split_parts_are_disjoint_whole_and_never_empty(
    labels: list[int], share: float, seed: int
) -> None:
    dataset = numbered(labels)
    training, validation = dataset.split(share, seed)
    numbers = numbers_of(training) + numbers_of(validation)
    assert sorted(numbers) == list(range(len(labels)))
    assert len(training) > 0 < len(validation)
    for part in (training, validation):
        assert part.labels.tolist() == [labels[number] for number in numbers_of(part)]


@given(
    counts=st.lists(st.integers(5, 60), min_size=10, max_size=10),
    share=st.floats(0.1, 0.9),
    seed=st.integers(0, 1000),
)
def test_split_takes_the_same_share_of_each_digit(
    counts: list[int], share: float, seed: int
) -> None:
    labels = [digit for digit, count in enumerate(counts) for _ in range(count)]
    _, validation = numbered(labels).split(share, seed)
    assert abs(len(validation) - share * len(labels)) <= 0.5
    got = Counter(validation.labels.tolist())
    share = len(validation) / len(labels)
    for digit, count in enumerate(counts):
        assert abs(got[digit] - share * count) < 1 + 1e-9


def test_split_follows_its_seed_and_shuffles() -> None:
    dataset = numbered([0, 1] * 50)
    first, again, other = (numbers_of(dataset.split(0.2, seed)[0]) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert first != sorted(first)


@pytest.mark.parametrize("count", [0, 1])
def test_split_needs_two_examples(count: int) -> None:
    with pytest.raises(SixpadError, match="too few"):
        numbered([3] * count).split()


@pytest.mark.parametrize("share", [0.0, 1.0, -0.5, 2.0, float("nan")])
def test_split_refuses_a_share_out_of_range(share: float) -> None:
    with pytest.raises(SixpadError, match="validation share"):
        numbered([1, 2, 3]).split(share)


def test_mix_without_shares_joins_everything_in_order() -> None:
    mixed = mix([numbered([1, 2], "a"), numbered([3], "b", first=2)], [None, None])
    assert numbers_of(mixed) == [0, 1, 2]
    assert mixed.labels.tolist() == [1, 2, 3]
    assert mixed.name == "a + b"


@given(
    sizes=st.lists(st.integers(1, 300), min_size=1, max_size=4),
    shares=st.lists(st.floats(0.05, 1), min_size=4, max_size=4),
    seed=st.integers(0, 1000),
)
def test_mix_takes_shares_without_repeating_and_exhausts_a_source(
    sizes: list[int], shares: list[float], seed: int
) -> None:
    shares = shares[: len(sizes)]
    firsts = np.cumsum([0, *sizes])
    sources = [
        numbered([1] * size, first=int(first)) for size, first in zip(sizes, firsts, strict=False)
    ]
    numbers = numbers_of(mix(sources, shares, seed))
    assert len(set(numbers)) == len(numbers)
    counts = np.histogram(numbers, firsts)[0]
    assert (counts == sizes).any()
    total = min(size / share for size, share in zip(sizes, shares, strict=True))
    np.testing.assert_array_less(np.abs(counts - total * np.array(shares)), 1.001)


def test_mix_divides_what_is_left_by_size() -> None:
    sources = [numbered([0] * 100), numbered([1] * 300), numbered([2] * 100)]
    mixed = mix(sources, [0.5, None, None])
    # Half is 100 of the first; the other half is divided 3 : 1.
    assert Counter(mixed.labels.tolist()) == {0: 100, 1: 75, 2: 25}


def test_mix_stands_the_smallest_shares_there_are() -> None:
    sources = [numbered([0] * 9), numbered([1] * 9)]
    assert len(mix(sources, [5e-324, 5e-324])) == 18
    assert len(mix(sources, [5e-324, 1.0])) == 10


def test_mix_with_shares_follows_its_seed() -> None:
    sources = [numbered([0] * 100), numbered([1] * 10, first=100)]
    first, again, other = (numbers_of(mix(sources, [0.5, 0.5], seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


@pytest.mark.parametrize("share", [0.0, -0.1, 1.5, float("nan"), float("inf")])
def test_mix_refuses_a_bad_share(share: float) -> None:
    with pytest.raises(SixpadError, match="share"):
        mix([numbered([1]), numbered([2])], [share, None])


@pytest.mark.parametrize("shares", [[1.0, None], [0.7, 0.5, None]])
def test_mix_refuses_shares_that_leave_nothing(shares: list[float | None]) -> None:
    with pytest.raises(SixpadError, match="leave nothing"):
        mix([numbered([1])] * len(shares), shares)


def test_mix_refuses_no_source_and_an_empty_one() -> None:
    with pytest.raises(SixpadError, match="No data"):
        mix([], [])
    with pytest.raises(SixpadError, match="without examples"):
        mix([numbered([]), numbered([1])], [0.5, 0.5])
