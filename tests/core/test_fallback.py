"""A GPU that is lost at any moment: the training goes on on the CPU as if nothing had been."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from sixpad.core.backend import Backend, choose, cpu, probe
from sixpad.core.config import TrainingConfig
from sixpad.core.fallback import train_with_fallback
from sixpad.core.network import Network
from sixpad.core.run import Control
from sixpad.core.snapshot import EPOCHS, INTERRUPTED, Snapshot
from sixpad.core.training import train
from sixpad.errors import SixpadError

NETWORK = Network(6)
CONFIG = TrainingConfig(epochs=4, batch_size=8, patience=9)
EVERY = 3
ENOUGH = 10**9

MakeExamples = Callable[..., Any]
Fingerprint = Callable[[Any], Any]
FailingGpu = Callable[..., Backend]
Pair = tuple[Snapshot, Backend]


@pytest.fixture(scope="module")
def parts(make_examples: MakeExamples) -> tuple[Any, Any]:
    return make_examples(30, 1), make_examples(20, 2)


def run(
    parts: tuple[Any, Any], backend: Backend, network: Network = NETWORK, **options: Any
) -> list[Pair]:
    control = Control(snapshot_steps=EVERY)
    return list(
        train_with_fallback(network, *parts, CONFIG, backend=backend, control=control, **options)
    )


def on(pairs: Sequence[Pair], device: str) -> list[Snapshot]:
    return [snapshot for snapshot, backend in pairs if backend.device == device]


def calls_of_a_whole_run(parts: tuple[Any, Any], failing_gpu: FailingGpu, network: Network) -> int:
    backend = failing_gpu(ENOUGH)
    run(parts, backend, network)
    return ENOUGH - int(backend.xp.__dict__["calls_left"])


@pytest.mark.parametrize("network", [NETWORK, Network(None, "ten")], ids=["one", "ten"])
def test_wherever_the_gpu_is_lost_the_cpu_goes_on_from_the_last_snapshot(
    network: Network, parts: tuple[Any, Any], failing_gpu: FailingGpu, fingerprint: Fingerprint
) -> None:
    never_lost = [snapshot for snapshot, _ in run(parts, cpu(""), network)]
    calls = calls_of_a_whole_run(parts, failing_gpu, network)
    assert calls > 50
    for call in range(calls):
        pairs = run(parts, failing_gpu(call), network)
        before, after = on(pairs, "gpu"), on(pairs, "cpu")
        assert [backend.device for _, backend in pairs] == ["gpu"] * len(before) + ["cpu"] * len(
            after
        )
        start = before[-1] if before else None
        control = Control(snapshot_steps=EVERY)
        expected = train(network, *parts, CONFIG, start=start, resume=bool(before), control=control)
        assert fingerprint(after) == fingerprint(list(expected))
        # No more is lost than the steps since the last snapshot, and nothing is different.
        assert after[0].step == (start.step if start else 0)
        assert after[-1].stopped == EPOCHS
        for name in ("parameters", "optimizer_state", "best", "step", "random_state"):
            assert fingerprint(getattr(after[-1], name)) == fingerprint(
                getattr(never_lost[-1], name)
            )


def test_a_gpu_that_is_not_lost_is_used_to_the_end(
    parts: tuple[Any, Any], failing_gpu: FailingGpu, fingerprint: Fingerprint
) -> None:
    pairs = run(parts, failing_gpu(ENOUGH))
    assert not on(pairs, "cpu")
    assert fingerprint(on(pairs, "gpu")) == fingerprint(on(run(parts, cpu("")), "cpu"))


@pytest.mark.parametrize("call", [0, 25])
def test_it_says_why_and_leaves_the_gpu_alone_from_then_on(
    call: int, parts: tuple[Any, Any], failing_gpu: FailingGpu, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = run(parts, failing_gpu(call))
    backend = pairs[-1][1]
    assert backend.device == "cpu"
    assert "the device is lost" in backend.reason
    assert "and more" not in backend.reason
    assert "CPU" in backend.reason

    # `probe` would raise here, were CuPy touched again.
    monkeypatch.setitem(sys.modules, "cupy", Untouchable())
    assert probe() == backend
    with pytest.raises(SixpadError, match="the device is lost"):
        choose("gpu")


class Untouchable:
    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"cupy.{name} was touched")


@pytest.mark.parametrize("steps", [1, 4, 7])
@pytest.mark.parametrize("call", [0, 10, 30])
@pytest.mark.parametrize("begun", [0, 5])
def test_the_steps_asked_for_are_made_on_both_together(
    steps: int, call: int, begun: int, parts: tuple[Any, Any], failing_gpu: FailingGpu
) -> None:
    start = list(train(NETWORK, *parts, CONFIG, steps=begun))[-1] if begun else None
    pairs = run(parts, failing_gpu(call), steps=steps, start=start, resume=begun > 0)
    last = pairs[-1][0]
    assert (last.step, last.stopped) == (begun + steps, INTERRUPTED)
    assert last.until == CONFIG.epochs


def test_a_finished_run_that_is_continued_keeps_its_new_end(
    parts: tuple[Any, Any], failing_gpu: FailingGpu, fingerprint: Fingerprint
) -> None:
    (*_, (finished, _)) = run(parts, cpu(""))
    (*_, (expected, _)) = run(parts, cpu(""), start=finished)
    for call in (0, 3, 20, 40):
        (*_, (last, backend)) = run(parts, failing_gpu(call), start=finished)
        assert backend.device == "cpu"
        assert last.epoch == 2 * CONFIG.epochs
        assert fingerprint(last.parameters) == fingerprint(expected.parameters)


def test_a_stop_is_still_heard_after_the_gpu_is_lost(
    parts: tuple[Any, Any], failing_gpu: FailingGpu
) -> None:
    control = Control(snapshot_steps=EVERY)
    seen = []
    for snapshot, backend in train_with_fallback(
        NETWORK, *parts, CONFIG, backend=failing_gpu(30), control=control
    ):
        seen.append(snapshot)
        control.stop = backend.device == "cpu"
    assert seen[-1].stopped == INTERRUPTED
    assert seen[-1].step == seen[-2].step


def test_a_changed_learning_rate_outlives_the_gpu(
    parts: tuple[Any, Any], failing_gpu: FailingGpu
) -> None:
    control = Control(learning_rate=0.5, snapshot_steps=EVERY)
    *_, (last, backend) = train_with_fallback(
        NETWORK, *parts, CONFIG, backend=failing_gpu(30), control=control
    )
    assert backend.device == "cpu"
    assert last.config.learning_rate == 0.5


@pytest.mark.parametrize("call", [0, 30])
def test_what_fails_on_the_cpu_is_raised(
    call: int, parts: tuple[Any, Any], failing_gpu: FailingGpu
) -> None:
    with pytest.raises(RuntimeError, match="the device is lost"):
        run(parts, failing_gpu(call, device="cpu"))
    assert "lost" not in probe().reason


@pytest.mark.parametrize("call", [0, 30])
def test_a_fault_that_is_told_is_no_fault_of_the_gpu(
    call: int, parts: tuple[Any, Any], failing_gpu: FailingGpu
) -> None:
    with pytest.raises(SixpadError, match="no examples"):
        run(parts, failing_gpu(call, SixpadError("There are no examples.")))
    assert "no examples" not in probe().reason


def test_an_error_without_words_is_named_by_its_kind(
    parts: tuple[Any, Any], failing_gpu: FailingGpu
) -> None:
    (*_, (_, backend)) = run(parts, failing_gpu(30, MemoryError()))
    assert "MemoryError" in backend.reason


def test_without_examples_the_gpu_is_not_blamed(
    make_examples: MakeExamples, failing_gpu: FailingGpu
) -> None:
    with pytest.raises(SixpadError, match="at least one example"):
        run((make_examples(0), make_examples(5)), failing_gpu(ENOUGH))
    assert "failed in training" not in probe().reason
