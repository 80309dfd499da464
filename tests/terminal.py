"""What the tests of the command line share: a training to begin with, and what was said."""

from __future__ import annotations

import json
from typing import Any

import pytest

TRAIN = ["train", "--data", "handwriting:400", "--device", "cpu"]
TRAIN_KEYS = {
    "model", "digit", "data", "examples", "epochs", "steps", "seed", "device", "device_reason",
    "train_seconds", "data_seconds", "images_per_second", "train_loss", "validation_loss",
    "validation_accuracy", "validation_average_precision", "stopped",
}  # fmt: skip

Captured = pytest.CaptureFixture[str]


def reported(capsys: Captured) -> dict[str, Any]:
    """The one object on standard output; standard error stays empty."""
    out, err = capsys.readouterr()
    assert err == ""
    assert out.count("\n") == 1

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    record: dict[str, Any] = json.loads(out, parse_constant=refuse)
    return record


def complaint(capsys: Captured) -> str:
    """The one line on standard error."""
    err = capsys.readouterr().err
    assert err.startswith("sixpad: ")
    assert err.count("\n") == 1
    return err
