"""How well networks trained on generated digits alone know real ones.

    python tests/benchmarks/recognition.py [--count N] [--models NAME …] [--json FILE]

Each is trained by its model's defaults, as drawings are prepared by default and deskewed; the
deeper ones also on digits that are new in every epoch. It takes some ten minutes on a core. Real
digits are looked for in the folder that SIXPAD_REAL_DATA names; they measure and nothing else: no
training here sees them. The paths of the pen are drawn twice, in one size in the middle and free:
in any size, anywhere on the canvas.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

# As the command sixpad does, before NumPy is imported: two threads on a busy machine are slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from sixpad.core.config import TrainingConfig
from sixpad.core.grid import PIXELS, SIDE
from sixpad.core.metrics import Scores, score
from sixpad.core.network import CONV, HIDDEN, MODELS, TEN, Network, network_of
from sixpad.core.preparation import Preparation
from sixpad.core.training import train
from sixpad.data.dataset import Dataset
from sixpad.data.handwriting import generate
from sixpad.data.handwriting_style import Handwriting
from sixpad.data.renewal import NewHandwriting
from sixpad.data.spec import DEFAULT_COUNT, load_data
from sixpad.data.unipen import read_paths

SEEDS = (1, 2, 3)
PREPARATIONS = (Preparation.FITTED, Preparation.DESKEWED)
MNIST, PEN = "mnist-train-images-idx3-ubyte.gz", "pendigits-train.unipen.gz"


class Trained(NamedTuple):
    """A network, and whether it meets new digits in every epoch."""

    network: Network
    new_digits: bool = False

    @property
    def title(self) -> str:
        return self.network.title + (", new digits" if self.new_digits else "")


class Measure(NamedTuple):
    """One line of the table: which score of which network."""

    trained: Trained
    words: str
    value: Callable[[Scores], float]


DEEP = [Trained(network_of(model, 6), new) for model in (HIDDEN, CONV) for new in (False, True)]
MEASURES = (
    Measure(Trained(Network()), "average precision", lambda scores: scores.average_precision),
    Measure(Trained(Network()), "F1 at P = 0.5", lambda scores: scores.f1),
    *(
        Measure(trained, "accuracy", lambda scores: scores.accuracy)
        for trained in (Trained(Network(None, TEN)), *DEEP)
    ),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=DEFAULT_COUNT, help="digits to generate")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    parser.add_argument("--models", nargs="+", choices=MODELS, default=MODELS, metavar="NAME")
    arguments = parser.parse_args()
    measures = [each for each in MEASURES if each.trained.network.model in arguments.models]
    networks = list(dict.fromkeys(measure.trained for measure in measures))
    raw = real_data()
    figures: list[dict[str, Any]] = []
    seconds: dict[str, list[float]] = {}
    for preparation in PREPARATIONS:
        runs: dict[tuple[str, Trained], list[Scores]] = {}
        sets = {name: prepare(preparation) for name, prepare in raw.items()}
        for seed in SEEDS:
            begun = time.perf_counter()
            written = generate(arguments.count, seed, preparation=Preparation.AS_DRAWN)
            seconds.setdefault("writing", []).append(time.perf_counter() - begun)
            begun = time.perf_counter()
            images = preparation(written.images.reshape(-1, SIDE, SIDE)).reshape(-1, PIXELS)
            seconds.setdefault(preparation.value, []).append(time.perf_counter() - begun)
            training, validation = Dataset(images, written.labels, written.name).split(seed=seed)
            for trained in networks:
                network = trained.network
                config = replace(TrainingConfig.of(network.model), seed=seed)
                renew = NewHandwriting(len(training), seed, preparation, Handwriting())
                begun = time.perf_counter()
                *_, last = train(
                    network, training, validation, config,
                    renew=renew if trained.new_digits else None,
                )  # fmt: skip
                took = time.perf_counter() - begun
                seconds.setdefault(f"training {trained.title}", []).append(took)
                for name, data in {"validation part": validation, **sets}.items():
                    z = network.logits_in_blocks(last.parameters, data.images)
                    found = score(z, np.asarray(network.targets(data.labels)), last.config.loss)
                    runs.setdefault((name, trained), []).append(found)
        figures += lines(preparation, measures, runs)
    report = {
        "digits": arguments.count,
        "seeds": SEEDS,
        "scores": figures,
        "seconds": {name: summary(values) for name, values in seconds.items()},
    }
    show(report, measures, list(raw))
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def real_data() -> dict[str, Callable[[Preparation], Dataset]]:
    """What gives each of the sets that are there, prepared."""
    folder = Path(os.environ.get("SIXPAD_REAL_DATA", "/nonexistent"))
    sets: dict[str, Callable[[Preparation], Dataset]] = {}
    if (folder / MNIST).exists():
        prefix = str(folder / MNIST).removesuffix("-images-idx3-ubyte.gz")
        sets["MNIST part"] = lambda prepared: load_data([f"idx:{prefix}"], preparation=prepared)
    if (folder / PEN).exists():
        spec = f"unipen:{folder / PEN}"
        sets["pen digits"] = lambda prepared: load_data([spec], preparation=prepared)
        sets["pen, free"] = lambda prepared: pen_digits_drawn_free(folder / PEN, prepared)
    for name in (MNIST, PEN):
        if not (folder / name).exists():
            print(f"Skipped: SIXPAD_REAL_DATA names no folder with {name}.")
    return sets


def pen_digits_drawn_free(path: Path, preparation: Preparation) -> Dataset:
    """Each path with a pen of 1.8 to 2.4, its longer side 12 to 22 pixels, anywhere."""
    paths = read_paths(path)
    rng, count = np.random.default_rng(0), len(paths.labels)
    pens, sides = rng.uniform(1.8, 2.4, count), rng.uniform(12, 22, count)
    images = preparation(paths.draw(pens, sides, rng.random((count, 2))))
    return Dataset(images.reshape(-1, PIXELS), paths.labels, "pen digits drawn free")


def lines(
    preparation: Preparation,
    measures: list[Measure],
    runs: dict[tuple[str, Trained], list[Scores]],
) -> list[dict[str, Any]]:
    """The summaries over the seeds of every measure on every set."""
    return [
        {
            "preparation": preparation.value,
            "model": measure.trained.title,
            "measure": measure.words,
            "set": name,
            **summary([measure.value(scores) for scores in found]),
        }
        for measure in measures
        for (name, trained), found in runs.items()
        if trained == measure.trained
    ]


def summary(values: list[float]) -> dict[str, float]:
    return {"median": median(values), "lowest": min(values), "highest": max(values)}


def show(report: dict[str, Any], measures: list[Measure], real: list[str]) -> None:
    print(f"Trained by the defaults on four fifths of handwriting:{report['digits']}; median")
    print(f"(lowest to highest) over {len(SEEDS)} seeds.\n")
    names = ["validation part", *real]
    for preparation in PREPARATIONS:
        print(f"{preparation.value:<58}" + "".join(f"{name:<22}" for name in names))
        for measure in measures:
            cells = [
                told(line)
                for name in names
                for line in report["scores"]
                if (line["preparation"], line["set"]) == (preparation.value, name)
                and (line["model"], line["measure"]) == (measure.trained.title, measure.words)
            ]
            words = f"  {measure.trained.title}, {measure.words}"
            print(f"{words:<58}" + "".join(f"{cell:<22}" for cell in cells))
        print()
    seconds = report["seconds"]
    for name, values in seconds.items():
        print(f"{name:<58}{told(values, 2)} s")
    generated = seconds["writing"]["median"] + seconds[PREPARATIONS[0].value]["median"]
    print(f"{'written and fitted':<58}{report['digits'] / generated:,.0f} digits a second")


def told(entry: dict[str, float], places: int = 3) -> str:
    middle, low, high = (f"{entry[name]:.{places}f}" for name in ("median", "lowest", "highest"))
    return f"{middle} ({low}–{high})"


if __name__ == "__main__":
    main()
