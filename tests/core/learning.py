"""What the tests of training share: networks, a start of their own, and looks at the snapshots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sixpad.core.config import TrainingConfig
from sixpad.core.metrics import Scores
from sixpad.core.network import Network
from sixpad.core.run import Control
from sixpad.core.snapshot import Snapshot, initial_snapshot

ONE, TEN = Network(6), Network(None, "ten")
BOTH = pytest.mark.parametrize("network", [ONE, TEN], ids=["one", "ten"])

MakeExamples = Callable[..., Any]
Fingerprint = Callable[[Any], Any]


class StopAtLook(Control):
    """A stop that comes true at one of the moments training looks for it, and stays true."""

    def __init__(self, looks: int, snapshot_steps: int | None = None) -> None:
        super().__init__(snapshot_steps=snapshot_steps)
        self.looks_left = looks

    @property
    def stop(self) -> bool:
        self.looks_left -= 1
        return self.looks_left < 0

    @stop.setter
    def stop(self, value: bool) -> None:
        """Only the looks decide."""


def losses_of(snapshots: Sequence[Snapshot]) -> NDArray[np.float64]:
    """Step and loss (k, 2) of every step that the snapshots tell of."""
    return np.concatenate([snapshot.losses for snapshot in snapshots])


def validation_of(snapshots: Sequence[Snapshot]) -> list[tuple[int, Scores]]:
    """The step and the scores of every epoch's end that they tell of."""
    return [pair for snapshot in snapshots for pair in snapshot.validation]


def rough_start(network: Network, config: TrainingConfig) -> Snapshot:
    """A start from small random parameters in single precision.

    From zeros, gaps of P = 0.1 can cancel out, and Adam makes steps of what rounding leaves of
    them: two ways of adding up the same numbers then go two ways.
    """
    start = exact_start(network, config)
    parameters = {name: array.astype(np.float32) for name, array in start.parameters.items()}
    return replace(start, parameters=parameters)


def exact_start(
    network: Network = ONE, config: TrainingConfig | None = None, seed: int = 0
) -> Snapshot:
    """A start from small random parameters in double precision."""
    generator = np.random.default_rng(seed)
    parameters = {
        name: generator.normal(size=shape) * 0.02 for name, shape in network.shapes().items()
    }
    return replace(initial_snapshot(network, config or TrainingConfig()), parameters=parameters)
