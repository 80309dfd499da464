"""The scores of each digit's examples, ten lines under each other."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from sixpad.core.evaluation import DigitScores, Evaluation
from sixpad.gui.choice_grid import ChoiceGrid, Place
from sixpad.gui.confusion_view import several
from sixpad.gui.glossary import TERMS
from sixpad.gui.numbers import count, fixed, percent, span
from sixpad.gui.theme import figures, theme

_LEAST_LINE, _MOST_LINE = 2, 8
_LEAST_GAP, _MOST_GAP = 8, 14


class _Column(NamedTuple):
    """The words over a column, the term that explains them, its widest text, and if it is quiet."""

    words: str
    term: str
    widest: str
    quiet: bool = False


_DIGIT = _Column("digit", "truth", "0")
_EXAMPLES = _Column("examples", "examples of a digit", "00 000", quiet=True)
_WRONG = _Column("wrong", "wrong ones of a digit", "0 000")
_RIGHT = (
    _Column("right", "right ones of a digit", "100.0 %"),
    _Column("95 %", "interval", "00.0–100.0", quiet=True),
)
_OF_ONE: tuple[_Column, ...] = (_DIGIT, _EXAMPLES, _WRONG, *_RIGHT)
# Of ten the confusion matrix tells the wrong ones.
_OF_TEN: tuple[_Column, ...] = (
    _DIGIT,
    _EXAMPLES,
    *_RIGHT,
    _Column("prec.", "precision", "0.000"),
    _Column("F1", "f1 of a digit", "0.000"),
    _Column("AP", "average precision of a digit", "0.000"),
)


class DigitTable(ChoiceGrid):
    """How many examples of each digit there are and how they fare; a digit can be chosen."""

    def __init__(self) -> None:
        super().__init__("Scores by digit")
        self._scores: tuple[DigitScores, ...] = ()
        self._columns = _OF_ONE
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_evaluation(self, evaluation: Evaluation) -> None:
        """Show how each digit fares in this one."""
        self._scores = evaluation.by_digit
        self._columns = _OF_TEN if evaluation.network.digit is None else _OF_ONE
        self.setToolTip("\n".join(TERMS[column.term] for column in self._columns))
        self.set_size(len(self._scores), 1)
        self.updateGeometry()
        self.update()

    def texts(self) -> list[list[str]]:
        """What stands in each line, column by column."""
        return [
            [_texts(scores)[column.words] for column in self._columns] for scores in self._scores
        ]

    def words(self, place: Place) -> str:
        scores = self._scores[place.row]
        digits = several(scores.digit)
        if not scores.examples:
            return f"There are no {digits} among the examples."
        return (
            f"{count(_wrong(scores))} of {count(scores.examples)} {digits} answered wrong; "
            f"{percent(scores.right.value)} right, "
            f"with 95 % certainty {span(*scores.right[1:], percents=True)} %"
        )

    def tip_at(self, position: QPoint) -> str:
        if position.y() >= self._header():
            return super().tip_at(position)
        for column, rect in zip(self._columns, self._rects(0, 1), strict=True):
            if rect.left() <= position.x() <= rect.right():
                return TERMS[column.term]
        return ""

    def _header(self) -> int:
        return self.fontMetrics().height() + 6

    def minimumSizeHint(self) -> QSize:
        line = self.fontMetrics().height() + _LEAST_LINE
        gaps = _LEAST_GAP * (len(self._columns) - 1)
        return QSize(round(sum(self._widths())) + gaps + 8, self._header() + 10 * line)

    def sizeHint(self) -> QSize:
        wider = (_MOST_GAP - _LEAST_GAP) * (len(self._columns) - 1)
        return self.minimumSizeHint() + QSize(wider, 10 * (_MOST_LINE - _LEAST_LINE))

    def _widths(self) -> list[float]:
        metrics = QFontMetricsF(figures(self.font()))
        return [
            max(metrics.horizontalAdvance(column.widest), metrics.horizontalAdvance(column.words))
            for column in self._columns
        ]

    def _rects(self, top: int, height: int) -> list[QRect]:
        """Where each column stands in a line; what room there is to spare is between them."""
        widths = self._widths()
        gap = (self.width() - 8 - sum(widths)) / max(len(widths) - 1, 1)
        gap = min(gap, _MOST_GAP)
        rects, x = [], 4.0
        for width in widths:
            rects.append(QRect(round(x), top, round(width), height))
            x += width + gap
        return rects

    def _line(self) -> int:
        metrics = self.fontMetrics().height()
        return min((self.height() - self._header()) // 10, metrics + _MOST_LINE)

    def cell_rect(self, place: Place) -> QRect:
        line = self._line()
        right = self._rects(0, 1)[-1].right() + 5
        return QRect(0, self._header() + place.row * line, right, line)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors, plain = theme(), figures(self.font())
        strong = QFont(plain)
        strong.setWeight(QFont.Weight.DemiBold)
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(plain)
        painter.setPen(colors.color("quiet"))
        for column, rect in zip(self._columns, self._rects(0, self._header() - 4), strict=True):
            painter.drawText(rect, align, column.words)
        for row, texts in enumerate(self.texts()):
            cell = self.cell_rect(Place(row, 0))
            painter.setPen(colors.color("line"))
            painter.drawLine(cell.left(), cell.top(), cell.right(), cell.top())
            rects = self._rects(cell.top(), cell.height())
            for at, (column, rect, text) in enumerate(
                zip(self._columns, rects, texts, strict=True)
            ):
                painter.setFont(plain if at else strong)
                painter.setPen(colors.color("quiet" if column.quiet else "text"))
                painter.drawText(rect, align, text)
        self.paint_marks(painter)


def _texts(scores: DigitScores) -> dict[str, str]:
    """What there is to tell of a digit, by the words over its column."""
    return {
        "digit": str(scores.digit),
        "examples": count(scores.examples),
        "wrong": count(_wrong(scores)),
        "right": percent(scores.right.value),
        "95 %": span(*scores.right[1:], percents=True),
        "prec.": fixed(scores.precision),
        "F1": fixed(scores.f1),
        "AP": fixed(scores.average_precision),
    }


def _wrong(scores: DigitScores) -> int:
    return scores.examples - round(scores.examples * scores.right.value) if scores.examples else 0
