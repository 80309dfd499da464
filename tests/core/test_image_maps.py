"""Maps of moved images: what they do to ink, and that they keep lines whole."""

from __future__ import annotations

from collections import Counter
from math import pi
from typing import Any

import numpy as np
import pytest

from sixpad.core.grid import PIXELS, SIDE, Ink, centre_and_fit, draw_strokes
from sixpad.core.image_maps import ACROSS, DOWN, MAPS, NEAREST, PAPER, Moves, image_maps


def moved(image: Ink, moves: Moves, seed: int = 6) -> Ink:
    """The image (24, 24) by each of the maps, (MAPS, 24, 24)."""
    maps = image_maps(moves, seed)
    found = np.append(image.reshape(-1), np.uint8(0))[maps]
    ink = found[:, NEAREST]
    if maps.shape[1] > 1:
        ink = ink | found[:, ACROSS] & found[:, DOWN]
    return ink.reshape(MAPS, SIDE, SIDE)


def line(width: float, angle: float = 0.0) -> Ink:
    """A straight line through the middle, 14 pixels long; at 0 it stands upright."""
    half = 7 * np.array([np.sin(angle), np.cos(angle)])
    return draw_strokes([np.array([12 - half, 12 + half])], width)


def pieces(image: Ink) -> int:
    """In how many pieces the ink is, where neighbours at a corner hang together."""
    left, count = {*zip(*np.nonzero(image), strict=True)}, 0
    while left:
        count += 1
        found = [left.pop()]
        while found:
            row, column = found.pop()
            near = {(row + r, column + c) for r in (-1, 0, 1) for c in (-1, 0, 1)} & left
            left -= near
            found += near
    return count


def lean_of(image: Ink) -> float:
    """By how many columns the ink goes to the right for each row down."""
    rows, columns = (places - places.mean() for places in np.nonzero(image))
    return float((rows * columns).sum() / (rows**2).sum())


def test_without_moves_every_pixel_comes_from_itself() -> None:
    maps = image_maps(Moves(), 6)
    assert (maps == np.arange(PIXELS)).all()


@pytest.mark.parametrize("most", range(1, 5))
def test_every_shift_is_there_as_often_and_brings_paper_in(most: int) -> None:
    image = (np.random.default_rng(1).random((SIDE, SIDE)) < 0.3).astype(np.uint8)
    room = np.pad(image, 2 * most)
    every = range(-most, most + 1)
    expected = {
        room[2 * most - down :, 2 * most - right :][:SIDE, :SIDE].tobytes()
        for down in every
        for right in every
    }
    often = Counter(one.tobytes() for one in moved(image, Moves(shift=most)))
    assert often.keys() == expected
    assert max(often.values()) - min(often.values()) <= 1


def test_a_rotation_turns_by_up_to_its_angle_to_either_side() -> None:
    angles = [np.arctan(lean_of(one)) for one in moved(line(3), Moves(rotation=20))]
    degrees = np.degrees(angles)
    assert np.abs(degrees).max() == pytest.approx(20, abs=1.5)
    assert degrees.min() < -18
    assert degrees.max() > 18
    assert degrees.mean() == pytest.approx(0, abs=2)


def test_a_slant_moves_rows_sideways_and_none_up_or_down() -> None:
    slanted = moved(line(3), Moves(slant=30))
    assert (slanted.any(axis=2) == line(3).any(axis=1)).all()
    degrees = np.degrees([np.arctan(lean_of(one)) for one in slanted])
    assert np.abs(degrees).max() == pytest.approx(30, abs=2)
    assert degrees.min() < -27
    assert degrees.max() > 27


def test_a_scale_makes_larger_and_smaller_by_up_to_its_share() -> None:
    square = np.zeros((SIDE, SIDE), np.uint8)
    square[7:17, 7:17] = 1
    sides = np.sqrt(moved(square, Moves(scale=0.3)).sum(axis=(1, 2)))
    assert sides.min() == pytest.approx(7, abs=1)
    assert sides.max() == pytest.approx(13, abs=1)
    assert sides.mean() == pytest.approx(10, abs=0.3)


def test_all_moves_are_about_the_middle() -> None:
    ring = draw_strokes(
        [np.array([[12 + 6 * np.cos(a), 12 + 6 * np.sin(a)] for a in np.linspace(0, 2 * pi, 40)])],
        3,
    )
    for moves in (Moves(rotation=45), Moves(scale=0.5), Moves(slant=20)):
        for one in moved(ring, moves):
            centre = [places.mean() for places in np.nonzero(one)]
            np.testing.assert_allclose(centre, 11.5, atol=0.6)


def test_what_comes_in_from_outside_is_paper() -> None:
    full = np.ones((SIDE, SIDE), np.uint8)
    for moves in (Moves(scale=0.5), Moves(rotation=45), Moves(slant=45), Moves(shift=4)):
        ink = moved(full, moves).sum(axis=(1, 2))
        assert ink.min() < PIXELS
        assert (image_maps(moves, 6) <= PAPER).all()


ALL = Moves(shift=2, rotation=15, scale=0.15, slant=15)


@pytest.mark.parametrize("moves", [ALL, Moves(rotation=15), Moves(scale=0.2), Moves(slant=15)])
def test_lines_of_two_pixels_stay_whole(moves: Moves) -> None:
    for angle in np.linspace(0, pi, 12, endpoint=False):
        assert max(map(pieces, moved(line(2, angle), moves))) == 1


@pytest.mark.parametrize("moves", [ALL, Moves(rotation=15), Moves(scale=0.2), Moves(slant=15)])
def test_lines_of_a_single_pixel_are_seldom_torn(moves: Moves) -> None:
    torn: list[int] = []
    without: list[int] = []
    for angle in np.linspace(0.05, pi, 12, endpoint=False):
        image = line(1, angle)
        torn += [pieces(one) > 1 for one in moved(image, moves)]
        nearest = image_maps(moves, 6)[:, NEAREST]
        plain = np.append(image.reshape(-1), np.uint8(0))[nearest].reshape(-1, SIDE, SIDE)
        without += [pieces(one) > 1 for one in plain]
    assert np.mean(torn) < 0.1
    assert np.mean(torn) < 0.7 * np.mean(without)


def test_lines_become_neither_thicker_nor_thinner() -> None:
    path = np.array([[6, 4], [17, 7], [8, 13], [16, 20]])
    for width, more in ((1.0, 0.1), (2.0, 0.05), (3.0, 0.04)):
        image = centre_and_fit(draw_strokes([path], width))
        moves = Moves(rotation=15, slant=15)
        share = moved(image, moves).sum(axis=(1, 2)).mean() / image.sum()
        assert 0.99 < share < 1 + more


@pytest.mark.parametrize("alone", [{"rotation": 10}, {"scale": 0.2}, {"slant": 10}, {"shift": 2}])
def test_the_same_seed_draws_the_same_maps_and_another_one_others(alone: dict[str, Any]) -> None:
    moves = Moves(**alone)
    first = image_maps(moves, 1).copy()
    image_maps.cache_clear()
    np.testing.assert_array_equal(image_maps(moves, 1), first)
    assert (image_maps(moves, 2) != first).any()
