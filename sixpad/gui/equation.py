"""The upper band of the window: X × W = X × W, Σ, P; the equation left to right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from sixpad.core.answer import DIGITS
from sixpad.gui.canvas import Canvas
from sixpad.gui.canvas_tools import CanvasTools
from sixpad.gui.evidence_view import BalanceBar, EvidenceView
from sixpad.gui.glossary import TERMS
from sixpad.gui.numbers import a, signed
from sixpad.gui.prediction_view import PredictionView
from sixpad.gui.rival_choice import RivalChoice
from sixpad.gui.session import Session
from sixpad.gui.theme import MARGIN, SPACE, sized, theme
from sixpad.gui.thumbnails import Thumbnails
from sixpad.gui.vector_view import VectorView
from sixpad.gui.weights_view import ColourBar, WeightsView
from sixpad.gui.widgets import ElidedLabel, heading, named, quiet_label

_OPERATOR_WIDTH = 40
_NARROW = 250
_LEARNED = "what it has learned"
_EVIDENCE = "the evidence, pixel by pixel"
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def answer_width(window_width: int) -> int:
    """The width of the window's right-hand column, logical pixels."""
    return max(round(window_width * 0.19), 200)


class Equation(QWidget):
    """Three grids of equal size on one line, the operators between them, and the answer."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.canvas = Canvas(session)
        self.weights = WeightsView(session)
        self.evidence = EvidenceView(session)
        self.prediction = PredictionView(session)
        self.vector = VectorView(session)
        self.thumbnails = Thumbnails(session)
        self.tools = CanvasTools(session)
        self.rival = RivalChoice(session)
        for only_of_ten in (self.thumbnails, self.rival):
            # Their room is kept for them, so that no grid moves when the model changes.
            policy = only_of_ten.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            only_of_ten.setSizePolicy(policy)
        self._grids = (self.canvas, self.weights, self.evidence)
        self._layout()
        session.pointer_changed.connect(self._read_out)
        session.figures_changed.connect(self._read_out)
        session.network_changed.connect(self._show_network)
        session.question_changed.connect(self._show_question)
        session.numbers_changed.connect(self._show_numbers)
        session.drawing.stroke_ended.connect(self._follow)
        self.weights.mode_changed.connect(self._show_question)
        self._show_network()
        self._show_question()
        self._show_numbers(session.numbers)
        self._read_out()

    def _layout(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(0)
        grid.setVerticalSpacing(SPACE)
        self._headings(grid)
        for column, widget in zip((0, 2, 4), self._grids, strict=True):
            grid.addWidget(widget, 1, column, Qt.AlignmentFlag.AlignTop)
        for column, sign in ((1, "×"), (3, "="), (5, "Σ")):
            label = quiet_label(sign)
            label.setFont(sized(label.font(), 2.0))
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setMinimumWidth(_OPERATOR_WIDTH)
            grid.addWidget(label, 1, column)
            grid.setColumnStretch(column, 1)
        grid.addWidget(self.prediction, 1, 6)
        grid.addWidget(self.tools, 2, 0, Qt.AlignmentFlag.AlignTop)
        layouts = self._scale(), self._balance(), self._digits()
        for column, layout in zip((2, 4, 6), layouts, strict=True):
            grid.addLayout(layout, 2, column)
        self._below = (self.tools, *layouts)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(MARGIN, 12, MARGIN, 12)
        outer.setSpacing(SPACE)
        outer.addLayout(grid)
        outer.addWidget(self.vector)

    def _headings(self, grid: QGridLayout) -> None:
        self._titles: list[QLabel] = []
        self._subtitles: list[QLabel] = []
        for column, (symbol, words, term) in enumerate((
            ("X", "your drawing", "image"),
            ("W", _LEARNED, "weights"),
            ("X × W", _EVIDENCE, "evidence"),
            ("P(6)", "its answer", "probability"),
        )):  # fmt: skip
            title, subtitle, row = heading(symbol, words)
            title.setToolTip(TERMS[term])
            subtitle.setToolTip(TERMS[term])
            subtitle.setMinimumWidth(10)
            self._titles.append(title)
            self._subtitles.append(subtitle)
            grid.addLayout(row, 0, 2 * column)

    def _scale(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(ColourBar(self.weights))
        self._mode = named(QPushButton("gradient"), "word")
        self._mode.setCheckable(True)
        self._mode.setToolTip(TERMS["gradient"])
        self._mode.clicked.connect(self.weights.show_gradient)
        self._against, self._for = QLabel(), QLabel()
        row = QHBoxLayout()
        row.addWidget(self._against)
        row.addStretch(1)
        row.addWidget(self._mode)
        row.addStretch(1)
        row.addWidget(self._for)
        column.addLayout(row)
        column.addWidget(self.thumbnails)
        column.addStretch(1)
        return column

    def _balance(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(2)
        bar = BalanceBar(self.session)
        bar.setToolTip(f"{TERMS['sum against']}\n{TERMS['sum for']}")
        column.addWidget(bar)
        self._pixel = ElidedLabel()
        self._pixel.setToolTip(TERMS["evidence"])
        column.addWidget(self._pixel)
        column.addWidget(self.rival)
        column.addStretch(1)
        return column

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
    def _ten(self) -> bool:
        """Whether ten neurons answer."""
        return self.session.network.digit is None

    def _show_network(self) -> None:
        verb = "Look at" if self._ten else "Look for"
        self._which.setText(f"{verb} the digit")
        self._which.setToolTip(TERMS["digit of ten" if self._ten else "digit"])
        for digit, button in enumerate(self.digits.buttons()):
            button.setToolTip(f"{verb} {a(digit)} (Alt+{digit})")
        self.thumbnails.setVisible(self._ten)
        self.follow.setVisible(self._ten)
        self.rival.setVisible(self._ten)
        self._titles[3].setToolTip(TERMS["probabilities" if self._ten else "probability"])
        self._subtitles[3].setText("its ten answers" if self._ten else "its answer")
        self._show_question()
        self.fit_grids()

    def _show_question(self) -> None:
        """Name the neuron whose weights and evidence are shown."""
        gradient = self.weights.shows_gradient
        digit, rival = self.session.question
        neuron = "W"
        if self._ten:
            asked = [digit] if rival is None else [digit, rival]
            neuron = " − ".join(f"W{str(each).translate(_LOWERED)}" for each in asked)
        self.digits.button(digit).setChecked(True)
        self._mode.setChecked(gradient)
        self._titles[1].setText(neuron.replace("W", "∂L/∂W") if gradient else neuron)
        self._titles[2].setText(f"X × ({neuron})" if rival is not None else f"X × {neuron}")
        self._titles[3].setText("P" if self._ten else f"P({digit})")
        for label in (self._titles[1], self._subtitles[1], self._against, self._for):
            label.setToolTip(TERMS["gradient" if gradient else "weights"])
        self._show_words()
        self.refresh_colors()

    def refresh_colors(self) -> None:
        """Take on the colours of the theme."""
        self._against.setStyleSheet(f"color: {theme().negative}; font-weight: 600;")
        self._for.setStyleSheet(f"color: {theme().positive}; font-weight: 600;")
        for view in (*self._grids, self.thumbnails):
            view.refresh()

    def _show_numbers(self, shown: bool) -> None:
        self.vector.setVisible(shown)
        self.fit_grids()

    def _show_words(self) -> None:
        """The words beside and below the grids, as far as there is room for them."""
        narrow = self.canvas.width() < _NARROW
        gradient = self.weights.shows_gradient
        against, favoured = self._legend(narrow)
        self._against.setText("will grow" if gradient else against)
        self._for.setText("will shrink" if gradient else favoured)
        self._subtitles[1].setText("the gradient of the loss" if gradient else _LEARNED)
        short = narrow or self.session.rival is not None
        self._subtitles[2].setText("the evidence" if short else _EVIDENCE)

    def _legend(self, narrow: bool) -> tuple[str, str]:
        """What blue and orange speak for."""
        digit, rival = self.session.question
        if rival is None:
            return ("against", "for") if narrow else (f"against {a(digit)}", f"for {a(digit)}")
        return (str(rival), str(digit)) if narrow else (f"for {a(rival)}", f"for {a(digit)}")

    def _read_out(self) -> None:
        """Row, column, x, w and x·w of the pixel under the pointer."""
        cell, session = self.session.pointer, self.session
        if cell is None:
            self._pixel.setText(self._sum() if self._ten else "")
            return
        x = int(session.drawing.prepared[cell])
        w, xw = float(session.weights[cell]), float(session.evidence.pixels[cell])
        product = f"x {x} · w {signed(w)} = {signed(xw)}"
        text = f"row {cell.row}, column {cell.column}:  {product}"
        if not self._pixel.has_room(text):
            text = f"({cell.row}, {cell.column})  {product}"
        self._pixel.setText(text)

    def _follow(self) -> None:
        """Look at the digit that the finished drawing is taken for, where that is wanted."""
        if self._ten and self.follow.isChecked() and self.session.drawing.ink.any():
            self.session.set_digit(int(self.session.evidence.probabilities.argmax()))

    def _sum(self) -> str:
        """What the evidence comes to, where the answer has no room to say it."""
        evidence = self.session.evidence
        total = evidence.total_for + evidence.total_against
        return f"Σ {signed(total)},  b {signed(evidence.bias)}:  z = {signed(evidence.z)}"

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_grids()

    def minimumSizeHint(self) -> QSize:
        # The grids follow the height, so the size that they have must not hold it.
        height = self._around_grids() + self.prediction.least_height()
        return QSize(super().minimumSizeHint().width(), height)

    def _around_grids(self) -> int:
        """The height of all that is over and under the grids."""
        vector = self.vector.sizeHint().height() + SPACE if self.session.numbers else 0
        titles = self._titles[0].sizeHint().height()
        below = max(item.sizeHint().height() for item in self._below)
        return 24 + titles + below + 2 * SPACE + vector

    def fit_grids(self) -> None:
        """Give the three grids the largest size that leaves room for all else."""
        self.prediction.setFixedWidth(answer_width(self.width()))
        across = self.width() - 2 * MARGIN - self.prediction.width() - 3 * _OPERATOR_WIDTH
        # Measured at their largest: the same window has the same grids, whatever it was before.
        self.thumbnails.fit_to(int(across / 3))
        down = self.height() - self._around_grids()
        for view in self._grids:
            view.fit_to(min(across / 3, down))
        # A label of a fixed size has its text changed without a new layout of the window.
        self._pixel.setFixedSize(self.evidence.width(), self._pixel.sizeHint().height())
        # The answer is no taller than the grids, so that what is below them does not move.
        self.prediction.setFixedHeight(max(self.canvas.height(), self.prediction.least_height()))
        self.tools.setFixedWidth(max(self.canvas.width(), self.tools.minimumSizeHint().width()))
        self.thumbnails.fit_to(self.weights.width())
        self.tools.set_narrow(self.canvas.width() < _NARROW)
        self._show_words()
