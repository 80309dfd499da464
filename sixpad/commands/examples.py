"""The examples a command works on, loaded behind a bar, and what a network says of them."""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray

from sixpad.commands.console import progress
from sixpad.core.network import Network, Parameters
from sixpad.core.training import BLOCK_ROWS
from sixpad.data.dataset import Dataset
from sixpad.data.spec import load_data


def load(arguments: argparse.Namespace, fit: bool) -> Dataset:
    """What `--data` names, prepared as `fit` says; raises SixpadError as `load_data` does."""
    with progress("data", 100, "%", hidden=arguments.json) as show:
        return load_data(
            arguments.data, fit=fit, ink=arguments.ink, on_progress=lambda done: show(100 * done)
        )


def logits(network: Network, parameters: Parameters, dataset: Dataset) -> NDArray[np.float32]:
    """z (N,) of every image, in blocks that stay in the cache."""
    blocks = [
        network.logits(parameters, dataset.images[begin : begin + BLOCK_ROWS].astype(np.float32))
        for begin in range(0, len(dataset), BLOCK_ROWS)
    ]
    return np.concatenate(blocks)
