"""An evaluation on the screen: scores, confusion matrix, curve with its threshold, each digit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from sixpad.core.evaluation import Evaluation
from sixpad.core.metrics import THRESHOLD
from sixpad.core.ranking import Estimate
from sixpad.data.drawing_choice import SURE, WRONG, Choice
from sixpad.gui.choice_grid import ChoiceGrid, Place
from sixpad.gui.confusion_view import ConfusionView, cell_words, several
from sixpad.gui.curve_view import CurveView
from sixpad.gui.digit_table import DigitTable
from sixpad.gui.figure_rows import Figure, FigureRows
from sixpad.gui.glossary import TERMS
from sixpad.gui.numbers import count, fixed, percent, span
from sixpad.gui.theme import MARGIN, SPACE
from sixpad.gui.threshold_bar import ThresholdBar
from sixpad.gui.widgets import ElidedLabel, named

_SCORES_WIDTH = 280
_EXPLORES = f"only to explore; Draw keeps {THRESHOLD:g}"


class EvaluationView(QWidget):
    """Everything about an evaluation but its examples; `changed` when others are to be shown.

    `shown` is the evaluation at the threshold that the person tries.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._evaluation: Evaluation | None = None
        self.shown: Evaluation | None = None
        self.scores = FigureRows("Scores")
        self.confusion = ConfusionView()
        self.curve = CurveView()
        self.bar = ThresholdBar()
        self.table = DigitTable()
        self._layout()
        self.confusion.picked.connect(self._pick_cell)
        self.table.picked.connect(self._pick_digit)
        self.curve.threshold_wanted.connect(self.bar.set_threshold)
        self.bar.changed.connect(self._try)

    def _layout(self) -> None:
        self._confusing = _titled("Confusion", "truth ↓  answer →", "confusion", self.confusion)
        self._curving = _titled("Threshold", _EXPLORES, "threshold", self.curve, self.bar)
        self._left = QVBoxLayout()
        self._left.setSpacing(2 * SPACE)
        self._left.addWidget(_titled("Scores", "with 95 % intervals", "interval", self.scores))
        self._left.addStretch()
        self._middle = QVBoxLayout()
        self._middle.addWidget(self._curving)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, SPACE, MARGIN, 12)
        row.setSpacing(MARGIN)
        left = QWidget()
        left.setFixedWidth(_SCORES_WIDTH)
        left.setLayout(self._left)
        self._left.setContentsMargins(0, 0, 0, 0)
        row.addWidget(left)
        row.addLayout(self._middle, 1)
        row.addWidget(_titled("Digit by digit", "", "by digit", self.table))
        self._arrange(one=True)

    def show_evaluation(self, evaluation: Evaluation) -> None:
        """Show this one; of another network than the last, at the threshold that is in use."""
        former, self._evaluation = self._evaluation, evaluation
        if former is None or former.network != evaluation.network:
            self._arrange(one=evaluation.network.digit is not None)
            self._choose(self.confusion, None)
            self.bar.blockSignals(True)
            self.bar.set_threshold(THRESHOLD)
            self.bar.blockSignals(False)
        if evaluation.network.digit is not None:
            self.curve.show_curve(evaluation.curve)
            self.bar.show_best(evaluation.curve)
        self._show()

    def _arrange(self, one: bool) -> None:
        """A single neuron has the curve in the middle; ten need the room for their matrix."""
        self._curving.setVisible(one)
        if one:
            self._left.insertWidget(1, self._confusing, 1)
        else:
            self._middle.addWidget(self._confusing)
        QWidget.setTabOrder(self.confusion, self.table)

    def _try(self, threshold: float) -> None:
        if self._evaluation is not None and self._evaluation.network.digit is not None:
            self._show()

    def _show(self) -> None:
        found = self._evaluation
        if found is None:
            return
        one = found.network.digit is not None
        if one and self.bar.threshold != found.threshold:
            self.shown = shown = found.at(self.bar.threshold)
        else:
            self.shown = shown = found
        self.scores.show_rows(_rows(found, shown))
        self.confusion.show_evaluation(shown)
        self.table.show_evaluation(shown)
        if one:
            self.curve.show_point(shown.recall, shown.precision)
        self.changed.emit()

    def selection(self) -> tuple[str, NDArray[np.intp]]:
        """What the gallery is to show, in words, and the examples."""
        shown = self.shown
        assert shown is not None
        cell, line = self.chosen
        if cell:
            return cell_words(shown, *cell), shown.cell(*cell)
        wrong = shown.wrong()
        if line:
            wrong = wrong[shown.labels[wrong] == line.row]
            of = f"{count(int((shown.labels == line.row).sum()))} {several(line.row)}"
        else:
            of = count(shown.examples)
        if not len(wrong):
            return f"None of {of} answered wrong", wrong
        return f"{count(len(wrong))} of {of} answered wrong, the surest first", wrong

    @property
    def chosen(self) -> tuple[Place | None, Place | None]:
        """The cell of the confusion matrix or the line of the table that is chosen."""
        return self.confusion.chosen, self.table.chosen

    def choice(self) -> Choice:
        """The person's own drawings that are like what `selection` gives."""
        cell, line = self.chosen
        if line:
            return Choice(frozenset({line.row}), answer=WRONG, order=SURE)
        if cell is None or self.shown is None:
            return Choice(answer=WRONG, order=SURE)
        digit = self.shown.network.digit
        if digit is None:
            return Choice(frozenset({cell.row}), answer=cell.column, order=SURE)
        labels = {digit} if cell.row else set(range(10)) - {digit}
        return Choice(frozenset(labels), answer=cell.column, order=SURE)

    def let_go(self) -> None:
        """Choose nothing any more: all the wrong ones count."""
        if any(self.chosen):
            self._choose(self.confusion, None)
            self.changed.emit()

    def _pick_cell(self, place: Place | None) -> None:
        self._choose(self.confusion, place)
        self.changed.emit()

    def _pick_digit(self, place: Place | None) -> None:
        self._choose(self.table, place)
        self.changed.emit()

    def _choose(self, grid: ChoiceGrid, place: Place | None) -> None:
        """Choose in one of the two, and so not in the other."""
        for one in (self.confusion, self.table):
            one.set_chosen(place if one is grid else None)


