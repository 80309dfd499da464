"""A sheet of a hundred thousand drawings: only the tiles that are seen cost anything.

A QListView lays every item out anew whenever something changes, and knows a selection as a tree of
ranges: at a hundred thousand that takes a quarter of a second, and half a second to choose all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QToolTip

from sixpad.core.grid import SIDE
from sixpad.gui.example_tiles import (
    TILE_MARGIN_X,
    TILE_MARGIN_Y,
    TILE_SIDE,
    TILE_WORDS_WIDER,
    Answer,
    whole_cells,
)
from sixpad.gui.numbers import percent
from sixpad.gui.sheet_selection import Selection
from sixpad.gui.theme import figures, theme

_LEAST_WIDTH = TILE_SIDE + 2 * TILE_MARGIN_X
_WORDS = 20  # what the words under an image add to their height
_SCROLLING_MILLISECONDS = 30
Key, Modifier = Qt.Key, Qt.KeyboardModifier
_ENTER = (Key.Key_Return, Key.Key_Enter)
_DELETE = (Key.Key_Delete, Key.Key_Backspace)
_DIGITS = range(Key.Key_0, Key.Key_9 + 1)


class Tile(NamedTuple):
    """What a tile shows under its image: the label, and the answer where there is one."""

    label: int
    answer: Answer | None


class Shown(Protocol):
    """Where the sheet has its drawings from, by their rows."""

    def inks(self, rows: NDArray[np.intp]) -> NDArray[np.uint8]:
        """The images (n, 24, 24)."""

    def tiles(self, rows: NDArray[np.intp]) -> list[Tile]:
        """What stands under them."""

    def words(self, row: int) -> str:
        """All there is to say about one."""


class DrawingSheet(QAbstractScrollArea):
    """Drawings in lines that fill the width, of which many can be selected.

    A click selects one, with Ctrl one more, with Shift all up to it; dragging selects what the
    frame touches. The keys do the same. `taken` carries the row that Enter or a double click asks
    for, `digit_typed` a digit key, and `delete_typed` tells of Delete.
    """

    taken = Signal(int)
    digit_typed = Signal(int)
    delete_typed = Signal()
    selection_changed = Signal()

    def __init__(self, shown: Shown, name: str) -> None:
        super().__init__()
        self._shown = shown
        self.rows: NDArray[np.intp] = np.empty(0, np.intp)
        self.selection = Selection()
        self._band: QRect | None = None
        self._pressed: QPoint | None = None
        self._adding = False
        self._scrolling = QTimer(self, interval=_SCROLLING_MILLISECONDS)
        self._scrolling.timeout.connect(self._scroll_on)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A bar that comes and goes would move all tiles.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(name)

    # What is shown, and where

    def show_rows(self, rows: NDArray[np.intp], selected: NDArray[np.intp] | None = None) -> None:
        """Show these from the top; or as they have become, with those rows (n,) still `selected`.

        Then the sheet stays where it is scrolled to.
        """
        self.rows = rows
        if selected is None:
            self.selection.begin(len(rows))
        else:
            self.selection.follow(selected, rows)
        self._fit_bar()
        if selected is None:
            self.verticalScrollBar().setValue(0)
        self._changed()

    def go_on(self, rows: NDArray[np.intp], places: NDArray[np.intp]) -> None:
        """After a change to these rows, which stood at those places, be ready for what comes next.

        Those that are all still there stay selected. Otherwise, of a single one the next is, so
        that one after the other can be looked through.
        """
        last = len(self.rows) - 1
        if last < 0 or (places[-1] <= last and np.array_equal(self.rows[places], rows)):
            return
        place = min(int(places[0]), last)
        self.selection.clear()
        self.selection.cursor = place
        if len(places) == 1:
            self.selection.only(place)
            self.show_place(place)
        self._changed()

    @property
    def selected_rows(self) -> NDArray[np.intp]:
        """The rows (n,) of what is selected, in the order of the sheet."""
        return self.rows[self.selection.places]

    @property
    def columns(self) -> int:
        """How many tiles stand in a line."""
        return self._columns_in(self.viewport().width())

    def tile_size(self) -> QSize:
        """How large a tile is with its words; a line of them fills the width."""
        height = TILE_SIDE + self.fontMetrics().height() + _WORDS
        return QSize(max(self.viewport().width() // self.columns, _LEAST_WIDTH), height)

    def _columns_in(self, width: int) -> int:
        return max(width // _LEAST_WIDTH, 1)

    def tile_rect(self, place: int) -> QRect:
        """Where the tile at a place stands, in the viewport."""
        return next(self._tile_rects(place, place + 1))

    def _tile_rects(self, first: int, end: int) -> Iterator[QRect]:
        columns, size, top = self.columns, self.tile_size(), self.verticalScrollBar().value()
        for place in range(first, end):
            line, column = divmod(place, columns)
            yield QRect(QPoint(column * size.width(), line * size.height() - top), size)

    def place_at(self, position: QPoint) -> int | None:
        """The place whose tile is at a position of the viewport."""
        size = self.tile_size()
        column = position.x() // size.width()
        line = (position.y() + self.verticalScrollBar().value()) // size.height()
        place = line * self.columns + column
        return place if 0 <= column < self.columns and 0 <= place < len(self.rows) else None

    def _fit_bar(self) -> None:
        """Have the scroll bar reach all lines."""
        bar, height = self.verticalScrollBar(), self.tile_size().height()
        lines = -(-len(self.rows) // self.columns)
        bar.setRange(0, max(lines * height - self.viewport().height(), 0))
        bar.setPageStep(max(self.viewport().height() // height, 1) * height)
        bar.setSingleStep(height // 3)
        bar.setEnabled(bar.maximum() > 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        size = self.tile_size()
        columns = self._columns_in(event.oldSize().width())
        line, rest = divmod(self.verticalScrollBar().value(), size.height())
        self._fit_bar()
        if columns != self.columns:
            # What was seen at the top is still seen there.
            self.verticalScrollBar().setValue(line * columns // self.columns * size.height() + rest)
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit_bar()

    def scrollContentsBy(self, _dx: int, dy: int) -> None:
        # What is moved by a part of a device pixel would have to be painted anew all the same.
        if self.devicePixelRatioF().is_integer():
            self.viewport().scroll(0, dy)
        else:
            self.viewport().update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        dirty = event.rect()
        painter.fillRect(dirty, theme().color("panel"))
        if len(self.rows):
            height, top = self.tile_size().height(), self.verticalScrollBar().value()
            first = (dirty.top() + top) // height * self.columns
            end = min(((dirty.bottom() + top) // height + 1) * self.columns, len(self.rows))
            self._paint_tiles(painter, first, end)
        if self._band is not None:
            band = self._band.translated(0, -self.verticalScrollBar().value())
            painter.setPen(theme().color("quiet"))
            painter.drawRect(band.adjusted(0, 0, -1, -1))

    def _paint_tiles(self, painter: QPainter, first: int, end: int) -> None:
        rows = self.rows[first:end]
        dots = np.ascontiguousarray(theme().tones[self._shown.inks(rows)])
        fonts = figures(self.font()), figures(self.font())
        fonts[0].setWeight(QFont.Weight.DemiBold)
        rects = self._tile_rects(first, end)
        for at, (tile, rect) in enumerate(zip(self._shown.tiles(rows), rects, strict=True)):
            colors = dots[at]
            image = QImage(colors.data, SIDE, SIDE, 4 * SIDE, QImage.Format.Format_RGB32)
            self._paint_mark(painter, first + at, rect)
            self._paint_tile(painter, rect, image, tile, fonts)

    def _paint_mark(self, painter: QPainter, at: int, rect: QRect) -> None:
        """What tells a tile that is selected, and the one where the keys are."""
        colors, frame = theme(), QRect(0, rect.top() + 1, _LEAST_WIDTH - 5, rect.height() - 4)
        frame.moveLeft(rect.left() + (rect.width() - frame.width()) // 2)
        if self.selection.mask[at]:
            painter.fillRect(frame, colors.color("hover"))
            painter.setPen(QPen(colors.color("text"), 2))
            painter.drawRect(frame)
        if at == self.selection.cursor and self.hasFocus():
            painter.setPen(QPen(colors.color("quiet"), 1, Qt.PenStyle.DashLine))
            painter.drawRect(frame.adjusted(3, 3, -3, -3))

    def _paint_tile(
        self, painter: QPainter, rect: QRect, image: QImage, tile: Tile, fonts: tuple[QFont, QFont]
    ) -> None:
        colors, answer = theme(), tile.answer
        left = rect.left() + (rect.width() - TILE_SIDE) // 2
        place = QRect(left, rect.top() + TILE_MARGIN_Y, TILE_SIDE, TILE_SIDE)
        square = whole_cells(painter, place)
        dot = 1 / self.devicePixelRatioF()
        wrong = answer is not None and not answer.right
        painter.fillRect(
            square.adjusted(-dot, -dot, dot, dot), colors.color("text" if wrong else "line")
        )
        painter.drawImage(square, image, QRectF(image.rect()))
        below = QRect(
            place.left() - TILE_WORDS_WIDER, place.bottom() + 4,
            TILE_SIDE + 2 * TILE_WORDS_WIDER, painter.fontMetrics().height(),
        )  # fmt: skip
        align = Qt.AlignmentFlag
        painter.setFont(fonts[0])
        painter.setPen(colors.color("text"))
        painter.drawText(below, align.AlignLeft, f"{tile.label} ✗" if wrong else f"{tile.label}")
        if answer is not None:
            painter.setFont(fonts[1])
            painter.setPen(colors.color(answer.color))
            words = f"{answer.words}: {percent(answer.P, 0)}"
            painter.drawText(below, align.AlignRight, words)

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
        self._changed()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        position = event.position().toPoint()
        now = position + QPoint(0, self.verticalScrollBar().value())
        if self._band is None:
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
            self._pressed = self._band = None
            self._scrolling.stop()
            self.viewport().update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position().toPoint())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self.taken.emit(int(self.rows[place]))

    def _drag_to(self, now: QPoint) -> None:
        """Select what the frame from where the button was pressed to here touches."""
        assert self._pressed is not None
        self._band = band = QRect(self._pressed, now).normalized()
        size, columns = self.tile_size(), self.columns
        first, last = (max(x // size.width(), 0) for x in (band.left(), band.right()))
        lines = np.arange(
            max(band.top() // size.height(), 0), max(band.bottom() // size.height() + 1, 0)
        )
        across = np.arange(first, min(last + 1, columns))
        places = (lines[:, None] * columns + across).ravel()
        self.selection.add_to_remembered(places[places < len(self.rows)])
        self._changed()

    def _scroll_on(self) -> None:
        """Scroll while the pointer is held beyond an edge."""
        position = self.viewport().mapFromGlobal(self.cursor().pos())
        beyond = min(position.y(), 0) + max(position.y() - self.viewport().height(), 0)
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + beyond)
        self._drag_to(position + QPoint(0, bar.value()))

    def _changed(self) -> None:
        self.viewport().update()
        self.selection_changed.emit()

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
            self._changed()
        elif key == Key.Key_Escape and self.selection.count:
            self.selection.clear()
            self._changed()
        elif key == Key.Key_Space and len(self.rows):
            self.selection.toggle(cursor)
            self._changed()
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
        self._changed()

    def show_place(self, place: int) -> None:
        """Scroll as little as brings a tile into sight."""
        rect, bar = self.tile_rect(place), self.verticalScrollBar()
        if rect.top() < 0:
            bar.setValue(bar.value() + rect.top())
        elif rect.bottom() >= self.viewport().height():
            bar.setValue(bar.value() + rect.bottom() + 1 - self.viewport().height())

    def _tell_cursor(self) -> None:
        selected = "Selected. " if self.selection.mask[self.selection.cursor] else ""
        row = int(self.rows[self.selection.cursor])
        self.setAccessibleDescription(selected + self._shown.words(row))

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

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.place_at(event.pos())
            words = self.toolTip() if place is None else self._shown.words(int(self.rows[place]))
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().viewportEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if len(self.rows):
            self._tell_cursor()
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()
