"""The weights of a network as a picture: a sheet of heatmaps, orange for and blue against.

A single neuron has one heatmap of 24×24 weights, and ten neurons have ten, 0 to 4 and 5 to 9. Of
hidden layers each neuron of the first has one: the weights that the pixels have for it. Of
convolution each kernel has one, layer under layer; where a kernel looks at several maps, the row of
a heatmap says at which of them, and the column of which kernel it is.
"""

from __future__ import annotations

import io
from math import ceil, sqrt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sixpad.core.grid import SIDE
from sixpad.core.heat import heat
from sixpad.core.layers import Convolution
from sixpad.core.network import Network, Parameters
from sixpad.data.files import write_atomically
from sixpad.data.model_header import Model

_WIDTH = 1600
_LARGEST_CELL, _SMALLEST_CELL = 32, 2
_PAPER = 0xFFFFFFFF
# Between heatmaps small and large, between layers and around it all, in pixels.
_SMALLEST_GAP, _LARGEST_GAP, _APART, _MARGIN = 4, 12, 32, 16

Colors = NDArray[np.uint32]


def write_weights_picture(path: Path, model: Model) -> None:
    """Write the sheet as a PNG, at once and whole; raises SixpadError where that fails."""
    write_atomically(path, encode_weights_picture(model))


def encode_weights_picture(model: Model) -> bytes:
    """The bytes of the PNG that `write_weights_picture` writes."""
    sheet = weights_sheet(model.network, model.snapshot.parameters)
    colors = np.pad(sheet, _MARGIN, constant_values=_PAPER)
    rgb = np.stack([colors >> shift & 0xFF for shift in (16, 8, 0)], axis=-1).astype(np.uint8)
    words = PngInfo()
    words.add_itxt("Title", f"The weights of {model.network.title}")
    words.add_text(
        "Description", "Orange is for, blue is against; full colour is the largest of a layer."
    )
    words.add_text("Software", "sixpad")
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, format="PNG", pnginfo=words)
    return file.getvalue()


def weights_sheet(network: Network, parameters: Parameters, width: int = _WIDTH) -> Colors:
    """The sheet as 0xFFRRGGBB (height, width); about so wide, where there are many heatmaps.

    All heatmaps of a layer have one scale: the largest of its weights has the full colour.
    """
    layers = [_sheet(heatmaps, width) for heatmaps in _heatmaps(network, parameters)]
    widest = max(layer.shape[1] for layer in layers)
    rows: list[Colors] = []
    for layer in layers:
        more = widest - layer.shape[1]
        rows.append(np.pad(layer, ((0, _APART), (0, more)), constant_values=_PAPER))
    return np.concatenate(rows)[:-_APART]


def _heatmaps(network: Network, parameters: Parameters) -> list[NDArray[Any]]:
    """The weights of each layer that is shown, (rows, columns, height, width) of heatmaps."""
    kernels = [layer for layer in network.layers if isinstance(layer, Convolution)]
    if kernels:
        shown = [parameters[f"{layer.name}.weights"].transpose(2, 3, 0, 1) for layer in kernels]
        # The first ones look at the image alone.
        return [_in_rows(shown[0][0]), *shown[1:]]
    W = parameters[f"{network.layers[0].name}.weights"]
    return [_in_rows(W.T.reshape(-1, SIDE, SIDE))]


def _in_rows(heatmaps: NDArray[Any]) -> NDArray[Any]:
    """Heatmaps (n, height, width) in rows, twice as many side by side as under each other.

    Where they do not fill the last row it ends in NaN.
    """
    count = len(heatmaps)
    columns = ceil(sqrt(2 * count)) if count > 1 else 1
    # Where they fill rows of about that length, they do.
    columns = next((c for c in range(columns, 2 * columns) if count % c == 0), columns)
    columns = 5 if count == 10 else min(columns, count)
    rows = ceil(count / columns)
    filled = np.full((rows * columns, *heatmaps.shape[1:]), np.nan, heatmaps.dtype)
    filled[:count] = heatmaps
    return filled.reshape(rows, columns, *heatmaps.shape[1:])


def _sheet(heatmaps: NDArray[Any], width: int) -> Colors:
    """Heatmaps (rows, columns, height, width) painted with gaps, in cells of whole pixels."""
    rows, columns, high, wide = heatmaps.shape
    cell = min(max((width // columns - _SMALLEST_GAP) // wide, _SMALLEST_CELL), _LARGEST_CELL)
    gap = min(max(wide * cell // SIDE, _SMALLEST_GAP), _LARGEST_GAP)
    colors = heat(np.nan_to_num(heatmaps), float(np.nanmax(np.abs(heatmaps))))
    colors[np.isnan(heatmaps)] = _PAPER
    large = colors.repeat(cell, axis=2).repeat(cell, axis=3)
    spaced = np.pad(large, ((0, 0), (0, 0), (0, gap), (0, gap)), constant_values=_PAPER)
    sheet: Colors = spaced.transpose(0, 2, 1, 3).reshape(
        rows * (high * cell + gap), columns * (wide * cell + gap)
    )
    return sheet[:-gap, :-gap]
