"""Images as bits where they are computed with: eight pixels a byte, widened when they are needed.

60,000 images take 4.3 MB and stay in the processor's cache; as floats they take 138 MB, and
fetching them would take longer than widening them does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sixpad.core.answer import Array
from sixpad.core.backend import Backend
from sixpad.core.grid import PIXELS, pack

# A GPU is idle between array operations: it takes more rows at a time, 38 MB of them in float32.
_GPU_ROWS, _GPU_TIMES = 1 << 14, 1 << 7


def packed(images: NDArray[np.uint8], order: NDArray[np.intp] | None) -> NDArray[np.uint8]:
    """Images (N, 576) as bits (N, 72), in the `order` given, or as they stand."""
    bits = pack(images)
    # Not bits[order], which takes twice as long.
    return bits if order is None else bits.take(order, axis=0)


def block_rows_on(backend: Backend, block_rows: int) -> int:
    """How many images are best worked on at a time on a device, if a core takes `block_rows`."""
    if backend.device == "gpu":
        return min(_GPU_TIMES * block_rows, _GPU_ROWS)
    return block_rows


class PackedImages:
    """Images (N, 576) of ink 0 and 1 on a device, given out as floats, block by block.

    A block has 577 columns, of which the last is 1: the bias of a neuron is the weight of an input
    that is always there. Every block uses the same memory: it is right until the next one.
    """

    def __init__(
        self, images: NDArray[np.uint8], backend: Backend, block_rows: int, dtype: Any,
        order: NDArray[np.intp] | None = None,
    ) -> None:  # fmt: skip
        """Take the images to the device, in the `order` given, or as they stand."""
        self.bits = backend.xp.asarray(packed(images, order))
        self.block_rows = min(block_rows_on(backend, block_rows), max(len(images), 1))
        self._xp = backend.xp
        self._block = backend.xp.ones((self.block_rows, PIXELS + 1), dtype)

    def __len__(self) -> int:
        return len(self.bits)

    def block(self, begin: int, end: int) -> Array:
        """X (n, 577) of the images from `begin` to `end`, at most `block_rows` of them."""
        X = self._block[: end - begin]
        X[:, :PIXELS] = self._xp.unpackbits(self.bits[begin:end].reshape(-1)).reshape(-1, PIXELS)
        return X
