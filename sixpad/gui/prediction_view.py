"""The answer: P in large type and in words, its bar or ten of them, and the sum behind it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from sixpad.gui.answer_bars import AnswerBars
from sixpad.gui.answer_words import EXACTLY, answer_words
from sixpad.gui.figure_rows import Figure, FigureRows
from sixpad.gui.glossary import TERMS
from sixpad.gui.numbers import percent, probability, signed
from sixpad.gui.session import Session
from sixpad.gui.theme import SPACE, figures, sized, theme
from sixpad.gui.widgets import ground, quiet_label, stand_alone

_BAR = 8


# The figure, the bar's filling and its colour, and the sentence.
Shown = tuple[str, tuple[int, str], str]


class ProbabilityView(QWidget):
    """P as a large figure and in words; of one neuron as a bar too.

    Of ten neurons it is the likeliest digit's.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._large = figures(sized(self.font(), 4.2, QFont.Weight.DemiBold))
        self._spoken = sized(self.font(), 1.25, QFont.Weight.DemiBold)
        stand_alone(self)
        self.setAccessibleName("The answer")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._capitals = QFontMetricsF(self._large).capHeight()
        # What is painted, whatever has come since: it is compared with what is to be.
        self._shown = self._now()
        session.figures_changed.connect(self._look)
        session.digit_changed.connect(self._look)
        session.network_changed.connect(self._take_network)
        self._take_network()

    def _take_network(self) -> None:
        ten = self._session.network.digit is None
        self.setToolTip(TERMS["probabilities" if ten else "probability"])
        self.updateGeometry()
        self._shown = self._now()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._shown = self._now()

    def sizeHint(self) -> QSize:
        height = self._words_top() + QFontMetricsF(self._spoken).height()
        return QSize(220, round(height))

    def _bar_top(self) -> float:
        return self._capitals + 20

    def _words_top(self) -> float:
        ten = self._session.network.digit is None
        return self._bar_top() - 6 if ten else self._bar_top() + _BAR + 12

    def sentence(self) -> str:
        """The answer in words."""
        session = self._session
        blank = not session.drawing.ink.any()
        return answer_words(session.evidence.probabilities, session.digit, blank)

    def _look(self) -> None:
        """Repaint what is seen to have changed."""
        shown, self._shown = self._shown, self._now()
        top = 0
        for place, bottom in enumerate((self._bar_top() - 4, self._words_top() - 2, self.height())):
            if shown[place] != self._shown[place]:
                self.update(0, top, self.width(), round(bottom) - top)
            top = round(bottom)

    def _now(self) -> Shown:
        """What is to be seen of the answer as it stands."""
        figure = percent(float(self._session.evidence.probabilities.max()))
        return figure, self._filled(), self.sentence()

    def _filled(self) -> tuple[int, str]:
        """How far the bar of one neuron is filled, in dots, and its colour."""
        probabilities = self._session.evidence.probabilities
        if len(probabilities) > 1:
            return 0, "line"
        P = float(probabilities[0])
        color = "quiet" if abs(P - 0.5) < EXACTLY else "positive" if P > 0.5 else "negative"
        return round(self.width() * P * self.devicePixelRatioF()), color

    def paintEvent(self, event: QPaintEvent) -> None:
        colors, (figure, filling, sentence) = theme(), self._shown
        painter = QPainter(self)
        painter.fillRect(event.rect(), ground(self))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._large)
        painter.setPen(colors.color("text"))
        painter.drawText(-2, round(self._bar_top() - 18), figure)
        if self._session.network.digit is not None:
            self._paint_bar(painter, *filling)
        painter.setFont(self._spoken)
        painter.setPen(colors.color("text"))
        words = QRectF(0, self._words_top(), self.width(), self.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft, sentence)

    def _paint_bar(self, painter: QPainter, filled: int, color: str) -> None:
        colors = theme()
        bar = QRectF(0, self._bar_top(), self.width(), _BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.color("line"))
        painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)
        painter.setBrush(colors.color(color))
        painter.setClipRect(QRectF(0, bar.top(), filled / self.devicePixelRatioF(), _BAR))
        painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)
        painter.setClipping(False)


class PredictionView(QWidget):
    """P, and under it Σ for + Σ against + b = z, σ(z); of ten neurons all ten probabilities."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.probability = ProbabilityView(session)
        self.bars = AnswerBars(session)
        self.sum = FigureRows("The sum that leads to the answer")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(self.probability)
        column.addWidget(self.bars, 1)
        column.addWidget(self.sum)
        self._formula = quiet_label()
        column.addWidget(self._formula)
        column.addStretch(0)
        session.figures_changed.connect(self._show)
        session.network_changed.connect(self._take_network)
        self._take_network()

    def _take_network(self) -> None:
        ten = self._session.network.digit is None
        deep = self._session.network.deep
        inner = "layers(X)" if deep else "X·W + b"
        self._formula.setText(f"F(X) = {'softmax' if ten else 'σ'}({inner})")
        self._formula.setToolTip(
            TERMS["function of layers" if deep else "neurons" if ten else "neuron"]
        )
        self._show()
        self._show_what_fits()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_what_fits()

    def least_height(self) -> int:
        """The height, in logical pixels, that the answer itself needs."""
        ten = self._session.network.digit is None
        below = self.bars.minimumHeight() if ten else self.sum.sizeHint().height()
        return self.probability.sizeHint().height() + SPACE + below

    def _show_what_fits(self) -> None:
        """The ten bars come before the sum, and both before the formula."""
        ten = self._session.network.digit is None
        self.bars.setVisible(ten)
        needed = self.least_height() + (SPACE + self.sum.sizeHint().height() if ten else 0)
        self.sum.setVisible(not ten or self.height() >= needed)
        needed += SPACE + self._formula.sizeHint().height()
        self._formula.setVisible(self.height() >= needed)

    def _show(self) -> None:
        evidence, (digit, rival) = self._session.evidence, self._session.question
        ten, deep = self._session.network.digit is None, self._session.network.deep
        bias = signed(evidence.bias)
        rows: list[Figure | None] = [
            Figure("Σ for", signed(evidence.total_for), "sum for", "positive"),
            Figure("Σ against", signed(evidence.total_against), "sum against", "negative"),
            Figure("all biases", bias, "all biases") if deep else Figure("bias b", bias, "bias"),
            None,
            Figure("z", signed(evidence.z), f"logit{' of ten' if ten else ''}"),
        ]
        if not ten:
            rows.append(Figure("σ(z)", probability(evidence.P), "sigmoid"))
        elif rival is None:
            rows.append(Figure(f"P({digit})", probability(evidence.P), "softmax"))
        else:
            rows.append(Figure(f"σ(z), {digit} or {rival}", probability(evidence.P), "rival"))
        self.sum.show_rows(rows)
