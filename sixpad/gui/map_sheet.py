"""The kernels of a stage with their feature maps of the current drawing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen

from sixpad.core.inside import kernels
from sixpad.gui.choice_grid import ARROWS
from sixpad.gui.inside import Inside, MapCell
from sixpad.gui.numbers import signed
from sixpad.gui.theme import theme
from sixpad.gui.tiles import mosaic, shades
from sixpad.gui.unit_sheet import UnitSheet, signed_bar

_BETWEEN = 2
_BAR = 4
_LARGEST_CELL = 40
_LEAST_MAP = 40


class MapSheet(UnitSheet):
    """Each map before the pooling; under it the kernel and the pooled map, and the map's share.

    Ink is how strongly the kernel is excited there: all maps have one scale. Of a kernel that sees
    several maps the strongest channel is shown, or where a unit stands alone, every one of them.
    """

    least_gap = 8

    def __init__(self, inside: Inside, name: str = "The feature maps") -> None:
        super().__init__(inside, name)
        self._every_channel = False
        self._maps: NDArray[np.uint32] = np.empty(0, np.uint32)
        self._pooled: NDArray[np.uint32] = np.empty(0, np.uint32)
        self._kernels: NDArray[np.float32] = np.empty(0, np.float32)
        self.setMouseTracking(True)
        inside.activity_changed.connect(self.refresh)
        inside.patch_changed.connect(self.update)

    def show_alone(self, unit: int) -> None:
        """Show one unit, with every channel of its kernel."""
        self._every_channel = True
        self.show_units(np.array([unit]))

    @property
    def cell(self) -> int:
        """The side of a map's cell, in device pixels."""
        return self.tile.width() // self.stage.places[0]

    def tile_size(self, room: QSize) -> QSize:
        places = self.stage.places[0]
        cells = range(_LARGEST_CELL, 0, -1)
        fitting = (cell for cell in cells if self.fits(self._tile(cell * places), room))
        least = -int(-_LEAST_MAP * self.devicePixelRatioF() // places)
        return self._tile(max(next(fitting, least), least) * places)

    def _tile(self, side: int) -> QSize:
        return QSize(side, side + _BETWEEN + (side - _BETWEEN) // 2 + _BETWEEN + _BAR)

    def _rects(self, corner: QPoint) -> tuple[QRect, QRect, QRect, QRect]:
        """Where the map, the kernel, the pooled map and the share are, in device pixels."""
        side = self.tile.width()
        half = self.cell * self.stage.outputs[0]
        below = corner + QPoint(0, side + _BETWEEN)
        kernel = half - _BETWEEN
        return (
            QRect(corner, QSize(side, side)),
            QRect(below, QSize(kernel, kernel)),
            QRect(below + QPoint(side - half, 0), QSize(half, half)),
            QRect(corner + QPoint(0, self.tile.height() - _BAR), QSize(side, _BAR)),
        )

    def prepare(self, units: NDArray[np.intp]) -> None:
        session, activity = self.inside.session, self.inside.activity
        assert activity.unpooled is not None
        limit = float(activity.outputs.max())
        self._maps = shades(activity.unpooled, limit)
        self._pooled = shades(activity.outputs, limit)
        self._kernels = kernels(session.snapshot.parameters, self.stage)

    def write(self, dots: NDArray[np.uint32], unit: int) -> None:
        cell, (whole, kernel, pooled, share) = self.cell, self._rects(QPoint(0, 0))
        _part(dots, whole)[:] = self._maps[:, :, unit].repeat(cell, axis=0).repeat(cell, axis=1)
        _part(dots, pooled)[:] = self._pooled[:, :, unit].repeat(cell, axis=0).repeat(cell, axis=1)
        channels = self._kernels[unit]
        if not self._every_channel:
            strongest = int(np.abs(channels).sum(axis=(1, 2)).argmax())
            channels = channels[strongest : strongest + 1]
        mosaic(_part(dots, kernel), channels)
        _part(dots, share)[:] = theme().dot("line")

    def paint_over(self, painter: QPainter, units: NDArray[np.intp], first: int) -> None:
        shares = self.inside.activity.shares
        farthest = float(np.abs(shares).max()) or 1.0
        for place, unit in enumerate(units.tolist()):
            corner = self.tile_rect(first + place).topLeft()
            signed_bar(painter, self._rects(corner)[3], float(shares[unit]) / farthest)
            if self.inside.cell is not None and self.inside.cell.unit == unit:
                self._paint_mark(painter, corner, self.inside.cell)

    def _paint_mark(self, painter: QPainter, corner: QPoint, cell: MapCell) -> None:
        """Frame the cell under the pointer, dark and light, so that it is seen on every shade."""
        whole, _, pooled, _ = self._rects(corner)
        origin, side = (pooled if cell.pooled else whole).topLeft(), self.cell
        place = QRect(origin + QPoint(cell.column, cell.row) * side, QSize(side, side))
        for color, width in (("paper", 3), ("ink", 1)):
            painter.setPen(QPen(theme().color(color), width))
            painter.drawRect(place.adjusted(-1, -1, 0, 0))

    def cell_at(self, position: QPoint) -> MapCell | None:
        """The cell of a map, or of a pooled one, at a position in the widget."""
        place = self.place_at(position)
        unit = self.unit_at(place) if place else None
        if place is None or unit is None:
            return None
        corner = self.tile_rect(place.row * self.columns + place.column).topLeft()
        whole, _, pooled, _ = self._rects(corner)
        dot = self.dot_at(position)
        for rect, is_pooled in ((whole, False), (pooled, True)):
            if rect.contains(dot):
                inner = dot - rect.topLeft()
                return MapCell(unit, inner.y() // self.cell, inner.x() // self.cell, is_pooled)
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.inside.point_at(self.cell_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        self.inside.point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = ARROWS.get(Qt.Key(event.key()))
        if step is None or not self._every_channel:
            super().keyPressEvent(event)
            return
        rows, columns = self.stage.places
        unit, row, column, _ = self.inside.cell or MapCell(int(self.units[0]), 0, 0, False)
        row = min(max(row + step[0], 0), rows - 1) if self.inside.cell else rows // 2
        column = min(max(column + step[1], 0), columns - 1) if self.inside.cell else columns // 2
        self.inside.point_at(MapCell(unit, row, column, False))

    def words_of(self, unit: int) -> str:
        activity = self.inside.activity
        return (
            f"Map {unit + 1} of {self.stage.units}: strongest {float(activity.peaks[unit]):.2f}, "
            f"share {signed(float(activity.shares[unit]))}"
        )


def _part(dots: NDArray[np.uint32], rect: QRect) -> NDArray[np.uint32]:
    """The dots of a rectangle."""
    return dots[rect.top() : rect.bottom() + 1, rect.left() : rect.right() + 1]
