"""Files that sixpad writes, each as a piece of work that a fault may disturb."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from sixpad.core.grid import SIDE
from sixpad.data.images import read_drawing, write_image
from sixpad.data.model_file import Model, open_model, save_model
from sixpad.data.settings import Settings, load_settings, save_settings

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))
import saved_models
from work import Work


def drawing(seed: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Some ink (24, 24), another for each seed."""
    return (np.random.default_rng(seed).random((SIDE, SIDE)) < 0.2).astype(np.uint8)


@cache
def models() -> tuple[Model, Model]:
    """A model before and after some more steps."""
    return saved_models.model(saved_models.trained(steps=3)), saved_models.model()


def _model_work() -> Work:
    old, new = models()

    def state(folder: Path) -> Any:
        found = open_model(folder / "model.safetensors").snapshot
        return found.step, {name: array.tobytes() for name, array in found.parameters.items()}

    return Work(
        "model file",
        lambda folder: save_model(folder / "model.safetensors", old),
        lambda folder: lambda: save_model(folder / "model.safetensors", new),
        state,
    )


def _settings_work() -> Work:
    def path(folder: Path) -> Path:
        return folder / "settings.json"

    def state(folder: Path) -> Any:
        found = load_settings(path(folder))
        # What is broken is set aside, and the defaults come in its place.
        assert not path(folder).with_suffix(".broken.json").exists()
        assert found.digit != Settings().digit
        return found

    new = Settings(digit=8, drawing=bytes(range(72)))
    return Work(
        "settings",
        lambda folder: save_settings(path(folder), replace(new, digit=3, pen_width=1)),
        lambda folder: lambda: save_settings(path(folder), new),
        state,
    )


def _image_work() -> Work:
    return Work(
        "image",
        lambda folder: write_image(folder / "image.png", drawing(1)),
        lambda folder: lambda: write_image(folder / "image.png", drawing(2)),
        lambda folder: read_drawing(folder / "image.png").tobytes(),
    )


WORKS = {work.name: work for work in (_model_work(), _settings_work(), _image_work())}
