"""The page of a report, painted: weights, scores, confusion, training and the loss.

A4, measured in pixels of 1/96 inch, always in light colours.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QGuiApplication, QPainter, QPen

from sixpad import __version__
from sixpad.core.sizes import CONV, HIDDEN
from sixpad.data.weights_picture import weights_sheet
from sixpad.gui.axes import GAP, Frame, paint_axes
from sixpad.gui.confusion_view import cell_colors, kinds
from sixpad.gui.dots import picture
from sixpad.gui.loss_curves import LossCurves
from sixpad.gui.loss_picture import epoch_ticks, loss_ticks
from sixpad.gui.loss_spans import fitting
from sixpad.gui.numbers import count
from sixpad.gui.report import TrainingReport
from sixpad.gui.theme import LIGHT, figures

WIDTH, HEIGHT = 794, 1123

_MARGIN, _GUTTER = 64, 32
_INSIDE = WIDTH - 2 * _MARGIN
_LEFT = 416
_RIGHT = _INSIDE - _LEFT - _GUTTER
_TITLE, _HEADING, _BODY, _SMALL = 28, 14, 12, 11
_LINE = 18
_MOST_WEIGHTS = 304
_LEAST_CURVE, _MOST_CURVE = 120, 320
_CELL, _WIDEST_CELL = 26, 96
# A line of the curve by its words, its colour and its width.
_LINES = (
    ("training, every step", "line", 1.0), ("its mean", "quiet", 1.0), ("validation", "text", 1.5)
)  # fmt: skip
# What the picture of the weights shows of each model.
_SHOWN = {
    HIDDEN: "of each neuron of the first layer",
    CONV: "of the kernels, layer under layer",
}

_PLAIN, _BOLD = QFont.Weight.Normal, QFont.Weight.DemiBold
_Align = Qt.AlignmentFlag
_TO_LEFT, _TO_RIGHT = _Align.AlignLeft | _Align.AlignTop, _Align.AlignRight | _Align.AlignTop


class Page:
    """Paints a report with a painter, from top to bottom; its words are drawn as text."""

    def __init__(self, painter: QPainter, report: TrainingReport) -> None:
        self._painter, self._report = painter, report

    def paint(self) -> None:
        """All of it."""
        right = _MARGIN + _LEFT + _GUTTER
        top = self._head()
        middle = max(self._weights(top), self._scores(right, top)) + _GUTTER
        bottom = max(self._confusion(middle), self._training(right, middle)) + _GUTTER
        self._curve(bottom)

    def _head(self) -> float:
        made = self._report.made.strftime("%Y-%m-%d, %H:%M")
        top = _MARGIN - 16.0
        self._write(_MARGIN, top, _INSIDE, f"sixpad {__version__}", _SMALL, weight=_BOLD)
        self._write(_MARGIN, top, _INSIDE, made, _SMALL, "quiet", _TO_RIGHT)
        top += 24
        top += self._title(top)
        top += 4
        top += self._wrapped(_MARGIN, top, _INSIDE, self._report.words, 2) + 12
        self._painter.fillRect(QRectF(_MARGIN, top, _INSIDE, 1), LIGHT.color("line"))
        return top + 20

    def _title(self, top: float) -> float:
        """The title, as large as it has room; gives its height."""
        title, size = self._report.title, _TITLE
        while size > _HEADING and self._metrics(size, _BOLD).horizontalAdvance(title) > _INSIDE:
            size -= 1
        return self._write(_MARGIN, top, _INSIDE, title, size, weight=_BOLD)

    def _weights(self, top: float) -> float:
        network, parameters = self._report.model.network, self._report.model.snapshot.parameters
        words = _SHOWN.get(network.model, "orange for, blue against")
        top = self._heading(_MARGIN, top, _LEFT, "Weights", words)
        image = picture(np.ascontiguousarray(weights_sheet(network, parameters)))
        share = min(_LEFT / image.width(), _MOST_WEIGHTS / image.height())
        box = QRectF(_MARGIN, top, image.width() * share, image.height() * share)
        self._painter.drawImage(box, image)
        return box.bottom()

    def _scores(self, left: float, top: float) -> float:
        top = self._heading(left, top, _RIGHT, "Scores", "with 95 % intervals")
        for name, value, interval in self._report.scores:
            self._row(left, top, name, value)
            if interval:
                top += _LINE - 3
                self._write(left, top, _RIGHT, interval, _SMALL, "quiet", _TO_RIGHT)
            top += _LINE + 1
        words = f"{self._report.data}. {self._report.note}"
        return top + 8 + self._wrapped(left, top + 8, _RIGHT, words, 7)

    def _confusion(self, top: float) -> float:
        found = self._report.found
        top = self._heading(_MARGIN, top, _LEFT, "Confusion", "truth ↓  answer →")
        names, confusion = kinds(found), found.confusion
        shares = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
        side = max(self._metrics(_BODY).horizontalAdvance(name) for name in names) + 10
        wide = min((_LEFT - side) / len(names), _WIDEST_CELL)
        for place, name in enumerate(names):
            across = _MARGIN + side + place * wide
            self._write(across, top, wide, name, _BODY, "quiet", _Align.AlignHCenter)
            beside = QRectF(_MARGIN, top + _LINE + place * _CELL, side - 10, _CELL)
            self._painter.drawText(beside, _Align.AlignRight | _Align.AlignVCenter, name)
        for row, column in np.ndindex(confusion.shape):
            cell = QRectF(_MARGIN + side + column * wide, top + _LINE + row * _CELL, wide, _CELL)
            ground, words = cell_colors(float(shares[row, column]), row == column, LIGHT)
            self._painter.fillRect(cell, ground)
            self._painter.setPen(QPen(LIGHT.color("line"), 1))
            self._painter.drawRect(cell)
            if confusion[row, column] or len(names) == 2:
                self._painter.setFont(_font(_BODY))
                self._painter.setPen(words)
                number = self._fitting(int(confusion[row, column]), wide - 4)
                self._painter.drawText(cell, _Align.AlignCenter, number)
        return top + _LINE + len(names) * _CELL

    def _fitting(self, number: int, width: float) -> str:
        """A count, in thousands where there is no room for all of it."""
        whole = count(number)
        if self._metrics(_BODY).horizontalAdvance(whole) <= width:
            return whole
        return f"{round(number / 1000)}k"

    def _training(self, left: float, top: float) -> float:
        top = self._heading(left, top, _RIGHT, "Training")
        for name, value in self._report.settings:
            self._row(left, top, name, value)
            top += _LINE
        return top

    def _curve(self, top: float) -> None:
        """The loss, where a curve is known and there is room for it."""
        history, room = self._report.history, HEIGHT - _MARGIN - top
        if history is None or len(history.training) < 2 or room < _LEAST_CURVE:
            return
        inside = self._heading(_MARGIN, top, _INSIDE, "Loss")
        self._legend(top)
        painter, metrics = self._painter, self._metrics(_SMALL)
        spans = fitting(history, log=False, ended=True)
        high = min(room, _MOST_CURVE) - (inside - top) - 2 * metrics.height() - 4
        up = loss_ticks(spans[1], high, log=False)
        left = _MARGIN + max(metrics.horizontalAdvance(tick.label) for tick in up) + GAP
        frame = Frame(QRectF(left, inside, _MARGIN + _INSIDE - left, high), *spans)
        painter.setFont(_font(_SMALL))
        paint_axes(painter, frame, epoch_ticks(frame), up, "epoch", LIGHT)
        batches = self._report.model.snapshot.batches
        curves = LossCurves(history, frame, batches, log=False, dots=2)
        painter.save()
        painter.setClipRect(frame.rect.adjusted(-1, -1, 1, 1))
        lines = curves.training, curves.mean, curves.validation
        for line, (_, color, width) in zip(lines, _LINES, strict=True):
            painter.setPen(QPen(LIGHT.color(color), width))
            painter.drawPolyline(line(frame.rect.left()))
        painter.restore()

    def _legend(self, top: float) -> None:
        """What the lines of the curve are, at the right of its heading."""
        left, metrics = _MARGIN + _INSIDE + 16.0, self._metrics(_SMALL)
        for words, color, width in reversed(_LINES):
            left -= metrics.horizontalAdvance(words) + 40
            middle = top + 12
            self._painter.setPen(QPen(LIGHT.color(color), width))
            self._painter.drawLine(QPointF(left, middle), QPointF(left + 16, middle))
            self._write(left + 24, top + 4, _INSIDE, words, _SMALL, "quiet")

    # Words

    def _heading(self, left: float, top: float, width: float, title: str, more: str = "") -> float:
        """A heading with quieter words after it; gives where what it heads begins."""
        self._write(left, top, width, title, _HEADING, weight=_BOLD)
        beside = self._metrics(_HEADING, _BOLD).horizontalAdvance(title) + 8
        self._write(left + beside, top + 2, width, more, _BODY, "quiet")
        return top + 28

    def _row(self, left: float, top: float, name: str, value: str) -> None:
        """A line of a table: a name, and its value at the right."""
        self._write(left, top, _RIGHT, name, _BODY, "quiet")
        self._write(left, top, _RIGHT, value, _BODY, "text", _TO_RIGHT)

    def _write(
        self, left: float, top: float, width: float, words: str, size: int, color: str = "text",
        align: Qt.AlignmentFlag = _TO_LEFT, weight: QFont.Weight = _PLAIN,
    ) -> float:  # fmt: skip
        """One line of words, cut short where it has no room; gives its height."""
        metrics = self._metrics(size, weight)
        self._painter.setFont(_font(size, weight))
        self._painter.setPen(LIGHT.color(color))
        # What fits exactly is not to be cut short for a fraction of a pixel.
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, width + 1)
        self._painter.drawText(QRectF(left, top, width + 1, 2 * size), align, shown)
        return metrics.height()

    def _wrapped(self, left: float, top: float, width: float, words: str, most: int) -> float:
        """Quiet words in up to so many lines, the last cut short; gives their height."""
        metrics, lines = self._metrics(_SMALL), [""]
        for word in words.split(" "):
            longer = f"{lines[-1]} {word}".strip()
            if metrics.horizontalAdvance(longer) <= width or not lines[-1]:
                lines[-1] = longer
            else:
                lines.append(word)
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])] if len(lines) > most else lines
        for place, line in enumerate(lines):
            self._write(left, top + place * (_SMALL + 5), width, line, _SMALL, "quiet")
        return len(lines) * (_SMALL + 5)

    def _metrics(self, size: int, weight: QFont.Weight = _PLAIN) -> QFontMetricsF:
        return QFontMetricsF(_font(size, weight))


def _font(size: int, weight: QFont.Weight = _PLAIN) -> QFont:
    """The system's font, so many pixels high, as wide as its outlines say at any scale."""
    font = figures(QGuiApplication.font())
    font.setPixelSize(size)
    font.setWeight(weight)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font
