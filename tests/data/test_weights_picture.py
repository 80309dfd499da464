"""The weights as a picture: each where one looks for it, in the colour of its sign."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from saved_models import CONV, EACH, HIDDEN, ONE, TEN, model

from sixpad.core.heat import NEGATIVE, POSITIVE, ZERO
from sixpad.core.network import Network, Parameters
from sixpad.core.sizes import DEFAULT_SIZES, Kernels
from sixpad.data.weights_picture import (
    encode_weights_picture,
    weights_sheet,
    write_weights_picture,
)
from sixpad.errors import SixpadError

MARGIN, GAP = 16, 4
WIDE_GAP = 12
WHITE = "#FFFFFF"


def zeros(network: Network) -> Parameters:
    return {name: np.zeros(shape, np.float32) for name, shape in network.shapes().items()}


def picture(network: Network, parameters: Parameters) -> NDArray[np.uint8]:
    """The rows of dots (height, width, 3) of the PNG."""
    made = model(network=network)
    made = replace(made, snapshot=replace(made.snapshot, parameters=parameters))
    with Image.open(io.BytesIO(encode_weights_picture(made))) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB"))


def dot(dots: NDArray[np.uint8], y: int, x: int) -> str:
    return f"#{bytes(dots[y, x].tolist()).hex().upper()}"


def test_one_neuron_is_one_heatmap() -> None:
    parameters = zeros(ONE)
    W = parameters["output.weights"].reshape(24, 24)
    W[2, 5], W[23, 23] = 0.5, -0.5
    dots = picture(ONE, parameters)
    cell = (dots.shape[1] - 2 * MARGIN) // 24
    assert dots.shape == (2 * MARGIN + 24 * cell, 2 * MARGIN + 24 * cell, 3)
    assert dot(dots, 0, 0) == WHITE
    assert dot(dots, MARGIN, MARGIN) == ZERO
    assert dot(dots, MARGIN + 2 * cell, MARGIN + 5 * cell) == POSITIVE
    assert dot(dots, MARGIN + 3 * cell - 1, MARGIN + 6 * cell - 1) == POSITIVE
    assert dot(dots, MARGIN + 3 * cell, MARGIN + 6 * cell) == ZERO
    assert dot(dots, -MARGIN - 1, -MARGIN - 1) == NEGATIVE


def test_ten_neurons_are_ten_of_one_scale() -> None:
    parameters = zeros(TEN)
    parameters["output.weights"][:, 7] = -1.0
    parameters["output.weights"][:, 2] = 1.0
    parameters["output.weights"][:, 3] = 0.5
    dots = picture(TEN, parameters)
    side = (dots.shape[1] - 2 * MARGIN - 4 * WIDE_GAP) // 5
    assert side % 24 == 0
    assert dots.shape[0] == 2 * MARGIN + 2 * side + WIDE_GAP
    first = MARGIN + side // 2
    middles = [
        dot(dots, first + row * (side + WIDE_GAP), first + column * (side + WIDE_GAP))
        for row in (0, 1)
        for column in range(5)
    ]
    assert [middles[digit] for digit in (0, 2, 7, 9)] == [ZERO, POSITIVE, NEGATIVE, ZERO]
    assert middles[3] not in (ZERO, POSITIVE)
    assert dot(dots, MARGIN, MARGIN + side + 1) == WHITE


def test_of_hidden_layers_each_neuron_of_the_first_is_there() -> None:
    parameters = zeros(HIDDEN)
    parameters["hidden1.weights"][:, 11] = 1.0
    parameters["hidden2.weights"][:] = 9.0
    dots = picture(HIDDEN, parameters)
    assert dot(dots, -MARGIN - 1, -MARGIN - 1) == POSITIVE, "the last of twelve, in two rows of six"
    assert dot(dots, MARGIN, MARGIN) == ZERO


def test_of_convolution_each_kernel_is_there_layer_under_layer() -> None:
    parameters = zeros(CONV)
    parameters["conv1.weights"][0, 0, 0, 0] = 1.0
    parameters["conv2.weights"][2, 2, 2, 1] = -1.0
    dots = picture(CONV, parameters)
    assert dot(dots, MARGIN, MARGIN) == POSITIVE
    rows, columns = np.nonzero((dots == list(bytes.fromhex(NEGATIVE[1:]))).all(axis=2))
    # Kernel 1 of the second layer at map 2: the third row of heatmaps, the second column.
    assert rows.max() == dots.shape[0] - MARGIN - 1
    assert columns.max() - MARGIN + 1 == 2 * 3 * 32 + GAP


@pytest.mark.parametrize(
    ("network", "most"),
    [
        (ONE, 1000),
        (TEN, 1800),
        (Network(None, "hidden", DEFAULT_SIZES["hidden"]), 1800),
        (Network(None, "hidden", (1,)), 1000),
        (Network(None, "hidden", (7,)), 1800),
        (Network(None, "hidden", (2048,)), 4000),
        (Network(None, "conv", DEFAULT_SIZES["conv"]), 1800),
        (Network(None, "conv", (Kernels(1, 1),)), 1000),
        (Network(None, "conv", (Kernels(3, 256), Kernels(3, 256))), 3100),
    ],
)
def test_every_size_of_network_has_a_picture_of_a_sensible_size(
    network: Network, most: int
) -> None:
    sheet = weights_sheet(network, network.initial_parameters(seed=1))
    assert 30 < max(sheet.shape) <= most
    assert (sheet >> 24 == 0xFF).all()


def test_it_is_as_wide_as_there_is_room_for() -> None:
    network = Network(None, "hidden", (128,))
    narrow = weights_sheet(network, network.initial_parameters(seed=1), 500)
    wide = weights_sheet(network, network.initial_parameters(seed=1), 3000)
    assert narrow.shape[1] < wide.shape[1]


@pytest.mark.parametrize("network", EACH.values(), ids=EACH)
def test_the_picture_is_written_whole_or_not_at_all(tmp_path: Path, network: Network) -> None:
    made, path = model(network=network), tmp_path / "weights.png"
    write_weights_picture(path, made)
    with Image.open(path) as image:
        assert made.network.title in image.text["Title"]  # type: ignore[attr-defined]
    with pytest.raises(SixpadError, match="does not exist"):
        write_weights_picture(tmp_path / "no" / "weights.png", made)
