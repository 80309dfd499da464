"""The parameters of a network as a table, CSV: for a spreadsheet, or for any program that reads it.

One row is one input and one column, w0 to wN, is one neuron or kernel; the first columns say which
input it is:

- `layer`: hidden1, conv1 and so on, and output, the last one, of which column w0 is the digit 0
  (or the digit of a single neuron).
- `input`: its number in the layer from 0 on, or `bias`.
- `row` and `column`: of the pixel, of the cell in the kernel, or of the cell in the map, from 0 at
  the top left; empty where inputs are no picture.
- `channel`: which of the maps before it is, from 0; empty where there are none.

Layers stand under each other; a layer of fewer neurons leaves the last columns empty. Numbers have
as many digits as they need to read back, as 32-bit floats, exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

from sixpad.core.grid import SIDE
from sixpad.core.layers import Convolution, Dense, Layer, Shape
from sixpad.core.network import Network
from sixpad.data.files import write_atomically
from sixpad.data.model_header import Model

KEYS = ("layer", "input", "row", "column", "channel")


def write_weights_table(path: Path, model: Model) -> None:
    """Write the table as CSV, at once and whole; raises SixpadError where that fails."""
    write_atomically(path, encode_weights_table(model))


def encode_weights_table(model: Model) -> bytes:
    """The bytes of the CSV that `write_weights_table` writes."""
    return ("\n".join(_lines(model)) + "\n").encode()


def _lines(model: Model) -> Iterator[str]:
    network, parameters = model.network, model.snapshot.parameters
    layers = [layer for layer in network.layers if layer.shapes()]
    most = max(_width(layer) for layer in layers)
    yield ",".join([*KEYS, *(f"w{place}" for place in range(most))])
    for layer in layers:
        empty = "," * (most - _width(layer))
        weights, bias = (parameters[name] for name in layer.shapes())
        rows = weights.reshape(-1, _width(layer))
        for number, (place, values) in enumerate(zip(_places(layer, network), rows, strict=True)):
            # NumPy writes as many digits as tell a number from its neighbours of the same type.
            yield f"{layer.name},{number},{place},{','.join(values.astype(str))}{empty}"
        yield f"{layer.name},bias,,,,{','.join(bias.astype(str))}{empty}"


def _width(layer: Layer) -> int:
    """How many neurons or kernels a layer has."""
    assert isinstance(layer, Dense | Convolution)
    return layer.neurons if isinstance(layer, Dense) else layer.count


def _places(layer: Layer, network: Network) -> Iterator[str]:
    """The row, column and channel of each input of a layer, as the table has them."""
    first = layer is network.layers[0]
    shape: Shape = (SIDE, SIDE) if first else layer.inputs
    if isinstance(layer, Convolution):
        channels = () if first else layer.inputs[2:]
        shape = (layer.side, layer.side, *channels)
    if len(shape) == 1:
        yield from [",,"] * shape[0]
    else:
        for row, column, *channel in product(*map(range, shape)):
            yield f"{row},{column},{channel[0] if channel else ''}"
