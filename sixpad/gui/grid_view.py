"""GridView: 24×24 cells of a whole number of device pixels, and the pixel under the pointer."""

from __future__ import annotations

from math import ceil, floor

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QEnterEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from sixpad.core.grid import SIDE, Point, Region
from sixpad.gui.session import Cell, Session
from sixpad.gui.theme import theme

_BORDER = 1
_MARK = 2


def rgb_image(colors: NDArray[np.uint8]) -> QImage:
    """An image of its own from RGB bytes (rows, columns, 3)."""
    rows, columns, _ = colors.shape
    data = np.ascontiguousarray(colors)
    image = QImage(data.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
    # The screen's own format: any other is converted anew, slowly, at each painting.
    return image.convertToFormat(QImage.Format.Format_RGB32)


class GridView(QWidget):
    """Shows an image of 24×24 cells and tells the session which cell is pointed at.

    `fit_to` chooses the size of the cells. Subclasses give the cells' colours in `image` and may
    paint more over them in `paint_over`, in device pixels.
    """

    def __init__(self, session: Session, name: str, description: str) -> None:
        super().__init__()
        self.session = session
        self.cell = 11
        self._image: QImage | None = None
        self._marked: Cell | None = None
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
        self.update()

    def sizeHint(self) -> QSize:
        ratio = self.devicePixelRatioF()
        # Where the scale is a fraction, the way to the next whole pixel needs room too.
        room = 0 if ratio.is_integer() else 1
        side = ceil((SIDE * self.cell + 2 * _BORDER + room) / ratio)
        return QSize(side, side)

    def image(self) -> QImage:
        """The colours of the cells, 24×24."""
        raise NotImplementedError

    def paint_over(self, painter: QPainter, exposed: Region) -> None:
        """What stands over the cells; `cell_rect` tells where."""

    def refresh(self) -> None:
        """Ask for the colours again and repaint."""
        self._image = None
        self.update()

    def refresh_cells(self, region: Region) -> None:
        """The same, where only some cells have changed."""
        self._image = None
        ratio = self.devicePixelRatioF()
        first = self.cell_rect(region.top, region.left)
        last = self.cell_rect(region.bottom - 1, region.right - 1)
        both = first.united(last)
        corner = QPoint(floor(both.left() / ratio) - 3, floor(both.top() / ratio) - 3)
        size = QSize(ceil(both.width() / ratio) + 6, ceil(both.height() / ratio) + 6)
        self.update(QRect(corner, size))

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
        painter.scale(1 / ratio, 1 / ratio)
        painter.translate(self._to_whole_pixels(ratio))
        whole = self.cell_rect(0, 0).united(self.cell_rect(SIDE - 1, SIDE - 1))
        painter.drawImage(whole, self._image)
        self.paint_over(painter, self._exposed(event.rect(), ratio))
        painter.setPen(QPen(theme().color("quiet" if self.hasFocus() else "line"), 1))
        painter.drawRect(whole.adjusted(-1, -1, 0, 0))
        if self.session.pointer is not None:
            self._paint_mark(painter, self.cell_rect(*self.session.pointer))

    def _to_whole_pixels(self, ratio: float) -> QPointF:
        """The way to the next whole device pixel, where the scale is a fraction."""
        corner = self.mapTo(self.window(), QPoint(0, 0))
        x, y = corner.x() * ratio, corner.y() * ratio
        return QPointF(ceil(x) - x, ceil(y) - y)

    def _exposed(self, rect: QRect, ratio: float) -> Region:
        left, top = self.point_at(QPointF(rect.topLeft()))
        right, bottom = self.point_at(QPointF(rect.bottomRight()) + QPointF(1, 1))
        return Region(
            max(int(top) - 1, 0), max(int(left) - 1, 0),
            min(int(bottom) + 2, SIDE), min(int(right) + 2, SIDE),
        )  # fmt: skip

    def _paint_mark(self, painter: QPainter, rect: QRect) -> None:
        # Dark, light, dark: seen on paper, on ink and on every colour between.
        for name, width in (("ink", _MARK + 2), ("paper", _MARK)):
            pen = QPen(theme().color(name), width)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawRect(rect)

    def _move_mark(self) -> None:
        for cell in (self._marked, self.session.pointer):
            if cell is not None:
                image = self._image
                self.refresh_cells(Region(cell.row, cell.column, cell.row + 1, cell.column + 1))
                self._image = image
        self._marked = self.session.pointer

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.session.point_at(self.cell_at(event.position()))

    def enterEvent(self, event: QEnterEvent) -> None:
        self.session.point_at(self.cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self.session.point_at(None)
