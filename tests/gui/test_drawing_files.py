"""Import and export from the Drawings menu: what comes in, what is told, and how it is undone."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from desk import Desk, Until
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtWidgets import QFileDialog, QProgressDialog, QPushButton

from sixpad.core.grid import Ink
from sixpad.data.drawings import Drawings
from sixpad.data.exchange import FOLDER, IDX, PORTABLE, export_drawings
from sixpad.data.store_path import store_path
from sixpad.data.stored import DRAWN, IMPORTED, Stored, new_drawing
from sixpad.gui import drawing_files, waiting
from sixpad.gui.app import App


@pytest.fixture
def app(desk: Desk, until: Until) -> App:
    """Sixpad, open, with its store at hand."""
    app = desk.start()
    until(lambda: app.collection.ready)
    return app


def inks(count: int, seed: int = 0) -> list[Ink]:
    rng = np.random.default_rng(seed)
    return [(rng.random((24, 24)) < 0.2).astype(np.uint8) for _ in range(count)]


def drawings(count: int, seed: int = 0) -> list[Stored]:
    made = (new_drawing(ink, at % 10, DRAWN, "then") for at, ink in enumerate(inks(count, seed)))
    return list(made)


def stored() -> dict[str, Stored]:
    with Drawings(store_path(), create=False) as store:
        return {row.uuid: row for row in store.rows() if isinstance(row, Stored)}


def kept(app: App, until: Until, some: list[Stored]) -> None:
    app.collection.keep(some)
    until(lambda: not app.collection.unsaved)


def test_an_import_is_told_when_it_is_on_the_disk_and_undone_in_one_step(
    app: App, notices: list[str], until: Until, tmp_path: Path
) -> None:
    offered = drawings(30)
    path = tmp_path / "a.sixpad"
    export_drawings(offered, path, PORTABLE)
    app.window.exchange.import_at(path)
    until(lambda: bool(notices))
    assert notices.pop() == "30 drawings imported."
    assert stored() == {each.uuid: each for each in offered}
    assert app.collection.in_use == 30
    app.session.undo_stack.undo()
    until(lambda: not app.collection.unsaved)
    assert app.collection.in_use == 0
    assert all(each.deleted_at for each in stored().values())
    app.session.undo_stack.redo()
    until(lambda: not app.collection.unsaved)
    assert stored() == {each.uuid: each for each in offered}


def test_what_was_told_of_an_import_goes_when_it_is_undone(
    app: App, notices: list[str], until: Until, tmp_path: Path
) -> None:
    path = tmp_path / "a.sixpad"
    export_drawings(drawings(30), path, PORTABLE)
    app.window.exchange.import_at(path)
    until(app.window.notice.isVisible)
    app.session.undo_stack.undo()
    assert not app.window.notice.isVisible()
    notices.clear()
    app.session.undo_stack.redo()
    app.session.undo_stack.undo()
    until(lambda: not app.collection.unsaved)
    assert not app.window.notice.isVisible()


def test_an_import_that_is_undone_before_it_is_on_the_disk_is_not_told(
    app: App, notices: list[str], until: Until, tmp_path: Path
) -> None:
    done = threading.Event()
    path = tmp_path / "a.sixpad"
    export_drawings(drawings(30), path, PORTABLE)
    app.collection._thread.submit(lambda: done.wait(20))
    app.window.exchange.import_at(path)
    until(lambda: app.collection.in_use == 30)
    app.session.undo_stack.undo()
    done.set()
    until(lambda: not app.collection.unsaved)
    assert not notices


def test_importing_twice_adds_nothing_and_says_so(
    app: App, notices: list[str], until: Until, tmp_path: Path
) -> None:
    own = drawings(6)
    kept(app, until, own)
    for kind, name in ((FOLDER, "folder"), (IDX, "a-images-idx3-ubyte"), (PORTABLE, "a.sixpad")):
        path = tmp_path / name
        export_drawings(own, path, kind)
        app.window.exchange.import_at(path)
        until(lambda: bool(notices))
        assert notices.pop() == "Nothing new: all 6 were there already."
    assert len(stored()) == 6
    app.collection.delete(np.arange(2))
    app.window.exchange.import_at(tmp_path / "folder")
    until(lambda: bool(notices))
    assert "6 were there already (2 of them deleted)" in notices.pop()


def test_what_cannot_be_read_is_told_and_the_rest_is_imported(
    app: App, notices: list[str], until: Until, tmp_path: Path
) -> None:
    export_drawings(drawings(4), tmp_path / "f", FOLDER)
    (tmp_path / "f" / "0" / "broken.png").write_bytes(b"none")
    app.window.exchange.import_at(tmp_path / "f")
    until(lambda: bool(notices))
    words = notices.pop()
    assert words.startswith("4 drawings imported. 1 could not be read")
    assert "broken.png" in words
    assert {each.source for each in stored().values()} == {IMPORTED}
    app.window.exchange.import_at(tmp_path / "nothing")
    until(lambda: bool(notices))
    assert "There is no file" in notices.pop()


def test_a_file_of_drawings_can_be_dropped(
    app: App, notices: list[str], until: Until, tmp_path: Path
) -> None:
    export_drawings(drawings(3), tmp_path / "a.sixpad", PORTABLE)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.sixpad"))])
    app.window.equation.canvas.dropped.emit(mime)
    until(lambda: bool(notices))
    assert notices == ["3 drawings imported."]


def test_the_own_store_is_told_and_never_opened_as_a_file(
    app: App, notices: list[str], until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(app, until, drawings(3))
    plain = Path.open

    def opened(self: Path, *words: Any, **more: Any) -> object:
        assert self.name != store_path().name, "to close it would let go of the locks on it"
        return plain(self, *words, **more)

    monkeypatch.setattr(Path, "open", opened)
    app.window.exchange.import_at(store_path())
    until(lambda: bool(notices))
    assert "the very store" in notices.pop()
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(store_path()))])
    app.window.equation.canvas.dropped.emit(mime)
    until(lambda: bool(notices))
    assert "the very store" in notices.pop()


@pytest.mark.parametrize(
    ("kind", "name", "written"),
    [
        (IDX, "own", "own-images-idx3-ubyte"),
        (IDX, "own-images-idx3-ubyte.gz", "own-images-idx3-ubyte.gz"),
        (PORTABLE, "own", "own.sixpad"),
        (PORTABLE, "own.sixpad", "own.sixpad"),
        (PORTABLE, "OWN.SIXPAD", "OWN.SIXPAD"),
    ],
)
def test_drawings_are_exported_as_a_file(
    app: App, notices: list[str], until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    kind: str, name: str, written: str,
) -> None:  # fmt: skip
    own = drawings(5)
    kept(app, until, own)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / name), ""))
    app.window.exchange.export_file(kind)
    until(lambda: bool(notices))
    assert notices.pop() == f"5 drawings exported to “{tmp_path / written}”."
    assert (tmp_path / written).exists()
    if name != written:
        before = (tmp_path / written).read_bytes()
        app.window.exchange.export_file(kind)
        assert "already" in notices.pop()
        assert (tmp_path / written).read_bytes() == before


def test_an_export_amid_other_things_gets_a_folder_of_its_own(
    app: App, notices: list[str], until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = drawings(3)
    kept(app, until, own)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").touch()
    for chosen in (tmp_path / "home", tmp_path / "home" / "drawings"):
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, at=chosen: str(at))
        app.window.exchange.export_folder()
        until(lambda: bool(notices))
        assert "3 drawings exported" in notices.pop()
    files = sorted(path.stem for path in (tmp_path / "home" / "drawings").glob("?/*.png"))
    assert files == sorted(each.uuid for each in own)
    assert len(list((tmp_path / "home").iterdir())) == 2


def test_an_import_can_be_given_up_and_leaves_nothing(
    app: App, notices: list[str], until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "_PATIENCE_MILLISECONDS", 0)
    gate = threading.Event()
    read = drawing_files.import_drawings

    def held(*words: Any, **more: Any) -> object:
        gate.wait(10)
        return read(*words, **more)

    monkeypatch.setattr(drawing_files, "import_drawings", held)
    export_drawings(drawings(5), tmp_path / "a.sixpad", PORTABLE)
    exchange = app.window.exchange
    exchange.import_at(tmp_path / "a.sixpad")
    (dialog,) = app.window.findChildren(QProgressDialog)
    until(dialog.isVisible)
    exchange.import_at(tmp_path / "a.sixpad")
    assert "already" in notices.pop()
    (cancel,) = dialog.findChildren(QPushButton)
    cancel.click()
    gate.set()
    until(lambda: not app.window.findChildren(QProgressDialog))
    until(lambda: not exchange._worker.given_up)
    assert notices == []
    assert stored() == {}


def test_nothing_is_imported_where_nothing_can_be_kept(
    app: App, notices: list[str], tmp_path: Path
) -> None:
    app.collection.read_only = True
    app.window.exchange.import_at(tmp_path)
    assert "may not be written" in notices.pop()
    app.collection.read_only = False


def test_the_menu_leads_to_every_way(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask(_parent: object, title: str, *_: object) -> object:
        asked.append(title)
        return "" if title in ("Import folder", "Export into") else ("", "")

    for name in ("getExistingDirectory", "getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, ask)
    (menu,) = [
        action.menu() for action in app.window.header.bar.actions() if action.text() == "&Drawings"
    ]
    for action in menu.actions():
        if "mport" in action.text() or "xport" in action.text():
            action.trigger()
    assert asked == ["Import folder", "Import drawings", "Export into", *["Export drawings"] * 2]
