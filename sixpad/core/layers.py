"""The layers of a network: what kinds there are, and which of them its sizes ask for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from sixpad.core.convolution import Convolution
from sixpad.core.dense import Dense
from sixpad.core.grid import PIXELS, SIDE
from sixpad.core.layer import Layer, Shape, he
from sixpad.core.pooling import MaxPool
from sixpad.core.relu import ReLU
from sixpad.core.sizes import Kernels, Sizes

__all__ = ["Convolution", "Dense", "Layer", "MaxPool", "ReLU", "Shape", "he", "layers_of"]


def layers_of(sizes: Sizes, outputs: int) -> Iterator[Layer]:
    """The layers of these sizes, and the last one, which answers."""
    shape: Shape = (PIXELS,)
    numbers = {"conv": count(1), "hidden": count(1)}
    for size in sizes:
        if isinstance(size, Kernels):
            shape = (SIDE, SIDE, 1) if shape == (PIXELS,) else shape
            name = f"conv{next(numbers['conv'])}"
            layer = Convolution(name, shape, size.side, size.count)
            pool = MaxPool(f"{name}.pool", layer.outputs)
            yield layer
            yield pool
            # The largest of what is positive is what is positive of the largest: after the pooling
            # there is a quarter to do.
            yield ReLU(f"{name}.relu", pool.outputs)
            shape = pool.outputs
        else:
            name = f"hidden{next(numbers['hidden'])}"
            yield Dense(name, shape, size)
            yield ReLU(f"{name}.relu", (size,))
            shape = (size,)
    yield Dense("output", shape, outputs, single=outputs == 1)
