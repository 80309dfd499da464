"""The drawings as the window has them: what others do to the store, and what it does about that."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from drawn import by_uuid, drawn, keep, rows
from PySide6.QtCore import QDeadlineTimer
from PySide6.QtGui import QUndoStack
from pytestqt.qtbot import QtBot

from sixpad.data.drawings import Drawings
from sixpad.data.store_backups import backups
from sixpad.data.store_repair import rebuild
from sixpad.gui.collection import Collection

Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return keep(tmp_path / "drawings.sqlite3", drawn(5))


@pytest.fixture
def collection(store: Path, qtbot: QtBot) -> Iterator[Collection]:
    """The collection of `store`, open."""
    collection = Collection(store, QUndoStack())
    collection.open()
    qtbot.waitUntil(lambda: collection.ready)
    yield collection
    assert collection.close(QDeadlineTimer(20_000))


@pytest.fixture
def told(collection: Collection) -> list[str]:
    told: list[str] = []
    collection.told.connect(told.append)
    return told


def damage_row(store: Path) -> None:
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("UPDATE drawings SET pixels = zeroblob(72) WHERE rowid = 2")
        connection.commit()


def test_what_another_program_adds_is_seen(
    collection: Collection, store: Path, until: Until
) -> None:
    with Drawings(store) as other:
        other.put(drawn(2, seed=1))
    collection.look()
    until(lambda: len(collection.table) == 7)
    assert not collection.unsaved


def test_a_drawing_that_is_damaged_on_the_disk_is_kept_again(
    collection: Collection, store: Path, told: list[str], until: Until
) -> None:
    before = by_uuid(store)
    damage_row(store)
    assert len(rows(store)) == 4
    collection.look()
    until(lambda: by_uuid(store) == before)
    assert len(collection.table) == 5
    assert "lost 1 drawing" in told[0]


def test_a_store_that_is_taken_away_is_made_anew_from_what_the_window_has(
    collection: Collection, store: Path, told: list[str], until: Until
) -> None:
    before = by_uuid(store)
    store.unlink()
    collection.keep(drawn(1, seed=3))
    collection.look()
    until(lambda: store.exists() and len(rows(store)) == 6)
    assert before.items() <= by_uuid(store).items()
    assert any("lost 5 drawings" in sentence for sentence in told)


def test_after_a_repair_the_window_reads_and_writes_the_new_store(
    collection: Collection, store: Path, until: Until
) -> None:
    rebuild(store)
    with Drawings(store) as other:
        other.put(drawn(1, seed=1))
    collection.look()
    until(lambda: len(collection.table) == 6)
    collection.keep(drawn(1, seed=2))
    until(lambda: not collection.unsaved)
    assert len(rows(store)) == 7


def test_a_store_that_breaks_while_it_is_open_is_mended(
    collection: Collection, store: Path, told: list[str], until: Until
) -> None:
    before = by_uuid(store)
    store.write_bytes(b"something else altogether " * 400)
    collection.keep(drawn(1, seed=4))
    until(lambda: collection.ready and not collection.unsaved)
    assert before.items() <= by_uuid(store).items()
    assert len(rows(store)) == 6
    assert any("was damaged" in sentence for sentence in told)


def test_what_could_not_be_kept_is_tried_again_by_itself(
    collection: Collection, store: Path, until: Until
) -> None:
    collection._store = Drawings(store, wait=0.05)
    with closing(sqlite3.connect(store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        collection.keep(drawn(1, seed=5))
        until(lambda: "in use" in collection.trouble)
        other.execute("ROLLBACK")
    until(lambda: not collection.unsaved)
    assert not collection.trouble
    assert len(rows(store)) == 6


def test_closing_keeps_what_was_never_told_to_be_kept(tmp_path: Path) -> None:
    path = tmp_path / "drawings.sqlite3"
    collection = Collection(path, QUndoStack())
    collection.keep(drawn(2))
    assert collection.close(QDeadlineTimer(20_000))
    assert len(rows(path)) == 2


def test_backups_go_on_while_lost_drawings_are_offered(store: Path, qtbot: QtBot) -> None:
    with Drawings(store) as open_store:
        open_store.back_up()
    store.unlink()
    for seed in (6, 7):
        collection = Collection(store, QUndoStack())
        collection.open()
        qtbot.waitUntil(lambda: collection.ready)  # noqa: B023
        assert collection.lost == 5
        collection.keep(drawn(1, seed=seed))
        assert collection.close(QDeadlineTimer(20_000))
    assert len(backups(store)) >= 3
