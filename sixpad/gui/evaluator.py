"""Evaluator: scores the network in use on chosen examples, in a thread, whenever that has aged."""

from __future__ import annotations

from PySide6.QtCore import QDeadlineTimer, QObject, QTimer, Signal, Slot

from sixpad.data.dataset import Dataset
from sixpad.data.spec_words import DRAWINGS
from sixpad.gui.evaluated_data import Selection, fresh_spec
from sixpad.gui.evaluation_threads import EvaluatingThread, LoadingThread, Report, Subject
from sixpad.gui.trainer import State, Trainer
from sixpad.gui.worker import Worker

VALIDATION, FRESH = "validation", "fresh"
# The SPEC of the person's own drawings, which change while the window is open.
# While a training runs, evaluations rest between each other for at least so long, and for twice
# the time that the last one took.
REST_MILLISECONDS = 1000
_GIVEN_UP = "The evaluation was cancelled."


class Evaluator(QObject):
    """Keeps `report` true to the network in use and to the chosen data, while it is active.

    `choice` is VALIDATION, FRESH or a SPEC. The old report stays until the new one is there, and
    data that cannot be read leave the former choice in place. `failed` carries a sentence for the
    person; `changed` comes with each new report, `choice_changed` with another choice, and
    `busy_changed` when work begins, goes over from loading to evaluating, and ends.
    """

    changed = Signal()
    choice_changed = Signal()
    busy_changed = Signal()
    progressed = Signal(float)
    failed = Signal(str)

    def __init__(self, trainer: Trainer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._trainer, self._session = trainer, trainer.session
        self.choice = VALIDATION
        self.report: Report | None = None
        self._active = False
        self._edition = 0
        self._loaded: tuple[Selection, Dataset] | None = None
        # What did not come, with the reason: it is not tried again until something is chosen.
        self._missing: dict[Selection, str] = {}
        self._worker: Worker[LoadingThread | EvaluatingThread] = Worker(self)
        self._worker.finished.connect(self._take)
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self.refresh)
        for signal in (
            self._session.weights_changed, self._session.network_changed,
            trainer.data.changed, trainer.state_changed,
        ):  # fmt: skip
            signal.connect(self.refresh)

    @property
    def busy(self) -> bool:
        """Whether an evaluation is on its way."""
        return self._worker.thread_at_work is not None

    @property
    def loading(self) -> bool:
        """Whether examples are on their way that are not evaluated yet."""
        return isinstance(self._worker.thread_at_work, LoadingThread)

    @property
    def trouble(self) -> str:
        """Why there is no evaluation on what is chosen, in a sentence; nothing where there is."""
        return self._missing.get(self._wanted().selection, "")

    @property
    def outdated(self) -> bool:
        """Whether the report is of earlier weights than those in use, and no newer one coming."""
        report, parameters = self.report, self._session.snapshot.parameters
        if report is None or self.busy or report.subject.parameters is parameters:
            return False
        return bool(self.trouble) or self._trainer.state is not State.RUNNING

    def set_active(self, active: bool) -> None:
        """Evaluate from now on whatever changes, or let it be until somebody looks again."""
        self._active = active
        self.refresh()

    def choose(self, choice: str) -> None:
        """Evaluate on other data; choosing what could not be read tries it again."""
        self._missing.clear()
        self.choice = choice
        self.choice_changed.emit()
        self.refresh()

    @Slot()
    def drawings_changed(self) -> None:
        """The person's drawings are others now: what was loaded of them is out of date."""
        self._edition += 1
        if self.choice == DRAWINGS:
            self.refresh()

    def cancel(self) -> None:
        """Give up the data that are being loaded: the former choice counts again."""
        thread = self._worker.thread_at_work
        if isinstance(thread, LoadingThread):
            self._do_without(thread.subject, _GIVEN_UP)

    @Slot()
    def refresh(self) -> None:
        """Begin an evaluation where what is shown is older than what there is to show."""
        if not self._active or not self._session.snapshot.step:
            return
        wanted = self._wanted()
        thread = self._worker.thread_at_work
        if thread:
            if thread.serves(wanted):
                return
            self._give_up()
        report, data = self.report, self._data(wanted.selection)
        if report and report.subject.is_the(wanted) and data in (None, report.data):
            return
        # Without a training part there is no validation part of it either.
        missing = data is None and self.choice == VALIDATION and self._trainer.data.parts is None
        if missing or self.trouble:
            return
        resting = self._rest.isActive() and self._trainer.state is State.RUNNING
        if resting and report and report.subject.is_like(wanted):
            return
        self._start(
            LoadingThread(wanted, self) if data is None else EvaluatingThread(wanted, data, self)
        )

    def _wanted(self) -> Subject:
        session, data = self._session, self._trainer.data
        source, snapshot = session.learned.source, session.snapshot
        preparation = source.preparation if source.data else session.drawing.preparation
        specs = data.specs
        if self.choice == FRESH:
            specs = (fresh_spec([*data.specs, *source.names]),)
        elif self.choice != VALIDATION:
            specs = (self.choice,)
        selection = Selection(
            specs, preparation, data.style,
            validation=self.choice == VALIDATION, fresh=self.choice == FRESH,
            edition=self._edition if self.choice == DRAWINGS else 0,
        )  # fmt: skip
        return Subject(
            session.network, snapshot.parameters, snapshot.config.loss, source, self.choice,
            selection,
        )  # fmt: skip

    def _data(self, selection: Selection) -> Dataset | None:
        """The examples, if they are there already."""
        source = self._trainer.data
        if selection.validation and source.parts and selection.preparation is source.preparation:
            return source.parts[1]
        if self._loaded and self._loaded[0] == selection:
            return self._loaded[1]
        return None

    def _start(self, thread: LoadingThread | EvaluatingThread) -> None:
        self._rest.stop()
        if isinstance(thread, LoadingThread):
            thread.progressed.connect(self.progressed)
        thread.failed.connect(self._fail)
        self._worker.begin(thread)
        self.busy_changed.emit()

    def _give_up(self) -> None:
        if self.busy:
            self._worker.give_up()
            self.busy_changed.emit()

    def _do_without(self, subject: Subject, why: str) -> None:
        """It does not come: the choice that is shown counts again, or else the validation part."""
        self._missing[subject.selection] = why
        self._give_up()
        shown = self.report.subject.choice if self.report else VALIDATION
        former = VALIDATION if shown == self.choice else shown
        if former != self.choice:
            self.choice = former
            self.choice_changed.emit()
            self.refresh()

    @Slot(str)
    def _fail(self, sentence: str) -> None:
        # What a thread that was given up has sent before may arrive later.
        thread = self._worker.thread_at_work
        if thread and self.sender() is thread:
            self.failed.emit(sentence)
            self._do_without(thread.subject, sentence)

    @Slot(object)
    def _take(self, thread: LoadingThread | EvaluatingThread) -> None:
        if isinstance(thread, LoadingThread):
            if thread.data:
                self._loaded = thread.subject.selection, thread.data
        elif thread.report:
            self._rest.start(max(REST_MILLISECONDS, 2 * thread.milliseconds))
            self.report = thread.report
            self.changed.emit()
        self.refresh()
        if not self.busy:
            self.busy_changed.emit()

    def close(self, deadline: QDeadlineTimer) -> bool:
        """Give up and wait; False if a thread would not end in time."""
        self._active = False
        self._give_up()
        return self._worker.close(deadline)
