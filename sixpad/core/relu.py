"""The layer that makes of several layers more than one: only what is positive goes on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sixpad.core.answer import Array
from sixpad.core.layer import Shape


@dataclass(frozen=True)
class ReLU:
    """Only what is positive goes on: Y = max(X, 0), number by number (Nair and Hinton, 2010).

    Backward, ∂L/∂X is ∂L/∂Y where Y is positive, and 0 elsewhere.
    """

    name: str
    inputs: Shape

    @property
    def outputs(self) -> Shape:
        """The same as the inputs."""
        return self.inputs

    @property
    def work(self) -> int:
        """It only compares."""
        return 0

    def shapes(self) -> dict[str, Shape]:
        """It has no parameters."""
        return {}

    def forward(self, _theta: Array, X: Array) -> tuple[Array, Array]:
        """Y, of the shape of X."""
        Y = np.maximum(X, 0)
        return Y, Y

    def backward(self, _theta: Array, kept: Array, dY: Array, _wanted: bool) -> tuple[Array, None]:
        """∂L/∂X."""
        return dY.reshape(kept.shape) * (kept > 0), None
