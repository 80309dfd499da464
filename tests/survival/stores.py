"""Stores of drawings for the trials: made, looked through, and made unsound."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from random import Random
from uuid import UUID

from sixpad.data.drawings import Drawings
from sixpad.data.store_backups import backups
from sixpad.data.store_path import STORE_NAME
from sixpad.data.store_schema import MIGRATIONS, Migrations
from sixpad.data.stored import DRAWN, PACKED, Stored

# What a sixpad to come may bring: the same rows, and something more about them.
NEXT_MIGRATIONS: Migrations = (
    *MIGRATIONS,
    (
        "CREATE TABLE notes (uuid TEXT NOT NULL PRIMARY KEY, note TEXT NOT NULL)",
        "INSERT INTO notes SELECT uuid, 'label ' || label FROM drawings",
    ),
)

LATER = "2026-02-03T04:05:06.000007Z"


def stored(seed: int) -> Stored:
    """A drawing, another for each seed; strokes come with every fourth one."""
    random = Random(seed)
    strokes = random.randbytes(random.randrange(1500)) if seed % 4 == 3 else None
    return Stored(
        str(UUID(int=random.getrandbits(128), version=4)), random.randrange(10),
        random.randbytes(PACKED), strokes, DRAWN, f"session {seed // 20}",
        f"2026-01-02T03:04:05.{seed % 1_000_000:06}Z", None,
    )  # fmt: skip


def store_in(folder: Path) -> Path:
    """Where the store of a folder lies."""
    return folder / STORE_NAME


def make_store(path: Path, count: int) -> list[Stored]:
    """A new store of so many drawings, every seventh of them deleted."""
    drawings = [stored(seed) for seed in range(count)]
    drawings[::7] = [drawing._replace(deleted_at=LATER) for drawing in drawings[::7]]
    with Drawings(path) as store:
        # As they would come: one after the other, with changes in between.
        for start in range(0, count, 20):
            store.add(drawings[start : start + 20])
        store.put(drawings[::5])
    return drawings


def sound_rows(path: Path, migrations: Migrations = MIGRATIONS) -> tuple[Stored, ...]:
    """All drawings of a store; raises AssertionError where any part of it is not sound."""
    drawings: list[Stored] = []
    with Drawings(path, migrations=migrations) as store:
        health = store.check(take=drawings.append)
        assert health.sound, health
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("SELECT count(*) FROM drawings").fetchone() == (len(drawings),)
    assert len({drawing.uuid for drawing in drawings}) == len(drawings)
    return tuple(drawings)


def sound_backups(path: Path) -> list[tuple[Stored, ...]]:
    """The drawings in each backup of a store, the oldest backup first; all must be sound."""
    return [sound_rows(backup) for backup in reversed(backups(path))]


def by_uuid(drawings: Iterable[Stored]) -> dict[str, Stored]:
    """Drawings by their names."""
    return {drawing.uuid: drawing for drawing in drawings}


def version_of(path: Path) -> int:
    """The version of a store, which is not brought up to date for it."""
    with closing(sqlite3.connect(path)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)
