"""The Compare page: the ladder of networks side by side, on one drawing and on the same data."""

from __future__ import annotations

from PySide6.QtCore import QDeadlineTimer, Qt, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from sixpad.core.answer import DIGITS
from sixpad.core.network import MODELS, Network
from sixpad.core.position_map import shifted
from sixpad.gui.canvas import Canvas
from sixpad.gui.compare_answers import CompareAnswers
from sixpad.gui.compare_column import CompareColumn
from sixpad.gui.compare_facts import Facts
from sixpad.gui.compare_scores import CompareScores
from sixpad.gui.compare_words import facts, line_names, map_facts, map_line_names
from sixpad.gui.glossary import TERMS
from sixpad.gui.ladder import Ladder
from sixpad.gui.numbers import a, count
from sixpad.gui.position_maps import PositionMaps
from sixpad.gui.position_view import InkView, PositionLegend, Shift
from sixpad.gui.rungs import given_to, preparation_of, rung
from sixpad.gui.theme import MARGIN, SPACE
from sixpad.gui.trainer import State, Trainer
from sixpad.gui.widgets import heading, named, quiet_label

_LEFT_WIDTH = 220
_BAR_WIDTH = 96
_PERCENT = 100
_PREVIEW_SCALE = 3
_MARGIN_Y = 12
_MAP_HINT = (
    "How probable {digit} is while your drawing slides around, and is not centred again. Weights "
    "of pixels know a digit only where they learned it; kernels search the whole image, so that "
    "convolution knows it in more places."
)


