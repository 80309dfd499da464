"""What is drawn of long curves: all their peaks, in few points, and the same however it came."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from sixpad.gui.axes import Frame, Span
from sixpad.gui.history import History
from sixpad.gui.loss_curves import LossCurves, running_mean, thinned
from sixpad.gui.loss_picture import loss_ticks
from sixpad.gui.loss_spans import fitting
from sixpad.gui.stretches import Stretches

values = st.lists(
    st.floats(-1e3, 1e3) | st.sampled_from([np.inf, -np.inf, np.nan]), min_size=1, max_size=700
)


@given(values, st.integers(2, 30))
def test_a_running_mean_is_that_of_the_losses_that_are_numbers(
    losses: list[float], length: int
) -> None:
    points = np.column_stack([np.arange(len(losses)), losses])
    means = running_mean(points, length)
    if len(losses) <= length:
        np.testing.assert_array_equal(means, points)
        return
    count = len(losses) // length
    assert len(means) == count
    for place, (x, mean) in enumerate(means):
        part = points[place * length : (place + 1) * length if place + 1 < count else None]
        finite = part[np.isfinite(part[:, 1]), 1]
        assert x == pytest.approx(part[:, 0].mean())
        assert mean == pytest.approx(finite.mean() if len(finite) else np.nan, nan_ok=True)


@pytest.mark.parametrize("loss", [0.0, 1e-30, 0.3, 1e13, -1e20, 3e38])
@pytest.mark.parametrize("log", [False, True])
def test_a_history_of_one_loss_has_axes(loss: float, log: bool) -> None:
    history = History()
    history.extend(np.array([[0.0, loss], [1.0, loss]]), [])
    x, y = fitting(history, log=log, ended=True)
    assert x.length > 0
    assert y.length > 0
    assert len(loss_ticks(y, 200, log)) > 0
    assert len(LossCurves(history, Frame(QRectF(0, 0, 100, 100), x, y), 1, log=log).training(0)) > 0


@given(values, st.lists(st.integers(1, 200), max_size=8), st.data())
def test_stretches_hold_the_bounds_of_their_values(
    numbers: list[float], pieces: list[int], data: st.DataObject
) -> None:
    """In one piece or in many, cut back and gone on."""
    all_values, stretches = np.array(numbers), Stretches()
    for end in np.cumsum(pieces, dtype=int):
        stretches.follow(all_values[:end])
    taken = min(sum(pieces), len(numbers))
    stretches.cut(all_values[: data.draw(st.integers(0, taken))])
    stretches.follow(all_values)
    for size in (1, 16, 64, 256):
        count = -(-len(numbers) // size)
        begin = data.draw(st.integers(0, count - 1))
        low, high, mean = stretches.bounds(all_values, begin, count, size)
        for place in range(count - begin):
            part = all_values[(begin + place) * size : (begin + place + 1) * size]
            part = part[np.isfinite(part)]
            if not len(part):
                assert np.isnan([low[place], high[place], mean[place]]).all()
                continue
            assert (low[place], high[place]) == (part.min(), part.max())
            if len(part) == size:
                assert mean[place] == pytest.approx(part.mean(), abs=1e-9)
    finite = all_values[np.isfinite(all_values)]
    expected = (finite.min(), finite.max()) if len(finite) else (np.nan, np.nan)
    np.testing.assert_equal(stretches.extremes, expected)


@given(st.lists(st.floats(0, 40), min_size=1, max_size=300), st.sampled_from([1.0, 1.5, 2.0]))
def test_a_thinned_line_has_two_points_a_column_and_every_peak(
    places: list[float], dots: float
) -> None:
    x = np.sort(places)
    y = np.random.default_rng(len(places)).normal(size=len(x))
    thin_x, thin_y = thinned(x, y, dots)
    assert (np.diff(thin_x) >= 0).all()
    for column in np.unique(np.floor(x * dots)):
        before, after = y[np.floor(x * dots) == column], thin_y[np.floor(thin_x * dots) == column]
        assert len(after) <= 2
        assert (after.min(), after.max()) == (before.min(), before.max())
    assert set(thin_y.tolist()) <= set(y.tolist())


def test_nothing_is_thinned_to_nothing() -> None:
    x, y = thinned(np.empty(0), np.empty(0))
    assert len(x) == len(y) == 0


def history_of(losses: np.ndarray, batches: int = 100) -> History:
    history = History()
    history.extend(np.column_stack([np.arange(1, len(losses) + 1) / batches, losses]), [])
    return history


def curves_of(history: History) -> LossCurves:
    end = float(history.training[-1, 0])
    frame = Frame(QRectF(40, 10, 600, 200), Span(0, end), Span(0, 10))
    return LossCurves(history, frame, 100, log=False)


def test_a_million_steps_are_drawn_with_all_peaks_and_few_points() -> None:
    losses = np.full(1_000_000, 1.0)
    peaks = np.random.default_rng(1).choice(len(losses), 50, replace=False)
    losses[peaks] = 9.0
    curves = curves_of(history_of(losses))
    line = curves.training(0)
    assert len(line) <= 2 * 602
    high = {int(point.x()) for point in line if abs(point.y() - curves._frame.down(9.0)) < 1e-6}
    for peak in peaks:
        x = curves._frame.across((peak + 1) / 100)
        assert {int(x) - 1, int(x), int(x) + 1} & high


def test_the_mean_of_a_million_steps_is_their_mean() -> None:
    losses = np.random.default_rng(2).uniform(0, 4, 1_000_000)
    curves = curves_of(history_of(losses))
    line = curves.mean(0)
    assert 300 < len(line) <= 2 * 602
    _, mean = curves._frame.at(line[len(line) // 2])
    assert mean == pytest.approx(2, abs=0.25)


@pytest.mark.parametrize("count", [40, 3000, 200_000])
def test_a_part_of_a_line_is_that_part_of_the_whole(count: int) -> None:
    """Right of where it was asked for, a line does not depend on where that was."""
    curves = curves_of(history_of(np.random.default_rng(3).uniform(0, 4, count)))
    for line in (curves.training, curves.mean):
        whole = line(0)
        for left in (100, 333, 604, 639):
            part = [point for point in line(left) if point.x() >= left]
            assert part == [point for point in whole if point.x() >= left]
