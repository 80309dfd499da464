"""`sixpad evaluate`: what a model scores on data, digit by digit, and what it gets wrong."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sixpad.commands.console import number, percent, print_json, progress, told, work
from sixpad.commands.examples import load
from sixpad.core.evaluation import Evaluation, evaluate
from sixpad.core.grid import SIDE
from sixpad.core.metrics import THRESHOLD
from sixpad.data.dataset import Dataset
from sixpad.data.image_folder import check_new_folder, write_images
from sixpad.data.model_file import open_model
from sixpad.data.provenance import worth
from sixpad.errors import SixpadError


def run(arguments: argparse.Namespace) -> int:
    """Score the model on the data, prepared as the model's own were."""
    model = open_model(Path(arguments.model))
    threshold = _threshold(arguments.threshold, model.network.digit)
    if arguments.wrong is not None:
        check_new_folder(Path(arguments.wrong))
    dataset = load(arguments, model.preparation)
    snapshot = model.snapshot
    found = evaluate(model.network, snapshot.parameters, dataset, snapshot.config.loss)
    found = found.at(threshold)
    if arguments.wrong is not None:
        _write_wrong(arguments, found, dataset)
    note = worth(dataset.names, model.source)
    if arguments.json:
        print_json(_record(found) | {"learned_from": model.source.names, "note": note})
    else:
        _print(found, f"{dataset.name}, {model.preparation.words}", note)
        if arguments.wrong is not None:
            print(f"\nWrong ones in {arguments.wrong}: {len(found.wrong()):,}, the surest first.")
    return 0


def _threshold(given: float | None, digit: int | None) -> float:
    if given is None:
        return THRESHOLD
    if digit is None:
        raise SixpadError("A threshold is for a single neuron: ten give the likeliest digit.")
    if not 0 <= given <= 1:
        raise SixpadError(f"The threshold is {given:g}: use a probability from 0 to 1.")
    return given


def _write_wrong(arguments: argparse.Namespace, found: Evaluation, dataset: Dataset) -> None:
    """The wrong ones as images whose names tell the truth, the answer and its probability."""
    wrong = found.wrong()
    names = [
        f"{rank:05}-a-{dataset.labels[index]}-taken-for-{_said(found, index)}"
        f"-{100 * found.confidence[index]:.0f}.png"
        for rank, index in enumerate(wrong, start=1)
    ]
    images = dataset.images[wrong].reshape(-1, SIDE, SIDE)
    with progress("files", 100, "%", hidden=arguments.json) as show, work():
        write_images(Path(arguments.wrong), names, images, lambda done: show(100 * done))


def _said(found: Evaluation, index: int) -> str:
    said, digit = int(found.said[index]), found.network.digit
    return str(said) if digit is None else str(digit) if said else f"no-{digit}"


def _record(found: Evaluation) -> dict[str, Any]:
    record = {
        "examples": found.examples,
        "loss": found.loss,
        "accuracy": found.accuracy.value,
        "average_precision": found.average_precision.value,
        "f1": found.f1.value,
        "roc_auc": found.roc_auc.value,
        "confusion": found.confusion.tolist(),
        "interval": found.accuracy[1:],
        "average_precision_interval": found.average_precision[1:],
        "f1_interval": found.f1[1:],
        "roc_auc_interval": found.roc_auc[1:],
        "digits": [
            {**scores._asdict(), "right": scores.right.value, "right_interval": scores.right[1:]}
            for scores in found.by_digit
        ],
    }
    if found.network.digit is not None:
        record |= {
            "threshold": found.threshold, "precision": found.precision, "recall": found.recall
        }  # fmt: skip
    return record


def _print(found: Evaluation, data: str, note: str) -> None:
    one = found.network.digit is not None
    f1 = f"F1 at P = {found.threshold:g}" if one else "F1"
    sought = f", {found.targets.sum():,} of them a {found.network.digit}" if one else ""
    print(
        f"{found.network.title.capitalize()}, on {data}: {found.examples:,} examples{sought}.\n"
        f"{note}\n"
        f"In brackets the 95 % interval.\n\n"
        f"accuracy           {told(found.accuracy, percent)}\n"
        f"average precision  {told(found.average_precision, _three)}\n"
        f"{f1:<17}  {told(found.f1, _three)}\n"
        f"ROC AUC            {told(found.roc_auc, _three)}\n"
        f"loss               {number(found.loss)}\n"
    )
    if one:
        print(
            f"precision          {percent(found.precision)}\n"
            f"recall             {percent(found.recall)}\n"
        )
    _print_confusion(found)
    print("\ndigit  examples  right                      precision     F1  average precision")
    for scores in found.by_digit:
        print(
            f"{scores.digit:>5}  {scores.examples:>8,}  {told(scores.right, percent):<25}  "
            f"{_three(scores.precision):>9}  {_three(scores.f1):>5}  "
            f"{_three(scores.average_precision):>17}"
        )


def _print_confusion(found: Evaluation) -> None:
    names = ["no", "yes"] if len(found.confusion) == 2 else [str(digit) for digit in range(10)]
    width = max(len(f"{found.examples:,}"), 3) + 2
    print("truth \\ answer" + "".join(f"{name:>{width}}" for name in names))
    for name, row in zip(names, found.confusion.tolist(), strict=True):
        print(f"{name:>14}" + "".join(f"{count:>{width},}" for count in row))


def _three(value: float) -> str:
    return number(value, 3)