class ComparePage(QWidget):
    """Draw once and see what each network says, what it scores, and where it recognises it."""

    def __init__(self, trainer: Trainer) -> None:
        super().__init__()
        self._trainer, self._session = trainer, trainer.session
        self.ladder = Ladder(trainer, self)
        self.answers = CompareAnswers(self._session, self)
        self.scores = CompareScores(trainer, self)
        self.maps = PositionMaps(trainer, self)
        self.columns = [CompareColumn(self._session, model, self) for model in MODELS]
        self.canvas = Canvas(self._session)
        self.digits = QButtonGroup(self)
        self.train = QPushButton()
        self.stop = QPushButton("Stop")
        self._bar = QProgressBar(textVisible=False, maximum=_PERCENT)
        self._names, self._map_names = Facts("What the lines are"), Facts("What the lines are")
        self._shift: Shift | None = None
        self._shown_on = self.columns[0]
        self._layout()
        self._connect()

    # What stands where

    def _layout(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(MARGIN)
        grid.setVerticalSpacing(SPACE)
        grid.addLayout(self._drawing_head(), 0, 0, Qt.AlignmentFlag.AlignBottom)
        grid.addWidget(self.canvas, 1, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._names, 2, 0)
        grid.addLayout(self._map_head(), 3, 0, 1, 1 + len(self.columns))
        grid.addLayout(self._map_tools(), 4, 0, Qt.AlignmentFlag.AlignTop)
        grid.setColumnMinimumWidth(0, _LEFT_WIDTH)
        for place, column in enumerate(self.columns, 1):
            grid.addWidget(column.title, 0, place)
            grid.addWidget(column.stack, 1, place)
            grid.addWidget(column.facts, 2, place)
            grid.addWidget(column.map, 4, place, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(column.read_out, 5, place)
            grid.setColumnStretch(place, 1)
        grid.addWidget(self._map_names, 5, 0)
        grid.setRowStretch(6, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(MARGIN, _MARGIN_Y, MARGIN, _MARGIN_Y)
        whole.setSpacing(SPACE)
        whole.addLayout(self._head())
        whole.addLayout(grid, 1)

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
        title = named(QLabel("Your drawing"), "title")
        title.setToolTip(TERMS["image"])
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(title, 0, Qt.AlignmentFlag.AlignBottom)
        row.addStretch(1)
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

    def _map_head(self) -> QHBoxLayout:
        title = named(QLabel("Position map"), "title")
        title.setToolTip(TERMS["position map"])
        self._hint = named(QLabel(_MAP_HINT, wordWrap=True), "quiet")
        self._hint.setToolTip(TERMS["position map"])
        row = QHBoxLayout()
        row.setSpacing(10)
        title.setFixedWidth(_LEFT_WIDTH + MARGIN - 10)
        row.addWidget(title, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._hint, 1)
        return row

    def _map_tools(self) -> QVBoxLayout:
        digits = QHBoxLayout()
        digits.setSpacing(2)
        for digit in range(DIGITS):
            button = named(QPushButton(str(digit)), "digit")
            button.setCheckable(True)
            button.setToolTip(f"Look at {a(digit)} (Alt+{digit})")
            self.digits.addButton(button, digit)
            digits.addWidget(button)
        self.preview = InkView("The drawing at this shift", _PREVIEW_SCALE)
        self.preview.setToolTip(TERMS["position map"])
        self._where = quiet_label()
        self._where.setToolTip(TERMS["position map"])
        self._where.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.legend = PositionLegend()
        self.legend.setToolTip(TERMS["position map"])
        shown = QHBoxLayout()
        shown.setSpacing(SPACE)
        shown.addWidget(self.preview)
        shown.addWidget(self._where, 1)
        column = QVBoxLayout()
        column.setSpacing(SPACE)
        column.addLayout(digits)
        column.addLayout(shown)
        column.addWidget(self.legend)
        return column

    def _connect(self) -> None:
        session, trainer = self._session, self._trainer
        self.digits.idClicked.connect(session.set_digit)
        self.train.clicked.connect(self._train)
        self.stop.clicked.connect(self.ladder.stop)
        self.ladder.changed.connect(self._show)
        self.answers.changed.connect(self._show_answers)
        self.scores.changed.connect(self._show)
        self.scores.failed.connect(session.noticed)
        self.maps.changed.connect(self._show_maps)
        for signal in (session.progress_changed, session.network_changed, session.digit_changed,
                       trainer.state_changed, trainer.data.changed):  # fmt: skip
            signal.connect(self._show)
        session.drawing.changed.connect(self._show_shift)
        for column in self.columns:
            column.train_wanted.connect(lambda model: self.ladder.climb([model]))
            column.map.pointed.connect(lambda shift, column=column: self._point(column, shift))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._set_active(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._set_active(False)

    def _set_active(self, active: bool) -> None:
        for worker in (self.answers, self.scores, self.maps):
            worker.set_active(active)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Share the height that the words leave between the canvas and the maps."""
        first = self.columns[0]
        across = self.width() - 2 * MARGIN - _LEFT_WIDTH - len(self.columns) * MARGIN
        hint = self._hint.heightForWidth(across + (len(self.columns) - 1) * MARGIN)
        self._hint.setFixedHeight(hint)
        words = sum(
            widget.sizeHint().height() for widget in (first.facts, first.read_out, self.train)
        )
        words += first.title.height() + hint + 2 * _MARGIN_Y + 6 * SPACE
        left = self.height() - words
        for column in self.columns:
            column.map.fit_to(min(left / 2, across / len(self.columns)))
        self.canvas.fit_to(min(left - first.map.height(), _LEFT_WIDTH))
        for column in self.columns:
            column.stack.setFixedHeight(self.canvas.height())

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
        if not self.isVisible():
            return
        session, data = self._session, self._trainer.data
        digit = session.digit
        self.digits.button(digit).setChecked(True)
        self.legend.show_digit(digit)
        self._names.show_facts(line_names(digit))
        self._map_names.show_facts(map_line_names(digit))
        self._hint.setText(_MAP_HINT.format(digit=a(digit)))
        for column in self.columns:
            self._show_column(column)
        self._show_ladder()
        if data.parts is None:
            told = "Preparing the examples …" if data.loading else "There are no examples."
        else:
            part = data.parts[1]
            examples = f"{count(len(part))} examples: the validation part of {part.name}"
            told = f"on your drawing, and on {examples}"
        self._subtitle.setText(told)
        self._subtitle.setToolTip(f"{TERMS['compare']}\n{told}")
        self._show_answers()
        self._show_maps()

    def _show_column(self, column: CompareColumn) -> None:
        session, network = self._session, self._network(column)
        learned = session.learned_by(network)
        column.title.setText(network.title.capitalize())
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
        if len(missing) == len(MODELS):
            words = "Train all"
        else:
            words = f"Train the missing {len(missing)}" if missing else "Train all further"
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

    @Slot()
    def _show_maps(self) -> None:
        digit = self._session.digit
        for column in self.columns:
            found = self.maps.of(self._network(column))
            column.map.show_map(None if found is None else found.of(digit))
        self._show_shift()

    def _point(self, column: CompareColumn, shift: Shift | None) -> None:
        self._shift, self._shown_on = shift, column
        self._show_shift()

    @Slot()
    def _show_shift(self) -> None:
        """Read out the shift that is pointed at."""
        session, shift = self._session, self._shift or Shift()
        self._where.setText(shift.words.replace(", ", ",\n"))
        image = given_to(session, self._network(self._shown_on))
        self.preview.show_image(shifted(image, *shift))
        for column in self.columns:
            column.map.show_shift(self._shift)
            found = self.maps.of(self._network(column))
            column.read_out.show_facts(map_facts(found, session.digit, shift))
            if found is not None:
                said = f"P({session.digit}) {column.read_out.facts[0].value}"
                column.map.setAccessibleDescription(f"{shift.words}: {said}")

    def close_threads(self, deadline: QDeadlineTimer) -> bool:
        """End what works in threads; False if one would not end in time."""
        self.ladder.give_up()
        ended = self.scores.close(deadline)
        return self.maps.close(deadline) and ended
