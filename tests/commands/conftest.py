"""What the tests of the commands share: a model of each kind, and a folder of digits."""

from __future__ import annotations

from pathlib import Path

import pytest
from terminal import TRAIN

from sixpad.cli import main


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A single neuron that has learned the six."""
    path = tmp_path_factory.mktemp("models") / "six.safetensors"
    assert main([*TRAIN, "--epochs", "30", "--out", str(path)]) == 0
    return path


@pytest.fixture(scope="session")
def ten(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten neurons that have learned from deskewed digits."""
    path = tmp_path_factory.mktemp("models") / "ten.safetensors"
    options = ["--model", "ten", "--deskew", "--epochs", "30", "--out", str(path)]
    assert main([*TRAIN, *options]) == 0
    return path


@pytest.fixture(scope="session")
def deep(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Deeper networks that have learned, by the name of their model."""
    folder = tmp_path_factory.mktemp("models")
    paths = {name: folder / f"{name}.safetensors" for name in ("hidden", "conv")}
    for name, path in paths.items():
        assert main([*TRAIN, "--model", name, "--epochs", "12", "--out", str(path)]) == 0
    return paths


@pytest.fixture(scope="session")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty generated digits as image files, in a folder for each class."""
    path = tmp_path_factory.mktemp("generated") / "digits"
    assert main(["generate", "--count", "40", "--seed", "3", "--out", str(path)]) == 0
    return path
