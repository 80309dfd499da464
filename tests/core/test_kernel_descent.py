"""Descent by kernels: what is launched when, what training makes of it, and who takes over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from imitated_gpu import ImitatedGpu
from learning import (
    BOTH,
    ONE,
    TEN,
    Fingerprint,
    MakeExamples,
    StopAtLook,
    losses_of,
    rough_start,
)

from sixpad.core import kernel_descent
from sixpad.core.backend import Backend, cpu
from sixpad.core.config import TrainingConfig
from sixpad.core.descent import Descent
from sixpad.core.fallback import train_with_fallback
from sixpad.core.kernel_descent import GRAPH_STEPS, KernelDescent, choose_descent
from sixpad.core.kernels import CAPABILITY
from sixpad.core.network import Network, Parameters
from sixpad.core.optimizer import OPTIMIZERS
from sixpad.core.run import Control
from sixpad.core.snapshot import DIVERGED, EPOCHS, INTERRUPTED, Snapshot
from sixpad.core.training import train

STEP = ["gradient_one", "move"]
RATE = 0.01


def never() -> bool:
    return False


def begun(backend: Backend, make_examples: MakeExamples, count: int = 40) -> KernelDescent:
    """A descent of one neuron over batches of four."""
    theta = np.zeros(577, np.float32)
    descent = KernelDescent(ONE, TrainingConfig(batch_size=4), backend, theta, None)
    examples = make_examples(count, 1)
    descent.show(examples.images, examples.labels, np.arange(count))
    return descent


# What is launched


@pytest.mark.parametrize("steps", [1, GRAPH_STEPS, GRAPH_STEPS + 1, 3 * GRAPH_STEPS + 2])
def test_after_a_first_step_graphs_take_all_they_can(
    steps: int, imitated_gpu: ImitatedGpu, make_examples: MakeExamples
) -> None:
    descent = begun(imitated_gpu.backend, make_examples)
    assert descent.gradient is None
    assert descent.steps([i % 10 for i in range(steps)], [RATE] * steps, never) == steps
    graphs, rest = divmod(steps - 1, GRAPH_STEPS)
    assert imitated_gpu.launched == STEP + ["graph"] * graphs + STEP * rest
    assert len(descent.take_losses()) == steps
    assert descent.take_losses() == []


@pytest.mark.parametrize("at_once", [1, 5, GRAPH_STEPS, 100])
@pytest.mark.parametrize("ahead", [1, 7, 1024])
def test_however_they_are_cut_the_steps_are_the_same(
    at_once: int,
    ahead: int,
    imitated_gpu: ImitatedGpu,
    make_examples: MakeExamples,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batches = [i * 7 % 10 for i in range(100)]
    rates = [RATE / (i + 1) for i in range(100)]
    whole = begun(imitated_gpu.backend, make_examples)
    whole.steps(batches, rates, never)
    expected = whole.take_losses()
    monkeypatch.setattr(kernel_descent, "STEPS_AHEAD", ahead)
    cut = begun(imitated_gpu.backend, make_examples)
    for begin in range(0, 100, at_once):
        cut.steps(batches[begin : begin + at_once], rates[begin : begin + at_once], never)
    assert cut.take_losses() == expected
    assert cut.theta.tobytes() == whole.theta.tobytes()
    assert cut.optimizer_state["count"] == 100


def test_large_batches_do_not_run_far_ahead(
    imitated_gpu: ImitatedGpu, make_examples: MakeExamples, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel_descent, "IMAGES_AHEAD", 12)
    copies: list[int] = []
    backend = imitated_gpu.backend
    asnumpy = backend.xp.asnumpy
    backend.xp.asnumpy = lambda array: copies.append(len(array)) or asnumpy(array)
    descent = begun(backend, make_examples)
    descent.steps([0] * 8, [RATE] * 8, never)
    assert copies == [3, 3]
    assert len(descent.take_losses()) == 8


@pytest.mark.parametrize("looks", [0, 1, 2, 3, 4])
def test_a_stop_is_heard_before_every_launch(
    looks: int, imitated_gpu: ImitatedGpu, make_examples: MakeExamples
) -> None:
    steps = 2 * GRAPH_STEPS + 4
    control = StopAtLook(looks)
    descent = begun(imitated_gpu.backend, make_examples)
    done = descent.steps([1] * steps, [RATE] * steps, lambda: control.stop)
    assert done == [0, 1, 1 + GRAPH_STEPS, 1 + 2 * GRAPH_STEPS, 2 + 2 * GRAPH_STEPS][looks]
    assert descent.optimizer_state["count"] == done
    # What was planned and not taken is forgotten.
    assert descent.steps([2] * 3, [RATE] * 3, never) == 3
    other = begun(imitated_gpu.backend, make_examples)
    other.steps([1] * done + [2] * 3, [RATE] * (done + 3), never)
    assert descent.take_losses() == other.take_losses()
    assert descent.theta.tobytes() == other.theta.tobytes()


def test_new_examples_are_learned_from(
    imitated_gpu: ImitatedGpu, make_examples: MakeExamples
) -> None:
    descent = begun(imitated_gpu.backend, make_examples)
    count = GRAPH_STEPS + 1
    descent.steps([0] * count, [RATE] * count, never)
    theta = imitated_gpu.backend.to_host(descent.theta)
    state = {name: np.array(array) for name, array in descent.optimizer_state.items()}
    others = make_examples(24, 2)
    descent.show(others.images, others.labels, np.arange(24)[::-1])
    descent.steps([5] * count, [RATE] * count, never)
    anew = KernelDescent(ONE, TrainingConfig(batch_size=4), imitated_gpu.backend, theta, state)
    anew.show(others.images, others.labels, np.arange(24)[::-1])
    anew.steps([5] * count, [RATE] * count, never)
    assert descent.theta.tobytes() == anew.theta.tobytes()
    assert descent.take_losses()[count:] == anew.take_losses()


# What training makes of it


def trained(network: Network, backend: Backend, parts: Any, **changes: Any) -> list[Snapshot]:
    options = {name: changes.pop(name) for name in ("start", "resume", "steps") if name in changes}
    config = replace(TrainingConfig(epochs=2, batch_size=9, l2=0.01), **changes)
    options.setdefault("start", rough_start(network, config))
    control = Control(snapshot_steps=2)
    return list(train(network, *parts, config, backend=backend, control=control, **options))


@pytest.fixture(scope="module")
def parts(make_examples: MakeExamples) -> tuple[Any, Any]:
    return make_examples(60, 1), make_examples(30, 2)


@BOTH
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_same_seed_gives_the_same_snapshots(
    optimizer: str, network: Network, gpu: Backend, parts: Any, fingerprint: Fingerprint
) -> None:
    runs = [trained(network, gpu, parts, optimizer=optimizer, patience=2) for _ in range(2)]
    assert len(runs[0]) > 5
    assert fingerprint(runs[0]) == fingerprint(runs[1])


@BOTH
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_it_learns_what_the_cpu_learns(
    optimizer: str, network: Network, gpu: Backend, parts: Any
) -> None:
    there = trained(network, gpu, parts, optimizer=optimizer)
    here = trained(network, cpu(""), parts, optimizer=optimizer)
    np.testing.assert_allclose(losses_of(there), losses_of(here), rtol=1e-5)
    assert there[-1].stopped == here[-1].stopped == EPOCHS
    assert_near(there[-1].parameters, here[-1].parameters)
    assert there[-1].gradient is not None
    assert there[-1].random_state == here[-1].random_state


def assert_near(found: Parameters, expected: Parameters) -> None:
    for name, array in expected.items():
        assert isinstance(found[name], np.ndarray)
        assert np.linalg.norm(found[name] - array) <= 1e-5 * np.linalg.norm(array)


@BOTH
@pytest.mark.parametrize("steps", [1, 7, 8])
def test_stopped_and_resumed_it_gives_the_same(
    steps: int, network: Network, gpu: Backend, parts: Any, fingerprint: Fingerprint
) -> None:
    whole = trained(network, gpu, parts)[-1]
    *_, stopped = trained(network, gpu, parts, steps=steps)
    assert (stopped.step, stopped.stopped) == (steps, INTERRUPTED)
    *_, last = trained(network, gpu, parts, start=stopped, resume=True)
    assert last.step == whole.step
    for name in ("parameters", "optimizer_state"):
        assert fingerprint(getattr(last, name)) == fingerprint(getattr(whole, name))


@BOTH
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_snapshot_goes_on_on_the_other_device(
    optimizer: str, network: Network, gpu: Backend, parts: Any
) -> None:
    here = trained(network, cpu(""), parts, optimizer=optimizer)[-1]
    for first, second in ((gpu, cpu("")), (cpu(""), gpu)):
        *_, stopped = trained(network, first, parts, optimizer=optimizer, steps=5)
        *_, last = trained(network, second, parts, optimizer=optimizer, start=stopped, resume=True)
        assert (last.step, last.stopped) == (here.step, EPOCHS)
        assert last.optimizer_state.keys() == here.optimizer_state.keys()
        assert last.optimizer_state["count"] == here.optimizer_state["count"]
        assert_near(last.parameters, here.parameters)


def test_a_run_that_diverges_is_given_up(gpu: Backend, parts: Any) -> None:
    *_, last = trained(TEN, gpu, parts, optimizer="gd", learning_rate=1e6, l2=1000.0)
    assert last.stopped == DIVERGED
    assert all(np.isfinite(array).all() for array in last.parameters.values())


# Who does it


@pytest.mark.parametrize(
    ("capability", "dtype", "kind"),
    [
        (CAPABILITY, np.float32, KernelDescent),
        (CAPABILITY + 4, np.float32, KernelDescent),
        (CAPABILITY - 1, np.float32, Descent),
        (CAPABILITY, np.float64, Descent),
    ],
)
@BOTH
def test_kernels_are_for_float32_and_gpus_that_multiply_bfloat16(
    network: Network, capability: int, dtype: Any, kind: type[Descent], imitated_gpu: ImitatedGpu
) -> None:
    backend = replace(imitated_gpu.backend, capability=capability)
    theta = np.zeros(577 * network.answer.outputs, dtype)
    assert type(choose_descent(network, TrainingConfig(), backend, theta, None)) is kind


def test_the_cpu_has_no_kernels() -> None:
    theta = np.zeros(577, np.float32)
    assert type(choose_descent(ONE, TrainingConfig(), cpu(""), theta, None)) is Descent


@BOTH
def test_kernels_are_tried_once_before_they_are_trusted(
    network: Network, imitated_gpu: ImitatedGpu, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel_descent, "_proved", set())
    theta = np.zeros(577 * network.answer.outputs, np.float32)
    for _ in range(2):
        descent = choose_descent(network, TrainingConfig(), imitated_gpu.backend, theta, None)
        assert type(descent) is KernelDescent
    assert len(imitated_gpu.launched) == len(STEP)


@BOTH
def test_where_kernels_are_wrong_the_cpu_trains_and_says_why(
    network: Network, imitated_gpu: ImitatedGpu, monkeypatch: pytest.MonkeyPatch, parts: Any
) -> None:
    monkeypatch.setattr(kernel_descent, "_proved", set())
    steps = KernelDescent.steps

    def off_by_little(self: KernelDescent, *args: Any) -> int:
        done = steps(self, *args)
        self.gradient *= 1 + 1e-4
        return done

    monkeypatch.setattr(KernelDescent, "steps", off_by_little)
    config = TrainingConfig(epochs=2, batch_size=9)
    *_, (last, backend) = train_with_fallback(network, *parts, config, backend=imitated_gpu.backend)
    assert (last.stopped, backend.device) == (EPOCHS, "cpu")
    assert "its first gradient was off by 0.0001" in backend.reason


@pytest.mark.parametrize("calls", [0, 1])
@pytest.mark.parametrize("what", ["array", "asarray", "kernel", "asnumpy"])
def test_where_the_gpu_is_lost_the_cpu_goes_on(
    what: str, calls: int, imitated_gpu: ImitatedGpu, parts: Any
) -> None:
    left = calls

    def failing(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise RuntimeError("the device is lost")
            return function(*args, **options)

        return call

    xp = imitated_gpu.xp
    if what == "kernel":
        kernel = imitated_gpu.kernel
        imitated_gpu.kernel = lambda name: failing(kernel(name))  # type: ignore[method-assign]
    else:
        setattr(xp, what, failing(getattr(xp, what)))
    config = TrainingConfig(epochs=2, batch_size=9)
    start = rough_start(TEN, config)
    run = train_with_fallback(TEN, *parts, config, backend=imitated_gpu.backend, start=start)
    pairs = list(run)
    (*_, (last, backend)) = pairs
    assert backend.device == "cpu"
    assert "the device is lost" in backend.reason
    assert last.stopped == EPOCHS
    *_, expected = train(TEN, *parts, config, backend=cpu(""), start=start)
    assert_near(last.parameters, expected.parameters)
