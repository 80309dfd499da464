"""`sixpad evaluate`: what a model scores on data."""

from __future__ import annotations

import argparse
from pathlib import Path

from sixpad.commands.console import number, percent, print_json
from sixpad.commands.examples import load, logits
from sixpad.core import metrics
from sixpad.core.network import sigmoid
from sixpad.data.model_file import open_model


def run(arguments: argparse.Namespace) -> int:
    """Score the model on the data, prepared as the model's own were."""
    model = open_model(Path(arguments.model))
    dataset = load(arguments, fit=model.fit)
    z = logits(model.network, model.snapshot.parameters, dataset)
    truth = model.network.targets(dataset.labels)
    scores = metrics.score(z, truth, model.snapshot.config.loss)
    P = sigmoid(z.astype(float))
    auc = metrics.roc_auc(P, truth)
    confusion = metrics.confusion_matrix(P, truth).tolist()
    low, high = metrics.wilson_interval(scores.accuracy, len(dataset))
    if arguments.json:
        print_json(
            {
                "examples": len(dataset),
                "loss": scores.loss,
                "accuracy": scores.accuracy,
                "average_precision": scores.average_precision,
                "f1": scores.f1,
                "roc_auc": auc,
                "confusion": confusion,
                "interval": [low, high],
            }
        )
        return 0
    digit, ((no_no, no_yes), (yes_no, yes_yes)) = model.network.digit, confusion
    print(
        f"“Is this a {digit}?” on {dataset.name}: {len(dataset):,} examples, "
        f"{int(truth.sum()):,} of them a {digit}.\n"
        f"accuracy           {percent(scores.accuracy)} "
        f"(95 % interval: {percent(low)} to {percent(high)})\n"
        f"average precision  {number(scores.average_precision, 3)}\n"
        f"F1 at P = 0.5      {number(scores.f1, 3)}\n"
        f"ROC AUC            {number(auc, 3)}\n"
        f"loss               {number(scores.loss)}\n"
        f"truth \\ answer          no        yes\n"
        f"no               {no_no:>9,}  {no_yes:>9,}\n"
        f"yes              {yes_no:>9,}  {yes_yes:>9,}"
    )
    return 0
