"""One run of gradient descent: its state on the device, and the moves that change it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sixpad.core.backend import Backend, cpu
from sixpad.core.config import CONSTANT, TrainingConfig
from sixpad.core.kernel_descent import choose_descent
from sixpad.core.metrics import Scores, score
from sixpad.core.network import Network
from sixpad.core.packed_images import PackedImages
from sixpad.core.snapshot import DIVERGED, EPOCHS, SETTLED, Best, Snapshot, random_state

# A mean loss of an epoch above this means answers that are wrong with a certainty beyond 1 − e⁻⁵⁰.
DIVERGED_LOSS = 50.0


class Examples(Protocol):
    """Images (N, 576) of ink 0 and 1, and their labels (N,) from 0 to 9."""

    @property
    def images(self) -> NDArray[np.uint8]: ...
    @property
    def labels(self) -> NDArray[np.uint8]: ...


class Renewal(Protocol):
    """Gives the training part of an epoch after the first, as many examples as there were before.

    The same epoch gets the same examples, so that training can go on from any moment. It tells
    `on_progress` what share is done, at least every few hundredths of a second.
    """

    def __call__(self, epoch: int, on_progress: Callable[[float], None]) -> Examples: ...


@dataclass
class Control:
    """What another thread may ask of a running training; it looks between steps and blocks.

    `snapshot_steps` is how many steps one snapshot follows the other; None leaves it to `train`.
    Before each step the `turn` is entered and left: a lock that another thread holds has it wait.
    """

    stop: bool = False
    learning_rate: float | None = None
    snapshot_steps: int | None = None
    turn: AbstractContextManager[Any] = field(default_factory=nullcontext)

    def stopping(self) -> bool:
        """Whether a stop was asked for; the moment to ask is one in which all could wait."""
        with self.turn:
            return self.stop


class Run:
    """The parameters, the optimiser and the examples of one training, as `train` moves them on."""

    def __init__(
        self, network: Network, training: Examples, validation: Examples,
        config: TrainingConfig, start: Snapshot, backend: Backend | None, control: Control,
        renew: Renewal | None,
    ) -> None:  # fmt: skip
        self.network, self.config, self.control = network, config, control
        self.backend = backend or cpu("")
        self.renew, self.shown_epoch = renew, 0
        self.examples = len(training.labels)
        self.batch_size = min(config.batch_size, self.examples)
        self.batches = -(-self.examples // self.batch_size)
        self.until = 0

        theta = network.flat(start.parameters)
        kept = start.config.optimizer == config.optimizer and start.optimizer_state
        settings = replace(config, batch_size=self.batch_size)
        self.descent = choose_descent(
            network,
            settings,
            self.backend,
            theta,
            start.optimizer_state if kept else None,
            start.step,
        )
        self._show(training)
        self.validation = PackedImages(
            validation.images, self.backend, network.block_rows, theta.dtype
        )
        self.validation_targets = np.asarray(network.targets(validation.labels))
        self.step_count, self.epoch = start.step, start.epoch
        # Of another loss the best value says nothing.
        self.best = start.best if start.config.loss == config.loss else None
        self.losses: list[tuple[int, float]] = []
        self.scores: list[tuple[int, Scores]] = []

        reseeded = start.config.seed != config.seed
        self.random_state = random_state(config.seed) if reseeded else start.random_state
        same_batches = start.config.batch_size == config.batch_size
        same = same_batches and start.examples == self.examples and not reseeded
        self.batch = start.batch if same else 0
        self.loss_sum = start.loss_sum if same else 0.0
        self._shuffle()

    def _show(self, training: Examples) -> None:
        """Learn from these examples, shuffled by the seed before they are cut into batches."""
        order = np.random.default_rng((self.config.seed, 1)).permutation(len(training.labels))
        self.descent.show(training.images, training.labels, order)

    def _renewed(self) -> bool:
        """Bring in the examples of this epoch; False where a stop was asked for meanwhile."""
        if self.renew is None or self.shown_epoch == self.epoch:
            return True

        def look(_share: float) -> None:
            if self.control.stopping():
                raise _Stopped

        try:
            self._show(self.renew(self.epoch, look))
        except _Stopped:
            return False
        self.shown_epoch = self.epoch
        return True

    def _shuffle(self) -> None:
        """Draw the order of the batches in the epoch that begins, or that is being resumed.

        The examples are shuffled once and each batch keeps its own: to gather them anew for every
        step would take longer than the step.
        """
        generator: Any = np.random.PCG64()
        generator.state = self.random_state
        self.order = np.random.Generator(generator).permutation(self.batches).tolist()
        self.next_random_state = dict(generator.state)

    def steps(self, count: int) -> bool:
        """Take `count` gradient steps, all in this epoch; False where a stop cut them short.

        A step that a stop was asked for in changes nothing.
        """
        if not self._renewed():
            return False
        rate = self.control.learning_rate  # read once: another thread may change it
        if rate is not None and rate != self.config.learning_rate:
            self.config = replace(self.config, learning_rate=rate)
        batches = np.arange(self.batch, self.batch + count)
        done = self.descent.steps(
            self.order[self.batch : self.batch + count],
            self._learning_rates(batches),
            self.control.stopping,
        )
        self.step_count += done
        self.batch += done
        return done == count

    def _learning_rates(self, batches: NDArray[np.intp]) -> list[float]:
        """The learning rates of the steps on these batches of the epoch.

        Of the run's state alone, so that a run goes on with the rate it was left at.
        """
        rate, epochs = self.config.learning_rate, self.config.epochs
        if self.config.schedule == CONSTANT:
            return [rate] * len(batches)
        left = self.until - self.epoch - batches / self.batches
        falling: list[float] = (rate * np.minimum(left / epochs, 1.0)).tolist()
        return falling

    def end_epoch(self) -> str | None:
        """Score the validation part, begin the next epoch; why the run has ended, or None."""
        self._collect_losses()
        mean_loss = self.loss_sum / self.batches
        if not mean_loss < DIVERGED_LOSS:
            return DIVERGED
        self.epoch += 1
        self.batch, self.loss_sum = 0, 0.0
        self.random_state = self.next_random_state
        self._shuffle()
        scores = self.validate()
        patience, target = self.config.patience, self.config.target_loss
        if patience and (self.best is None or scores.loss < self.best.loss):
            self.best = Best(self._host(self.descent.parameters), scores.loss, self.epoch)
        waited = self.epoch - self.best.epoch if self.best else 0
        stopped = None
        if (target is not None and mean_loss <= target) or (patience and waited >= patience):
            stopped = SETTLED
        elif self.epoch >= self.until:
            stopped = EPOCHS
        if stopped and patience and self.best and waited:
            self.descent.put(self.best.parameters)
            self.validate()
        return stopped

    def validate(self) -> Scores:
        """Score the validation part with the parameters as they are."""
        with np.errstate(over="ignore", invalid="ignore"):
            images, step = self.validation, self.validation.block_rows
            z = self.backend.xp.concatenate([
                self.network.forward(
                    self.descent.theta, images.block(begin, min(begin + step, len(images)))
                )
                for begin in range(0, len(images), step)
            ])  # fmt: skip
            scores = score(self.backend.to_host(z), self.validation_targets, self.config.loss)
        self.scores.append((self.step_count, scores))
        return scores

    def _collect_losses(self) -> None:
        """Take the losses of the steps since the last call and add them up."""
        values = self.descent.take_losses()
        first = self.step_count - len(values) + 1
        self.losses.extend(enumerate(values, first))
        for value in values:
            self.loss_sum += value

    def state(self) -> Snapshot:
        """All that was learned and all that is needed to go on, copied to the host."""
        self._collect_losses()
        gradient = self.descent.gradient
        return Snapshot(
            parameters=self._host(self.descent.parameters),
            optimizer_state=self._host(self.descent.optimizer_state),
            config=self.config,
            random_state=self.random_state,
            step=self.step_count,
            epoch=self.epoch,
            batch=self.batch,
            until=self.until,
            examples=self.examples,
            loss_sum=self.loss_sum,
            best=self.best,
            gradient=None if gradient is None else self._host(self.network.views(gradient)),
        )

    def snapshot(self, state: Snapshot, stopped: str | None = None) -> Snapshot:
        """A state with the metrics since the last snapshot, and why the run ended."""
        losses = np.array(self.losses, np.float64).reshape(-1, 2)
        losses.setflags(write=False)
        # Of parameters that were given up the scores say nothing.
        scores = () if stopped == DIVERGED else tuple(self.scores)
        self.losses, self.scores = [], []
        return replace(state, config=self.config, losses=losses, validation=scores, stopped=stopped)

    def _host(self, arrays: dict[str, Any]) -> dict[str, NDArray[Any]]:
        copies = {}
        for name, array in arrays.items():
            is_host = isinstance(array, np.ndarray)
            copies[name] = np.array(array) if is_host else self.backend.to_host(array)
            copies[name].setflags(write=False)
        return copies


class _Stopped(Exception):  # noqa: N818
    """A stop was asked for while examples were on their way."""
