"""The weights of all ten neurons as small heatmaps, of which one is chosen."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from sixpad.core.answer import DIGITS
from sixpad.core.grid import SIDE
from sixpad.core.network import TEN
from sixpad.gui.digit_picker import DigitPicker
from sixpad.gui.dots import Dots
from sixpad.gui.session import Session
from sixpad.gui.theme import theme
from sixpad.gui.widgets import ground, stand_alone

_GAP = 2


class Thumbnails(DigitPicker):
    """Ten heatmaps side by side, each in its own scale of colour: they show shapes."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._dots = Dots(SIDE, DIGITS * SIDE)
        self._image: QImage | None = None
        stand_alone(self)
        self.setAccessibleName("The weights of the ten neurons")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        session.progress_changed.connect(self.refresh)

    def refresh(self) -> None:
        """Ask for the colours again and repaint."""
        self._image = None
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(DIGITS * (SIDE + _GAP), self.height_at(self.width()))

    def fit_to(self, width: int) -> None:
        """Take a width in logical pixels; the height follows from it."""
        self.setFixedSize(width, self.height_at(width))

    def height_at(self, width: int) -> int:
        """The height that belongs to a width."""
        return _side(width) + 2

    def _rect(self, digit: int) -> QRect:
        """Where a heatmap is, at equal distances over the whole width."""
        side = _side(self.width())
        left = round(digit * (self.width() - side - 2) / (DIGITS - 1)) + 1
        return QRect(left, 1, side, side)

    def digit_at(self, position: QPointF) -> int | None:
        """The digit whose heatmap is there."""
        point = position.toPoint()
        return next((d for d in range(DIGITS) if self._rect(d).contains(point)), None)

    def image(self) -> QImage:
        """The ten heatmaps in one row, 24 × 240."""
        W = self.session.snapshot.parameters["output.weights"]
        shapes = W / np.maximum(np.abs(W).max(axis=0), np.finfo(W.dtype).tiny)
        row = shapes.reshape(SIDE, SIDE, DIGITS).transpose(0, 2, 1).reshape(SIDE, -1)
        self._dots.colors[:] = theme().heat(row, 1.0)
        return self._dots.image

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.session.model != TEN:
            return
        if self._image is None:
            self._image = self.image()
        painter = QPainter(self)
        painter.fillRect(event.rect(), ground(self))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        colors, session = theme(), self.session
        for digit in range(DIGITS):
            rect = self._rect(digit)
            painter.drawImage(rect, self._image, QRect(digit * SIDE, 0, SIDE, SIDE))
            chosen = digit == session.digit
            style = Qt.PenStyle.DotLine if digit == session.rival else Qt.PenStyle.SolidLine
            framed = chosen or digit == session.rival
            painter.setPen(QPen(colors.color("text" if framed else "line"), 1, style))
            painter.drawRect(rect.adjusted(-1, -1, 0, 0))


def _side(width: int) -> int:
    """The side of one of ten heatmaps."""
    return max((width - (DIGITS - 1) * _GAP) // DIGITS, 8)
