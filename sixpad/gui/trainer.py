"""Trainer: training as the window sees it, from a pressed button to the last snapshot."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from sixpad.core.config import TrainingConfig
from sixpad.core.snapshot import DIVERGED, SETTLED, Snapshot
from sixpad.gui.data_source import DataSource
from sixpad.gui.device import Device
from sixpad.gui.mailbox import Mailbox
from sixpad.gui.session import Session, Source
from sixpad.gui.training_thread import TrainingThread
from sixpad.gui.worker import release

POLL_MILLISECONDS = 33
CLOSE_MILLISECONDS = 1500


class State(Enum):
    """What training is doing."""

    IDLE = "idle"
    WAITING = "waiting for data"
    RUNNING = "running"
    PAUSED = "paused"


class Trainer(QObject):
    """Commands that a person gives to training, and signals that say what became of them.

    A run has a thread of its own; nothing here waits for it, except for the moment in which the
    weights are exchanged or the window closes.
    """

    state_changed = Signal()
    config_changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.data = DataSource(session.drawing, self)
        self.device = Device(self)
        self.config = TrainingConfig()
        self.slow = False
        self.state = State.IDLE
        self.images_per_second = 0.0
        self._mailbox = Mailbox()
        self._thread: TrainingThread | None = None
        self._after_stop = State.IDLE
        self._single_step = False
        self._started_on = "cpu"
        self._timer = QTimer(self, interval=POLL_MILLISECONDS)
        self._timer.timeout.connect(self._take)
        self.data.changed.connect(self._data_changed)
        self.data.failed.connect(session.noticed)
        session.drawing.fit_changed.connect(self.pause)
        session.about_to_switch.connect(self._hold)
        session.digit_changed.connect(self._model_changed)

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
        ended = self.data.close(CLOSE_MILLISECONDS)
        return self.device.close(CLOSE_MILLISECONDS) and ended

    def _begin(self, single_step: bool) -> None:
        if self.state in (State.RUNNING, State.WAITING):
            return
        self._single_step = single_step
        if self.data.parts is None or self.data.loading:
            self._set_state(State.WAITING)
            if not self.data.loading:
                self.data.load()
            return
        self._after_stop = State.PAUSED if single_step else State.IDLE
        self._started_on = self.device.backend.device
        training, validation = self.data.parts
        source = Source(training.name, len(training), len(validation), self.data.fit)
        self.session.set_snapshot(self.session.snapshot, source)
        self._thread = thread = TrainingThread(
            self.session.network,
            self.data.parts,
            self.config,
            self.session.snapshot,
            self.device.backend,
            self._mailbox,
            resume=self.session.snapshot.unfinished,
            single_step=single_step,
            slow=self.slow,
            parent=self,
        )
        thread.failed.connect(self.session.noticed)
        thread.finished.connect(self._finished)
        thread.start()
        self._timer.start()
        self._set_state(State.RUNNING)

    def _stop(self, after: State) -> None:
        if self.state is State.WAITING:
            self._set_resting_state()
        if self._thread:
            self._after_stop = after
            self._thread.control.stop = True

    @Slot()
    def _data_changed(self) -> None:
        if self.state is State.WAITING:
            self._set_resting_state()
            if self.data.parts is not None:
                self._begin(self._single_step)

    @Slot()
    def _model_changed(self) -> None:
        if self.state is not State.WAITING:
            self._set_resting_state()

    @Slot()
    def _hold(self) -> None:
        """Pause at once: the weights are no thread's when this returns."""
        self.pause()
        if self._thread:
            self._thread.wait()
            self._finished()

    @Slot()
    def _finished(self) -> None:
        thread = self._thread
        if thread is None or not thread.isFinished():
            return
        self._thread = None
        release(thread)
        self._timer.stop()
        self._take()
        if self._after_stop is State.IDLE:
            self._finish_run()
        self._set_resting_state()
        if self._single_step:
            self.session.stepped.emit()
        self._tell_end(self.session.snapshot)

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
        if mail.backend.device != self._started_on:
            self._started_on = mail.backend.device
            self.device.fall_back(mail.backend)
            self.session.noticed.emit(mail.backend.reason)
        self.images_per_second = mail.images_per_second
        self.session.take_snapshot(mail.snapshot, mail.losses, mail.validation)

    def _set_resting_state(self) -> None:
        self._set_state(State.PAUSED if self.session.snapshot.unfinished else State.IDLE)

    def _set_state(self, state: State) -> None:
        if state is not self.state:
            self.state = state
            self.state_changed.emit()
