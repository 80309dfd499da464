"""Axes: where numbers lie in a plot, and the ticks, the grid and the names beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from sixpad.gui.numbers import MINUS
from sixpad.gui.theme import Theme, theme

GAP = 6
# Over so many decades only the powers of ten themselves are ticks.
_FEW_DECADES = 4


class Span(NamedTuple):
    """From `low` to `high`, the part of an axis that is seen."""

    low: float
    high: float

    @property
    def length(self) -> float:
        """How much is seen."""
        return self.high - self.low

    def padded(self, share: float, least: float) -> Span:
        """A span with `share` of itself added at both ends, `least` long at the least."""
        # A length that is less than the last digit of its ends would be none at all.
        least = max(least, 1e-9 * max(abs(self.low), abs(self.high)))
        more = max(self.length * share, (least - self.length) / 2)
        return Span(self.low - more, self.high + more)

    def zoomed(self, factor: float, around: float) -> Span:
        """The span `factor` times as long; what is at `around` stays where it is."""
        return Span(around + (self.low - around) * factor, around + (self.high - around) * factor)

    def moved(self, by: float) -> Span:
        """The span somewhere else."""
        return Span(self.low + by, self.high + by)

    def within(self, outer: Span) -> Span:
        """The span moved, and cut if it has to be, so that it does not leave another."""
        if self.length >= outer.length:
            return outer
        return self.moved(max(outer.low - self.low, 0) + min(outer.high - self.high, 0))


@dataclass(frozen=True)
class Frame:
    """Two spans and the rectangle of a widget that they fill; y grows upward."""

    rect: QRectF
    x: Span
    y: Span

    def across(self, x: Any) -> Any:
        """Where an x, or an array of them, lies in the widget."""
        return self.rect.left() + (x - self.x.low) * (self.rect.width() / self.x.length)

    def down(self, y: Any) -> Any:
        """Where a y, or an array of them, lies in the widget."""
        return self.rect.bottom() - (y - self.y.low) * (self.rect.height() / self.y.length)

    def at(self, position: QPointF) -> tuple[float, float]:
        """The x and y at a position in the widget."""
        return (
            self.x.low + (position.x() - self.rect.left()) * self.x.length / self.rect.width(),
            self.y.low + (self.rect.bottom() - position.y()) * self.y.length / self.rect.height(),
        )


class Tick(NamedTuple):
    """A marked place of an axis and what is written there."""

    at: float
    label: str


def even_ticks(span: Span, most: float) -> list[Tick]:
    """Ticks at equal steps of 1, 2 or 5 times a power of ten, about `most` of them."""
    rough = span.length / max(most, 1)
    power = 10.0 ** floor(log10(rough))
    step = next((power * mark for mark in (1, 2, 5) if power * mark >= rough), 10 * power)
    first, last = ceil(span.low / step - 1e-9), floor(span.high / step + 1e-9)
    decimals = max(-floor(log10(step) + 1e-9), 0)
    short = max(abs(span.low), abs(span.high)) < 1e5 and decimals < 5
    form = f".{decimals}f" if short else ".3g"
    # Adding 0.0 makes a zero of a negative zero.
    values = [place * step + 0.0 for place in range(first, last + 1)]
    return [Tick(value, f"{value:{form}}".replace("-", MINUS)) for value in values]


def decade_ticks(span: Span) -> list[Tick]:
    """For an axis of logarithms to the base ten: 1, 2 and 5 of each power, as plain numbers."""
    marks = (1,) if span.length > _FEW_DECADES else (1, 2, 5)
    every = max(ceil(span.length / 12), 1)
    places = [
        decade + log10(mark)
        for decade in range(floor(span.low), ceil(span.high) + 1)
        if decade % every == 0
        for mark in marks
    ]
    return powers_of_ten([at for at in places if span.low <= at <= span.high])


def powers_of_ten(places: Sequence[float]) -> list[Tick]:
    """Ticks at logarithms, with the numbers themselves in as many digits as tell them apart."""
    values, digits = [10.0**at for at in places], 3
    while digits < 9 and len({f"{value:.{digits}g}" for value in values}) < len(values):
        digits += 1
    return [Tick(at, plain(value, digits)) for at, value in zip(places, values, strict=True)]


def plain(value: float, digits: int) -> str:
    """A number above zero in so many digits, without a power of ten where it needs none."""
    if 1e-4 <= value < 1e5:
        return np.format_float_positional(
            value, precision=digits, unique=False, fractional=False, trim="-"
        )
    return f"{value:.{digits}g}".replace("-", MINUS)


def paint_axes(
    painter: QPainter, frame: Frame, across: Sequence[Tick], up: Sequence[Tick], name: str,
    colors: Theme | None = None,
) -> None:  # fmt: skip
    """The grid of the ticks `up`, what is written beside and below, and the name of x.

    In the colours that are in use now, or in others.
    """
    colors, rect, align = colors or theme(), frame.rect, Qt.AlignmentFlag
    height = painter.fontMetrics().height()
    for tick in up:
        y = round(frame.down(tick.at))
        painter.setPen(colors.color("line"))
        painter.drawLine(round(rect.left()), y, round(rect.right()), y)
        painter.setPen(colors.color("quiet"))
        beside = QRectF(0, y - height / 2, rect.left() - GAP, height)
        painter.drawText(beside, align.AlignRight | align.AlignVCenter, tick.label)
    edge = rect.right() + GAP
    painter.setPen(colors.color("quiet"))
    for tick in across:
        # The last one keeps inside the picture.
        width = painter.fontMetrics().horizontalAdvance(tick.label) + 2
        left = min(frame.across(tick.at) - width / 2, edge - width)
        painter.drawText(QRectF(left, rect.bottom() + 2, width, height), align.AlignHCenter,
                         tick.label)  # fmt: skip
    under = QRectF(rect.left(), rect.bottom() + height + 2, rect.width(), height)
    painter.drawText(under, align.AlignHCenter, name)
