"""How well one neuron trained on generated digits alone knows real ones.

    python tests/benchmarks/recognition.py [--json FILE]

Real digits are looked for in the folder that SIXPAD_REAL_DATA names. They measure and nothing else:
no training here sees them.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from sixpad.core.config import TrainingConfig
from sixpad.core.metrics import Scores, score
from sixpad.core.network import Network
from sixpad.core.snapshot import Snapshot
from sixpad.core.training import train
from sixpad.data.dataset import Dataset
from sixpad.data.handwriting import generate
from sixpad.data.spec import load_data

SEEDS = (1, 2, 3)
COUNT = 20_000
REAL = {"MNIST": "idx:{}/mnist-train", "pen digits": "unipen:{}/pendigits-train.unipen.gz"}
FILES = {"MNIST": "mnist-train-images-idx3-ubyte.gz", "pen digits": "pendigits-train.unipen.gz"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    arguments = parser.parse_args()
    real = real_data()
    network = Network()
    runs: dict[str, list[Scores]] = {}
    sizes: dict[str, int] = {}
    seconds = []
    for seed in SEEDS:
        start = time.perf_counter()
        written = generate(COUNT, seed)
        seconds.append(time.perf_counter() - start)
        training, validation = written.split(seed=seed)
        trained = fitted(network, training, validation, seed)
        for name, data in {"validation part": validation, **real}.items():
            runs.setdefault(name, []).append(scores(network, trained, data))
            sizes[name] = len(data)
    figures: dict[str, Any] = {
        "generation_seconds": summary(seconds),
        "digits_per_second": summary([COUNT / each for each in seconds]),
        "sets": {
            name: {
                "examples": sizes[name],
                "average_precision": summary([each.average_precision for each in done]),
                "f1": summary([each.f1 for each in done]),
            }
            for name, done in runs.items()
        },
        "absent": [name for name in REAL if name not in real],
    }
    show(figures)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def real_data() -> dict[str, Dataset]:
    """The sets that are there, prepared as the app prepares them."""
    folder = os.environ.get("SIXPAD_REAL_DATA")
    if not folder:
        return {}
    return {
        name: load_data([spec.format(folder)])
        for name, spec in REAL.items()
        if (Path(folder) / FILES[name]).exists()
    }


def fitted(network: Network, training: Dataset, validation: Dataset, seed: int) -> Snapshot:
    """The end of a training by the app's own defaults."""
    *_, last = train(network, training, validation, TrainingConfig(seed=seed))
    return last


def scores(network: Network, trained: Snapshot, data: Dataset) -> Scores:
    z = network.logits(trained.parameters, data.images.astype(np.float32))
    return score(z, network.targets(data.labels), trained.config.loss)


def summary(values: list[float]) -> dict[str, float]:
    return {"median": median(values), "lowest": min(values), "highest": max(values)}


def show(figures: dict[str, Any]) -> None:
    print(f"One neuron for the 6, trained by the defaults on handwriting:{COUNT}, of which it sees")
    print(f"four fifths. Median (lowest to highest) over {len(SEEDS)} seeds.\n")
    print(f"{'set':<16} {'examples':>8}   {'average precision':<24} F1 at P = 0.5")
    for name, entry in figures["sets"].items():
        precision, f1 = told(entry["average_precision"]), told(entry["f1"])
        print(f"{name:<16} {entry['examples']:>8}   {precision:<24} {f1}")
    for name in figures["absent"]:
        print(f"{name:<16} absent: SIXPAD_REAL_DATA names no folder with {FILES[name]}")
    print(f"\n{COUNT} digits in {told(figures['generation_seconds'], 2)} s:", end=" ")
    print(f"{told(figures['digits_per_second'], 0)} a second")


def told(entry: dict[str, float], places: int = 3) -> str:
    middle, low, high = (f"{entry[name]:.{places}f}" for name in ("median", "lowest", "highest"))
    return f"{middle} ({low} to {high})"


if __name__ == "__main__":
    main()
