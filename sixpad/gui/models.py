"""Models on disk as the window knows them: what a network has learned, and from what.

The file format's library is imported with the first file: a first paint need not wait for it.
"""

from __future__ import annotations

from pathlib import Path

from sixpad.core.network import Network
from sixpad.core.sizes import sizes_text
from sixpad.data.files import explained
from sixpad.data.folders import data_folder, locations
from sixpad.data.model_header import Model
from sixpad.gui.history import History
from sixpad.gui.learned import Learned


def kept_path(network: Network) -> Path:
    """Where the window keeps a network from one start to the next; its folder need not be there."""
    return locations()["data"] / "models" / model_name(network)


def keep_model(network: Network, learned: Learned) -> None:
    """Write what a network has learned to where it is kept; raises SixpadError."""
    folder = data_folder() / "models"
    with explained(folder):
        folder.mkdir(exist_ok=True)
    write_model(kept_path(network), network, learned)


def model_name(network: Network) -> str:
    """The name of a network's file."""
    parts = [network.model] if network.digit is None else [network.model, str(network.digit)]
    if network.deep:
        parts.append(sizes_text(network.sizes).replace(", ", "-"))
    return f"{'-'.join(parts)}.safetensors"


def read_model(path: Path) -> tuple[Model, Learned]:
    """A model file, and what its network has learned; raises SixpadError."""
    from sixpad.data.model_file import open_model

    model = open_model(path)
    history = History()
    if model.scores:
        history.extend(model.snapshot.losses, [(float(model.snapshot.epoch), model.scores)])
    return model, Learned(model.snapshot, history, model.source, model.seconds)


def model_of(network: Network, learned: Learned) -> Model:
    """What a network has learned, as it is written into files."""
    snapshot, source, seconds = learned.snapshot, learned.source, learned.seconds
    return Model(network, snapshot, source, learned.history.scores, seconds)


def write_model(path: Path, network: Network, learned: Learned) -> None:
    """Write what a network has learned as a model file; raises SixpadError."""
    from sixpad.data.model_file import save_model

    save_model(path, model_of(network, learned))
