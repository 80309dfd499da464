"""Preparation: what deskewing does to writing, and that all that is written comes through."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sixpad.core.grid import SIDE, Ink, centre_and_fit, draw_strokes
from sixpad.core.preparation import MAX_SHEAR, Preparation, deskew


def random_ink(seed: int, height: int, width: int, density: float) -> Ink:
    return (np.random.default_rng(seed).random((height, width)) < density).astype(np.uint8)


def slope(ink: Ink) -> float:
    """How far the writing leans: columns to the right for each row down, by least squares."""
    rows, columns = np.nonzero(ink)
    down = rows - rows.sum() / max(len(rows), 1)
    return float((down * columns).sum() / max((down**2).sum(), 1e-9))


def bar(lean: float, height: int = 20, width: int = 3, side: int = SIDE) -> Ink:
    """An upright bar, each row of it then moved to the right by `lean` for each row down."""
    ink = np.zeros((side, side), np.uint8)
    top = (side - height) // 2
    for row in range(top, top + height):
        left = round((side - width) / 2 + lean * (row - (side - 1) / 2))
        ink[row, left : left + width] = 1
    return ink


def cropped(ink: Ink) -> Ink:
    """What lies between the first and the last row and column of ink."""
    rows, columns = np.nonzero(ink.any(axis=1))[0], np.nonzero(ink.any(axis=0))[0]
    if not len(rows):
        return ink[:0, :0]
    found: Ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return found


sizes = given(
    seed=st.integers(0, 2**32),
    height=st.integers(1, 60),
    width=st.integers(1, 60),
    density=st.sampled_from([0.0, 0.01, 0.2, 0.7, 1.0]),
)


# Deskewing


@sizes
def test_every_row_keeps_its_ink_and_moves_as_a_whole(
    seed: int, height: int, width: int, density: float
) -> None:
    ink = random_ink(seed, height, width, density)
    before = ink.copy()
    upright = deskew(ink)
    assert upright.dtype == np.uint8
    assert upright.shape[0] == height
    np.testing.assert_array_equal(ink, before)
    for row, moved in zip(ink, upright, strict=True):
        np.testing.assert_array_equal(cropped(moved[None]), cropped(row[None]))


@sizes
def test_the_rows_move_in_proportion_to_their_distance(
    seed: int, height: int, width: int, density: float
) -> None:
    """The whole of it, one row after the other, in Python's own numbers."""
    ink = random_ink(seed, height, width, density)
    upright = deskew(ink)
    inked = [(row, column) for row, column in np.argwhere(ink).tolist()]
    if not inked:
        assert not upright.any()
        return
    middle = sum(row for row, _ in inked) / len(inked)
    lean = max(min(slope(ink), MAX_SHEAR), -MAX_SHEAR)
    moved = [
        np.argmax(ink[row]) - np.argmax(upright[row]) - lean * (row - middle)
        for row in range(height)
        if ink[row].any()
    ]
    # All of it may move as well; what each row moves by itself is rounded to whole pixels.
    assert max(moved) - min(moved) <= 1 + 1e-4


@sizes
def test_afterwards_it_leans_no_more_than_rounding_leaves(
    seed: int, height: int, width: int, density: float
) -> None:
    ink = random_ink(seed, height, width, density)
    if abs(slope(ink)) > MAX_SHEAR:
        return
    rows, _ = np.nonzero(ink)
    down = rows - rows.sum() / max(len(rows), 1)
    most = 0.5 * np.abs(down).sum() / max((down**2).sum(), 1e-9)
    assert abs(slope(deskew(ink))) <= most + 1e-4


@pytest.mark.parametrize("lean", np.linspace(-0.55, 0.55, 12).round(2))
@pytest.mark.parametrize("height", [10, 20])
def test_a_leaning_bar_comes_back_upright(lean: float, height: int) -> None:
    upright = cropped(deskew(bar(lean, height)))
    assert upright.shape[0] == height
    assert upright.shape[1] <= 3 + 1
    assert abs(slope(upright)) < 0.1
    assert abs(slope(bar(lean, height))) > abs(lean) - 0.05


@pytest.mark.parametrize("ink", [bar(0), bar(0, 4, 18), bar(0) | bar(0, 20, 14) - bar(0, 14, 14)])
def test_upright_writing_is_left_as_it_is(ink: Ink) -> None:
    np.testing.assert_array_equal(cropped(deskew(ink)), cropped(ink))
    np.testing.assert_array_equal(Preparation.DESKEWED(ink), Preparation.FITTED(ink))


@pytest.mark.parametrize("lean", [-2.0, -1.0, 1.0, 2.0])
def test_what_lies_down_is_not_torn_upright(lean: float) -> None:
    # A diagonal may be a stroke of its own: it is moved as far as writing leans and no farther.
    ink = bar(lean, height=9, width=2, side=40)
    after = slope(deskew(ink))
    assert abs(after) == pytest.approx(abs(lean) - MAX_SHEAR, abs=0.1)
    assert np.sign(after) == np.sign(lean)


