"""`sixpad train`: a network trained on data, reported, and saved."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

from sixpad.commands.console import (
    complain,
    number,
    on_interrupt,
    percent,
    print_json,
    progress,
    told,
    work,
)
from sixpad.commands.examples import load_in_parts
from sixpad.core.backend import Backend, choose
from sixpad.core.config import TrainingConfig
from sixpad.core.evaluation import evaluate
from sixpad.core.fallback import train_with_fallback
from sixpad.core.metrics import Scores, score
from sixpad.core.network import MODELS, ONE, Network, network_of
from sixpad.core.preparation import Preparation
from sixpad.core.run import Control
from sixpad.core.sizes import parse_sizes
from sixpad.core.snapshot import DIVERGED, EPOCHS, INTERRUPTED, SETTLED, Snapshot
from sixpad.data.dataset import Dataset
from sixpad.data.files import check_writable
from sixpad.data.handwriting_style import Handwriting
from sixpad.data.model_file import Model, save_model
from sixpad.data.provenance import Source
from sixpad.data.renewal import new_handwriting
from sixpad.data.spec import handwriting_seed
from sixpad.errors import SixpadError, WorkError

DIGIT = 6
ENDINGS = {
    EPOCHS: "all epochs done",
    SETTLED: "settled",
    INTERRUPTED: "interrupted",
    DIVERGED: "diverged",
}


@dataclass(frozen=True)
class Run:
    """A training that has ended, with the seconds that it and its data took."""

    network: Network
    training: Dataset
    validation: Dataset
    snapshot: Snapshot
    backend: Backend
    data_seconds: float
    train_seconds: float

    def scores(self, part: Dataset) -> Scores:
        """What the network that came out scores on one of the parts."""
        z = self.network.logits_in_blocks(self.snapshot.parameters, part.images)
        return score(z, self.network.targets(part.labels), self.snapshot.config.loss)

    @property
    def images_per_second(self) -> float:
        """Examples that gradient steps were made with, for each second of training."""
        whole, size = len(self.training), self.snapshot.config.batch_size
        images = self.snapshot.epoch * whole + min(self.snapshot.batch * size, whole)
        return images / self.train_seconds


def run(arguments: argparse.Namespace) -> int:
    """Train, save where `--out` says, and report. Nothing is saved of a training that diverged."""
    given = vars(arguments)
    names = {field.name for field in fields(TrainingConfig)}
    changes = {name: given[name] for name in names & given.keys()}
    config = replace(TrainingConfig.of(arguments.model), **changes)
    if arguments.digit is not None and arguments.model in MODELS and arguments.model != ONE:
        raise SixpadError(
            f"The model “{arguments.model}” looks for every digit: leave out --digit."
        )
    sizes = None if arguments.layers is None else parse_sizes(arguments.model, arguments.layers)
    digit = DIGIT if arguments.digit is None else arguments.digit
    network = network_of(arguments.model, digit, sizes)
    out = Path(arguments.out) if arguments.out else None
    if out:
        check_writable(out)
    done = _trained(network, config, arguments)
    learned, checked = done.scores(done.training), done.scores(done.validation)
    diverged = done.snapshot.stopped == DIVERGED
    if out and not diverged:
        source = Source().then(
            done.training.names, len(done.training), len(done.validation), _preparation(arguments),
            arguments.new_digits,
        )  # fmt: skip
        with work():
            save_model(out, Model(network, done.snapshot, source, checked, done.train_seconds))
    if arguments.json:
        print_json(_record(done, arguments.data, config.seed, learned, checked))
    else:
        _print(done, learned, checked, _preparation(arguments))
        if out and not diverged:
            print(f"Saved as {out}.")
    if diverged:
        raise WorkError(
            "The training diverged and nothing is saved; "
            f"choose a learning rate below {config.learning_rate:g}."
        )
    return 0


def _preparation(arguments: argparse.Namespace) -> Preparation:
    if arguments.no_fit:
        return Preparation.AS_DRAWN
    return Preparation.DESKEWED if arguments.deskew else Preparation.FITTED


def _trained(network: Network, config: TrainingConfig, arguments: argparse.Namespace) -> Run:
    """Load the data, split them, and train to the end or to Ctrl-C."""
    # What cannot be is told before the data are loaded and not after; but how much there is to do,
    # which decides where a device was not chosen, is known then.
    backend = None
    if arguments.device != "auto":
        with work():
            backend = choose(arguments.device)
    if arguments.new_digits:
        handwriting_seed(arguments.data)
    begun = time.perf_counter()
    training, validation = load_in_parts(arguments, _preparation(arguments))
    renew = None
    if arguments.new_digits:
        preparation = _preparation(arguments)
        renew = new_handwriting(arguments.data, len(training), preparation, Handwriting())
    data_seconds = time.perf_counter() - begun
    control = Control()
    backend = backend or choose("auto", len(training) * config.epochs * network.effort)
    begun = time.perf_counter()
    with (
        progress("training", config.epochs, "epochs", hidden=arguments.json) as show,
        on_interrupt(partial(setattr, control, "stop", True)),
        work(),
    ):
        remark = ""
        for snapshot, used in train_with_fallback(
            network, training, validation, config, backend=backend, control=control, renew=renew
        ):
            if used is not backend:
                backend = used
                complain(backend.reason)
            if snapshot.validation:
                _, scores = snapshot.validation[-1]
                precision = number(scores.average_precision, 3)
                remark = f"loss {number(scores.loss)}, average precision {precision}"
            show(snapshot.progress, remark)
    train_seconds = time.perf_counter() - begun
    return Run(network, training, validation, snapshot, backend, data_seconds, train_seconds)


def _record(
    done: Run, data: list[str], seed: int, learned: Scores, checked: Scores
) -> dict[str, Any]:
    return {
        "model": done.network.model,
        "digit": done.network.digit,
        "data": data,
        "examples": len(done.training) + len(done.validation),
        "epochs": done.snapshot.epoch,
        "steps": done.snapshot.step,
        "seed": seed,
        "device": done.backend.device,
        "device_reason": done.backend.reason,
        "train_seconds": done.train_seconds,
        "data_seconds": done.data_seconds,
        "images_per_second": done.images_per_second,
        "train_loss": learned.loss,
        "validation_loss": checked.loss,
        "validation_accuracy": checked.accuracy,
        "validation_average_precision": checked.average_precision,
        "stopped": done.snapshot.stopped,
    }


def _print(done: Run, learned: Scores, checked: Scores, preparation: Preparation) -> None:
    snapshot = done.snapshot
    found = evaluate(done.network, snapshot.parameters, done.validation, snapshot.config.loss)
    print(
        f"{done.network.title.capitalize()}, on {done.training.name}: "
        f"{len(done.training):,} examples to train on, {len(done.validation):,} to validate, "
        f"{preparation.words}.\n"
        f"{done.snapshot.epoch:,} epochs, {done.snapshot.step:,} steps "
        f"in {done.train_seconds:.1f} s ({done.images_per_second:,.0f} images/s): "
        f"{ENDINGS[str(done.snapshot.stopped)]}.\n"
        f"{done.backend.name}. {done.backend.reason}\n"
        f"loss, training                 {number(learned.loss)}\n"
        f"loss, validation               {number(checked.loss)}\n"
        f"accuracy, validation           {told(found.accuracy, percent)}\n"
        f"average precision, validation  {told(found.average_precision, partial(number, digits=3))}"
    )
