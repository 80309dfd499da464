"""A word that asks for a digit when it is pressed."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QPushButton

from sixpad.core.answer import DIGITS
from sixpad.gui.numbers import a
from sixpad.gui.widgets import named


class DigitButton(QPushButton):
    """Opens a list of the ten digits; `chosen` carries the one that is wanted.

    `keys` is what stands before the digit in the key that does the same.
    """

    chosen = Signal(int)

    def __init__(self, words: str, keys: str, tip: str) -> None:
        super().__init__(f"{words} ▾")
        named(self, "word")
        self.setAccessibleName(words)
        self.setToolTip(tip)
        # The keys stay with the canvas when it is pressed.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(self)
        for digit in range(DIGITS):
            # What follows the tab is shown as the key, and is none: that is the window's.
            action = menu.addAction(f"{a(digit)}\t{keys}{digit}")
            action.triggered.connect(partial(self._choose, digit))
        self.setMenu(menu)

    def _choose(self, digit: int, _checked: bool = False) -> None:
        self.chosen.emit(digit)
