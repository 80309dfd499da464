"""A sheet of a hundred thousand tiles: only those that are seen cost anything.

A QListView lays every item out anew whenever something changes, and knows a selection as a tree of
ranges: at a hundred thousand that takes a quarter of a second, and half a second to choose all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QHelpEvent, QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip

from sixpad.core.grid import SIDE
from sixpad.gui.example_tiles import (
    LEAST_TILE_WIDTH,
    TILE_MARGIN_Y,
    TILE_SIDE,
    TILE_WORDS_WIDER,
    Answer,
    whole_cells,
)
from sixpad.gui.numbers import percent
from sixpad.gui.sheet_selection import Selection
from sixpad.gui.theme import figures, theme

_WORDS = 20  # what the words under an image add to their height


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


class TileSheet(QAbstractScrollArea):
    """Drawings in lines that fill the width, of which many can be selected.

    `rows` (N,) are those that are shown, and a place is a position among them. What selects them is
    the business of subclasses; `band` is the frame that is drawn for it, where there is one.
    """

    selection_changed = Signal()

    def __init__(self, shown: Shown, name: str) -> None:
        super().__init__()
        self.shown = shown
        self.rows: NDArray[np.intp] = np.empty(0, np.intp)
        self.selection = Selection()
        self.band: QRect | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A bar that comes and goes would move all tiles.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(name)

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
        self.show_change()

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
        self.show_change()

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
        return QSize(max(self.viewport().width() // self.columns, LEAST_TILE_WIDTH), height)

    def _columns_in(self, width: int) -> int:
        return max(width // LEAST_TILE_WIDTH, 1)

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

    def show_place(self, place: int) -> None:
        """Scroll as little as brings a tile into sight."""
        rect, bar = self.tile_rect(place), self.verticalScrollBar()
        if rect.top() < 0:
            bar.setValue(bar.value() + rect.top())
        elif rect.bottom() >= self.viewport().height():
            bar.setValue(bar.value() + rect.bottom() + 1 - self.viewport().height())

    def show_change(self) -> None:
        """Show that others are selected."""
        self.viewport().update()
        self.selection_changed.emit()

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
        if self.band is not None:
            band = self.band.translated(0, -self.verticalScrollBar().value())
            painter.setPen(theme().color("quiet"))
            painter.drawRect(band.adjusted(0, 0, -1, -1))

    def _paint_tiles(self, painter: QPainter, first: int, end: int) -> None:
        rows = self.rows[first:end]
        dots = np.ascontiguousarray(theme().tones[self.shown.inks(rows)])
        fonts = figures(self.font()), figures(self.font())
        fonts[0].setWeight(QFont.Weight.DemiBold)
        rects = self._tile_rects(first, end)
        for at, (tile, rect) in enumerate(zip(self.shown.tiles(rows), rects, strict=True)):
            colors = dots[at]
            image = QImage(colors.data, SIDE, SIDE, 4 * SIDE, QImage.Format.Format_RGB32)
            self._paint_mark(painter, first + at, rect)
            self._paint_tile(painter, rect, image, tile, fonts)

    def _paint_mark(self, painter: QPainter, at: int, rect: QRect) -> None:
        """What tells a tile that is selected, and the one where the keys are."""
        colors, frame = theme(), QRect(0, rect.top() + 1, LEAST_TILE_WIDTH - 5, rect.height() - 4)
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

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.place_at(event.pos())
            words = self.toolTip() if place is None else self.shown.words(int(self.rows[place]))
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().viewportEvent(event)
