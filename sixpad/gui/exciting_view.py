"""The drawings that excite a unit most, as small pictures, each with its truth."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from sixpad.core.grid import SIDE, Region
from sixpad.gui.choice_grid import ChoiceGrid, Place
from sixpad.gui.dots import picture
from sixpad.gui.theme import theme
from sixpad.gui.widgets import ground, stand_alone, to_whole_pixels

_GAP = 6
_ENOUGH = 8


class ExcitingDrawing(NamedTuple):
    """An image (24, 24) with its truth, how strongly it excites the unit, and the patch that does.

    Of a neuron the patch is None: it looks at the whole image.
    """

    image: NDArray[np.uint8]
    label: int
    activation: float
    patch: Region | None


class ExcitingView(ChoiceGrid):
    """The drawings in rows, the most exciting first; Enter or a double click takes one.

    `taken` carries the ExcitingDrawing.
    """

    taken = Signal(object)

    def __init__(self) -> None:
        super().__init__("The drawings that excite it most")
        self._drawings: list[ExcitingDrawing] = []
        self._side = 2.0 * SIDE
        stand_alone(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.picked.connect(self._take)

    def show_drawings(self, drawings: list[ExcitingDrawing]) -> None:
        """Show these."""
        self._drawings = drawings
        self._arrange()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, 2 * (2 * SIDE + _GAP))

    def _arrange(self) -> None:
        """Take the largest whole cells with which enough of them have room."""
        ratio, number = self.devicePixelRatioF(), len(self._drawings)
        columns = rows = 0
        for cell in range(int(6 * ratio), 0, -1):
            self._side = SIDE * cell / ratio
            step = self._side + _GAP
            columns = int((self.width() - 2 + _GAP) / step)
            rows = int((self.height() - 2 + _GAP) / step)
            if columns * rows >= min(number, _ENOUGH):
                break
        shown = min(number, columns * rows)
        rows = -(-shown // columns) if columns else 0
        self.set_size(rows, -(-shown // rows) if rows else 0)

    def resizeEvent(self, _event: object) -> None:
        self._arrange()

    def cell_rect(self, place: Place) -> QRect:
        step = self._side + _GAP
        return QRectF(
            place.column * step, place.row * step, self._side, self._side
        ).toAlignedRect()  # fmt: skip

    def _drawing_at(self, place: Place) -> ExcitingDrawing | None:
        at = place.row * self.columns + place.column
        shown = min(len(self._drawings), self.rows * self.columns)
        return self._drawings[at] if at < shown else None

    def words(self, place: Place) -> str:
        drawing = self._drawing_at(place)
        if drawing is None:
            return ""
        return (
            f"The truth is {drawing.label}; activation {drawing.activation:.2f}.\n"
            "Enter or a double click puts it on the canvas."
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position().toPoint())
        if place:
            self._cursor = place
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position().toPoint())
        if place:
            self._take(place)

    def _take(self, place: Place | None) -> None:
        drawing = self._drawing_at(place) if place else None
        if drawing is not None:
            self.taken.emit(drawing)

    def paintEvent(self, event: QPaintEvent) -> None:
        colors, painter = theme(), QPainter(self)
        painter.fillRect(event.rect(), ground(self))
        ratio = self.devicePixelRatioF()
        painter.save()
        painter.translate(to_whole_pixels(self) / ratio)
        painter.translate(1 / ratio, 1 / ratio)
        for at, drawing in enumerate(self._drawings[: self.rows * self.columns]):
            rect = self._rect(Place(*divmod(at, self.columns)))
            dot = 1 / ratio
            painter.fillRect(rect.adjusted(-dot, -dot, dot, dot), colors.color("line"))
            painter.drawImage(rect, picture(colors.tones[drawing.image]))
            if drawing.patch is not None:
                self._paint_patch(painter, rect, drawing.patch)
        painter.restore()
        self.paint_marks(painter)

    def _rect(self, place: Place) -> QRectF:
        ratio = self.devicePixelRatioF()
        step = round((self._side + _GAP) * ratio) / ratio
        return QRectF(place.column * step, place.row * step, self._side, self._side)

    def _paint_patch(self, painter: QPainter, rect: QRectF, patch: Region) -> None:
        """Frame what the most excited cell looks at."""
        cell = rect.width() / SIDE
        left, top = rect.left() + patch.left * cell, rect.top() + patch.top * cell
        size = QSize(patch.right - patch.left, patch.bottom - patch.top) * cell
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme().color("quiet"), 1))
        painter.drawRect(QRectF(left, top, size.width(), size.height()))
