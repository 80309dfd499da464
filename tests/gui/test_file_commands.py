"""Files and the clipboard: what they bring and take, and what is told when they do not."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hand import stroke, teach
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from sixpad.core.grid import centre_and_fit
from sixpad.core.training import train
from sixpad.gui.app import App
from sixpad.gui.file_commands import FileCommands
from sixpad.gui.main_window import MainWindow
from sixpad.gui.trainer import State

Until = Callable[[Callable[[], bool]], None]
STROKE = [(2, 2), (2, 12), (9, 12)]


@pytest.fixture
def files(window: MainWindow) -> FileCommands:
    return window.files


@pytest.fixture
def picture_file(tmp_path: Path) -> Path:
    """A black bar on white, larger than the canvas."""
    grey = np.full((60, 80), 255, np.uint8)
    grey[20:40, 30:36] = 0
    path = tmp_path / "bar.png"
    Image.fromarray(grey).save(path)
    return path


def mime_of(*paths: Path | str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([
        QUrl.fromLocalFile(str(path)) if isinstance(path, Path) else QUrl(path) for path in paths
    ])  # fmt: skip
    return mime


def drop(widget: QWidget, mime: QMimeData) -> bool:
    """Drag something over a widget and let go; whether the widget would have it."""
    at = QPointF(widget.rect().center())
    action, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    left = Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(at.toPoint(), action, mime, left, none)
    enter.ignore()
    QApplication.sendEvent(widget, enter)
    if enter.isAccepted():
        QApplication.sendEvent(widget, QDropEvent(at, action, mime, left, none))
    return enter.isAccepted()


def png_header(width: int, height: int) -> bytes:
    """A PNG that says how large it is and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body + chunk(b"IEND", b"")


# Models


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
    six = app.session.learned_by(6).snapshot
    assert six.step > 0
    assert six.config.learning_rate == 0.001


def test_a_model_that_sees_images_as_they_are_switches_the_preparation(
    app: App, files: FileCommands, until: Until, tmp_path: Path
) -> None:
    app.session.drawing.set_fit(False)
    until(lambda: not app.trainer.data.loading)
    app.trainer.step()
    until(lambda: app.session.snapshot.step == 1)
    files.save_model_at(tmp_path / "plain.safetensors")
    app.session.drawing.set_fit(True)
    files.open_model_at(tmp_path / "plain.safetensors")
    assert not app.session.drawing.fit
    assert not app.window.equation.fit.isChecked()


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


# Images


def test_an_image_file_comes_onto_the_canvas(
    app: App, files: FileCommands, notices: list[str], picture_file: Path
) -> None:
    files.open_image_at(picture_file)
    ink = app.session.drawing.ink
    rows, columns = np.nonzero(ink)
    assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == (20, 6)
    assert notices == []
    assert app.session.undo_stack.undoText() == "open image"
    app.session.undo_stack.undo()
    assert not np.array_equal(app.session.drawing.ink, ink)


def test_a_saved_drawing_is_one_dot_a_pixel_and_comes_back(
    app: App, files: FileCommands, notices: list[str], tmp_path: Path
) -> None:
    app.session.drawing.clear()
    stroke(app.window.equation.canvas, STROKE)
    ink = app.session.drawing.ink.copy()
    files.save_image_at(tmp_path / "drawing")
    assert notices == ["Saved “drawing.png”."]
    with Image.open(tmp_path / "drawing.png") as image:
        assert image.size == (24, 24)
        assert np.array_equal(np.asarray(image.convert("L")) == 0, ink == 1)
    app.session.drawing.clear()
    app.session.drawing.set_fit(False)
    files.open_image_at(tmp_path / "drawing.png")
    assert np.array_equal(app.session.drawing.ink, ink)


def test_copy_and_paste_give_the_same_drawing(app: App, files: FileCommands) -> None:
    drawing = app.session.drawing
    drawing.set_fit(False)
    drawing.clear()
    stroke(app.window.equation.canvas, STROKE)
    ink = drawing.ink.copy()
    files.copy()
    copied = QGuiApplication.clipboard().image()
    assert (copied.width(), copied.height()) == (240, 240)
    drawing.clear()
    files.paste()
    assert np.array_equal(drawing.ink, ink)
    assert app.session.undo_stack.undoText() == "paste"


