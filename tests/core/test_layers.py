"""The layers: what each gives, against sums written out, and its gradients against differences."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sixpad.core.layers import Convolution, Dense, Layer, MaxPool, ReLU, he

Floats = NDArray[np.float64]
SEEDS = pytest.mark.parametrize("seed", range(3))

# Height, width, channels, side, count: with and without a row and a column that are left over.
CONVOLUTIONS = [
    Convolution("c", (6, 6, 1), 3, 2),
    Convolution("c", (7, 6, 2), 3, 3),
    Convolution("c", (6, 7, 3), 2, 4),
    Convolution("c", (5, 5, 1), 4, 1),
    Convolution("c", (4, 6, 2), 1, 2),
]
LAYERS: list[Layer] = [
    Dense("d", (7,), 4),
    Dense("d", (2, 2, 3), 5),
    Dense("d", (7,), 1),
    Dense("d", (7,), 1, single=True),
    ReLU("r", (6,)),
    ReLU("r", (2, 3, 4)),
    MaxPool("p", (2, 3, 4, 5)),
    *CONVOLUTIONS,
]


def size_of(layer: Layer) -> int:
    return sum(int(np.prod(shape)) for shape in layer.shapes().values())


def drawn(layer: Layer, seed: int, count: int = 3) -> tuple[Floats, Floats]:
    """Parameters and inputs by chance; no two numbers alike, none as near 0 as a difference."""
    generator = np.random.default_rng(seed)
    theta, X = generator.normal(size=size_of(layer)), generator.normal(size=(count, *layer.inputs))
    return theta, X + np.sign(X) * 0.01


def differences(value: Any, at: Floats, step: float = 1e-6) -> Floats:
    """The derivative of value() by each number in `at`, which it looks at, by central differences.

    The array is changed in place, and is as it was afterwards.
    """
    slopes = np.empty_like(at)
    for place in np.ndindex(*at.shape):
        middle = at[place]
        at[place] = middle + step
        above = value()
        at[place] = middle - step
        slopes[place] = (above - value()) / (2 * step)
        at[place] = middle
    return slopes


# Gradients


@SEEDS
@pytest.mark.parametrize("layer", LAYERS, ids=repr)
def test_the_gradients_agree_with_finite_differences(layer: Layer, seed: int) -> None:
    theta, X = drawn(layer, seed)
    Y, kept = layer.forward(theta, X)
    dY = np.random.default_rng(seed + 99).normal(size=Y.shape)
    dX, g = layer.backward(theta, kept, dY, True)

    def value() -> float:
        return float((layer.forward(theta, X)[0] * dY).sum())

    assert dX is not None
    np.testing.assert_allclose(dX.reshape(X.shape), differences(value, X), rtol=1e-7, atol=1e-8)
    if layer.shapes():
        assert g is not None
        np.testing.assert_allclose(g, differences(value, theta), rtol=1e-7, atol=1e-8)
    else:
        assert g is None


@pytest.mark.parametrize("layer", LAYERS, ids=repr)
def test_neither_way_changes_what_it_is_given(layer: Layer) -> None:
    theta, X = drawn(layer, 5)
    given = theta.copy(), X.copy()
    Y, kept = layer.forward(theta, X)
    was = Y.copy()
    dY = np.ones_like(Y)
    layer.backward(theta, kept, dY, True)
    np.testing.assert_array_equal(theta, given[0])
    np.testing.assert_array_equal(X, given[1])
    np.testing.assert_array_equal(Y, was)
    assert (dY == 1).all()


@pytest.mark.parametrize("layer", LAYERS, ids=repr)
def test_shapes_and_precision_are_those_it_tells_of(layer: Layer) -> None:
    theta, X = (array.astype(np.float32) for array in drawn(layer, 1))
    Y, kept = layer.forward(theta, X)
    single = isinstance(layer, Dense) and layer.single
    assert Y.shape == ((len(X),) if single else (len(X), *layer.outputs))
    dX, g = layer.backward(theta, kept, np.ones_like(Y), True)
    assert Y.dtype == dX.dtype == np.float32
    assert dX.size == X.size
    if g is not None:
        assert (g.dtype, g.shape) == (np.float32, theta.shape)


@pytest.mark.parametrize(
    "layer", [layer for layer in LAYERS if layer.shapes()], ids=repr
)  # fmt: skip
def test_a_first_layer_is_spared_the_way_back_to_the_pixels(layer: Layer) -> None:
    theta, X = drawn(layer, 2)
    Y, kept = layer.forward(theta, X)
    dX, g = layer.backward(theta, kept, np.ones_like(Y), False)
    assert dX is None
    np.testing.assert_array_equal(g, layer.backward(theta, kept, np.ones_like(Y), True)[1])


# Dense


@pytest.mark.parametrize("single", [False, True])
@SEEDS
def test_a_column_of_ones_changes_nothing(single: bool, seed: int) -> None:
    layer = Dense("d", (7,), 1 if single else 4, single)
    theta, X = drawn(layer, seed)
    Y, kept = layer.forward(theta, X)
    with_ones, kept_ones = layer.forward(theta, np.hstack([X, np.ones((len(X), 1))]))
    np.testing.assert_allclose(with_ones, Y, rtol=1e-13)
    for wanted in (True, False):
        dX, g = layer.backward(theta, kept, Y, wanted)
        dX_ones, g_ones = layer.backward(theta, kept_ones, Y, wanted)
        np.testing.assert_allclose(g_ones, g, rtol=1e-12, atol=1e-13)
        assert (dX_ones is None) == (dX is None) == (not wanted)
        if wanted:
            np.testing.assert_allclose(dX_ones, dX, rtol=1e-13)


def test_dense_is_the_weighted_sum_and_the_bias() -> None:
    layer = Dense("d", (2, 2), 3)
    theta, X = drawn(layer, 4)
    W, b = theta[:-3].reshape(4, 3), theta[-3:]
    Y, _ = layer.forward(theta, X)
    for image, answer in zip(X.reshape(-1, 4), Y, strict=True):
        expected = [sum(image[i] * W[i, j] for i in range(4)) + b[j] for j in range(3)]
        np.testing.assert_allclose(answer, expected)


# ReLU and pooling


def test_relu_lets_only_what_is_positive_through() -> None:
    layer = ReLU("r", (4,))
    Y, kept = layer.forward(np.empty(0), np.array([[-2.0, 0.0, 0.5, 3.0]]))
    assert Y.tolist() == [[0, 0, 0.5, 3]]
    dX, _ = layer.backward(np.empty(0), kept, np.array([[1.0, 2.0, 3.0, 4.0]]), True)
    assert dX.tolist() == [[0, 0, 3, 4]]


@SEEDS
def test_the_largest_of_each_tile_goes_on(seed: int) -> None:
    layer = MaxPool("p", (2, 3, 4, 5))
    _, X = drawn(layer, seed)
    Y, _ = layer.forward(np.empty(0), X)
    np.testing.assert_array_equal(Y, X.max(axis=3))


def test_of_equals_the_first_takes_it_all() -> None:
    layer = MaxPool("p", (1, 1, 4, 3))
    X = np.array([[1, 5, 2], [1, 0, 2], [1, 5, 3], [1, 5, 3]], float).reshape(1, 1, 1, 4, 3)
    Y, kept = layer.forward(np.empty(0), X)
    assert Y.reshape(-1).tolist() == [1, 5, 3]
    dX, _ = layer.backward(np.empty(0), kept, np.array([7.0, 8.0, 9.0]).reshape(Y.shape), True)
    expected = [[7, 8, 0], [0, 0, 0], [0, 0, 9], [0, 0, 0]]
    np.testing.assert_array_equal(dX.reshape(4, 3), expected)


# Convolution


def plain_convolution(layer: Convolution, theta: Floats, X: Floats) -> Floats:
    """The maps of one image (height, width, channels), each cell as the sum it stands for."""
    side, count = layer.side, layer.count
    W = theta[:-count].reshape(side, side, layer.inputs[2], count)
    rows, columns = layer.inputs[0] - side + 1, layer.inputs[1] - side + 1
    maps = np.zeros((rows, columns, count))
    for r, c, k in product(range(rows), range(columns), range(count)):
        for i, j, channel in product(range(side), range(side), range(layer.inputs[2])):
            maps[r, c, k] += X[r + i, c + j, channel] * W[i, j, channel, k]
        maps[r, c, k] += theta[-count + k]
    return maps


@pytest.mark.parametrize("layer", CONVOLUTIONS, ids=repr)
def test_the_maps_are_the_sums_they_stand_for_tile_by_tile(layer: Convolution) -> None:
    theta, X = drawn(layer, 3)
    Y, _ = layer.forward(theta, X)
    height, width, _, _ = layer.outputs
    assert height == (layer.inputs[0] - layer.side + 1) // 2
    assert width == (layer.inputs[1] - layer.side + 1) // 2
    for image, tiles in zip(X, Y, strict=True):
        maps = plain_convolution(layer, theta, image)
        for r, c, down, right in product(range(height), range(width), (0, 1), (0, 1)):
            expected = maps[2 * r + down, 2 * c + right]
            np.testing.assert_allclose(tiles[r, c, 2 * down + right], expected, atol=1e-12)


@pytest.mark.parametrize("layer", CONVOLUTIONS, ids=repr)
def test_rows_of_pixels_give_the_same_maps_and_gradient(layer: Convolution) -> None:
    theta, X = drawn(layer, 6)
    rows = np.hstack([X.reshape(len(X), -1), np.ones((len(X), 1))])
    Y, kept = layer.forward(theta, X)
    same, kept_rows = layer.forward(theta, rows)
    np.testing.assert_array_equal(same, Y)
    np.testing.assert_array_equal(
        layer.backward(theta, kept_rows, Y, False)[1], layer.backward(theta, kept, Y, False)[1]
    )


def test_a_convolution_sees_an_image_whose_memory_is_not_in_order() -> None:
    layer = Convolution("c", (6, 5, 3), 2, 2)
    theta, X = drawn(layer, 7)
    turned = np.ascontiguousarray(X.transpose(3, 2, 1, 0)).transpose(3, 2, 1, 0)
    assert not turned.flags.c_contiguous
    np.testing.assert_array_equal(layer.forward(theta, turned)[0], layer.forward(theta, X)[0])


# Parameters at first


@pytest.mark.parametrize("shape", [(576, 128), (5, 5, 4, 60)])
def test_first_weights_keep_the_size_of_signals(shape: tuple[int, ...]) -> None:
    W = he(shape, np.random.default_rng(1), np.float32)
    assert (W.dtype, W.shape) == (np.float32, shape)
    inputs = int(np.prod(shape[:-1]))
    assert W.std() == pytest.approx((2 / inputs) ** 0.5, rel=0.05)
    assert abs(W.mean()) < 0.1 * W.std()
