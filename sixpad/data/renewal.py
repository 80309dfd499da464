"""Handwriting that is new in every epoch: digits that were never seen before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sixpad.core.grid import PIXELS
from sixpad.core.preparation import Preparation
from sixpad.data.dataset import Dataset
from sixpad.data.handwriting import STREAM_BLOCK, stream
from sixpad.data.handwriting_style import Handwriting
from sixpad.data.spec import handwriting_seed


@dataclass(frozen=True)
class NewHandwriting:
    """Writes `count` digits for each epoch from the endless stream of a seed.

    The same epoch gets the same digits, whenever and wherever it is asked for.
    """

    count: int
    seed: int
    preparation: Preparation
    style: Handwriting

    def __call__(self, epoch: int, on_progress: Callable[[float], None]) -> Dataset:
        """The digits of an epoch, counted from 0; `on_progress` hears the share done, by blocks."""
        blocks = -(-self.count // STREAM_BLOCK)
        images = np.empty((blocks * STREAM_BLOCK, PIXELS), np.uint8)
        labels = np.empty(len(images), np.uint8)
        endless = stream(
            self.seed, start=epoch * blocks, preparation=self.preparation, style=self.style
        )
        for place, block in zip(range(blocks), endless, strict=False):
            rows = slice(place * STREAM_BLOCK, (place + 1) * STREAM_BLOCK)
            images[rows], labels[rows] = block.images, block.labels
            on_progress((place + 1) / blocks)
        name = f"new handwriting of seed {self.seed}, epoch {epoch}"
        return Dataset(images[: self.count], labels[: self.count], name)


def new_handwriting(
    specs: Sequence[str], count: int, preparation: Preparation, style: Handwriting
) -> NewHandwriting:
    """New digits in the place of `count` that SPECs name.

    Raises SixpadError unless all of them are handwriting: what others have written is not endless.
    """
    return NewHandwriting(count, handwriting_seed(specs), preparation, style)
