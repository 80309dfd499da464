"""The sources that training learns from, each with its share, and what can be added to them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from sixpad.data.mixture import (
    Mixture,
    Portion,
    added,
    changed,
    may_have_the_rest,
    mixture_of,
    most_share,
    own_share,
    removed,
    specs_of,
)
from sixpad.data.mnist import TRAINING, mnist_folder, mnist_specs, opened_folder
from sixpad.data.spec_words import DRAWINGS, handwriting_count
from sixpad.data.store_path import store_path
from sixpad.errors import SixpadError
from sixpad.gui.add_sources import HANDWRITING, MNIST, MNIST_FOLDER, AddSources
from sixpad.gui.collection import Collection
from sixpad.gui.data_choice import OTHER_DATA, ask_for_data, ask_for_mnist
from sixpad.gui.glossary import TERMS
from sixpad.gui.mnist_download import MnistDownload
from sixpad.gui.numbers import count, percent
from sixpad.gui.source_outcome import Outcome, outcomes
from sixpad.gui.source_row import (
    ARROWS_WIDTH,
    EXAMPLES_WIDTH,
    REMOVE_WIDTH,
    SHARE_WIDTH,
    TRAINING_WIDTH,
    SourceRow,
)
from sixpad.gui.theme import SPACE, figures, sized
from sixpad.gui.trainer import State, Trainer
from sixpad.gui.widgets import quiet_label

# An arrow that is held changes a share faster than examples are mixed.
EDIT_MILLISECONDS = 500


class SourcesView(QWidget):
    """The mixture to train on, which loads as it is changed."""

    def __init__(self, trainer: Trainer, collection: Collection) -> None:
        super().__init__()
        self._trainer, self._data, self._collection = trainer, trainer.data, collection
        self.mixture: Mixture = ()
        self.rows: list[SourceRow] = []
        self.download = MnistDownload(mnist_folder(), self)
        self.add = AddSources(self.download)
        self.note = quiet_label()
        self._list = QVBoxLayout()
        self._inside, self._scroll = QWidget(), QScrollArea()
        self._timer = QTimer(self, interval=EDIT_MILLISECONDS, singleShot=True)
        self._timer.timeout.connect(self._load)
        self._layout()
        self._data.changed.connect(self._take)
        self._data.progressed.connect(self._show_progress)
        trainer.state_changed.connect(self._allow)
        self.add.wanted.connect(self.add_source)
        self.download.done.connect(self._downloaded)
        self.download.failed.connect(self._download_failed)
        self._take()

    def _layout(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2 * SPACE)
        for words, width, term in (
            ("Source", 0, "sources"),
            ("Examples", EXAMPLES_WIDTH, "examples of a source"),
            ("Share", SHARE_WIDTH, "share of a source"),
            ("In training", TRAINING_WIDTH + 2 * SPACE + REMOVE_WIDTH, "in training"),
        ):
            label = quiet_label(words)
            label.setFont(sized(label.font(), 0.9))
            label.setToolTip(TERMS[term])
            if width:
                label.setFixedWidth(width)
            head.addWidget(label, 0 if width else 1)
            if words == "Examples":
                label.setAlignment(Qt.AlignmentFlag.AlignRight)
                label.setContentsMargins(0, 0, ARROWS_WIDTH, 0)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._inside.setLayout(self._list)
        self._scroll.setWidget(self._inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for plain in (self._scroll.viewport(), self._inside):
            plain.setAutoFillBackground(False)
        self.note.setWordWrap(True)
        self.note.setFont(figures(self.note.font()))
        self.note.setToolTip(f"{TERMS['in training']}\n\n{TERMS['session']}")
        left = QVBoxLayout()
        left.setSpacing(SPACE)
        left.addLayout(head)
        left.addWidget(self._scroll, 1)
        left.addWidget(self.note)
        left.addStretch(0)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, SPACE, 0, 0)
        row.setSpacing(4 * SPACE)
        row.addLayout(left, 1)
        row.addWidget(self.add)

    # What the person does

    @Slot(str)
    def add_source(self, kind: str) -> None:
        """Add a source of a kind, asking for its file or folder where it has one."""
        try:
            if kind == HANDWRITING:
                self._change(added(self.mixture, HANDWRITING))
            elif kind == DRAWINGS:
                others = len(self._data.parts[0]) if self._data.parts else 0
                share = own_share(self._collection.in_use, others)
                self._change(added(self.mixture, DRAWINGS, share))
            elif kind == MNIST:
                self._add(mnist_specs(self.download.folder)[TRAINING])
            elif kind == MNIST_FOLDER:
                folder = ask_for_mnist(self.window())
                if folder:
                    self.open_mnist(folder)
            else:
                spec = ask_for_data(kind, self.window())
                if spec:
                    self._add(spec)
        except SixpadError as error:
            self._trainer.session.noticed.emit(str(error))

    def open_mnist(self, folder: Path) -> None:
        """Add MNIST from a folder of the person's; raises SixpadError where it holds none."""
        self._add(opened_folder(folder)[TRAINING])

    def _add(self, text: str) -> None:
        self._change(added(self.mixture, text))

    def _change(self, mixture: Mixture) -> None:
        """Take on another mixture at once."""
        self._edit(mixture)
        self._load()

    def _edit(self, mixture: Mixture) -> None:
        """Take on another mixture once nothing more is changed for a moment."""
        self.mixture = mixture
        self._show()
        self._timer.start()

    def _edited(self, row: SourceRow, portion: Portion) -> None:
        self._edit(changed(self.mixture, self.rows.index(row), portion))

    def _remove(self, row: SourceRow) -> None:
        place = self.rows.index(row)
        self._change(removed(self.mixture, place))
        self.rows[min(place, len(self.rows) - 1)].share.setFocus()

    def _load(self) -> None:
        self._timer.stop()
        others = any(portion.kind != HANDWRITING for portion in self.mixture)
        if others and self._data.new_each_epoch:
            self._data.set_new_each_epoch(False)
            self._trainer.session.noticed.emit(
                "New digits in every epoch are off now: they serve handwriting alone."
            )
        self._data.set_specs(specs_of(self.mixture))

    @Slot()
    def _downloaded(self) -> None:
        if self._busy:
            self._trainer.session.noticed.emit(
                "MNIST is on this machine now: add it under Data, Sources, when the training rests."
            )
        else:
            self.add_source(MNIST)

    @Slot(str)
    def _download_failed(self, sentence: str) -> None:
        # Here it is told beside the download.
        if not self.isVisible():
            self._trainer.session.noticed.emit(sentence)

    # What is shown

    @property
    def _busy(self) -> bool:
        return self._trainer.state in (State.RUNNING, State.WAITING)

    @Slot()
    def _take(self) -> None:
        """Show the mixture that is loaded, or on its way.

        Where none could be loaded, what the person has made of it stays, to be mended.
        """
        there = self._data.loading or self._data.parts is not None
        if not self.mixture or (there and not self._timer.isActive()):
            self.mixture = mixture_of(self._data.wanted)
        self._show()

    def _show(self) -> None:
        kinds = [portion.kind for portion in self.mixture]
        if [row.portion.kind for row in self.rows] != kinds:
            self._make_rows()
        for row, portion, outcome in zip(self.rows, self.mixture, self._outcomes(), strict=True):
            row.show_portion(portion, outcome)
        self._allow()
        self._show_note()

    def _make_rows(self) -> None:
        for row in self.rows:
            self._list.removeWidget(row)
            row.deleteLater()
        self.rows = [SourceRow(portion) for portion in self.mixture]
        for place, row in enumerate(self.rows):
            row.edited.connect(lambda portion, row=row: self._edited(row, portion))
            row.remove_wanted.connect(lambda row=row: self._remove(row))
            self._list.insertWidget(place, row)
            row.show()
        order = [field for row in self.rows for field in row.fields] + [self.add.handwriting]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)
        # As high as its rows, so that what is said of them stands below, and lower where it must.
        self._list.activate()
        self._scroll.setMaximumHeight(self._inside.sizeHint().height())

    @Slot()
    def _allow(self) -> None:
        """Say what may be done to the mixture as it is, which is nothing while it is trained on."""
        busy, alone = self._busy, len(self.mixture) == 1
        for place, row in enumerate(self.rows):
            row.allow(
                alone=alone,
                most=most_share(self.mixture, place),
                rest=may_have_the_rest(self.mixture, place),
                busy=busy,
            )
        texts = {portion.text for portion in self.mixture}
        kinds = {portion.kind for portion in self.mixture}
        mnist = mnist_specs(self.download.folder).get(TRAINING)
        self.add.allow(
            {
                HANDWRITING: not busy and HANDWRITING not in kinds,
                DRAWINGS: not busy and DRAWINGS not in texts and store_path().exists(),
                MNIST: not busy and mnist not in texts,
                MNIST_FOLDER: not busy,
                **{kind: not busy for _, kind in OTHER_DATA},
            }
        )

    def _outcomes(self) -> list[Outcome]:
        sizes = [self._size(portion) for portion in self.mixture]
        loaded = self._data.parts if self._rests else None
        return outcomes(self.mixture, sizes, len(loaded[0]) if loaded else None)

    @property
    def _rests(self) -> bool:
        """Whether the mixture that is shown is the one that is loaded."""
        return not self._data.loading and specs_of(self.mixture) == self._data.specs

    def _size(self, portion: Portion) -> int | None:
        if portion.kind == HANDWRITING:
            return handwriting_count(portion.text)
        return self._data.size(portion.text)

    @Slot(float)
    def _show_progress(self, share: float) -> None:
        if self._data.loading:
            self.note.setText(f"Preparing the examples: {share:.0%}")

    def _show_note(self) -> None:
        if not self._data.parts and not self._data.loading and self._data.trouble:
            self.note.setText(f"{self._data.trouble} Take this source out, or choose others.")
            return
        if not self._rests or not self._data.parts:
            self.note.setText("Preparing the examples …")
            return
        training, validation = self._data.parts
        sentences = [
            f"{count(len(training))} examples are trained on in an epoch, and "
            f"{count(len(validation))} others are kept apart for validation."
        ]
        if any(portion.share is not None for portion in self.mixture):
            sentences.append(
                "Of a source with too many for its share others are left out, and those of one "
                "with too few come several times."
            )
        for row, outcome in zip(self.rows, self._outcomes(), strict=True):
            if outcome.starved:
                sentences.append(
                    f"{row.name.text()} has few, and {percent(outcome.left_out, 0)} of these are "
                    "left out: give it a share of its own to have more of them."
                )
        sentences += training.remarks
        self.note.setText(" ".join(sentences))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.download.look()
        self._show()
