"""Ladder: trains several models, one after the other, and comes back to the one in use."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from sixpad.core.network import MODELS, Network
from sixpad.core.snapshot import DIVERGED, EPOCHS, SETTLED, Snapshot
from sixpad.gui.rungs import rung
from sixpad.gui.trainer import State, Trainer

_AT_WORK = (State.WAITING, State.RUNNING)


class Ladder(QObject):
    """Drives the trainer from model to model, each with settings of its own, on the same data.

    While it climbs, `model` is the one that is trained. It ends where the person pauses or stops
    the training or turns to another network, and leaves all weights as they are then. `changed`
    comes when it begins, goes on to the next model, and ends.
    """

    changed = Signal()

    def __init__(self, trainer: Trainer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._trainer, self._session = trainer, trainer.session
        self.model: str | None = None
        self._network: Network | None = None
        # What the model had learned when its training was asked for.
        self._before: Snapshot | None = None
        self._home = self._session.model
        self._left: list[str] = []
        self._wanted = self._done = 0
        self._stopping = False
        # What a signal of the trainer tells is acted on once the trainer is done with it.
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self._look)
        trainer.state_changed.connect(self._soon.start)
        self._session.network_changed.connect(self._soon.start)

    @property
    def climbing(self) -> bool:
        """Whether models are being trained, one after the other."""
        return self.model is not None

    @property
    def can_climb(self) -> bool:
        """Whether nothing else is being trained."""
        return not self.climbing and self._trainer.state not in _AT_WORK

    @property
    def share(self) -> float:
        """The share of the climb that is done; each model counts the same."""
        if not self.climbing:
            return 0.0
        snapshot = self._session.snapshot
        left = (snapshot.until - snapshot.progress) / self._trainer.config.epochs
        begun = self._trainer.state is State.RUNNING and 0 < left < 1
        return (self._done + (1 - left if begun else 0)) / self._wanted

    def missing(self) -> list[str]:
        """The models that have learned nothing yet, or whose training was left half-way."""
        return [model for model in MODELS if self._is_missing(rung(self._session, model))]

    def climb(self, models: Iterable[str]) -> None:
        """Train these models, in this order; nothing where a training is at work already."""
        if self.can_climb:
            self._left, self._home = list(models), self._session.model
            self._wanted, self._done = len(self._left), -1
            self._stopping = False
            self._next()

    def stop(self) -> None:
        """Hold the training where it is and go back to the model that was in use."""
        if self.climbing:
            self._stopping = True
            self._trainer.pause()
            self._soon.start()

    def give_up(self) -> None:
        """Leave everything as it is, and drive nothing any more."""
        self._soon.stop()
        if self.climbing:
            self._end(go_home=False)

    def _is_missing(self, network: Network) -> bool:
        snapshot = self._session.learned_by(network).snapshot
        return not snapshot.step or snapshot.unfinished

    def _next(self) -> None:
        self._done += 1
        if not self._left:
            self._end(go_home=True)
            return
        self.model = self._left.pop(0)
        self._session.set_model(self.model)
        self._network = self._session.network
        self._before = self._session.snapshot
        self._trainer.train()
        # A training that could not begin has no signal that says so.
        self._soon.start()
        self.changed.emit()

    @Slot()
    def _look(self) -> None:
        """Go on, or end, where the trainer has come to rest."""
        if not self.climbing:
            return
        if self._session.network != self._network:
            self._end(go_home=False)
        elif self._trainer.state not in _AT_WORK:
            snapshot = self._session.snapshot
            # One that could not begin, or was called off before it did, has left all as it was.
            trained = snapshot is not self._before
            ended = trained and snapshot.stopped in (EPOCHS, SETTLED, DIVERGED)
            if ended and not self._stopping:
                self._next()
            else:
                # Who has paused it wants to look at what is being trained.
                self._end(go_home=self._stopping or self._trainer.state is State.IDLE)

    def _end(self, *, go_home: bool) -> None:
        self._left, self.model, self._network, self._before = [], None, None, None
        if go_home:
            self._session.set_model(self._home)
        self.changed.emit()
