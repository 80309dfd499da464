"""The GPU's kernels against NumPy: their own source on an imitated GPU and, if one works, on that.

Distances are Euclidean, relative to what is expected: of all weights, of all biases, of a state.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from imitated_gpu import ImitatedGpu
from learning import BOTH, ONE, TEN
from numpy.typing import NDArray

from sixpad.core.answer import CROSS_ENTROPY, LOSSES, SQUARED_ERROR
from sixpad.core.backend import Backend, cpu
from sixpad.core.config import TrainingConfig
from sixpad.core.descent import Descent
from sixpad.core.grid import PIXELS
from sixpad.core.kernel_descent import KernelDescent
from sixpad.core.kernels import MULTIPLY, SOURCE
from sixpad.core.network import Network
from sixpad.core.optimizer import OPTIMIZERS

NEAR = 1e-5
Image = NDArray[np.uint8]


def numbers(
    network: Network, count: int, seed: int, ink: float = 0.2, scale: float = 0.1
) -> tuple[Image, Image, NDArray[np.float32]]:
    """Random images with so much ink, their labels, and parameters of this scale."""
    generator = np.random.default_rng(seed)
    # Of bytes, as a million images of floats would take gigabytes.
    images = (generator.integers(0, 256, (count, PIXELS), np.uint8) < 256 * ink).view(np.uint8)
    labels = generator.integers(0, 10, count, np.uint8)
    size = (PIXELS + 1) * network.answer.outputs
    return images, labels, (generator.normal(size=size) * scale).astype(np.float32)


def after(
    kind: type[Descent], backend: Backend, network: Network, config: TrainingConfig,
    theta: NDArray[Any], images: Image, labels: Image, batches: Sequence[int] = (0,),
    rates: Sequence[float] = (0.0,),
) -> tuple[Descent, list[float]]:  # fmt: skip
    """A descent that has taken these steps, and their losses."""
    descent = kind(network, config, backend, theta, None)
    descent.show(images, labels, np.arange(len(labels))[::-1])
    assert descent.steps(batches, rates, lambda: False) == len(batches)
    return descent, descent.take_losses()


def assert_near(backend: Backend, network: Network, found: Any, expected: Any) -> None:
    found = network.views(backend.to_host(found))
    for name, part in network.views(expected).items():
        assert np.linalg.norm(found[name] - part) <= NEAR * np.linalg.norm(part), name


def check_gradient(
    gpu: Backend, network: Network, loss: str, images: Image, labels: Image, theta: Any,
    l2: float = 0.0,
) -> None:  # fmt: skip
    config = TrainingConfig(batch_size=len(labels), optimizer="gd", loss=loss, l2=l2)
    there, losses = after(KernelDescent, gpu, network, config, theta, images, labels)
    exact = theta.astype(np.float64)
    here, expected = after(Descent, cpu(""), network, config, exact, images, labels)
    assert_near(gpu, network, there.gradient, here.gradient)
    assert losses == pytest.approx(expected, rel=NEAR)
    np.testing.assert_array_equal(gpu.to_host(there.theta), theta)


# The gradient


@BOTH
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("count", [1, 31, 32, 33, 256, 257, 700])
def test_gradient_and_loss_are_those_of_float64(
    count: int, loss: str, network: Network, gpu: Backend
) -> None:
    check_gradient(gpu, network, loss, *numbers(network, count, count))


@BOTH
def test_they_are_for_thousands_of_images(network: Network, gpu: Backend) -> None:
    check_gradient(gpu, network, CROSS_ENTROPY, *numbers(network, 4000, 1))


@pytest.mark.parametrize("count", [60_000, 1_000_000])
def test_they_are_for_as_many_as_a_gpu_is_for(count: int, real_gpu: Backend) -> None:
    check_gradient(real_gpu, TEN, CROSS_ENTROPY, *numbers(TEN, count, 1))


@BOTH
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("ink", [0.0, 1.0])
def test_blank_paper_and_all_ink_are_images_too(
    ink: float, loss: str, network: Network, gpu: Backend
) -> None:
    check_gradient(gpu, network, loss, *numbers(network, 40, 2, ink))


@BOTH
def test_every_pixel_has_its_own_weight(network: Network, gpu: Backend) -> None:
    _, labels, theta = numbers(network, PIXELS, 3)
    check_gradient(gpu, network, CROSS_ENTROPY, np.eye(PIXELS, dtype=np.uint8), labels, theta)


@BOTH
@pytest.mark.parametrize("scale", [0.0, 1e-4, 1.0, 100.0])
def test_weights_of_any_size_are_right(scale: float, network: Network, gpu: Backend) -> None:
    check_gradient(gpu, network, CROSS_ENTROPY, *numbers(network, 100, 4, scale=scale))


@BOTH
def test_l2_weighs_the_weights_and_spares_the_bias(network: Network, gpu: Backend) -> None:
    check_gradient(gpu, network, CROSS_ENTROPY, *numbers(network, 100, 5), l2=0.3)


@BOTH
@pytest.mark.parametrize("loss", LOSSES)
def test_no_number_depends_on_which_thread_comes_first(
    loss: str, network: Network, imitated_gpu: ImitatedGpu
) -> None:
    images, labels, theta = numbers(network, 300, 6)
    config = TrainingConfig(batch_size=200, loss=loss)
    ends = []
    for backwards in (False, True):
        imitated_gpu.backwards = backwards
        descent, losses = after(
            KernelDescent, imitated_gpu.backend, network, config, theta, images, labels,
            (1, 0, 1), (0.01,) * 3,
        )  # fmt: skip
        ends.append((descent.theta.tobytes(), losses))
    assert ends[0] == ends[1]


# The steps


@BOTH
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_steps_are_those_of_numpy(optimizer: str, network: Network, gpu: Backend) -> None:
    # The last of five batches is of 28 images only, less than a block takes at a time.
    images, labels, theta = numbers(network, 4 * 100 + 28, 7, scale=0.01)
    config = TrainingConfig(batch_size=100, optimizer=optimizer, l2=0.01)
    batches = [3, 0, 4, 1, 2] * 4
    rates = (0.02 * np.linspace(1, 0.1, len(batches))).tolist()
    steps = images, labels, batches, rates
    there, losses = after(KernelDescent, gpu, network, config, theta, *steps)
    here, expected = after(Descent, cpu(""), network, config, theta, *steps)
    assert losses == pytest.approx(expected, rel=NEAR)
    assert_near(gpu, network, there.theta, here.theta)
    assert there.optimizer_state.keys() == here.optimizer_state.keys()
    for name, expected_state in here.optimizer_state.items():
        if name == "count":
            assert there.optimizer_state[name] == expected_state == len(batches)
        else:
            assert_near(gpu, network, there.optimizer_state[name], expected_state)


def test_what_a_state_remembers_is_gone_on_from(gpu: Backend) -> None:
    images, labels, theta = numbers(TEN, 64, 8)
    config = TrainingConfig(batch_size=64)
    first, _ = after(KernelDescent, gpu, TEN, config, theta, images, labels, (0, 0), (0.1, 0.1))
    state = {
        name: array if array.ndim == 0 else gpu.to_host(array)
        for name, array in first.optimizer_state.items()
    }
    ends = []
    for kind, backend in ((KernelDescent, gpu), (Descent, cpu(""))):
        descent = kind(TEN, config, backend, gpu.to_host(first.theta), state)
        descent.show(images, labels, np.arange(64)[::-1])
        descent.steps([0], [0.1], lambda: False)
        ends.append(backend.to_host(descent.theta))
    first.steps([0], [0.1], lambda: False)
    assert ends[0].tobytes() == gpu.to_host(first.theta).tobytes()
    assert_near(cpu(""), TEN, ends[0], ends[1])


@BOTH
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_numbers_that_have_left_all_bounds_are_not_hidden(
    bad: float, network: Network, gpu: Backend
) -> None:
    images, labels, theta = numbers(network, 40, 9)
    theta[:] = bad
    config = TrainingConfig(batch_size=40, loss=CROSS_ENTROPY)
    descent, losses = after(KernelDescent, gpu, network, config, theta, images, labels)
    assert not np.isfinite(losses).any()
    assert not np.isfinite(gpu.to_host(descent.theta)).any()


@pytest.mark.parametrize("digit", [0, 9])
def test_one_neuron_looks_for_its_digit(digit: int, gpu: Backend) -> None:
    network = Network(digit)
    check_gradient(gpu, network, SQUARED_ERROR, *numbers(network, 50, digit))


# The source


def test_nvidias_compiler_takes_the_source(tmp_path: Path) -> None:
    compiler = shutil.which("nvcc")
    if compiler is None:
        pytest.skip("There is no nvcc.")
    source = tmp_path / "kernels.cu"
    source.write_text(MULTIPLY + SOURCE, encoding="utf-8")
    command = [compiler, "-std=c++17", "-arch=sm_80", "-cubin", "-Werror", "all-warnings"]
    subprocess.run([*command, "-o", str(tmp_path / "kernels.cubin"), str(source)], check=True)


def test_both_networks_have_kernels() -> None:
    assert {network.answer.outputs for network in (ONE, TEN)} == {1, 10}
