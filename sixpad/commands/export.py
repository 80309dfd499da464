"""`sixpad export`: a model as ONNX, as a picture, as numbers, or as a report of one page."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sixpad.commands.console import print_json, qt_needed, work
from sixpad.commands.examples import load
from sixpad.core.evaluation import evaluate
from sixpad.data.files import check_writable
from sixpad.data.model_file import Model, open_model
from sixpad.data.onnx_file import write_onnx
from sixpad.data.provenance import worth
from sixpad.data.weights_picture import write_weights_picture
from sixpad.data.weights_table import write_weights_table
from sixpad.errors import SixpadError

Write = Callable[[Path, Model], None]

WEIGHTS: dict[str, Write] = {
    ".onnx": write_onnx,
    ".png": write_weights_picture,
    ".csv": write_weights_table,
}
REPORTS = (".pdf", ".png")


def run(arguments: argparse.Namespace) -> int:
    """Write the file in the format that its name says; a report is scored on the data first."""
    out = Path(arguments.file)
    suffix = out.suffix.lower()
    report = _is_report(arguments, suffix)
    model = open_model(Path(arguments.model))
    check_writable(out)
    if report:
        _write_report(arguments, out, model)
    else:
        with work():
            WEIGHTS[suffix](out, model)
    if arguments.json:
        record = {"model": model.network.model, "file": str(out), "format": suffix[1:]}
        print_json(record)
    else:
        print(f"{model.network.title.capitalize()}, exported as {out}.")
    return 0


def _is_report(arguments: argparse.Namespace, suffix: str) -> bool:
    """Whether a report is wanted; raises SixpadError for what does not go together."""
    report = arguments.report or suffix == ".pdf"
    if suffix not in (*WEIGHTS, *REPORTS):
        raise SixpadError(
            f"“{arguments.file}” does not say which format; "
            "give it a name that ends in .onnx, .png, .csv or .pdf."
        )
    if report and suffix not in REPORTS:
        raise SixpadError("A report is a .pdf or a .png; give its file such a name.")
    if report and not arguments.data:
        raise SixpadError("A report tells scores; say with --data on which examples.")
    if arguments.data and not report:
        raise SixpadError("Only a report needs --data; leave it out, or add --report.")
    return report


def _write_report(arguments: argparse.Namespace, out: Path, model: Model) -> None:
    dataset = load(arguments, model.preparation)
    snapshot = model.snapshot
    found = evaluate(model.network, snapshot.parameters, dataset, snapshot.config.loss)
    with qt_needed():
        from sixpad.gui.report import TrainingReport
        from sixpad.gui.report_file import without_screen, write_report

    words = f"{len(dataset):,} examples of {dataset.name}"
    note = worth(dataset.names, model.source)
    report = TrainingReport(model, found, words, note, None, datetime.now())
    _application = without_screen()
    with work():
        write_report(out, report)
