"""What is dropped on the window comes in, or is told and changes nothing."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hand import teach
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from sixpad.gui.app import App
from sixpad.gui.file_commands import FileCommands


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
