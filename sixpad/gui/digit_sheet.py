"""A sheet of generated digits: rows of ink, each with its name in front."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sixpad.core.grid import SIDE, Ink
from sixpad.gui.example_tiles import ink_picture, whole_cells
from sixpad.gui.theme import theme

_GAP = 6
_SCALES = (3, 2, 1)


class SheetRow(NamedTuple):
    """What a row is called, and its digits as images (n, 24, 24)."""

    name: str
    images: Ink


class DigitSheet(QWidget):
    """Shows rows in the largest scale in which all of them fit; as many digits as there is room."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[SheetRow] = []
        self.setAccessibleName("Generated digits")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_rows(self, rows: list[SheetRow]) -> None:
        """Show these rows from now on."""
        self._rows = rows
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(300, 10 * (SIDE + _GAP))

    def fitting(self, rows: int, names: list[str]) -> int:
        """How many digits each of so many rows has room for."""
        tile = self._tile(rows) + _GAP
        return max((self.width() - self._name_width(names)) // tile, 1)

    def _tile(self, rows: int) -> int:
        room = self.height() // max(rows, 1) - _GAP
        return next((SIDE * scale for scale in _SCALES if SIDE * scale <= room), SIDE)

    def _name_width(self, names: list[str]) -> int:
        metrics = self.fontMetrics()
        return max((metrics.horizontalAdvance(name) for name in names), default=0) + 12

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = theme()
        tile = self._tile(len(self._rows))
        left = self._name_width([row.name for row in self._rows])
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        for index, row in enumerate(self._rows):
            top = index * (tile + _GAP)
            painter.setPen(colors.color("quiet"))
            painter.drawText(QRect(0, top, left, tile), align, row.name)
            painter.setPen(colors.color("line"))
            for place, image in enumerate(row.images):
                corner = QPoint(left + place * (tile + _GAP) + 1, top + 1)
                square = whole_cells(painter, QRect(corner, QSize(tile, tile)))
                painter.drawImage(square, ink_picture(image))
                painter.drawRect(square.adjusted(-1, -1, 0, 0))
