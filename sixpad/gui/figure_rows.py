"""Lines of a word and its figure, painted at once so that live numbers cost no layout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from sixpad.gui.glossary import TERMS
from sixpad.gui.theme import figures, theme

_PADDING = 5
_RULE_HEIGHT = 7
_GAP = 12


class Figure(NamedTuple):
    """One line: its words, its value as text, the term that explains it, the value's colour.

    `interval` is what stands after the value, quietly.
    """

    label: str
    value: str
    term: str
    color: str = "text"
    interval: str = ""


class FigureRows(QWidget):
    """Figures under each other, values at the right in digits of one width; None is a rule."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._rows: list[Figure | None] = []
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: Sequence[Figure | None]) -> None:
        """Show these lines from now on."""
        if list(rows) != self._rows:
            if len(rows) != len(self._rows):
                self.updateGeometry()
            self._rows = list(rows)
            self.update()

    def _room_for_intervals(self, plain: QFont) -> float:
        """The width at the right that the longest interval needs, with the gap before it."""
        metrics = QFontMetricsF(figures(plain))
        intervals = (row.interval for row in self._rows if row and row.interval)
        return max((metrics.horizontalAdvance(text) + _GAP for text in intervals), default=0)

    def texts(self) -> dict[str, str]:
        """The values by their words, for those who cannot see them."""
        return {row.label: row.value for row in self._rows if row}

    def sizeHint(self) -> QSize:
        return QSize(200, round(sum(self._height(row) for row in self._rows)))

    def _height(self, row: Figure | None) -> int:
        return self.fontMetrics().height() + _PADDING if row else _RULE_HEIGHT

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors, plain = theme(), self.font()
        strong = figures(plain)
        strong.setWeight(QFont.Weight.DemiBold)
        middle = Qt.AlignmentFlag.AlignVCenter
        right = middle | Qt.AlignmentFlag.AlignRight
        room = self._room_for_intervals(plain)
        y = 0
        for row in self._rows:
            height = self._height(row)
            if row is None:
                painter.setPen(colors.color("line"))
                painter.drawLine(0, y + height // 2, self.width(), y + height // 2)
            else:
                box = QRectF(0, y, self.width(), height)
                painter.setFont(plain)
                painter.setPen(colors.color("quiet"))
                painter.drawText(box, middle | Qt.AlignmentFlag.AlignLeft, row.label)
                painter.setFont(figures(plain))
                painter.drawText(box, right, row.interval)
                painter.setFont(strong)
                painter.setPen(colors.color(row.color))
                painter.drawText(box.adjusted(0, 0, -room, 0), right, row.value)
            y += height

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            row = self._row_at(event.pos().y())
            QToolTip.showText(event.globalPos(), TERMS[row.term] if row else "", self)
            return True
        return super().event(event)

    def _row_at(self, y: int) -> Figure | None:
        for row in self._rows:
            y -= self._height(row)
            if y < 0:
                return row
        return None
