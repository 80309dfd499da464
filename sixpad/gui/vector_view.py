"""X as the row vector it is: 576 cells in one line, and a lens on those around the pointer."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from sixpad.core.grid import PIXELS, SIDE
from sixpad.gui.dots import picture
from sixpad.gui.glossary import TERMS
from sixpad.gui.session import Cell, Session
from sixpad.gui.theme import SPACE, figures, theme

_STRIPE = 14


class VectorView(QWidget):
    """The image unrolled row by row; the pixel under the pointer is marked in it.

    The stripe shows all 576 numbers as black and white, the line under it writes the numbers
    around the marked pixel.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setMouseTracking(True)
        self.setToolTip(TERMS["row vector"])
        self.setAccessibleName("X as a row vector")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        session.evidence_changed.connect(self.update)
        session.pointer_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(600, _STRIPE + 6 + self.fontMetrics().height() + 2)

    def _index(self) -> int | None:
        pointer = self._session.pointer
        return None if pointer is None else pointer.row * SIDE + pointer.column

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors, index = theme(), self._index()
        numbers = self._session.drawing.prepared.reshape(1, PIXELS)
        tones = picture(colors.tones[numbers])
        stripe = QRect(0, 0, self.width() - 1, _STRIPE)
        painter.drawImage(stripe, tones)
        painter.setPen(colors.color("line"))
        painter.drawRect(stripe)
        self._paint_rows(painter)
        if index is not None:
            at = round((index + 0.5) / PIXELS * self.width())
            painter.setPen(QPen(colors.color("text"), 2))
            painter.drawLine(at, 0, at, _STRIPE + 5)
        self._paint_lens(painter, index)

    def _paint_rows(self, painter: QPainter) -> None:
        """A tick where each row of the image begins."""
        painter.setPen(theme().color("quiet"))
        for row in range(1, SIDE):
            at = round(row / SIDE * self.width())
            painter.drawLine(at, _STRIPE, at, _STRIPE + 2)

    def _paint_lens(self, painter: QPainter, index: int | None) -> None:
        colors = theme()
        font = figures(self.font())
        painter.setFont(font)
        advance = painter.fontMetrics().horizontalAdvance("0") + 5
        top, height = _STRIPE + 6, painter.fontMetrics().height()
        name = "X = (" if index is None else f"X[{index}] in ("
        painter.setPen(colors.color("quiet"))
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRect(0, top, 120, height), align, name)
        left = painter.fontMetrics().horizontalAdvance("X[575] in (") + SPACE
        shown = min((self.width() - left - 30) // advance, PIXELS)
        first = min(max((index or 0) - shown // 2, 0), PIXELS - shown)
        numbers = self._session.drawing.prepared.reshape(PIXELS)
        for place in range(first, first + shown):
            box = QRect(left + (place - first) * advance, top, advance, height)
            ink = bool(numbers[place])
            painter.setPen(colors.color("text" if ink else "quiet"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "1" if ink else "0")
            if place == index:
                painter.drawRect(box.adjusted(0, 0, -1, -1))
        end = QRect(left + shown * advance, top, 30, height)
        painter.setPen(colors.color("quiet"))
        painter.drawText(end, align, " … )" if first + shown < PIXELS else " )")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = int(event.position().x() / max(self.width(), 1) * PIXELS)
        if 0 <= place < PIXELS and event.position().y() <= _STRIPE:
            self._session.point_at(Cell(*divmod(place, SIDE)))
