"""Evaluator: scores the network in use on chosen examples, in a thread, whenever that has aged."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QDeadlineTimer, QElapsedTimer, QObject, QTimer, Signal, Slot

from sixpad.core.evaluation import Evaluation, evaluate
from sixpad.core.network import Network, Parameters
from sixpad.data.dataset import Dataset
from sixpad.gui.evaluated_data import Examples, fresh_spec
from sixpad.gui.learned import Source
from sixpad.gui.loading import LoadThread
from sixpad.gui.trainer import State, Trainer
from sixpad.gui.worker import Retired, release

VALIDATION, FRESH = "validation", "fresh"
# While a training runs, evaluations rest between each other for at least so long, and for twice
# the time that the last one took.
REST_MILLISECONDS = 1000


@dataclass(frozen=True, eq=False)
class Report:
    """An evaluation, of which network on which data, and what that network had learned from."""

    evaluation: Evaluation
    parameters: Parameters
    loss: str
    examples: Examples
    data: Dataset
    learned_from: Source


class Evaluator(QObject):
    """Keeps `report` true to the network in use and to the chosen data, while it is `active`.

    `choice` is VALIDATION, FRESH or a SPEC. The old report stays until the new one is there, and
    data that cannot be read leave the former choice in place. `failed` carries a sentence for the
    person; `changed` comes with each new report, `choice_changed` and `loading_changed` with what
    they say.
    """

    changed = Signal()
    choice_changed = Signal()
    loading_changed = Signal()
    progressed = Signal(float)
    failed = Signal(str)

    def __init__(self, trainer: Trainer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._trainer, self._session = trainer, trainer.session
        self.choice = VALIDATION
        self.report: Report | None = None
        self._former = VALIDATION
        self._active = False
        self._loaded: tuple[Examples, Dataset] | None = None
        self._given_up: Examples | None = None
        self._thread: _EvaluationThread | None = None
        self._retired = Retired(self)
        self._clock = QElapsedTimer()
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
        return self._thread is not None

    @property
    def loading(self) -> bool:
        """Whether examples are on their way that are not evaluated yet."""
        return self._thread is not None and self._thread.data is None

    def set_active(self, active: bool) -> None:
        """Evaluate from now on whatever changes, or let it be until somebody looks again."""
        self._active = active
        self.refresh()

    def choose(self, choice: str) -> None:
        """Evaluate on other data; choosing what could not be read tries it again."""
        self._given_up = None
        self.choice = choice
        self.choice_changed.emit()
        self.refresh()

    def cancel(self) -> None:
        """Give up the data that are being loaded: the former choice counts again."""
        if self._thread and self.loading:
            self._given_up = self._thread.examples
            self._give_up()
            self._fall_back()

    @Slot()
    def refresh(self) -> None:
        """Begin an evaluation where what is shown is older than what there is to show."""
        if not self._active or not self._session.snapshot.step:
            return
        wanted = self._wanted()
        if self._thread:
            if self._thread.examples == wanted:
                return
            self._give_up()
        if self._is_shown(wanted) or wanted == self._given_up:
            return
        data = self._data(wanted)
        if data is None and wanted.validation and self._trainer.data.parts is None:
            return
        resting = self._rest.isActive() and self._trainer.state is State.RUNNING
        if resting and self._is_of(self._session.network, wanted):
            return
        self._start(wanted, data)

    def _wanted(self) -> Examples:
        source = self._session.learned.source
        drawn = self._session.drawing.preparation
        preparation = source.preparation if source.name else drawn
        data = self._trainer.data
        if self.choice == VALIDATION:
            return Examples(data.specs, True, preparation, data.style)
        spec = self.choice
        if spec == FRESH:
            spec = fresh_spec([*data.specs, source.name])
        return Examples((spec,), False, preparation, data.style)

    def _data(self, wanted: Examples) -> Dataset | None:
        """The wanted examples, if they are there already."""
        source = self._trainer.data
        if wanted.validation and source.parts and wanted.preparation is source.preparation:
            return source.parts[1]
        if self._loaded and self._loaded[0] == wanted:
            return self._loaded[1]
        return None

    def _is_of(self, network: Network, wanted: Examples) -> bool:
        report = self.report
        return bool(report and report.evaluation.network == network and report.examples == wanted)

    def _is_shown(self, wanted: Examples) -> bool:
        report, snapshot = self.report, self._session.snapshot
        return bool(
            report
            and self._is_of(self._session.network, wanted)
            and report.parameters is snapshot.parameters
            and report.loss == snapshot.config.loss
            and report.learned_from == self._session.learned.source
            and self._data(wanted) in (None, report.data)
        )

    def _start(self, wanted: Examples, data: Dataset | None) -> None:
        self._rest.stop()
        self._clock.start()
        snapshot = self._session.snapshot
        self._thread = thread = _EvaluationThread(wanted, data, self)
        thread.evaluated = (
            self._session.network, snapshot.parameters, snapshot.config.loss,
            self._session.learned.source,
        )  # fmt: skip
        thread.progressed.connect(self.progressed)
        thread.failed.connect(self._fail)
        thread.finished.connect(self._finished)
        thread.start()
        self.loading_changed.emit()

    def _give_up(self) -> None:
        thread, self._thread = self._thread, None
        if thread:
            thread.cancelled = True
            thread.disconnect(self)
            self._retired.add(thread)
            self.loading_changed.emit()

    def _fall_back(self) -> None:
        """What was chosen does not come: the former choice counts, or the validation part."""
        former = VALIDATION if self.choice == self._former else self._former
        if self.choice != former:
            self.choice = former
            self.choice_changed.emit()
            self.refresh()

    @Slot(str)
    def _fail(self, sentence: str) -> None:
        self.failed.emit(sentence)

    @Slot()
    def _finished(self) -> None:
        thread = self._thread
        if thread is None or not thread.isFinished():
            return
        self._thread = None
        release(thread)
        self.loading_changed.emit()
        report = thread.report
        if report is None:
            self._given_up = thread.examples
            self._fall_back()
            return
        self._rest.start(max(REST_MILLISECONDS, 2 * self._clock.elapsed()))
        if report.data is not self._data(report.examples):
            self._loaded = report.examples, report.data
        self._former = self.choice
        if report.evaluation.network == self._session.network:
            self.report = report
            self.changed.emit()
        self.refresh()

    def close(self, deadline: QDeadlineTimer) -> bool:
        """Give up and wait; False if a thread would not end in time."""
        self._active = False
        self._give_up()
        return self._retired.wait(deadline)


class _EvaluationThread(LoadThread):
    """Evaluates a network on examples, which it loads where they are not there; see `report`."""

    evaluated: tuple[Network, Parameters, str, Source]

    def __init__(self, examples: Examples, data: Dataset | None, parent: QObject) -> None:
        super().__init__(examples.specs, examples.preparation, parent, examples.style)
        self.examples, self.data = examples, data
        self.report: Report | None = None

    def work(self) -> None:
        if self.data is None:
            super().work()
        else:
            self._evaluate(self.data)

    def take(self, data: Dataset) -> None:
        self._evaluate(data.split()[1] if self.examples.validation else data)

    def _evaluate(self, data: Dataset) -> None:
        network, parameters, loss, source = self.evaluated
        found = evaluate(network, parameters, data, loss)
        # What takes its time is worked out here, and not when it is first looked at.
        found.average_precision, found.roc_auc, found.f1, found.by_digit  # noqa: B018
        self.report = Report(found, parameters, loss, self.examples, data, source)
