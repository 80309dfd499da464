"""What a person made is there again at the next start, after a crash too."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from desk import Desk
from hand import stroke

from sixpad.core.training import train
from sixpad.data.folders import config_folder, data_folder
from sixpad.data.settings import load_settings
from sixpad.gui import keeper as keeper_module
from sixpad.gui.app import App
from sixpad.gui.drawing import sample_six
from sixpad.gui.trainer import State

Until = Callable[[Callable[[], bool]], None]
FOREVER = 1_000_000


@pytest.fixture(autouse=True)
def _save_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper_module, "_GATHER_MILLISECONDS", 20)


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


# The next start


def test_a_first_run_has_a_sample_six_and_knows_nothing(desk: Desk, until: Until) -> None:
    app = desk.start_as_it_is(ready=False)
    assert np.array_equal(app.session.drawing.ink, sample_six())
    assert (app.session.digit, app.session.evidence.P) == (6, 0.5)
    assert not app.session.weights.any()
    assert app.trainer.data.specs == ("handwriting",)
    until(app.window.guide.isVisible)


def test_everything_is_there_at_the_next_start(desk: Desk, until: Until) -> None:
    app = desk.start()
    train_some(app, until)
    six = app.session.snapshot
    app.session.set_digit(2)
    train_some(app, until, epochs=3)
    two = app.session.snapshot
    app.session.set_pen(4)
    app.session.drawing.set_fit(False)
    stroke(app.window.equation.canvas, [(2, 2), (2, 20)])
    ink = app.session.drawing.ink.copy()
    config = replace(app.trainer.config, learning_rate=0.02, patience=7, seed=99, optimizer="gd")
    app.trainer.set_config(config)
    app.window.band.set_log(True)
    geometry = bytes(app.window.saveGeometry().data())
    desk.close(app)

    again = desk.start_as_it_is()
    session = again.session
    assert session.digit == 2
    assert np.array_equal(session.drawing.ink, ink)
    assert np.array_equal(session.drawing.X, ink.ravel()), "centre-and-fit is off"
    assert not again.window.equation.fit.isChecked()
    assert session.pen_width == 4
    assert again.window.equation.width_field.value() == 4
    assert again.trainer.config == config
    assert again.window.band.panel.learning_rate.value() == 0.02
    assert again.window.band.log
    assert again.keeper.settings.geometry == geometry
    for digit, before in ((2, two), (6, six)):
        session.set_digit(digit)
        for name, array in before.parameters.items():
            assert np.array_equal(session.snapshot.parameters[name], array)
        assert session.snapshot.step == before.step
    assert session.history.scores is not None


def test_a_paused_training_goes_on_exactly_at_the_next_start(
    desk: Desk, until: Until, fingerprint: Callable[[Any], Any]
) -> None:
    app = desk.start()
    app.trainer.set_config(replace(app.trainer.config, epochs=30))
    app.trainer.step()
    until(lambda: app.trainer.state is State.PAUSED)
    desk.close(app)
    again = desk.start_as_it_is()
    assert again.trainer.state is State.PAUSED
    assert again.window.band.panel.train.text() == "Resume"
    again.window.band.panel.train.click()
    until(lambda: again.trainer.state is State.IDLE)
    assert again.trainer.data.parts is not None
    *_, whole = train(again.session.network, *again.trainer.data.parts, again.trainer.config)
    assert fingerprint(again.session.snapshot.parameters) == fingerprint(whole.parameters)
    assert fingerprint(again.session.snapshot.optimizer_state) == fingerprint(whole.optimizer_state)


def test_closing_in_mid_training_keeps_the_last_step(desk: Desk, until: Until) -> None:
    app = desk.start()
    app.trainer.set_config(replace(app.trainer.config, epochs=FOREVER))
    app.trainer.train()
    until(lambda: app.session.snapshot.step > 0)
    desk.close(app)
    last = app.session.snapshot
    again = desk.start_as_it_is()
    assert again.session.snapshot.step == last.step
    assert np.array_equal(again.session.weights.ravel(), last.parameters["output.weights"].ravel())
    assert again.trainer.state is State.PAUSED


def test_a_reset_is_kept_too(desk: Desk, until: Until) -> None:
    app = desk.start()
    train_some(app, until)
    saved(app)
    assert model_file().exists()
    app.session.reset()
    desk.close(app)
    again = desk.start_as_it_is()
    assert not again.session.weights.any()
    assert again.session.snapshot.step == 0


# After a crash


def test_what_was_made_is_there_after_a_crash(desk: Desk, until: Until) -> None:
    app = desk.start()
    train_some(app, until)
    stroke(app.window.equation.canvas, [(20, 2), (20, 20)])
    ink, weights = app.session.drawing.ink.copy(), app.session.weights.copy()
    saved(app)
    desk.kill(app)
    again = desk.start_as_it_is()
    assert np.array_equal(again.session.drawing.ink, ink)
    assert np.array_equal(again.session.weights, weights)


def test_a_stroke_is_on_the_disk_by_itself_soon(desk: Desk, until: Until) -> None:
    app = desk.start()
    stroke(app.window.equation.canvas, [(20, 2), (20, 20)])
    ink = app.session.drawing.ink.copy()
    expected = np.packbits(ink.ravel()).tobytes()
    until(lambda: load_settings(settings_file()).drawing == expected)
    desk.kill(app)


@pytest.mark.parametrize("what", ["undo", "clear", "digit", "pen", "fit", "config", "training"])
def test_every_kind_of_change_is_saved_by_itself(desk: Desk, until: Until, what: str) -> None:
    app = desk.start()
    session, trainer = app.session, app.trainer
    if what == "undo":
        session.drawing.clear()
    saved(app)
    files = [settings_file(), model_file()]
    before = [file.read_bytes() if file.exists() else b"" for file in files]
    {
        "undo": session.undo_stack.undo,
        "clear": session.drawing.clear,
        "digit": lambda: session.set_digit(1),
        "pen": lambda: session.set_pen(1),
        "fit": lambda: session.drawing.set_fit(False),
        "config": lambda: trainer.set_config(replace(trainer.config, epochs=7)),
        "training": trainer.step,
    }[what]()
    until(lambda: [file.read_bytes() if file.exists() else b"" for file in files] != before)


def test_a_training_is_saved_while_it_goes_on(desk: Desk, until: Until) -> None:
    app = desk.start()
    app.trainer.set_config(replace(app.trainer.config, epochs=FOREVER))
    app.trainer.train()
    until(model_file().exists)
    assert app.trainer.state is State.RUNNING
    desk.kill(app)
    again = desk.start_as_it_is()
    assert again.session.snapshot.step > 0
    assert again.session.weights.any()
    assert again.trainer.state is State.PAUSED


# What is found damaged


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe\x00", b"[1, 2]", b'{"digit": 12, "pen_width": "thick"}']
)
def test_damaged_settings_are_kept_aside(desk: Desk, content: bytes) -> None:
    settings_file().write_bytes(content)
    app = desk.start_as_it_is(ready=False)
    assert (app.session.digit, app.session.pen_width) == (6, 2)
    assert np.array_equal(app.session.drawing.ink, sample_six())
    assert settings_file().with_name("settings.broken.json").read_bytes() == content


@pytest.mark.parametrize("damage", ["cut", "garbage", "empty"])
def test_a_damaged_model_is_kept_aside_and_told(desk: Desk, until: Until, damage: str) -> None:
    app = desk.start()
    train_some(app, until)
    app.session.set_digit(4)
    train_some(app, until)
    four = app.session.weights.copy()
    desk.close(app)
    whole = model_file().read_bytes()
    content = {"cut": whole[: len(whole) // 2], "garbage": b"\x93" * 5000, "empty": b""}[damage]
    model_file().write_bytes(content)

    again = desk.start_as_it_is()
    assert again.window.notice.isVisible()
    told = again.window.notice.label.text()
    assert "one-6" in told
    assert "kept" in told
    (aside,) = model_file().parent.glob("*aside*")
    assert aside.name in told
    assert aside.read_bytes() == content
    assert np.array_equal(again.session.weights, four)
    again.session.set_digit(6)
    assert not again.session.weights.any()
    train_some(again, until)
    desk.close(again)
    assert aside.read_bytes() == content
    assert model_file().exists()


def test_two_damaged_models_have_two_names(desk: Desk, until: Until) -> None:
    for expected in (1, 2):
        model_file().parent.mkdir(exist_ok=True)
        model_file().write_bytes(b"garbage")
        desk.close(desk.start())
        assert len(list(model_file().parent.glob("*aside*"))) == expected


# What cannot be written


@pytest.fixture
def home_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No folder can be made where a file is; root is not kept out by permissions."""
    home = tmp_path / "a-file"
    home.write_text("not a folder")
    monkeypatch.setenv("SIXPAD_HOME", str(home))
    return home


