"""A picture of all ten digits in which one is looked at and another compared with it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QToolTip, QWidget

from sixpad.gui.numbers import a
from sixpad.gui.session import Session


class DigitPicker(QWidget):
    """A click looks at the digit under it; with the right button or Ctrl it makes it the rival.

    Subclasses say in `digit_at` which digit is where.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def digit_at(self, position: QPointF) -> int | None:
        """The digit at a position in the widget."""
        raise NotImplementedError

    def mousePressEvent(self, event: QMouseEvent) -> None:
        digit = self.digit_at(event.position())
        if digit is None:
            return
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.button() == Qt.MouseButton.RightButton or control:
            self.session.set_rival(None if digit == self.session.rival else digit)
        elif event.button() == Qt.MouseButton.LeftButton:
            self.session.set_digit(digit)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            digit = self.digit_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self._tip(digit), self)
            return True
        return super().event(event)

    def _tip(self, digit: int | None) -> str:
        chosen = self.session.digit
        if digit is None:
            return ""
        if digit == chosen:
            return f"The weights and the evidence shown are those of the {digit}."
        return (
            f"Click to look at the {digit};\n"
            f"right-click or Ctrl+click: why {a(chosen)} and not {a(digit)}?"
        )
