"""A card over the foot of a window: a sentence and its buttons, in nobody's way."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from sixpad.gui.widgets import named

_WIDEST, _BESIDE, _LEAST_HEIGHT, _FOOT, _GAP = 760, 48, 48, 20, 8

Actions = Sequence[tuple[str, Callable[[], object]]]


class Card(QWidget):
    """Tells one thing at a time over its parent, without taking the focus or stopping anyone.

    It stands over another card, where one is `below`. `moved` comes when it has another place, or
    is shown or hidden.
    """

    moved = Signal()

    def __init__(self, parent: QWidget, name: str, below: Card | None = None) -> None:
        super().__init__(parent)
        named(self, name)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.label = QLabel(wordWrap=True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.buttons: list[QPushButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 10, 12, 10)
        self._row.setSpacing(16)
        self._row.addWidget(self.label, 1)
        self._parent, self._below = parent, below
        parent.installEventFilter(self)
        if below is not None:
            below.moved.connect(self._follow)
        self.hide()

    def say(self, sentence: str, actions: Actions) -> None:
        """Show a sentence, with a button for each of the actions."""
        if self.isHidden() or self.label.text() != sentence:
            self.label.setText(sentence)
            self._offer(actions)
            self._place()
            self.show()
            self.raise_()
            self.moved.emit()

    def leave(self) -> None:
        """Go away."""
        if not self.isHidden():
            self.hide()
            self.moved.emit()

    def _offer(self, actions: Actions) -> None:
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self.buttons = []
        for words, act in actions:
            button = QPushButton(words)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _checked=False, act=act: act())
            self._row.addWidget(button)
            self.buttons.append(button)

    def _place(self) -> None:
        parent = self._parent
        beside = sum(button.sizeHint().width() + 16 for button in self.buttons) + _BESIDE
        words = self.label.fontMetrics().horizontalAdvance(self.label.text()) + beside
        width = min(words, parent.width() - 48, _WIDEST)
        self.setFixedSize(width, max(self._row.heightForWidth(width), _LEAST_HEIGHT))
        below = self._below
        while below is not None and below.isHidden():
            below = below._below
        foot = parent.height() - _FOOT if below is None else below.y() - _GAP
        self.move((parent.width() - width) // 2, foot - self.height())

    def _follow(self) -> None:
        """What is below has another place: so have this, and what is over it."""
        self._place()
        self.moved.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._follow()
        return super().eventFilter(watched, event)
