"""Models on disk as the window knows them: what a digit's neuron has learned, and from what.

The file format's library is imported with the first file: a first paint need not wait for it.
"""

from __future__ import annotations

from pathlib import Path

from sixpad.core.network import Network
from sixpad.data.files import explained
from sixpad.data.folders import data_folder
from sixpad.data.model_header import Model
from sixpad.gui.history import History
from sixpad.gui.session import Learned, Source


def kept_path(digit: int) -> Path:
    """Where the window keeps the neuron for a digit from one start to the next."""
    folder = data_folder() / "models"
    with explained(folder):
        folder.mkdir(exist_ok=True)
    return folder / f"one-{digit}.safetensors"


def read_model(path: Path) -> tuple[Model, Learned]:
    """A model file, and what its neuron has learned; raises SixpadError."""
    from sixpad.data.model_file import open_model

    model = open_model(path)
    history = History()
    if model.scores:
        history.extend(model.snapshot.losses, [(model.snapshot.progress, model.scores)])
    source = Source(model.data, model.training_examples, model.validation_examples, model.fit)
    return model, Learned(model.snapshot, history, source)


def write_model(path: Path, digit: int, learned: Learned) -> None:
    """Write what a digit's neuron has learned as a model file; raises SixpadError."""
    from sixpad.data.model_file import save_model

    save_model(
        path,
        Model(
            network=Network(digit),
            snapshot=learned.snapshot,
            fit=learned.source.fit,
            data=learned.source.name,
            training_examples=learned.source.training,
            validation_examples=learned.source.validation,
            scores=learned.history.scores,
        ),
    )
