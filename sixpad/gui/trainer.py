"""Trainer: training as the window sees it, from a pressed button to the last snapshot."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

from PySide6.QtCore import QDeadlineTimer, QObject, Qt, QTimer, Signal, Slot

from sixpad.core.config import TrainingConfig
from sixpad.core.sizes import MODELS
from sixpad.core.snapshot import DIVERGED, SETTLED, Snapshot, initial_snapshot
from sixpad.data.provenance import Source
from sixpad.errors import SixpadError
from sixpad.gui.data_source import DataSource
from sixpad.gui.device import Device
from sixpad.gui.mailbox import Mail, Mailbox
from sixpad.gui.session import Session
from sixpad.gui.single_step import SingleStep
from sixpad.gui.training_thread import TrainingThread
from sixpad.gui.worker import Worker

POLL_MILLISECONDS = 32
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
        self.configs = {model: TrainingConfig.of(model) for model in MODELS}
        self.slow = False
        self.state = State.IDLE
        self.images_per_second = 0.0
        self._seconds = 0.0
        self._mailbox = Mailbox()
        self._worker: Worker[TrainingThread] = Worker(self)
        self._worker.finished.connect(self._finished)
        self._after_stop = State.IDLE
        self._single_step = False
        self._started_on = "cpu"
        self.step_held_back = SingleStep(session, self)
        self.step_held_back.moved.connect(self._moved)
        self._timer = QTimer(
            self, interval=POLL_MILLISECONDS, timerType=Qt.TimerType.PreciseTimer
        )  # fmt: skip
        self._timer.timeout.connect(self._take)
        self.data.changed.connect(self._data_changed)
        self.data.failed.connect(session.noticed)
        self.data.remarked.connect(session.noticed)
        session.drawing.preparation_changed.connect(self.pause)
        session.about_to_switch.connect(self._hold)
        session.network_changed.connect(self._network_changed)

    @property
    def config(self) -> TrainingConfig:
        """How the model in use is trained."""
        return self.configs[self.session.model]

    def set_config(self, config: TrainingConfig) -> None:
        """Train like this from now on; a running training takes on the learning rate at once.

        The other models keep theirs.
        """
        if config == self.config:
            return
        self.configs[self.session.model] = config
        self.draw_weights()
        if self._thread:
            self._thread.control.learning_rate = config.learning_rate
        self.config_changed.emit()

    def draw_weights(self) -> None:
        """Before the first step, the weights of hidden neurons are those of the seed."""
        session, config = self.session, self.config
        snapshot = session.snapshot
        if session.network.deep and not snapshot.step and snapshot.config.seed != config.seed:
            session.set_snapshot(initial_snapshot(session.network, config))

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
    def stepping(self) -> bool:
        """Whether what runs is a single step."""
        return self.state is State.RUNNING and self._single_step

    @property
    def seconds_left(self) -> float | None:
        """How long the run will still take, at the speed it had so far."""
        snapshot = self.session.snapshot
        if self.state is not State.RUNNING or not self.images_per_second:
            return None
        epochs = max(snapshot.until - snapshot.progress, 0)
        return epochs * snapshot.examples / self.images_per_second

    @property
    def until(self) -> int:
        """The epoch at which a run ends, or would end if one went on with it now.

        A run that was paused takes on the number of epochs that is set now.
        """
        snapshot = self.session.snapshot
        more = self.config.epochs - snapshot.config.epochs
        if self.state is State.RUNNING or not snapshot.unfinished or not more:
            return snapshot.until
        return max(snapshot.until + more, snapshot.epoch + 1)

    def close(self) -> bool:
        """Hold the training and end every thread; False if one would not end in time."""
        deadline = QDeadlineTimer(CLOSE_MILLISECONDS)
        self.pause()
        self.session.turn.give()
        ended = self._thread is None or self._thread.wait(deadline)
        if ended:
            self._hold()
        ended = self.data.close(deadline) and ended
        return self.device.close(deadline) and ended

    @property
    def _thread(self) -> TrainingThread | None:
        """The thread that trains now."""
        return self._worker.thread_at_work

    def _begin(self, single_step: bool) -> None:
        self.step_held_back.move()
        if self.state in (State.RUNNING, State.WAITING):
            return
        self.draw_weights()
        self._single_step = single_step
        if self.data.parts is None or self.data.loading or self.data.outdated:
            self._set_state(State.WAITING)
            if not self.data.loading:
                self.data.load()
            return
        try:
            renew = self.data.renewal()
        except SixpadError as error:
            self.session.noticed.emit(str(error))
            return
        self._after_stop = State.PAUSED if single_step else State.IDLE
        self._take_on_epochs()
        training, validation = self.data.parts
        images = len(training) * self.config.epochs
        backend = self.device.begin(images * self.session.network.effort)
        self._started_on = backend.device
        former = self.session.learned.source if self.session.snapshot.step else Source()
        source = former.then(
            training.names,
            len(training),
            len(validation),
            self.data.preparation,
            renew is not None,
        )
        self.session.set_snapshot(self.session.snapshot, source)
        thread = TrainingThread(
            self.session.network,
            self.data.parts,
            self.config,
            self.session.snapshot,
            backend,
            self._mailbox,
            resume=self.session.snapshot.unfinished,
            single_step=single_step,
            slow=self.slow,
            renew=renew,
            turn=self.session.turn.lock,
            parent=self,
        )
        thread.failed.connect(self.session.noticed)
        self._seconds = 0.0
        self._worker.begin(thread)
        if not single_step:
            self._timer.start()
        self._set_state(State.RUNNING)

    def _stop(self, after: State) -> None:
        self.step_held_back.move()
        if self.state is State.WAITING:
            self._set_resting_state()
        if self._thread:
            self._after_stop = after
            self._thread.control.stop = True

    @Slot()
    def _data_changed(self) -> None:
        if self.state is State.WAITING and not self.data.loading:
            self._set_resting_state()
            if self.data.parts is not None and not self.data.outdated:
                self._begin(self._single_step)

    @Slot()
    def _network_changed(self) -> None:
        self.images_per_second = 0.0
        self.draw_weights()
        self.config_changed.emit()
        if self.state is not State.WAITING:
            self._set_resting_state()

    @Slot()
    def _hold(self) -> None:
        """Pause at once: the weights are no thread's when this returns."""
        self.pause()
        if self._thread:
            self.session.turn.give()
            self._thread.wait()
            self._worker.look()
            self.step_held_back.move()

    @Slot(object)
    def _finished(self, _thread: TrainingThread) -> None:
        self._timer.stop()
        if self._single_step:
            self._hold_back()
        else:
            self._take()
            self._rest()

    def _hold_back(self) -> None:
        """Show first what a single step has found."""
        mail = self._mailbox.take()
        if mail and mail.snapshot.step > self.session.snapshot.step:
            self.step_held_back.hold(mail)
            return
        if mail:
            self._show(mail)
        self._rest()

    @Slot(object)
    def _moved(self, mail: Mail) -> None:
        self._show(mail)
        self._rest()

    def _rest(self) -> None:
        """The run has ended or is held."""
        if self._after_stop is State.IDLE:
            self._finish_run()
        self._set_resting_state()
        self._tell_end(self.session.snapshot)

    def _take_on_epochs(self) -> None:
        """Let a run that was paused end at the number of epochs that is set now."""
        if self.until != self.session.snapshot.until:
            self.session.set_snapshot(replace(self.session.snapshot, until=self.until))

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
        self.session.turn.take()
        mail = self._mailbox.take()
        if mail is not None:
            self._show(mail)

    def _show(self, mail: Mail) -> None:
        if mail.backend.device != self._started_on:
            self._started_on = mail.backend.device
            self.device.fall_back(mail.backend)
            self.session.noticed.emit(mail.backend.reason)
        self.images_per_second = mail.images_per_second
        seconds, self._seconds = mail.seconds - self._seconds, mail.seconds
        self.session.take_snapshot(mail.snapshot, mail.losses, mail.validation, seconds)

    def _set_resting_state(self) -> None:
        self._set_state(State.PAUSED if self.session.snapshot.unfinished else State.IDLE)

    def _set_state(self, state: State) -> None:
        if state is not self.state:
            self.state = state
            self.state_changed.emit()
