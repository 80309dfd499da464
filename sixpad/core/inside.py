"""Inside a deeper network: its stages, and what their units make of one drawing.

A stage is what a person counts as a layer: kernels with their pooling and ReLU, neurons with their
ReLU, and at last the ten that answer. A unit is one of its neurons, or one kernel with its map.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sixpad.core.answer import DIGITS
from sixpad.core.evidence import Question
from sixpad.core.grid import SIDE, Region
from sixpad.core.layers import Convolution, Shape
from sixpad.core.network import Network, Parameters


@dataclass(frozen=True)
class Stage:
    """The layers from one with parameters to the next, under the name of its parameters.

    `begin` and `end` say which of the network's layers it is. One image comes in the shape
    `inputs`, and goes on as `outputs`: (units,) of neurons, (height, width, units) of pooled maps.
    `side` is that of its kernels, 0 of neurons.
    """

    name: str
    begin: int
    end: int
    inputs: Shape
    outputs: Shape
    parameters: int
    side: int

    @property
    def units(self) -> int:
        """The number of its neurons or maps."""
        return self.outputs[-1]

    @property
    def maps(self) -> bool:
        """Whether its units are kernels, each with a map."""
        return self.side > 0

    @property
    def places(self) -> Shape:
        """Rows and columns of a map before it is pooled."""
        height, width, _ = self.outputs
        return 2 * height, 2 * width

    @property
    def sees_pixels(self) -> bool:
        """Whether the pixels themselves are what comes in."""
        return self.begin == 0


@cache
def stages(network: Network) -> tuple[Stage, ...]:
    """The stages of a network, in the order in which an image goes through them."""
    layers = network.layers
    begins = [place for place, layer in enumerate(layers) if layer.shapes()]
    found = []
    for begin, end in zip(begins, [*begins[1:], len(layers)], strict=True):
        layer = layers[begin]
        size = sum(map(prod, layer.shapes().values()))
        side = layer.side if isinstance(layer, Convolution) else 0
        outputs = layers[end - 1].outputs
        found.append(Stage(layer.name, begin, end, layer.inputs, outputs, size, side))
    return tuple(found)


@dataclass(frozen=True, eq=False)
class Activity:
    """What the units of a stage make of one drawing.

    `outputs` has the shape of the stage's; of the last stage it is z. `unpooled` (rows, columns,
    units) are its maps before the pooling, after ReLU, and None of neurons. `shares` (units,) is
    what each unit says in the answer to the question: output × slope, added up over a map, where
    the slope is what the output would change in z.
    """

    outputs: NDArray[Any]
    unpooled: NDArray[Any] | None
    shares: NDArray[Any]

    @property
    def peaks(self) -> NDArray[Any]:
        """How strongly each unit is excited (units,): of a map, its strongest cell."""
        return np.asarray(peaks(self.outputs[None])[0])


def peaks(outputs: NDArray[Any]) -> NDArray[Any]:
    """The strongest output of each unit (N, units), for outputs (N, …, units)."""
    return outputs if outputs.ndim == 2 else outputs.max(axis=(1, 2))


def activity(
    network: Network, parameters: Parameters, X: NDArray[Any], question: Question
) -> tuple[Activity, ...]:
    """What each stage makes of the row vector X (576,), under a network's parameters.

    As ReLU and pooling only choose, the shares of a stage and what all biases after it come to add
    up to z ("gradient × input", here from within; Shrikumar and others, 2016, arXiv:1605.01713).
    """
    theta = network.flat(parameters)
    asked = question.asked(theta.dtype)
    given, slopes = network.trace(theta, X[None].astype(theta.dtype), asked)
    found = []
    for stage in stages(network):
        outputs = given[stage.end].reshape(stage.outputs)
        said = slopes[stage.end].reshape(stage.outputs) * outputs
        shares = said.sum(axis=(0, 1)) if stage.maps else said
        unpooled = _untiled(np.maximum(given[stage.begin + 1][0], 0)) if stage.maps else None
        found.append(Activity(outputs, unpooled, shares))
    return tuple(found)


def spoken_for(
    network: Network, parameters: Parameters, X: NDArray[Any], stage: Stage, unit: int
) -> NDArray[Any]:
    """What one unit of a stage says for each of the ten digits (10,), at the drawing X (576,).

    Of a neuron it is what its activation would change in each z: of the last hidden ones, their
    weights to the ten. Of a map it is its share in each z.
    """
    if stage == stages(network)[-2] and not stage.maps:
        return np.asarray(parameters["output.weights"][unit])
    theta = network.flat(parameters)
    rows = np.repeat(X[None].astype(theta.dtype), DIGITS, axis=0)
    given, slopes = network.trace(theta, rows, np.eye(DIGITS, dtype=theta.dtype))
    slope = slopes[stage.end].reshape(DIGITS, *stage.outputs)[..., unit]
    if stage.maps:
        slope = (slope * given[stage.end][..., unit]).sum(axis=(1, 2))
    return np.asarray(slope)


def _untiled(tiles: NDArray[Any]) -> NDArray[Any]:
    """Maps (rows, columns, count) from tiles of 2×2 neighbours (height, width, 4, count)."""
    height, width, _, units = tiles.shape
    split = tiles.reshape(height, width, 2, 2, units)
    return split.transpose(0, 2, 1, 3, 4).reshape(2 * height, 2 * width, units)


def pictures(
    network: Network, parameters: Parameters, X: NDArray[Any], stage: Stage, units: NDArray[Any]
) -> NDArray[Any]:
    """What each pixel would change in the sums of some neurons of a stage, (n, 24, 24).

    Of neurons that see the pixels that is their weights, whatever is drawn. Of those behind other
    layers it is the derivative at the drawing X (576,), before their own ReLU: so it is there of
    silent ones too.
    """
    W = np.asarray(parameters[f"{stage.name}.weights"])[:, units].T
    if stage.sees_pixels:
        return np.ascontiguousarray(W).reshape(-1, SIDE, SIDE)
    theta = network.flat(parameters)
    rows = np.repeat(X[None].astype(theta.dtype), len(W), axis=0)
    _, slopes = network.trace(theta, rows, W, stage.begin)
    return np.asarray(slopes[0]).reshape(-1, SIDE, SIDE)


def kernels(parameters: Parameters, stage: Stage) -> NDArray[Any]:
    """The kernels of a stage as small pictures, (units, channels, side, side)."""
    return np.asarray(parameters[f"{stage.name}.weights"].transpose(3, 2, 0, 1))


def receptive_field(
    network: Network, stage: Stage, row: int, column: int, *, pooled: bool
) -> Region:
    """The patch of the image that one cell of a map looks at, before or after the pooling.

    A kernel sees `side` cells of what comes in, and a pooled cell the 2×2 that it was chosen from;
    so a cell sees more and more of the image from stage to stage.
    """
    top, left, bottom, right = row, column, row + 1, column + 1
    for each in reversed([s for s in stages(network) if s.begin <= stage.begin]):
        scale = 2 if pooled or each is not stage else 1
        top, left, bottom, right = (scale * edge for edge in (top, left, bottom, right))
        bottom, right = bottom + each.side - 1, right + each.side - 1
    return Region(top, left, bottom, right)


class Exciting(NamedTuple):
    """Of each unit the images that excite it most, the most exciting first.

    `places` (units, k) says which they are, and `activations` (units, k) how strongly.
    """

    places: NDArray[np.intp]
    activations: NDArray[Any]


def most_exciting(
    network: Network,
    parameters: Parameters,
    images: NDArray[np.uint8],
    stage: Stage,
    k: int,
    look: Callable[[], None] = lambda: None,
) -> Exciting:
    """The `k` of the images (N, 576) that excite each unit of a stage most, or all N of fewer.

    They are worked through in blocks; `look` is called before each and may raise.
    """
    theta, rows = network.flat(parameters), network.block_rows
    best = np.empty((stage.units, 0), theta.dtype)
    places = np.empty((stage.units, 0), np.intp)
    for begin in range(0, len(images), rows):
        look()
        found = peaks(_outputs(network, theta, images[begin : begin + rows], stage)).T
        at = np.broadcast_to(np.arange(begin, begin + found.shape[1]), found.shape)
        best = np.concatenate([best, found], axis=1)
        places = np.concatenate([places, at], axis=1)
        if best.shape[1] > k:
            chosen = np.argpartition(-best, k - 1, axis=1)[:, :k]
            best = np.take_along_axis(best, chosen, 1)
            places = np.take_along_axis(places, chosen, 1)
    # Of equals the first comes first.
    order = np.lexsort((places, -best), axis=1)
    return Exciting(np.take_along_axis(places, order, 1), np.take_along_axis(best, order, 1))


def strongest_cells(
    network: Network, parameters: Parameters, images: NDArray[np.uint8], stage: Stage, unit: int
) -> list[tuple[int, int]]:
    """Row and column of the strongest cell of a unit's pooled map, for each image (N, 576)."""
    outputs = _outputs(network, network.flat(parameters), images, stage)[..., unit]
    flat = outputs.reshape(len(images), -1).argmax(axis=1)
    return [divmod(int(place), stage.outputs[1]) for place in flat]


def _outputs(
    network: Network, theta: NDArray[Any], images: NDArray[np.uint8], stage: Stage
) -> NDArray[Any]:
    """What a stage makes of images (N, 576) of bytes, (N, …, units)."""
    return np.asarray(network.forward(theta, images.astype(theta.dtype), stage.end))
