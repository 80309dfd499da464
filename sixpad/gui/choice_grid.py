"""Cells of which one can be chosen, by the pointer or by the keys, and that say what they are."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from sixpad.gui.theme import theme


class Place(NamedTuple):
    """A cell of a grid, counted from 0."""

    row: int
    column: int


ARROWS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}
_CHOOSE = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ChoiceGrid(QWidget):
    """Rows and columns of cells; a click, Space or Enter chooses one, and once more lets it go.

    `picked` carries the Place, or None. Subclasses say where a cell is, what it is in words, and
    paint it; `paint_marks` paints which one is chosen and where the keys are.
    """

    picked = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.rows, self.columns = 0, 0
        self.chosen: Place | None = None
        self._cursor = Place(0, 0)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def cell_rect(self, place: Place) -> QRect:
        """Where a cell is in the widget."""
        raise NotImplementedError

    def words(self, place: Place) -> str:
        """What a cell holds, in a sentence's words."""
        raise NotImplementedError

    def tip_at(self, position: QPoint) -> str:
        """What is told of what lies under the pointer."""
        place = self.place_at(position)
        return self.words(place) if place else ""

    def set_size(self, rows: int, columns: int) -> None:
        """Have so many cells from now on."""
        if (rows, columns) != (self.rows, self.columns):
            self.rows, self.columns = rows, columns
            self._cursor = Place(0, 0)
            self.updateGeometry()

    def set_chosen(self, place: Place | None) -> None:
        """Mark a cell as the chosen one, or none."""
        if place != self.chosen:
            self.chosen = place
            self.update()

    def place_at(self, position: QPoint) -> Place | None:
        """The cell at a position in the widget."""
        for row in range(self.rows):
            for column in range(self.columns):
                if self.cell_rect(Place(row, column)).contains(position):
                    return Place(row, column)
        return None

    def paint_marks(self, painter: QPainter) -> None:
        """Frame the chosen cell, and the one that the keys would choose."""
        places = [(self.chosen, "text", 2)]
        if self.hasFocus() and self.rows:
            places.insert(0, (self._cursor, "quiet", 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for place, color, width in places:
            if place:
                pen = QPen(theme().color(color), width)
                pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
                painter.setPen(pen)
                painter.drawRect(self.cell_rect(place).adjusted(0, 0, -1, -1))

    def _pick(self, place: Place) -> None:
        self._cursor = place
        self.picked.emit(None if place == self.chosen else place)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position().toPoint())
        if place and event.button() == Qt.MouseButton.LeftButton:
            self._pick(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in ARROWS and self.rows:
            down, right = ARROWS[key]
            self._cursor = Place(
                min(max(self._cursor.row + down, 0), self.rows - 1),
                min(max(self._cursor.column + right, 0), self.columns - 1),
            )
            self._tell_cursor()
            self.update()
        elif key in _CHOOSE and self.rows:
            self._pick(self._cursor)
        else:
            super().keyPressEvent(event)

    def _tell_cursor(self) -> None:
        words = self.words(self._cursor)
        self.setAccessibleDescription(words)
        corner = self.cell_rect(self._cursor).bottomRight()
        QToolTip.showText(self.mapToGlobal(corner), words, self)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos()), self)
            return True
        return super().event(event)
