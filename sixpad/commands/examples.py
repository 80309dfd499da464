"""The examples a command works on, loaded behind a bar."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TypeVar

from sixpad.commands.console import complain, progress
from sixpad.core.preparation import Preparation
from sixpad.data.dataset import Dataset
from sixpad.data.spec import load_data, load_parts

Loaded = TypeVar("Loaded")


def load(arguments: argparse.Namespace, preparation: Preparation) -> Dataset:
    """What `--data` names, prepared so; raises SixpadError as `load_data` does."""
    data = _behind_a_bar(load_data, arguments, preparation)
    _tell_remarks(data)
    return data


def load_in_parts(
    arguments: argparse.Namespace, preparation: Preparation
) -> tuple[Dataset, Dataset]:
    """A training and a validation part of it; raises SixpadError as `load_parts` does."""
    training, validation = _behind_a_bar(load_parts, arguments, preparation)
    _tell_remarks(training)
    return training, validation


def _behind_a_bar(
    read: Callable[..., Loaded], arguments: argparse.Namespace, preparation: Preparation
) -> Loaded:
    with progress("data", 100, "%", hidden=arguments.json) as show:
        return read(
            arguments.data,
            preparation=preparation,
            ink=arguments.ink,
            on_progress=lambda done: show(100 * done),
        )


def _tell_remarks(data: Dataset) -> None:
    for remark in data.remarks:
        complain(remark)
