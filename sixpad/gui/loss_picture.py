"""The picture of the loss: axes and curves, painted on where they grow."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen, QPixmap

from sixpad.gui.axes import Frame, Span, Tick, decade_ticks, even_ticks, paint_axes, powers_of_ten
from sixpad.gui.history import History
from sixpad.gui.loss_curves import LossCurves
from sixpad.gui.theme import theme

_TICK_WIDTH, _TICK_HEIGHT = 70, 28
_DOT = 4.5
_Line = tuple[str, Callable[[LossCurves, float, float], list[QPointF]], float]
# Colour, curve, and how far from its middle the hairlines of a thicker line are, in logical pixels.
_LINES: tuple[_Line, ...] = (
    ("line", LossCurves.training, 0.0),
    ("quiet", LossCurves.mean, 0.2),
    ("text", LossCurves.validation, 0.35),
)
# What is painted anew begins at a whole dot, whatever the scale of the screen.
_STRIPE = 4


def epoch_ticks(frame: Frame) -> list[Tick]:
    """The ticks of the lower axis."""
    ticks = even_ticks(frame.x, frame.rect.width() / _TICK_WIDTH)
    return [tick for tick in ticks if tick.at >= 0]


def loss_ticks(span: Span, height: float, log: bool) -> list[Tick]:
    """The ticks of the left axis, which may be one of logarithms, at a height in pixels."""
    ticks = decade_ticks(span) if log else []
    if len(ticks) > 1:
        return ticks
    ticks = even_ticks(span, height / _TICK_HEIGHT)
    return powers_of_ten([at for at, _ in ticks]) if log else ticks


class LossPicture:
    """Axes and curves of a history in a frame, as they were when it was last painted.

    `size` is that of the widget, `ratio` how many dots a logical pixel has, `batches` how many
    steps make an epoch. At first only the axes are painted: `paint_next` paints the curves, one at
    a time. Then `grow` paints what is new, and the picture is the same as one made anew.
    """

    def __init__(
        self, history: History, frame: Frame, batches: int, *, log: bool,
        size: QSize, ratio: float, font: QFont,
    ) -> None:  # fmt: skip
        self.ratio = ratio
        self._history, self._size = history, size
        self._curves = LossCurves(history, frame, batches, log=log, dots=ratio)
        self._background = QPixmap(size * ratio)
        self._background.setDevicePixelRatio(ratio)
        self._background.fill(theme().color("panel"))
        painter = QPainter(self._background)
        painter.setFont(font)
        up = loss_ticks(frame.y, frame.rect.height(), log)
        paint_axes(painter, frame, epoch_ticks(frame), up, "epoch")
        painter.end()
        self._inside = frame.rect.adjusted(-1, -1, 1, 1).toAlignedRect()
        self._mark = _dot_picture(ratio)
        self.pixmap = self._background.copy()
        self._missing = list(_LINES)

    def paint_next(self) -> bool:
        """Paint the next of the curves that are missing; whether none is missing any more."""
        if len(self._missing) == len(_LINES):
            self._count()
        if self._missing:
            self._paint([self._missing.pop(0)], 0)
        return not self._missing

    @property
    def counts(self) -> tuple[int, int]:
        """How many points of each curve it shows."""
        return self._counts

    def grow(self) -> QRect:
        """Paint what was added to the history, and return where: nowhere if it cannot be seen yet.

        The training curve waits for the next dot, the validation curve for nothing.
        """
        if not self._curves.reaches_a_new_dot(*self._counts):
            return QRect()
        left = min(max(self._settled - 2, 0), self._size.width())
        dot = self._dot
        self._count()
        self._paint(_LINES, left)
        stripe = self._stripe(left)
        for place in (dot, self._dot):
            if place is not None:
                side = round(2 * _DOT + 4)
                corner = QPointF(side / 2, side / 2)
                stripe |= QRect((place - corner).toPoint(), QSize(side, side))
        return stripe

    def _stripe(self, left: float) -> QRect:
        """All that is right of `left` and that curves can reach."""
        edge = int(left) // _STRIPE * _STRIPE
        return self._inside.intersected(QRect(edge, 0, self._size.width(), self._size.height()))

    def _count(self) -> None:
        """Note how much of the history is being painted."""
        self._counts = len(self._history.training), len(self._history.validation)
        self._settled = self._curves.settled(*self._counts)
        self._dot = self._curves.end()

    def _paint(self, lines: Sequence[_Line], left: float) -> None:
        """Paint curves over what there is, all of them that is right of `left`."""
        stripe = self._stripe(left)
        if stripe.isEmpty():
            return
        painter = QPainter(self.pixmap)
        painter.setClipRect(stripe)
        if lines is _LINES:
            painter.drawPixmap(0, 0, self._background)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for color, line, apart in lines:
            painter.setPen(QPen(theme().color(color), 0))
            painter.drawPolyline(line(self._curves, stripe.left(), apart))
        painter.end()

    def paint(self, painter: QPainter) -> None:
        """The picture, with a dot at its end."""
        painter.drawPixmap(0, 0, self.pixmap)
        if self._dot is not None:
            painter.drawPixmap(self._dot - QPointF(_DOT + 1, _DOT + 1), self._mark)


def _dot_picture(ratio: float) -> QPixmap:
    side = round(2 * _DOT + 2)
    picture = QPixmap(QSize(side, side) * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().color("text"))
    painter.drawEllipse(QPointF(_DOT + 1, _DOT + 1), _DOT, _DOT)
    painter.end()
    return picture


def label_width(metrics: QFontMetrics, ticks: list[Tick]) -> int:
    """The room, in logical pixels, that the longest of the labels needs."""
    return max((metrics.horizontalAdvance(tick.label) for tick in ticks), default=0)
