"""The GPUs that tests run kernels on: an imitated one, and a real one where there is one."""

from __future__ import annotations

import ctypes

import pytest
from imitated_gpu import ImitatedGpu, compile_kernels

from sixpad.core import kernel_descent
from sixpad.core.backend import Backend, probe
from sixpad.core.kernels import CAPABILITY


@pytest.fixture(scope="session")
def kernel_library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """The kernels, compiled for the CPU."""
    return compile_kernels(tmp_path_factory.mktemp("kernels"))


@pytest.fixture
def imitated_gpu(kernel_library: ctypes.CDLL, monkeypatch: pytest.MonkeyPatch) -> ImitatedGpu:
    """A GPU of three multiprocessors that runs the kernels on the CPU, and is trusted to."""
    monkeypatch.setattr(kernel_descent, "_proved", {1, 10})
    return ImitatedGpu(kernel_library)


@pytest.fixture
def real_gpu() -> Backend:
    """The machine's GPU; skips, with the reason, where none can run the kernels."""
    backend = probe()
    if backend.device != "gpu":
        pytest.skip(backend.reason)
    if backend.capability < CAPABILITY:
        pytest.skip(f"{backend.name} has no matrix units for bfloat16.")
    return backend


@pytest.fixture(params=["imitated", "real"])
def gpu(request: pytest.FixtureRequest) -> Backend:
    """Each of both in turn."""
    if request.param == "real":
        found: Backend = request.getfixturevalue("real_gpu")
        return found
    imitation: ImitatedGpu = request.getfixturevalue("imitated_gpu")
    return imitation.backend
