"""Data sets: what is taken, split and mixed, example by example."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixpad.core.grid import PIXELS
from sixpad.data.dataset import ONE_SITTING, Dataset, joined, mix, parts_of
from sixpad.data.handwriting import generate
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


# Sources by themselves, and sittings


def in_groups(groups: list[int], first: int = 0) -> Dataset:
    """Examples of these groups, their labels in turn."""
    data = numbered([at % 10 for at in range(len(groups))], "grouped", first)
    return replace(data, groups=np.array(groups, np.int64))


def sitting(number: int) -> int:
    """The number of a sitting, spread over all that there are as a hash spreads them."""
    return int.from_bytes(hashlib.blake2b(bytes([number]), digest_size=8).digest(), "big") >> 1


sittings = st.lists(st.integers(0, 40), min_size=2, max_size=80)


def groups_of(dataset: Dataset) -> set[int]:
    assert dataset.groups is not None
    return set(dataset.groups.tolist())


@given(sittings, st.floats(0.05, 0.6), st.integers(0, 3))
def test_what_was_drawn_in_one_sitting_is_on_one_side(
    numbers: list[int], share: float, seed: int
) -> None:
    data = in_groups([sitting(number) for number in numbers])
    training, validation = data.split(share, seed)
    assert sorted(numbers_of(training) + numbers_of(validation)) == list(range(len(data)))
    assert len(training) > 0
    assert len(validation) > 0
    if len(set(numbers)) > 1:
        assert not groups_of(training) & groups_of(validation)
        assert training.remarks == ()
    else:
        assert training.remarks == (ONE_SITTING,)


@given(sittings, sittings, st.integers(0, 3))
def test_a_sitting_that_comes_moves_no_other_to_the_other_side(
    numbers: list[int], more: list[int], seed: int
) -> None:
    few, many = (in_groups([sitting(each) for each in some]) for some in (numbers, numbers + more))
    other = numbered([0, 1, 2, 3], first=1000)
    _, before = parts_of([few, other], [None, None], 0.3, seed)
    _, after = parts_of([many, other], [None, None], 0.3, seed)
    assert groups_of(before) <= groups_of(after)
    known = {sitting(each) for each in numbers}
    assert groups_of(after) & known == groups_of(before) & known


def test_about_the_share_of_many_sittings_is_kept_apart() -> None:
    data = in_groups([sitting(at // 5) for at in range(1000)])
    _, validation = data.split(0.2)
    assert 120 < len(validation) < 280


def test_of_a_single_sitting_the_later_examples_are_kept_apart_and_it_is_said() -> None:
    data = in_groups([5] * 100)
    training, validation = data.split(0.2)
    assert sorted(numbers_of(validation)) == list(range(80, 100))
    assert sorted(validation.labels.tolist()) == sorted(list(range(10)) * 2)
    assert training.remarks == (ONE_SITTING,)


def test_examples_without_a_group_are_split_as_ever_beside_those_with_one() -> None:
    data = in_groups([0] * 100 + [sitting(at // 4) for at in range(100)])
    training, validation = data.split(0.2, 1)
    assert sum(number < 100 for number in numbers_of(validation)) == 20
    alone = {0}
    assert (groups_of(training) & groups_of(validation)) <= alone


@pytest.mark.parametrize("seed", [0, 1])
def test_without_shares_every_example_is_taken_once(seed: int) -> None:
    sources = [numbered([1] * 30, "a"), numbered([2] * 7, "b", 30), in_groups([9] * 5, 37)]
    training, validation = parts_of(sources, [None] * 3, 0.2, seed)
    assert sorted(numbers_of(training) + numbers_of(validation)) == list(range(42))
    assert training.sources == ("a", "b", "grouped")
    # Each source is split by itself.
    assert sum(number < 30 for number in numbers_of(validation)) == 6
    assert sum(30 <= number < 37 for number in numbers_of(validation)) == 1


@given(
    st.lists(st.integers(2, 60), min_size=2, max_size=4),
    st.lists(st.floats(0.05, 1), min_size=4, max_size=4),
    st.integers(0, 3),
)
def test_with_shares_small_sources_are_repeated_and_large_ones_sampled(
    sizes: list[int], shares: list[float], seed: int
) -> None:
    starts = [sum(sizes[:at]) for at in range(len(sizes))]
    sources = [
        numbered([0] * size, f"source {start}", start)
        for size, start in zip(sizes, starts, strict=True)
    ]
    shares = shares[: len(sizes)]
    training, validation = parts_of(sources, list(shares), 0.25, seed)
    total = sum(size - max(round(size / 4), 1) for size in sizes)
    times = Counter(numbers_of(training))
    for size, start, share in zip(sizes, starts, shares, strict=True):
        own = [times[number] for number in range(start, start + size)]
        wanted = max(round(total * share / sum(shares)), 1)
        assert abs(sum(own) - wanted) <= 1
        # As evenly as can be: none twice before each has been taken.
        taken = [count for count in own if count]
        assert max(taken) - min(taken) <= 1
        kept_apart = [number for number in numbers_of(validation) if start <= number < start + size]
        assert len(kept_apart) == max(round(size / 4), 1)
        assert all(times[number] == 0 for number in kept_apart)
        if max(taken) > 1:
            assert len(taken) == size - len(kept_apart)
    assert len(set(numbers_of(validation))) == len(validation)


def test_a_source_without_a_share_has_what_the_others_leave() -> None:
    sources = [numbered([0] * 100, "a"), numbered([1] * 20, "b", 100)]
    training, _ = parts_of(sources, [None, 0.5])
    times = Counter(number >= 100 for number in numbers_of(training))
    assert times == {False: 48, True: 48}


def test_one_source_is_split_as_by_itself_and_a_lone_example_is_learned_from() -> None:
    data = numbered([1, 2, 3, 4, 5])
    for given_part, own in zip(parts_of([data], [None], 0.2, 3), data.split(0.2, 3), strict=True):
        assert numbers_of(given_part) == numbers_of(own)
    training, validation = parts_of([data, numbered([7], "one", 5)], [None, None])
    assert 5 in numbers_of(training)
    assert len(validation) == 1


def test_a_mix_that_leaves_nothing_to_validate_on_is_refused() -> None:
    with pytest.raises(SixpadError, match="too few"):
        parts_of([in_groups([5] * 6), numbered([7])], [None, None])
    with pytest.raises(SixpadError, match="between 0 and 1"):
        parts_of([numbered([1, 2]), numbered([3, 4])], [None, None], 1.0)
    with pytest.raises(SixpadError, match="No data"):
        parts_of([], [])


def test_joined_data_keep_their_groups_and_say_each_remark_once() -> None:
    remarked = replace(in_groups([5, 6]), remarks=("Two are damaged.",))
    both = joined([numbered([1, 2], "plain"), remarked, remarked])
    assert both.groups is not None
    assert both.groups.tolist() == [0, 0, 5, 6, 5, 6]
    assert both.remarks == ("Two are damaged.",)
    assert joined([numbered([1]), numbered([2])]).groups is None
    taken = both.take(np.array([3, 0]))
    assert taken.groups is not None
    assert taken.groups.tolist() == [6, 0]


def test_each_example_knows_the_source_it_is_from() -> None:
    sources = [generate(20, seed) for seed in (1, 2, 3)]
    mixed = joined([joined(sources[:2]), sources[2]])
    assert mixed.origins is not None
    assert mixed.origins.tolist() == [0] * 20 + [1] * 20 + [2] * 20
    taken = mixed.take(np.array([59, 0, 20]))
    assert taken.origins is not None
    assert taken.origins.tolist() == [2, 0, 1]
    for part in parts_of(sources, [None, 0.5, None]):
        assert part.origins is not None
        for at, source in enumerate(sources):
            known = {image.tobytes() for image in source.images}
            assert all(image.tobytes() in known for image in part.images[part.origins == at])
