"""The layer of kernels that go over the whole image."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from sixpad.core.answer import Array
from sixpad.core.layer import Shape


@dataclass(frozen=True)
class Convolution:
    """`count` kernels that go over the whole image: Y[r, c] = Σ X[r + i, c + j]·W[i, j] + b.

    The sum is over the rows i and columns j of the kernel and over the channels of X, each of which
    has its own W[i, j] (LeCun and others, 1989). As the same weights serve at every place, a kernel
    finds its pattern wherever it is. Parameters are `NAME.weights`, W (side, side, channels,
    count), and `NAME.bias`, b (count,).

    The maps come in tiles of 2×2 neighbours, Y (N, height, width, 4, count), as pooling wants them:
    a tile sees a patch of side + 1 cells, and its four places are one product of all patches with
    the kernels, put into a matrix at the four places of the tile. That is more multiplications than
    one patch for each place, but far fewer numbers to copy. An odd last row or column is left out.

    In memory the number of the image runs first ("Fortran order"): whatever is done to a cell, is
    done to a row of as many numbers as there are images. So the work is on Xᵀ and Yᵀ.
    """

    name: str
    inputs: Shape
    side: int
    count: int

    @property
    def outputs(self) -> Shape:
        """The shape of one image's maps, in tiles."""
        height, width, _ = self.inputs
        return ((height - self.side + 1) // 2, (width - self.side + 1) // 2, 4, self.count)

    @property
    def work(self) -> int:
        """Those of a patch with the kernels at its four places, for each tile."""
        return prod(self.outputs) * prod(self._patch)

    def shapes(self) -> dict[str, Shape]:
        """The shape of each parameter, by name."""
        return {
            f"{self.name}.weights": (self.side, self.side, self.inputs[2], self.count),
            f"{self.name}.bias": (self.count,),
        }

    def forward(self, theta: Array, X: Array) -> tuple[Array, Array]:
        """Y for X (N, height, width, channels), or such rows, where more columns do not matter."""
        if X.ndim == 2:
            X = X[:, : prod(self.inputs)].reshape(-1, *self.inputs)
        if not X.flags.f_contiguous:
            X = X.copy(order="F")
        patches = self._patches(X)
        Y = self._tiled(theta).T.dot(patches)
        return Y.reshape(*self.outputs[::-1], len(X)).T, patches

    def backward(
        self, theta: Array, kept: Array, dY: Array, wanted: bool
    ) -> tuple[Array | None, Array]:
        """∂L/∂X (N, height, width, channels), and ∂L/∂θ."""
        patches = kept
        columns = dY.T.reshape(4 * self.count, -1)
        g = self._gathered(patches.dot(columns.T))
        dX = self._placed(self._tiled(theta)[:-1].dot(columns), len(dY)) if wanted else None
        return dX, g

    @property
    def _patch(self) -> Shape:
        return (self.side + 1, self.side + 1, self.inputs[2])

    def _patches(self, X: Array) -> Array:
        """The patch under each tile, ((side + 1)²·channels + 1, width·height·N).

        The last row is 1: the bias is the weight of an input that is always there.
        """
        side = self.side + 1
        windows = np.lib.stride_tricks.sliding_window_view(X.T, (side, side), (1, 2))
        view = windows[:, ::2, ::2].transpose(5, 4, 0, 1, 2, 3)
        patches = np.empty_like(X, shape=(prod(self._patch) + 1, prod(view.shape[3:])))
        patches[-1] = 1
        patches[:-1].reshape(view.shape)[...] = view
        return patches

    def _corners(self, tiled: Array) -> list[Array]:
        """The views into a matrix of tiles in which the kernels lie, for each place of a tile."""
        whole = tiled[:-1].reshape(*self._patch, self.count, 4)
        side = self.side
        return [
            whole[row : row + side, column : column + side, ..., 2 * row + column]
            for row in (0, 1)
            for column in (0, 1)
        ]

    def _tiled(self, theta: Array) -> Array:
        """The kernels at the four places of a tile, ((side + 1)²·channels + 1, count·4).

        The last row are their biases.
        """
        W = theta[: -self.count].reshape(self.side, self.side, -1, self.count)
        tiled = np.zeros_like(theta, shape=(prod(self._patch) + 1, 4 * self.count))
        for corner in self._corners(tiled):
            corner[...] = W
        tiled[-1].reshape(-1, 4)[...] = theta[-self.count :, None]
        return tiled

    def _gathered(self, tiled: Array) -> Array:
        """What the four places of the tiles say together of θ: the way back from `_tiled`."""
        W: Array = sum(self._corners(tiled))
        return np.concatenate([W.reshape(-1), tiled[-1].reshape(-1, 4).sum(axis=1)])

    def _placed(self, patches: Array, count: int) -> Array:
        """The sum of patches where they lie in the images: the way back from `_patches`."""
        height, width = self.outputs[:2]
        patches = patches.reshape(*self._patch, width, height, count)
        X = np.zeros_like(patches, shape=(*self.inputs[::-1], count))
        for row in range(self.side + 1):
            for column in range(self.side + 1):
                under = X[:, column : column + 2 * width : 2, row : row + 2 * height : 2]
                under += patches[row, column]
        return X.T
