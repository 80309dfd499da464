"""A notice at the foot of the window: a sentence that goes by itself or is sent away."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QWidget

from sixpad.gui.card import Card

_LEAST_MILLISECONDS = 6000
_MILLISECONDS_A_CHARACTER = 70


class Notice(Card):
    """Tells what happened, and is gone again soon."""

    def __init__(self, parent: QWidget, below: Card | None = None) -> None:
        super().__init__(parent, "notice", below)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.leave)

    @Slot(str)
    def tell(self, sentence: str) -> None:
        """Show a sentence for as long as it takes to read it; an empty one takes the last away."""
        if not sentence:
            self.leave()
            return
        self.say(sentence, [("OK", self.leave)])
        self.raise_()
        self._timer.start(max(_LEAST_MILLISECONDS, len(sentence) * _MILLISECONDS_A_CHARACTER))
