"""Facts under each other: a value and quieter words after it, a line each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from sixpad.gui.theme import figures, theme
from sixpad.gui.widgets import ground, stand_alone

_PADDING = 4
_GAP = 8
_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.TextElideMode.ElideRight


class Fact(NamedTuple):
    """One line: its value, what stands after it quietly, and what is told under the pointer.

    A `strong` one is what people look for; the others are as quiet as their remarks.
    """

    value: str
    remark: str = ""
    tip: str = ""
    strong: bool = True


class Facts(QWidget):
    """Shows lines of one height, so that those of neighbours stand on one line with them."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.facts: list[Fact] = []
        stand_alone(self)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show these from now on."""
        if facts == self.facts:
            return
        if len(facts) != len(self.facts):
            self.updateGeometry()
        self.facts = list(facts)
        self.setAccessibleDescription("; ".join(f"{one.value} {one.remark}" for one in facts))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(100, len(self.facts) * self._line)

    @property
    def _line(self) -> int:
        return self.fontMetrics().height() + _PADDING

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, colors = QPainter(self), theme()
        painter.fillRect(event.rect(), ground(self))
        plain = figures(self.font())
        strong = figures(self.font())
        strong.setWeight(QFont.Weight.DemiBold)
        for place, fact in enumerate(self.facts):
            font = strong if fact.strong else plain
            room = QRect(0, place * self._line, self.width(), self._line)
            metrics = QFontMetrics(font)
            value = metrics.elidedText(fact.value, _RIGHT, room.width())
            painter.setFont(font)
            painter.setPen(colors.color("text" if fact.strong else "quiet"))
            painter.drawText(room, _MIDDLE, value)
            room.setLeft(metrics.horizontalAdvance(value) + _GAP)
            painter.setFont(plain)
            painter.setPen(colors.color("quiet"))
            remark = QFontMetrics(plain).elidedText(fact.remark, _RIGHT, room.width())
            painter.drawText(room, _MIDDLE, remark)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = event.pos().y() // self._line
            tip = self.facts[place].tip if place < len(self.facts) else ""
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)
