"""Trainer: training as the window sees it, from the data to the last snapshot."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from sixpad.core.backend import Backend, choose, cpu
from sixpad.core.config import TrainingConfig
from sixpad.core.snapshot import DIVERGED, SETTLED, Snapshot
from sixpad.data.dataset import Dataset
from sixpad.errors import SixpadError
from sixpad.gui.mailbox import Mailbox
from sixpad.gui.session import Session, Source
from sixpad.gui.training_thread import DataThread, TrainingThread, WorkerThread

POLL_MILLISECONDS = 33
CLOSE_MILLISECONDS = 1500

Parts = tuple[Dataset, Dataset]
Kind = TypeVar("Kind", bound=WorkerThread)


class State(Enum):
    """What training is doing."""

    IDLE = "idle"
    WAITING = "waiting for data"
    RUNNING = "running"
    PAUSED = "paused"


class ProbeThread(WorkerThread):
    """Finds out which device can be used; `backend` has the result."""

    def __init__(self, device: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.device = device
        self.backend: Backend | None = None

    def work(self) -> None:
        try:
            self.backend = choose(self.device)
        except SixpadError as error:
            self.backend = cpu(str(error))


class Trainer(QObject):
    """Commands that a person gives to training, and signals that say what became of them.

    The data, the device and the training each have a thread; nothing here waits for one, except
    `close` for a moment.
    """

    state_changed = Signal()
    config_changed = Signal()
    progressed = Signal()
    data_changed = Signal()
    data_progressed = Signal(float)
    device_changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.config = TrainingConfig()
        self.state = State.IDLE
        self.slow = False
        self.specs: tuple[str, ...] = ("handwriting",)
        self.parts: Parts | None = None
        self.device = "auto"
        self.backend = cpu("Looking for a GPU …")
        self.images_per_second = 0.0
        self._mailbox = Mailbox()
        self._thread: TrainingThread | None = None
        self._data_thread: DataThread | None = None
        self._probe_thread: ProbeThread | None = None
        self._retiring: list[WorkerThread] = []
        self._after_stop = State.IDLE
        self._single_step = False
        self._wanted: bool | None = None
        self._timer = QTimer(self, interval=POLL_MILLISECONDS)
        self._timer.timeout.connect(self._take)
        session.drawing.fit_changed.connect(self._fit_changed)
        session.about_to_switch.connect(self._hold)
        session.digit_changed.connect(self._model_changed)

    # What the person asks for

    def set_config(self, config: TrainingConfig) -> None:
        """Train like this from now on; a running training takes on the learning rate at once."""
        if config == self.config:
            return
        self.config = config
        if self._thread:
            self._thread.control.learning_rate = config.learning_rate
        self.config_changed.emit()

    def set_slow(self, slow: bool) -> None:
        """Show step after step at a pace that the eye can follow, or train at full speed."""
        self.slow = slow
        if self._thread:
            self._thread.set_slow(slow)
        self.config_changed.emit()

    def set_specs(self, specs: tuple[str, ...]) -> None:
        """Take the examples from other sources."""
        if specs != self.specs or self.parts is None:
            self.stop()
            self.specs, self.parts = specs, None
            self.load_data()

    def set_device(self, device: str) -> None:
        """Compute on `auto`, `cpu` or `gpu` from the next start on; it is tried at once."""
        self.device = device
        self.probe()

    def train(self) -> None:
        """Start a run of the set number of epochs, or go on with one that was paused."""
        self._begin(single_step=False)

    def step(self) -> None:
        """Take one gradient step and pause."""
        self._begin(single_step=True)

    def pause(self) -> None:
        """Hold the run where it is; `train` goes on with it."""
        self._stop(State.PAUSED)

    def stop(self) -> None:
        """End the run where it is; the weights stay."""
        self._stop(State.IDLE)
        if self.state is State.PAUSED:
            self._finish_run()
            self._set_state(State.IDLE)

    @property
    def seconds_left(self) -> float | None:
        """How long the run will still take, at the speed it had so far."""
        snapshot = self.session.snapshot
        if self.state is not State.RUNNING or not self.images_per_second:
            return None
        epochs = max(snapshot.until - snapshot.progress, 0)
        return epochs * snapshot.examples / self.images_per_second

    def close(self) -> bool:
        """Hold the training and end every thread; False if one would not end in time."""
        self._hold()
        if self._data_thread:
            self._data_thread.cancel()
        threads = (self._data_thread, self._probe_thread, *self._retiring)
        return all(thread.wait(CLOSE_MILLISECONDS) for thread in threads if thread)

    # Data and device

    def load_data(self) -> None:
        """Fetch or generate the examples in a thread of their own."""
        if self._data_thread:
            self._data_thread.cancel()
            self._let_go(self._data_thread)
        thread = DataThread(self.specs, self.session.drawing.fit, self)
        self._data_thread = thread
        thread.progressed.connect(self.data_progressed)
        thread.failed.connect(self._data_failed)
        thread.finished.connect(self._data_finished)
        thread.start()

    def probe(self) -> None:
        """Try in a thread what the chosen device can do."""
        if self._probe_thread:
            self._let_go(self._probe_thread)
        thread = ProbeThread(self.device, self)
        self._probe_thread = thread
        thread.finished.connect(self._probe_finished)
        thread.start()

    def _let_go(self, thread: WorkerThread) -> None:
        """Let a thread end by itself, its result unread: a running one must not be destroyed."""
        thread.disconnect(self)
        thread.finished.connect(self._forget)
        self._retiring.append(thread)
        self._forget()

    @Slot()
    def _forget(self) -> None:
        for thread in [thread for thread in self._retiring if thread.isFinished()]:
            self._retiring.remove(thread)
            thread.deleteLater()

    @Slot()
    def _data_finished(self) -> None:
        thread, self._data_thread = _ended(self._data_thread)
        if thread and thread.parts:
            self.parts = thread.parts
            self.data_changed.emit()
            if self._wanted is not None:
                wanted, self._wanted = self._wanted, None
                self._set_state(State.IDLE)
                self._begin(single_step=wanted)

    @Slot(str)
    def _data_failed(self, sentence: str) -> None:
        self._wanted = None
        if self.state is State.WAITING:
            self._set_state(State.IDLE)
        self.session.noticed.emit(sentence)
        self.data_changed.emit()

    @Slot()
    def _probe_finished(self) -> None:
        thread, self._probe_thread = _ended(self._probe_thread)
        if thread and thread.backend:
            self.backend = thread.backend
            self.device_changed.emit()

    def _fit_changed(self) -> None:
        self.stop()
        self.parts = None
        self.load_data()

    @Slot(int)
    def _model_changed(self, _digit: int) -> None:
        if self.state is not State.WAITING:
            self._set_state(State.PAUSED if self.session.snapshot.unfinished else State.IDLE)

    # The training thread

    def _begin(self, single_step: bool) -> None:
        if self.state in (State.RUNNING, State.WAITING):
            return
        if self.parts is None:
            self._wanted = single_step
            self._set_state(State.WAITING)
            if not self._data_thread:
                self.load_data()
            return
        self._after_stop = State.PAUSED if single_step else State.IDLE
        self._single_step = single_step
        training, validation = self.parts
        source = Source(training.name, len(training), len(validation))
        self.session.set_snapshot(self.session.snapshot, source)
        thread = TrainingThread(
            self.session.network,
            self.parts,
            self.config,
            self.session.snapshot,
            self.backend,
            self._mailbox,
            resume=self.state is State.PAUSED,
            single_step=single_step,
            slow=self.slow,
            parent=self,
        )
        self._thread = thread
        thread.failed.connect(self.session.noticed)
        thread.finished.connect(self._training_finished)
        thread.start()
        self._timer.start()
        self._set_state(State.RUNNING)

    def _stop(self, after: State) -> None:
        if self.state is State.WAITING:
            self._wanted = None
            self._set_state(State.IDLE)
        if self._thread:
            self._after_stop = after
            self._thread.control.stop = True

    @Slot()
    def _hold(self) -> None:
        """Pause at once: the weights are no thread's when this returns."""
        self.pause()
        if self._thread:
            self._thread.wait()
            self._training_finished()

    @Slot()
    def _training_finished(self) -> None:
        thread, self._thread = _ended(self._thread)
        if thread is None:
            return
        self._timer.stop()
        self._take()
        snapshot = self.session.snapshot
        paused = self._after_stop is State.PAUSED and snapshot.unfinished
        if not paused:
            self._finish_run()
        self._set_state(State.PAUSED if paused else State.IDLE)
        if self._single_step:
            self.session.stepped.emit()
        self._tell_end(snapshot)

    def _finish_run(self) -> None:
        """What is left of the run's epochs is not owed any more."""
        snapshot = self.session.snapshot
        if snapshot.unfinished:
            self.session.set_snapshot(replace(snapshot, until=snapshot.epoch))

    def _tell_end(self, snapshot: Snapshot) -> None:
        if snapshot.stopped == DIVERGED:
            self.session.noticed.emit(
                "The training diverged: its steps were too large. The last good weights are back; "
                "try a smaller learning rate."
            )
        elif snapshot.stopped == SETTLED:
            self.session.noticed.emit(f"The training settled after {snapshot.epoch} epochs.")

    @Slot()
    def _take(self) -> None:
        """Show what the training thread has left, as often as the eye can follow."""
        mail = self._mailbox.take()
        if mail is None:
            return
        if mail.backend is not self.backend:
            self.backend = mail.backend
            self.device_changed.emit()
            self.session.noticed.emit(mail.backend.reason)
        self.images_per_second = mail.images_per_second
        self.session.history.extend(mail.losses, mail.validation)
        self.session.set_snapshot(mail.snapshot)
        self.session.history_changed.emit()
        self.progressed.emit()

    def _set_state(self, state: State) -> None:
        if state is not self.state:
            self.state = state
            self.state_changed.emit()


def _ended(thread: Kind | None) -> tuple[Kind | None, Kind | None]:
    """The thread if it has ended, and what goes on being the running one."""
    if thread is None or not thread.isFinished():
        return None, thread
    thread.wait()
    thread.deleteLater()
    return thread, None
