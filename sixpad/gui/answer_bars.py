"""The ten probabilities as bars, one for each digit; they add up to one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from sixpad.core.answer import DIGITS
from sixpad.gui.digit_picker import DigitPicker
from sixpad.gui.numbers import THIN_SPACE, fixed
from sixpad.gui.session import Session
from sixpad.gui.theme import figures, theme
from sixpad.gui.widgets import ground, stand_alone

_BAR = 6
_LEAST_ROW = 12


class AnswerBars(DigitPicker):
    """A digit, its bar and its percentage in each of ten rows; the likeliest is in ink.

    A dot marks the digit that is looked at, and its rival.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        stand_alone(self)
        self.setAccessibleName("The probabilities of the ten digits")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumHeight(DIGITS * _LEAST_ROW)
        self.setMaximumHeight(DIGITS * 26)
        session.figures_changed.connect(self.update)

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """What is shown, (10,): the answer of the network in use."""
        return self.session.evidence.probabilities

    def sizeHint(self) -> QSize:
        return QSize(200, DIGITS * (self.fontMetrics().height() + 3))

    def _rect(self, digit: int) -> QRectF:
        height = self.height() / DIGITS
        return QRectF(0, digit * height, self.width(), height)

    def digit_at(self, position: QPointF) -> int | None:
        """The digit of the row that is there."""
        digit = int(position.y() * DIGITS / max(self.height(), 1))
        return digit if 0 <= digit < DIGITS else None

    def texts(self) -> dict[str, str]:
        """The percentages by their digits, for those who cannot see them."""
        return {str(d): _share(p) for d, p in enumerate(self.probabilities)}

    def paintEvent(self, event: QPaintEvent) -> None:
        session, colors = self.session, theme()
        probabilities = self.probabilities
        if len(probabilities) != DIGITS:
            return
        painter = QPainter(self)
        painter.fillRect(event.rect(), ground(self))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plain = figures(self.font())
        strong = figures(self.font())
        strong.setWeight(QFont.Weight.Bold)
        left = self.fontMetrics().horizontalAdvance("0") + 12
        right = self.fontMetrics().horizontalAdvance("100.0 %") + 8
        best = int(probabilities.argmax())
        told = probabilities[best] > probabilities.min()
        middle = Qt.AlignmentFlag.AlignVCenter
        for digit, P in enumerate(probabilities.tolist()):
            row = self._rect(digit)
            answer = told and digit == best
            painter.setFont(strong if answer else plain)
            painter.setPen(colors.color("text" if answer else "quiet"))
            painter.drawText(row, middle | Qt.AlignmentFlag.AlignLeft, str(digit))
            painter.drawText(row, middle | Qt.AlignmentFlag.AlignRight, _share(P))
            if digit in session.question:
                dot = QRectF(left - 8, row.center().y() - 1.5, 3, 3)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colors.color("text" if digit == session.digit else "quiet"))
                painter.drawEllipse(dot)
            self._paint_bar(painter, row.adjusted(left, 0, -right, 0), P, answer)

    def _paint_bar(self, painter: QPainter, room: QRectF, P: float, answer: bool) -> None:
        colors = theme()
        bar = QRectF(room.left(), room.center().y() - _BAR / 2, room.width(), _BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.color("line"))
        painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)
        painter.setBrush(colors.color("text" if answer else "quiet"))
        painter.setClipRect(QRectF(bar.left(), bar.top(), bar.width() * P, _BAR))
        painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)
        painter.setClipping(False)


def _share(P: float) -> str:
    # Rounded and no more: beside each other the ten are to add up to a hundred.
    return f"{fixed(100 * P, 1)}{THIN_SPACE}%"
