"""The answer: P in large type, its bar, and the sum that leads to it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from sixpad.gui.figure_rows import Figure, FigureRows
from sixpad.gui.glossary import TERMS
from sixpad.gui.numbers import percent, probability, signed
from sixpad.gui.session import Session
from sixpad.gui.theme import SPACE, figures, sized, theme
from sixpad.gui.widgets import quiet_label

_BAR = 8
_UNDECIDED = 0.3
_EXACTLY_HALF = 1e-9


class ProbabilityView(QWidget):
    """P as a large figure, as a bar and in words."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._large = figures(sized(self.font(), 4.2, QFont.Weight.DemiBold))
        self._spoken = sized(self.font(), 1.25, QFont.Weight.DemiBold)
        self.setToolTip(TERMS["probability"])
        self.setAccessibleName("The answer")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        session.evidence_changed.connect(self.update)
        session.digit_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        height = self._bar_top() + _BAR + 12 + QFontMetricsF(self._spoken).height()
        return QSize(220, round(height))

    def _bar_top(self) -> float:
        return QFontMetricsF(self._large).capHeight() + 20

    def sentence(self) -> str:
        """The answer in words."""
        digit, P = self._session.digit, self._session.evidence.P
        if not self._session.drawing.ink.any():
            return f"Draw something: is it a {digit}?"
        if abs(P - 0.5) < _EXACTLY_HALF:
            return "It cannot tell yet."
        perhaps = abs(P - 0.5) < _UNDECIDED
        if P > 0.5:
            return f"Perhaps a {digit}." if perhaps else f"This is a {digit}."
        return f"Perhaps not a {digit}." if perhaps else f"This is not a {digit}."

    def paintEvent(self, _event: QPaintEvent) -> None:
        colors, P = theme(), self._session.evidence.P
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._large)
        painter.setPen(colors.color("text"))
        top = self._bar_top()
        painter.drawText(-2, round(top - 18), percent(P))

        bar = QRectF(0, top, self.width(), _BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.color("line"))
        painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)
        painter.setBrush(colors.color("positive" if P > 0.5 else "negative"))
        if abs(P - 0.5) < _EXACTLY_HALF:
            painter.setBrush(colors.color("quiet"))
        painter.setClipRect(QRectF(0, top, self.width() * P, _BAR))
        painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)
        painter.setClipping(False)

        painter.setFont(self._spoken)
        painter.setPen(colors.color("text"))
        words = QRectF(0, top + _BAR + 12, self.width(), self.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft, self.sentence())


class PredictionView(QWidget):
    """P(digit), and Σ for + Σ against + b = z, σ(z) under it."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.probability = ProbabilityView(session)
        self.sum = FigureRows("The sum that leads to the answer")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(self.probability)
        column.addWidget(self.sum)
        self._formula = quiet_label("F(X) = σ(X·W + b)")
        self._formula.setToolTip(TERMS["neuron"])
        column.addWidget(self._formula)
        column.addStretch(1)
        session.evidence_changed.connect(self._show)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        needed = sum(w.sizeHint().height() + SPACE for w in (self.probability, self.sum))
        self._formula.setVisible(self.height() >= needed + self._formula.sizeHint().height())

    def _show(self) -> None:
        evidence = self._session.evidence
        self.sum.show_rows([
            Figure("Σ for", signed(evidence.total_for), "sum for", "positive"),
            Figure("Σ against", signed(evidence.total_against), "sum against", "negative"),
            Figure("bias b", signed(evidence.bias), "bias"),
            None,
            Figure("z", signed(evidence.z), "logit"),
            Figure("σ(z)", probability(evidence.P), "sigmoid"),
        ])  # fmt: skip
