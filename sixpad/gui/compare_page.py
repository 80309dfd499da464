"""The Compare page: the ladder of networks side by side, on one drawing and on the same data."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QDeadlineTimer, Qt, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from sixpad.core.network import MODELS, Network
from sixpad.gui.canvas import Canvas
from sixpad.gui.compare_answers import CompareAnswers
from sixpad.gui.compare_column import CompareColumn
from sixpad.gui.compare_facts import Facts
from sixpad.gui.compare_scores import CompareScores
from sixpad.gui.compare_words import facts, line_names
from sixpad.gui.glossary import TERMS
from sixpad.gui.kept_words import KeptWords
from sixpad.gui.ladder import Ladder
from sixpad.gui.numbers import count
from sixpad.gui.position_panel import PositionPanel
from sixpad.gui.rungs import preparation_of, rung
from sixpad.gui.theme import MARGIN, SPACE
from sixpad.gui.trainer import State, Trainer
from sixpad.gui.widgets import heading, named

_LEFT_WIDTH = 220
_BAR_WIDTH = 96
_PERCENT = 100
_MARGIN_Y = 12


class ComparePage(QWidget):
    """Draw once and see what each network says, what it scores, and where it recognises it."""

    def __init__(self, trainer: Trainer) -> None:
        super().__init__()
        self._trainer, self._session = trainer, trainer.session
        self.ladder = Ladder(trainer, self)
        self.answers = CompareAnswers(self._session, self)
        self.scores = CompareScores(trainer, self)
        self.positions = PositionPanel(trainer, _LEFT_WIDTH)
        self.columns = [CompareColumn(self._session, model, self) for model in MODELS]
        self.canvas = Canvas(self._session)
        self.train = QPushButton()
        self.stop = QPushButton("Stop")
        self._bar = QProgressBar(textVisible=False, maximum=_PERCENT)
        self._names = Facts("What the lines are")
        self._layout()
        self._order()
        self._connect()
        self._show_all()

    # What stands where

    def _layout(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(MARGIN)
        grid.setVerticalSpacing(SPACE)
        grid.addLayout(self._drawing_head(), 0, 0, Qt.AlignmentFlag.AlignBottom)
        grid.addWidget(self.canvas, 1, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._names, 2, 0)
        grid.setColumnMinimumWidth(0, _LEFT_WIDTH)
        for place, column in enumerate(self.columns, 1):
            grid.addWidget(column.title, 0, place)
            grid.addWidget(column.stack, 1, place)
            grid.addWidget(column.facts, 2, place)
            grid.setColumnStretch(place, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(MARGIN, _MARGIN_Y, MARGIN, _MARGIN_Y)
        whole.setSpacing(SPACE)
        whole.addLayout(self._head())
        whole.addLayout(grid)
        whole.addWidget(self.positions)
        whole.addStretch(1)

    def _head(self) -> QHBoxLayout:
        name, self._subtitle, row = heading("Compare", "")
        for label in (name, self._subtitle):
            label.setToolTip(TERMS["compare"])
        self._bar.setFixedWidth(_BAR_WIDTH)
        self._bar.setAccessibleName("The share of the models that is trained")
        self.train.setToolTip(TERMS["train the ladder"])
        self.stop.setToolTip(TERMS["stop the ladder"])
        for widget in (self._bar, self.stop, self.train):
            keeping = widget.sizePolicy()
            keeping.setRetainSizeWhenHidden(True)
            widget.setSizePolicy(keeping)
            row.addWidget(widget)
        return row

    def _drawing_head(self) -> QHBoxLayout:
        self.kept = named(KeptWords("Your drawing"), "title")
        self.kept.setToolTip(TERMS["image"])
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.kept, 1, Qt.AlignmentFlag.AlignBottom)
        session = self._session
        self.undo, self.clear = QPushButton("Undo"), QPushButton("Clear")
        self.undo.setToolTip("Takes back the last stroke.")
        self.clear.setToolTip("White paper; Undo brings the drawing back.")
        self.undo.clicked.connect(session.undo_stack.undo)
        self.clear.clicked.connect(session.drawing.clear)
        session.undo_stack.canUndoChanged.connect(self.undo.setEnabled)
        self.undo.setEnabled(session.undo_stack.canUndo())
        row.addWidget(self.undo)
        row.addWidget(self.clear)
        return row

    def _order(self) -> None:
        """Let the tab key go from the drawing to its answers, and on to the maps."""
        trains = (column.train for column in self.columns)
        digits, views = self.positions.digits.buttons(), self.positions.views.values()
        chain = [self.canvas, self.undo, self.clear, self.train, self.stop]
        chain += [*trains, *digits, *views]
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)

    def _connect(self) -> None:
        session, trainer = self._session, self._trainer
        self.train.clicked.connect(self._train)
        self.stop.clicked.connect(self.ladder.stop)
        self.ladder.changed.connect(self._show)
        self.answers.changed.connect(self._show_answers)
        self.scores.changed.connect(self._show)
        self.scores.failed.connect(session.noticed)
        for signal in (session.progress_changed, session.network_changed, session.digit_changed,
                       trainer.state_changed, trainer.data.changed):  # fmt: skip
            signal.connect(self._show)
        for column in self.columns:
            column.train_wanted.connect(lambda model: self.ladder.climb([model]))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._set_active(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._set_active(False)

    def _set_active(self, active: bool) -> None:
        for worker in (self.answers, self.scores, self.positions.maps):
            worker.set_active(active)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Share the height that the words leave between the canvas and the maps."""
        first, models = self.columns[0], len(self.columns)
        across = self.width() - 2 * MARGIN - _LEFT_WIDTH - models * MARGIN
        words = sum(widget.sizeHint().height() for widget in (first.facts, self.train))
        words += first.title.sizeHint().height() + 2 * _MARGIN_Y + 4 * SPACE
        least = max(column.answer.minimumSizeHint().height() for column in self.columns)
        for told in (True, False):
            rest = self.positions.rest(across + (models - 1) * MARGIN, told=told)
            left = self.height() - words - rest
            left -= self.positions.fit_to(min(left / 2, across / models))
            if left >= least:
                break
        self.canvas.fit_to(min(left, _LEFT_WIDTH))
        for column in self.columns:
            column.stack.setFixedHeight(max(self.canvas.height(), least))

    def refresh_colors(self) -> None:
        """Take on the colours of the theme."""
        self.canvas.refresh()
        self.update()

    # What is shown

    def _train(self) -> None:
        self.ladder.climb(self.ladder.missing() or MODELS)

    def _network(self, column: CompareColumn) -> Network:
        return rung(self._session, column.model)

    @Slot()
    def _show(self) -> None:
        # In a training it is called with each of its snapshots.
        if self.isVisible():
            self._show_all()

    def _show_all(self) -> None:
        self._names.show_facts(line_names(self._session.digit))
        for column in self.columns:
            self._show_column(column)
        self._show_ladder()
        self._show_data()
        self._show_answers()
        self.positions.refresh()

    def _show_data(self) -> None:
        data = self._trainer.data
        if data.parts is None:
            told = "Preparing the examples …" if data.loading else "There are no examples."
        else:
            part = data.parts[1]
            examples = f"{count(len(part))} examples: the validation part of {part.name}"
            told = f"on your drawing, and on {examples}"
        self._subtitle.setText(told)
        self._subtitle.setToolTip(f"{TERMS['compare']}\n{told}")

    def _show_column(self, column: CompareColumn) -> None:
        session, network = self._session, self._network(column)
        learned = session.learned_by(network)
        column.show_sizes(network)
        own = preparation_of(session, network)
        column.facts.show_facts(
            facts(
                network, learned, session.digit, self.scores.of(network), self._state(network),
                None if own is session.drawing.preparation else own,
            )
        )  # fmt: skip
        trained = bool(learned.snapshot.step)
        column.stack.setCurrentIndex(int(trained))
        at_work = self.ladder.model == column.model
        column.state.setText("Training …" if at_work else "Not trained yet.")
        column.train.setEnabled(self.ladder.can_climb)

    def _state(self, network: Network) -> str:
        """What there is to say in the place of a network's scores."""
        session = self._session
        if not session.learned_by(network).snapshot.step:
            return ""
        if self._trainer.state is State.RUNNING and network == session.network:
            return "training …"
        if self.scores.scoring == network:
            return "scoring …"
        return "out of date" if self.scores.is_stale(network) else ""

    def _show_ladder(self) -> None:
        ladder = self.ladder
        missing = ladder.missing()
        if not missing:
            words = "Train all further"
        elif len(missing) == len(MODELS):
            words = "Train all"
        else:
            words = f"Train the missing {'one' if len(missing) == 1 else len(missing)}"
        # Once it is pressed it keeps its words: what is being trained would count as missing.
        if not ladder.climbing:
            self.train.setText(words)
        self.train.setEnabled(ladder.can_climb)
        self.stop.setVisible(ladder.climbing)
        self._bar.setVisible(ladder.climbing)
        self._bar.setValue(round(ladder.share * _PERCENT))

    @Slot()
    def _show_answers(self) -> None:
        for column in self.columns:
            answer = self.answers.of(self._network(column))
            if answer is not None:
                column.answer.show_answer(answer)

    def close_threads(self, deadline: QDeadlineTimer) -> bool:
        """End what works in threads; False if one would not end in time."""
        self.ladder.give_up()
        ended = self.scores.close(deadline)
        return self.positions.maps.close(deadline) and ended
