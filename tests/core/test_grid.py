"""The pen, centre-and-fit and the packing, against slow references and by their properties."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sixpad.core.grid import (
    FITTED_SIDE,
    PIXELS,
    SIDE,
    SMALLEST_SCALED,
    Ink,
    Point,
    Region,
    blank,
    centre_and_fit,
    draw_segment,
    draw_segments,
    draw_strokes,
    moved,
    pack,
    to_vector,
    unpack,
)

Eighths = tuple[int, int]

# Coordinates and radii in eighths of a pixel make the pen's rule exact in whole numbers.
eighths = st.tuples(st.integers(-8 * 8, 32 * 8), st.integers(-8 * 8, 32 * 8))
widths = st.sampled_from([1.0, 1.5, 2.0, 2.5, 3.0, 4.0])
on_canvas = st.tuples(*[st.floats(0, SIDE, exclude_max=True, allow_subnormal=False)] * 2)
anywhere = st.tuples(*[st.floats(-40, 64, width=32, allow_subnormal=False)] * 2)
seeds = st.integers(0, 2**32)


def as_point(point: Eighths) -> Point:
    return point[0] / 8, point[1] / 8


def is_touched(row: int, column: int, start: Eighths, end: Eighths, width: float) -> bool:
    """Whether the pixel's centre lies within half the pen's width of the segment, exactly."""
    radius = round(4 * width)
    sx, sy = 8 * column + 4 - start[0], 8 * row + 4 - start[1]
    dx, dy = end[0] - start[0], end[1] - start[1]
    along, squared = sx * dx + sy * dy, dx * dx + dy * dy
    if along <= 0:
        return sx * sx + sy * sy <= radius * radius
    if along >= squared:
        return (sx - dx) ** 2 + (sy - dy) ** 2 <= radius * radius
    return (sx * dy - sy * dx) ** 2 <= radius * radius * squared


def drawn_slowly(start: Eighths, end: Eighths, width: float) -> Ink:
    ink = blank()
    for row in range(SIDE):
        for column in range(SIDE):
            ink[row, column] = is_touched(row, column, start, end, width)
    column, row = floor(start[0] / 8), floor(start[1] / 8)
    if start == end and not ink.any() and 0 <= row < SIDE and 0 <= column < SIDE:
        ink[row, column] = 1
    return ink


def noise(seed: int, share: float = 0.3) -> Ink:
    return (np.random.default_rng(seed).random((SIDE, SIDE)) < share).astype(np.uint8)


def box_of(ink: NDArray[np.bool_] | Ink) -> Region | None:
    rows, columns = np.nonzero(ink)
    if not len(rows):
        return None
    return Region(rows.min(), columns.min(), rows.max() + 1, columns.max() + 1)


def longer_side(ink: Ink) -> int:
    box = box_of(ink)
    return max(box.bottom - box.top, box.right - box.left) if box else 0


def is_one_piece(ink: Ink) -> bool:
    """Whether every two pixels of ink are joined by steps to one of eight neighbours."""
    left = {(int(row), int(column)) for row, column in np.argwhere(ink)}
    todo = [left.pop()] if left else []
    while todo:
        row, column = todo.pop()
        near = {(row + down, column + right) for down in (-1, 0, 1) for right in (-1, 0, 1)} & left
        left -= near
        todo.extend(near)
    return not left


# The pen


@given(start=eighths, end=eighths, width=widths)
@example(start=(8, 8), end=(8, 8), width=1.0)
@example(start=(96, 96), end=(97, 97), width=1.0)
@example(start=(-64, 96), end=(256, 96), width=1.0)
def test_the_pen_inks_exactly_the_pixels_of_its_rule(
    start: Eighths, end: Eighths, width: float
) -> None:
    grid = blank()
    draw_segment(grid, as_point(start), as_point(end), width)
    np.testing.assert_array_equal(grid, drawn_slowly(start, end, width))


@given(start=eighths, end=eighths, width=widths, ink=st.sampled_from([0, 1]), seed=seeds)
def test_the_region_is_tight_around_what_changed(
    start: Eighths, end: Eighths, width: float, ink: int, seed: int
) -> None:
    before = noise(seed)
    grid = before.copy()
    region = draw_segment(grid, as_point(start), as_point(end), width, ink)
    assert region == box_of(before != grid)
    assert (grid[before != grid] == ink).all()


@given(points=st.lists(on_canvas, min_size=1, max_size=6), width=st.floats(1, 4))
def test_a_stroke_has_no_gaps_at_any_speed(points: list[Point], width: float) -> None:
    grid = blank()
    draw_segment(grid, points[0], points[0], width)
    for start, end in pairwise(points):
        draw_segment(grid, start, end, width)
    assert grid.any()
    assert is_one_piece(grid)


@given(start=on_canvas, seed=seeds)
def test_a_slow_wandering_stroke_has_no_gaps(start: Point, seed: int) -> None:
    steps = np.random.default_rng(seed).uniform(-0.6, 0.6, (60, 2))
    grid = blank()
    here = start
    draw_segment(grid, here, here, 1)
    for right, down in steps:
        there = min(max(here[0] + right, 0), 23.99), min(max(here[1] + down, 0), 23.99)
        draw_segment(grid, here, there, 1)
        here = there
    assert is_one_piece(grid)


@given(point=on_canvas, width=st.floats(0.1, 4))
def test_a_dot_always_leaves_a_mark_where_it_is(point: Point, width: float) -> None:
    grid = blank()
    assert draw_segment(grid, point, point, width) is not None
    rows, columns = np.nonzero(grid)
    reach = max(width / 2, 0.5**0.5) + 1e-6
    assert (np.hypot(columns + 0.5 - point[0], rows + 0.5 - point[1]) <= reach).all()


@given(start=anywhere, end=anywhere, width=st.floats(1, 4), seed=seeds)
def test_the_eraser_takes_away_what_the_pen_gave_and_no_more(
    start: Point, end: Point, width: float, seed: int
) -> None:
    stroke = blank()
    draw_segment(stroke, start, end, width)
    before = noise(seed)
    grid = before.copy()
    draw_segment(grid, start, end, width)
    np.testing.assert_array_equal(grid, before | stroke)
    draw_segment(grid, start, end, width, ink=0)
    np.testing.assert_array_equal(grid, before & ~stroke & 1)


@given(start=anywhere, end=anywhere, width=st.floats(1, 4))
def test_both_directions_draw_the_same(start: Point, end: Point, width: float) -> None:
    assume(not near_the_rim(np.array([*start, *end]), width, 1e-6).any())
    there, back = blank(), blank()
    draw_segment(there, start, end, width)
    draw_segment(back, end, start, width)
    np.testing.assert_array_equal(there, back)


@pytest.mark.parametrize("far", [(-5.0, -5.0), (24.0, 12.0), (12.0, 1e6), (30.0, 30.0)])
def test_beyond_the_canvas_nothing_changes(far: Point) -> None:
    grid = blank()
    assert draw_segment(grid, far, (far[0] + 1, far[1] + 1), 1) is None
    assert draw_segment(grid, far, far, 1) is None
    assert not grid.any()


def test_strokes_are_drawn_segment_by_segment_and_a_point_is_a_dot() -> None:
    strokes = [np.array([[3, 3], [20, 5], [9, 18]]), np.array([[1.0, 22.0]]), np.empty((0, 2))]
    grid = blank()
    draw_segment(grid, (3, 3), (20, 5), 2)
    draw_segment(grid, (20, 5), (9, 18), 2)
    draw_segment(grid, (1, 22), (1, 22), 2)
    np.testing.assert_array_equal(draw_strokes(strokes, 2), grid)


# The pen in bulk


def near_the_rim(segment: NDArray[np.float64], width: float, margin: float) -> NDArray[np.bool_]:
    """The pixels (24, 24) whose distance to the segment is half the width, or nearly."""
    start, move = segment[:2], segment[2:] - segment[:2]
    rows, columns = np.mgrid[:SIDE, :SIDE] + 0.5
    offset = np.stack([columns, rows], axis=-1) - start
    along = np.clip(offset @ move / max(move @ move, 1e-12), 0, 1)
    distance = np.linalg.norm(offset - along[..., None] * move, axis=-1)
    return np.abs(distance - width / 2) < margin


@given(
    images=st.lists(
        st.tuples(st.lists(st.tuples(anywhere, anywhere), max_size=4), st.floats(1, 4, width=32)),
        min_size=1,
        max_size=4,
    )
)
def test_many_images_at_once_are_drawn_with_the_same_pen(
    images: list[tuple[list[tuple[Point, Point]], float]],
) -> None:
    segments = np.full((len(images), 4, 4), np.nan)
    expected = np.stack([blank() for _ in images])
    unsure = np.zeros(expected.shape, bool)
    for image, (lines, width) in enumerate(images):
        for which, (start, end) in enumerate(lines):
            segments[image, which] = *start, *end
            near = near_the_rim(segments[image, which], width, 1e-3)
            unsure[image] |= near
            if start != end:
                draw_segment(expected[image], start, end, width)
            else:  # in bulk a dot has no pixel but those it reaches
                expected[image] |= drawn_dot(start, width)
    drawn = draw_segments(segments, np.array([width for _, width in images]))
    assert drawn.dtype == np.uint8
    np.testing.assert_array_equal(np.where(unsure, 0, drawn), np.where(unsure, 0, expected))


def drawn_dot(point: Point, width: float) -> Ink:
    rows, columns = np.mgrid[:SIDE, :SIDE] + 0.5
    return (np.hypot(columns - point[0], rows - point[1]) <= width / 2).astype(np.uint8)


def test_a_segment_that_comes_from_far_away_costs_no_more_than_the_canvas() -> None:
    (drawn,) = draw_segments(np.array([[[-1e5, 12.0, 1e5, 12.0]]]), np.array([2.0]))
    assert np.nonzero(drawn.any(axis=1))[0].tolist() == [11, 12]
    assert drawn[11:13].all()


def test_no_images_and_no_segments_are_blank_paper() -> None:
    assert draw_segments(np.empty((0, 3, 4)), np.empty(0)).shape == (0, SIDE, SIDE)
    assert not draw_segments(np.empty((2, 0, 4)), np.ones(2)).any()


# Centre and fit


@st.composite
def inks(draw: st.DrawFn, connected: bool = False) -> Ink:
    """Ink of any size up to 40 by 40: a line that wanders, or scattered pixels."""
    height, width = draw(st.integers(1, 40)), draw(st.integers(1, 40))
    generator = np.random.default_rng(draw(seeds))
    if not connected and draw(st.booleans()):
        return (generator.random((height, width)) < draw(st.floats(0, 0.3))).astype(np.uint8)
    ink = np.zeros((height, width), np.uint8)
    row, column = int(generator.integers(height)), int(generator.integers(width))
    down, right = generator.integers(-1, 2, 2)
    for _ in range(draw(st.integers(1, 80))):
        ink[row, column] = 1
        if generator.random() < 0.3:
            down, right = generator.integers(-1, 2, 2)
        row, column = min(max(row + down, 0), height - 1), min(max(column + right, 0), width - 1)
    return ink


@given(ink=inks())
def test_fitting_twice_changes_nothing_more(ink: Ink) -> None:
    fitted = centre_and_fit(ink)
    assert fitted.shape == (SIDE, SIDE)
    assert fitted.dtype == np.uint8
    assert set(np.unique(fitted)) <= {0, 1}
    assert fitted.any() == ink.any()
    np.testing.assert_array_equal(centre_and_fit(fitted), fitted)


@given(ink=inks(connected=True))
def test_the_longer_side_becomes_twenty_pixels(ink: Ink) -> None:
    fitted = centre_and_fit(ink)
    before = longer_side(ink)
    assert longer_side(fitted) == (FITTED_SIDE if before >= SMALLEST_SCALED else before)


@given(ink=inks(connected=True))
def test_the_proportions_stay(ink: Ink) -> None:
    before, after = box_of(ink), box_of(centre_and_fit(ink))
    assert before is not None
    assert after is not None
    sides = before.bottom - before.top, before.right - before.left
    assume(max(sides) >= SMALLEST_SCALED)
    shorter = max(min(sides) * FITTED_SIDE / max(sides), 1)
    fitted = min(after.bottom - after.top, after.right - after.left)
    assert abs(fitted - shorter) <= 0.5


def cropped(ink: Ink) -> Ink:
    box = box_of(ink)
    return ink[box.top : box.bottom, box.left : box.right] if box else ink[:0, :0]


def scaled_slowly(ink: Ink) -> Ink:
    """Cropped ink (h, w) scaled by its rule in exact fractions, one pixel at a time."""
    longer = max(ink.shape)
    if longer < SMALLEST_SCALED:
        return ink
    height, width = (max(round(side * FITTED_SIDE / longer), 1) for side in ink.shape)
    result = np.zeros((height, width), np.uint8)
    if longer > FITTED_SIDE:
        for row, column in np.argwhere(ink):
            place = (2 * row + 1) * height // (2 * ink.shape[0])
            result[place, (2 * column + 1) * width // (2 * ink.shape[1])] = 1
        return result
    half = Fraction(1, 2)
    for row, column in np.ndindex(height, width):
        y = (row + half) * ink.shape[0] / height - half
        x = (column + half) * ink.shape[1] / width - half
        coverage = sum(
            max(1 - abs(y - i), 0) * max(1 - abs(x - j), 0)
            for i in (floor(y), floor(y) + 1)
            for j in (floor(x), floor(x) + 1)
            if 0 <= i < ink.shape[0] and 0 <= j < ink.shape[1] and ink[i, j]
        )
        result[row, column] = coverage >= half
    return result


@settings(max_examples=50)
@given(ink=inks())
def test_ink_is_scaled_by_its_rule(ink: Ink) -> None:
    assume(ink.any())
    expected = scaled_slowly(cropped(ink))
    np.testing.assert_array_equal(cropped(centre_and_fit(ink)), cropped(expected))


@given(ink=inks())
def test_the_centre_of_mass_is_in_the_middle_or_the_ink_at_the_border(ink: Ink) -> None:
    fitted = centre_and_fit(ink)
    assume(fitted.any())
    for lines in (fitted, fitted.T):
        centre = np.nonzero(lines)[0].mean() + 0.5
        if centre < SIDE / 2 - 0.5 - 1e-9:
            assert lines[-1].any()
        elif centre > SIDE / 2 + 0.5 + 1e-9:
            assert lines[0].any()


@given(
    height=st.integers(1, 2), width=st.integers(1, 2), top=st.integers(0, 22),
    left=st.integers(0, 22), seed=seeds,
)  # fmt: skip
def test_small_ink_is_moved_and_not_scaled(
    height: int, width: int, top: int, left: int, seed: int
) -> None:
    ink = blank()
    patch = np.random.default_rng(seed).integers(0, 2, (height, width))
    ink[top : top + height, left : left + width] = patch
    assume(ink.any())
    np.testing.assert_array_equal(cropped(centre_and_fit(ink)), cropped(ink))


@given(ink=inks(), top=st.integers(0, 20), left=st.integers(0, 20), margin=st.integers(0, 20))
def test_where_the_ink_stood_makes_no_difference(
    ink: Ink, top: int, left: int, margin: int
) -> None:
    around = np.pad(ink, ((top, margin), (left, margin)))
    np.testing.assert_array_equal(centre_and_fit(around), centre_and_fit(ink))


@given(seed=seeds, side=st.sampled_from([12, 24, 28, 50]), count=st.integers(0, 6))
def test_a_batch_gives_what_its_images_give_one_by_one(seed: int, side: int, count: int) -> None:
    generator = np.random.default_rng(seed)
    images = (generator.random((count, side, side)) < generator.random((count, 1, 1)) * 0.2).astype(
        np.uint8
    )
    fitted = centre_and_fit(images)
    assert fitted.shape == (count, SIDE, SIDE)
    for image, single in zip(images, fitted, strict=True):
        np.testing.assert_array_equal(centre_and_fit(image), single)


def test_one_drawing_is_fitted_as_many_are() -> None:
    """Thousands of drawings, most as a hand draws them, some as none does."""
    generator = np.random.default_rng(7)
    drawings = [blank()]
    for count in range(3000):
        turns = np.cumsum(generator.normal(0, 0.5, 1 + count % 40)) + generator.uniform(0, 7)
        steps = generator.uniform(0.2, 2) * np.column_stack([np.cos(turns), np.sin(turns)])
        path = generator.uniform(2, SIDE - 2, 2) + steps.cumsum(axis=0)
        drawings.append(draw_strokes([path], generator.choice([1.0, 2.0, 2.5, 4.0])))
    noise = generator.random((1000, SIDE, SIDE)) < generator.random((1000, 1, 1)) ** 4
    many = np.concatenate([np.array(drawings), noise.astype(np.uint8)])
    one_by_one = np.array([centre_and_fit(image) for image in many])
    assert np.array_equal(one_by_one, centre_and_fit(many))


def test_more_images_than_one_block_holds() -> None:
    image = draw_strokes([np.array([[4, 4], [15, 9]])], 2)
    many = np.repeat(image[None], 2000, axis=0)
    assert (centre_and_fit(many) == centre_and_fit(image)).all()


@pytest.mark.parametrize("shape", [(24, 24), (28, 28), (1, 1), (100, 7)])
def test_a_blank_image_stays_blank(shape: tuple[int, int]) -> None:
    assert not centre_and_fit(np.zeros(shape, np.uint8)).any()


@pytest.mark.parametrize("side", [3, 10, 20, 24, 28])
def test_a_square_of_another_size_becomes_the_square_of_twenty(side: int) -> None:
    ink = np.zeros((28, 28), np.uint8)
    ink[:side, :side] = 1
    fitted = centre_and_fit(ink)
    assert box_of(fitted) == (2, 2, 22, 22)
    # Interpolated against the paper, only the corners of enlarged ink are rounded.
    assert fitted[2:22, 2:22].mean() >= 0.97
    assert side < FITTED_SIDE or fitted.sum() == FITTED_SIDE**2


def test_where_ink_shrinks_no_thin_line_is_lost() -> None:
    for side in range(21, 60):
        ink = np.zeros((side, side), np.uint8)
        ink[0] = ink[-1] = ink[:, 0] = ink[:, -1] = 1
        fitted = centre_and_fit(ink)
        assert box_of(fitted) == (2, 2, 22, 22)
        assert fitted.sum() == 4 * (FITTED_SIDE - 1)


# Moving, and the row vector


@given(seed=seeds, share=st.floats(0, 0.2), down=st.integers(-30, 30), right=st.integers(-30, 30))
def test_moving_stops_at_the_border_and_loses_nothing(
    seed: int, share: float, down: int, right: int
) -> None:
    grid = noise(seed, share)
    grid[: seed % 9] = 0
    grid[:, : seed % 7] = 0
    before = grid.copy()
    result = moved(grid, down, right)
    np.testing.assert_array_equal(grid, before)
    assert not np.shares_memory(result, grid)
    old, new = box_of(grid), box_of(result)
    if old is None or new is None:
        assert old is new is None
        return
    assert new.top == min(max(old.top + down, 0), SIDE - (old.bottom - old.top))
    assert new.left == min(max(old.left + right, 0), SIDE - (old.right - old.left))
    np.testing.assert_array_equal(cropped(result), cropped(grid))
    assert result.sum() == grid.sum()


def test_the_row_vector_goes_row_by_row() -> None:
    grid = blank()
    grid[1, 2] = 1
    X = to_vector(grid)
    assert X.shape == (PIXELS,)
    assert X.dtype == np.float32
    assert np.nonzero(X)[0].tolist() == [SIDE + 2]


@given(seed=seeds, count=st.integers(0, 5))
def test_packing_and_unpacking_gives_the_images_back(seed: int, count: int) -> None:
    images = np.random.default_rng(seed).integers(0, 2, (count, PIXELS), np.uint8)
    packed = pack(images)
    assert packed.shape == (count, ceil(PIXELS / 8)) == (count, 72)
    assert packed.dtype == np.uint8
    np.testing.assert_array_equal(unpack(packed), images)


@pytest.mark.parametrize("pixel", [0, 1, 7, 8, 575])
def test_the_first_pixel_is_the_highest_bit(pixel: int) -> None:
    image = np.zeros((1, PIXELS), np.uint8)
    image[0, pixel] = 1
    expected = [0] * 72
    expected[pixel // 8] = 128 >> pixel % 8
    assert pack(image)[0].tolist() == expected
