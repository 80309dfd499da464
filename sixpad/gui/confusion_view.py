"""The confusion matrix as a heatmap of counts: what was taken for what, errors before all."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from sixpad.core.evaluation import Evaluation
from sixpad.gui.choice_grid import ChoiceGrid, Place
from sixpad.gui.glossary import TERMS
from sixpad.gui.numbers import count, percent
from sixpad.gui.theme import Theme, figures, sized, theme

_MOST_WIDTH, _MOST_HEIGHT = 64, 44
_PADDING = 4
_FRAME = 1
# Shares of ink in a cell's ground up to which words in ink, and from which words in the panel's
# colour, can be read on it.
_LIGHTEST_DARK, _DARKEST_LIGHT = 0.34, 0.62
# At 1, a seventh of the row, the words change from ink to the panel's colour; 2 is full ink.
_STRENGTH = 2.6
_SMALLEST_FIGURES = 0.75
_ONE = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_MANY = tuple(f"{word}es" if word == "six" else f"{word}s" for word in _ONE)


class ConfusionView(ChoiceGrid):
    """Rows are the truth, columns the answer; the darker an error, the more of its row it has."""

    def __init__(self) -> None:
        super().__init__("Confusion matrix: rows are the truth, columns the answer")
        self._evaluation: Evaluation | None = None
        self.setToolTip(TERMS["confusion"])
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_evaluation(self, evaluation: Evaluation) -> None:
        """Show this one's confusion matrix."""
        self._evaluation = evaluation
        classes = len(evaluation.confusion)
        self.set_size(classes, classes)
        self.update()

    def words(self, place: Place) -> str:
        return cell_words(self._evaluation, *place) if self._evaluation else ""

    def tip_at(self, position: QPoint) -> str:
        return super().tip_at(position) or self.toolTip()

    def minimumSizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        return QSize(self._left() + 22 * self.rows, self._top() + (line + 2) * self.rows)

    def sizeHint(self) -> QSize:
        side = 36 if self.rows > 2 else _MOST_HEIGHT
        return QSize(self._left() + side * self.rows, self._top() + side * self.rows)

    def _left(self) -> int:
        metrics = QFontMetricsF(figures(self.font()))
        names = self._names()
        return round(max((metrics.horizontalAdvance(name) for name in names), default=0)) + 8

    def _top(self) -> int:
        return self.fontMetrics().height() + _PADDING

    def _names(self) -> tuple[str, ...]:
        return kinds(self._evaluation) if self._evaluation else ()

    def cell_rect(self, place: Place) -> QRect:
        left, top = self._left(), self._top()
        width = min((self.width() - left - _FRAME) // self.columns, _MOST_WIDTH)
        height = min((self.height() - top - _FRAME) // self.rows, _MOST_HEIGHT)
        return QRect(left + place.column * width, top + place.row * height, width, height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._evaluation is None:
            return
        painter = QPainter(self)
        self._paint_names(painter)
        confusion = self._evaluation.confusion
        shares = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
        texts = [[self._text(number) for number in row] for row in confusion.tolist()]
        painter.setFont(self._fitting(texts))
        colors = theme()
        for row in range(self.rows):
            for column in range(self.columns):
                rect = self.cell_rect(Place(row, column))
                ground, text = cell_colors(float(shares[row, column]), row == column, colors)
                painter.fillRect(rect, colors.color("line"))
                painter.fillRect(rect.adjusted(1, 1, 0, 0), ground)
                painter.setPen(text)
                if confusion[row, column] or self.rows == 2:
                    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, texts[row][column])
        last = self.cell_rect(Place(self.rows - 1, self.columns - 1))
        whole = self.cell_rect(Place(0, 0)).united(last)
        painter.setPen(colors.color("line"))
        painter.drawRect(whole)
        self.paint_marks(painter)

    def _paint_names(self, painter: QPainter) -> None:
        painter.setFont(figures(self.font()))
        painter.setPen(theme().color("quiet"))
        align = Qt.AlignmentFlag
        for at, name in enumerate(self._names()):
            row, column = self.cell_rect(Place(at, 0)), self.cell_rect(Place(0, at))
            beside = QRect(0, row.top(), row.left() - 6, row.height())
            painter.drawText(beside, align.AlignRight | align.AlignVCenter, name)
            above = QRect(column.left(), 0, column.width(), column.top() - _PADDING)
            painter.drawText(above, align.AlignHCenter | align.AlignBottom, name)

    def _fitting(self, texts: list[list[str]]) -> QFont:
        """The font in which the longest of the texts has room in a cell."""
        metrics = QFontMetricsF(figures(self.font()))
        needed = max(metrics.horizontalAdvance(text) for row in texts for text in row)
        room = self.cell_rect(Place(0, 0)).width() - _PADDING
        return figures(sized(self.font(), min(max(room / needed, _SMALLEST_FIGURES), 1)))

    def _text(self, number: int) -> str:
        """A count, in thousands where there is no room for all of it."""
        room = self.cell_rect(Place(0, 0)).width() - 2
        text = count(number)
        small = figures(sized(self.font(), _SMALLEST_FIGURES))
        if QFontMetricsF(small).horizontalAdvance(text) <= room:
            return text
        return f"{round(number / 1000)}k"


def cell_colors(share: float, right: bool, colors: Theme) -> tuple[QColor, QColor]:
    """The ground and the words of a cell that holds this share of its row.

    Right answers stay quiet whatever their share; errors go from the panel to ink, by the root of
    their share, so that few are seen too.
    """
    if right:
        return colors.color("zero"), colors.color("quiet")
    strength = min(_STRENGTH * np.sqrt(share), 2)
    if strength < 1:
        ink, words = strength * _LIGHTEST_DARK, "text"
    else:
        ink = _DARKEST_LIGHT + (strength - 1) * (1 - _DARKEST_LIGHT)
        words = "panel"
    panel, text = colors.rgb("panel").astype(float), colors.rgb("text").astype(float)
    ground = np.rint(panel + ink * (text - panel)).astype(int).tolist()
    return QColor(*ground), colors.color(words)


def kinds(evaluation: Evaluation) -> tuple[str, ...]:
    """What each row and column of the confusion matrix stands for."""
    digit = evaluation.network.digit
    if digit is None:
        return tuple(str(digit) for digit in range(10))
    return f"not {digit}", str(digit)


def several(digit: int) -> str:
    """More than one of a digit: sixes."""
    return _MANY[digit]


def cell_words(evaluation: Evaluation, truth: int, answer: int) -> str:
    """A cell in words: how many of what were taken for what, and the share of their kind."""
    row = evaluation.confusion[truth]
    number, digit = int(row[answer]), evaluation.network.digit
    if digit is None:
        one, many = _ONE[truth], _MANY[truth]
        done = "recognised" if truth == answer else f"taken for {_MANY[answer]}"
    elif truth:
        one, many = _ONE[digit], _MANY[digit]
        done = "found" if answer else "missed"
    else:
        one, many = "other digit", "other digits"
        done = f"{'taken' if answer else 'not taken'} for {_MANY[digit]}"
    share = percent(number / max(int(row.sum()), 1))
    return f"{count(number)} {one if number == 1 else many} {done}, {share} of the {many}"
