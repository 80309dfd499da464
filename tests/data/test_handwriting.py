"""The handwriting generator: the same by seed, balanced, on the canvas, in every form."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sixpad.core.grid import SIDE, centre_and_fit, draw_segments
from sixpad.data import handwriting
from sixpad.data.digit_shapes import FORMS
from sixpad.data.handwriting import MOST_DIGITS, Handwriting, generate, write
from sixpad.errors import SixpadError

STILL = Handwriting(
    slant_spread=0, rotation_spread=0, aspect_spread=0, jitter=0, warp=0, truncation=0, tremor=0
)
EVERY_FORM = [(digit, form) for digit in range(10) for form in range(len(FORMS[digit]))]


def form_name(digit_and_form: tuple[int, int]) -> str:
    digit, form = digit_and_form
    return f"{digit} {FORMS[digit][form].name}"


def written(digit: int, form: int, count: int, style: Handwriting | None = None) -> NDArray[Any]:
    labels, forms = np.full(count, digit, np.uint8), np.full(count, form)
    return write(labels, forms, style or Handwriting(), np.random.default_rng(0))


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
    raw, fitted = generate(400, 3, fit=False), generate(400, 3)
    assert np.array_equal(raw.labels, fitted.labels)
    assert np.array_equal(
        centre_and_fit(raw.images.reshape(-1, SIDE, SIDE)).reshape(-1, SIDE * SIDE), fitted.images
    )
    assert not np.array_equal(raw.images, fitted.images)


def test_without_fit_digits_lie_anywhere_in_many_sizes() -> None:
    ink = generate(2000, 3, fit=False).images.reshape(-1, SIDE, SIDE).astype(bool)
    rows, columns = ink.any(axis=2), ink.any(axis=1)
    longer = np.maximum(rows.sum(axis=1), columns.sum(axis=1))
    assert longer.min() >= 10
    assert longer.max() <= 23
    assert len(np.unique(longer)) >= 9
    assert len(np.unique(rows.argmax(axis=1))) >= 9
    assert len(np.unique(columns.argmax(axis=1))) >= 9


def test_no_ink_is_cut_off_at_the_border(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []

    def spy(segments: NDArray[Any], pens: NDArray[Any]) -> NDArray[Any]:
        drawn.append((segments, pens))
        return draw_segments(segments, pens)

    monkeypatch.setattr(handwriting, "draw_segments", spy)
    generate(6000, 7, fit=False)
    generate(500, 7, style=Handwriting(smallest_side=24, largest_side=24, free=1, pen_widest=8))
    for segments, pens in drawn:
        reach = pens[:, None, None] / 2
        assert np.nanmin(segments - reach) >= -1e-4
        assert np.nanmax(segments + reach) <= SIDE + 1e-4
        assert pens.min() >= 1


@pytest.mark.parametrize("digit_and_form", EVERY_FORM, ids=form_name)
def test_each_form_can_be_written(digit_and_form: tuple[int, int]) -> None:
    ink = written(*digit_and_form, 30)
    assert (ink.sum(axis=(1, 2)) >= 10).all()
    assert len({image.tobytes() for image in ink}) == 30


@pytest.mark.parametrize("digit", range(10))
def test_forms_of_a_digit_differ_in_more_than_chance(digit: int) -> None:
    images = [written(digit, form, 1, STILL)[0] for form in range(len(FORMS[digit]))]
    for one, other in combinations(images, 2):
        assert (one != other).any()


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
    assert right.mean() > 0.8


def test_wider_ranges_vary_more() -> None:
    calm = written(6, 0, 200, STILL).reshape(200, -1)
    lively = written(6, 0, 200).reshape(200, -1)
    assert centred_spread(lively) > 1.2 * centred_spread(calm)


def centred_spread(images: NDArray[Any]) -> float:
    """The mean variance of the pixels once the images are fitted."""
    fitted = centre_and_fit(images.reshape(-1, SIDE, SIDE))
    return float(fitted.var(axis=0).mean())


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


@pytest.mark.parametrize(
    "values",
    [
        {"jitter": -0.01},
        {"warp": float("nan")},
        {"slant": float("inf")},
        {"slant": -2.0},
        {"rotation_spread": 1e9},
        {"aspect": 0.0},
        {"aspect_spread": 3.0},
        {"pen_narrowest": 0.0},
        {"pen_narrowest": 5.0},
        {"pen_usual": 1.0},
        {"pen_narrowest": 2.0, "pen_usual": 2.0, "pen_widest": 2.0},
        {"pen_share": 0.0},
        {"most_ink": 0.0},
        {"free": 1.5},
        {"smallest_side": 23.0},
        {"smallest_side": 2.0},
        {"largest_side": 25.0},
        {"written_side": 2.0},
        {"written_side": 30.0},
    ],
    ids=str,
)
def test_a_bad_range_is_refused(values: dict[str, float]) -> None:
    with pytest.raises(SixpadError):
        Handwriting(**values)
