"""What one unit says for each of the ten digits, as bars up and down."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from sixpad.core.answer import DIGITS
from sixpad.gui.digit_picker import DigitPicker
from sixpad.gui.numbers import signed
from sixpad.gui.session import Session
from sixpad.gui.theme import figures, theme
from sixpad.gui.widgets import ground, stand_alone


class DigitBars(DigitPicker):
    """Ten bars from a middle line: orange up for a digit, blue down against it.

    A click looks at the digit; the one that is looked at is in ink.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._values: NDArray[np.float64] = np.zeros(DIGITS)
        stand_alone(self)
        self.setAccessibleName("What it says for each of the ten digits")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        session.question_changed.connect(self.update)

    def show_values(self, values: NDArray[np.floating]) -> None:
        """Show these ten."""
        self._values = np.asarray(values, np.float64)
        told = ", ".join(f"{digit}: {signed(value)}" for digit, value in enumerate(self._values))
        self.setAccessibleDescription(told)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, 28 + self.fontMetrics().height())

    def digit_at(self, position: QPointF) -> int | None:
        """The digit of the column that is there."""
        digit = int(position.x() * DIGITS / max(self.width(), 1))
        return digit if 0 <= digit < DIGITS else None

    def _tip(self, digit: int | None) -> str:
        return "" if digit is None else f"For the {digit}: {signed(float(self._values[digit]))}"

    def paintEvent(self, event: QPaintEvent) -> None:
        colors, painter = theme(), QPainter(self)
        painter.fillRect(event.rect(), ground(self))
        painter.setFont(figures(self.font()))
        room = self.height() - self.fontMetrics().height()
        width = self.width() / DIGITS
        middle = room / 2
        farthest = float(np.abs(self._values).max()) or 1.0
        painter.fillRect(QRectF(0, middle, self.width(), 1), colors.color("line"))
        for digit, value in enumerate(self._values):
            length = abs(value) / farthest * (middle - 1)
            top = middle - length if value > 0 else middle + 1
            bar = QRectF(digit * width + width * 0.2, top, width * 0.6, length)
            painter.fillRect(bar, colors.color("positive" if value > 0 else "negative"))
            painter.setPen(colors.color("text" if digit in self.session.question else "quiet"))
            below = QRectF(digit * width, room, width, self.fontMetrics().height())
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, str(digit))
