"""What chance does to images and neurons in a training step, so that a network learns to bear it.

Each step has random numbers of its own, by the seed and by its place in the training: a run that
goes on from any moment meets the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from sixpad.core.answer import Array
from sixpad.core.backend import Backend, cpu
from sixpad.core.config import TrainingConfig
from sixpad.core.grid import PIXELS, SIDE, Ink
from sixpad.core.image_maps import ACROSS, DOWN, MAPS, NEAREST, Moves, image_maps

# So many images are distorted together, as the bits of a byte.
EIGHT = 8
# How many bytes of noise are drawn for a training; eight images take 576 of them, from anywhere.
_NOISE = 1 << 18


@dataclass(frozen=True)
class Distortion:
    """What a configuration asks for: moves and noise of images, dropout of neurons."""

    config: TrainingConfig
    backend: Backend

    def __bool__(self) -> bool:
        return self.of_images or bool(self.config.dropout)

    @property
    def of_images(self) -> bool:
        """Whether images are changed."""
        return self.config.moves != Moves() or bool(self.config.noise)

    def of_step(self, step: int, begin: int, end: int) -> StepDistortion:
        """That of the step with this number, which learns from the images from `begin` to `end`."""
        generator = np.random.default_rng((self.config.seed, 3, step))
        first, last = begin // EIGHT, -(-end // EIGHT)
        # Drawn for the whole step at once: into which blocks it is cut changes nothing.
        count = last - first if self.of_images else 0
        chosen = generator.integers(0, (MAPS, _NOISE - PIXELS), (count, 2))
        return StepDistortion(self, generator, first, chosen)

    @cached_property
    def maps(self) -> Array | None:
        """The maps of a training, of which each eight images of a step have one."""
        moves = self.config.moves
        if moves == Moves():
            return None
        return self.backend.to_device(image_maps(moves, self.config.seed))

    @cached_property
    def noise(self) -> Array | None:
        """The noise of a training, as all the 576 bytes of it that lie side by side."""
        if not self.config.noise:
            return None
        noise = self.backend.to_device(_noise(self.config.noise, self.config.seed))
        return np.lib.stride_tricks.sliding_window_view(noise, PIXELS)


@dataclass(frozen=True)
class StepDistortion:
    """The distortion of one step, block after block.

    For each eight images from the image 8·`first` on, `chosen` (n, 2) says which map they have, and
    from where in the noise they have theirs.
    """

    whole: Distortion
    generator: np.random.Generator
    first: int
    chosen: NDArray[np.int64]

    def distorted(self, octets: Array, first: int) -> Array:
        """Eights of images as bytes (n, 577), of which the last is paper, distorted (n, 576).

        The first are the images from 8·`first` on.
        """
        whole, to_device = self.whole, self.whole.backend.to_device
        place = first - self.first
        maps, noise = to_device(self.chosen[place : place + len(octets)].T)
        images = octets[:, :PIXELS]
        if whole.maps is not None:
            begins = to_device(np.arange(len(octets))[:, None, None] * (PIXELS + 1))
            found = octets.reshape(-1).take(whole.maps[maps] + begins)
            images = found[:, NEAREST]
            if found.shape[1] > 1:
                images = images | found[:, ACROSS] & found[:, DOWN]
        if whole.noise is not None:
            images = images ^ whole.noise[noise]
        return images

    def drop(self, Y: Array) -> Array | None:
        """Leave out some of the numbers Y (N, neurons), in place; gives what they were times.

        What is left is made larger, so that their sum stays about the same (Srivastava and others,
        2014). None where nothing is left out.
        """
        share = self.whole.config.dropout
        if not share:
            return None
        kept = self.generator.random(Y.shape, np.float32) >= share
        factor = self.whole.backend.to_device(kept).astype(Y.dtype)
        factor *= 1 / (1 - share)
        Y *= factor
        return factor


@lru_cache(maxsize=4)
def _noise(share: float, seed: int) -> NDArray[np.uint8]:
    """Bytes of which a share of the bits is 1."""
    generator = np.random.default_rng((seed, 5))
    return np.packbits(generator.random(EIGHT * _NOISE, np.float32) < share)


def samples(image: Ink, config: TrainingConfig, count: int, step: int) -> Ink:
    """What becomes of an image (24, 24) in training: `count` of what a step may make of it.

    The result is (count, 24, 24). Dropout, which happens to neurons, is none of it.
    """
    distortion = Distortion(config, cpu(""))
    octets = np.zeros((count, PIXELS + 1), np.uint8)
    octets[:, :PIXELS] = image.reshape(-1)
    distorted = distortion.of_step(step, 0, EIGHT * count).distorted(octets, 0)
    ink: Ink = (distorted & 1).reshape(-1, SIDE, SIDE)
    return ink
