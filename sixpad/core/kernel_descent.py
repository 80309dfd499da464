"""Gradient descent on a GPU: a step is two kernels, and many steps are launched as one graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sixpad.core import kernels
from sixpad.core.answer import DIGITS
from sixpad.core.backend import Backend, cpu
from sixpad.core.config import TrainingConfig
from sixpad.core.descent import Descent
from sixpad.core.distortion import Distortion
from sixpad.core.grid import PIXELS
from sixpad.core.network import Network
from sixpad.core.optimizer import Adam, Momentum, State
from sixpad.core.packed_images import packed

# The steps of one graph: the host launches it once for all their kernels.
GRAPH_STEPS = 16
# How far the host may run ahead of the GPU: no stop can reach the steps that are already launched.
STEPS_AHEAD, IMAGES_AHEAD = 1024, 1 << 23
# How many images the kernels are tried on before they are trusted, and how far they may be off.
_TRIED, _MOST_ERROR = 70, 1e-5


def choose_descent(
    network: Network, config: TrainingConfig, backend: Backend,
    theta: NDArray[Any], state: State | None, step_count: int = 0,
) -> Descent:  # fmt: skip
    """A Descent by kernels of our own where they serve, else by array operations.

    They know one layer of one or ten neurons in float32, and GPUs that multiply bfloat16. Raises
    RuntimeError where the kernels give another gradient than NumPy.
    """
    outputs = network.answer.outputs
    layer = {"output.weights": (PIXELS, outputs), "output.bias": (outputs,)}
    known = (
        backend.capability >= kernels.CAPABILITY
        and theta.dtype == np.float32
        and outputs in kernels.GRADIENTS
        and config.optimizer in kernels.KINDS
        and config.loss in kernels.SQUARED
        and network.shapes() == layer
        and not config.smoothing
        and not Distortion(config, backend)
    )
    if known:
        _prove(network, backend)
    return (KernelDescent if known else Descent)(
        network, config, backend, theta, state, step_count
    )  # fmt: skip


# The numbers of outputs that the kernels have proved right for.
_proved: set[int] = set()


def _prove(network: Network, backend: Backend) -> None:
    """Raise RuntimeError unless a step by kernels finds NumPy's gradient; once in a process.

    What a compiler makes of them differs from GPU to GPU, and a wrong gradient looks like learning.
    """
    outputs = network.answer.outputs
    if outputs in _proved:
        return
    config = TrainingConfig(batch_size=_TRIED, optimizer="gd")
    generator = np.random.default_rng(0)
    images = (generator.random((_TRIED, PIXELS)) < 0.2).astype(np.uint8)
    labels = generator.integers(0, DIGITS, _TRIED, np.uint8)
    theta = generator.normal(0, 0.1, outputs * (PIXELS + 1)).astype(np.float32)
    found = []
    for kind, place in ((KernelDescent, backend), (Descent, cpu(""))):
        descent = kind(network, config, place, theta, None)
        descent.show(images, labels, np.arange(_TRIED))
        descent.steps([0], [0.0], lambda: False)
        found.append(place.to_host(descent.gradient))
    error = np.linalg.norm(found[0] - found[1]) / np.linalg.norm(found[1])
    if not error < _MOST_ERROR:
        raise RuntimeError(f"its first gradient was off by {error:.2g}")
    _proved.add(outputs)


class KernelDescent(Descent):
    """A Descent in float32 that waits for the GPU only when its losses are taken.

    What a step needs is on the device before it is launched: its batch and its learning rate lie in
    a plan, from which the kernels read where they have come to, and where they leave its loss. An
    error of the GPU may come to light only when losses or parameters are copied to the host.
    """

    # Each snapshot has the GPU wait.
    snapshot_images = 1 << 21

    def __init__(
        self, network: Network, config: TrainingConfig, backend: Backend,
        theta: NDArray[Any], state: State | None, step_count: int = 0,
    ) -> None:  # fmt: skip
        super().__init__(network, config, backend, theta, state, step_count)
        self._config = config
        self._kernels = kernels.load(backend, network.answer.outputs)
        xp = backend.xp
        properties = xp.cuda.runtime.getDeviceProperties(xp.cuda.Device().id)
        chunks = -(-config.batch_size // kernels.CHUNK)
        # Two blocks share a multiprocessor: one works while the other waits.
        self._blocks = min(2 * properties["multiProcessorCount"], chunks)
        self._rows = xp.empty((self._blocks, len(theta) + 1), np.float32)
        self._g = xp.zeros_like(self.theta)
        self._plan_length = max(min(STEPS_AHEAD, IMAGES_AHEAD // config.batch_size), 1)
        self._plan_batches = xp.zeros(self._plan_length, np.int32)
        self._plan_rates = xp.zeros((self._plan_length, 2), np.float32)
        self._plan_losses = xp.zeros(self._plan_length, np.float32)
        self._cursor = xp.zeros(2, np.int32)
        self._at = 0
        self._taken_off: list[float] = []
        self._graph: Any = None

    def show(
        self, images: NDArray[np.uint8], labels: NDArray[np.uint8], order: NDArray[np.intp]
    ) -> None:
        digit = self._network.digit
        truths = labels if digit is None else labels == digit
        self._bits = self._backend.xp.asarray(packed(images, order))
        self._truths = self._backend.to_device(truths[order].astype(np.uint8))
        self._graph = None
        self._arguments = self._all_arguments(len(labels))

    def steps(
        self, batches: Sequence[int], rates: Sequence[float], stop: Callable[[], bool]
    ) -> int:
        """Launch one step on each of these batches, with these learning rates; how many were.

        `stop` is asked before each launch.
        """
        done = 0
        while done < len(batches):
            if self._at == self._plan_length:
                self._take_off()
            count = min(len(batches) - done, self._plan_length - self._at)
            self._plan(batches[done : done + count], rates[done : done + count])
            launched = self._launch(count, stop)
            done += launched
            if launched < count:
                break
        return done

    def take_losses(self) -> list[float]:
        """The loss of each step since the last call."""
        self._take_off()
        losses, self._taken_off = self._taken_off, []
        return losses

    def _plan(self, batches: Sequence[int], rates: Sequence[float]) -> None:
        """Write down on the device what the next steps are to do."""
        place = slice(self._at, self._at + len(batches))
        self._plan_batches[place].set(np.array(batches, np.int32))
        moves = np.zeros((len(batches), 2))
        moves[:, 0] = rates
        if self._config.optimizer == Adam.name:
            for step, rate in enumerate(rates):
                count = self._optimizer.count + step + 1
                root = sqrt(1 - Adam.beta2**count)
                moves[step] = rate * root / (1 - Adam.beta1**count), Adam.epsilon * root
        with np.errstate(over="ignore"):
            self._plan_rates[place].set(moves.astype(np.float32))

    def _launch(self, count: int, stop: Callable[[], bool]) -> int:
        """Launch the next `count` steps of the plan; how many were, where a stop came between."""
        launched = 0
        while launched < count and not stop():
            # Not before a first step: what a capture launches must have been loaded.
            if count - launched >= GRAPH_STEPS and self.gradient is not None:
                self._graph = self._graph or self._captured()
                self._graph.launch()
                steps = GRAPH_STEPS
            else:
                self._step_once()
                steps = 1
            launched += steps
            self._at += steps
            self._optimizer.count += steps
            self.gradient = self._g
        return launched

    def _step_once(self) -> None:
        gradient, move = self._arguments
        self._kernels.gradient((self._blocks,), kernels.GRADIENT_BLOCK, gradient)
        # One sum more than there are parameters: the loss.
        grid = (-(-(len(self.theta) + 1) // kernels.SUMS),)
        self._kernels.move(grid, kernels.MOVE_BLOCK, move)

    def _captured(self) -> Any:
        """The next steps as one graph, which is right for all that follow."""
        stream = self._backend.xp.cuda.Stream(non_blocking=True)
        with stream:
            stream.begin_capture()
            for _ in range(GRAPH_STEPS):
                self._step_once()
            return stream.end_capture()

    def _take_off(self) -> None:
        """Bring the losses of the plan's steps to the host, and begin the plan anew."""
        if self._at:
            self._taken_off += self._backend.to_host(self._plan_losses[: self._at]).tolist()
            self._cursor.fill(0)
            self._at = 0

    def _all_arguments(self, examples: int) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """What the kernels `gradient` and `move` are called with, in every step the same."""
        config, state, outputs = self._config, self.optimizer_state, self._network.answer.outputs
        l2, squared = np.float32(config.l2), np.int32(kernels.SQUARED[config.loss])
        place = np.int32(examples), np.int32(config.batch_size), self._plan_batches, self._cursor
        first = 1 - Adam.beta1 if config.optimizer == Adam.name else Momentum.beta
        # Where an optimiser keeps no such vector, its kernel does not look for one either.
        nothing = self._g
        gradient = (self._bits, self._truths, *place, squared, l2, self.theta, self._rows)
        move = (
            self._rows, np.int32(self._blocks), np.int32(len(self.theta)), np.int32(outputs),
            *place, self._plan_rates, self._plan_losses, l2,
            np.int32(kernels.KINDS[config.optimizer]), np.float32(first),
            np.float32(1 - Adam.beta2), self.theta, self._g,
            state.get("mean", state.get("velocity", nothing)), state.get("square", nothing),
        )  # fmt: skip
        return gradient, move
