"""The sheet of a person's drawings as it is used: by the pointer and by the keys."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from sixpad.gui.tile_sheet import Shown, TileSheet

_SCROLLING_MILLISECONDS = 30
Key, Modifier = Qt.Key, Qt.KeyboardModifier
_ENTER = (Key.Key_Return, Key.Key_Enter)
_DELETE = (Key.Key_Delete, Key.Key_Backspace)
_DIGITS = range(Key.Key_0, Key.Key_9 + 1)


class DrawingSheet(TileSheet):
    """A click selects one, with Ctrl one more, with Shift all up to it; dragging what it frames.

    The keys do the same. `taken` carries the row that Enter or a double click asks for,
    `digit_typed` a digit key, and `delete_typed` tells of Delete.
    """

    taken = Signal(int)
    digit_typed = Signal(int)
    delete_typed = Signal()

    def __init__(self, shown: Shown, name: str) -> None:
        super().__init__(shown, name)
        self._pressed: QPoint | None = None
        self._adding = False
        self._scrolling = QTimer(self, interval=_SCROLLING_MILLISECONDS)
        self._scrolling.timeout.connect(self._scroll_on)

    # The pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        position = event.position().toPoint()
        self._pressed = position + QPoint(0, self.verticalScrollBar().value())
        place, modifiers = self.place_at(position), event.modifiers()
        adding = bool(modifiers & Modifier.ControlModifier)
        self._adding = bool(modifiers & (Modifier.ControlModifier | Modifier.ShiftModifier))
        if place is None:
            if not adding:
                self.selection.clear()
        elif modifiers & Modifier.ShiftModifier:
            self.selection.reach(place, adding=adding)
        elif adding:
            self.selection.toggle(place)
        else:
            self.selection.only(place)
        self.selection.remember()
        self.show_change()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        position = event.position().toPoint()
        now = position + QPoint(0, self.verticalScrollBar().value())
        if self.band is None:
            if (now - self._pressed).manhattanLength() < QApplication.startDragDistance():
                return
            if not self._adding:
                self.selection.clear()
                self.selection.remember()
        self._drag_to(now)
        if self.viewport().rect().contains(position):
            self._scrolling.stop()
        elif not self._scrolling.isActive():
            self._scrolling.start()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = self.band = None
            self._scrolling.stop()
            self.viewport().update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position().toPoint())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.taken.emit(int(self.rows[place]))

    def _drag_to(self, now: QPoint) -> None:
        """Select what the frame from where the button was pressed to here touches."""
        assert self._pressed is not None
        self.band = band = QRect(self._pressed, now).normalized()
        size, columns = self.tile_size(), self.columns
        first, last = (max(x // size.width(), 0) for x in (band.left(), band.right()))
        lines = np.arange(
            max(band.top() // size.height(), 0), max(band.bottom() // size.height() + 1, 0)
        )
        across = np.arange(first, min(last + 1, columns))
        places = (lines[:, None] * columns + across).ravel()
        self.selection.add_to_remembered(places[places < len(self.rows)])
        self.show_change()

    def _scroll_on(self) -> None:
        """Scroll while the pointer is held beyond an edge."""
        position = self.viewport().mapFromGlobal(self.cursor().pos())
        beyond = min(position.y(), 0) + max(position.y() - self.viewport().height(), 0)
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + beyond)
        self._drag_to(position + QPoint(0, bar.value()))

    # The keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = event.key(), event.modifiers() & ~Modifier.KeypadModifier
        cursor = self.selection.cursor
        if key in _DIGITS and not modifiers:
            self.digit_typed.emit(key - Key.Key_0)
        elif key in _DELETE and not modifiers:
            self.delete_typed.emit()
        elif key in _ENTER and len(self.rows):
            self.taken.emit(int(self.rows[cursor]))
        elif key == Key.Key_A and modifiers == Modifier.ControlModifier:
            self.selection.all()
            self.show_change()
        elif key == Key.Key_Escape and self.selection.count:
            self.selection.clear()
            self.show_change()
        elif key == Key.Key_Space and len(self.rows):
            self.selection.toggle(cursor)
            self.show_change()
        elif (place := self._place_of(key)) is not None:
            self._go(place, modifiers)
        else:
            super().keyPressEvent(event)

    def _place_of(self, key: int) -> int | None:
        """Where a key leads; None where it is no key that leads anywhere."""
        last, cursor = len(self.rows) - 1, self.selection.cursor
        page = max(self.viewport().height() // self.tile_size().height(), 1) * self.columns
        steps = {
            Key.Key_Left: -1, Key.Key_Right: 1, Key.Key_Up: -self.columns,
            Key.Key_Down: self.columns, Key.Key_PageUp: -page, Key.Key_PageDown: page,
        }  # fmt: skip
        if last < 0:
            return None
        if key in (Key.Key_Home, Key.Key_End):
            return 0 if key == Key.Key_Home else last
        if key not in steps:
            return None
        place = cursor + steps[Key(key)]
        if abs(steps[Key(key)]) > 1 and not 0 <= place <= last:
            # Up and down stay in their column, but the last line may be shorter.
            place = last if place > last else cursor % self.columns
        return min(max(place, 0), last)

    def _go(self, place: int, modifiers: Qt.KeyboardModifier) -> None:
        if modifiers & Modifier.ShiftModifier:
            self.selection.reach(place, adding=False)
        elif modifiers & Modifier.ControlModifier:
            self.selection.cursor = place
        else:
            self.selection.only(place)
        self.show_place(place)
        self._tell_cursor()
        self.show_change()

    def _tell_cursor(self) -> None:
        selected = "Selected. " if self.selection.mask[self.selection.cursor] else ""
        row = int(self.rows[self.selection.cursor])
        self.setAccessibleDescription(selected + self.shown.words(row))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            modifiers = event.modifiers() & ~Modifier.KeypadModifier
            plain = not modifiers and (event.key() in _DIGITS or event.key() in _DELETE)
            everything = event.key() == Key.Key_A and modifiers == Modifier.ControlModifier
            # What the sheet has a use for is no shortcut of the window's.
            if plain or everything:
                event.accept()
                return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if len(self.rows):
            self._tell_cursor()
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()
