"""The position maps of the networks that are compared, worked out in a thread."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QDeadlineTimer, QObject, QTimer, Signal, Slot

from sixpad.core.grid import Ink
from sixpad.core.network import Network, Parameters
from sixpad.core.position_map import PositionMap, position_map
from sixpad.gui.rungs import given_to, rungs
from sixpad.gui.trainer import State, Trainer
from sixpad.gui.worker import Worker, WorkerThread

# After the last change of the drawing they rest so long; and while a training runs.
PAUSE_MILLISECONDS = 120
_TRAINING_MILLISECONDS = 1000


class _Job(NamedTuple):
    """What a map is made of."""

    network: Network
    parameters: Parameters
    image: Ink

    def is_the(self, other: _Job) -> bool:
        """Whether the other gives the same map."""
        same = self.network == other.network and self.parameters is other.parameters
        return same and bool((self.image == other.image).all())


class PositionMaps(QObject):
    """Keeps the map of each network true to its weights and to the drawing, while it is active.

    The old maps stay until the new ones are there; `changed` comes with these. A network that has
    learned nothing has none.
    """

    changed = Signal()

    def __init__(self, trainer: Trainer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._trainer, self._session = trainer, trainer.session
        self._active = False
        self._made: dict[Network, tuple[_Job, PositionMap]] = {}
        self._worker: Worker[_MapThread] = Worker(self)
        self._worker.finished.connect(self._take)
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._begin)
        session = self._session
        session.drawing.changed.connect(self._drawn)
        for signal in (session.weights_changed, session.network_changed, session.digit_changed,
                       trainer.state_changed):  # fmt: skip
            signal.connect(self.refresh)

    def of(self, network: Network) -> PositionMap | None:
        """The newest map of a network, if there is one and it has not been reset since."""
        made = self._made.get(network)
        if made is None or not self._session.learned_by(network).snapshot.step:
            return None
        return made[1]

    def is_true(self, network: Network) -> bool:
        """Whether the map of a network is that of its weights and of the drawing as they are."""
        made = self._made.get(network)
        return made is not None and made[0].is_the(self._job(network))

    def set_active(self, active: bool) -> None:
        """Work out from now on whatever changes, or let it be until somebody looks again."""
        self._active = active
        self._rest.stop()
        if active:
            self._begin()

    @Slot()
    def _drawn(self) -> None:
        """Wait until the pen rests; what is on its way is out of date."""
        if self._active:
            self._worker.give_up()
            self._rest.start(PAUSE_MILLISECONDS)

    @Slot()
    def refresh(self) -> None:
        """Look for what has changed; while a training runs, now and then."""
        if self._active and not self._rest.isActive():
            training = self._trainer.state is State.RUNNING
            self._rest.start(_TRAINING_MILLISECONDS if training else 0)

    @Slot()
    def _begin(self) -> None:
        session = self._session
        learned = [one for one in rungs(session) if session.learned_by(one).snapshot.step]
        jobs = [self._job(network) for network in learned if not self.is_true(network)]
        thread = self._worker.thread_at_work
        if thread and any(job.is_the(other) for job in jobs for other in thread.jobs):
            return
        if jobs and self._active:
            thread = _MapThread(jobs, self)
            thread.failed.connect(session.noticed)
            self._worker.begin(thread)

    def _job(self, network: Network) -> _Job:
        parameters = self._session.learned_by(network).snapshot.parameters
        return _Job(network, parameters, given_to(self._session, network).copy())

    @Slot(object)
    def _take(self, thread: _MapThread) -> None:
        for job, found in zip(thread.jobs, thread.maps, strict=False):
            self._made[job.network] = job, found
        self.changed.emit()
        if len(thread.maps) == len(thread.jobs):
            self.refresh()

    def close(self, deadline: QDeadlineTimer) -> bool:
        """Give up and wait; False if the thread would not end in time."""
        self._active = False
        self._rest.stop()
        return self._worker.close(deadline)


class _MapThread(WorkerThread):
    """Works out the map of each job."""

    def __init__(self, jobs: list[_Job], parent: QObject) -> None:
        super().__init__(parent)
        self.jobs = jobs
        self.maps: list[PositionMap] = []

    def work(self) -> None:
        for network, parameters, image in self.jobs:
            self.maps.append(position_map(network, parameters, image, self.look))
