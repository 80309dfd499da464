"""The same code on a GPU's arrays: on imitated ones everywhere, on a real GPU's where one is."""

from __future__ import annotations

from typing import Any

import device_arrays
import numpy as np
import pytest
from device_arrays import DeviceArray
from learning import MakeExamples

from sixpad.core.answer import LOSSES
from sixpad.core.backend import Backend, cpu, probe
from sixpad.core.config import TrainingConfig
from sixpad.core.network import CONV, HIDDEN, Network
from sixpad.core.optimizer import OPTIMIZERS
from sixpad.core.run import Control
from sixpad.core.sizes import parse_sizes
from sixpad.core.snapshot import Snapshot
from sixpad.core.training import train

NETWORKS = {
    "one": Network(6),
    "ten": Network(None, "ten"),
    **{
        text: Network(None, model, parse_sizes(model, text))
        for model, text in ((HIDDEN, "16, 12"), (CONV, "5x5x3, 3x3x4, 12"), (CONV, "4x4x3"))
    },
}
ALL = pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
DISTORTED = {
    "shift": 1, "rotation": 8.0, "scale": 0.1, "slant": 6.0, "noise": 0.05, "dropout": 0.2,
    "smoothing": 0.05,
}  # fmt: skip


@pytest.fixture(params=["imitated", "real"])
def device(request: pytest.FixtureRequest) -> Backend:
    """Arrays like a GPU's, and a GPU's; skips, with the reason, where there is no GPU."""
    if request.param == "imitated":
        return device_arrays.BACKEND
    gpu = probe()
    if gpu.device != "gpu":
        pytest.skip(gpu.reason)
    return gpu


def random_start(network: Network, config: TrainingConfig) -> Snapshot:
    """From parameters of double precision, so that two ways of adding up stay one way."""
    generator = np.random.default_rng(0)
    start = {
        name: generator.normal(size=shape) / np.sqrt(max(np.prod(shape[:-1]), 16))
        for name, shape in network.shapes().items()
    }
    return Snapshot(start, {}, config, dict(np.random.PCG64(config.seed).state))


@ALL
@pytest.mark.parametrize("distorted", [{}, DISTORTED], ids=["plain", "distorted"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_device_learns_what_the_cpu_learns(
    network: Network, distorted: dict[str, Any], optimizer: str, device: Backend,
    make_examples: MakeExamples,
) -> None:  # fmt: skip
    parts = make_examples(60, 1), make_examples(30, 2)
    config = TrainingConfig(epochs=2, batch_size=25, optimizer=optimizer, l2=0.01, **distorted)
    start, control = random_start(network, config), Control(snapshot_steps=1)
    there, here = (
        list(train(network, *parts, config, backend=chosen, control=control, start=start))
        for chosen in (device, cpu(""))
    )
    for snapshot, expected in zip(there, here, strict=True):
        for name, array in expected.parameters.items():
            assert isinstance(snapshot.parameters[name], np.ndarray)
            np.testing.assert_allclose(snapshot.parameters[name], array, rtol=1e-6, atol=1e-8)
        np.testing.assert_allclose(snapshot.losses, expected.losses, rtol=1e-8)


@ALL
@pytest.mark.parametrize("loss", LOSSES)
def test_derivatives_are_the_same_on_a_device(network: Network, loss: str, device: Backend) -> None:
    theta = network.flat(random_start(network, TrainingConfig()).parameters)
    generator = np.random.default_rng(3)
    X = (generator.random((20, 576)) < 0.2).astype(float)
    t = np.asarray(network.targets(generator.integers(0, 10, 20, np.uint8))).astype(float)
    given = X, np.hstack([X, np.ones((20, 1))])
    host = theta, *given, t
    results = []
    for chosen in (device, cpu("")):
        theta_there, X_there, with_ones, t_there = map(chosen.to_device, host)
        z, g = network.answer_and_gradient(theta_there, with_ones, t_there, loss)
        met, slopes = network.trace(theta_there, X_there, z)
        results.append([chosen.to_host(array) for array in (z, g, *met, *slopes)])
    for there, here in zip(*results, strict=True):
        np.testing.assert_allclose(there, here, rtol=1e-9, atol=1e-11)


# The imitation itself


def test_imitated_arrays_refuse_what_those_of_a_gpu_do() -> None:
    ours = DeviceArray(np.arange(6.0).reshape(2, 3))
    for wrong in (
        lambda: ours + np.ones(3),
        lambda: np.asarray(ours),
        lambda: np.lib.stride_tricks.as_strided(ours, (2, 2)),
        lambda: np.add.reduce(ours),
        lambda: np.percentile(ours, 5),
    ):
        with pytest.raises((TypeError, AttributeError)):
            wrong()
    assert isinstance(np.maximum(ours, 0), DeviceArray)
    assert isinstance(ours.sum(), DeviceArray)
    np.testing.assert_array_equal(
        device_arrays.host_of(ours * 2), np.arange(0, 12.0, 2).reshape(2, 3)
    )
