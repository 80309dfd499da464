"""The gallery: the examples of an evaluation that were answered wrong, or those of one cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from sixpad.core.evaluation import Evaluation
from sixpad.core.grid import SIDE
from sixpad.data.dataset import Dataset
from sixpad.gui.example_tiles import Example, ExampleList, ExampleModel, Index, answer_of
from sixpad.gui.glossary import TERMS
from sixpad.gui.theme import MARGIN, SPACE, figures
from sixpad.gui.widgets import ElidedLabel, named

_LEGEND = "the truth, and the answer with its probability"
_TAKE = "Enter or a double click puts one on the canvas."


class EvaluatedExamples(ExampleModel):
    """Some examples of an evaluated data set, in the order they are to be looked at."""

    def __init__(self) -> None:
        super().__init__()
        self._data: Dataset | None = None
        self._evaluation: Evaluation | None = None
        self._chosen: NDArray[np.intp] = np.empty(0, np.intp)

    def show_examples(
        self, data: Dataset, evaluation: Evaluation, chosen: NDArray[np.intp]
    ) -> None:
        """Show the examples `chosen` (n,) of `data`; the list stays where it is scrolled to."""
        before, after = len(self._chosen), len(chosen)
        nowhere = QModelIndex()
        if after < before:
            self.beginRemoveRows(nowhere, after, before - 1)
        elif after > before:
            self.beginInsertRows(nowhere, before, after - 1)
        self._data, self._evaluation, self._chosen = data, evaluation, chosen
        if after < before:
            self.endRemoveRows()
        elif after > before:
            self.endInsertRows()
        if after:
            self.dataChanged.emit(self.index(0), self.index(after - 1))

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._chosen)

    def example(self, row: int) -> Example:
        assert self._data is not None
        assert self._evaluation is not None
        at, evaluation = self._chosen[row], self._evaluation
        label = int(self._data.labels[at])
        answer = answer_of(evaluation.network, evaluation.P[at], label, evaluation.threshold)
        return Example(self._data.images[at].reshape(SIDE, SIDE), label, answer)


class Gallery(QFrame):
    """Examples under a line that says which; `let_go` asks for all the wrong ones again.

    `own_wanted` asks for the person's own drawings that are like these, and `taken` carries the
    example that is wanted on the canvas.
    """

    let_go = Signal()
    own_wanted = Signal()
    taken = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        named(self, "training")
        self._subject: object = None
        self.model = EvaluatedExamples()
        self.view = ExampleList(self.model, "Examples of the evaluation")
        self._title = named(QLabel(), "title")
        self._title.setFont(figures(self._title.font()))
        self._title.setToolTip(f"{TERMS['gallery']}\n{_TAKE}")
        self.all = named(QPushButton("all the wrong ones"), "word")
        self.all.setToolTip("Shows all that are answered wrong again (Escape).")
        self.all.clicked.connect(self.let_go)
        self.own = named(QPushButton("in my drawings"), "word")
        self.own.setToolTip(TERMS["in my drawings"])
        self.own.clicked.connect(self.own_wanted)
        legend = ElidedLabel(f"Under each image: {_LEGEND}")
        legend.setToolTip(f"{TERMS['truth']}\n{_TAKE}")
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self._title)
        row.addWidget(self.all)
        row.addWidget(self.own)
        row.addSpacing(SPACE)
        row.addWidget(legend, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 10, MARGIN, 8)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.view, 1)
        self.view.taken.connect(lambda at: self.taken.emit(self.model.example(at)))

    def show_examples(
        self, title: str, data: Dataset, evaluation: Evaluation, chosen: NDArray[np.intp], *,
        of_all: bool, subject: object,
    ) -> None:  # fmt: skip
        """Show these examples under this title; `of_all` where they are all the wrong ones.

        The list stays where it is scrolled to as long as the `subject` is the same.
        """
        self._title.setText(title)
        self.all.setVisible(not of_all)
        self.model.show_examples(data, evaluation, chosen)
        if subject != self._subject:
            self._subject = subject
            self.view.selectionModel().clear()
            self.view.scrollToTop()