def test_without_a_folder_the_window_works_and_the_person_is_told(
    desk: Desk, home_is_a_file: Path, until: Until
) -> None:
    app = desk.start_as_it_is(ready=False)
    told: list[str] = []
    assert app.window.notice.isVisible()
    assert str(home_is_a_file) in app.window.notice.label.text()
    app.keeper.failed.connect(told.append)
    app.trainer.data.set_specs(("handwriting:400",))
    until(lambda: app.trainer.data.specs == ("handwriting:400",))
    train_some(app, until)
    stroke(app.window.equation.canvas, [(2, 2), (2, 9)])
    assert app.session.weights.any()
    saved(app)
    saved(app)
    app.window.files.save_model_at(home_is_a_file.parent / "elsewhere.safetensors")
    assert (home_is_a_file.parent / "elsewhere.safetensors").exists()
    assert len(told) <= 1, "the same trouble is told once"
    assert home_is_a_file.read_text() == "not a folder"


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not keep root out"
)
def test_a_folder_that_may_not_be_written_is_told(
    desk: Desk, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "locked"
    home.mkdir(mode=0o500)
    monkeypatch.setenv("SIXPAD_HOME", str(home))
    app = desk.start_as_it_is(ready=False)
    assert app.window.notice.isVisible()
    assert str(home) in app.window.notice.label.text()
    app.session.drawing.clear()
    assert not app.session.drawing.ink.any()


def test_a_full_disk_is_told_once_and_all_is_saved_when_there_is_room(
    desk: Desk, app: App, notices: list[str], until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing changes after the trouble: what was not written then is written at the end."""

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    train_some(app, until)
    saved(app)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        app.session.drawing.clear()
        train_some(app, until, epochs=2)
        saved(app)
        until(lambda: bool(notices))
        assert "disk is full" in notices[0]
        assert app.window.notice.isVisible()
    weights = app.session.weights.copy()
    assert not [file for file in model_file().parent.iterdir() if file.name.startswith(".")]
    desk.close(app)
    again = desk.start_as_it_is()
    assert not again.session.drawing.ink.any()
    assert np.array_equal(again.session.weights, weights)


def test_a_fault_in_saving_is_logged(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as patch:
        patch.setattr(keeper_module, "save_settings", broken)
        app.session.drawing.clear()
        saved(app)
    assert "a fault of ours" in caplog.text
