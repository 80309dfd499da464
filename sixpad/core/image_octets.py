"""Images in eights: a byte holds the same pixel of eight images, which chance moves together."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sixpad.core.answer import Array
from sixpad.core.backend import Backend
from sixpad.core.distortion import EIGHT, StepDistortion
from sixpad.core.grid import PIXELS
from sixpad.core.packed_images import block_rows_on


class ImageOctets:
    """Images (N, 576) of ink 0 and 1 on a device, given out as floats, block by block, distorted.

    To move eight images is to fetch 576 bytes from other places: an eighth of the work of moving
    them one by one. A block has 577 columns, of which the last is 1. Every block uses the same
    memory: it is right until the next one.
    """

    def __init__(
        self, images: NDArray[np.uint8], backend: Backend, block_rows: int, dtype: Any,
        order: NDArray[np.intp],
    ) -> None:  # fmt: skip
        """Take the images to the device, in the `order` given."""
        self.bytes = backend.xp.asarray(_octets(images, order))
        self.block_rows = min(block_rows_on(backend, block_rows), max(len(images), 1))
        self._bits = backend.to_device((1 << np.arange(EIGHT)).astype(np.uint8)[:, None])
        self._block = backend.xp.ones((self.block_rows, PIXELS + 1), dtype)

    def block(self, begin: int, end: int, distortion: StepDistortion) -> Array:
        """X (n, 577) of the images from `begin` to `end`, distorted for the step they are of."""
        first, last = begin // EIGHT, -(-end // EIGHT)
        distorted = distortion.distorted(self.bytes[first:last], first)
        ink = (distorted[:, None] & self._bits != 0).reshape(-1, PIXELS)
        X = self._block[: end - begin]
        X[:, :PIXELS] = ink[begin - EIGHT * first : end - EIGHT * first]
        return X


def _octets(images: NDArray[np.uint8], order: NDArray[np.intp]) -> NDArray[np.uint8]:
    """Images as bytes (N/8, 577): bit k is that of the image k of eight; the last byte is paper."""
    octets = np.zeros((-(-len(images) // EIGHT), PIXELS + 1), np.uint8)
    for place in range(EIGHT):
        one = images.take(order[place::EIGHT], axis=0)
        octets[: len(one), :PIXELS] |= one << np.uint8(place)
    return octets
