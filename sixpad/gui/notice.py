"""A notice at the foot of the window: a sentence that goes by itself or is sent away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Slot
from PySide6.QtWidgets import QWidget

from sixpad.gui.card import Card


class Notice(Card):
    """Tells what happened, and is gone again soon."""

    def __init__(
        self, parent: QWidget, below: Card | None = None, room: Callable[[], QRect] | None = None
    ) -> None:
        super().__init__(parent, "notice", below, room, passing=True)

    @Slot(str)
    def tell(self, sentence: str) -> None:
        """Show a sentence for as long as it takes to read it; an empty one takes the last away."""
        if not sentence:
            self.leave()
            return
        self.say(sentence, [("OK", self.leave)])
        self.raise_()
