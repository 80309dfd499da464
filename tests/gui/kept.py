"""What sixpad keeps on the disk, for the window's tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from desk import Until

from sixpad.data.folders import config_folder, data_folder
from sixpad.gui.app import App
from sixpad.gui.trainer import State

FOREVER = 1_000_000


def settings_file() -> Path:
    return config_folder() / "settings.json"


def model_file(digit: int = 6) -> Path:
    return data_folder() / "models" / f"one-{digit}.safetensors"


def saved(app: App) -> None:
    """Wait until all that is to be saved by now is on the disk."""
    app.keeper.save()
    app.keeper._writer.submit(lambda: None).result()


def train_some(app: App, until: Until, epochs: int = 5) -> None:
    app.trainer.set_config(replace(app.trainer.config, epochs=epochs))
    app.trainer.train()
    until(lambda: app.trainer.state is State.IDLE)
