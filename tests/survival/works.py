"""What sixpad writes, each as a piece of work that a fault may disturb."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from sixpad.core.grid import SIDE
from sixpad.data.idx import read_idx, write_idx
from sixpad.data.images import read_drawing, write_image
from sixpad.data.model_file import Model, open_model, save_model
from sixpad.data.settings import Settings, load_settings, save_settings

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))
import saved_models

Doing = Callable[[], None]


@dataclass(frozen=True)
class Work:
    """How the old state is laid into an empty folder, how the work begins, and what is there.

    `begin` is given a folder with the old state and returns what does the work, which may be called
    again. `state` is compared for being the same; it raises where anything in the folder is not
    whole.
    """

    name: str
    prepare: Callable[[Path], object]
    begin: Callable[[Path], Doing]
    state: Callable[[Path], Any]


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


def _idx_work() -> Work:
    images = np.stack([drawing(seed) for seed in range(5)])

    def state(folder: Path) -> Any:
        # Two files cannot be renamed at once: each is whole, and one may be new before the other.
        return sorted(path.name for path in folder.iterdir()) and read_idx(folder / "x").labels

    return Work(
        "idx",
        lambda folder: None,
        lambda folder: lambda: write_idx(folder / "x", images, np.arange(5)),
        state,
    )


WORKS = {work.name: work for work in (_model_work(), _settings_work(), _image_work())}
