"""Whole networks of several layers: their gradient against differences and against PyTorch's."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sixpad.core.answer import LOSSES
from sixpad.core.backend import cpu
from sixpad.core.config import TrainingConfig
from sixpad.core.descent import Descent
from sixpad.core.grid import PIXELS
from sixpad.core.layers import Convolution, Dense, MaxPool, ReLU
from sixpad.core.network import CONV, HIDDEN, Network, network_of
from sixpad.core.sizes import parse_sizes

Floats = NDArray[np.float64]

# None or all that is left over of the maps, one to three convolutions, with and without neurons.
NETWORKS = {
    text: Network(None, model, parse_sizes(model, text))
    for model, text in (
        (HIDDEN, "12"),
        (HIDDEN, "9, 8, 7"),
        (CONV, "5x5x3"),
        (CONV, "2x2x3, 6"),
        (CONV, "5x5x3, 3x3x4, 9"),
        (CONV, "3x3x2, 4x4x3, 3x3x4, 8, 6"),
    )
}
ALL = pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
DISTORTED = {
    "plain": {},
    "shift": {"shift": 2},
    "turned": {"rotation": 10.0, "scale": 0.2, "slant": 10.0},
    "noise": {"noise": 0.1},
    "dropout": {"dropout": 0.3},
    "all": {"shift": 1, "noise": 0.05, "dropout": 0.5},
}


def drawn(network: Network, seed: int, count: int = 5) -> tuple[Floats, Any, Any]:
    """Parameters, images and labels by chance; every bias and every last weight is one too."""
    generator = np.random.default_rng(seed)
    theta = np.concatenate([
        (generator.normal(size=shape) / np.sqrt(max(prod(shape[:-1]), 4))).reshape(-1)
        for shape in network.shapes().values()
    ])  # fmt: skip
    images = (generator.random((count, PIXELS)) < 0.3).astype(np.uint8)
    return theta, images, generator.integers(0, 10, count, np.uint8)


def step_loss(
    network: Network, theta: Floats, images: Any, labels: Any, config: TrainingConfig
) -> tuple[float, Floats]:
    """The loss and the gradient of one step on all the images, with its random numbers."""
    descent = Descent(network, config, cpu(""), theta, None)
    descent.show(images, labels, np.arange(len(labels)))
    assert descent.steps([0], [1e-300], lambda: False) == 1
    (value,) = descent.take_losses()
    return value, descent.gradient


def loss_alone(network: Network, theta: Floats, images: Any, labels: Any, loss: str) -> float:
    """The mean loss, by the way forward alone."""
    answer, z = network.answer, network.forward(theta, images.astype(theta.dtype))
    return float(answer.losses(z, answer.targets(labels).astype(theta.dtype), loss).mean())


# Finite differences


@ALL
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("distorted", DISTORTED.values(), ids=DISTORTED)
def test_the_gradient_of_a_step_agrees_with_finite_differences(
    network: Network, loss: str, distorted: dict[str, Any]
) -> None:
    config = TrainingConfig(batch_size=40, optimizer="gd", loss=loss, l2=0.01, **distorted)
    theta, images, labels = drawn(network, 1, count=40)
    _, gradient = step_loss(network, theta, images, labels, config)
    generator = np.random.default_rng(2)
    # Along every part of θ on its own: a small one is not lost in the sum.
    for part in (slice(0, network.size), *filter(_filled, network.parts)):
        direction = np.zeros_like(theta)
        direction[part] = generator.normal(size=part.stop - part.start)
        direction /= np.linalg.norm(direction)
        step = 1e-6
        above, below = (
            step_loss(network, theta + move * direction, images, labels, config)[0]
            for move in (step, -step)
        )
        assert gradient @ direction == pytest.approx(
            (above - below) / (2 * step), rel=1e-5, abs=1e-8
        )


def _filled(part: slice) -> bool:
    return part.stop > part.start


@ALL
@pytest.mark.parametrize("loss", LOSSES)
def test_a_step_has_the_loss_of_the_way_forward_and_l2(network: Network, loss: str) -> None:
    theta, images, labels = drawn(network, 3)
    config = TrainingConfig(batch_size=5, optimizer="gd", loss=loss, l2=0.01)
    value, _ = step_loss(network, theta, images, labels, config)
    weights = [array for name, array in network.views(theta).items() if name.endswith("weights")]
    penalty = 0.005 * sum((array**2).sum() for array in weights)
    expected = loss_alone(network, theta, images, labels, loss) + penalty
    assert value == pytest.approx(expected, rel=1e-12)


@ALL
def test_blocks_come_to_the_same_as_one_by_one(network: Network) -> None:
    theta, images, labels = drawn(network, 4, count=network.block_rows + 3)
    config = TrainingConfig(batch_size=len(labels), optimizer="gd", l2=0)
    _, whole = step_loss(network, theta, images, labels, config)
    single = [
        step_loss(network, theta, images[[i]], labels[[i]], config)[1] for i in range(len(labels))
    ]
    np.testing.assert_allclose(whole, np.mean(single, axis=0), rtol=1e-9, atol=1e-12)


@ALL
def test_derivatives_by_what_each_layer_is_given_agree_with_finite_differences(
    network: Network,
) -> None:
    theta, _, _ = drawn(network, 5)
    generator = np.random.default_rng(6)
    X, dz = generator.normal(size=(1, PIXELS)), generator.normal(size=(1, 10))
    given, slopes = network.trace(theta, X, dz)
    np.testing.assert_allclose(given[-1], network.forward(theta, X))
    np.testing.assert_array_equal(slopes[-1], dz)
    for place, (values, slope) in enumerate(zip(given, slopes, strict=True)):
        direction = generator.normal(size=values.shape)

        def after(values: Floats, place: int = place) -> float:
            for layer, part in zip(network.layers[place:], network.parts[place:], strict=True):
                values, _ = layer.forward(theta[part], values)
            return float((values * dz).sum())

        step = 1e-6
        measured = (after(values + step * direction) - after(values - step * direction)) / (
            2 * step
        )
        assert (slope.reshape(values.shape) * direction).sum() == pytest.approx(measured, rel=1e-6)


# PyTorch


def torch_answers(torch: Any, network: Network, parameters: dict[str, Any], X: Any) -> Any:
    """z of images (N, 576), by PyTorch's own layers with parameters of the same names."""
    functional = torch.nn.functional
    for layer in network.layers:
        weights = parameters.get(f"{layer.name}.weights")
        bias = parameters.get(f"{layer.name}.bias")
        if isinstance(layer, Convolution):
            if X.ndim == 2:
                X = X.reshape(len(X), 1, *layer.inputs[:2])
            X = functional.conv2d(X, weights.permute(3, 2, 0, 1), bias)
        elif isinstance(layer, MaxPool):
            X = functional.max_pool2d(X, 2)
        elif isinstance(layer, ReLU):
            X = functional.relu(X)
        elif isinstance(layer, Dense):
            if X.ndim == 4:
                X = X.permute(0, 2, 3, 1).reshape(len(X), -1)
            X = X @ weights + bias
    return X


