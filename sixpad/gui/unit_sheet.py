"""All units of a stage as small pictures in rows, of which one can be looked at."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent

from sixpad.core.inside import Stage
from sixpad.gui.choice_grid import ChoiceGrid, Place
from sixpad.gui.dots import Dots
from sixpad.gui.inside import Inside
from sixpad.gui.theme import theme
from sixpad.gui.widgets import ground, stand_alone, to_whole_pixels

_MOST_GAP = 16
_EDGE = 3


class UnitSheet(ChoiceGrid):
    """Tiles, of equal size in device pixels, of the units that `show_units` names, in that order.

    Only what is seen of them is painted, as one image. Subclasses choose the size of a tile, write
    its dots, and may paint more over them. A pick looks at the unit.
    """

    cursor_moved = Signal(QRect)
    least_gap = 4

    def __init__(self, inside: Inside, name: str) -> None:
        super().__init__(name)
        self.inside = inside
        self.units: NDArray[np.intp] = np.empty(0, np.intp)
        self.tile = QSize(24, 24)
        self.gap = self.least_gap
        self._room = QSize(1, 1)
        self._edge = 0
        self._image: QImage | None = None
        self._painted_rows = range(0)
        stand_alone(self)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.picked.connect(self._look_at)
        inside.session.weights_changed.connect(self.refresh)

    @property
    def stage(self) -> Stage:
        """The stage whose units are shown."""
        stage = self.inside.stage
        assert stage is not None
        return stage

    def tile_size(self, room: QSize) -> QSize:
        """The size of a tile, in device pixels, so that all fit into the room where they can."""
        raise NotImplementedError

    def write(self, dots: NDArray[np.uint32], unit: int) -> None:
        """Write one unit's picture into the dots of its tile (rows, columns)."""
        raise NotImplementedError

    def prepare(self, units: NDArray[np.intp]) -> None:
        """Get ready to write these units: what is better done for all of them at once."""

    def paint_over(self, painter: QPainter, units: NDArray[np.intp], first: int) -> None:
        """What stands over the pictures of `units`, the first of them in place `first`."""

    def words_of(self, unit: int) -> str:
        """What a unit is and makes of the drawing."""
        raise NotImplementedError

    def show_units(self, units: NDArray[np.intp]) -> None:
        """Show these units of the stage that is looked into."""
        self.units = units
        self.fit_to(self._room)

    def fit_to(self, room: QSize) -> None:
        """Lay the tiles out for a room in logical pixels; more than it holds are below it."""
        # Before it is laid out the room may be none at all.
        self._room = room.expandedTo(QSize(1, 1))
        if not len(self.units):
            return
        ratio = self.devicePixelRatioF()
        # At the edge there is room for the frame of what is chosen.
        self._edge = 0 if len(self.units) == 1 else round(_EDGE * ratio)
        room = self._room * ratio - QSize(2 * self._edge, 2 * self._edge)
        width = room.width()
        self.gap = self._least
        self.tile = self.tile_size(room)
        while self.gap < _MOST_GAP and self.fits(self.tile, room, self.gap + 1):
            self.gap += 1
        columns = max((width + self.gap) // (self.tile.width() + self.gap), 1)
        rows = ceil(len(self.units) / min(columns, len(self.units)))
        self.set_size(rows, min(columns, len(self.units)))
        height = rows * (self.tile.height() + self.gap) + 2 * self._edge - self.gap
        # One that stands alone leaves the room beside it.
        alone = len(self.units) == 1
        across = ceil(self.tile.width() / ratio) + 1 if alone else self._room.width()
        self.setFixedSize(across, max(ceil(height / ratio), 1))
        self.refresh()

    @property
    def _least(self) -> int:
        """The least gap in device pixels."""
        return round(self.least_gap * self.devicePixelRatioF())

    def fits(self, tile: QSize, room: QSize, gap: int | None = None) -> bool:
        """Whether all tiles of that size have room, with a gap between them."""
        gap = self._least if gap is None else gap
        columns = (room.width() + gap) // (tile.width() + gap)
        rows = ceil(len(self.units) / columns) if columns else 0
        return bool(columns) and rows * (tile.height() + gap) - gap <= room.height()

    def refresh(self) -> None:
        """Write the pictures anew and repaint."""
        self._image = None
        self.update()

    def tile_rect(self, at: int) -> QRect:
        """Where the tile in a place is, in device pixels."""
        row, column = divmod(at, max(self.columns, 1))
        step = self.tile + QSize(self.gap, self.gap)
        corner = QPoint(column * step.width(), row * step.height())
        return QRect(corner + QPoint(self._edge, self._edge), self.tile)

    def cell_rect(self, place: Place) -> QRect:
        rect = QRectF(self.tile_rect(place.row * self.columns + place.column))
        ratio = self.devicePixelRatioF()
        x, y = rect.x() / ratio, rect.y() / ratio
        return (
            QRectF(x, y, rect.width() / ratio, rect.height() / ratio)
            .toAlignedRect()
            .adjusted(-2, -2, 2, 2)
        )

    def dot_at(self, position: QPoint) -> QPoint:
        """A position in the widget in device pixels."""
        ratio = self.devicePixelRatioF()
        return QPoint(int(position.x() * ratio), int(position.y() * ratio))

    def place_at(self, position: QPoint) -> Place | None:
        dot = self.dot_at(position) - QPoint(self._edge, self._edge)
        column = dot.x() // (self.tile.width() + self.gap)
        row = dot.y() // (self.tile.height() + self.gap)
        at = row * self.columns + column
        inside = 0 <= column < self.columns and 0 <= at < len(self.units)
        return Place(row, column) if inside and dot.x() >= 0 and dot.y() >= 0 else None

    def unit_at(self, place: Place) -> int | None:
        """The unit in a place; the last row may not be full."""
        at = place.row * self.columns + place.column
        return int(self.units[at]) if at < len(self.units) else None

    def words(self, place: Place) -> str:
        unit = self.unit_at(place)
        return "" if unit is None else self.words_of(unit)

    def _tell_cursor(self) -> None:
        self.cursor_moved.emit(self.cell_rect(self._cursor))
        super()._tell_cursor()

    def _look_at(self, place: Place | None) -> None:
        unit = self.unit_at(place) if place else None
        if unit is not None:
            self.inside.look_at(unit)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), ground(self))
        if not len(self.units) or self.inside.stage is None:
            return
        rows = self._rows_in(self.visibleRegion().boundingRect())
        if self._image is None or rows != self._painted_rows:
            self._image, self._painted_rows = self._painted(rows), rows
        painter.save()
        ratio = self.devicePixelRatioF()
        painter.scale(1 / ratio, 1 / ratio)
        painter.translate(to_whole_pixels(self))
        first = rows.start * self.columns
        painter.drawImage(self.tile_rect(first).topLeft(), self._image)
        self.paint_over(painter, self._units_in(rows), first)
        painter.restore()
        if len(self.units) > 1:
            self.paint_marks(painter)

    def _rows_in(self, rect: QRect) -> range:
        step = (self.tile.height() + self.gap) / self.devicePixelRatioF()
        return range(int(rect.top() / step), min(int(rect.bottom() / step) + 1, self.rows))

    def _units_in(self, rows: range) -> NDArray[np.intp]:
        return self.units[rows.start * self.columns : rows.stop * self.columns]

    def _painted(self, rows: range) -> QImage:
        """The pictures in these rows, on the ground."""
        units, first = self._units_in(rows), rows.start * self.columns
        corner = self.tile_rect(first).topLeft()
        height = len(rows) * (self.tile.height() + self.gap)
        width = self.columns * (self.tile.width() + self.gap)
        # Kept as long as the image over it.
        self._dots = dots = Dots(max(height, 1), width)
        dots.colors[:] = np.uint32(ground(self).rgb())
        self.prepare(units)
        for place, unit in enumerate(units.tolist()):
            rect = self.tile_rect(first + place).translated(-corner)
            self.write(
                dots.colors[rect.top() : rect.bottom() + 1, rect.left() : rect.right() + 1], unit
            )
        return dots.image


def signed_bar(painter: QPainter, room: QRect, share: float) -> None:
    """A share from −1 to 1 as a bar from the middle of the room: blue to the left, orange right.

    Where too large steps have made it no number there is none.
    """
    middle = room.left() + room.width() // 2
    length = round(abs(share) * room.width() / 2) if np.isfinite(share) else 0
    if length:
        left = middle if share > 0 else middle - length
        color = theme().color("positive" if share > 0 else "negative")
        painter.fillRect(QRect(left, room.top(), length, room.height()), color)
