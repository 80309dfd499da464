"""The upper band of the window: X × W = X × W, Σ, P; the equation left to right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from sixpad.gui.canvas import Canvas
from sixpad.gui.evidence_view import BalanceBar, EvidenceView
from sixpad.gui.glossary import TERMS
from sixpad.gui.numbers import signed
from sixpad.gui.prediction_view import PredictionView
from sixpad.gui.session import Session
from sixpad.gui.theme import SPACE, sized, theme
from sixpad.gui.vector_view import VectorView
from sixpad.gui.weights_view import ColourBar, WeightsView
from sixpad.gui.widgets import ElidedLabel, heading, named, quiet_label

MARGIN = 24
_OPERATOR_WIDTH = 40
_NARROW = 250
_LEARNED = "what it has learned"
_EVIDENCE = "the evidence, pixel by pixel"


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
        self._grids = (self.canvas, self.weights, self.evidence)
        self._layout()
        session.pointer_changed.connect(self._read_out)
        session.evidence_changed.connect(self._read_out)
        session.digit_changed.connect(self._show_digit)
        session.pen_changed.connect(self._show_pen)
        session.drawing.fit_changed.connect(self.fit.setChecked)
        session.numbers_changed.connect(self._show_numbers)
        self.weights.mode_changed.connect(self._show_mode)
        self._show_digit(session.digit)
        self._show_pen()
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
        for column, below in enumerate((self._tools(), self._scale(), self._balance())):
            grid.addLayout(below, 2, 2 * column)
        grid.addLayout(self._digits(), 2, 6)
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

    def _tools(self) -> QVBoxLayout:
        self.pen = QPushButton("Pen")
        self.erase = QPushButton("Erase")
        self.undo = QPushButton("Undo")
        self.redo = QPushButton("Redo")
        self.clear = QPushButton("Clear")
        tools = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(4)
        for button, tip in (
            (self.pen, "Draw with the left button; the right button erases."),
            (self.erase, "Erase with the left button."),
            (self.undo, f"Take back the last stroke ({_keys(QKeySequence.StandardKey.Undo)})."),
            (self.redo, f"Bring it back ({_keys(QKeySequence.StandardKey.Redo)})."),
            (self.clear, "White paper; Undo brings the drawing back."),
        ):
            button.setToolTip(tip)
            button.setAccessibleName(button.text())
            row.addWidget(button)
        for button in (self.pen, self.erase):
            button.setCheckable(True)
            tools.addButton(button)
        self.width_field = QSpinBox(minimum=1, maximum=4, prefix="pen ", suffix=" px")
        self.width_field.setToolTip(TERMS["pen"])
        self.width_field.setAccessibleName("Pen width")
        self.width_field.lineEdit().setTextMargins(4, 0, 0, 0)
        self.width_field.setFixedWidth(self.fontMetrics().horizontalAdvance("pen 4 px") + 44)
        self.fit = QCheckBox("Centre and fit")
        self.fit.setChecked(self.session.drawing.fit)
        self.fit.setToolTip(TERMS["centre and fit"])
        second = QHBoxLayout()
        second.addWidget(self.fit)
        second.addStretch(1)
        second.addWidget(self.width_field)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addLayout(row)
        column.addLayout(second)
        column.addStretch(1)
        self._connect_tools()
        return column

    def _connect_tools(self) -> None:
        session, stack = self.session, self.session.undo_stack
        self.pen.clicked.connect(lambda: session.set_pen(erasing=False))
        self.erase.clicked.connect(lambda: session.set_pen(erasing=True))
        self.width_field.valueChanged.connect(lambda width: session.set_pen(width=width))
        self.undo.clicked.connect(stack.undo)
        self.redo.clicked.connect(stack.redo)
        self.clear.clicked.connect(session.drawing.clear)
        self.fit.toggled.connect(session.drawing.set_fit)
        stack.canUndoChanged.connect(self.undo.setEnabled)
        stack.canRedoChanged.connect(self.redo.setEnabled)
        self.undo.setEnabled(stack.canUndo())
        self.redo.setEnabled(stack.canRedo())

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
        column.addStretch(1)
        return column

    def _digits(self) -> QVBoxLayout:
        words = quiet_label("Look for the digit")
        words.setToolTip(TERMS["digit"])
        self.digits = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(2)
        for digit in range(10):
            button = named(QPushButton(str(digit)), "digit")
            button.setCheckable(True)
            button.setToolTip(f"Look for a {digit} (Alt+{digit})")
            self.digits.addButton(button, digit)
            row.addWidget(button)
        self.digits.idClicked.connect(self.session.set_digit)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(words)
        column.addLayout(row)
        column.addStretch(1)
        return column

    def _show_digit(self, digit: int) -> None:
        self.digits.button(digit).setChecked(True)
        self._titles[3].setText(f"P({digit})")
        self._show_mode()

    def _show_mode(self) -> None:
        gradient = self.weights.shows_gradient
        self._mode.setChecked(gradient)
        self._titles[1].setText("∂L/∂W" if gradient else "W")
        self._subtitles[1].setText("the gradient of the loss" if gradient else _LEARNED)
        for label in (self._titles[1], self._subtitles[1], self._against, self._for):
            label.setToolTip(TERMS["gradient" if gradient else "weights"])
        self._against.setText("will grow" if gradient else f"against a {self.session.digit}")
        self._for.setText("will shrink" if gradient else f"for a {self.session.digit}")
        self.refresh_colors()

    def _show_pen(self) -> None:
        self.erase.setChecked(self.session.erasing)
        self.pen.setChecked(not self.session.erasing)
        self.width_field.setValue(self.session.pen_width)

    def _show_numbers(self, shown: bool) -> None:
        self.vector.setVisible(shown)
        self.fit_grids()

    def refresh_colors(self) -> None:
        """Take on the colours of the theme."""
        self._against.setStyleSheet(f"color: {theme().negative}; font-weight: 600;")
        self._for.setStyleSheet(f"color: {theme().positive}; font-weight: 600;")
        for view in self._grids:
            view.refresh()

    def _read_out(self) -> None:
        """Row, column, x, w and x·w of the pixel under the pointer."""
        cell, session = self.session.pointer, self.session
        if cell is None:
            self._pixel.setText("")
            return
        x = int(session.drawing.prepared[cell])
        w, xw = float(session.weights[cell]), float(session.evidence.pixels[cell])
        product = f"x {x} · w {signed(w)} = {signed(xw)}"
        text = f"row {cell.row}, column {cell.column}:  {product}"
        if self._pixel.fontMetrics().horizontalAdvance(text) > self._pixel.width():
            text = f"({cell.row}, {cell.column})  {product}"
        self._pixel.setText(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_grids()

    def fit_grids(self) -> None:
        """Give the three grids the largest size that leaves room for all else."""
        self.prediction.setFixedWidth(answer_width(self.width()))
        across = self.width() - 2 * MARGIN - self.prediction.width() - 3 * _OPERATOR_WIDTH
        vector = self.vector.sizeHint().height() + SPACE if self.session.numbers else 0
        titles = self._titles[0].sizeHint().height()
        below = max(self.pen.sizeHint().height() + self.width_field.sizeHint().height() + 6, 60)
        down = self.height() - 24 - titles - below - 2 * SPACE - vector
        for view in self._grids:
            view.fit_to(min(across / 3, down))
        # A label of a fixed size has its text changed without a new layout of the window.
        self._pixel.setFixedSize(self.evidence.width(), self._pixel.sizeHint().height())
        narrow = self.canvas.width() < _NARROW
        self.undo.setText("↶" if narrow else "Undo")
        self.redo.setText("↷" if narrow else "Redo")
        self._subtitles[2].setText("the evidence" if narrow else _EVIDENCE)


def _keys(standard: QKeySequence.StandardKey) -> str:
    return QKeySequence(standard).toString(QKeySequence.SequenceFormat.NativeText)