def _rows(found: Evaluation, shown: Evaluation) -> list[Figure | None]:
    """The lines of the scores; what no threshold changes is taken from `found`."""
    digit = found.network.digit
    of = "" if digit is not None else " of ten"
    f1 = f"F1 at P = {shown.threshold:g}" if digit is not None else "F1, mean of ten"
    rows = [
        _figure("Accuracy", shown.accuracy, f"accuracy{of}", percents=True),
        _figure("Average precision", found.average_precision, f"average precision{of}"),
        _figure(f1, shown.f1, f"f1{of}"),
        _figure("ROC AUC", found.roc_auc, "roc auc"),
        Figure("Loss", fixed(found.loss), "loss"),
    ]
    if digit is None:
        return [*rows]
    return [
        *rows,
        Figure("Precision", percent(shown.precision), "precision"),
        Figure("Recall", percent(shown.recall), "recall"),
    ]


def _figure(words: str, estimate: Estimate, term: str, *, percents: bool = False) -> Figure:
    value = percent(estimate.value) if percents else fixed(estimate.value)
    return Figure(words, value, term, interval=span(*estimate[1:], percents=percents))


def _titled(title: str, words: str, term: str, *widgets: QWidget) -> QWidget:
    """Widgets under each other below a title with quieter words after it."""
    whole = QWidget()
    head = QHBoxLayout()
    head.setSpacing(10)
    name, rest = named(QLabel(title), "title"), ElidedLabel(words)
    for label in (name, rest):
        label.setToolTip(TERMS[term])
    head.addWidget(name)
    head.addWidget(rest, 1)
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    column.addLayout(head)
    for widget in widgets:
        column.addWidget(widget)
    return whole
