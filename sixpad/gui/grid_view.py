"""GridView: 24×24 cells of a whole number of device pixels, and the pixel under the pointer."""

from __future__ import annotations

from math import ceil, floor

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QEnterEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from sixpad.core.grid import SIDE, Point, Region
from sixpad.gui.dots import Dots
from sixpad.gui.session import Cell, Session
from sixpad.gui.theme import theme
from sixpad.gui.widgets import to_whole_pixels

_BORDER = 1
_MARK = 2


class GridView(QWidget):
    """Shows an image of 24×24 cells and tells the session which cell is pointed at.

    `fit_to` chooses the size of the cells. Subclasses give the cells' colours in `image`, which
    they may write to `dots`, and may paint more over them in `paint_over`, in device pixels.
    """

    def __init__(self, session: Session, name: str, description: str) -> None:
        super().__init__()
        self.session = session
        self.cell = 11
        self.dots = Dots(SIDE, SIDE)
        self._image: QImage | None = None
        self._marked: Cell | None = None
        self._mark_theme = theme()
        self.setAccessibleName(name)
        self.setAccessibleDescription(description)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        session.pointer_changed.connect(self._move_mark)
        self.fit_to(266)

    def fit_to(self, side: float) -> None:
        """Make the cells as large as `side` (logical pixels) allows."""
        ratio = self.devicePixelRatioF()
        self.cell = max(int(side * ratio - 2 * _BORDER) // SIDE, 4)
        self.setFixedSize(self.sizeHint())
        self._mark = QPixmap()
        # Without a rest beside the cells, nothing of what lies beneath is ever seen.
        covered = self.sizeHint().width() * ratio == SIDE * self.cell + 2 * _BORDER
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, covered)
        self.refresh()

    def sizeHint(self) -> QSize:
        ratio = self.devicePixelRatioF()
        # Where the scale is a fraction, the way to the next whole pixel needs room too.
        room = 0 if ratio.is_integer() else 1
        side = ceil((SIDE * self.cell + 2 * _BORDER + room) / ratio)
        return QSize(side, side)

    def image(self) -> QImage:
        """The colours of the cells, 24×24."""
        raise NotImplementedError

    def paint_over(self, painter: QPainter, exposed: QRect) -> None:
        """What stands over the cells; `cell_rect` tells where, and `exposed` in logical pixels."""

    def refresh(self) -> None:
        """Ask for the colours again and repaint."""
        self._image = None
        self.update()

    def refresh_cells(self, region: Region) -> None:
        """The same, where only some cells have changed."""
        self._image = None
        self.update(self._around(*region))

    def _around(self, top: int, left: int, bottom: int, right: int) -> QRect:
        """Where cells are in logical pixels, with the room that a mark around them takes."""
        scale = self.cell / self.devicePixelRatioF()
        x, y = floor(left * scale) - 3, floor(top * scale) - 3
        return QRect(x, y, ceil(right * scale) + 6 - x, ceil(bottom * scale) + 6 - y)

    def cell_rect(self, row: int, column: int) -> QRect:
        """Where a cell is painted, in device pixels."""
        side = self.cell
        return QRect(_BORDER + column * side, _BORDER + row * side, side, side)

    def point_at(self, position: QPointF) -> Point:
        """A position in the widget as (x, y) in pixels of the image; may lie outside of it."""
        ratio = self.devicePixelRatioF()
        return (
            (position.x() * ratio - _BORDER) / self.cell,
            (position.y() * ratio - _BORDER) / self.cell,
        )

    def cell_at(self, position: QPointF) -> Cell | None:
        """The cell at a position in the widget."""
        x, y = self.point_at(position)
        inside = 0 <= x < SIDE and 0 <= y < SIDE
        return Cell(int(y), int(x)) if inside else None

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image is None:
            self._image = self.image()
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        if ratio != 1:
            painter.scale(1 / ratio, 1 / ratio)
            painter.translate(to_whole_pixels(self))
        side = SIDE * self.cell
        border = theme().color("quiet" if self.hasFocus() else "line")
        painter.fillRect(0, 0, side + 2 * _BORDER, side + 2 * _BORDER, border)
        painter.drawImage(QRect(_BORDER, _BORDER, side, side), self._image)
        self.paint_over(painter, event.rect())
        if self.session.pointer is not None:
            self._paint_mark(painter, self.cell_rect(*self.session.pointer))

    def _paint_mark(self, painter: QPainter, rect: QRect) -> None:
        if self._mark.isNull() or self._mark_theme is not theme():
            self._mark, self._mark_theme = _mark(self.cell), theme()
        painter.drawPixmap(rect.left() - _MARK, rect.top() - _MARK, self._mark)

    def _move_mark(self) -> None:
        for cell in (self._marked, self.session.pointer):
            if cell is not None:
                self.update(self._around(cell.row, cell.column, cell.row + 1, cell.column + 1))
        self._marked = self.session.pointer

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.session.point_at(self.cell_at(event.position()))

    def enterEvent(self, event: QEnterEvent) -> None:
        self.session.point_at(self.cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self.session.point_at(None)


def _mark(cell: int) -> QPixmap:
    """The mark around a cell: dark, light, dark, so that it is seen on every colour."""
    mark = QPixmap(cell + 2 * _MARK + 1, cell + 2 * _MARK + 1)
    mark.fill(Qt.GlobalColor.transparent)
    painter = QPainter(mark)
    paint_frame(painter, QRect(_MARK, _MARK, cell, cell))
    painter.end()
    return mark


def paint_frame(painter: QPainter, rect: QRect) -> None:
    """Frame what is inside a rectangle of device pixels: dark, light, dark."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for name, width in (("ink", _MARK + 2), ("paper", _MARK)):
        pen = QPen(theme().color(name), width)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(rect)
