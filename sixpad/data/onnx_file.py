"""A network as ONNX, for other programs: a graph of standard operators from an image to P.

Its input `image` has two dimensions of any length: (N, 576), N images as row vectors, or (24, 24),
a single image as it is; ink is 1 and paper 0. Its output `probabilities` is (N, 1) of a single
neuron, and (N, 10) of the others. What is done to an image before the network sees it is no part of
the graph: its documentation says it. (https://onnx.ai/onnx/repo-docs/IR.html)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sixpad import __version__
from sixpad.core.grid import FITTED_SIDE, PIXELS, SIDE
from sixpad.core.layers import Convolution, Dense, Layer, MaxPool
from sixpad.core.preparation import Preparation
from sixpad.core.sizes import sizes_text
from sixpad.data.files import write_atomically
from sixpad.data.model_header import Model
from sixpad.errors import SixpadError

if TYPE_CHECKING:
    from onnx import NodeProto

INPUT, OUTPUT = "image", "probabilities"
# Old enough for every runtime of the last years, and young enough for Softmax over one axis.
_OPSET, _IR_VERSION = 13, 8
_TILE = [2, 2]

_PREPARED = {
    Preparation.AS_DRAWN: "as it was drawn, scaled to fill the 24 by 24 pixels",
    Preparation.FITTED: f"scaled so that its ink's longer side is {FITTED_SIDE} pixels, and moved "
    "so that the ink's centre of mass is in the middle",
    Preparation.DESKEWED: "set upright (each row moved sideways until x and y of the ink are not "
    f"correlated), then scaled so that its ink's longer side is {FITTED_SIDE} pixels, and moved so "
    "that the ink's centre of mass is in the middle",
}


def write_onnx(path: Path, model: Model) -> None:
    """Write `model` as an ONNX file, at once and whole.

    Raises SixpadError where the package onnx is missing, or the file cannot be written.
    """
    write_atomically(path, encode_onnx(model))


def encode_onnx(model: Model) -> bytes:
    """The bytes of the file that `write_onnx` writes."""
    try:
        from onnx import TensorProto, helper, numpy_helper
    except ImportError as error:
        raise SixpadError(
            "Writing ONNX needs the package onnx, which is not installed; "
            "in the folder of sixpad run: pip install '.[onnx]'"
        ) from error
    network = model.network
    graph = helper.make_graph(
        list(_nodes(model)),
        "sixpad",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["rows", "columns"])],
        [helper.make_tensor_value_info(
            OUTPUT, TensorProto.FLOAT, ["images", network.answer.outputs]
        )],
        [numpy_helper.from_array(array, name) for name, array in _constants(model).items()],
        doc_string=_documentation(model),
    )  # fmt: skip
    made = helper.make_model(
        graph,
        producer_name="sixpad",
        producer_version=__version__,
        ir_version=_IR_VERSION,
        opset_imports=[helper.make_opsetid("", _OPSET)],
        doc_string=_documentation(model),
    )
    helper.set_model_props(made, _properties(model))
    content: bytes = made.SerializeToString()
    return content


def _nodes(model: Model) -> Iterator[NodeProto]:
    """The operators, layer by layer."""
    from onnx.helper import make_node

    network = model.network
    first, *_ = network.layers
    yield make_node("Reshape", [INPUT, "shape"], [f"{first.name}.input"], name="shaped")
    values, shape = f"{first.name}.input", first.inputs
    for layer in network.layers:
        if isinstance(layer, Dense) and len(shape) == 3:
            # Maps are (channels, height, width) here, and in sixpad (height, width, channels).
            last, flat = f"{layer.name}.channels-last", f"{layer.name}.input"
            yield make_node("Transpose", [values], [last], name=last, perm=[0, 2, 3, 1])
            yield make_node("Flatten", [last], [flat], name=flat)
            values = flat
        yield _node(layer, values)
        values, shape = layer.name, layer.outputs
    if network.digit is None:
        yield make_node("Softmax", [values], [OUTPUT], name="answer", axis=1)
    else:
        yield make_node("Sigmoid", [values], [OUTPUT], name="answer")


def _node(layer: Layer, values: str) -> NodeProto:
    """The operator that does what a layer does to these values."""
    from onnx.helper import make_node

    given: list[str] = [values, *layer.shapes()]
    options: dict[str, Any] = {}
    if isinstance(layer, Convolution):
        kind, options = "Conv", {"kernel_shape": [layer.side, layer.side]}
    elif isinstance(layer, MaxPool):
        kind, options = "MaxPool", {"kernel_shape": _TILE, "strides": _TILE}
    else:
        kind = "Gemm" if isinstance(layer, Dense) else "Relu"
    return make_node(kind, given, [layer.name], name=layer.name, **options)


def _constants(model: Model) -> dict[str, np.ndarray[Any, Any]]:
    """The parameters as the operators want them, and the shape of what the first layer is given."""
    first, *_ = model.network.layers
    convolves = isinstance(first, Convolution)
    shape = [-1, 1, SIDE, SIDE] if convolves else [-1, PIXELS]
    constants = {"shape": np.array(shape, np.int64)}
    for name, array in model.snapshot.parameters.items():
        # Kernels are (count, channels, rows, columns) here.
        kernels = array.ndim == 4
        constants[name] = np.ascontiguousarray(array.transpose(3, 2, 0, 1) if kernels else array)
    return constants


def _documentation(model: Model) -> str:
    """What a user must know to use it."""
    digit = model.network.digit
    what = "each digit, 0 to 9" if digit is None else f"the digit {digit}"
    return (
        f"{model.network.title.capitalize()}, trained with sixpad to read handwritten digits. "
        f"The input is (N, {PIXELS}), N images of {SIDE} by {SIDE} pixels row by row, or a single "
        f"image ({SIDE}, {SIDE}); ink is 1 and paper 0. Each image must first be prepared as those "
        f"were that the network learned from: {_PREPARED[model.preparation]}. "
        f"The output is the probability of {what}, one row for each image."
    )


def _properties(model: Model) -> dict[str, str]:
    """What a program may ask for by name."""
    network = model.network
    return {
        "model": network.model,
        "layers": sizes_text(network.sizes),
        "digit": "" if network.digit is None else str(network.digit),
        "preparation": model.preparation.value,
        "learned_from": model.source.name,
    }
