"""A notice at the foot of the window: a sentence that goes by itself or is sent away."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from sixpad.gui.widgets import named

_LEAST_MILLISECONDS = 6000
_MILLISECONDS_A_CHARACTER = 70


class Notice(QWidget):
    """Tells one thing at a time over its parent, without taking the focus or stopping anyone."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.label = QLabel(wordWrap=True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = QPushButton("OK")
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 12, 10)
        row.setSpacing(16)
        row.addWidget(self.label, 1)
        row.addWidget(close)
        self._parent, self._row = parent, row
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.hide)
        parent.installEventFilter(self)
        self.hide()

    @Slot(str)
    def tell(self, sentence: str) -> None:
        """Show a sentence for as long as it takes to read it; an empty one takes the last away."""
        if not sentence:
            self.hide()
            return
        self.label.setText(sentence)
        self._place()
        self.show()
        self.raise_()
        self._timer.start(max(_LEAST_MILLISECONDS, len(sentence) * _MILLISECONDS_A_CHARACTER))

    def _place(self) -> None:
        parent = self._parent
        words = self.label.fontMetrics().horizontalAdvance(self.label.text()) + 130
        width = min(words, parent.width() - 48, 760)
        self.setFixedSize(width, max(self._row.heightForWidth(width), 48))
        self.move((parent.width() - width) // 2, parent.height() - self.height() - 20)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)
