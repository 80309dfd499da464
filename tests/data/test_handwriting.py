"""The handwriting generator: the same by seed, balanced, in every form; its stream and sheets."""

from __future__ import annotations

from itertools import islice, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sixpad.core.grid import SIDE, centre_and_fit
from sixpad.core.preparation import Preparation
from sixpad.data import handwriting
from sixpad.data.digit_shapes import FORMS
from sixpad.data.handwriting import MOST_DIGITS, generate, sample_sheet, stream
from sixpad.data.handwriting_style import Handwriting
from sixpad.data.writing import write
from sixpad.errors import SixpadError

EVERY_FORM = [(digit, form) for digit in range(10) for form in range(len(FORMS[digit]))]


def test_the_same_seed_gives_the_same_digits() -> None:
    one, other = generate(5200, 4), generate(5200, 4)
    assert np.array_equal(one.images, other.images)
    assert np.array_equal(one.labels, other.labels)
    assert one.name == "handwriting:5200:4"


def test_other_seeds_give_other_digits_in_another_order() -> None:
    one, other = generate(500, 4), generate(500, 5)
    assert not np.array_equal(one.labels, other.labels)
    assert not {image.tobytes() for image in one.images} & {i.tobytes() for i in other.images}


@pytest.mark.parametrize("count", [*range(1, 11), 23, 5003])
def test_labels_are_balanced_and_images_are_ink(count: int) -> None:
    data = generate(count, 1)
    assert data.images.shape == (count, SIDE * SIDE)
    assert data.images.dtype == data.labels.dtype == np.uint8
    counts = np.bincount(data.labels, minlength=10)
    assert counts.max() - counts.min() <= 1
    assert data.images.max() == 1
    assert data.images.any(axis=1).all()


def test_labels_are_shuffled() -> None:
    labels = generate(1000, 2).labels.astype(int)
    assert 50 < (np.diff(labels) == 0).sum() < 150


def test_the_odd_digit_out_is_left_to_chance() -> None:
    assert len({int(generate(1, seed).labels[0]) for seed in range(20)}) > 3


def test_fit_is_the_apps_own_centre_and_fit() -> None:
    raw, fitted = generate(400, 3, preparation=Preparation.AS_DRAWN), generate(400, 3)
    assert np.array_equal(raw.labels, fitted.labels)
    assert np.array_equal(
        centre_and_fit(raw.images.reshape(-1, SIDE, SIDE)).reshape(-1, SIDE * SIDE), fitted.images
    )
    assert not np.array_equal(raw.images, fitted.images)


def test_without_fit_digits_lie_anywhere_in_many_sizes() -> None:
    ink = (
        generate(2000, 3, preparation=Preparation.AS_DRAWN)
        .images.reshape(-1, SIDE, SIDE)
        .astype(bool)
    )
    rows, columns = ink.any(axis=2), ink.any(axis=1)
    longer = np.maximum(rows.sum(axis=1), columns.sum(axis=1))
    assert longer.min() >= 10
    assert longer.max() <= 23
    assert len(np.unique(longer)) >= 9
    assert len(np.unique(rows.argmax(axis=1))) >= 9
    assert len(np.unique(columns.argmax(axis=1))) >= 9


def test_generate_uses_every_form_by_its_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    met: dict[tuple[int, int], int] = dict.fromkeys(EVERY_FORM, 0)

    def spy(labels: NDArray[Any], forms: NDArray[Any], *_: Any) -> NDArray[Any]:
        for label, form in zip(labels.tolist(), forms.tolist(), strict=True):
            met[label, form] += 1
        return np.zeros((len(labels), SIDE, SIDE), np.uint8)

    monkeypatch.setattr(handwriting, "write", spy)
    generate(40_000, 0)
    for digit, form in EVERY_FORM:
        total = sum(each.weight for each in FORMS[digit])
        expected = 4000 * FORMS[digit][form].weight / total
        assert abs(met[digit, form] - expected) < 6 * np.sqrt(expected)


def test_the_images_hold_the_digits_of_their_labels() -> None:
    """A linear least-squares fit on half of the digits recognises the other half."""
    data = generate(6000, 11)
    X = data.images.astype(np.float64)
    training, test = slice(0, 4000), slice(4000, None)
    gram = X[training].T @ X[training] + 100 * np.eye(X.shape[1])
    W = np.linalg.solve(gram, X[training].T @ np.eye(10)[data.labels[training]])
    right = (X[test] @ W).argmax(axis=1) == data.labels[test]
    assert right.mean() > 0.75


@pytest.mark.parametrize("count", [1, 10, 7600])
def test_progress_rises_to_one(count: int) -> None:
    told: list[float] = []
    generate(count, 0, on_progress=told.append)
    assert told[-1] == 1
    assert all(one < other for one, other in pairwise(told))
    assert min(told) > 0
    assert len(told) == 1 or count > 1000


@pytest.mark.parametrize("count", [0, -1, MOST_DIGITS + 1])
def test_a_bad_count_is_refused(count: int) -> None:
    with pytest.raises(SixpadError, match=str(count)):
        generate(count)


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(SixpadError, match="seed -3"):
        generate(10, -3)