@ALL
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("seed", range(3))
def test_pytorch_finds_the_same_answers_and_gradients(
    network: Network, loss: str, seed: int
) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed to compare with.")
    theta, images, labels = drawn(network, seed, count=20)
    config = TrainingConfig(batch_size=20, optimizer="gd", loss=loss, l2=0)
    value, gradient = step_loss(network, theta, images, labels, config)
    parameters = {
        name: torch.tensor(array, requires_grad=True)
        for name, array in network.views(theta).items()
    }
    z = torch_answers(torch, network, parameters, torch.tensor(images.astype(np.float64)))
    truth = torch.tensor(labels.astype(np.int64))
    if loss == "cross-entropy":
        found = torch.nn.functional.cross_entropy(z, truth)
    else:
        gaps = torch.softmax(z, dim=1) - torch.nn.functional.one_hot(truth, 10)
        found = (gaps**2).sum(dim=1).mean()
    found.backward()
    expected = network.forward(theta, images.astype(np.float64))
    np.testing.assert_allclose(z.detach().numpy(), expected, rtol=1e-10, atol=1e-12)
    assert value == pytest.approx(found.item(), rel=1e-12)
    for name, array in network.views(gradient).items():
        theirs = parameters[name].grad.numpy()
        np.testing.assert_allclose(array, theirs, rtol=1e-8, atol=1e-12)


# What they are made of


def test_the_default_networks_are_made_of_these_layers() -> None:
    hidden, conv = (network_of(model, 0) for model in (HIDDEN, CONV))
    assert [layer.name for layer in hidden.layers] == ["hidden1", "hidden1.relu", "output"]
    assert [(layer.name, layer.outputs) for layer in conv.layers] == [
        ("conv1", (10, 10, 4, 12)), ("conv1.pool", (10, 10, 12)), ("conv1.relu", (10, 10, 12)),
        ("conv2", (4, 4, 4, 24)), ("conv2.pool", (4, 4, 24)), ("conv2.relu", (4, 4, 24)),
        ("hidden1", (96,)), ("hidden1.relu", (96,)), ("output", (10,)),
    ]  # fmt: skip
    assert hidden.size == 576 * 128 + 128 + 128 * 10 + 10
    assert conv.size == 25 * 12 + 12 + 9 * 12 * 24 + 24 + 16 * 24 * 96 + 96 + 96 * 10 + 10
    for network in (hidden, conv):
        for layer, after in zip(network.layers, network.layers[1:], strict=False):
            assert prod(layer.outputs) == prod(after.inputs)


@ALL
def test_what_begins_by_chance_begins_the_same_by_the_same_seed(network: Network) -> None:
    first, again, other = (network.initial_parameters(seed=seed) for seed in (3, 3, 4))
    for name, array in first.items():
        np.testing.assert_array_equal(array, again[name])
        drawn_by_chance = name.endswith(".weights") and not name.startswith("output")
        assert array.any() == drawn_by_chance
        assert (array == other[name]).all() != drawn_by_chance
        assert array.dtype == np.float32
