"""The thread that trains."""

from __future__ import annotations

import time
from threading import Lock

from PySide6.QtCore import QObject

from sixpad.core.backend import Backend
from sixpad.core.config import TrainingConfig
from sixpad.core.fallback import train_with_fallback
from sixpad.core.network import Network
from sixpad.core.run import Control, Renewal
from sixpad.core.snapshot import Snapshot
from sixpad.data.dataset import Dataset
from sixpad.gui.mailbox import Mailbox
from sixpad.gui.worker import WorkerThread

# In slow motion one step is shown after the other, so many seconds apart.
_SLOW_STEP_SECONDS = 0.08


class TrainingThread(WorkerThread):
    """Drives the training generator and leaves its snapshots in the mailbox.

    It holds no state of its own between runs: pausing ends the thread, and resuming starts
    another from the last snapshot, which gives the same numbers.
    """

    def __init__(
        self,
        network: Network,
        parts: tuple[Dataset, Dataset],
        config: TrainingConfig,
        start: Snapshot,
        backend: Backend,
        mailbox: Mailbox,
        *,
        resume: bool,
        single_step: bool,
        slow: bool,
        renew: Renewal | None,
        turn: Lock,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.control = Control(turn=turn)
        self.set_slow(slow)
        self._network, self._parts, self._config = network, parts, config
        self._start, self._backend, self._mailbox = start, backend, mailbox
        self._resume, self._steps = resume, 1 if single_step else None
        self._renew = renew

    def set_slow(self, slow: bool) -> None:
        """Show every single step, at a pace that the eye can follow, or train at full speed."""
        self.control.snapshot_steps = 1 if slow else None

    def work(self) -> None:
        training, validation = self._parts
        run = train_with_fallback(
            self._network,
            training,
            validation,
            self._config,
            start=self._start,
            resume=self._resume,
            steps=self._steps,
            backend=self._backend,
            control=self.control,
            renew=self._renew,
        )
        spent, resumed = 0.0, time.perf_counter()
        begun, first_step = resumed, self._start.step
        pace = self.control.snapshot_steps
        for snapshot, backend in run:
            spent += time.perf_counter() - resumed
            if self.control.snapshot_steps != pace:
                # What was measured in slow motion says nothing of full speed.
                pace = self.control.snapshot_steps
                begun, first_step = time.perf_counter(), snapshot.step
            elapsed = time.perf_counter() - begun
            images = (snapshot.step - first_step) * min(snapshot.config.batch_size, len(training))
            self._mailbox.put(snapshot, backend, images / elapsed if elapsed > 0 else 0.0, spent)
            if self.control.snapshot_steps and not self.control.stop and not snapshot.stopped:
                time.sleep(_SLOW_STEP_SECONDS)
            resumed = time.perf_counter()
