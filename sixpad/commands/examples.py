"""The examples a command works on, loaded behind a bar."""

from __future__ import annotations

import argparse

from sixpad.commands.console import progress
from sixpad.core.preparation import Preparation
from sixpad.data.dataset import Dataset
from sixpad.data.spec import load_data


def load(arguments: argparse.Namespace, preparation: Preparation) -> Dataset:
    """What `--data` names, prepared so; raises SixpadError as `load_data` does."""
    with progress("data", 100, "%", hidden=arguments.json) as show:
        return load_data(
            arguments.data,
            preparation=preparation,
            ink=arguments.ink,
            on_progress=lambda done: show(100 * done),
        )
