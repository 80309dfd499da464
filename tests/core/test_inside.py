"""Inside a network: its stages, what its units make of a drawing, and what each of them sees."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sixpad.core import inside
from sixpad.core.evidence import Question, weigh
from sixpad.core.network import Network, Parameters, network_of
from sixpad.core.sizes import parse_sizes

NETWORKS = [
    network_of("hidden", 6),
    network_of("hidden", 6, parse_sizes("hidden", "30, 20")),
    network_of("conv", 6),
    network_of("conv", 6, parse_sizes("conv", "3x3x5, 4x4x6")),
    network_of("conv", 6, parse_sizes("conv", "4x4x3, 3x3x4, 2x2x5, 12, 11")),
]


def learned(network: Network, seed: int = 1) -> tuple[Parameters, NDArray[np.float32]]:
    """Parameters and biases of both signs, in float64, and an image."""
    rng = np.random.default_rng(seed)
    parameters = {
        name: rng.normal(0, 1 / np.sqrt(np.prod(shape[:-1]) or 1), shape)
        for name, shape in network.shapes().items()
    }
    return parameters, (rng.random(576) < 0.2).astype(np.float32)


def bare(network: Network, parameters: Parameters, after: inside.Stage) -> Parameters:
    """The parameters with no bias behind a stage."""
    names = [stage.name for stage in inside.stages(network) if stage.begin > after.begin]
    return parameters | {
        f"{name}.bias": np.zeros_like(parameters[f"{name}.bias"]) for name in names
    }


def test_the_stages_of_the_default_convolution() -> None:
    conv1, conv2, hidden, output = inside.stages(network_of("conv", 6))
    assert [s.name for s in (conv1, conv2, hidden, output)] == [
        "conv1", "conv2", "hidden1", "output",
    ]  # fmt: skip
    assert (conv1.outputs, conv1.places, conv1.side) == ((10, 10, 12), (20, 20), 5)
    assert (conv2.outputs, conv2.places, conv2.side) == ((4, 4, 24), (8, 8), 3)
    assert [s.parameters for s in (conv1, conv2, hidden, output)] == [312, 2616, 36960, 970]
    assert [s.units for s in (conv1, conv2, hidden, output)] == [12, 24, 96, 10]
    assert [s.maps for s in (conv1, conv2, hidden, output)] == [True, True, False, False]


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.title)
def test_the_stages_hold_all_parameters(network: Network) -> None:
    assert sum(stage.parameters for stage in inside.stages(network)) == network.size


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.title)
@pytest.mark.parametrize("question", [Question(3), Question(3, 8)])
def test_the_shares_of_every_stage_add_up_to_z(network: Network, question: Question) -> None:
    parameters, X = learned(network)
    for place, stage in enumerate(inside.stages(network)):
        shown = bare(network, parameters, stage)
        z = weigh(network, shown, X, question).z
        shares = inside.activity(network, shown, X, question)[place].shares
        assert shares.shape == (stage.units,)
        assert shares.sum() == pytest.approx(z, abs=1e-9)


@pytest.mark.parametrize("network", NETWORKS[:3], ids=lambda network: network.title)
def test_the_last_hidden_neurons_say_activation_times_weight(network: Network) -> None:
    parameters, X = learned(network)
    *_, last, _ = inside.stages(network)
    found = inside.activity(network, parameters, X, Question(4))[-2]
    W, b = parameters["output.weights"], parameters["output.bias"]
    np.testing.assert_allclose(found.shares, found.outputs * W[:, 4])
    assert found.shares.sum() + b[4] == pytest.approx(network.logits(parameters, X[None])[0, 4])
    for unit in (0, last.units - 1):
        said = inside.spoken_for(network, parameters, X, last, unit)
        np.testing.assert_allclose(said, W[unit])


@pytest.mark.parametrize("network", NETWORKS[2:], ids=lambda network: network.title)
def test_what_a_map_says_for_a_digit_is_its_share(network: Network) -> None:
    parameters, X = learned(network)
    stage = inside.stages(network)[0]
    for unit in range(stage.units):
        said = inside.spoken_for(network, parameters, X, stage, unit)
        shares = [
            inside.activity(network, parameters, X, Question(digit))[0].shares[unit]
            for digit in range(10)
        ]
        np.testing.assert_allclose(said, shares, atol=1e-12)


def test_maps_come_before_and_after_the_pooling() -> None:
    network = NETWORKS[2]
    parameters, X = learned(network)
    stage, found = inside.stages(network)[0], inside.activity(network, parameters, X, Question(6))
    W, b, image = parameters["conv1.weights"], parameters["conv1.bias"], X.reshape(24, 24)
    for row, column, unit in ((0, 0, 0), (7, 12, 5), (19, 19, 11)):
        z = (image[row : row + 5, column : column + 5] * W[:, :, 0, unit]).sum() + b[unit]
        assert found[0].unpooled is not None
        assert found[0].unpooled[row, column, unit] == pytest.approx(max(z, 0))
        tile = found[0].unpooled[row // 2 * 2 :][:2, column // 2 * 2 :][:, :2, unit]
        assert found[0].outputs[row // 2, column // 2, unit] == tile.max()
    assert found[0].unpooled is not None
    assert found[0].unpooled.shape == (*stage.places, stage.units)
    np.testing.assert_array_equal(found[0].peaks, found[0].outputs.max(axis=(0, 1)))


# What the units look at


@pytest.mark.parametrize("network", NETWORKS[2:], ids=lambda network: network.title)
@pytest.mark.parametrize("pooled", [False, True])
def test_the_patch_of_a_cell_is_what_changes_it(network: Network, pooled: bool) -> None:
    rng = np.random.default_rng(3)
    # With weights above zero every pixel adds something, wherever it is seen.
    parameters = {name: rng.random(shape) + 0.1 for name, shape in network.shapes().items()}
    for stage in inside.stages(network):
        if not stage.maps:
            continue
        rows, columns, _ = stage.outputs if pooled else (*stage.places, 0)
        for row, column in ((0, 0), (rows - 1, columns - 1), (rows // 2, columns // 3)):
            told = np.zeros((24, 24), bool)
            top, left, bottom, right = inside.receptive_field(
                network, stage, row, column, pooled=pooled
            )
            assert 0 <= top < bottom <= 24
            assert 0 <= left < right <= 24
            told[top:bottom, left:right] = True
            seen = seen_by(network, parameters, stage, (row, column), pooled)
            np.testing.assert_array_equal(seen, told)


def seen_by(
    network: Network, parameters: Parameters, stage: inside.Stage, cell: tuple[int, int],
    pooled: bool,
) -> NDArray[np.bool_]:  # fmt: skip
    """Which pixels change a cell, as each of them alone is put on white paper."""
    theta = network.flat(parameters)
    Y = np.concatenate([np.zeros((1, 576)), np.eye(576)])
    for layer, part in zip(network.layers, network.parts, strict=True):
        if layer is network.layers[stage.begin + (3 if pooled else 1)]:
            break
        Y, _ = layer.forward(theta[part], Y)
    row, column = cell
    if pooled:
        values = Y[:, row, column, 0]
    else:
        values = Y[:, row // 2, column // 2, row % 2 * 2 + column % 2, 0]
    return (values[1:] != values[0]).reshape(24, 24)


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.title)
def test_the_picture_of_a_neuron_is_what_each_pixel_changes_in_it(network: Network) -> None:
    parameters, _ = learned(network)
    theta = network.flat(parameters)
    # Of grey values, as between equal ones the pooling's choice has no derivative.
    X = np.random.default_rng(7).random(576)
    for stage in inside.stages(network):
        if stage.maps:
            continue
        units = np.array([0, stage.units - 1])
        found = inside.pictures(network, parameters, X, stage, units)
        assert found.shape == (2, 24, 24)

        def sums(x: NDArray[np.float64], stage: inside.Stage = stage) -> NDArray[np.float64]:
            Y = x[None]
            for layer, part in zip(network.layers[: stage.begin + 1], network.parts, strict=False):
                Y, _ = layer.forward(theta[part], Y)
            return np.asarray(Y[0])

        for pixel in (0, 77, 300, 575):
            change = np.zeros(576)
            change[pixel] = 1e-6
            slope = (sums(X + change) - sums(X - change)) / 2e-6
            np.testing.assert_allclose(
                found.reshape(2, 576)[:, pixel], slope[units], rtol=1e-5, atol=1e-7
            )


def test_each_kernel_is_a_picture_for_each_channel() -> None:
    network = NETWORKS[2]
    parameters, _ = learned(network)
    conv1, conv2, *_ = inside.stages(network)
    found = inside.kernels(parameters, conv2)
    assert found.shape == (24, 12, 3, 3)
    assert found[5, 7, 1, 2] == parameters["conv2.weights"][1, 2, 7, 5]
    assert inside.kernels(parameters, conv1).shape == (12, 1, 5, 5)


# The drawings that excite a unit most


@pytest.mark.parametrize("network", NETWORKS[1:4], ids=lambda network: network.title)
def test_the_drawings_that_excite_most_are_found(network: Network) -> None:
    parameters, _ = learned(network)
    # More than one block of them.
    images = (np.random.default_rng(5).random((700, 576)) < 0.2).astype(np.uint8)
    for place, stage in enumerate(inside.stages(network)):
        found = inside.most_exciting(network, parameters, images, stage, 8)
        assert found.places.shape == found.activations.shape == (stage.units, 8)
        every = np.array([
            inside.activity(network, parameters, X, Question(0))[place].peaks for X in images
        ])  # fmt: skip
        expected = -np.sort(-every, axis=0)[:8].T
        np.testing.assert_allclose(found.activations, expected, atol=1e-9)
        by_place = np.take_along_axis(every, found.places.T, axis=0).T
        np.testing.assert_allclose(by_place, expected, atol=1e-9)


def test_few_drawings_are_all_told() -> None:
    network = NETWORKS[0]
    parameters, _ = learned(network)
    images = (np.random.default_rng(5).random((3, 576)) < 0.2).astype(np.uint8)
    stage = inside.stages(network)[0]
    found = inside.most_exciting(network, parameters, images, stage, 8)
    assert found.places.shape == (128, 3)
    assert (np.sort(found.places, axis=1) == [0, 1, 2]).all()
    assert inside.most_exciting(network, parameters, images[:0], stage, 8).places.shape == (128, 0)


def test_the_search_can_be_given_up() -> None:
    class GivenUp(Exception):  # noqa: N818
        pass

    looked: list[int] = []

    def look() -> None:
        looked.append(1)
        if len(looked) == 2:
            raise GivenUp

    network = NETWORKS[0]
    parameters, _ = learned(network)
    images = np.zeros((5000, 576), np.uint8)
    with pytest.raises(GivenUp):
        inside.most_exciting(network, parameters, images, inside.stages(network)[0], 8, look)
    assert len(looked) == 2


def test_the_strongest_cell_of_a_map_is_told() -> None:
    network = NETWORKS[2]
    parameters, X = learned(network)
    stage = inside.stages(network)[1]
    images = np.stack([X, X[::-1]]).astype(np.uint8)
    cells = inside.strongest_cells(network, parameters, images, stage, 6)
    for image, cell in zip(images, cells, strict=True):
        outputs = inside.activity(network, parameters, image, Question(0))[1].outputs[..., 6]
        assert outputs[cell] == outputs.max()
