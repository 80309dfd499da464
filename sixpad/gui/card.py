"""A card over the foot of a window: a sentence and its buttons, in nobody's way."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from sixpad.gui.widgets import named

_WIDEST, _NARROW, _BESIDE, _LEAST_HEIGHT, _GAP = 760, 560, 48, 48, 8
_LEAST_MILLISECONDS = 6000
_MILLISECONDS_A_CHARACTER = 70

Actions = Sequence[tuple[str, Callable[[], object]]]


class Card(QWidget):
    """Tells one thing at a time over its parent, without taking the focus or stopping anyone.

    It stands at the foot of the `room` that its parent has for it, and over another card, where one
    is `below`. One that is `passing` goes by itself, after as long as it takes to read, unless the
    pointer is on it. `moved` comes when it has another place, or is shown or hidden.
    """

    moved = Signal()

    def __init__(
        self, parent: QWidget, name: str, below: Card | None = None,
        room: Callable[[], QRect] | None = None, *, passing: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        named(self, name)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.label = QLabel(wordWrap=True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.buttons: list[QPushButton] = []
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(16, 10, 12, 10)
        self._row.setSpacing(_GAP)
        self._row.addWidget(self.label, 1)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(_GAP)
        self._buttons.addStretch(1)
        self._row.addLayout(self._buttons)
        self._parent, self._below, self._passing = parent, below, passing
        self._room = room or parent.rect
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.leave)
        # The room is where it will be only once all else has its place.
        self._settling = QTimer(self, interval=0, singleShot=True)
        self._settling.timeout.connect(self._follow)
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
        self._pass()

    def dismiss(self) -> None:
        """Go away, since the person says so."""
        self.leave()

    def settle(self) -> None:
        """Go where there is room for it now, once all else has its place."""
        if not self.isHidden():
            self._settling.start()

    def _pass(self) -> None:
        if self._passing:
            reading = len(self.label.text()) * _MILLISECONDS_A_CHARACTER
            self._timer.start(max(_LEAST_MILLISECONDS, reading))

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.isHidden():
            self._pass()

    def leave(self) -> None:
        """Go away."""
        self._timer.stop()
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
            self._buttons.addWidget(button)
            # One that is not shown yet takes no room.
            button.show()
            self.buttons.append(button)

    def _place(self) -> None:
        room = self._room()
        beside = sum(button.sizeHint().width() + _GAP for button in self.buttons) + _BESIDE
        words = self.label.fontMetrics().horizontalAdvance(self.label.text()) + beside
        width = min(words, room.width() - 2 * _GAP, _WIDEST)
        narrow = width < min(words, _NARROW)
        Direction = QBoxLayout.Direction
        self._row.setDirection(Direction.TopToBottom if narrow else Direction.LeftToRight)
        self.setFixedSize(width, max(self._row.heightForWidth(width), _LEAST_HEIGHT))
        below = self._below
        while below is not None and below.isHidden():
            below = below._below
        foot = room.bottom() + 1 - 2 * _GAP if below is None else below.y() - _GAP
        self.move(room.center().x() - width // 2, max(foot - self.height(), _GAP))

    def _follow(self) -> None:
        """What is below has another place: so have this, and what is over it."""
        self._place()
        self.moved.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._follow()
            self._settling.start()
        return super().eventFilter(watched, event)
