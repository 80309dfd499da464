"""Preparation: what is done to an image before the network sees it, the same for all sources."""

from __future__ import annotations

from enum import Enum

import numpy as np
from numpy.typing import NDArray

from sixpad.core.grid import Ink, centre_and_fit

# The most that deskewing moves a row sideways for each row up or down: writing leans by up to 31°.
MAX_SHEAR = 0.6
# How many array elements one block of a bulk operation may hold: about a core's own cache.
_BLOCK = 1 << 17


class Preparation(Enum):
    """How images are prepared; called with images (24, 24) or (N, 24, 24), it prepares them."""

    AS_DRAWN = "none"
    FITTED = "centre-and-fit"
    DESKEWED = "deskew-centre-and-fit"

    @property
    def fits(self) -> bool:
        """Whether images are centred and fitted."""
        return self is not Preparation.AS_DRAWN

    @property
    def words(self) -> str:
        """What was done to an image, in words."""
        if self is Preparation.AS_DRAWN:
            return "as drawn"
        deskewed = "deskewed, " if self is Preparation.DESKEWED else ""
        return f"{deskewed}centred and fitted"

    def __call__(self, images: Ink) -> Ink:
        """The images as the network is to see them, in the same shape."""
        if self is Preparation.AS_DRAWN:
            return images
        return centre_and_fit(deskew(images) if self is Preparation.DESKEWED else images)


def deskew(images: Ink) -> Ink:
    """Set slanted writing upright: ink (H, W) or (N, H, W), moved to the left border.

    The result is as wide as the widest of the images then is. Each row moves sideways by whole
    pixels, in proportion to its distance from the centre of mass, so that x and y of the ink are no
    longer correlated (the moments μ₁₁/μ₀₂ give the slope).
    """
    if images.ndim == 2:
        single: Ink = deskew(images[None])[0]
        return single
    count, height, width = images.shape
    step = max(_BLOCK // max(height * width, 1), 1)
    blocks = [images[begin : begin + step] for begin in range(0, count, step)]
    starts = [_starts(block) for block in blocks]
    wide = max((_width(*pair) for pair in zip(blocks, starts, strict=True)), default=1)
    upright = np.empty((count, height, wide), np.uint8)
    for place, (block, start) in enumerate(zip(blocks, starts, strict=True)):
        upright[place * step : (place + 1) * step] = _moved_rows(block, start, wide)
    return upright


def _starts(images: Ink) -> NDArray[np.int32]:
    """The column (N, H) that each row begins with, once the rows have moved to the left border."""
    _, height, width = images.shape
    values = images.astype(np.float32)
    by_row = values.sum(axis=2)
    rows = np.arange(height, dtype=np.float32)
    mass = np.maximum(by_row.sum(axis=1), 1)
    down = rows - (by_row @ rows / mass)[:, None]
    right = values @ np.arange(width, dtype=np.float32)  # Σ of the columns that are ink, by row
    spread = (by_row * down**2).sum(axis=1)
    slope = (right * down).sum(axis=1) / np.maximum(spread, 1e-9)
    shifts = np.rint(np.clip(slope, -MAX_SHEAR, MAX_SHEAR)[:, None] * down).astype(np.int32)
    first = np.where(by_row > 0, images.argmax(axis=2) - shifts, np.iinfo(np.int32).max)
    left = first.min(axis=1, keepdims=True)
    starts: NDArray[np.int32] = np.where(by_row.any(axis=1, keepdims=True), left + shifts, 0)
    return starts.astype(np.int32)


def _width(images: Ink, starts: NDArray[np.int32]) -> int:
    """How many columns the ink takes once each row begins with its start."""
    width = images.shape[2]
    last = width - 1 - images[:, :, ::-1].argmax(axis=2) - starts
    return int(np.where(images.any(axis=2), last, 0).max(initial=0)) + 1


def _moved_rows(images: Ink, starts: NDArray[np.int32], wide: int) -> Ink:
    """Images of `wide` columns, each row from its start on."""
    width = images.shape[2]
    column = np.arange(wide, dtype=np.int32) + starts[:, :, None]
    inside = (column >= 0) & (column < width)
    moved: Ink = np.take_along_axis(images, np.where(inside, column, 0), axis=2)
    moved *= inside
    return moved
