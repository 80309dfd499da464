"""Models saved by name and opened again; what is no model is told and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from desk import Until
from hand import teach
from PySide6.QtGui import QGuiApplication

from sixpad.core.config import TrainingConfig
from sixpad.core.network import Network, network_of
from sixpad.core.preparation import Preparation
from sixpad.core.sizes import Kernels
from sixpad.core.training import train
from sixpad.data.model_file import Model, save_model
from sixpad.data.provenance import Source
from sixpad.gui.app import App
from sixpad.gui.file_commands import FileCommands
from sixpad.gui.trainer import State


def test_a_saved_model_comes_back_whole(
    app: App, files: FileCommands, notices: list[str], until: Until, tmp_path: Path,
    fingerprint: Callable[[Any], Any],
) -> None:  # fmt: skip
    app.trainer.set_config(replace(app.trainer.config, epochs=30, learning_rate=0.01))
    app.trainer.step()
    until(lambda: app.trainer.state is State.PAUSED)
    saved, source = app.session.snapshot, app.session.learned.source
    path = tmp_path / "mine"
    files.save_model_at(path)
    assert notices == ["Saved “mine.safetensors”."]
    app.session.reset()
    app.session.set_digit(3)
    app.trainer.set_config(replace(app.trainer.config, epochs=2, learning_rate=0.5))
    files.open_model_at(tmp_path / "mine.safetensors")
    assert "Opened “mine.safetensors”: one neuron for the 6" in notices[-1]
    assert app.session.digit == 6
    assert app.session.learned.source == source
    assert app.trainer.config.learning_rate == 0.01
    assert fingerprint(app.session.snapshot.parameters) == fingerprint(saved.parameters)
    assert app.trainer.state is State.PAUSED
    app.window.band.panel.train.click()
    until(lambda: app.trainer.state is State.IDLE)
    assert app.trainer.data.parts is not None
    *_, whole = train(app.session.network, *app.trainer.data.parts, app.trainer.config)
    assert fingerprint(app.session.snapshot.parameters) == fingerprint(whole.parameters)


DEEP = {"hidden": (9, 7), "conv": (Kernels(5, 3), 8)}


@pytest.mark.parametrize("model", DEEP)
def test_a_saved_model_of_layers_comes_back_whole(
    app: App, files: FileCommands, notices: list[str], until: Until, tmp_path: Path,
    fingerprint: Callable[[Any], Any], model: str,
) -> None:  # fmt: skip
    """Its sizes too, and what distorts its images; training goes on as if it had never stopped."""
    session, trainer = app.session, app.trainer
    session.set_model(model)
    session.set_sizes(DEEP[model])
    config = replace(
        trainer.config,
        epochs=6,
        batch_size=32,
        shift=2,
        rotation=7.5,
        noise=0.03,
        dropout=0.2,
        seed=11,
    )
    trainer.set_config(config)
    for steps in (1, 2, 3):
        trainer.step()
        until(lambda steps=steps: session.snapshot.step == steps)
        until(lambda: trainer.state is State.PAUSED)
    saved, seconds = session.snapshot, session.learned.seconds
    assert saved.unfinished
    assert seconds > 0
    answers = session.network.predict(saved.parameters, session.drawing.X[None])
    files.save_model_at(tmp_path / "deep.safetensors")
    session.reset()
    session.set_sizes((4,) if model == "hidden" else (Kernels(3, 2),))
    session.set_model("one")
    trainer.set_config(replace(trainer.config, epochs=2, learning_rate=0.5))
    files.open_model_at(tmp_path / "deep.safetensors")
    assert notices[-1].startswith(f"Opened “deep.safetensors”: {session.network.title}")
    assert (session.model, session.network.sizes) == (model, DEEP[model])
    assert trainer.config == config
    assert session.learned.seconds == seconds
    assert fingerprint(session.snapshot) == fingerprint(
        replace(saved, losses=session.snapshot.losses, validation=(), gradient=None)
    )
    opened = session.network.predict(session.snapshot.parameters, session.drawing.X[None])
    assert opened.tobytes() == answers.tobytes()
    assert trainer.state is State.PAUSED
    app.window.band.panel.train.click()
    until(lambda: trainer.state is State.IDLE)
    assert trainer.data.parts is not None
    *_, whole = train(session.network, *trainer.data.parts, trainer.config)
    assert fingerprint(session.snapshot.parameters) == fingerprint(whole.parameters)
    assert session.learned.seconds > seconds


@pytest.mark.parametrize("model", DEEP)
def test_a_model_of_the_command_line_is_trained_on_in_the_window(
    app: App, files: FileCommands, until: Until, tmp_path: Path, model: str
) -> None:
    network = network_of(model, 6, DEEP[model])
    assert app.trainer.data.parts is not None
    *_, last = train(network, *app.trainer.data.parts, replace(TrainingConfig.of(model), epochs=2))
    save_model(tmp_path / "made.safetensors", Model(network, last, Source(), seconds=2.5))
    files.open_model_at(tmp_path / "made.safetensors")
    assert app.session.network == network
    assert app.trainer.state is State.IDLE
    app.trainer.step()
    until(lambda: app.session.snapshot.step == last.step + 1)
    assert app.session.snapshot.epoch == 2


def test_opening_can_be_undone(app: App, files: FileCommands, tmp_path: Path) -> None:
    teach(app.session, seed=1)
    files.save_model_at(tmp_path / "first.safetensors")
    teach(app.session, seed=2)
    second = app.session.weights.copy()
    files.open_model_at(tmp_path / "first.safetensors")
    assert not np.array_equal(app.session.weights, second)
    app.session.undo_stack.undo()
    assert np.array_equal(app.session.weights, second)


def test_opening_in_mid_training_ends_it_without_touching_it(
    app: App, files: FileCommands, until: Until, tmp_path: Path
) -> None:
    """The opened model's learning rate is its own, not that of the training it interrupts."""
    app.session.set_digit(3)
    app.trainer.set_config(replace(app.trainer.config, learning_rate=0.5))
    app.trainer.step()
    until(lambda: app.session.snapshot.step == 1)
    until(lambda: app.trainer.state is State.PAUSED)
    files.save_model_at(tmp_path / "three.safetensors")
    app.session.set_digit(6)
    app.trainer.set_config(replace(app.trainer.config, learning_rate=0.001, epochs=1_000_000))
    app.trainer.train()
    until(lambda: app.session.snapshot.step > 0)
    states: list[State] = []
    app.trainer.config_changed.connect(lambda: states.append(app.trainer.state))
    files.open_model_at(tmp_path / "three.safetensors")
    assert states
    assert State.RUNNING not in states
    assert app.session.digit == 3
    assert app.session.snapshot.step == 1
    assert app.trainer.config.learning_rate == 0.5
    six = app.session.learned_by(Network(6)).snapshot
    assert six.step > 0
    assert six.config.learning_rate == 0.001