def first(blocks: int, **options: Any) -> list[handwriting.Dataset]:
    return list(islice(stream(5, block=30, **options), blocks))


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 2**64), start=st.integers(0, 10**6), count=st.integers(1, 45))
def test_a_stream_can_be_taken_up_at_any_block(seed: int, start: int, count: int) -> None:
    *_, last = islice(stream(seed, start=start, block=count), 3)
    again = next(stream(seed, start=start + 2, block=count))
    assert np.array_equal(last.images, again.images)
    assert np.array_equal(last.labels, again.labels)
    assert last.name == again.name


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 2**64), start=st.integers(0, 10**6), count=st.integers(1, 45))
def test_blocks_of_a_stream_are_balanced(seed: int, start: int, count: int) -> None:
    for block in islice(stream(seed, start=start, block=count), 2):
        assert block.images.shape == (count, SIDE * SIDE)
        counts = np.bincount(block.labels, minlength=10)
        assert counts.max() - counts.min() <= 1


def test_a_stream_repeats_neither_itself_nor_generate_nor_another_seed() -> None:
    blocks = first(40)
    seen = [image.tobytes() for block in blocks for image in block.images]
    assert len(set(seen)) == len(seen)
    assert len({block.labels.tobytes() for block in blocks}) == len(blocks)
    others = [generate(30, 5), next(stream(6, block=30)), next(stream(5 + 2**32, block=30))]
    assert not set(seen) & {image.tobytes() for each in others for image in each.images}


def test_a_stream_is_fitted_unless_told_otherwise() -> None:
    (raw,), (fitted,) = first(1, preparation=Preparation.AS_DRAWN), first(1)
    assert np.array_equal(
        centre_and_fit(raw.images.reshape(-1, SIDE, SIDE)).reshape(-1, SIDE * SIDE), fitted.images
    )
    assert not np.array_equal(raw.images, fitted.images)


def test_a_stream_writes_in_the_style_it_is_given() -> None:
    thin = Handwriting(pen_narrowest=1, pen_usual=1, pen_widest=1)
    assert first(1, style=thin)[0].images.sum() < 0.8 * first(1)[0].images.sum()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [({"seed": -1}, "seed -1"), ({"start": -2}, "block -2"), ({"block": 0}, "0 digits")],
)
def test_a_bad_stream_is_refused_at_once(options: dict[str, int], sentence: str) -> None:
    with pytest.raises(SixpadError, match=sentence):
        stream(**options)


@pytest.fixture
def forms_written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The forms that the last sheet was written in, one after the other."""
    met: list[int] = []

    def spy(labels: NDArray[Any], forms: NDArray[Any], *rest: Any) -> NDArray[Any]:
        met[:] = forms.tolist()
        return write(labels, forms, *rest)

    monkeypatch.setattr(handwriting, "write", spy)
    return met


@pytest.mark.parametrize("digit", range(10))
def test_a_sheet_shows_every_form_in_order_and_by_its_weight(
    digit: int, forms_written: list[int]
) -> None:
    weights = np.array([form.weight for form in FORMS[digit]])
    images = sample_sheet(digit, 500)
    assert images.shape == (500, SIDE, SIDE)
    assert images.any(axis=(1, 2)).all()
    assert forms_written == sorted(forms_written)
    counts = np.bincount(forms_written, minlength=len(weights))
    assert counts.min() >= 1
    assert np.abs(counts - 500 * weights / weights.sum()).max() < len(weights) + 2


@pytest.mark.parametrize("count", [1, 3, 12])
def test_a_small_sheet_shows_no_form_twice_before_all_are_there(
    count: int, forms_written: list[int]
) -> None:
    for digit, forms in enumerate(FORMS):
        assert len(sample_sheet(digit, count)) == count
        assert len(set(forms_written)) == min(count, len(forms))


def test_a_sheet_is_the_same_by_seed() -> None:
    one, same, other = (sample_sheet(2, 40, seed) for seed in (3, 3, 4))
    assert np.array_equal(one, same)
    assert not {image.tobytes() for image in one} & {image.tobytes() for image in other}


@pytest.mark.parametrize(
    "change",
    [{"slant": 0.11}, {"slant_spread": 0.23}, {"aspect": 0.82}, {"jitter": 0.04},
     {"stroke_shift": 0.032}, {"warp": 0.054}, {"truncation": 0.023}, {"tremor": 0.01},
     {"pen_usual": 2.0}, {"pen_widest": 4.4}, {"rotation_spread": 5.5}, {"aspect_spread": 0.24}],
    ids=str,
)  # fmt: skip
def test_a_small_change_of_the_style_changes_the_samples_a_little(
    change: dict[str, float],
) -> None:
    """The pixels that change are few, beside those that differ from sample to sample."""
    before, after = (
        sample_sheet(5, 80),
        sample_sheet(5, 80, style=Handwriting(**change)),
    )
    changed = (before != after).mean()
    assert 0 < changed < 0.25 * (before != np.roll(before, 1, axis=0)).mean()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [((10, 5), "samples of 10"), ((-1, 5), "samples of -1"), ((3, 0), "0 digits"),
     ((3, 5, -1), "seed -1")],
)  # fmt: skip
def test_a_bad_sheet_is_refused(arguments: tuple[int, ...], sentence: str) -> None:
    with pytest.raises(SixpadError, match=sentence):
        sample_sheet(*arguments)
