"""A GPU for tests: CuPy's interface over NumPy, and the kernels' own source run on the CPU.

The source is compiled by the system's C++ compiler, with `imitation_cuda.h` in the place of CUDA.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sixpad.core.backend import Backend
from sixpad.core.kernels import CAPABILITY, GRADIENTS, SOURCE

HEADER = Path(__file__).with_name("imitation_cuda.h")
KERNELS = (*GRADIENTS.values(), "move")
MAKERS = ("array", "asarray", "zeros", "empty", "ones")


def compile_kernels(folder: Path) -> ctypes.CDLL:
    """The kernels as a library of the CPU's, made in `folder`; skips where that cannot be."""
    compiler = shutil.which("g++") or shutil.which("c++")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("The kernels are imitated on Linux with a C++ compiler.")
    launchers = "\n".join(f"LAUNCHER({name})" for name in KERNELS)
    source, library = folder / "kernels.cpp", folder / "kernels.so"
    source.write_text(f'#include "{HEADER}"\n{SOURCE}\n{launchers}\n', encoding="utf-8")
    options = ["-std=c++17", "-O2", "-fno-strict-aliasing", "-Wno-unknown-pragmas"]
    command = [compiler, *options, "-shared", "-fPIC", str(source), "-o", str(library)]
    subprocess.run(command, check=True)
    return ctypes.CDLL(str(library))


class DeviceArray(np.ndarray):
    """A NumPy array with what a CuPy array has beside."""

    def set(self, host: np.ndarray) -> None:
        assert type(host) is np.ndarray
        assert (host.dtype, host.shape) == (self.dtype, self.shape)
        self[...] = host


def on_device(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **kwargs: np.array(function(*args, **kwargs)).view(DeviceArray)


class ImitatedGpu:
    """A GPU of so many multiprocessors that runs the kernels, and counts what is launched.

    `backwards` has the threads run in the other order.
    """

    def __init__(self, library: ctypes.CDLL, multiprocessors: int = 3) -> None:
        self.library, self.backwards = library, False
        self.launched: list[str] = []
        self.recording: list[Callable[[], None]] | None = None
        properties = {"multiProcessorCount": multiprocessors}
        runtime = SimpleNamespace(getDeviceProperties=lambda device: properties)
        cuda = SimpleNamespace(
            runtime=runtime, Device=lambda: SimpleNamespace(id=0), Stream=self.stream
        )
        made = {name: on_device(getattr(np, name)) for name in MAKERS}
        numpy = {name: getattr(np, name) for name in ("unpackbits", "concatenate", "stack")}
        self.xp = SimpleNamespace(
            cuda=cuda, RawModule=self.module, asnumpy=lambda a: np.array(a.view(np.ndarray)),
            zeros_like=on_device(np.zeros_like), **made, **numpy,
        )  # fmt: skip

    @property
    def backend(self) -> Backend:
        return Backend("gpu", self.xp, "an imitation", "It is for tests.", CAPABILITY)

    def module(self, code: str, options: tuple[str, ...]) -> Any:
        assert SOURCE in code
        return SimpleNamespace(get_function=self.kernel)

    def kernel(self, name: str) -> Callable[..., None]:
        def run(grid: tuple[int], block: tuple[int, ...], args: tuple[Any, ...]) -> None:
            values = [argument_of(value) for value in args]
            pointers = (ctypes.c_void_p * len(values))(*map(ctypes.addressof, values))
            x, y = (*block, 1)[:2]
            function = getattr(self.library, f"launch_{name}")
            function(grid[0], x, y, int(self.backwards), pointers)

        def launch(*launch: Any) -> None:
            if self.recording is None:
                self.launched.append(name)
                run(*launch)
            else:
                self.recording.append(lambda: run(*launch))

        return launch

    def stream(self, non_blocking: bool) -> Any:
        return Stream(self)


class Stream:
    """A stream whose only use is to capture a graph."""

    def __init__(self, gpu: ImitatedGpu) -> None:
        self.gpu = gpu

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        pass

    def begin_capture(self) -> None:
        self.gpu.recording = []

    def end_capture(self) -> Any:
        recorded, self.gpu.recording = self.gpu.recording, None
        assert recorded is not None

        def launch() -> None:
            self.gpu.launched.append("graph")
            for run in recorded:
                run()

        return SimpleNamespace(launch=launch)


def argument_of(value: Any) -> Any:
    """One argument as the C type that the kernel is given it as."""
    if isinstance(value, DeviceArray):
        assert value.flags.c_contiguous
        return ctypes.c_void_p(value.ctypes.data)
    if isinstance(value, np.int32):
        return ctypes.c_int(int(value))
    assert isinstance(value, np.float32), type(value)
    return ctypes.c_float(float(value))
