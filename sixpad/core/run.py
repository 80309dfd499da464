"""One run of gradient descent: its state on the device, and the moves that change it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sixpad.core.answer import Array
from sixpad.core.backend import Backend, cpu
from sixpad.core.config import CONSTANT, TrainingConfig
from sixpad.core.metrics import Scores, score
from sixpad.core.network import BLOCK_ROWS, Network, Parameters
from sixpad.core.optimizer import OPTIMIZERS
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
    """

    stop: bool = False
    learning_rate: float | None = None
    snapshot_steps: int | None = None


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
        self._show(training)
        self.validation_images = self.backend.to_device(validation.images)
        self.validation_targets = np.asarray(network.targets(validation.labels))
        self.examples = len(training.labels)
        self.batch_size = min(config.batch_size, self.examples)
        self.batches = -(-self.examples // self.batch_size)
        self.until = 0

        flat = np.concatenate([start.parameters[name].ravel() for name in network.shapes()])
        self.theta = self.backend.to_device(flat)
        self.parameters = self._views(self.theta)
        kept = start.config.optimizer == config.optimizer and start.optimizer_state
        state = {name: self._place(array) for name, array in start.optimizer_state.items()}
        self.optimizer = OPTIMIZERS[config.optimizer](self.theta, state if kept else None)
        self.step_count, self.epoch = start.step, start.epoch
        # Of another loss the best value says nothing.
        self.best = start.best if start.config.loss == config.loss else None
        self.gradient: Parameters | None = None
        self.pending: list[tuple[int, Array]] = []
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
        """Take these examples to the device to learn from them."""
        self.images = self.backend.to_device(training.images)
        self.targets = self.backend.to_device(self.network.targets(training.labels))

    def _renewed(self) -> bool:
        """Bring in the examples of this epoch; False where a stop was asked for meanwhile."""
        if self.renew is None or self.shown_epoch == self.epoch:
            return True

        def look(_share: float) -> None:
            if self.control.stop:
                raise _Stopped

        try:
            self._show(self.renew(self.epoch, look))
        except _Stopped:
            return False
        self.shown_epoch = self.epoch
        return True

    def _place(self, array: NDArray[Any]) -> Array:
        return self.backend.to_device(array) if array.ndim else array.copy()

    def _views(self, flat: Array) -> Parameters:
        """The named parameters as views into one flat vector."""
        views, begin = {}, 0
        for name, shape in self.network.shapes().items():
            end = begin + int(np.prod(shape))
            views[name] = flat[begin:end].reshape(shape)
            begin = end
        return views

    def _shuffle(self) -> None:
        """Draw the order of the epoch that begins, or that is being resumed."""
        generator: Any = np.random.PCG64()
        generator.state = self.random_state
        order = np.random.Generator(generator).permutation(self.examples)
        self.order = self.backend.to_device(order)
        self.next_random_state = dict(generator.state)

    def step(self) -> bool:
        """One gradient step; False, with nothing changed, where a stop was asked for in it."""
        if not self._renewed():
            return False
        rate = self.control.learning_rate  # read once: another thread may change it
        if rate is not None and rate != self.config.learning_rate:
            self.config = replace(self.config, learning_rate=rate)
        rows = self.order[self.batch * self.batch_size : (self.batch + 1) * self.batch_size]
        with np.errstate(over="ignore", invalid="ignore"):
            found = self._loss_and_gradient(rows)
            if found is None:
                return False
            loss, g = found
            self.optimizer.step(self.theta, g, self._learning_rate())
        self.gradient = self._views(g)
        self.step_count += 1
        self.batch += 1
        self.pending.append((self.step_count, loss))
        return True

    def _learning_rate(self) -> float:
        """The learning rate of the next step.

        Of the run's state alone, so that a run goes on with the rate it was left at.
        """
        rate, epochs = self.config.learning_rate, self.config.epochs
        if self.config.schedule == CONSTANT:
            return rate
        left = self.until - self.epoch - self.batch / self.batches
        return rate * min(left / epochs, 1.0)

    def _loss_and_gradient(self, rows: Array) -> tuple[Array, Array] | None:
        """The batch's loss and flat gradient, block by block; None where a stop was asked for."""
        total_loss: Array = 0
        total: Array = 0
        for begin in range(0, len(rows), BLOCK_ROWS):
            if begin and self.control.stop:
                return None
            block = rows[begin : begin + BLOCK_ROWS]
            X = self.images[block].astype(self.theta.dtype)
            loss, gradient = self.network.loss_and_gradient(
                self.parameters, X, self.targets[block], self.config.loss, self.config.l2
            )
            g = self.backend.xp.concatenate([gradient[name].ravel() for name in self.parameters])
            share = len(block) / len(rows)
            total_loss, total = (
                (loss, g) if share == 1 else (total_loss + loss * share, total + g * share)
            )
        return total_loss, total

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
            self.best = Best(self._host(self.parameters), scores.loss, self.epoch)
        waited = self.epoch - self.best.epoch if self.best else 0
        stopped = None
        if (target is not None and mean_loss <= target) or (patience and waited >= patience):
            stopped = SETTLED
        elif self.epoch >= self.until:
            stopped = EPOCHS
        if stopped and patience and self.best and waited:
            for name, array in self.best.parameters.items():
                self.parameters[name][...] = self.backend.to_device(array)
            self.validate()
        return stopped

    def validate(self) -> Scores:
        """Score the validation part with the parameters as they are."""
        with np.errstate(over="ignore", invalid="ignore"):
            z = self.network.logits_in_blocks(
                self.parameters, self.validation_images, self.backend.xp
            )
            scores = score(self.backend.to_host(z), self.validation_targets, self.config.loss)
        self.scores.append((self.step_count, scores))
        return scores

    def _collect_losses(self) -> None:
        """Bring the losses of the steps since the last call to the host and add them up."""
        if not self.pending:
            return
        steps, values = zip(*self.pending, strict=True)
        host = self.backend.to_host(self.backend.xp.stack(values)).tolist()
        self.losses.extend(zip(steps, host, strict=True))
        for value in host:
            self.loss_sum += value
        self.pending = []

    def state(self) -> Snapshot:
        """All that was learned and all that is needed to go on, copied to the host."""
        self._collect_losses()
        return Snapshot(
            parameters=self._host(self.parameters),
            optimizer_state=self._host(self.optimizer.state),
            config=self.config,
            random_state=self.random_state,
            step=self.step_count,
            epoch=self.epoch,
            batch=self.batch,
            until=self.until,
            examples=self.examples,
            loss_sum=self.loss_sum,
            best=self.best,
            gradient=self._host(self.gradient) if self.gradient else None,
        )

    def snapshot(self, state: Snapshot, stopped: str | None = None) -> Snapshot:
        """A state with the metrics since the last snapshot, and why the run ended."""
        losses = np.array(self.losses, np.float64).reshape(-1, 2)
        losses.setflags(write=False)
        # Of parameters that were given up the scores say nothing.
        scores = () if stopped == DIVERGED else tuple(self.scores)
        self.losses, self.scores = [], []
        return replace(state, config=self.config, losses=losses, validation=scores, stopped=stopped)

    def _host(self, arrays: dict[str, Array]) -> dict[str, NDArray[Any]]:
        copies = {}
        for name, array in arrays.items():
            is_host = isinstance(array, np.ndarray)
            copies[name] = np.array(array) if is_host else self.backend.to_host(array)
            copies[name].setflags(write=False)
        return copies


class _Stopped(Exception):  # noqa: N818
    """A stop was asked for while examples were on their way."""
