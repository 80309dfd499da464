"""The one thing that crosses from the training thread to the window while it trains."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from sixpad.core.backend import Backend
from sixpad.core.metrics import Scores
from sixpad.core.snapshot import Snapshot


@dataclass(frozen=True)
class Mail:
    """Every metric since the last take, and only the newest state."""

    snapshot: Snapshot
    backend: Backend
    images_per_second: float
    seconds: float
    losses: NDArray[np.float64]
    validation: tuple[tuple[int, Scores], ...]


class Mailbox:
    """The training thread puts, the window takes at its own pace; neither waits for the other."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._newest: tuple[Snapshot, Backend, float, float] | None = None
        self._losses: list[NDArray[np.float64]] = []
        self._validation: list[tuple[int, Scores]] = []

    def put(
        self, snapshot: Snapshot, backend: Backend, images_per_second: float, seconds: float = 0.0
    ) -> None:
        """Leave a snapshot, after so many seconds; what an older one held but its metrics goes."""
        with self._lock:
            self._newest = snapshot, backend, images_per_second, seconds
            self._losses.append(snapshot.losses)
            self._validation.extend(snapshot.validation)

    def take(self) -> Mail | None:
        """All that came since the last take, or None."""
        with self._lock:
            newest, self._newest = self._newest, None
            losses, self._losses = self._losses, []
            validation, self._validation = self._validation, []
        if newest is None:
            return None
        return Mail(*newest, np.concatenate(losses), tuple(validation))