def test_a_copied_drawing_is_pasted_where_it_was(app: App, files: FileCommands) -> None:
    drawing = app.session.drawing
    drawing.clear()
    stroke(app.window.equation.canvas, STROKE)
    drawn = drawing.ink.copy()
    files.copy()
    drawing.clear()
    files.paste()
    assert np.array_equal(drawing.ink, drawn)


def test_with_centre_and_fit_any_other_image_is_fitted(app: App, files: FileCommands) -> None:
    drawing = app.session.drawing
    image = QImage(50, 31, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFF)
    for place in range(8):
        image.setPixel(10 + place, 9, 0)
    mime = QMimeData()
    mime.setImageData(image)
    files.take(mime)
    rows, columns = np.nonzero(drawing.ink)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    assert np.array_equal(centre_and_fit(drawing.ink), drawing.ink)


@pytest.mark.parametrize("kind", ["nothing", "words", "an empty image", "one tone"])
def test_what_holds_no_drawing_cannot_be_pasted(
    app: App, files: FileCommands, notices: list[str], kind: str
) -> None:
    mime = QMimeData()
    if kind == "words":
        mime.setText("six")
    elif kind == "an empty image":
        mime.setImageData(QImage())
    elif kind == "one tone":
        image = QImage(30, 30, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.red)
        mime.setImageData(image)
    ink = app.session.drawing.ink.copy()
    files.take(mime)
    assert len(notices) == 1
    assert np.array_equal(app.session.drawing.ink, ink)


# Drops


@pytest.mark.parametrize("where", ["canvas", "window"])
def test_an_image_can_be_dropped(app: App, picture_file: Path, where: str) -> None:
    window = app.window
    target = window.equation.canvas if where == "canvas" else window
    app.session.drawing.clear()
    assert drop(target, mime_of(picture_file))
    assert app.session.drawing.ink.any()


def test_a_model_can_be_dropped(
    app: App, files: FileCommands, notices: list[str], tmp_path: Path
) -> None:
    app.session.set_digit(7)
    teach(app.session)
    weights = app.session.weights.copy()
    files.save_model_at(tmp_path / "seven.safetensors")
    app.session.set_digit(6)
    assert drop(app.window.equation.canvas, mime_of(tmp_path / "seven.safetensors"))
    assert app.session.digit == 7
    assert np.array_equal(app.session.weights, weights)


def test_words_are_not_taken(app: App, notices: list[str]) -> None:
    mime = QMimeData()
    mime.setText("six")
    assert not drop(app.window.equation.canvas, mime)
    assert not drop(app.window, mime)
    assert notices == []


def bad_files(folder: Path) -> dict[str, Path | str]:
    """What cannot be drawn, by what is wrong with it."""
    contents = {
        "garbage.png": b"\x93" * 3000,
        "empty.png": b"",
        "cut.png": png_header(24, 24)[:40],
        "huge.png": png_header(30_000, 30_000),
        "words.txt": b"a letter",
        "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    one_tone = folder / "white.png"
    Image.new("L", (40, 40), 255).save(one_tone)
    bad: dict[str, Path | str] = {name: folder / name for name in contents}
    bad |= {"one tone": one_tone, "a folder": folder, "missing": folder / "missing.png"}
    bad |= {"elsewhere": "https://example.org/six.png"}
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.png")
        bad["a pipe"] = folder / "pipe.png"
    return bad


def test_what_cannot_be_drawn_is_told_and_changes_nothing(
    app: App, notices: list[str], tmp_path: Path
) -> None:
    folder = tmp_path / "bad"
    folder.mkdir()
    ink, steps = app.session.drawing.ink.copy(), app.session.undo_stack.count()
    for name, path in bad_files(folder).items():
        notices.clear()
        assert drop(app.window.equation.canvas, mime_of(path))
        assert len(notices) == 1, name
        assert notices[0].endswith("."), name
        assert np.array_equal(app.session.drawing.ink, ink), name
    assert app.session.undo_stack.count() == steps
    assert QGuiApplication.overrideCursor() is None


# The dialogs and the menus


def test_the_menus_ask_for_names_and_do_nothing_without(
    app: App, files: FileCommands, notices: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for ask in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, ask, lambda *_: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    before = app.session.drawing.ink.copy(), app.trainer.data.specs
    for act in (files.open_model, files.save_model, files.open_image, files.save_image):
        act()
    assert app.window.band.plot is not None
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
    assert plot is not None
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
