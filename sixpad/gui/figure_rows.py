"""Lines of a word and its figure, painted at once so that live numbers cost no layout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from sixpad.gui.glossary import TERMS
from sixpad.gui.theme import figures, theme
from sixpad.gui.widgets import ground, stand_alone

_PADDING = 5
_RULE_HEIGHT = 7
_GAP = 12
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class Figure(NamedTuple):
    """One line: its words, its value as text, the term that explains it, the value's colour.

    `interval` is what stands after the value, quietly.
    """

    label: str
    value: str
    term: str
    color: str = "text"
    interval: str = ""


def _words(row: Figure | None) -> tuple[str, str] | None:
    """What is written in a line beside its value."""
    return (row.label, row.interval) if row else None


class FigureRows(QWidget):
    """Figures under each other, values at the right in digits of one width; None is a rule.

    What changes seldom, the words and the rules, is painted once; a new value repaints its line.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self._rows: list[Figure | None] = []
        self._words = QPixmap()
        self._painted_in = theme()
        stand_alone(self)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: Sequence[Figure | None]) -> None:
        """Show these lines from now on."""
        before, self._rows = self._rows, list(rows)
        if [_words(row) for row in rows] != [_words(row) for row in before]:
            self._words = QPixmap()
            if len(rows) != len(before):
                self.updateGeometry()
            self.update()
            return
        y = 0
        for row, former in zip(rows, before, strict=True):
            height = self._height(row)
            if row != former:
                self.update(0, y, self.width(), height)
            y += height

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
        return self._line if row else _RULE_HEIGHT

    @property
    def _line(self) -> int:
        return self.fontMetrics().height() + _PADDING

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self._words = QPixmap()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        if self._words.size() != self.size() * ratio or self._painted_in is not theme():
            self._words, self._painted_in = self._painted_words(ratio), theme()
        painter.drawPixmap(0, 0, self._words)
        painter.setFont(self._strong)
        exposed, y = event.rect(), 0
        for row in self._rows:
            height = self._height(row)
            if row and y <= exposed.bottom() and y + height > exposed.top():
                painter.setPen(self._painted_in.color(row.color))
                box = QRectF(0, y, self.width() - self._room, height)
                painter.drawText(box, _RIGHT, row.value)
            y += height

    def _painted_words(self, ratio: float) -> QPixmap:
        """All but the values."""
        colors, plain, y = theme(), self.font(), 0
        self._strong = figures(plain)
        self._strong.setWeight(QFont.Weight.DemiBold)
        self._room = self._room_for_intervals(plain)
        words = QPixmap(self.size() * ratio)
        words.setDevicePixelRatio(ratio)
        words.fill(ground(self))
        painter = QPainter(words)
        for row in self._rows:
            height = self._height(row)
            if row is None:
                painter.setPen(colors.color("line"))
                painter.drawLine(0, y + height // 2, self.width(), y + height // 2)
            else:
                box = QRectF(0, y, self.width(), height)
                painter.setFont(plain)
                painter.setPen(colors.color("quiet"))
                painter.drawText(box, _LEFT, row.label)
                painter.setFont(figures(plain))
                painter.drawText(box, _RIGHT, row.interval)
            y += height
        painter.end()
        return words

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
