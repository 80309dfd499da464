"""The upper band of the window: X × W = X × W, Σ, P; the equation left to right."""

from __future__ import annotations

from PySide6.QtCore import QDeadlineTimer, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from sixpad.core.answer import DIGITS
from sixpad.gui.canvas import Canvas
from sixpad.gui.canvas_tools import CanvasTools
from sixpad.gui.data_source import DataSource
from sixpad.gui.digit_button import DigitButton
from sixpad.gui.explanation import NARROW, operator
from sixpad.gui.glossary import TERMS
from sixpad.gui.inside_view import InsideView
from sixpad.gui.kept_words import KeptWords
from sixpad.gui.numbers import a
from sixpad.gui.prediction_view import PredictionView
from sixpad.gui.session import Session
from sixpad.gui.theme import MARGIN, SPACE
from sixpad.gui.vector_view import VectorView
from sixpad.gui.widgets import heading, named, quiet_label

_OPERATOR_WIDTH = 40


def answer_width(window_width: int) -> int:
    """The width of the window's right-hand column, logical pixels."""
    return max(round(window_width * 0.19), 200)


class Equation(QWidget):
    """The canvas at the left, the answer at the right, and between them what leads to it.

    Of one neuron and of ten that is the grids of W and X × W: three grids of equal size on one
    line. Of a deeper network it is the network itself, which can be looked into. `keep_wanted`
    asks to keep the drawing as the digit that it carries, and `correct_wanted` to correct the
    network to it.
    """

    keep_wanted = Signal(int)
    correct_wanted = Signal(int)

    def __init__(self, session: Session, data: DataSource | None = None) -> None:
        super().__init__()
        self.session = session
        self.canvas = Canvas(session)
        self.inside = InsideView(session, data)
        self.explanation = self.inside.explanation
        self.weights, self.evidence = self.explanation.weights, self.explanation.evidence
        self.thumbnails, self.rival = self.explanation.thumbnails, self.explanation.rival
        self.prediction = PredictionView(session)
        self.vector = VectorView(session)
        self.tools = CanvasTools(session)
        self._layout()
        session.network_changed.connect(self._show_network)
        session.question_changed.connect(self._show_question)
        session.numbers_changed.connect(self._show_numbers)
        session.drawing.stroke_ended.connect(self._follow)
        self.inside.state.patch_changed.connect(self.canvas.show_patch)
        self._show_network()
        self._show_numbers(session.numbers)

    def _layout(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(0)
        grid.setVerticalSpacing(SPACE)
        self._headings(grid)
        grid.addWidget(self.canvas, 1, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.inside, 0, 2, 3, 1)
        self._signs = operator("×"), operator("Σ")
        for column, sign in zip((1, 3), self._signs, strict=True):
            grid.addWidget(sign, 1, column)
        grid.addWidget(self.prediction, 1, 4, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.tools, 2, 0, Qt.AlignmentFlag.AlignTop)
        digits = self._digits()
        grid.addLayout(digits, 2, 4)
        grid.setColumnStretch(2, 1)
        grid.setRowStretch(2, 1)
        self._below = self.tools, digits
        outer = QVBoxLayout(self)
        outer.setContentsMargins(MARGIN, 12, MARGIN, 12)
        outer.setSpacing(SPACE)
        outer.addLayout(grid, 1)
        outer.addWidget(self.vector)

    def _headings(self, grid: QGridLayout) -> None:
        self.subtitle = KeptWords("its answer")
        self.title, _, _ = answer = heading("P(6)", self.subtitle)
        self.correct = DigitButton("It is", "Ctrl+", TERMS["correct"])
        self.correct.chosen.connect(self.correct_wanted)
        answer[-1].addWidget(self.correct, 0, Qt.AlignmentFlag.AlignBottom)
        self.kept = KeptWords("your drawing")
        drawing = heading("X", self.kept)
        self.keep = DigitButton("Keep as", "", TERMS["keep"])
        self.keep.chosen.connect(self.keep_wanted)
        drawing[-1].addWidget(self.keep, 0, Qt.AlignmentFlag.AlignBottom)
        for column, (title, subtitle, row), term in (
            (0, drawing, "image"),
            (4, answer, "probability"),
        ):
            title.setToolTip(TERMS[term])
            subtitle.setToolTip(TERMS[term])
            subtitle.setMinimumWidth(10)
            grid.addLayout(row, 0, column)

    def _digits(self) -> QVBoxLayout:
        self._which = quiet_label()
        self.digits = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(2)
        for digit in range(DIGITS):
            button = named(QPushButton(str(digit)), "digit")
            button.setCheckable(True)
            self.digits.addButton(button, digit)
            row.addWidget(button)
        self.digits.idClicked.connect(self.session.set_digit)
        self.follow = named(QCheckBox("follow"), "quiet")
        self.follow.setToolTip(TERMS["follow"])
        self.follow.toggled.connect(self._follow)
        head = QHBoxLayout()
        head.addWidget(self._which)
        head.addStretch(1)
        head.addWidget(self.follow)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(row)
        column.addStretch(1)
        return column

    @property
    def _many(self) -> bool:
        """Whether all ten digits are answered."""
        return self.session.network.digit is None

    def _show_network(self) -> None:
        many, deep = self._many, self.session.network.deep
        verb = "Look at" if many else "Look for"
        self._which.setText(f"{verb} the digit")
        self._which.setToolTip(TERMS["digit of ten" if many else "digit"])
        for digit, button in enumerate(self.digits.buttons()):
            button.setToolTip(f"{verb} {a(digit)} (Alt+{digit})")
        self.follow.setVisible(many)
        self.title.setToolTip(TERMS["probabilities" if many else "probability"])
        self.subtitle.stay("its ten answers" if many else "")
        for sign, shown in zip(self._signs, "×Σ", strict=True):
            sign.setText("→" if deep else shown)
        self.inside.take_network()
        self._show_question()
        self.fit_grids()

    def _show_question(self) -> None:
        digit = self.session.digit
        self.digits.button(digit).setChecked(True)
        self.title.setText("P" if self._many else f"P({digit})")

    def refresh_colors(self) -> None:
        """Take on the colours of the theme."""
        self.canvas.refresh()
        self.inside.refresh_colors()

    def _show_numbers(self, shown: bool) -> None:
        self.vector.setVisible(shown)
        self.fit_grids()

    def _follow(self) -> None:
        """Look at the digit that the finished drawing is taken for, where that is wanted."""
        if self._many and self.follow.isChecked() and self.session.drawing.ink.any():
            self.session.set_digit(int(self.session.evidence.probabilities.argmax()))

    def close_threads(self, deadline: QDeadlineTimer) -> bool:
        """End what is being worked out; False if it would not end in time."""
        return self.inside.close_threads(deadline)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_grids()

    def minimumSizeHint(self) -> QSize:
        # The grids follow the height, so the size that they have must not hold it.
        height = self._around_grids() + self.prediction.least_height()
        return QSize(super().minimumSizeHint().width(), height)

    def _around_grids(self) -> int:
        """The height of all that is over and under the grids, whatever network is in use."""
        across = (self.width() - 2 * MARGIN - answer_width(self.width())) / 3 - _OPERATOR_WIDTH
        below = max(item.sizeHint().height() for item in self._below)
        below = max(below, self.explanation.most_below(across))
        titles = self.title.sizeHint().height()
        return self._outside + titles + below + 2 * SPACE

    @property
    def _outside(self) -> int:
        """The height of the margins, and of the image as numbers where it is shown."""
        return 24 + (self.vector.sizeHint().height() + SPACE if self.session.numbers else 0)

    def fit_grids(self) -> None:
        """Give the grids the largest size that leaves room for all else."""
        answer = answer_width(self.width())
        self.prediction.setFixedWidth(answer)
        across = self.width() - 2 * MARGIN - answer
        side = min(across / 3 - _OPERATOR_WIDTH, self.height() - self._around_grids())
        self.canvas.fit_to(side)
        grid = self.canvas.width()
        # The answer is no taller than the grids, so that what is below them does not move.
        self.prediction.setFixedHeight(max(grid, self.prediction.least_height()))
        self.tools.set_narrow(grid < NARROW)
        self.tools.setFixedWidth(max(grid, self.tools.minimumSizeHint().width()))
        across -= self.tools.width()
        gap = _OPERATOR_WIDTH if self.session.network.deep else max((across - 2 * grid) // 3, 0)
        for sign in self._signs:
            sign.setFixedWidth(gap)
        self.inside.fit(QSize(across - 2 * gap, self.height() - self._outside), grid, gap)
