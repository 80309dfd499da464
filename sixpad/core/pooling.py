"""The layer that keeps the largest of neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sixpad.core.answer import Array
from sixpad.core.layer import Shape


@dataclass(frozen=True)
class MaxPool:
    """Of each tile of 2×2 neighbours the largest goes on: Y = max over the tile, map by map.

    Where exactly a pattern was found matters less than that it was. Backward, ∂L/∂Y goes to that
    place of the tile, to the first of equals, and the others get 0.
    """

    name: str
    inputs: Shape

    @property
    def outputs(self) -> Shape:
        """The shape of one image's maps."""
        height, width, _, count = self.inputs
        return (height, width, count)

    @property
    def work(self) -> int:
        """It only compares."""
        return 0

    def shapes(self) -> dict[str, Shape]:
        """It has no parameters."""
        return {}

    def forward(self, _theta: Array, X: Array) -> tuple[Array, Any]:
        """Y (N, height, width, count) for X (N, height, width, 4, count)."""
        Y = X.max(axis=3)
        return Y, (X, Y)

    def backward(self, _theta: Array, kept: Any, dY: Array, _wanted: bool) -> tuple[Array, None]:
        """∂L/∂X."""
        X, Y = kept
        dY = dY.reshape(Y.shape)
        dX = np.empty_like(X)
        left = dY.copy(order="F")
        for place in range(3):
            np.multiply(left, X[:, :, :, place] == Y, out=dX[:, :, :, place])
            left -= dX[:, :, :, place]
        dX[:, :, :, 3] = left
        return dX, None
