"""How fast the training is, beside what a person would use instead, in the same run.

    pip install '.[bench]'
    python tests/benchmarks/training.py [--json FILE] [--threads N ...] [--repeats N]

The work: 60,000 images, as they are prepared by default. They are real digits, tripled with shifts
of one pixel, where SIXPAD_REAL_DATA names a folder that has them; else generated ones. The peers
get them as float32 arrays, ready in memory. One neuron ("6") and ten, first with one BLAS thread
each, then with two. Repeats are taken in turns; what else the machine does shows in their spread.
OPENBLAS_CORETYPE, where it is set, can slow OpenBLAS down: which kernels it runs is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

SIZE, VALIDATION, SEED = 60_000, 2_699, 1
BATCH, EPOCHS = 256, 10
ITERATIONS = (20, 100)
# Batch size and first learning rate: steps as large as short runs can bear, falling to nothing.
SHORT_RUNS = {
    ("one", 20): (128, 0.07), ("one", 100): (144, 0.06),
    ("ten", 20): (256, 0.03), ("ten", 100): (256, 0.03),
}  # fmt: skip
MOST_EPOCHS = 30
MNIST = "mnist-train"
THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class Timing(NamedTuple):
    """Seconds of sixpad and of a peer, repeat by repeat, and the goal for their ratio."""

    what: str
    ours: list[float]
    peers: list[float]
    peer: str
    goal: float
    remark: str = ""

    @property
    def ratios(self) -> list[float]:
        """How many times longer the peer takes, repeat by repeat."""
        return [peer / own for own, peer in zip(self.ours, self.peers, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--repeats", type=int, default=3, metavar="N")
    parser.add_argument("--part", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.part:
        print(json.dumps(measure(arguments.threads[0], arguments.repeats)))
        return
    reports = []
    for threads in arguments.threads:
        # The libraries read how many threads they may use once, at their import.
        surroundings = os.environ | dict.fromkeys(THREAD_VARIABLES, str(threads))
        command = [sys.executable, __file__, "--part", "--threads", str(threads)]
        command += ["--repeats", str(arguments.repeats)]
        output = subprocess.check_output(command, env=surroundings, text=True)
        reports.append(json.loads(output))
        show(reports[-1])
    if arguments.json:
        arguments.json.write_text(json.dumps(reports, indent=2) + "\n", encoding="utf-8")


def measure(threads: int, repeats: int) -> dict[str, Any]:
    """All figures for so many threads."""
    from threadpoolctl import threadpool_info

    warnings.filterwarnings("ignore")  # scikit-learn's, that 20 iterations are few
    images, labels, checked, source = examples()
    rate, bandwidth = matrix_rate(), read_bandwidth()
    timings = []
    for model in ("one", "ten"):
        timings += convergence(model, images, labels, checked, repeats)
        timings += epochs(model, images, labels, threads, repeats)
        timings += full_gradient(model, images, labels, rate, bandwidth, repeats)
    blas = {info.get("architecture") for info in threadpool_info()} - {None}
    return {
        "threads": threads,
        "data": source,
        "openblas": sorted(blas),
        "gflops": rate / 1e9,
        "gigabytes_per_second": bandwidth / 1e9,
        "rows": [
            {**timing._asdict(), "ratios": timing.ratios, "ratio": median(timing.ratios)}
            for timing in timings
        ],
    }


def show(report: dict[str, Any]) -> None:
    threads = report["threads"]
    print(
        f"{threads} BLAS thread{'s' if threads > 1 else ''} each, {report['data']}; "
        f"OpenBLAS runs its kernels for {', '.join(report['openblas'])}; "
        f"{report['gflops']:.0f} GFLOP/s, {report['gigabytes_per_second']:.0f} GB/s"
    )
    print(f"  {'what':<46} {'sixpad':>9} {'peer':>9}  {'peer / sixpad (spread)':<26} goal")
    for row in report["rows"]:
        ours, peer = median(row["ours"]), median(row["peers"])
        low, high = min(row["ratios"]), max(row["ratios"])
        ratio = f"{row['ratio']:.2f} ({low:.2f}–{high:.2f})"
        print(
            f"  {row['what']:<46} {1e3 * ours:>6.1f} ms {1e3 * peer:>6.1f} ms  {ratio:<26} "
            f"{row['goal']:g}  {row['peer']}{row['remark']}"
        )
    print()


def examples() -> tuple[Any, Any, Any, str]:
    """60,000 images (N, 576) and their labels, others to check on, and where they are from."""
    import numpy as np

    from sixpad.core.grid import PIXELS, SIDE
    from sixpad.data.dataset import Dataset
    from sixpad.data.handwriting import generate
    from sixpad.data.spec import load_data

    folder = os.environ.get("SIXPAD_REAL_DATA", "")
    if not folder or not (Path(folder) / f"{MNIST}-images-idx3-ubyte.gz").exists():
        data = generate(SIZE + VALIDATION, SEED)
        return data.images[:SIZE], data.labels[:SIZE], data.take(np.arange(SIZE, len(data))), (
            "generated digits (SIXPAD_REAL_DATA names no folder with MNIST)"
        )  # fmt: skip
    data = load_data([f"idx:{Path(folder) / MNIST}"])
    rng = np.random.default_rng(SEED)
    order = rng.permutation(len(data))
    checked, kept = data.take(order[:VALIDATION]), data.take(order[VALIDATION:][: SIZE // 3])
    copies = [kept.images]
    for _ in range(2):
        moved = kept.images.reshape(-1, SIDE, SIDE).copy()
        shifts = rng.integers(-1, 2, (len(moved), 2))
        for shift in np.unique(shifts, axis=0):
            chosen = (shifts == shift).all(axis=1)
            moved[chosen] = np.roll(moved[chosen], tuple(shift), axis=(1, 2))
        copies.append(moved.reshape(-1, PIXELS))
    whole = Dataset(np.concatenate(copies), np.tile(kept.labels, 3), "real digits")
    whole = whole.take(rng.permutation(len(whole)))
    return whole.images, whole.labels, checked, f"{len(whole):,} real digits, shifted"


def convergence(
    model: str, images: Any, labels: Any, checked: Any, repeats: int
) -> Iterable[Timing]:
    """The time to the training loss that scikit-learn has after some iterations of its default.

    Both solve the same problem: its C = 1 is an L2 of 1/N. Of runs of 1, 2, 3 … epochs the first
    that gets there counts, from the images to the end.
    """
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    from sixpad.core.config import TrainingConfig
    from sixpad.core.metrics import score
    from sixpad.core.network import Network
    from sixpad.core.training import train
    from sixpad.data.dataset import Dataset

    network = Network() if model == "one" else Network(None, "ten")
    X, data = images.astype(np.float32), Dataset(images, labels, "benchmark")
    truth = labels == network.digit if model == "one" else labels
    tenth = checked.take(np.arange(10))

    def scores_of(parameters: Any, part: Any) -> Any:
        z = network.logits_in_blocks(parameters, part.images)
        return score(z, network.targets(part.labels), "cross-entropy")

    def run(epochs: int, batch: int, rate: float) -> tuple[float, Any]:
        config = TrainingConfig(epochs, rate, batch_size=batch, l2=1 / len(data))
        begun = time.perf_counter()
        *_, last = train(network, data, tenth, config)
        return time.perf_counter() - begun, last.parameters

    for iterations in ITERATIONS:
        peer = LogisticRegression(max_iter=iterations)
        peers, ours = [], []
        chosen, settings = 0, SHORT_RUNS[model, iterations]
        for _ in range(repeats):
            peers.append(seconds(lambda peer=peer: peer.fit(X, truth)))
            weights = {"output.weights": peer.coef_.T, "output.bias": peer.intercept_}
            loss = scores_of(weights, data).loss
            while not chosen or scores_of(run(chosen, *settings)[1], data).loss > loss:
                chosen += 1
                if chosen > MOST_EPOCHS:
                    raise SystemExit(f"{model}: the loss {loss:.4f} was not reached.")
            ours.append(run(chosen, *settings)[0])
        parameters = run(chosen, *settings)[1]
        found, theirs = scores_of(parameters, checked), scores_of(weights, checked)
        yield Timing(
            f"{model}: to the loss of {iterations} iterations, {loss:.4f}",
            ours, peers, "scikit-learn", 10,
            f"; {chosen} epochs, batches of {settings[0]}, rate {settings[1]}: "
            f"{scores_of(parameters, data).loss:.4f}; validation: average precision "
            f"{found.average_precision:.4f} against {theirs.average_precision:.4f}, "
            f"accuracy {found.accuracy:.4f} against {theirs.accuracy:.4f}",
        )  # fmt: skip


def epochs(model: str, images: Any, labels: Any, threads: int, repeats: int) -> Iterable[Timing]:
    """Epochs of mini-batch Adam; PyTorch gathers a shuffled batch for each step, as is usual."""
    import numpy as np
    import torch

    from sixpad.core.config import CONSTANT, TrainingConfig
    from sixpad.core.network import Network
    from sixpad.core.training import train
    from sixpad.data.dataset import Dataset

    torch.set_num_threads(threads)
    network = Network() if model == "one" else Network(None, "ten")
    data = Dataset(images, labels, "benchmark")
    few = data.take(np.arange(10))
    config = TrainingConfig(EPOCHS, 0.001, CONSTANT, BATCH, l2=0)
    X = torch.from_numpy(images.astype(np.float32))
    t = torch.from_numpy(labels == 6).float() if model == "one" else torch.from_numpy(labels).long()

    def peer(epochs: int = EPOCHS) -> None:
        layer = torch.nn.Linear(X.shape[1], 1 if model == "one" else 10)
        optimizer = torch.optim.Adam(layer.parameters(), 0.001)
        loss = torch.nn.BCEWithLogitsLoss() if model == "one" else torch.nn.CrossEntropyLoss()
        for _ in range(epochs):
            order = torch.randperm(len(X))
            for begin in range(0, len(X), BATCH):
                rows = order[begin : begin + BATCH]
                optimizer.zero_grad()
                z = layer(X[rows])
                loss(z[:, 0] if model == "one" else z, t[rows]).backward()
                optimizer.step()

    peer(1)  # the first time it sets itself up
    ours, peers = [], []
    for _ in range(repeats):
        ours.append(seconds(lambda: list(train(network, data, few, config))) / EPOCHS)
        peers.append(seconds(peer) / EPOCHS)
    goal = 8 if model == "one" else 4
    yield Timing(f"{model}: an epoch of Adam, batches of {BATCH}", ours, peers, "PyTorch", goal)


def full_gradient(
    model: str, images: Any, labels: Any, rate: float, bandwidth: float, repeats: int
) -> Iterable[Timing]:
    """One gradient over all images against what the machine could do at best."""
    import numpy as np

    from sixpad.core.backend import cpu
    from sixpad.core.config import TrainingConfig
    from sixpad.core.descent import Descent
    from sixpad.core.network import Network

    network = Network() if model == "one" else Network(None, "ten")
    config = TrainingConfig(batch_size=len(labels), optimizer="gd", l2=0)
    parameters = 577 * network.answer.outputs
    descent = Descent(network, config, cpu(""), np.zeros(parameters, np.float32), None)
    descent.show(images, labels, np.arange(len(labels)))
    operations, size = 4 * len(labels) * parameters, images.size / 8
    limit = max(operations / rate, size / bandwidth)
    ours = [
        seconds(lambda: descent.steps([0] * 5, [0.001] * 5, lambda: False)) / 5
        for _ in range(repeats)
    ]
    limits = [limit] * repeats
    # A limit is reached in its own time: the goal is that it is half of ours or more.
    yield Timing(f"{model}: one gradient over all", ours, limits, "the machine's limit", 0.5)


def matrix_rate() -> float:
    """Operations a second of a large product of float32 matrices."""
    import numpy as np

    A = np.random.default_rng(0).random((1024, 1024), np.float32)
    return 2 * 1024**3 / min(seconds(lambda: A @ A) for _ in range(20))


def read_bandwidth() -> float:
    """Bytes a second that are read from memory."""
    import numpy as np

    data = np.ones(1 << 25, np.uint64)
    return data.nbytes / min(seconds(data.max) for _ in range(5))


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
