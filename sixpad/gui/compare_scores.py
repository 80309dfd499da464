"""The scores of the networks that are compared, all on the same validation part, in a thread."""

from __future__ import annotations

from PySide6.QtCore import QDeadlineTimer, QObject, Signal, Slot

from sixpad.core.network import Network
from sixpad.data.dataset import Dataset
from sixpad.gui.evaluated_data import Selection
from sixpad.gui.evaluation_threads import EvaluatingThread, LoadingThread, Report, Subject
from sixpad.gui.evaluator import VALIDATION
from sixpad.gui.rungs import preparation_of, rungs
from sixpad.gui.trainer import State, Trainer
from sixpad.gui.worker import Worker


class CompareScores(QObject):
    """Keeps a report of each network that has learned something, while it is active.

    A network sees the examples prepared as its own were: where the others were prepared otherwise,
    the same ones are loaded once more. What is being trained is scored once it rests. `changed`
    comes with each new report and whenever work begins or ends, `failed` carries a sentence for
    the person.
    """

    changed = Signal()
    failed = Signal(str)

    def __init__(self, trainer: Trainer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._trainer, self._session = trainer, trainer.session
        self._active = False
        self._reports: dict[Network, Report] = {}
        self._loaded: dict[Selection, Dataset] = {}
        # What did not come is not tried again until the data or the weights are others.
        self._missing: set[Selection] = set()
        self._worker: Worker[LoadingThread | EvaluatingThread] = Worker(self)
        self._worker.finished.connect(self._take)
        for signal in (self._session.weights_changed, self._session.network_changed,
                       self._session.digit_changed, trainer.state_changed):  # fmt: skip
            signal.connect(self.refresh)
        trainer.data.changed.connect(self._take_data)

    def of(self, network: Network) -> Report | None:
        """The newest report of a network, if there is one and it has not been reset since."""
        if not self._session.learned_by(network).snapshot.step:
            return None
        return self._reports.get(network)

    def is_stale(self, network: Network) -> bool:
        """Whether the report is of earlier weights or other examples than those of now."""
        report = self.of(network)
        return report is not None and not self._is_true(report, self._subject(network))

    @property
    def scoring(self) -> Network | None:
        """The network that is being scored."""
        thread = self._worker.thread_at_work
        return thread.subject.network if thread else None

    def set_active(self, active: bool) -> None:
        """Score from now on whatever changes, or let it be until somebody looks again."""
        self._active = active
        self._missing.clear()
        self.refresh()

    @Slot()
    def _take_data(self) -> None:
        self._missing.clear()
        wanted = {self._subject(network).selection for network in rungs(self._session)}
        self._loaded = {one: data for one, data in self._loaded.items() if one in wanted}
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Score the first network whose report is older than what it has learned."""
        if not self._active or self._trainer.data.parts is None:
            return
        thread = self._worker.thread_at_work
        subjects = [self._subject(network) for network in self._ready()]
        if thread:
            if any(thread.subject.is_the(subject) for subject in subjects):
                return
            self._worker.give_up()
        for subject in subjects:
            report = self._reports.get(subject.network)
            known = report is not None and self._is_true(report, subject)
            if not known and subject.selection not in self._missing:
                self._start(subject)
                return
        if thread:
            self.changed.emit()

    def _ready(self) -> list[Network]:
        """The networks that have learned something and are not learning just now."""
        session, running = self._session, self._trainer.state is State.RUNNING
        return [
            network
            for network in rungs(session)
            if session.learned_by(network).snapshot.step
            and not (running and network == session.network)
        ]

    def _subject(self, network: Network) -> Subject:
        learned, source = self._session.learned_by(network), self._trainer.data
        selection = Selection(
            source.specs, preparation_of(self._session, network), source.style, validation=True
        )
        snapshot = learned.snapshot
        return Subject(
            network, snapshot.parameters, snapshot.config.loss, learned.source, VALIDATION,
            selection,
        )  # fmt: skip

    def _is_true(self, report: Report, subject: Subject) -> bool:
        return report.subject.is_the(subject) and self._data(subject) in (None, report.data)

    def _data(self, subject: Subject) -> Dataset | None:
        """The examples, if they are there already."""
        source = self._trainer.data
        if source.parts and subject.selection.preparation is source.preparation:
            return source.parts[1]
        return self._loaded.get(subject.selection)

    def _start(self, subject: Subject) -> None:
        data = self._data(subject)
        thread = (
            LoadingThread(subject, self) if data is None else EvaluatingThread(subject, data, self)
        )
        thread.failed.connect(self._fail)
        self._worker.begin(thread)
        self.changed.emit()

    @Slot(str)
    def _fail(self, sentence: str) -> None:
        thread = self._worker.thread_at_work
        if thread and self.sender() is thread:
            self._missing.add(thread.subject.selection)
            self.failed.emit(sentence)

    @Slot(object)
    def _take(self, thread: LoadingThread | EvaluatingThread) -> None:
        if isinstance(thread, LoadingThread):
            if thread.data:
                self._loaded[thread.subject.selection] = thread.data
        elif thread.report:
            self._reports[thread.subject.network] = thread.report
        self.refresh()
        self.changed.emit()

    def close(self, deadline: QDeadlineTimer) -> bool:
        """Give up and wait; False if a thread would not end in time."""
        self._active = False
        self._worker.give_up()
        return self._worker.close(deadline)
