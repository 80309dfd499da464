"""The menus for files: they ask for names, and use what they are given."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from desk import Until
from PIL import Image
from PySide6.QtWidgets import QFileDialog

from sixpad.gui.app import App
from sixpad.gui.file_commands import FileCommands
from sixpad.gui.trainer import State


def test_the_menus_ask_for_names_and_do_nothing_without(
    app: App, files: FileCommands, notices: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for ask in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, ask, lambda *_: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    before = app.session.drawing.ink.copy(), app.trainer.data.specs
    for act in (files.open_model, files.save_model, files.open_image, files.save_image):
        act()
    files.save_plot(app.window.band.plot)
    for kind in ("images", "idx", "unipen"):
        files.choose_data(kind)
    assert notices == []
    assert np.array_equal(app.session.drawing.ink, before[0])
    assert app.trainer.data.specs == before[1]


def test_the_menus_use_the_names_they_are_given(
    app: App, files: FileCommands, notices: list[str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    names = iter(["model.safetensors", "drawing.png"] * 2)
    give = lambda *_: (str(tmp_path / next(names)), "")  # noqa: E731
    for ask in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, ask, give)
    files.save_model()
    files.save_image()
    files.open_model()
    files.open_image()
    assert [told.split()[0] for told in notices] == ["Saved", "Saved", "Opened"]


@pytest.mark.parametrize(
    ("kind", "chosen", "spec"),
    [
        ("images", "digits", "images:digits"),
        ("idx", "mnist-images-idx3-ubyte.gz", "idx:mnist"),
        ("idx", "train-images-idx3-ubyte", "idx:train"),
        ("unipen", "pen.unipen.gz", "unipen:pen.unipen.gz"),
    ],
)
def test_a_source_of_examples_is_chosen(
    app: App, files: FileCommands, monkeypatch: pytest.MonkeyPatch, kind: str, chosen: str,
    spec: str,
) -> None:  # fmt: skip
    wanted: list[tuple[str, ...]] = []
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (chosen, ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: chosen)
    monkeypatch.setattr(app.trainer.data, "set_specs", wanted.append)
    panel = app.window.band.panel
    place = panel.data.findData(f"?{kind}")
    panel.data.setCurrentIndex(place)
    panel.data.activated.emit(place)
    assert wanted == [(spec,)]
    assert panel.data.currentData() == app.trainer.data.specs[0]


def test_the_plot_is_saved_as_a_picture_or_as_numbers(
    app: App, files: FileCommands, notices: list[str], until: Until, tmp_path: Path
) -> None:
    app.trainer.set_config(replace(app.trainer.config, epochs=4))
    app.trainer.train()
    until(lambda: app.trainer.state is State.IDLE)
    plot = app.window.band.plot
    files.save_plot_at(plot, tmp_path / "plot.png")
    files.save_plot_at(plot, tmp_path / "plot.csv")
    files.save_plot_at(plot, tmp_path / "no" / "plot.csv")
    assert [told.startswith("Saved") for told in notices] == [True, True, False]
    with Image.open(tmp_path / "plot.png") as image:
        assert image.size[0] == 2 * plot.width()
    lines = (tmp_path / "plot.csv").read_text().splitlines()
    assert lines[0] == "curve,epoch,loss"
    history = app.session.history
    assert len(lines) == 1 + len(history.training) + len(history.validation)
    name, epoch, loss = lines[1].split(",")
    assert name == "training"
    assert float(epoch) == pytest.approx(history.training[0, 0], rel=1e-5)
    assert float(loss) == pytest.approx(history.training[0, 1], rel=1e-6)
