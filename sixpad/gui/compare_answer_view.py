"""The answer of one of the networks that are compared: P, the words, and its bar or ten of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from sixpad.core.answer import DIGITS
from sixpad.gui.answer_bars import AnswerBars
from sixpad.gui.answer_words import EXACTLY, answer_words
from sixpad.gui.glossary import TERMS
from sixpad.gui.numbers import percent
from sixpad.gui.session import Session
from sixpad.gui.theme import figures, sized, theme
from sixpad.gui.widgets import ground, stand_alone

_BAR = 8
_GAP = 6


class CompareAnswerView(QWidget):
    """Shows probabilities (1,) of a single neuron or (10,) of ten, and the answer in words."""

    def __init__(self, session: Session, name: str, *, ten: bool) -> None:
        super().__init__()
        self.figure = _FigureView(session, name, ten=ten)
        self.bars = _Bars(session)
        self.bars.setAccessibleName(f"{name}: the probabilities of the ten digits")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_GAP)
        column.addWidget(self.figure)
        column.addWidget(self.bars, 1)
        column.addStretch(0 if ten else 1)
        self.bars.setVisible(ten)

    def show_answer(self, probabilities: NDArray[np.float64]) -> None:
        """Show this answer from now on."""
        self.figure.show_answer(probabilities)
        if len(probabilities) == DIGITS:
            self.bars.show_probabilities(probabilities)


class _Bars(AnswerBars):
    """The ten bars of a network that need not be the one in use."""

    def __init__(self, session: Session) -> None:
        self._probabilities = np.full(DIGITS, 1 / DIGITS)
        super().__init__(session)

    @property
    def probabilities(self) -> NDArray[np.float64]:
        return self._probabilities

    def show_probabilities(self, probabilities: NDArray[np.float64]) -> None:
        """Show these from now on."""
        self._probabilities = probabilities
        self.setAccessibleDescription(", ".join(f"{d}: {P}" for d, P in self.texts().items()))
        self.update()


class _FigureView(QWidget):
    """P as a figure, the answer in words under it, and of one neuron the bar."""

    def __init__(self, session: Session, name: str, *, ten: bool) -> None:
        super().__init__()
        self._session, self._ten = session, ten
        self._large = figures(sized(self.font(), 2.2, QFont.Weight.DemiBold))
        self._spoken = sized(self.font(), 1.0, QFont.Weight.DemiBold)
        self._shown = "–", "", 0.5
        stand_alone(self)
        self.setAccessibleName(f"{name}: the answer")
        self.setToolTip(TERMS["probabilities" if ten else "probability"])
        self._capitals = QFontMetricsF(self._large).capHeight()
        self._words_top = round(self._capitals + 6)
        self._bar_top = round(self._words_top + QFontMetricsF(self._spoken).height() + 8)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(self._bar_top + (-8 if ten else _BAR))

    def show_answer(self, probabilities: NDArray[np.float64]) -> None:
        blank = not self._session.drawing.ink.any()
        words = answer_words(probabilities, self._session.digit, blank)
        P = float(probabilities.max())
        shown = percent(P), words, P
        if shown != self._shown:
            self._shown = shown
            self.setAccessibleDescription(f"{shown[0]}. {words}")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colors, (figure, words, P) = theme(), self._shown
        painter = QPainter(self)
        painter.fillRect(event.rect(), ground(self))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colors.color("text"))
        painter.setFont(self._large)
        painter.drawText(-1, round(self._capitals), figure)
        painter.setFont(self._spoken)
        below = QRectF(0, self._words_top, self.width(), self.height())
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, words)
        if self._ten:
            return
        color = "quiet" if abs(P - 0.5) < EXACTLY else "positive" if P > 0.5 else "negative"
        bar = QRectF(0, self._bar_top, self.width(), _BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.color("line"))
        painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)
        painter.setBrush(colors.color(color))
        painter.setClipRect(QRectF(0, bar.top(), self.width() * P, _BAR))
        painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)
