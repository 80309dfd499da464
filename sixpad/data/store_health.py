"""A whole store verified: the database by SQLite, every drawing by its checksum."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import NamedTuple

from sixpad.data.store_errors import UNREADABLE, means_damage
from sixpad.data.store_rows import Damaged, read_rows
from sixpad.data.stored import Stored


class Health(NamedTuple):
    """What a check of a whole store has found; `problems` are those of the file itself."""

    drawings: int
    deleted: int
    damaged: tuple[Damaged, ...]
    problems: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing is damaged."""
        return not self.damaged and not self.problems


def examine(
    connection: sqlite3.Connection, look: Callable[[], None], take: Callable[[Stored], None]
) -> Health:
    """Read all of the store that is open, and change nothing.

    `look` is called now and then, and `take` with every drawing that is sound. Raises sqlite3.Error
    where it is not the file that is at fault.
    """
    drawings = deleted = 0
    bad: list[Damaged] = []
    problems = _integrity(connection)
    try:
        for place, row in enumerate(read_rows(connection)):
            if place % 1024 == 0:
                look()
            if isinstance(row, Damaged):
                bad.append(row)
            else:
                take(row)
                drawings += row.deleted_at is None
                deleted += row.deleted_at is not None
    except UNREADABLE as error:
        if not means_damage(error):
            raise
        problems.append(str(error))
    return Health(drawings, deleted, tuple(bad), tuple(problems))


def _integrity(connection: sqlite3.Connection) -> list[str]:
    """What SQLite itself finds wrong with a file."""
    try:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)")]
    except sqlite3.DatabaseError as error:
        if not means_damage(error):
            raise
        return [str(error)]
    return [] if found == ["ok"] else found
