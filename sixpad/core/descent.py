"""Gradient descent on one device: the parameters, the examples, and the steps from batch to batch.

Written with few array operations, each on much: a step for one neuron takes some 40 µs, of which
every operation more would be a fiftieth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sixpad.core.answer import Array
from sixpad.core.backend import Backend
from sixpad.core.config import TrainingConfig
from sixpad.core.distortion import Distortion, StepDistortion
from sixpad.core.image_octets import ImageOctets
from sixpad.core.network import Network, Parameters
from sixpad.core.optimizer import OPTIMIZERS, State
from sixpad.core.packed_images import PackedImages
from sixpad.core.step_losses import StepLosses

# After so many multiplications, of the way forward alone, a snapshot of a deeper network is due.
_SNAPSHOT_WORK = 1 << 28


class Descent:
    """Moves the flat vector θ of a network's parameters against the gradient of batches.

    `gradient` is that of the last step, flat as θ, and None before the first; `step_count` are
    those so far, with those before this descent began. After about `snapshot_images` a snapshot is
    due: some 70 a second for ten neurons on one core, and 30 for convolution.
    """

    snapshot_images: int = 1 << 15

    def __init__(
        self, network: Network, config: TrainingConfig, backend: Backend,
        theta: NDArray[Any], state: State | None, step_count: int = 0,
    ) -> None:  # fmt: skip
        """Start from `theta` (P,), and from a `state` that the same optimiser has left."""
        self.step_count = step_count
        if network.deep:
            _keep_memory()
            self.snapshot_images = min(_SNAPSHOT_WORK // network.work, self.snapshot_images)
        self._distortion = Distortion(config, backend) or None
        self._network, self._backend, self._loss = network, backend, config.loss
        self._smoothing = config.smoothing
        self._batch_size = config.batch_size
        self.theta = backend.to_device(theta)
        self.parameters = network.views(self.theta)
        placed = {
            name: backend.to_device(array) if array.ndim else array.copy()
            for name, array in (state or {}).items()
        }
        self._optimizer = OPTIMIZERS[config.optimizer](self.theta, placed or None)
        self._losses = StepLosses(network.answer, config.loss, backend)
        self.gradient: Array | None = None
        self._decay: Array | None = None
        if config.l2:
            self._decay = backend.xp.zeros_like(self.theta)
            for name, view in network.views(self._decay).items():
                view[...] = config.l2 if name.endswith(".weights") else 0

    @property
    def optimizer_state(self) -> State:
        """All that the optimiser remembers of earlier steps."""
        return self._optimizer.state

    def show(
        self, images: NDArray[np.uint8], labels: NDArray[np.uint8], order: NDArray[np.intp]
    ) -> None:
        """Learn from these examples, N images (N, 576) and labels (N,), cut into batches in this
        order."""
        rows = min(self._network.block_rows, self._batch_size)
        moved = self._distortion is not None and self._distortion.of_images
        kind = ImageOctets if moved else PackedImages
        self._images = kind(images, self._backend, rows, self.theta.dtype, order)
        # As numbers, so that no step has to make them of booleans.
        targets = self._network.targets(labels[order]).astype(self.theta.dtype)
        self._targets = self._backend.to_device(targets)
        self._aims = self._network.answer.smoothed(self._targets, self._smoothing)

    def steps(
        self, batches: Sequence[int], rates: Sequence[float], stop: Callable[[], bool]
    ) -> int:
        """One step on each of these batches, with these learning rates; how many were taken.

        `stop` is asked before each step and between its blocks; a step that it interrupts is not
        taken.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            for done, (batch, rate) in enumerate(zip(batches, rates, strict=True)):
                if stop() or not self._step(batch, rate, stop):
                    return done
        return len(batches)

    def take_losses(self) -> list[float]:
        """The loss of each step since the last call."""
        with np.errstate(over="ignore", invalid="ignore"):
            return self._losses.take()

    def _step(self, batch: int, rate: float, stop: Callable[[], bool]) -> bool:
        network, images, theta = self._network, self._images, self.theta
        targets, aims = self._targets, self._aims
        first = batch * self._batch_size
        last = min(first + self._batch_size, len(targets))
        distortion = self._distortion and self._distortion.of_step(self.step_count, first, last)
        g: Array = None
        met: list[tuple[Array, Array]] = []
        for begin in range(first, last, images.block_rows):
            if met and stop():
                return False
            end = min(begin + images.block_rows, last)
            X, aim = self._block(begin, end, distortion), aims[begin:end]
            z, part = network.answer_and_gradient(theta, X, aim, self._loss, distortion)
            g = part if g is None else g + part
            met.append((z, targets[begin:end]))
        g *= 1 / (last - first)
        penalty: Array = None
        if self._decay is not None:
            pull = theta * self._decay
            penalty = 0.5 * (pull @ theta)
            g += pull
        self._losses.add(met, last - first, penalty)
        self._optimizer.step(theta, g, rate)
        self.gradient = g
        self.step_count += 1
        return True

    def _block(self, begin: int, end: int, distortion: StepDistortion | None) -> Array:
        images = self._images
        if isinstance(images, PackedImages):
            return images.block(begin, end)
        assert distortion is not None
        return images.block(begin, end, distortion)

    def put(self, parameters: Parameters) -> None:
        """Take on these parameters in the place of its own."""
        for name, array in parameters.items():
            self.parameters[name][...] = self._backend.to_device(array)


def _keep_memory() -> None:
    """Have the C library keep up to 32 MB of freed memory, and not give it back to the system.

    A block of images takes some megabytes for a few milliseconds. To be given them anew for every
    block takes as long as the work itself. glibc keeps twice as much as the largest array that it
    has ever freed (mallopt(3), M_MMAP_THRESHOLD); one that nobody writes to costs nothing. Where
    another library is in its place, it is only free of charge.
    """
    np.empty(1 << 24, np.uint8)
