"""The examples of both parts, each with its ground truth and, live, the network's answer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from sixpad.core.grid import SIDE
from sixpad.core.metrics import answers, confidence, truth
from sixpad.data.dataset import Dataset
from sixpad.data.spec_words import split_share
from sixpad.gui.data_choice import source_name
from sixpad.gui.example_tiles import (
    Example,
    ExampleList,
    ExampleModel,
    Index,
    answer_of,
    take_onto_canvas,
)
from sixpad.gui.glossary import TERMS
from sixpad.gui.numbers import count
from sixpad.gui.session import Session
from sixpad.gui.theme import SPACE
from sixpad.gui.trainer import Trainer
from sixpad.gui.widgets import named, quiet_label

_ANSWERED_AT_ONCE = 1024


class LiveExamples(ExampleModel):
    """The chosen examples of one part; answers are worked out for those that are looked at."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._data: Dataset | None = None
        self._chosen: NDArray[np.intp] = np.empty(0, np.intp)
        self._answers: dict[int, NDArray[np.float64]] = {}
        session.weights_changed.connect(self.forget_answers)

    def choose(
        self, data: Dataset | None, digit: int | None, source: int | None, wrong_only: bool
    ) -> None:
        """Show the examples of `data` with this label, from this of its sources, or only those of
        them that are answered wrong."""
        self.beginResetModel()
        self._data = data
        self._answers = {}
        chosen = np.arange(len(data)) if data else np.empty(0, np.intp)
        if data and digit is not None:
            chosen = chosen[data.labels == digit]
        if data and source is not None and data.origins is not None:
            chosen = chosen[data.origins[chosen] == source]
        if data and wrong_only:
            chosen = self._wrong(data, chosen)
        self._chosen = chosen
        self.endResetModel()

    def _wrong(self, data: Dataset, chosen: NDArray[np.intp]) -> NDArray[np.intp]:
        """Those of the chosen that are answered wrong, the surest first."""
        P = self._predict(chosen)
        right = truth(np.asarray(self._session.network.targets(data.labels[chosen])))
        said = answers(P)
        wrong, sure = said != right, confidence(P, said)
        surest: NDArray[np.intp] = chosen[wrong][np.argsort(-sure[wrong], kind="stable")]
        return surest

    def _predict(self, chosen: NDArray[np.intp]) -> NDArray[np.float64]:
        assert self._data is not None
        network, parameters = self._session.network, self._session.snapshot.parameters
        blocks = [
            network.predict(parameters, self._data.images[rows].astype(np.float32))
            for rows in np.array_split(chosen, max(len(chosen) // _ANSWERED_AT_ONCE, 1))
        ]
        P: NDArray[np.float64] = np.concatenate(blocks).astype(np.float64)
        return P

    def forget_answers(self) -> None:
        """The weights have changed: what is seen is answered anew."""
        self._answers = {}

    def rowCount(self, parent: Index | None = None) -> int:
        return len(self._chosen)

    def example(self, row: int) -> Example:
        assert self._data is not None
        block, place = divmod(row, _ANSWERED_AT_ONCE)
        if block not in self._answers:
            begin = block * _ANSWERED_AT_ONCE
            rows = self._chosen[begin : begin + _ANSWERED_AT_ONCE]
            self._answers[block] = self._predict(rows)
        at, P = self._chosen[row], self._answers[block][place]
        label = int(self._data.labels[at])
        image = self._data.images[at].reshape(SIDE, SIDE)
        return Example(image, label, answer_of(self._session.network, P, label))


class ExamplesView(QWidget):
    """Look through the examples of both parts, each with its truth and the network's answer."""

    def __init__(self, trainer: Trainer) -> None:
        super().__init__()
        self._trainer, self._session = trainer, trainer.session
        self.model = LiveExamples(self._session)
        self.part = QComboBox()
        self.source = QComboBox()
        self.digit = QComboBox()
        self.which = QComboBox()
        self.view = ExampleList(self.model, "Examples")
        self._told = quiet_label()
        self._boxes = self.part, self.source, self.digit, self.which
        self._fill_choices()
        self._layout()
        for box in self._boxes:
            box.activated.connect(self.refresh)
            box.activated.connect(self.view.scrollToTop)
        trainer.data.changed.connect(self.refresh)
        trainer.state_changed.connect(self._refresh_wrong)
        self._session.weights_changed.connect(self.view.viewport().update)
        self._session.network_changed.connect(self.refresh)
        self.view.taken.connect(self._take)
        self.refresh()

    def _fill_choices(self) -> None:
        self.part.addItems(["Training part", "Validation part"])
        self.part.setToolTip("The parts are split before any training and share no example.")
        self.source.addItem("All sources", None)
        self.source.setToolTip("Those of one source only.")
        self.source.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.digit.addItem("All digits", None)
        for digit in range(10):
            self.digit.addItem(f"Only {digit}", digit)
        self.digit.setToolTip("Those of one digit only.")
        self.which.addItems(["All examples", "Only the wrong ones"])
        self.which.setToolTip("Those that are answered wrong, the surest first.")

    def _layout(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        for box in self._boxes:
            row.addWidget(box)
        row.addSpacing(SPACE)
        row.addWidget(self._told)
        row.addStretch(1)
        legend = QLabel("Under each image: the truth, and the answer")
        legend.setToolTip(TERMS["truth"])
        row.addWidget(named(legend, "quiet"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addLayout(row)
        column.addWidget(self.view, 1)

    def refresh(self) -> None:
        """Show the chosen examples of the data as they are now."""
        parts = self._trainer.data.parts
        data = parts[self.part.currentIndex()] if parts else None
        self._show_sources(data)
        self.model.choose(
            data, self.digit.currentData(), self.source.currentData(),
            self.which.currentIndex() == 1,
        )  # fmt: skip
        self._told.setText(f"{count(self.model.rowCount())} shown")

    def _show_sources(self, data: Dataset | None) -> None:
        """Offer the sources where there are several; the one that was chosen stays by its name."""
        specs = self._trainer.data.specs
        mixed = data is not None and 1 < len(data.names) == len(specs)
        self.source.setVisible(mixed)
        names = [source_name(split_share(spec)[0]) for spec in specs] if mixed else []
        before = self.source.currentText()
        if names != [self.source.itemText(at) for at in range(1, self.source.count())]:
            while self.source.count() > 1:
                self.source.removeItem(1)
            for at, name in enumerate(names):
                self.source.addItem(name, at)
            self.source.setCurrentIndex(max(self.source.findText(before), 0))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh_wrong()

    def _refresh_wrong(self) -> None:
        if self.which.currentIndex() == 1 and self.isVisible():
            self.refresh()

    def _take(self, row: int) -> None:
        take_onto_canvas(self._session, self.model.example(row))
