"""Both curves of a training as lines of points that the screen can tell apart."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF

from sixpad.gui.axes import Frame
from sixpad.gui.history import History

Values = NDArray[np.float64]

_MEANS_AN_EPOCH = 4
# How far apart, in dots along either axis, hairlines may be that are seen as one line: where it
# falls steeply they lie √2 times as far from each other.
_STRAND = 0.56
# Where a loss is zero a logarithm has no place for it.
FLOOR = 1e-9
# So far outside of the picture a line still has the right slope in it, and Qt still has numbers.
_FARTHEST = 1e6


def heights(losses: Values, log: bool) -> Values:
    """The losses as they lie on the axis."""
    return np.log10(np.maximum(losses, FLOOR)) if log else losses


@dataclass(frozen=True)
class Grain:
    """How coarsely a frame shows a history: the points in a stretch, and those in a mean.

    A line is thinned where more than one of its points fall on one dot. As all of it depends on how
    dense the points are, a curve that grows keeps it.
    """

    stretch: int
    mean: int
    mean_stretch: int
    thin_training: bool
    thin_validation: bool


class LossCurves:
    """A history as it lies in a frame of so many dots a unit; `log` says how high the losses are.

    The work of each line goes with the dots that it is asked for and not with the points. A line
    that is to be thicker than a hair is there several times, up to `apart` from its middle.
    """

    def __init__(
        self, history: History, frame: Frame, batches: int, *, log: bool, dots: float = 1.0
    ) -> None:
        self._history, self._frame, self._log, self._dots = history, frame, log, dots
        self.grain = self._grain(batches)

    def _grain(self, batches: int) -> Grain:
        size_for = self._history.stretches.size_for
        a_dot = self._points_a_dot(self._history.training)
        mean = max(batches // _MEANS_AN_EPOCH, 1)
        mean *= max(round(2 * a_dot / mean), 1)
        stretch = size_for(mean / 8)
        return Grain(
            size_for(a_dot / 4), mean // stretch * stretch, stretch,
            a_dot > 1, self._points_a_dot(self._history.validation) > 1,
        )  # fmt: skip

    def _points_a_dot(self, points: Values) -> float:
        begin, end = np.searchsorted(points[:, 0], self._frame.x)
        if end - begin < 2:
            return 0.0
        width = self._frame.across(points[end - 1, 0]) - self._frame.across(points[begin, 0])
        return float((end - begin) / max(width * self._dots, 1))

    def settled(self, training: int, validation: int) -> float:
        """Left of this the lines of so many points stay as they are, whatever is added."""
        history, grain = self._history, self.grain
        if not training:
            return self._frame.rect.left()
        whole = max((training // grain.mean - 2) * grain.mean, 0)
        point = min(whole, (training - 1) // grain.stretch * grain.stretch)
        place = history.training[point, 0]
        if validation:
            place = min(place, history.validation[validation - 1, 0])
        return float(self._frame.across(place))

    def reaches_a_new_dot(self, training: int, validation: int) -> bool:
        """Whether more is to be seen than that many points."""
        epochs = self._history.training[:, 0]
        if len(self._history.validation) > validation or not training:
            return True
        before, now = self._frame.across(epochs[training - 1]), self._frame.across(epochs[-1])
        return bool((now - before) * self._dots >= 1)

    def training(self, left: float, apart: float = 0) -> list[QPointF]:
        """Every step's loss right of `left`, all its peaks with it."""
        size, points = self.grain.stretch, self._history.training
        begin, end = self._part(points, left, size)
        low, high, _ = self._history.stretches.bounds(points[:, 1], begin, end, size)
        epochs = points[begin * size : end * size : size, 0]
        if size == 1:
            return self._strands(self._line(epochs, low, thin=self.grain.thin_training), apart)
        both = np.stack([low, high], axis=1).reshape(-1)
        return self._strands(self._line(np.repeat(epochs, 2), both, thin=True), apart)

    def mean(self, left: float, apart: float = 0) -> list[QPointF]:
        """The running mean of the training loss right of `left`."""
        size, points = self.grain.mean_stretch, self._history.training
        count = self.grain.mean // size
        begin, end = self._part(points, left, self.grain.mean)
        begin, end = max(begin - 1, 0) * count, min((end + 1) * count, -(-len(points) // size))
        _, _, mean = self._history.stretches.bounds(points[:, 1], begin, end, size)
        first = np.arange(begin, end) * size
        last = np.minimum(first + size, len(points)) - 1
        x = (points[first, 0] + points[last, 0]) / 2
        epochs, losses = running_mean(np.stack([x, mean], axis=1), count).T
        return self._strands(self._line(epochs, losses), apart)

    def validation(self, left: float, apart: float = 0) -> list[QPointF]:
        """The loss on the validation part right of `left`."""
        points = self._history.validation
        begin, end = self._part(points, left, 1)
        epochs, losses = points[begin:end].T
        return self._strands(self._line(epochs, losses, thin=self.grain.thin_validation), apart)

    def end(self) -> QPointF | None:
        """The last of the validation losses, if it can be seen."""
        last = self._history.validation[-1:]
        if not len(last) or not np.isfinite(last[0, 1]):
            return None
        place = QPointF(self._frame.across(last[0, 0]), self._down(last[:, 1])[0])
        return place if self._frame.rect.adjusted(-1, -1, 1, 1).contains(place) else None

    def _part(self, points: Values, left: float, size: int) -> tuple[int, int]:
        """The stretches from some dots left of `left` to just right of the frame."""
        rect = self._frame.rect
        low, _ = self._frame.at(QPointF(left - 4 / self._dots, rect.top()))
        begin, end = np.searchsorted(points[:, 0], (low, self._frame.x.high))
        end = min(end + 1, len(points))
        return max(int(begin) // size - 1, 0), -(-int(end) // size)

    def _down(self, losses: Values) -> Values:
        with np.errstate(over="ignore"):
            down: Values = self._frame.down(heights(losses, self._log))
        return np.minimum(np.maximum(down, -_FARTHEST), _FARTHEST)

    def _line(self, epochs: Values, losses: Values, thin: bool = False) -> list[QPointF]:
        there = np.isfinite(losses)
        if not there.all():
            epochs, losses = epochs[there], losses[there]
        x, y = self._frame.across(epochs), self._down(losses)
        if thin:
            x, y = thinned(x, y, self._dots)
        return list(map(QPointF, x.tolist(), y.tolist()))

    def _strands(self, line: list[QPointF], apart: float) -> list[QPointF]:
        """A line there and back again, from `apart` on one side to as far on the other.

        Painted as hairlines they are one thicker line: any width but that of a hairline takes Qt
        ten times as long. They lie across lines that fall, as losses do, and on a finer screen
        there are more of them, so that none is seen by itself.
        """
        if not apart:
            return line
        whole: list[QPointF] = []
        for offset in np.linspace(apart, -apart, 1 + ceil(2 * apart * self._dots / _STRAND)):
            aside = QPointF(offset, -offset)
            whole += [place + aside for place in line]
            line = line[::-1]
        return whole


def thinned(x: Values, y: Values, dots: float = 1.0) -> tuple[Values, Values]:
    """A line (n,) by rising x with no more than two points in each column of dots.

    Where there are more it keeps the lowest and the highest, in the order in which it goes from one
    to the other.
    """
    if not len(x):
        return x, y
    column = np.floor(x * dots)
    begins = np.append(0, np.flatnonzero(column[1:] != column[:-1]) + 1)
    ends = np.append(begins[1:], len(x)) - 1
    low, high = np.minimum.reduceat(y, begins), np.maximum.reduceat(y, begins)
    first, last = y[begins], y[ends]
    rises, more = first <= last, ends - begins > 1
    first = np.where(more, np.where(rises, low, high), first)
    last = np.where(more, np.where(rises, high, low), last)
    both = np.ones((len(begins), 2), np.bool_)
    both[:, 1] = ends > begins
    kept = both.reshape(-1)
    return (
        np.stack([x[begins], x[ends]], axis=1).reshape(-1)[kept],
        np.stack([first, last], axis=1).reshape(-1)[kept],
    )


def running_mean(points: Values, length: int) -> Values:
    """The means (m, 2) of `length` points (n, 2) after the other; the last takes in the rest.

    Of the losses those count that are numbers; where none is, neither is the mean.
    """
    if length < 2 or len(points) <= length:
        return points
    begins = np.arange(0, len(points) - length + 1, length)
    counts = np.diff(begins, append=len(points))
    there = np.isfinite(points[:, 1])
    losses = np.add.reduceat(np.where(there, points[:, 1], 0), begins)
    numbers = np.add.reduceat(there, begins, dtype=np.intp)
    means = np.where(numbers > 0, losses / np.maximum(numbers, 1), np.nan)
    return np.stack([np.add.reduceat(points[:, 0], begins) / counts, means], axis=1)
