"""What augmentation earns where examples are few, and what it costs.

    python tests/benchmarks/augmentation.py [--count N] [--epochs N] [--models NAME …] [--cost]

Networks learn from a few generated digits, with each kind of augmentation alone and with several
together, and are scored on 4,000 other generated digits and on real ones, which are looked for in
the folder that SIXPAD_REAL_DATA names. With `--cost` it measures the seconds of an epoch of 32,000
digits instead.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import replace
from statistics import mean
from typing import Any

# As the command sixpad does, before NumPy is imported: two threads on a busy machine are slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from recognition import real_data

from sixpad.core.config import TrainingConfig
from sixpad.core.metrics import score
from sixpad.core.network import MODELS, network_of
from sixpad.core.preparation import Preparation
from sixpad.core.training import train
from sixpad.data.dataset import Dataset
from sixpad.data.spec import load_data

SEEDS = (1, 2, 3, 4, 5)
REPEATS = 3
OFF: dict[str, Any] = {"shift": 0, "rotation": 0.0, "scale": 0.0, "slant": 0.0, "noise": 0.0}
EARNED: dict[str, dict[str, Any]] = {
    "none": {},
    "shift 1": {"shift": 1},
    "rotation 10": {"rotation": 10.0},
    "scale 0.1": {"scale": 0.1},
    "slant 10": {"slant": 10.0},
    "noise 0.02": {"noise": 0.02},
    "shift, rotation, scale, slant": {"shift": 1, "rotation": 10.0, "scale": 0.1, "slant": 10.0},
    "all five": {"shift": 1, "rotation": 10.0, "scale": 0.1, "slant": 10.0, "noise": 0.02},
    "all five, doubled": {
        "shift": 2, "rotation": 20.0, "scale": 0.2, "slant": 20.0, "noise": 0.04
    },
}  # fmt: skip
COSTS = ("none", "shift 1", "rotation 10", "noise 0.02", "all five")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=500, help="examples, a fifth to validate")
    parser.add_argument("--epochs", type=int, default=300)
    parser.add_argument("--models", nargs="+", choices=MODELS, default=["ten", "hidden"])
    parser.add_argument("--cost", action="store_true", help="measure the seconds of an epoch")
    arguments = parser.parse_args()
    if arguments.cost:
        for model in MODELS:
            cost(model)
    else:
        sets = {"generated": load_data(["handwriting:4000:99"])}
        sets |= {name: prepare(Preparation.FITTED) for name, prepare in real_data().items()}
        print(f"{arguments.count} digits, {arguments.epochs} epochs, mean of {len(SEEDS)} seeds")
        for model in arguments.models:
            earned(model, arguments.count, arguments.epochs, sets)


def earned(model: str, count: int, epochs: int, sets: dict[str, Dataset]) -> None:
    """Print the accuracy of a model on all sets, for each augmentation."""
    network = network_of(model, 6)
    print(f"\n{network.title:<34}" + "".join(f"{name:>14}" for name in sets))
    for words, augmentation in EARNED.items():
        found: list[list[float]] = []
        for seed in SEEDS:
            training, validation = load_data([f"handwriting:{count}:{seed}"]).split(seed=seed)
            config = TrainingConfig.of(model)
            config = replace(config, epochs=epochs, seed=seed, **OFF | augmentation)
            *_, last = train(network, training, validation, config)
            found.append([accuracy(network, last.parameters, data) for data in sets.values()])
        cells = (
            f"{mean(column):.3f} ±{np.std(column, ddof=1) / len(column) ** 0.5:.3f}"
            for column in zip(*found, strict=True)
        )
        print(f"  {words:<32}" + "".join(f"{cell:>14}" for cell in cells), flush=True)


def accuracy(network: Any, parameters: Any, data: Dataset) -> float:
    z = network.logits_in_blocks(parameters, data.images)
    return score(z, np.asarray(network.targets(data.labels)), "cross-entropy").accuracy


def cost(model: str) -> None:
    """Print the seconds of an epoch, the fastest of some, for each augmentation."""
    network = network_of(model, 6)
    training, validation = load_data(["handwriting:40000"]).split(seed=0)
    epochs = 1 if network.deep else 5
    seconds: dict[str, float] = {}
    for _ in range(REPEATS):
        for words in COSTS:
            config = replace(TrainingConfig.of(model), epochs=epochs, **OFF | EARNED[words])
            begun = time.perf_counter()
            list(train(network, training, validation, config))
            took = (time.perf_counter() - begun) / epochs
            seconds[words] = min(took, seconds.get(words, took))
    print(network.title)
    for words, took in seconds.items():
        print(f"  {words:<32}{1e3 * took:8.1f} ms  {took / seconds['none']:.2f}", flush=True)


if __name__ == "__main__":
    main()
