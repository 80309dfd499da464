"""What chance does to images and neurons in a training step, so that a network learns to bear it.

Each step has random numbers of its own, by the seed and by its place in the training: a run that
goes on from any moment meets the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sixpad.core.answer import Array
from sixpad.core.backend import Backend
from sixpad.core.config import TrainingConfig
from sixpad.core.grid import PIXELS, SIDE


@dataclass(frozen=True)
class Distortion:
    """Shifts, noise and dropout, as a configuration asks for them."""

    config: TrainingConfig
    backend: Backend

    def __bool__(self) -> bool:
        config = self.config
        return bool(config.shift or config.noise or config.dropout)

    def of_step(self, step: int) -> StepDistortion:
        """That of the step with this number."""
        generator = np.random.default_rng((self.config.seed, 3, step))
        return StepDistortion(self.config, self.backend, generator)


@dataclass(frozen=True)
class StepDistortion:
    """The distortion of one step, block after block."""

    config: TrainingConfig
    backend: Backend
    generator: np.random.Generator

    def distort(self, X: Array) -> None:
        """Shift each of the images X (N, 577 or 576), and turn pixels over, in place."""
        if self.config.shift:
            self._shift(X)
        if self.config.noise:
            turned = self.generator.random((len(X), PIXELS), np.float32) < self.config.noise
            pixels = X[:, :PIXELS]
            np.abs(pixels - self.backend.to_device(turned), out=pixels)

    def _shift(self, X: Array) -> None:
        """Move the images by every shift in turn, as many by each; ink that leaves is lost.

        In another step, chance gives other images to a shift. Cut into as many pieces as there are
        shifts, a block is moved in a few copies.
        """
        most = self.config.shift
        images = X[:, :PIXELS].reshape(-1, SIDE, SIDE)
        room = self.backend.xp.zeros((len(X), SIDE + 2 * most, SIDE + 2 * most), X.dtype)
        room[:, most : most + SIDE, most : most + SIDE] = images
        shifts = self.generator.permutation((2 * most + 1) ** 2)
        edges = np.linspace(0, len(X), len(shifts) + 1).round().astype(int).tolist()
        for place, shift in enumerate(shifts.tolist()):
            down, right = divmod(shift, 2 * most + 1)
            piece = slice(edges[place], edges[place + 1])
            images[piece] = room[piece, down : down + SIDE, right : right + SIDE]

    def drop(self, Y: Array) -> Array | None:
        """Leave out some of the numbers Y (N, neurons), in place; gives what they were times.

        What is left is made larger, so that their sum stays about the same (Srivastava and others,
        2014). None where nothing is left out.
        """
        share = self.config.dropout
        if not share:
            return None
        kept = self.generator.random(Y.shape, np.float32) >= share
        factor = self.backend.to_device(kept).astype(Y.dtype)
        factor *= 1 / (1 - share)
        Y *= factor
        return factor
