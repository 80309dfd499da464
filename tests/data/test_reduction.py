"""From grey levels to ink, and from ink of any size to the grid."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from sixpad.core.grid import SIDE, centre_and_fit
from sixpad.core.preparation import Preparation
from sixpad.data.images import image_to_ink, reduce_to_grid

# --- from grey levels to ink


@given(seed=st.integers(0, 1000), paper=st.integers(0, 127), height=st.integers(3, 9))
def test_the_border_is_paper_and_the_inverse_has_the_same_ink(
    seed: int, paper: int, height: int
) -> None:
    grey = np.random.default_rng(seed).integers(paper, 256, (height, 7), np.uint8)
    grey[1, 1] = 255
    grey[[0, -1]] = paper
    grey[:, [0, -1]] = paper
    ink = image_to_ink(grey)
    np.testing.assert_array_equal(ink, grey >= (paper + 255) / 2)
    np.testing.assert_array_equal(image_to_ink(255 - grey), ink)


def test_ink_may_touch_the_border_up_to_half_of_it() -> None:
    grey = np.full((5, 6), 200, np.uint8)
    grey[:, :3] = 90  # 9 of the border's 18 pixels
    grey[0, 2] = 200
    np.testing.assert_array_equal(image_to_ink(grey), grey == 90)
    grey[0, 2:4] = 90
    np.testing.assert_array_equal(image_to_ink(grey), grey == 200)


def test_what_is_ink_can_be_said() -> None:
    grey = np.array([[10, 10, 10], [10, 250, 130], [10, 10, 129]], np.uint8)
    light = [[0, 0, 0], [0, 1, 1], [0, 0, 0]]
    assert image_to_ink(grey).tolist() == light
    assert image_to_ink(grey, "light").tolist() == light
    assert image_to_ink(grey, "dark").tolist() == [[1, 1, 1], [1, 0, 1], [1, 1, 1]]


@pytest.mark.parametrize("level", [0, 1, 128, 255])
@pytest.mark.parametrize("ink", [None, "dark", "light"])
def test_an_image_of_one_level_is_blank_paper(level: int, ink: str | None) -> None:
    assert not image_to_ink(np.full((3, 4), level, np.uint8), ink).any()


def test_images_of_a_batch_are_judged_each_for_itself() -> None:
    grey = np.random.default_rng(0).integers(0, 256, (50, 6, 5), np.uint8)
    grey[:9] //= 9
    np.testing.assert_array_equal(image_to_ink(grey), [image_to_ink(image) for image in grey])


# --- to the grid


@settings(deadline=None, max_examples=100)
@given(
    height=st.integers(1, 130), width=st.integers(1, 130), density=st.floats(0, 1),
    seed=st.integers(0, 1000), preparation=st.sampled_from(Preparation),
)  # fmt: skip
def test_ink_of_any_size_reaches_the_grid(
    height: int, width: int, density: float, seed: int, preparation: Preparation
) -> None:
    ink = (np.random.default_rng(seed).random((height, width)) < density**3).astype(np.uint8)
    grid = reduce_to_grid(ink, preparation)
    assert grid.shape == (SIDE, SIDE)
    assert grid.dtype == np.uint8
    assert grid.max() <= 1
    assert grid.any() == ink.any()
    if preparation.fits:
        np.testing.assert_array_equal(centre_and_fit(grid), grid)


def test_small_ink_goes_straight_through_centre_and_fit() -> None:
    ink = np.random.default_rng(3).integers(0, 2, (20, 28, 28), np.uint8)
    ink[:, :, :2] = ink[:, :, -2:] = ink[:, :2] = ink[:, -2:] = 0
    np.testing.assert_array_equal(reduce_to_grid(ink), centre_and_fit(ink))
    wide = np.pad(ink, ((0, 0), (30, 500), (9, 70)))
    np.testing.assert_array_equal(reduce_to_grid(wide), centre_and_fit(ink))


def test_ink_beyond_the_grid_is_scaled_by_area() -> None:
    ink = (np.random.default_rng(3).random((SIDE + 1, SIDE + 1)) < 0.6).astype(np.uint8)
    ink[0, 0] = ink[-1, -1] = 1
    # Fitting alone gives each shrunken pixel a place and so makes strokes thicker.
    assert reduce_to_grid(ink).sum() < centre_and_fit(ink).sum()


def test_a_batch_of_small_and_large_ink_equals_one_by_one() -> None:
    rng = np.random.default_rng(8)
    ink = np.zeros((30, 60, 50), np.uint8)
    for image in ink:
        top, left = rng.integers(0, 40, 2)
        image[top : top + rng.integers(1, 60), left : left + rng.integers(1, 50)] = 1
    for preparation in Preparation:
        one_by_one = [reduce_to_grid(image, preparation) for image in ink]
        np.testing.assert_array_equal(reduce_to_grid(ink, preparation), one_by_one)


@pytest.mark.parametrize("preparation", [Preparation.AS_DRAWN, Preparation.FITTED])
def test_enlarging_by_whole_numbers_is_undone(preparation: Preparation) -> None:
    grid = np.zeros((SIDE, SIDE), np.uint8)
    grid[2:22, 5:19] = np.random.default_rng(5).random((20, 14)) < 0.5
    grid[2, 5] = grid[21, 18] = 1
    for factor in (1, 2, 7, 50):
        large = grid.repeat(factor, 0).repeat(factor, 1)
        np.testing.assert_array_equal(reduce_to_grid(large, preparation), preparation(grid))


def test_without_fit_the_whole_image_fills_the_grid_in_its_aspect() -> None:
    for height, width in ((50, 100), (5, 10), (2000, 4000)):
        grid = reduce_to_grid(np.ones((height, width), np.uint8), preparation=Preparation.AS_DRAWN)
        np.testing.assert_array_equal(np.nonzero(grid.any(1))[0], np.arange(6, 18))
        assert grid[6:18].all()


@pytest.mark.parametrize("preparation", [Preparation.AS_DRAWN, Preparation.FITTED])
@pytest.mark.parametrize("pen", [1, 3, 10, 60])
def test_thin_lines_of_large_images_survive_whole(preparation: Preparation, pen: int) -> None:
    image = Image.new("L", (1500, 1000), 255)
    corners = [(200, 900), (700, 100), (1300, 600), (250, 310)]
    ImageDraw.Draw(image).line(corners, fill=0, width=pen)
    grid = reduce_to_grid(image_to_ink(np.asarray(image)), preparation)
    # Walk along the line: at every step there is ink within a pixel.
    ink = np.argwhere(grid)
    scale = 20 / 1100 if preparation.fits else 24 / 1500
    path = np.concatenate([np.linspace(start, end, 200) for start, end in pairwise(corners)])
    places = path[:, ::-1] * scale
    places += ink.mean(axis=0) + 0.5 - places.mean(axis=0)
    distance = np.abs(places[:, None] - (ink + 0.5)[None]).max(axis=2).min(axis=1)
    assert distance.max() <= 1.5
    assert grid.mean() < 0.25  # and it is still a line


def test_scattered_specks_leave_something() -> None:
    ink = np.zeros((1000, 1000), np.uint8)
    ink[::100, ::100] = 1
    assert reduce_to_grid(ink).any()
    assert reduce_to_grid(ink, preparation=Preparation.AS_DRAWN).any()