def test_a_model_that_sees_images_as_they_are_switches_the_preparation(
    app: App, files: FileCommands, until: Until, tmp_path: Path
) -> None:
    app.session.drawing.set_preparation(Preparation.AS_DRAWN)
    until(lambda: not app.trainer.data.loading)
    app.trainer.step()
    until(lambda: app.session.snapshot.step == 1)
    files.save_model_at(tmp_path / "plain.safetensors")
    app.session.drawing.set_preparation(Preparation.FITTED)
    files.open_model_at(tmp_path / "plain.safetensors")
    assert app.session.drawing.preparation is Preparation.AS_DRAWN
    assert app.window.equation.tools.preparation.currentText() == "As drawn"


@pytest.mark.parametrize(
    "settings", [{"seed": 2**40}, {"patience": 10**12}, {"learning_rate": 1e-8}, {"l2": 1e-12}]
)
def test_a_model_trained_with_settings_beyond_the_panels_fields_can_be_opened(
    app: App, files: FileCommands, notices: list[str], tmp_path: Path, settings: dict[str, Any]
) -> None:
    config = replace(app.trainer.config, **settings)
    app.session.set_snapshot(replace(app.session.snapshot, config=config))
    files.save_model_at(tmp_path / "far.safetensors")
    files.open_model_at(tmp_path / "far.safetensors")
    assert "Opened" in notices[-1]
    assert app.trainer.config == config
    panel = app.window.band.panel
    panel.epochs.setValue(17)
    assert app.trainer.config.epochs == 17, "the panel still works"


def bad_models(folder: Path, good: bytes) -> dict[str, Path]:
    """Files that are no sound models, by what is wrong with them."""
    length = int.from_bytes(good[:8], "little")
    nan = np.frombuffer(good[8 + length :], np.uint8).copy()
    nan[:4] = (0, 0, 0xC0, 0x7F)
    contents = {
        "garbage": b"\x93" * 4000,
        "empty": b"",
        "cut": good[: len(good) // 2],
        "a huge header": (64 << 20).to_bytes(8, "little") + good[8:],
        "not a number": good[: 8 + length] + nan.tobytes(),
    }
    paths = {}
    for name, content in contents.items():
        paths[name] = folder / f"{name}.safetensors"
        paths[name].write_bytes(content)
    paths["missing"] = folder / "missing.safetensors"
    paths["a folder"] = folder / "folder.safetensors"
    paths["a folder"].mkdir()
    return paths


def test_what_is_no_model_is_told_and_changes_nothing(
    app: App, files: FileCommands, notices: list[str], tmp_path: Path
) -> None:
    teach(app.session)
    files.save_model_at(tmp_path / "good.safetensors")
    weights, config = app.session.weights.copy(), app.trainer.config
    steps = app.session.undo_stack.count()
    for name, path in bad_models(tmp_path, (tmp_path / "good.safetensors").read_bytes()).items():
        notices.clear()
        files.open_model_at(path)
        (told,) = notices
        assert path.name in told, name
        assert told.endswith("."), name
        assert app.session.digit == 6
        assert np.array_equal(app.session.weights, weights)
        assert app.trainer.config == config
    assert app.session.undo_stack.count() == steps
    assert QGuiApplication.overrideCursor() is None


@pytest.mark.parametrize("where", ["no/such/folder/model.safetensors", "folder"])
def test_a_model_that_cannot_be_written_is_told(
    app: App, files: FileCommands, notices: list[str], tmp_path: Path, where: str
) -> None:
    (tmp_path / "folder.safetensors").mkdir()
    files.save_model_at(tmp_path / where)
    (told,) = notices
    assert "Saved" not in told


def train_on(app: App, until: Until) -> None:
    """Train to the end on the examples as they are prepared now."""
    until(lambda: not app.trainer.data.loading)
    app.trainer.train()
    until(lambda: app.trainer.state is State.IDLE)


def test_undo_of_opening_brings_the_preparation_back(
    app: App, until: Until, tmp_path: Path
) -> None:
    session = app.session
    session.drawing.set_preparation(Preparation.DESKEWED)
    train_on(app, until)
    app.window.files.save_model_at(tmp_path / "deskewed.safetensors")
    session.reset()
    session.drawing.set_preparation(Preparation.FITTED)
    train_on(app, until)
    app.window.files.open_model_at(tmp_path / "deskewed.safetensors")
    assert session.drawing.preparation is Preparation.DESKEWED
    session.undo_stack.undo()
    assert session.drawing.preparation is Preparation.FITTED
