"""How fast gradient steps are on the GPU, beside PyTorch, the CPU and what the machine can do.

    python tests/benchmarks/gpu.py [--repeats N] [--json FILE]

Plain gradient descent on cross-entropy in float32, TF32 off, on generated digits. A step is one of
many in a row, launched as training does and waited for at their end. PyTorch has the images as
floats on the GPU; without PyTorch its lines are left out. The limits are measured in the same run:
a copy of a gibibyte, and products of large matrices in float32 and in bfloat16. What a step must
read is each image's 73 bytes; what it must compute is 4 operations for each pixel and output.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import Any

# As the program itself does, and before NumPy is imported, which reads it once.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import torch_steps
from numpy.typing import NDArray

from sixpad.core.backend import Backend, cpu, probe
from sixpad.core.config import TrainingConfig
from sixpad.core.descent import Descent
from sixpad.core.grid import PIXELS
from sixpad.core.kernel_descent import KernelDescent, choose_descent
from sixpad.core.network import TEN, Network
from sixpad.data.handwriting import generate

ONE_NEURON, TEN_NEURONS = Network(), Network(None, TEN)
RATE = 0.001
# Each timing is of so many steps as take about so long.
SECONDS = 0.2
MOST_STEPS = 20_000
WRITTEN = 20_000
GIBIBYTE, SIDE = 1 << 30, 8192

Images = NDArray[np.uint8]
Steps = Callable[[int], None]  # takes so many steps and waits for their end


@dataclass(frozen=True)
class Work:
    """Steps of a network on batches of so many of `images` images."""

    network: Network
    images: int
    batch_size: int

    @property
    def words(self) -> str:
        return f"{self.network.title}, {self.batch_size:,} of {self.images:,} images"

    @property
    def batches(self) -> int:
        return self.images // self.batch_size

    def bytes(self) -> int:
        return self.batch_size * (PIXELS // 8 + 1)

    def operations(self) -> int:
        return 4 * self.batch_size * (PIXELS + 1) * self.network.answer.outputs


WORK = (
    Work(TEN_NEURONS, 60_000, 60_000),
    Work(ONE_NEURON, 60_000, 60_000),
    Work(TEN_NEURONS, 1_000_000, 1_000_000),
    Work(ONE_NEURON, 1_000_000, 1_000_000),
    Work(TEN_NEURONS, 60_000, 256),
    Work(ONE_NEURON, 60_000, 256),
    Work(TEN_NEURONS, 60_000, 4096),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=7, help="timings of each kind of step")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    arguments = parser.parse_args()
    begun = time.perf_counter()
    gpu = probe()
    ready = time.perf_counter() - begun
    if gpu.device != "gpu":
        print(f"Skipped: {gpu.reason}")
        return
    report: dict[str, Any] = {"gpu": gpu.name, "repeats": arguments.repeats, "probe": ready}
    report["limits"] = limits = measured_limits(gpu, arguments.repeats)
    print(f"{gpu.name}; found and tested in {ready:.1f} s")
    print(f"it copies {limits['bytes'] / 1e12:.2f} TB/s (read and written), and multiplies")
    print(f"{limits['float32'] / 1e12:.1f} TFLOP/s in float32", end="")
    print(f", {limits['bfloat16'] / 1e12:.0f} in bfloat16" if "bfloat16" in limits else "")
    if torch_steps.torch is None:
        print(f"Without PyTorch: {torch_steps.reason}.")
    report["steps"] = []
    for work in WORK:
        entry = measure(work, gpu, limits, arguments.repeats)
        report["steps"].append(entry)
        show(entry)
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def measured_limits(gpu: Backend, repeats: int) -> dict[str, float]:
    """What this GPU does in a second: bytes it moves, operations in float32 and in bfloat16."""
    limits = {
        "bytes": 2 * GIBIBYTE / timed(copies(gpu.xp), repeats)["median"],
        "float32": 2 * SIDE**3 / timed(float32_products(gpu.xp), repeats)["median"],
    }
    gpu.xp.get_default_memory_pool().free_all_blocks()
    if torch_steps.torch is not None:
        products = timed(torch_steps.bfloat16_products(SIDE), repeats)
        limits["bfloat16"] = 2 * SIDE**3 / products["median"]
    return limits


def copies(xp: Any) -> Steps:
    """Copies of a gibibyte."""
    source = xp.zeros(GIBIBYTE // 4, np.float32)
    target = xp.empty_like(source)

    def steps(count: int) -> None:
        for _ in range(count):
            target[...] = source
        xp.cuda.Device().synchronize()

    return steps


def float32_products(xp: Any) -> Steps:
    """Products of large matrices; CuPy uses no TF32 unless it is told to."""
    left = xp.ones((SIDE, SIDE), np.float32)
    product = xp.empty_like(left)

    def steps(count: int) -> None:
        for _ in range(count):
            xp.matmul(left, left, out=product)
        xp.cuda.Device().synchronize()

    return steps


def measure(work: Work, gpu: Backend, limits: dict[str, float], repeats: int) -> dict[str, Any]:
    """The seconds a step takes, every way there is, and how far that is from the limits."""
    images, labels = digits(work.images)
    there = descent_on(gpu, work, images, labels)
    ways: dict[str, Any] = {
        "kernels" if isinstance(there, KernelDescent) else "array operations": timed(
            steps_of(there, work, gpu), repeats
        )
    }
    here = descent_on(cpu(""), work, images, labels)
    ways["CPU"] = timed(steps_of(here, work, cpu("")), min(repeats, 3))
    if torch_steps.torch is not None:
        truths = labels if work.network.digit is None else labels == work.network.digit
        for name, make in torch_steps.WAYS.items():
            try:
                steps = make(images, truths, work.batch_size, work.network.answer.outputs, RATE)
                ways[name] = timed(steps, repeats)
            except Exception as error:
                ways[name] = {"failed": f"{type(error).__name__}: {error}".splitlines()[0][:200]}
            torch_steps.free()
    fastest = next(iter(ways.values()))["median"]
    limit = {
        "bytes": work.bytes() / limits["bytes"],
        "float32": work.operations() / limits["float32"],
    }
    if "bfloat16" in limits:
        # A product in float32 is three in bfloat16.
        limit["bfloat16"] = 3 * work.operations() / limits["bfloat16"]
    return {
        "work": work.words,
        **{name: value for name, value in asdict(work).items() if name != "network"},
        "model": work.network.model,
        "ways": ways,
        "limits": limit,
        "times_limit": fastest / max(limit["bytes"], limit["float32"]),
        "distance": distance_from_float64(gpu, work.network, images, labels),
    }


@lru_cache(maxsize=1)
def digits(count: int) -> tuple[Images, Images]:
    """So many generated digits; beyond some thousands they come again."""
    written = generate(WRITTEN, 1)
    again = np.arange(count) % WRITTEN
    return written.images[again], written.labels[again]


def descent_on(backend: Backend, work: Work, images: Images, labels: Images) -> Descent:
    config = TrainingConfig(batch_size=work.batch_size, optimizer="gd", l2=0.0)
    theta = np.zeros((PIXELS + 1) * work.network.answer.outputs, np.float32)
    descent = choose_descent(work.network, config, backend, theta, None)
    descent.show(images, labels, np.arange(len(labels)))
    return descent


def steps_of(descent: Descent, work: Work, backend: Backend) -> Steps:
    def steps(count: int) -> None:
        descent.steps([i % work.batches for i in range(count)], [RATE] * count, lambda: False)
        descent.take_losses()

    return steps


def timed(steps: Steps, repeats: int) -> dict[str, Any]:
    """The seconds of one step: the median, the lowest and the highest of the repeats."""
    count, taken = 1, 0.0
    while taken < SECONDS / 4 and count < MOST_STEPS:  # warms up, too
        count *= 4 if taken else 2
        begun = time.perf_counter()
        steps(count)
        taken = time.perf_counter() - begun
    count = max(min(int(count * SECONDS / taken), MOST_STEPS), 1)
    values = []
    for _ in range(repeats):
        begun = time.perf_counter()
        steps(count)
        values.append((time.perf_counter() - begun) / count)
    ends = {"lowest": min(values), "highest": max(values)}
    return {"median": median(values), **ends, "steps": count}


def distance_from_float64(gpu: Backend, network: Network, images: Images, labels: Images) -> float:
    """‖g − ĝ‖ / ‖ĝ‖ of the GPU's gradient g at random weights against float64's ĝ on the CPU."""
    count = min(4096, len(labels))
    config = TrainingConfig(batch_size=count, optimizer="gd", l2=0.0)
    generator = np.random.default_rng()
    theta = generator.normal(size=(PIXELS + 1) * network.answer.outputs).astype(np.float32) * 0.1
    chosen = generator.permutation(len(labels))[:count]
    gradients = []
    for backend, exact in ((gpu, theta), (cpu(""), theta.astype(np.float64))):
        descent = choose_descent(network, config, backend, exact, None)
        descent.show(images[chosen], labels[chosen], np.arange(count))
        descent.steps([0], [0.0], lambda: False)
        gradients.append(backend.to_host(descent.gradient))
    there, here = gradients
    return float(np.linalg.norm(there - here) / np.linalg.norm(here))


def show(entry: dict[str, Any]) -> None:
    print(f"\n{entry['work']}")
    ours = next(iter(entry["ways"].values()))["median"]
    for name, seconds in entry["ways"].items():
        if "failed" in seconds:
            print(f"  {name:<24}failed: {seconds['failed']}")
            continue
        middle, low, high = (1e6 * seconds[key] for key in ("median", "lowest", "highest"))
        print(f"  {name:<24}{middle:10.1f} µs ({low:.1f} to {high:.1f})", end="")
        print(f"{seconds['median'] / ours:10.2f} times")
    for name, seconds in entry["limits"].items():
        print(f"  {'limit by ' + name:<24}{1e6 * seconds:10.1f} µs")
    print(f"  {entry['times_limit']:.2f} times the limit by bytes or float32 operations")
    print(f"  gradient {entry['distance']:.1e} from float64's")


if __name__ == "__main__":
    main()
