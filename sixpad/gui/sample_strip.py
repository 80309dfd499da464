"""A row of small images: what chance makes of one drawing."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sixpad.core.grid import SIDE, Ink
from sixpad.gui.example_tiles import ink_picture, whole_cells
from sixpad.gui.theme import theme

SAMPLES = 6
_TILE, _GAP = 2 * SIDE, 6
# How strongly an image is shown that nothing happens to.
_FAINT = 0.35


class SampleStrip(QWidget):
    """Shows images (SAMPLES, 24, 24) side by side; faintly, where they are only the drawing."""

    def __init__(self) -> None:
        super().__init__()
        self.images: Ink = np.zeros((SAMPLES, SIDE, SIDE), np.uint8)
        self.faint = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(SAMPLES * (_TILE + _GAP) - _GAP + 2, _TILE + 2)

    def show_images(self, images: Ink, faint: bool) -> None:
        """Show these images from now on."""
        self.images, self.faint = images, faint
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = theme()
        for place, image in enumerate(self.images):
            corner = QPoint(1 + place * (_TILE + _GAP), 1)
            tile = whole_cells(painter, QRect(corner, QSize(_TILE, _TILE)))
            dot = 1 / self.devicePixelRatioF()
            painter.fillRect(tile.adjusted(-dot, -dot, dot, dot), colors.color("line"))
            painter.fillRect(tile, colors.color("paper"))
            painter.setOpacity(_FAINT if self.faint else 1)
            painter.drawImage(tile, ink_picture(image))
            painter.setOpacity(1)
