"""Pictures of a drawing: opened, saved, copied, pasted, dropped; and what is none of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hand import stroke
from PIL import Image
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QImage

from sixpad.core.grid import centre_and_fit
from sixpad.core.preparation import Preparation
from sixpad.gui.app import App
from sixpad.gui.file_commands import FileCommands

STROKE = [(2, 2), (2, 12), (9, 12)]


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
    app.session.drawing.set_preparation(Preparation.AS_DRAWN)
    files.open_image_at(tmp_path / "drawing.png")
    assert np.array_equal(app.session.drawing.ink, ink)


def test_copy_and_paste_give_the_same_drawing(app: App, files: FileCommands) -> None:
    drawing = app.session.drawing
    drawing.set_preparation(Preparation.AS_DRAWN)
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
