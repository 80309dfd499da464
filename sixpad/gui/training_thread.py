"""The thread that trains, and the one that fetches its data."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from PySide6.QtCore import QObject, QThread, Signal

from sixpad.core.backend import Backend
from sixpad.core.config import TrainingConfig
from sixpad.core.fallback import train_with_fallback
from sixpad.core.network import Network
from sixpad.core.snapshot import Snapshot
from sixpad.core.training import Control
from sixpad.data.dataset import Dataset
from sixpad.errors import SixpadError
from sixpad.gui.mailbox import Mailbox

# macOS gives a thread 512 KB of stack, too little for OpenBLAS.
_STACK_BYTES = 8 << 20
# In slow motion one step is shown after the other, so many seconds apart.
_SLOW_STEP_SECONDS = 0.08


class WorkerThread(QThread):
    """A thread whose work may fail; `failed` carries the sentence for the person."""

    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setStackSize(_STACK_BYTES)

    def run(self) -> None:
        try:
            self.work()
        except SixpadError as error:
            self.failed.emit(str(error))
        except MemoryError:
            self.failed.emit("There is not enough memory for this; choose less data.")
        except Exception:
            logging.getLogger(__name__).exception("a worker thread failed")
            self.failed.emit("Something in sixpad went wrong; the log has the details.")

    def work(self) -> None:
        """What the thread is for."""
        raise NotImplementedError


class DataThread(WorkerThread):
    """Loads or generates examples and splits them, before any training; `parts` has the result."""

    progressed = Signal(float)

    def __init__(self, specs: Sequence[str], fit: bool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.specs, self.fit = tuple(specs), fit
        self.parts: tuple[Dataset, Dataset] | None = None
        self._cancelled = False

    def cancel(self) -> None:
        """End as soon as the next share of the work is done, without a result."""
        self._cancelled = True

    def work(self) -> None:
        # The readers bring Pillow with them, which the first paint need not wait for.
        from sixpad.data.spec import load_data

        try:
            self.parts = load_data(self.specs, fit=self.fit, on_progress=self._progress).split()
        except _Cancelled:
            return

    def _progress(self, share: float) -> None:
        if self._cancelled:
            raise _Cancelled
        self.progressed.emit(share)


class _Cancelled(Exception):  # noqa: N818
    """The data are no longer wanted."""


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
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.control = Control()
        self.set_slow(slow)
        self._network, self._parts, self._config = network, parts, config
        self._start, self._backend, self._mailbox = start, backend, mailbox
        self._resume, self._steps = resume, 1 if single_step else None

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
        )
        begun, first_step = time.perf_counter(), self._start.step
        for snapshot, backend in run:
            elapsed = time.perf_counter() - begun
            images = (snapshot.step - first_step) * min(snapshot.config.batch_size, len(training))
            self._mailbox.put(snapshot, backend, images / elapsed if elapsed > 0 else 0.0)
            if self.control.snapshot_steps and not self.control.stop and not snapshot.stopped:
                time.sleep(_SLOW_STEP_SECONDS)
