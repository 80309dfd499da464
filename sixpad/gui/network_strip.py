"""The diagram of a network, from the image to the answers: a box for each stage, to look into."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy

from sixpad.core.grid import PIXELS, SIDE
from sixpad.core.inside import Stage
from sixpad.gui.choice_grid import ChoiceGrid, Place
from sixpad.gui.glossary import TERMS
from sixpad.gui.inside import Inside
from sixpad.gui.numbers import count
from sixpad.gui.theme import figures, theme
from sixpad.gui.widgets import ground, stand_alone

_ARROW = 16
_PADDING = 5
_ROUND = 6
_TERSEST = 3
_NARROW_ARROW = 12


class Box(NamedTuple):
    """What a box of the diagram says: its lines, each in fewer and fewer words.

    `place` is its stage, and None of the box that asks why; `term` explains it.
    """

    lines: tuple[tuple[str, ...], ...]
    place: int | None
    term: str


class NetworkStrip(ChoiceGrid):
    """The stages in a row, with their shapes and the number of their parameters.

    A click or the arrow keys look into one. Before them stands the image, after them the question
    why the whole network answers so.
    """

    def __init__(self, inside: Inside) -> None:
        super().__init__("The network")
        self._inside = inside
        self._boxes: list[Box] = []
        self._hovered: Place | None = None
        self._lefts: list[int] = []
        self._widths: list[int] = []
        self._terseness = 0
        stand_alone(self)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._take_font()
        inside.stage_changed.connect(self.show_stages)
        self.picked.connect(self._look_into)
        self.show_stages()

    def _take_font(self) -> None:
        self._plain, self._strong = figures(self.font()), figures(self.font())
        self._strong.setWeight(QFont.Weight.DemiBold)
        self._arrange()
        self.update()

    def show_stages(self) -> None:
        """Draw the network in use anew, and mark the stage that is looked into."""
        stages = self._inside.stages
        self._boxes = [_stage_box(place, stage) for place, stage in enumerate(stages)]
        size = sum(stage.parameters for stage in stages)
        number = count(size)
        words = (f"all {number} parameters", f"all {number}", number)
        why = ("Why",), ("the whole network", "all layers", "all"), words
        self._boxes.append(Box(why, None, "why"))
        self.set_size(1, len(self._boxes))
        self._arrange()
        chosen = next(i for i, box in enumerate(self._boxes) if box.place == self._inside.place)
        self._cursor = Place(0, chosen)
        self.set_chosen(self._cursor)
        self.setAccessibleDescription(self.words(self._cursor))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, 3 * self._line + 2 * _PADDING)

    @property
    def _line(self) -> int:
        return QFontMetrics(self._plain).height()

    @property
    def _image_width(self) -> int:
        return QFontMetrics(self._strong).horizontalAdvance("24×24") + 2

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Say as much in the boxes as they have room for together, and share out what is left."""
        self._lefts, self._widths = [], []
        for self._terseness in range(_TERSEST + 1):
            wanted = [self._width(box) for box in self._boxes]
            room = self.width() - self._image_width - self._arrow * len(self._boxes)
            if sum(wanted) <= room:
                break
        room = max(room, 0)
        spare = (room - sum(wanted)) / max(len(wanted), 1)
        left = float(self._image_width)
        for width in wanted:
            left += self._arrow
            self._lefts.append(round(left))
            left += width + spare
            self._widths.append(round(left) - self._lefts[-1])

    @property
    def _arrow(self) -> int:
        """The room between two boxes."""
        return _ARROW if self._terseness < 2 else _NARROW_ARROW

    def _width(self, box: Box) -> int:
        """What a box takes up, as terse as it is now."""
        strong, plain = QFontMetrics(self._strong), QFontMetrics(self._plain)
        words = [self._said(line) for line in box.lines]
        widths = [strong.horizontalAdvance(words[0]), *map(plain.horizontalAdvance, words[1:])]
        return max(widths) + 2 * _PADDING

    def _said(self, line: tuple[str, ...]) -> str:
        return line[min(self._terseness, len(line) - 1)]

    def cell_rect(self, place: Place) -> QRect:
        return QRect(self._lefts[place.column], 0, self._widths[place.column], self.height())

    def words(self, place: Place) -> str:
        box = self._boxes[place.column]
        said = ", ".join(line[0] for line in box.lines if line[0])
        return f"{said}\n{TERMS[box.term]}"

    def tip_at(self, position: QPoint) -> str:
        if position.x() < self._image_width:
            return TERMS["image"]
        return super().tip_at(position)

    def _look_into(self, place: Place | None) -> None:
        # A second click on a stage leaves it as it is, but for a unit that was looked at.
        self._inside.look_into(self._boxes[(place or self._cursor).column].place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        column = min(max(self._cursor.column + step, 0), self.columns - 1)
        self._inside.look_into(self._boxes[column].place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.place_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def _hover(self, place: Place | None) -> None:
        if place != self._hovered:
            self._hovered = place
            self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._take_font()

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = theme()
        painter = QPainter(self)
        painter.fillRect(event.rect(), ground(self))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        image = QRectF(0, 0, self._image_width, self.height())
        self._paint_lines(painter, image, (("Image",), (f"{SIDE}×{SIDE}",), (f"{PIXELS}",)))
        for column, box in enumerate(self._boxes):
            rect = QRectF(self.cell_rect(Place(0, column)))
            self._paint_join(painter, rect.left(), arrow=box.place is not None)
            chosen = self.chosen == Place(0, column)
            focused = self.hasFocus() and self._cursor.column == column
            hovered = self._hovered == Place(0, column)
            painter.setBrush(colors.color("hover" if hovered and not chosen else "field"))
            width = 2 if focused else 1
            painter.setPen(QPen(colors.color("text" if chosen else "line"), width))
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), _ROUND, _ROUND)
            inner = rect.adjusted(_PADDING, 0, -_PADDING, 0)
            self._paint_lines(painter, inner, box.lines)

    def _paint_join(self, painter: QPainter, right: float, *, arrow: bool) -> None:
        """An arrow to the next stage; between the last one and the question a line."""
        middle, x = self.height() / 2, right - self._arrow / 2
        painter.setPen(QPen(theme().color("quiet"), 1.2))
        if not arrow:
            painter.setPen(QPen(theme().color("line"), 1))
            painter.drawLine(QPointF(x, 4), QPointF(x, self.height() - 4))
            return
        painter.drawLine(QPointF(x - 4, middle), QPointF(x + 4, middle))
        painter.drawLine(QPointF(x + 0.5, middle - 3.5), QPointF(x + 4, middle))
        painter.drawLine(QPointF(x + 0.5, middle + 3.5), QPointF(x + 4, middle))

    def _paint_lines(
        self, painter: QPainter, room: QRectF, lines: tuple[tuple[str, ...], ...]
    ) -> None:
        colors = theme()
        top = (self.height() - 3 * self._line) / 2
        for place, line in enumerate(lines):
            font = self._plain if place else self._strong
            elide = Qt.TextElideMode.ElideRight
            words = QFontMetrics(font).elidedText(self._said(line), elide, int(room.width()) + 1)
            painter.setFont(font)
            painter.setPen(colors.color("quiet" if place else "text"))
            row = QRectF(room.left(), top + place * self._line, room.width(), self._line)
            painter.drawText(row, Qt.AlignmentFlag.AlignCenter, words)


def _stage_box(place: int, stage: Stage) -> Box:
    """What the diagram says of a stage."""
    number = count(stage.parameters)
    size = (f"{number} parameters", number)
    if stage.maps:
        height, width, maps = stage.outputs
        side = f"{stage.side}×{stage.side}"
        name = (f"Convolution {side}", f"{side} kernels", side)
        shape = f"{height}×{width}"
        shapes = (f"{maps} maps of {shape}", f"{maps} maps {shape}", f"{maps}×{shape}")
        return Box((name, shapes, size), place, "convolution")
    units = count(stage.units)
    if stage.name == "output":
        names = *[f"{units} answers"] * 3, units
        return Box((names, ("softmax", "softmax", "softmax", ""), size), place, "softmax")
    names = *[f"{units} neurons"] * 3, units
    return Box((names, ("ReLU",), size), place, "hidden neuron")
