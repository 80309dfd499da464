"""Distortion: what chance does to images and neurons in a step, and that it does it again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sixpad.core.backend import cpu
from sixpad.core.config import MOST_SHIFT, TrainingConfig
from sixpad.core.distortion import Distortion, StepDistortion
from sixpad.core.grid import PIXELS, SIDE


def of_step(step: int = 0, **settings: Any) -> StepDistortion:
    return Distortion(TrainingConfig(**settings), cpu("")).of_step(step)


def block(count: int, ink: float = 0.2, dtype: Any = np.float32) -> Any:
    """Images (count, 577) with ones in the last column, as they are given to a network."""
    X = np.ones((count, PIXELS + 1), dtype)
    X[:, :PIXELS] = np.random.default_rng(9).random((count, PIXELS)) < ink
    return X


def pictures(X: Any) -> Any:
    return X[:, :PIXELS].reshape(-1, SIDE, SIDE)


def moved(image: Any, down: int, right: int) -> Any:
    """An image (24, 24), moved; what leaves is lost, and paper comes in."""
    room = np.pad(image, MOST_SHIFT)
    rows, columns = MOST_SHIFT - down, MOST_SHIFT - right
    return room[rows : rows + SIDE, columns : columns + SIDE]


def shift_of(before: Any, after: Any, most: int) -> tuple[int, int]:
    """The one shift that makes the one of the other."""
    every = range(-most, most + 1)
    (found,) = [
        (down, right)
        for down in every
        for right in every
        if np.array_equal(moved(before, down, right), after)
    ]
    return found


@pytest.mark.parametrize(
    ("settings", "distorts"),
    [({}, False), ({"shift": 1}, True), ({"noise": 0.1}, True), ({"dropout": 0.1}, True)],
)
def test_there_is_one_where_a_configuration_asks_for_it(
    settings: dict[str, Any], distorts: bool
) -> None:
    assert bool(Distortion(TrainingConfig(**settings), cpu(""))) is distorts


# Shifts


@pytest.mark.parametrize("most", range(1, MOST_SHIFT + 1))
@pytest.mark.parametrize("times", [1, 3])
def test_every_shift_is_used_as_often_and_loses_only_ink_that_leaves(most: int, times: int) -> None:
    X = block(times * (2 * most + 1) ** 2)
    before = pictures(X).copy()
    of_step(shift=most).distort(X)
    shifts = [shift_of(*pair, most) for pair in zip(before, pictures(X), strict=True)]
    assert len(set(shifts)) == (2 * most + 1) ** 2
    assert {shifts.count(shift) for shift in shifts} == {times}


@pytest.mark.parametrize("count", [1, 2, 10, 128])
def test_any_number_of_images_is_shifted(count: int) -> None:
    X = block(count)
    before = pictures(X).copy()
    of_step(shift=1).distort(X)
    shifts = [shift_of(*pair, 1) for pair in zip(before, pictures(X), strict=True)]
    often = [shifts.count(shift) for shift in {*shifts}]
    assert max(often) - min(often) <= 1
    assert len(often) == min(count, 9)


def test_a_place_in_the_batch_meets_every_shift_in_time() -> None:
    met = set()
    for step in range(200):
        X = block(20)
        before = pictures(X)[0].copy()
        of_step(step, shift=1).distort(X)
        met.add(shift_of(before, pictures(X)[0], 1))
    assert len(met) == 9


# Noise


def test_noise_turns_over_a_share_of_the_pixels_whatever_they_were() -> None:
    X = block(400)
    before = X.copy()
    of_step(noise=0.1).distort(X)
    assert set(np.unique(X)) == {0, 1}
    turned = X != before
    assert turned[:, :PIXELS].mean() == pytest.approx(0.1, abs=0.005)
    for was in (0, 1):
        assert turned[:, :PIXELS][before[:, :PIXELS] == was].mean() == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize("settings", [{"shift": 2}, {"noise": 0.5}, {"shift": 1, "noise": 0.2}])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_column_of_ones_and_the_precision_stay(settings: dict[str, Any], dtype: Any) -> None:
    X = block(50, dtype=dtype)
    of_step(**settings).distort(X)
    assert (X[:, PIXELS] == 1).all()
    assert X.dtype == dtype


# Dropout


def test_dropout_leaves_out_a_share_and_makes_the_rest_larger() -> None:
    Y = np.ones((200, 300), np.float32)
    factor = of_step(dropout=0.3).drop(Y)
    np.testing.assert_array_equal(Y, factor)
    assert Y.dtype == np.float32
    assert (Y == 0).mean() == pytest.approx(0.3, abs=0.01)
    np.testing.assert_allclose(Y[Y > 0], 1 / 0.7, rtol=1e-6)
    assert Y.mean() == pytest.approx(1, abs=0.02)


def test_without_dropout_nothing_is_left_out() -> None:
    Y = np.ones((2, 3))
    assert of_step(shift=1).drop(Y) is None
    assert (Y == 1).all()


# The same numbers again


@pytest.mark.parametrize("settings", [{"shift": 2}, {"noise": 0.2}, {"dropout": 0.5}], ids=repr)
def test_a_step_has_its_own_numbers_and_has_them_again(settings: dict[str, Any]) -> None:
    def numbers(step: int, seed: int = 6) -> bytes:
        X, Y = block(40), np.ones((40, 12))
        distortion = of_step(step, seed=seed, **settings)
        distortion.distort(X)
        distortion.drop(Y)
        return X.tobytes() + Y.tobytes()

    assert numbers(7) == numbers(7)
    assert len({numbers(step) for step in range(20)}) == 20
    assert numbers(7, seed=6) != numbers(7, seed=5)
