"""Sound stores of drawings, whole and in the midst of a change, and what reads their mutants."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing, suppress
from functools import cache
from pathlib import Path

from sound_files import Kind
from stores import NEXT_MIGRATIONS, make_store, store_in, stored

from sixpad.data.drawings import Drawings
from sixpad.data.own_drawings import read_drawings
from sixpad.data.store_start import start
from sixpad.errors import SixpadError


def _stores() -> list[bytes]:
    contents = []
    with tempfile.TemporaryDirectory(prefix="sixpad-sound-") as folder:
        for count in (0, 1, 12, 200):
            path = Path(folder) / f"{count}.sqlite3"
            make_store(path, count)
            contents.append(path.read_bytes())
        # From a sixpad to come.
        Drawings(path, migrations=NEXT_MIGRATIONS).close()
        contents.append(path.read_bytes())
    return contents


@cache
def interrupted() -> tuple[bytes, bytes]:
    """A store that a killed writer has left half written, and the journal that takes it back."""
    with tempfile.TemporaryDirectory(prefix="sixpad-sound-") as folder:
        path = store_in(Path(folder))
        make_store(path, 60)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            # So little room that changes reach the file before the transaction ends.
            connection.execute("PRAGMA cache_size = 2")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE drawings SET label = (label + 1) % 10")
            connection.executemany(
                f"INSERT INTO drawings VALUES ({', '.join('?' * 9)})",
                [(*each, each.checksum) for each in map(stored, range(100, 200))],
            )
            journal = path.with_name(f"{path.name}-journal").read_bytes()
            return path.read_bytes(), journal


def _opened(path: Path, content: bytes) -> None:
    """Open a store as the window does; what was set aside is as it was, what there is is sound."""
    begun = start(path)
    with begun.store as store:
        assert store.check().sound, "what was mended is not sound"
    if begun.rebuilt:
        aside = begun.rebuilt.aside / path.name
        assert aside.read_bytes() == content, "what was set aside is not what was there"


def _read_as_training(path: Path) -> None:
    """Read a store as training does; it may have no drawings."""
    with suppress(SixpadError):
        read_drawings(path)


def _read_store(data: bytes, folder: Path) -> None:
    path = store_in(folder)
    path.write_bytes(data)
    _read_as_training(path)
    _opened(path, data)


def _read_journal(data: bytes, folder: Path) -> None:
    path = store_in(folder)
    content, _ = interrupted()
    path.write_bytes(content)
    path.with_name(f"{path.name}-journal").write_bytes(data)
    with start(path).store as store:
        assert store.check().sound, "what was mended is not sound"


def _journals() -> Sequence[bytes]:
    return [interrupted()[1]]


KINDS = (
    Kind("stores", _stores, _read_store),
    Kind("journals", _journals, _read_journal),
)