@pytest.mark.parametrize("place", [(0, 0), (0, 23), (23, 0), (23, 23), (11, 4)])
def test_a_dot_and_a_single_row_do_not_lean(place: tuple[int, int]) -> None:
    dot = np.zeros((SIDE, SIDE), np.uint8)
    dot[place] = 1
    assert deskew(dot).sum() == 1
    row = np.zeros((SIDE, SIDE), np.uint8)
    row[place[0]] = 1
    assert cropped(deskew(row)).shape == (1, SIDE)


@pytest.mark.parametrize("shape", [(1, 1), (24, 24), (1, 50), (50, 1), (3, 24, 24), (0, 24, 24)])
def test_a_blank_image_stays_blank(shape: tuple[int, ...]) -> None:
    blank = np.zeros(shape, np.uint8)
    assert not deskew(blank).any()
    assert deskew(blank).shape[:-1] == shape[:-1]


def test_the_memory_it_takes_does_not_grow_with_the_number_of_images() -> None:
    images = np.ones((20_000, SIDE, SIDE), np.uint8)
    peaks = []
    for preparation in (Preparation.FITTED, Preparation.DESKEWED):
        tracemalloc.start()
        preparation(images)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    fitted, deskewed = peaks
    assert deskewed < 2 * fitted


def test_a_tall_image_takes_no_more_memory_than_its_pixels_ask_for() -> None:
    tall = np.ones((8000, 8), np.uint8)
    tracemalloc.start()
    deskew(tall)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 * tall.size


def test_many_images_are_deskewed_each_for_itself() -> None:
    images = np.stack([random_ink(seed, 24, 24, 0.05 * (seed % 7)) for seed in range(40)])
    for together, image in zip(deskew(images), images, strict=True):
        alone = deskew(image)
        np.testing.assert_array_equal(together[:, : alone.shape[1]], alone)
        assert not together[:, alone.shape[1] :].any()
    np.testing.assert_array_equal(
        Preparation.DESKEWED(images), [Preparation.DESKEWED(image) for image in images]
    )


@pytest.mark.parametrize("lean", [-0.4, 0.0, 0.5])
def test_a_large_image_is_deskewed_like_a_small_one(lean: float) -> None:
    upright = cropped(deskew(bar(lean, height=900, width=90, side=1500)))
    assert upright.shape[0] == 900
    assert upright.shape[1] <= 90 + 2
    assert abs(slope(upright)) < 1e-2


def six(seed: int, lean: float) -> Ink:
    """A six, written a little differently for each seed, that leans so."""
    angles = np.linspace(np.pi, 3 * np.pi, 26)
    loop = np.stack([4 * np.cos(angles), 5 + 4 * np.sin(angles)], axis=1)
    points = np.concatenate([[(4, -10), (-1, -6), (-4, 0)], loop])
    points += np.random.default_rng(seed).normal(0, 0.3, points.shape)
    return draw_strokes([points @ np.array([(1, 0), (lean, 1)]) + SIDE / 2], 2.5)


@pytest.mark.parametrize("lean", [-0.5, -0.3, 0.3, 0.5])
def test_deskewed_a_leaning_six_is_far_nearer_to_the_upright_one(lean: float) -> None:
    differ = [
        sum(int((prepare(six(seed, 0)) != prepare(six(seed, lean))).sum()) for seed in range(20))
        for prepare in (Preparation.FITTED, Preparation.DESKEWED)
    ]
    fitted, deskewed = differ
    assert deskewed < 0.6 * fitted


# All three


def written(seed: int) -> NDArray[np.uint8]:
    return np.stack([random_ink(seed + i, SIDE, SIDE, 0.1 * i) for i in range(8)])


@given(st.integers(0, 2**32))
def test_each_preparation_is_what_it_says(seed: int) -> None:
    images = written(seed)
    before = images.copy()
    np.testing.assert_array_equal(Preparation.AS_DRAWN(images), images)
    np.testing.assert_array_equal(Preparation.FITTED(images), centre_and_fit(images))
    np.testing.assert_array_equal(Preparation.DESKEWED(images), centre_and_fit(deskew(images)))
    np.testing.assert_array_equal(images, before)


@pytest.mark.parametrize("preparation", Preparation)
@given(st.integers(0, 2**32))
def test_the_shape_and_the_blank_paper_stay(preparation: Preparation, seed: int) -> None:
    images = written(seed)
    prepared = preparation(images)
    assert prepared.shape == images.shape
    assert prepared.dtype == np.uint8
    assert prepared.max() <= 1
    np.testing.assert_array_equal(prepared.any(axis=(1, 2)), images.any(axis=(1, 2)))
    assert preparation(images[3]).shape == (SIDE, SIDE)


def test_the_names_that_files_keep() -> None:
    assert [each.value for each in Preparation] == [
        "none", "centre-and-fit", "deskew-centre-and-fit",
    ]  # fmt: skip
    assert [each.fits for each in Preparation] == [False, True, True]
