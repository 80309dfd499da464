"""The layers of a network, each a forward and a backward by hand.

A layer goes from an array X, one image a row, to an array Y, and back from ∂L/∂Y to ∂L/∂X and to
the gradient of its own parameters (the chain rule; Rumelhart, Hinton and Williams, 1986). Its
parameters are one flat vector θ: its weights and then its bias. Images and maps have the shape
(N, height, width, channels). The same code runs on NumPy and on CuPy arrays, in the precision of
θ.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod, sqrt
from typing import Any, Protocol

import numpy as np

from sixpad.core.answer import Array

Shape = tuple[int, ...]


class Layer(Protocol):
    """One step of a network from numbers to numbers.

    `inputs` and `outputs` are the shapes of one image on either side. `forward` gives Y and what
    `backward` wants to see again; `backward` gives ∂L/∂X, or None where it is not `wanted`, and
    ∂L/∂θ, summed over the batch, flat.
    """

    @property
    def name(self) -> str: ...
    @property
    def inputs(self) -> Shape: ...
    @property
    def outputs(self) -> Shape: ...
    @property
    def work(self) -> int:
        """The multiplications that one image takes on its way forward."""
        ...

    def shapes(self) -> dict[str, Shape]:
        """The shape of each parameter, by name, in the order of θ."""
        ...

    def forward(self, theta: Array, X: Array) -> tuple[Array, Any]: ...
    def backward(
        self, theta: Array, kept: Any, dY: Array, wanted: bool
    ) -> tuple[Array | None, Array | None]: ...


@dataclass(frozen=True)
class Dense:
    """A layer of neurons that each see every input: Y = X·W + b, with Y (N, neurons).

    Its parameters are named `NAME.weights`, W (width, neurons), and `NAME.bias`, b (neurons,). The
    bias is the weight of an input that is always 1: with such a column added to X, and b to W as
    its last row, it is one product, Y = [X 1]·[W; b]. Backward, ∂L/∂W = Xᵀ·∂L/∂Y,
    ∂L/∂b = Σ ∂L/∂Y, and ∂L/∂X = ∂L/∂Y·Wᵀ. A `single` neuron gives Y (N,).
    """

    name: str
    inputs: Shape
    neurons: int
    single: bool = False

    @property
    def width(self) -> int:
        """The number of inputs."""
        return prod(self.inputs)

    @property
    def outputs(self) -> Shape:
        """The shape of one image's answers."""
        return (self.neurons,)

    @property
    def work(self) -> int:
        """One multiplication for each weight."""
        return self.width * self.neurons

    def shapes(self) -> dict[str, Shape]:
        """The shape of each parameter, by name."""
        return {
            f"{self.name}.weights": (self.width, self.neurons),
            f"{self.name}.bias": (self.neurons,),
        }

    def forward(self, theta: Array, X: Array) -> tuple[Array, Array]:
        """Y for X (N, width), or (N, width + 1) with ones in the last column."""
        if X.ndim > 2:
            X = X.reshape(len(X), -1)
        # A product with a vector is quicker than one with a matrix of one column.
        matrix = theta if self.single else theta.reshape(-1, self.neurons)
        if X.shape[1] > self.width:
            return X.dot(matrix), X
        Y = X.dot(matrix[:-1])
        Y += matrix[-1]
        return Y, X

    def backward(
        self, theta: Array, kept: Array, dY: Array, wanted: bool
    ) -> tuple[Array | None, Array]:
        """∂L/∂X (N, width), and ∂L/∂θ."""
        X = kept
        if self.single:
            g = dY.dot(X)
            if X.shape[1] == self.width:
                g = np.append(g, dY.sum())
            return (dY[:, None] * theta[:-1] if wanted else None), g
        if X.shape[1] > self.width:
            g = X.T.dot(dY)
        else:
            g = np.empty_like(theta).reshape(-1, self.neurons)
            np.dot(X.T, dY, out=g[:-1])
            g[-1] = dY.sum(axis=0)
        dX = dY.dot(theta.reshape(-1, self.neurons)[:-1].T) if wanted else None
        return dX, g.reshape(-1)


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


def he(shape: Shape, generator: np.random.Generator, dtype: Any) -> Array:
    """Weights drawn from N(0, 2/n) for n inputs, so that signals keep their size through ReLU.

    He, Zhang, Ren and Sun, 2015, arXiv:1502.01852.
    """
    inputs = prod(shape[:-1])
    return (generator.standard_normal(shape) * sqrt(2 / inputs)).astype(dtype)
