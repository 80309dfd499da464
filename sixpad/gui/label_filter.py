"""Which digit's drawings are shown, and how many there are of each: so one sees what is missing."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from sixpad.gui.glossary import TERMS
from sixpad.gui.numbers import a, count
from sixpad.gui.theme import figures
from sixpad.gui.widgets import named

_ALL, _OTHERS = 10, 11
_EVERY = frozenset(range(10))


class LabelFilter(QWidget):
    """A button for all drawings, one for each label with its count, and one for all others.

    The others are those that a single neuron is not to find. `changed` comes when another is
    chosen here.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._digit: int | None = None
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(lambda _index: self.changed.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for index in (_ALL, *range(10), _OTHERS):
            button = named(QPushButton(), "word")
            button.setFont(figures(button.font()))
            button.setCheckable(True)
            self._group.addButton(button, index)
            row.addWidget(button)
        self.button(_ALL).setChecked(True)
        self.others = self.button(_OTHERS)
        self.others.hide()
        self.show_counts([0] * 10)

    def button(self, index: int) -> QPushButton:
        """The button of a digit."""
        button = self._group.button(index)
        assert isinstance(button, QPushButton)
        return button

    @property
    def labels(self) -> frozenset[int] | None:
        """The labels that are chosen; None for all."""
        index = self._group.checkedId()
        if index == _ALL:
            return None
        if index == _OTHERS and self._digit is not None:
            return _EVERY - {self._digit}
        return frozenset({index})

    def choose(self, labels: frozenset[int] | None) -> None:
        """Choose these, without telling of it."""
        index = _ALL
        if labels is not None:
            index = next(iter(labels)) if len(labels) == 1 else _OTHERS
        self._group.button(index).setChecked(True)

    def set_digit(self, digit: int | None) -> None:
        """Offer all but this digit, or with None nothing of the kind."""
        self._digit = digit
        if digit is None and self._group.checkedId() == _OTHERS:
            self.button(_ALL).setChecked(True)
        self.others.setText(f"not {digit}")
        self.others.setToolTip(f"All that are labelled as another digit than {digit}.")
        self.others.setVisible(digit is not None)

    def show_counts(self, counts: list[int]) -> None:
        """Show how many there are of each of the ten digits."""
        self.button(_ALL).setText(f"All {count(sum(counts))}")
        self.button(_ALL).setToolTip(TERMS["my drawings"])
        for digit, number in enumerate(counts):
            button = self.button(digit)
            button.setText(f"{digit}: {count(number)}" if number else f"{digit}: –")
            button.setAccessibleName(f"Labelled {digit}: {number}")
            button.setToolTip(
                f"The drawings that are labelled {digit}." if number else f"No {digit} yet: draw "
                f"{a(digit)} on the Draw page and press {digit}."
            )  # fmt: skip
