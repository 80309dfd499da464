"""Files that were damaged and folders that cannot be written: told, and nothing lost."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from desk import Desk, Until
from hand import stroke
from kept import model_file, saved, settings_file, train_some

from sixpad.core.network import Network
from sixpad.gui import keeper as keeper_module
from sixpad.gui.app import App
from sixpad.gui.drawing import sample_six
from sixpad.gui.models import kept_path


@pytest.fixture(autouse=True)
def _save_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper_module, "_GATHER_MILLISECONDS", 20)


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


def test_a_damaged_model_of_layers_is_kept_aside_when_it_is_asked_for(
    desk: Desk, until: Until
) -> None:
    app = desk.start()
    app.session.set_model("hidden")
    app.session.set_sizes((9, 7))
    train_some(app, until, epochs=1)
    path = kept_path(app.session.network)
    app.session.set_sizes((5,))
    app.session.set_model("one")
    desk.close(app)
    path.write_bytes(path.read_bytes()[:5000])

    again = desk.start_as_it_is()
    assert not again.window.notice.isVisible()
    again.session.set_model("hidden")
    again.session.set_sizes((9, 7))
    assert "hidden-9-7" in again.window.notice.label.text()
    (aside,) = path.parent.glob("*aside*")
    assert len(aside.read_bytes()) == 5000
    assert again.session.snapshot.step == 0
    train_some(again, until, epochs=1)
    assert again.session.snapshot.step > 0


@pytest.mark.parametrize("name", ["ten", "hidden-9-7"])
def test_a_model_under_the_name_of_another_is_kept_aside(
    desk: Desk, until: Until, name: str
) -> None:
    app = desk.start()
    train_some(app, until)
    desk.close(app)
    content = model_file().read_bytes()
    model_file().with_name(f"{name}.safetensors").write_bytes(content)

    again = desk.start_as_it_is()
    again.session.set_model(name.split("-")[0])
    if name != "ten":
        again.session.set_sizes((9, 7))
    assert "one neuron for the 6" in again.window.notice.label.text()
    (aside,) = model_file().parent.glob("*aside*")
    assert aside.read_bytes() == content
    assert again.session.snapshot.step == 0
    assert again.session.learned_by(Network(6)).snapshot.step > 0


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
    app.session.set_model("hidden")
    app.session.set_sizes((4,))
    train_some(app, until, epochs=1)
    assert app.session.snapshot.step > 0
    saved(app)
    assert len(told) <= 1, "the same trouble is told once"
    assert home_is_a_file.read_text() == "not a folder"


def test_what_may_be_read_and_not_written_is_shown_all_the_same(
    desk: Desk, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = desk.start(model="ten")
    train_some(app, until)
    stroke(app.window.equation.canvas, [(2, 2), (2, 9)])
    ink, weights = app.session.drawing.ink.copy(), app.session.weights
    desk.close(app)
    may = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK and may(path, mode))
    again = desk.start_as_it_is()
    assert again.session.model == "ten"
    assert np.array_equal(again.session.drawing.ink, ink)
    assert np.array_equal(again.session.weights, weights)
    assert not again.window.guide.isVisible()
    assert "may not be written" in again.window.notice.label.text()


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
