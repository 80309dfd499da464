"""The network: its layers, what it answers, its loss and the gradient of that loss, by hand.

Parameters are plain data, a dictionary of arrays by name; the network is only functions of them.
The same code runs on NumPy and on CuPy arrays, in the precision of the parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sixpad.core.answer import DIGITS, Answer, Array, OneDigit, TenDigits
from sixpad.core.distortion import StepDistortion
from sixpad.core.grid import PIXELS
from sixpad.core.layers import Layer, ReLU, Shape, he, layers_of
from sixpad.core.sizes import (
    CONV,
    DEFAULT_SIZES,
    HIDDEN,
    MODELS,
    MOST_PARAMETERS,
    ONE,
    TEN,
    Sizes,
    check_sizes,
    sizes_text,
)
from sixpad.errors import SixpadError

__all__ = ["CONV", "HIDDEN", "MODELS", "NETWORKS", "ONE", "TEN", "Network", "network_of"]

Parameters = dict[str, Array]

# Rows of images that are worked on at a time: their floats stay in a core's own cache.
BLOCK_ROWS = 512
# A product of up to a million multiplications OpenBLAS does on AVX-512 without copying it first.
_SMALL_PRODUCT = 10**6
# How many numbers the layers of a deeper network may hold of a block: they stay in the cache too.
_BLOCK_NUMBERS = 1 << 20


@dataclass(frozen=True)
class Network:
    """Layers from the 576 pixels to numbers z, and what they answer together.

    The model "one" is a single neuron that says whether it sees its `digit`: P = σ(X·W + b). The
    model "ten" has a neuron for each digit, and `digit` None: P = softmax(X·W + b). "hidden" and
    "conv" put layers of `sizes` before the ten: neurons with ReLU, and kernels with pooling and
    ReLU before those. Numbers z and answers P have the shape (N,) of the one and (N, 10) of the
    others. Raises SixpadError for another model, digit or size.
    """

    digit: int | None = 6
    model: str = ONE
    sizes: Sizes = ()

    def __post_init__(self) -> None:
        check_sizes(self.model, self.sizes)
        if self.model == ONE and self.digit not in range(DIGITS):
            raise SixpadError(f"The digit to look for is one of 0 to 9, not {self.digit}.")
        if self.model != ONE and self.digit is not None:
            raise SixpadError(f"The model “{self.model}” looks for every digit, not for one.")
        if self.size > MOST_PARAMETERS:
            raise SixpadError(
                f"Layers of {sizes_text(self.sizes)} have {self.size:,} weights and biases; "
                f"choose smaller ones, of {MOST_PARAMETERS:,} together at most."
            )

    @property
    def title(self) -> str:
        """What it is, in words."""
        if self.model == ONE:
            return f"one neuron for the {self.digit}"
        sizes = sizes_text(self.sizes, "×")
        words = {TEN: "ten neurons", HIDDEN: f"hidden layers {sizes}", CONV: f"convolution {sizes}"}
        if self.model == HIDDEN and len(self.sizes) == 1:
            return f"a hidden layer of {sizes}"
        return words[self.model]

    @property
    def deep(self) -> bool:
        """Whether there are layers before the last one."""
        return bool(self.sizes)

    @cached_property
    def answer(self) -> Answer:
        """What the numbers of the last layer mean."""
        return TenDigits() if self.digit is None else OneDigit(self.digit)

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """The layers in the order in which an image goes through them."""
        return tuple(layers_of(self.sizes, self.answer.outputs))

    @cached_property
    def parts(self) -> tuple[slice, ...]:
        """Where the parameters of each layer are in the flat vector."""
        ends = [0]
        for layer in self.layers:
            ends.append(ends[-1] + sum(map(prod, layer.shapes().values())))
        return tuple(slice(begin, end) for begin, end in pairwise(ends))

    @cached_property
    def _way(self) -> tuple[tuple[Layer, slice], ...]:
        """The layers on the way forward, each with where its parameters are."""
        return tuple(zip(self.layers, self.parts, strict=True))

    @property
    def size(self) -> int:
        """The number of parameters."""
        return sum(map(prod, self.shapes().values()))

    @cached_property
    def work(self) -> int:
        """The multiplications that one image takes on its way forward."""
        return sum(layer.work for layer in self.layers)

    @property
    def effort(self) -> int:
        """How many times the work of ten neurons an image takes, 1 at least."""
        return max(self.work // (PIXELS * DIGITS), 1)

    def shapes(self) -> dict[str, Shape]:
        """The shape of each parameter, by name, in the order of the flat vector."""
        return {name: shape for layer in self.layers for name, shape in layer.shapes().items()}

    def initial_parameters(self, dtype: Any = np.float32, seed: int = 0) -> Parameters:
        """Before any training: the last layer zero, and the weights of those before it by chance.

        So all answers are as probable. A hidden neuron of which all weights are zero would stay as
        all others are; where it begins, the `seed` says.
        """
        if not self.deep:
            # The first paint need not wait for NumPy's random numbers to be imported.
            return {name: np.zeros(shape, dtype) for name, shape in self.shapes().items()}
        generator = np.random.default_rng((seed, 2))
        last = self.layers[-1].shapes()
        return {
            name: he(shape, generator, dtype)
            if name.endswith(".weights") and name not in last
            else np.zeros(shape, dtype)
            for name, shape in self.shapes().items()
        }

    def views(self, theta: Array) -> Parameters:
        """The parameters by name, as views into the flat vector θ (P,) that holds them in order."""
        views, begin = {}, 0
        for name, shape in self.shapes().items():
            end = begin + prod(shape)
            views[name] = theta[begin:end].reshape(shape)
            begin = end
        return views

    def flat(self, parameters: Parameters) -> Array:
        """The flat vector θ (P,) of parameters by name."""
        return np.concatenate([parameters[name].reshape(-1) for name in self.shapes()])

    @cached_property
    def block_rows(self) -> int:
        """How many images are best worked on at a time."""
        if self.deep:
            each = PIXELS + sum(prod(layer.outputs) for layer in self.layers)
            rows = _BLOCK_NUMBERS // each
        else:
            rows = _SMALL_PRODUCT // self.size
        return min(1 << max(rows, 1).bit_length() - 1, BLOCK_ROWS)

    def targets(self, labels: Array) -> Array:
        """The ground truth as booleans, (N,) or (N, 10), for labels (N,) from 0 to 9."""
        return self.answer.targets(labels)

    def forward(self, theta: Array, X: Array, end: int | None = None) -> Array:
        """z for X (N, 576), or X (N, 577) with ones in its last column, in the precision of θ.

        With `end` it is what the first so many layers make of X.
        """
        # Weights that have diverged are looked at too.
        with np.errstate(over="ignore", invalid="ignore"):
            for layer, part in self._way[:end]:
                X, _ = layer.forward(theta[part], X)
        return X

    def logits(self, parameters: Parameters, X: Array) -> Array:
        """z for X (N, 576)."""
        return self.forward(self.flat(parameters), X)

    def logits_in_blocks(
        self, parameters: Parameters, images: NDArray[np.uint8],
        look: Callable[[], None] | None = None,
    ) -> NDArray[Any]:  # fmt: skip
        """z of images (N, 576) of bytes, widened block by block.

        `look` is called before each block; what it raises gives the work up.
        """
        theta, rows, found = self.flat(parameters), self.block_rows, []
        for begin in range(0, max(len(images), 1), rows):
            if look:
                look()
            found.append(self.forward(theta, images[begin : begin + rows].astype(theta.dtype)))
        return np.concatenate(found)

    def predict(self, parameters: Parameters, X: Array) -> Array:
        """P, the probabilities, for X (N, 576)."""
        return self.answer.probabilities(self.logits(parameters, X))

    def answer_and_gradient(
        self, theta: Array, X: Array, t: Array, loss: str, distortion: StepDistortion | None = None
    ) -> tuple[Array, Array]:
        """z of a block, and the flat gradient of the sum of its losses.

        X (N, 577) is in the precision of θ (P,) and has ones in its last column; t is what
        `targets` gives. A `distortion` leaves out hidden neurons.
        """
        met: list[Any] = []
        z = X
        for layer, part in self._way:
            z, kept = layer.forward(theta[part], z)
            dropped = None
            if distortion is not None and isinstance(layer, ReLU) and len(layer.outputs) == 1:
                dropped = distortion.drop(z)
            met.append((layer, part, kept, dropped))
        dY, gradient, first = self.answer.slopes(z, t, loss), [], self.layers[0]
        for layer, part, kept, dropped in reversed(met):
            if dropped is not None:
                dY *= dropped
            dY, own = layer.backward(theta[part], kept, dY, layer is not first)
            if own is not None:
                gradient.append(own)
        return z, gradient[0] if len(gradient) == 1 else np.concatenate(gradient[::-1])

    def trace(
        self, theta: Array, X: Array, dz: Array, end: int | None = None
    ) -> tuple[list[Array], list[Array]]:
        """What each layer is given for X (N, 576), and last z; and the derivatives of Σ dz·z by it.

        Of the first layer that is X itself. `dz` has the shape of z. With `end` z is what the first
        so many layers make of X.
        """
        given, met = [X], []
        slopes = [dz]
        with np.errstate(over="ignore", invalid="ignore"):
            for layer, part in self._way[:end]:
                Y, kept = layer.forward(theta[part], given[-1])
                given.append(Y)
                met.append((layer, part, kept))
            for layer, part, kept in reversed(met):
                dX, _ = layer.backward(theta[part], kept, slopes[-1], True)
                slopes.append(dX)
        return given, slopes[::-1]


NETWORKS = (*(Network(digit) for digit in range(DIGITS)), Network(None, TEN))


# Asked for many times in each move of the pointer.
@cache
def network_of(model: str, digit: int, sizes: Sizes | None = None) -> Network:
    """The network of a model; `digit` says which one a single neuron looks for.

    Where a deeper one is given no `sizes`, it has those of DEFAULT_SIZES.
    """
    sizes = DEFAULT_SIZES.get(model, ()) if sizes is None else sizes
    return Network(digit if model == ONE else None, model, sizes)
