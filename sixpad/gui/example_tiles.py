"""Examples as tiles in a list: each image with its ground truth and what a network answered."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QFont, QImage, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from sixpad.core.grid import SIDE
from sixpad.core.metrics import THRESHOLD, answers
from sixpad.core.network import Network
from sixpad.core.preparation import Preparation
from sixpad.gui.dots import picture
from sixpad.gui.numbers import percent
from sixpad.gui.session import Session
from sixpad.gui.theme import figures, theme

_SCALE = 3
TILE_SIDE = SIDE * _SCALE
TILE_MARGIN_X, TILE_MARGIN_Y = 20, 6
# The words are wider than the image by this much on either side.
TILE_WORDS_WIDER = 12
LEAST_TILE_WIDTH = TILE_SIDE + 2 * TILE_MARGIN_X
_LAID_OUT_AT_ONCE = 2000
_EXACTLY_HALF = 1e-9

Index = QModelIndex | QPersistentModelIndex


class Answer(NamedTuple):
    """What a network says of one example: the words, their probability P, and whether it is right.

    `color` is the theme's name of the colour it is written in.
    """

    words: str
    P: float
    right: bool
    color: str


class Example(NamedTuple):
    """An image (24, 24), the digit it shows, and the answer to it."""

    image: NDArray[np.uint8]
    label: int
    answer: Answer


def answer_of(
    network: Network, P: NDArray[np.float64], label: int, threshold: float = THRESHOLD
) -> Answer:
    """What P, () of one neuron or (10,) of ten, is taken to say of an example with this label."""
    said = int(answers(P[None], threshold)[0])
    if network.digit is None:
        return Answer(str(said), float(P[said]), said == label, "text")
    right = said == (label == network.digit)
    undecided = abs(P - 0.5) < _EXACTLY_HALF and not said
    color = "quiet" if undecided else "positive" if said else "negative"
    return Answer("yes" if said else "no", float(P if said else 1 - P), right, color)


class ExampleModel(QAbstractListModel):
    """Examples by row; what they are is the business of its subclasses."""

    def example(self, row: int) -> Example:
        """The example in a row."""
        raise NotImplementedError

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            image, label, answer = self.example(index.row())
            return (
                f"The truth is {label}. The answer is {answer.words}, with {percent(answer.P)}. "
                f"{int(image.sum())} pixels."
            )
        return None


class ExampleTile(QStyledItemDelegate):
    """One example: its image, the truth under it and the answer beside it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        view = self.parent()
        assert isinstance(view, ExampleList)
        return QSize(view.tile_width(), TILE_SIDE + option.fontMetrics.height() + 20)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, ExampleModel)
        image, label, answer = model.example(index.row())
        colors, rect = theme(), option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, colors.color("hover"))
        left = rect.left() + (rect.width() - TILE_SIDE) // 2
        place = QRect(left, rect.top() + TILE_MARGIN_Y, TILE_SIDE, TILE_SIDE)
        tile = whole_cells(painter, place)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        dot = 1 / painter.device().devicePixelRatioF()
        frame = tile.adjusted(-dot, -dot, dot, dot)
        painter.fillRect(frame, colors.color("line" if answer.right else "text"))
        painter.drawImage(tile, ink_picture(image))
        below = place.adjusted(-TILE_WORDS_WIDER, 0, TILE_WORDS_WIDER, 0)
        below = QRect(below.left(), place.bottom() + 4, below.width(), option.fontMetrics.height())
        font = figures(option.font)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(colors.color("text"))
        align = Qt.AlignmentFlag
        painter.drawText(below, align.AlignLeft, f"{label}" if answer.right else f"{label} ✗")
        painter.setFont(figures(option.font))
        painter.setPen(colors.color(answer.color))
        painter.drawText(below, align.AlignRight, f"{answer.words}: {percent(answer.P, 0)}")
        painter.restore()


def whole_cells(painter: QPainter, place: QRect) -> QRectF:
    """The square near `place` whose 24×24 cells are whole numbers of device pixels."""
    ratio = painter.device().devicePixelRatioF()
    side = int(place.width() * ratio) // SIDE * SIDE / ratio
    # A list is painted scrolled: what is whole on the screen is what the transform makes of it.
    origin = painter.worldTransform().map(QPointF(place.topLeft())) * ratio
    shift = QPointF(round(origin.x()) - origin.x(), round(origin.y()) - origin.y()) / ratio
    spare = int((place.width() - side) / 2 * ratio) / ratio
    corner = QPointF(place.topLeft()) + shift + QPointF(spare, spare)
    return QRectF(corner.x(), corner.y(), side, side)


def ink_picture(image: NDArray[np.uint8]) -> QImage:
    """Ink (24, 24) as a picture of as many dots, black on white."""
    return picture(theme().tones[image])


class ExampleList(QListView):
    """Tiles in rows that fill the width; `taken` carries the row that Enter or a double click asks.

    Only the tiles that are seen are made: there may be a hundred thousand.
    """

    taken = Signal(int)

    def __init__(self, model: ExampleModel, name: str) -> None:
        super().__init__()
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(_LAID_OUT_AT_ONCE)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QListView.SelectionMode.SingleSelection)
        self.setItemDelegate(ExampleTile(self))
        self.setModel(model)
        self.setAccessibleName(name)
        # A bar that comes and goes would move all tiles.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.doubleClicked.connect(lambda index: self.taken.emit(index.row()))

    def tile_width(self) -> int:
        """How wide a tile is: a line of them fills the width."""
        room = self.viewport().width()
        return room // max(room // LEAST_TILE_WIDTH, 1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        # Qt would make some tile the current one without marking it.
        anew = not self.currentIndex().isValid()
        super().focusInEvent(event)
        if anew and self.model().rowCount():
            self.setCurrentIndex(self.model().index(0, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and self.currentIndex().isValid():
            self.taken.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)


def take_onto_canvas(session: Session, example: Example) -> None:
    """Put an example in the place of the drawing; undoable, and told."""
    session.drawing.replace(example.image.copy(), "take example")
    told = "The example is on the canvas; Undo brings your drawing back."
    if session.drawing.preparation is Preparation.DESKEWED:
        told += " Deskewed once more, it may be answered a little otherwise."
    session.noticed.emit(told)
