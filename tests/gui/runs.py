"""Runs of a training for the window's tests, and what they leave behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from desk import Until

from sixpad.core.backend import cpu
from sixpad.core.snapshot import Snapshot, initial_snapshot
from sixpad.core.training import train
from sixpad.gui.trainer import State, Trainer

Fingerprint = Callable[[Any], Any]
FOREVER = 1_000_000


def configure(trainer: Trainer, **changes: Any) -> None:
    trainer.set_config(replace(trainer.config, **changes))


def straight_through(trainer: Trainer) -> Snapshot:
    """The last snapshot of the same run without a window, from its start to its end."""
    assert trainer.data.parts is not None
    network = trainer.session.network
    start = initial_snapshot(network, trainer.config)
    *_, last = train(network, *trainer.data.parts, trainer.config, start=start, backend=cpu(""))
    return last


def learned(snapshot: Snapshot, fingerprint: Fingerprint) -> Any:
    """All that a training leaves behind, bit for bit; not what it told on its way."""
    return fingerprint(
        replace(snapshot, losses=np.empty((0, 2)), validation=(), gradient=None, stopped=None)
    )


def run_to_the_end(trainer: Trainer, until: Until) -> None:
    until(lambda: trainer.state is State.IDLE)
