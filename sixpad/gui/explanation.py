"""What answers, pixel by pixel: W and X × W, or of a deeper network the gradient in their place."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from sixpad.core.network import TEN
from sixpad.gui.evidence_view import BalanceBar, EvidenceView
from sixpad.gui.glossary import TERMS
from sixpad.gui.numbers import a, signed
from sixpad.gui.rival_choice import RivalChoice
from sixpad.gui.session import Session
from sixpad.gui.sizes_field import SizesField
from sixpad.gui.theme import SPACE, sized, theme
from sixpad.gui.thumbnails import Thumbnails
from sixpad.gui.weights_view import ColourBar, WeightsView
from sixpad.gui.widgets import ElidedLabel, heading, named, quiet_label

NARROW = 250
_NARROW_WITHOUT_GRADIENT, _WIDE = 170, 330
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_NAMES = "W, the weights", "X times W, the evidence"
# What the two grids show: of neurons that see the pixels, and of a deeper network.
_WORDS = (
    ("what it has learned", "weights", "the evidence, pixel by pixel", "the evidence", "evidence"),
    (
        "what a pixel would change",
        "slopes",
        "gradient × pixel",
        "gradient × pixel",
        "gradient × pixel",
    ),
)


class Explanation(QWidget):
    """The grids of W and of the evidence side by side, with what is over and under them."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.weights = WeightsView(session)
        self.evidence = EvidenceView(session)
        self.thumbnails = Thumbnails(session)
        self.rival = RivalChoice(session)
        self._layout()
        session.pointer_changed.connect(self._read_out)
        session.figures_changed.connect(self._read_out)
        session.question_changed.connect(self._show_question)
        self.weights.mode_changed.connect(self._show_question)
        self.take_network()

    def _layout(self) -> None:
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(0)
        grid.setVerticalSpacing(SPACE)
        self.titles: list[QLabel] = []
        self.subtitles: list[QLabel] = []
        self._below = self._scale(), self._balance()
        for place, (view, below) in enumerate(
            zip((self.weights, self.evidence), self._below, strict=True)
        ):
            title, subtitle, row = heading("", "")
            subtitle.setMinimumWidth(10)
            self.titles.append(title)
            self.subtitles.append(subtitle)
            grid.addLayout(row, 0, 2 * place)
            grid.addWidget(view, 1, 2 * place, Qt.AlignmentFlag.AlignTop)
            grid.addLayout(below, 2, 2 * place)
        self._sign = operator("=")
        grid.addWidget(self._sign, 1, 1)
        grid.setColumnStretch(3, 1)
        grid.setRowStretch(3, 1)

    def _scale(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(2)
        self._scale_bar = ColourBar(self.weights)
        column.addWidget(self._scale_bar)
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
        column.addWidget(self._layers())
        column.addStretch(1)
        return column

    def _layers(self) -> QWidget:
        self.layers = QWidget()
        self._layers_word = words = quiet_label("Layers")
        words.setToolTip(TERMS["layers"])
        self.sizes = SizesField(self.session)
        words.setBuddy(self.sizes)
        row = QHBoxLayout(self.layers)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(words)
        row.addWidget(self.sizes, 1)
        return self.layers

    def _balance(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(2)
        self._bar = BalanceBar(self.session)
        self._bar.setToolTip(f"{TERMS['sum against']}\n{TERMS['sum for']}")
        column.addWidget(self._bar)
        self.pixel = ElidedLabel()
        self.pixel.setToolTip(TERMS["evidence"])
        column.addWidget(self.pixel)
        column.addWidget(self.rival)
        column.addStretch(1)
        return column

    @property
    def _many(self) -> bool:
        """Whether all ten digits are answered."""
        return self.session.network.digit is None

    def take_network(self) -> None:
        """Show what there is to show of the network in use."""
        deep = self.session.network.deep
        for view, shown in (
            (self.thumbnails, self.session.model == TEN),
            (self.rival, self._many),
        ):
            # Their room is kept for them, so that no grid moves between one neuron and ten.
            policy = view.sizePolicy()
            policy.setRetainSizeWhenHidden(not deep)
            view.setSizePolicy(policy)
            view.setVisible(shown)
        self._mode.setVisible(not deep)
        names = ("The gradient by each pixel", "Gradient times pixel") if deep else _NAMES
        for grid, name in zip((self.weights, self.evidence), names, strict=True):
            grid.setAccessibleName(name)
        self.layers.setVisible(deep)
        self._show_question()

    def _show_question(self) -> None:
        """Name the neuron whose weights and evidence are shown."""
        gradient = self.weights.shows_gradient
        deep = self.session.network.deep
        neuron, several = self._neuron()
        self.titles[0].setText(neuron.replace("W", "∂L/∂W") if gradient else neuron)
        self.titles[1].setText(f"X × ({neuron})" if several else f"X × {neuron}")
        self._mode.setChecked(gradient)
        _, weights, _, _, evidence = _WORDS[deep]
        for label in (self.titles[0], self.subtitles[0], self._against, self._for):
            label.setToolTip(TERMS["gradient" if gradient else weights])
        for label in (self.titles[1], self.subtitles[1], self.pixel):
            label.setToolTip(TERMS[evidence])
        self._show_words()
        self._read_out()
        self.refresh_colors()

    def _neuron(self) -> tuple[str, bool]:
        """The sign of what stands in W's place, and whether it is a sum."""
        digit, rival = self.session.question
        if not self._many:
            return "W", False
        sign = "z" if self.session.network.deep else "W"
        asked = [digit] if rival is None else [digit, rival]
        neuron = " − ".join(f"{sign}{str(each).translate(_LOWERED)}" for each in asked)
        if not self.session.network.deep:
            return neuron, rival is not None
        return f"∂{neuron if rival is None else f'({neuron})'}/∂X", False

    def refresh_colors(self) -> None:
        """Take on the colours of the theme."""
        self._against.setStyleSheet(f"color: {theme().negative}; font-weight: 600;")
        self._for.setStyleSheet(f"color: {theme().positive}; font-weight: 600;")
        for view in (self.weights, self.evidence, self.thumbnails):
            view.refresh()

    def _show_words(self) -> None:
        """The words beside and below the grids, as far as there is room for them."""
        deep = self.session.network.deep
        narrow = self.weights.width() < (_NARROW_WITHOUT_GRADIENT if deep else NARROW)
        gradient = self.weights.shows_gradient
        against, favoured = self._legend(narrow)
        self._against.setText("will grow" if gradient else against)
        self._for.setText("will shrink" if gradient else favoured)
        learned, _, evidence, short, _ = _WORDS[deep]
        if deep and self.weights.width() < _WIDE:
            learned = "the gradient"
            short = "evidence" if narrow else short
        self._layers_word.setVisible(not (deep and narrow))
        self.subtitles[0].setText("the gradient of the loss" if gradient else learned)
        self.subtitles[1].setText(short if narrow or self.session.rival is not None else evidence)

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
            self.pixel.setText(self._sum() if self._many else "")
            return
        x = int(session.drawing.prepared[cell])
        w, xw = float(session.weights[cell]), float(session.evidence.pixels[cell])
        product = f"x {x} · w {signed(w)} = {signed(xw)}"
        text = f"row {cell.row}, column {cell.column}:  {product}"
        if not self.pixel.has_room(text):
            text = f"({cell.row}, {cell.column})  {product}"
        self.pixel.setText(text)

    def _sum(self) -> str:
        """What the evidence comes to, where the answer has no room to say it."""
        evidence = self.session.evidence
        total = evidence.total_for + evidence.total_against
        bias, z = signed(evidence.bias), signed(evidence.z)
        if self.session.network.deep:
            text = f"Σ {signed(total)},  biases {bias}:  z = {z}"
            return text if self.pixel.has_room(text) else f"biases {bias},  z = {z}"
        return f"Σ {signed(total)},  b {bias}:  z = {z}"

    def around(self, width: float) -> int:
        """The height of what is over and under grids of so large a width, in logical pixels.

        Of one neuron it is that of ten, whose thumbnails need the most.
        """
        if self.session.network.deep:
            below = max(column.sizeHint().height() for column in self._below)
        else:
            below = self.most_below(width)
        return self.titles[0].sizeHint().height() + below + 2 * SPACE

    def most_below(self, width: float) -> int:
        """The height under the grids where all is shown."""
        scale, words = self._scale_bar.height(), self._for.sizeHint().height()
        thumbnails = self.thumbnails.height_at(int(width))
        balance = self._bar.height() + self.pixel.sizeHint().height()
        return 4 + max(scale + words + thumbnails, balance + self.rival.sizeHint().height())

    def fit(self, side: float, gap: int, margin: int = 0) -> None:
        """Make the grids as large as `side` allows, with a `gap` between them, in logical pixels.

        The thumbnails are as wide as the grid that they stand under.
        """
        self._grid.setContentsMargins(margin, 0, 0, 0)
        self._sign.setFixedWidth(gap)
        for view in (self.weights, self.evidence):
            view.fit_to(side)
        self.thumbnails.fit_to(self.weights.width())
        # A label of a fixed size has its text changed without a new layout of the window.
        beside = margin if self.session.network.deep else 0
        self.pixel.setFixedSize(self.evidence.width() + beside, self.pixel.sizeHint().height())
        self._bar.setFixedWidth(self.evidence.width())
        self._show_words()
        self._read_out()


def operator(sign: str) -> QLabel:
    """A large sign between what it joins."""
    label = quiet_label(sign)
    label.setFont(sized(label.font(), 2.0))
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label
