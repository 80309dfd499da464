"""The choice between NumPy and CuPy, with GPUs that fail in every way, and with a real one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from learning import rough_start
from numpy.typing import NDArray

from sixpad.core import backend
from sixpad.core.answer import LOSSES
from sixpad.core.backend import (
    SMALL_WORK,
    choose,
    cpu,
    first_line,
    probe,
    retire_gpu,
    suited,
)
from sixpad.core.config import TrainingConfig
from sixpad.core.network import Network
from sixpad.core.optimizer import OPTIMIZERS
from sixpad.core.run import Control
from sixpad.core.training import train
from sixpad.errors import SixpadError


def imitation(**changes: Any) -> SimpleNamespace:
    """A CuPy that works, made of NumPy; `changes` break it."""
    device = {"getDeviceProperties": lambda device: {"name": b"Imitation 1", "major": 9}}
    cuda = SimpleNamespace(runtime=SimpleNamespace(**device), Device=lambda: SimpleNamespace(id=0))

    def kernel(*signature: str) -> Callable[[NDArray[Any]], NDArray[Any]]:
        return lambda x: x * x + 1

    working = {
        "float32": np.float32, "ones": np.ones, "array": np.array, "asnumpy": np.array,
        "ElementwiseKernel": kernel, "cuda": cuda,
    }  # fmt: skip
    return SimpleNamespace(**working | changes)


def fail(*args: Any, **kwargs: Any) -> Any:
    raise RuntimeError("cudaErrorNoDevice: no CUDA-capable device is detected\nat line 7")


def put_in_place(monkeypatch: pytest.MonkeyPatch, cupy: object) -> None:
    monkeypatch.setitem(sys.modules, "cupy", cupy)


def test_without_cupy_it_is_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    put_in_place(monkeypatch, None)
    found = probe()
    assert (found.device, found.xp) == ("cpu", np)
    assert found.name.startswith("NumPy, ")
    assert "not installed" in found.reason
    assert choose("auto") == found
    with pytest.raises(SixpadError, match=r"not installed.*auto or cpu"):
        choose("gpu")


@pytest.mark.parametrize(
    "broken",
    [
        {"ones": fail},
        {"ElementwiseKernel": fail},
        {"ElementwiseKernel": lambda *signature: fail},
        {"asnumpy": fail},
        {"cuda": SimpleNamespace(Device=fail, runtime=SimpleNamespace(getDeviceProperties=fail))},
    ],
    ids=["first array", "kernel's source", "kernel's run", "copy back", "its name"],
)
def test_a_cupy_that_fails_at_any_point_is_the_cpu(
    broken: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in_place(monkeypatch, imitation(**broken))
    found = probe()
    assert (found.device, found.xp) == ("cpu", np)
    assert "no CUDA-capable device" in found.reason
    assert "\n" not in found.reason
    with pytest.raises(SixpadError, match="no CUDA-capable device"):
        choose("gpu")


def test_a_cupy_that_fails_at_import_gives_its_own_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    banner = "\\n========\\nCuPy failed to load libnvrtc.so.12.\\n========\\n"
    (tmp_path / "cupy.py").write_text(f'raise ImportError("{banner}")\n')
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "cupy", raising=False)
    found = probe()
    assert found.device == "cpu"
    assert "CuPy failed to load libnvrtc.so.12)" in found.reason


def test_a_gpu_that_computes_wrongly_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    put_in_place(monkeypatch, imitation(ElementwiseKernel=lambda *signature: lambda x: x))
    found = probe()
    assert found.device == "cpu"
    assert "wrong" in found.reason


def test_a_gpu_that_works_is_used_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    cupy = imitation()
    put_in_place(monkeypatch, cupy)
    found = probe()
    assert (found.device, found.xp, found.name) == ("gpu", cupy, "CuPy, Imitation 1")
    assert found.capability == 9
    assert choose("auto") == choose("gpu") == found
    chosen = choose("cpu")
    assert chosen.device == "cpu"
    assert "chosen" in chosen.reason


def test_small_work_stays_on_the_cpu_without_a_look_for_a_gpu(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backend, "probe", lambda: pytest.fail("looked for a GPU"))
    small = choose("auto", SMALL_WORK)
    assert (small.device, small.xp) == ("cpu", np)
    assert "short a training" in small.reason


def test_large_work_and_a_gpu_that_was_asked_for_go_to_the_gpu(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put_in_place(monkeypatch, imitation())
    found = probe()
    assert choose("auto", SMALL_WORK + 1) == choose("gpu", 1) == found
    assert suited(found, "auto", SMALL_WORK + 1) is found
    assert suited(found, "gpu", 1) is found
    assert suited(found, "auto", 1) == choose("auto", 1)
    assert suited(cpu("none works"), "auto", SMALL_WORK + 1).reason == "none works"


def test_a_retired_gpu_is_not_touched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    put_in_place(monkeypatch, imitation())
    retired = retire_gpu("The GPU was lost.")
    assert (retired.device, retired.reason) == ("cpu", "The GPU was lost.")
    put_in_place(monkeypatch, SimpleNamespace())
    assert probe() == choose("auto") == retired


@pytest.mark.parametrize(("count", "name"), [(None, "1 core"), (1, "1 core"), (8, "8 cores")])
def test_the_cpu_is_named_with_its_cores(
    count: int | None, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend, "cpu_count", lambda: count)
    assert cpu("because").name == f"NumPy, {name}"


def test_arrays_are_copied_to_the_device_and_back() -> None:
    host = np.arange(5)
    there = cpu("").to_device(host)
    back = cpu("").to_host(there)
    assert host.tolist() == there.tolist() == back.tolist()
    assert not np.shares_memory(host, there)
    assert not np.shares_memory(there, back)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("lost", "lost"),
        ("\n\n  lost.  \nmore", "lost"),
        ("=====\n-----\nlost", "lost"),
        ("", "RuntimeError"),
        ("\n===\n", "RuntimeError"),
    ],
)
def test_the_first_line_of_an_error_has_words(text: str, line: str) -> None:
    assert first_line(RuntimeError(text)) == line


@pytest.mark.parametrize("network", [Network(6), Network(None, "ten")], ids=["one", "ten"])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_real_gpu_learns_what_the_cpu_learns(
    optimizer: str, loss: str, network: Network, make_examples: Callable[..., Any]
) -> None:
    gpu = probe()
    if gpu.device != "gpu":
        pytest.skip(gpu.reason)
    parts = make_examples(1500, 1), make_examples(300, 2)
    # An epoch is a step of two blocks and a shorter one of one.
    config = TrainingConfig(
        epochs=4, batch_size=1100, optimizer=optimizer, loss=loss, l2=0.01, learning_rate=0.005
    )
    start, control = rough_start(network, config), Control(snapshot_steps=1)
    ends = [
        list(train(network, *parts, config, backend=chosen, control=control, start=start))
        for chosen in (gpu, cpu(""))
    ]
    for there, here in zip(*ends, strict=True):
        for name, expected in here.parameters.items():
            assert isinstance(there.parameters[name], np.ndarray)
            distance = np.linalg.norm(there.parameters[name] - expected)
            assert distance <= 1e-5 * np.linalg.norm(expected)
        np.testing.assert_allclose(there.losses, here.losses, rtol=1e-5)
        assert there.random_state == here.random_state
        assert there.optimizer_state.keys() == here.optimizer_state.keys()
