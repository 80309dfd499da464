"""One source of a mixture: what it is, how many examples it has, and its share of the training."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QValidator
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from sixpad.data.mixture import LEAST_SHARE, Portion
from sixpad.data.spec_words import handwriting_count
from sixpad.gui.data_choice import source_detail, source_name
from sixpad.gui.fields import CountField
from sixpad.gui.glossary import TERMS
from sixpad.gui.numbers import count, percent
from sixpad.gui.source_outcome import Outcome
from sixpad.gui.theme import SPACE, figures, sized, theme
from sixpad.gui.widgets import ElidedLabel, named

EXAMPLES_WIDTH, SHARE_WIDTH, TRAINING_WIDTH, REMOVE_WIDTH = 96, 96, 120, 28
# What the arrows of a number field take of its width: numbers without a field stand as far in.
ARROWS_WIDTH = 20
_LEAST_DIGITS, _MOST_DIGITS = 10, 1_000_000
_BAR_HEIGHT = 6
_IN_TENTHS = 0.01


class SourceRow(QWidget):
    """A line of the list; `edited` carries the portion as the person wants it."""

    edited = Signal(object)
    remove_wanted = Signal()

    def __init__(self, portion: Portion) -> None:
        super().__init__()
        named(self, "source")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.portion = portion
        self._showing = False
        self.name, self.detail = ElidedLabel(), ElidedLabel()
        self.number = QLabel()
        self.count = CountField(_LEAST_DIGITS, _MOST_DIGITS)
        self.share = ShareField()
        self.outcome = QLabel()
        self.bar = ShareBar()
        self.remove = named(QPushButton("✕"), "linen")
        self._layout()
        self.count.valueChanged.connect(self._count_edited)
        self.share.valueChanged.connect(self._share_edited)
        self.remove.clicked.connect(self.remove_wanted)

    def _layout(self) -> None:
        named(self.name, "source-name")
        self.detail.setFont(sized(self.font(), 0.9))
        for label in (self.number, self.outcome):
            label.setFont(figures(label.font()))
        written = self.portion.kind == "handwriting"
        (self.number if written else self.count).hide()
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self.number.setAlignment(right)
        self.number.setContentsMargins(0, 0, ARROWS_WIDTH, 0)
        self.count.setAlignment(right)
        keeping = self.remove.sizePolicy()
        keeping.setRetainSizeWhenHidden(True)
        self.remove.setSizePolicy(keeping)
        for widget, width in (
            (self.number, EXAMPLES_WIDTH),
            (self.count, EXAMPLES_WIDTH),
            (self.share, SHARE_WIDTH),
            (self.remove, REMOVE_WIDTH),
        ):
            widget.setFixedWidth(width)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self.name)
        words.addWidget(self.detail)
        training = QVBoxLayout()
        training.setSpacing(4)
        training.addWidget(self.outcome)
        training.addWidget(self.bar)
        cell = QWidget()
        cell.setFixedWidth(TRAINING_WIDTH)
        training.setContentsMargins(0, 0, 0, 0)
        cell.setLayout(training)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, SPACE, 0, SPACE)
        row.setSpacing(2 * SPACE)
        row.addLayout(words, 1)
        for part in (self.number, self.count, self.share, cell, self.remove):
            row.addWidget(part)
        for told, term in (
            (self.number, "examples of a source"),
            (self.count, "written digits"),
            (self.share, "share of a source"),
            (self.outcome, "in training"),
            (self.bar, "in training"),
        ):
            told.setToolTip(TERMS[term])
        self.remove.setToolTip("Takes this source out of the training; it stays where it is kept.")

    def show_portion(self, portion: Portion, outcome: Outcome) -> None:
        """Show the source and what becomes of it."""
        self._showing = True
        self.portion = portion
        name = source_name(portion.text).partition(",")[0]
        self.name.setText(name)
        self.count.setValue(handwriting_count(portion.text))
        self.share.setValue(0 if portion.share is None else max(round(100 * portion.share), 1))
        self.number.setText("…" if outcome.size is None else count(outcome.size))
        if outcome.in_epoch:
            share = percent(outcome.share, int(round(outcome.share, 6) < _IN_TENTHS))
            self.outcome.setText(f"{share} · {count(outcome.in_epoch)}")
        else:
            self.outcome.setText("…")
        self.bar.show_share(outcome.share)
        details = [source_detail(portion.text), _repeated(outcome)]
        detail = ", ".join(words for words in details if words)
        self.detail.setText(detail)
        self.detail.setToolTip(detail)
        self.name.setToolTip(portion.spec)
        for widget, words in (
            (self.count, f"Examples of {name}"),
            (self.share, f"Share of {name}"),
            (self.remove, f"Remove {name}"),
        ):
            widget.setAccessibleName(words)
        self._showing = False

    @property
    def fields(self) -> tuple[QWidget, ...]:
        """What can be reached by the keyboard, in its order."""
        return self.count, self.share, self.remove

    def allow(self, *, alone: bool, most: float, rest: bool, busy: bool) -> None:
        """Say what may be done: the largest share that may be given, if any, whether it may have
        what the others leave, and whether it is being learned from.

        One that is `alone` is all of the training, and stays.
        """
        self._showing = True
        self.share.setRange(0 if rest else 1, max(int(100 * most + 1e-6), 1))
        self.share.set_rest("all of it" if alone else "the rest")
        if alone:
            self.share.setValue(0)
        self._showing = False
        self.share.setEnabled(not (alone or busy) and most >= LEAST_SHARE)
        self.remove.setVisible(not alone)
        self.remove.setEnabled(not busy)
        self.count.setEnabled(not busy)

    def _count_edited(self, number: int) -> None:
        if not self._showing:
            seed = self.portion.text.split(":")[2:]
            self._edited(self.portion._replace(text=":".join(["handwriting", str(number), *seed])))

    def _share_edited(self, share: int) -> None:
        if not self._showing:
            self._edited(self.portion._replace(share=share / 100 if share else None))

    def _edited(self, portion: Portion) -> None:
        self.portion = portion
        self.edited.emit(portion)


class ShareField(CountField):
    """A share in per cent; 0 stands for what the others leave, and says so in words."""

    def __init__(self) -> None:
        super().__init__(0, 100)
        self._rest = "the rest"
        self.setSingleStep(5)

    def set_rest(self, words: str) -> None:
        """How 0 reads."""
        if words != self._rest:
            self._rest = words
            self.lineEdit().setText(self.textFromValue(self.value()))

    def textFromValue(self, value: int) -> str:
        return f"{value} %" if value else self._rest

    def valueFromText(self, text: str) -> int:
        number = text.rstrip("% ")
        return int(number) if number.isdecimal() else 0

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        number = text.rstrip("% ")
        if self._rest.startswith(text):
            whole = text == self._rest and self.minimum() == 0
            state = QValidator.State.Acceptable if whole else QValidator.State.Intermediate
        elif not (number.isascii() and number.isdecimal()):
            state = QValidator.State.Invalid
        else:
            inside = self.minimum() <= int(number) <= self.maximum()
            state = QValidator.State.Acceptable if inside else QValidator.State.Intermediate
        return state, text, position


class ShareBar(QWidget):
    """A share as the length of a bar."""

    def __init__(self) -> None:
        super().__init__()
        self._share = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(TRAINING_WIDTH, _BAR_HEIGHT)

    def show_share(self, share: float) -> None:
        """Show a share of 1."""
        if share != self._share:
            self._share = share
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(self.rect())
        for width, color in ((whole.width(), "line"), (whole.width() * self._share, "text")):
            painter.setBrush(theme().color(color))
            painter.drawRoundedRect(QRectF(0, 0, width, whole.height()), 3, 3)


def _repeated(outcome: Outcome) -> str:
    """How often each example comes in an epoch, where it is not once."""
    if not outcome.learned or not outcome.in_epoch:
        return ""
    times = outcome.in_epoch / outcome.learned
    if times > 1.05:
        return f"each {times:.{int(times < 9.5)}f}× an epoch"
    return f"{percent(outcome.left_out, 0)} left out" if outcome.left_out > 0.05 else ""
