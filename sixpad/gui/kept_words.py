"""What was just kept, in a few words and as a thumbnail, in the place of other quiet words."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QImage, QPainter, QPaintEvent

from sixpad.data.stored import Stored
from sixpad.gui.dots import picture
from sixpad.gui.numbers import count, counted
from sixpad.gui.theme import theme
from sixpad.gui.widgets import ElidedLabel

_MILLISECONDS = 4000
_GAP = 8


class KeptWords(ElidedLabel):
    """Says for a moment what became of the drawing, and then again what it always says."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._words = self._always = text
        self._tip = ""
        self._ink: QImage | None = None
        self._timer = QTimer(self, interval=_MILLISECONDS, singleShot=True)
        self._timer.timeout.connect(self.rest)

    def setToolTip(self, tip: str) -> None:
        self._tip = tip
        super().setToolTip(tip)

    def sizeHint(self) -> QSize:
        # Whatever it says, nothing around it moves.
        hint = super().sizeHint()
        return QSize(hint.width(), self.fontMetrics().height() + self._lift())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def _lift(self) -> int:
        return self.contentsMargins().top() + self.contentsMargins().bottom()

    def show_kept(self, drawing: Stored, kept: int) -> None:
        """Tell that a drawing is kept, now one of so many."""
        whole = f"{drawing.label} · kept, {counted(kept, 'drawing')}"
        short = f"{drawing.label} · kept, {count(kept)}"
        self._ink = picture(theme().tones[drawing.ink])
        self._say(whole if self.has_room(whole) else short, whole)

    def hint(self, words: str) -> None:
        """Tell something else in the same quiet way."""
        self._ink = None
        self._say(words, words)

    def stay(self, words: str) -> None:
        """Always say this from now on, or what it said at first where it is empty."""
        if (words or self._words) != self._always:
            self._always = words or self._words
            if words or not self._timer.isActive():
                self.rest()

    def rest(self) -> None:
        """Say what it always says."""
        self._timer.stop()
        self._ink = None
        self.setText(self._always)
        self.setToolTip(self._tip)

    def _say(self, words: str, tip: str) -> None:
        self.setText(words)
        super().setToolTip(f"{tip}\n{self._tip}")
        self.setAccessibleDescription(tip)
        self.update()
        self._timer.start()

    def has_room(self, text: str) -> bool:
        room = self.contentsRect().width() - self._indent()
        return self.fontMetrics().horizontalAdvance(text) <= room

    def _indent(self) -> int:
        return 0 if self._ink is None else self._side() + _GAP

    def _side(self) -> int:
        """The side of the thumbnail: no taller than the words."""
        return self.contentsRect().height()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._ink is None:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        room = QRectF(self.contentsRect())
        place = QRectF(room.topLeft(), QPointF(room.left() + self._side(), room.bottom()))
        painter.fillRect(place, theme().color("line"))
        dot = 1 / self.devicePixelRatioF()
        painter.drawImage(place.adjusted(dot, dot, -dot, -dot), self._ink)
        words = room.adjusted(self._indent(), 0, 0, 0)
        mode = Qt.TextElideMode.ElideRight
        text = self.fontMetrics().elidedText(self.text(), mode, round(words.width()))
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(words, self.alignment(), text)
