"""The position map on the screen: P in ink on paper for every shift, and the shift pointed at."""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from sixpad.core.grid import SIDE, Ink
from sixpad.core.position_map import NEAR, PLACES, REACH
from sixpad.gui.dots import Dots
from sixpad.gui.theme import theme
from sixpad.gui.tiles import shades
from sixpad.gui.widgets import ground, stand_alone, to_whole_pixels

_BORDER = 1
_LEVELS = 256
_BAR = 8
# Seen on ink and on paper alike, and no colour of evidence.
_GREY = QColor(0x8A, 0x86, 0x7F)
_MARKS = (("ink", 4), ("paper", 2))
_STEPS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}


class Shift(NamedTuple):
    """By how many pixels a drawing is moved down and to the right."""

    down: int = 0
    right: int = 0

    @property
    def words(self) -> str:
        """The shift as a person says it."""
        parts = [
            f"{abs(pixels)} {forth if pixels > 0 else back}"
            for pixels, forth, back in ((self.right, "right", "left"), (self.down, "down", "up"))
            if pixels
        ]
        return ", ".join(parts) or "where it is"


class PositionView(QWidget):
    """25×25 cells of a whole number of device pixels; `pointed` carries the Shift, or None."""

    pointed = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.cell = 6
        self.shift: Shift | None = None
        self._P: NDArray[np.float64] | None = None
        self._dots = Dots(PLACES, PLACES)
        stand_alone(self)
        self.setAccessibleName(f"{name}: the position map")
        self.setAccessibleDescription("Arrow keys slide the drawing, Home puts it back.")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def fit_to(self, side: float) -> None:
        """Make the cells as large as `side` (logical pixels) allows."""
        self.cell = max(int(side * self.devicePixelRatioF() - 2 * _BORDER) // PLACES, 3)
        self.setFixedSize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        ratio = self.devicePixelRatioF()
        # Where the scale is a fraction, the way to the next whole pixel needs room too.
        room = 0 if ratio.is_integer() else 1
        side = ceil((PLACES * self.cell + 2 * _BORDER + room) / ratio)
        return QSize(side, side)

    def show_map(self, P: NDArray[np.float64] | None) -> None:
        """Show P (25, 25) of each shift, or that there is none."""
        self._P = P
        self.update()

    def show_shift(self, shift: Shift | None) -> None:
        """Mark a shift, or none."""
        if shift != self.shift:
            self.shift = shift
            self.update()

    def cell_rect(self, shift: Shift) -> QRect:
        """Where the cell of a shift is painted, in device pixels."""
        side = self.cell
        left, top = (shift.right + REACH) * side, (shift.down + REACH) * side
        return QRect(_BORDER + left, _BORDER + top, side, side)

    def shift_at(self, position: QPointF) -> Shift | None:
        """The shift whose cell is at a position in the widget."""
        ratio = self.devicePixelRatioF()
        column, row = (int((along * ratio - _BORDER) // self.cell) for along in position.toTuple())
        inside = 0 <= row < PLACES and 0 <= column < PLACES
        return Shift(row - REACH, column - REACH) if inside else None

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, colors, ratio = QPainter(self), theme(), self.devicePixelRatioF()
        painter.fillRect(self.rect(), ground(self))
        painter.scale(1 / ratio, 1 / ratio)
        painter.translate(to_whole_pixels(self))
        side = PLACES * self.cell
        border = colors.color("quiet" if self.hasFocus() else "line")
        painter.fillRect(0, 0, side + 2 * _BORDER, side + 2 * _BORDER, border)
        cells = QRect(_BORDER, _BORDER, side, side)
        if self._P is None:
            painter.fillRect(cells, ground(self))
            return
        self._dots.colors[:] = shades(self._P, 1.0)
        painter.drawImage(cells, self._dots.image)
        painter.setPen(QPen(_GREY, 1))
        near = self.cell_rect(Shift(-NEAR, -NEAR)).united(self.cell_rect(Shift(NEAR, NEAR)))
        painter.drawRect(near.adjusted(0, 0, -1, -1))
        if self.shift is not None:
            for name, width in _MARKS:
                pen = QPen(colors.color(name), width)
                pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
                painter.setPen(pen)
                painter.drawRect(self.cell_rect(self.shift))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointed.emit(self.shift_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEPS:
            now, (down, right) = self.shift or Shift(), _STEPS[key]
            self.pointed.emit(Shift(_within(now.down + down), _within(now.right + right)))
        elif key == Qt.Key.Key_Home:
            self.pointed.emit(Shift())
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.pointed.emit(None)


def _within(pixels: int) -> int:
    return min(max(pixels, -REACH), REACH)


class InkView(QWidget):
    """A small picture of an image (24, 24), `scale` device pixels to a cell."""

    def __init__(self, name: str, scale: int) -> None:
        super().__init__()
        self._scale, self._dots = scale, Dots(SIDE, SIDE)
        self.image = np.zeros((SIDE, SIDE), np.uint8)
        self.setAccessibleName(name)
        self.setFixedSize(SIDE * scale + 2, SIDE * scale + 2)

    def show_image(self, image: Ink) -> None:
        """Show this image from now on."""
        self.image = image
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, colors, ratio = QPainter(self), theme(), self.devicePixelRatioF()
        self._dots.colors[:] = colors.tones[self.image]
        painter.scale(1 / ratio, 1 / ratio)
        painter.translate(to_whole_pixels(self))
        side = SIDE * int(self._scale * ratio)
        painter.fillRect(0, 0, side + 2, side + 2, colors.color("line"))
        painter.drawImage(QRect(1, 1, side, side), self._dots.image)


class PositionLegend(QWidget):
    """What the shades of the maps mean: paper for a P of nothing, ink for one of 100 %."""

    def __init__(self) -> None:
        super().__init__()
        self.digit = 0
        stand_alone(self)
        self.setAccessibleName("The scale of the position maps")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_BAR + 4 + QFontMetrics(self.font()).height())

    def show_digit(self, digit: int) -> None:
        """Name the digit whose P it is."""
        self.digit = digit
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, colors = QPainter(self), theme()
        painter.fillRect(event.rect(), ground(self))
        dots = Dots(1, _LEVELS)
        dots.colors[0] = shades(np.linspace(0, 1, _LEVELS), 1.0)
        bar = QRect(0, 0, self.width() - 1, _BAR)
        painter.drawImage(bar, dots.image)
        painter.setPen(colors.color("line"))
        painter.drawRect(bar)
        painter.setPen(colors.color("quiet"))
        below = self.rect().adjusted(0, _BAR + 4, 0, 0)
        for align, words in (
            (Qt.AlignmentFlag.AlignLeft, "0"),
            (Qt.AlignmentFlag.AlignHCenter, f"P({self.digit})"),
            (Qt.AlignmentFlag.AlignRight, "100 %"),
        ):
            painter.drawText(below, align, words)
