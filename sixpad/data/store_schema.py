"""What a store of drawings looks like inside: its table, its version, and the way from older ones.

Nothing here opens a file; all work on a connection that is open.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import cache

# “SIXP”: what tells a store of drawings from other SQLite files (https://sqlite.org/fileformat2).
APPLICATION_ID = 0x53495850

COLUMNS = (
    "uuid", "label", "pixels", "strokes", "source", "session", "created_at", "deleted_at",
)  # fmt: skip

# The statements that lead from each version to the next; `user_version` is how many were gone.
Migrations = Sequence[Sequence[str]]
MIGRATIONS: Migrations = (
    (
        """CREATE TABLE drawings (
    uuid TEXT NOT NULL PRIMARY KEY,
    label INTEGER NOT NULL,
    pixels BLOB NOT NULL,
    strokes BLOB,
    source TEXT NOT NULL,
    session TEXT NOT NULL,
    created_at TEXT NOT NULL,
    deleted_at TEXT,
    checksum BLOB NOT NULL
)""",
    ),
)

_Tables = tuple[tuple[str, str, str], ...]

EMPTY, CURRENT, OLDER, NEWER, DAMAGED, FOREIGN = (
    "empty", "current", "older", "newer", "damaged", "foreign",
)  # fmt: skip


def state_of(connection: sqlite3.Connection, migrations: Migrations = MIGRATIONS) -> str:
    """What an open SQLite file is to this sixpad: one of the six words above.

    A version that does not fit the tables means a header that is damaged, and not another version.
    """
    version = _pragma(connection, "user_version")
    application = _pragma(connection, "application_id")
    tables = _tables(connection)
    if not tables and not version and not application:
        return EMPTY
    fitting = [
        count for count in range(1, len(migrations) + 1) if tables == _made_by(count, migrations)
    ]
    if fitting:
        if version not in fitting or application != APPLICATION_ID:
            return DAMAGED
        return CURRENT if version == len(migrations) else OLDER
    if application != APPLICATION_ID:
        return FOREIGN
    return NEWER if version > len(migrations) else DAMAGED


def migrate(connection: sqlite3.Connection, migrations: Migrations = MIGRATIONS) -> None:
    """Bring a store to the newest version, within the transaction that is open."""
    for statements in migrations[_pragma(connection, "user_version") :]:
        for statement in statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {len(migrations)}")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    (value,) = connection.execute(f"PRAGMA {name}").fetchone()
    return int(value)


def _tables(connection: sqlite3.Connection) -> _Tables:
    # The statistics that ANALYZE keeps are no business of ours.
    rows = connection.execute(
        "SELECT type, name, coalesce(sql, '') FROM sqlite_schema "
        "WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name"
    )
    return tuple(tuple(map(str, row)) for row in rows)  # type: ignore[misc]


def _made_by(count: int, migrations: Migrations) -> _Tables:
    return _tables_after(tuple(tuple(each) for each in migrations[:count]))


@cache
def _tables_after(migrations: tuple[tuple[str, ...], ...]) -> _Tables:
    connection = sqlite3.connect(":memory:")
    try:
        for statements in migrations:
            for statement in statements:
                connection.execute(statement)
        return _tables(connection)
    finally:
        connection.close()
