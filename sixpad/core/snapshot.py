"""A training at one moment: all that is needed to look at it and to go on from it exactly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sixpad.core.config import TrainingConfig
from sixpad.core.metrics import Scores
from sixpad.core.network import Network, Parameters

EPOCHS = "epochs"
SETTLED = "settled"
DIVERGED = "diverged"
INTERRUPTED = "interrupted"


@dataclass(frozen=True, eq=False)
class Best:
    """The parameters with the lowest validation loss so far, and the epoch they were seen at."""

    parameters: Parameters
    loss: float
    epoch: int


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Host copies, read-only, of a training's state, and the metrics since the last snapshot.

    `step` counts gradient steps and `epoch` whole epochs since the parameters were initial;
    `batch` of the batches of the current epoch are done, whose losses sum to `loss_sum`. The run
    ends at epoch `until`. `random_state` is the generator's at the start of the current epoch.
    `losses` (k, 2) holds step and training loss of each step since the last snapshot, and
    `validation` the step and the scores of each epoch's end since then. `gradient` is that of the
    last step. `stopped` says why the run ended, and is None while it goes on.
    """

    parameters: Parameters
    optimizer_state: dict[str, NDArray[Any]]
    config: TrainingConfig
    random_state: dict[str, Any]
    step: int = 0
    epoch: int = 0
    batch: int = 0
    until: int = 0
    examples: int = 0
    loss_sum: float = 0.0
    best: Best | None = None
    losses: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    validation: tuple[tuple[int, Scores], ...] = ()
    gradient: Parameters | None = None
    stopped: str | None = None

    @property
    def batches(self) -> int:
        """Batches in one epoch."""
        return max(-(-self.examples // self.config.batch_size), 1)

    @property
    def progress(self) -> float:
        """Epochs done, with the fraction of the current one."""
        return self.epoch + self.batch / self.batches

    def epoch_of(self, step: Any) -> Any:
        """The epochs, with their fraction, at which steps near this moment were taken."""
        return self.progress + (step - self.step) / self.batches

    @property
    def unfinished(self) -> bool:
        """Whether the run was interrupted before its last epoch."""
        return self.step > 0 and self.stopped in (None, INTERRUPTED) and self.epoch < self.until


def initial_snapshot(network: Network, config: TrainingConfig) -> Snapshot:
    """Before the first step: the network's initial parameters and the seed's random state."""
    parameters = network.initial_parameters(seed=config.seed)
    for array in parameters.values():
        array.setflags(write=False)
    return Snapshot(parameters, {}, config, random_state(config.seed))


def random_state(seed: int) -> dict[str, Any]:
    """The state of NumPy's PCG64 generator for a seed."""
    return dict(np.random.PCG64(seed).state)
