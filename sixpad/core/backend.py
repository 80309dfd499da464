"""NumPy or CuPy, and why: where the arrays of a training live."""

from __future__ import annotations

from dataclasses import dataclass
from os import cpu_count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sixpad.errors import SixpadError

DEVICES = ("auto", "cpu", "gpu")

# Images, examples times epochs, that a core trains on in one second (one neuron) to four (ten), by
# tests/benchmarks/training.py. CuPy's import, its test and its first kernels take seconds too.
SMALL_WORK = 5_000_000
_SMALL = "So short a training is done on the CPU before a GPU has begun."


@dataclass(frozen=True)
class Backend:
    """One array library: `xp` is its module, `name` and `reason` say in words what runs and why.

    `capability` is the major number of a GPU's compute capability.
    """

    device: str
    xp: Any
    name: str
    reason: str
    capability: int = 0

    def to_device(self, array: NDArray[Any]) -> Any:
        """A copy of a host array where this backend computes."""
        return self.xp.array(array)

    def to_host(self, array: Any) -> NDArray[Any]:
        """A copy of one of this backend's arrays as a NumPy array."""
        return np.array(array) if self.xp is np else np.asarray(self.xp.asnumpy(array))


def cpu(reason: str) -> Backend:
    """The CPU by NumPy, which is always there."""
    cores = cpu_count() or 1
    return Backend("cpu", np, f"NumPy, {cores} core{'s' if cores > 1 else ''}", reason)


# A CUDA error is sticky: once one came, every later call fails, for the life of the process.
_retired: str | None = None


def retire_gpu(reason: str) -> Backend:
    """Never touch CuPy again in this process; the CPU, with the reason, takes its place."""
    global _retired
    _retired = reason
    return cpu(reason)


def probe() -> Backend:
    """The GPU if it truly works, else the CPU with the reason.

    It runs a kernel of its own and a matrix product and copies both back, because CuPy can be
    imported, and even count devices, where neither works. Takes seconds at the first time.
    """
    if _retired is not None:
        return cpu(_retired)
    try:
        import cupy

        ones = cupy.ones((2, 3), cupy.float32)
        square = cupy.ElementwiseKernel("float32 x", "float32 y", "y = x * x + 1", "sixpad_probe")
        worked = cupy.asnumpy(square(ones) @ ones.T)
        properties = cupy.cuda.runtime.getDeviceProperties(cupy.cuda.Device().id)
        name, capability = properties["name"].decode(), properties["major"]
    except ModuleNotFoundError:
        return cpu("CuPy is not installed: training runs on NumPy.")
    except Exception as error:
        return cpu(f"No GPU can be used ({first_line(error)}): training runs on NumPy.")
    if not np.array_equal(worked, np.full((2, 2), 6, np.float32)):
        return cpu("The GPU computed a wrong product: training runs on NumPy.")
    reason = "The GPU passed its test: training runs on CuPy."
    return Backend("gpu", cupy, f"CuPy, {name}", reason, capability)


def choose(device: str = "auto", images: int | None = None) -> Backend:
    """The backend for `device`: auto, cpu or gpu.

    Where it is left to sixpad, a training on so many `images`, examples times epochs (and times the
    effort of a deeper network), stays on the CPU if that is done first; no GPU is looked for then.
    Raises SixpadError where a GPU is asked for and none works.
    """
    if device == "cpu":
        return cpu("The CPU was chosen.")
    if device == "auto" and images is not None and images <= SMALL_WORK:
        return cpu(_SMALL)
    backend = probe()
    if device == "gpu" and backend.device != "gpu":
        raise SixpadError(f"{backend.reason} Choose the device auto or cpu instead.")
    return backend


def suited(found: Backend, device: str, images: int) -> Backend:
    """What `choose` gives for so many `images`, where it `found` something for `device` before."""
    small = device == "auto" and images <= SMALL_WORK
    return choose(device, images) if small and found.device == "gpu" else found


def first_line(error: BaseException) -> str:
    """The first line of an error's text that has words in it, or else the error's kind."""
    lines = (line.strip() for line in str(error).splitlines())
    return next((line.rstrip(".") for line in lines if line.strip("=-")), type(error).__name__)
