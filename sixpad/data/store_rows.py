"""The rows of a store, read with their checksums verified; of a damaged file, all that can be."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from sixpad.data.store_schema import COLUMNS
from sixpad.data.stored import Stored, trouble_of

# So many rows of a hole in the file are asked for one by one.
_MOST_PROBED = 1 << 16

_ROW = f"rowid, {', '.join(COLUMNS)}, checksum FROM drawings NOT INDEXED"
_SELECT = f"SELECT {_ROW}"
# In one statement, so that no other writer can come between. Counting reads the index alone.
_SELECT_WITH_COUNT = f"SELECT (SELECT count(*) FROM drawings), {_ROW}"


class Damaged(NamedTuple):
    """A row that cannot be trusted: where it is, its uuid where that can be read, and why."""

    row: int
    uuid: str
    reason: str


def read_rows(connection: sqlite3.Connection) -> Iterator[Stored | Damaged]:
    """Every row in the order it was stored; raises sqlite3.DatabaseError where reading ends.

    That is also where the rows are not those that the index has: a damaged page that points at the
    wrong one can pass over drawings, and no checksum of a row would tell.
    """
    last, number = None, 0
    for count, *row in connection.execute(f"{_SELECT_WITH_COUNT} ORDER BY rowid"):
        if last is not None and row[0] <= last:
            raise _rows_missing()
        last, number = row[0], number + 1
        yield verified(tuple(row))
    if number and number != count:
        raise _rows_missing()


def _rows_missing() -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError("some drawings cannot be found in it")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def salvaged_rows(connection: sqlite3.Connection) -> Iterator[Stored]:
    """Every sound row that can be reached: from the start, from the end, and in between."""
    last, first = 0, None
    try:
        for row in connection.execute(f"{_SELECT} ORDER BY rowid"):
            last = row[0]
            yield from _sound(row)
        return
    except sqlite3.DatabaseError:
        pass
    try:
        for row in connection.execute(f"{_SELECT} WHERE rowid > ? ORDER BY rowid DESC", (last,)):
            first = row[0]
            yield from _sound(row)
    except sqlite3.DatabaseError:
        pass
    end = last + _MOST_PROBED if first is None else min(first, last + _MOST_PROBED)
    for rowid in range(last + 1, end):
        try:
            found = connection.execute(f"{_SELECT} WHERE rowid = ?", (rowid,)).fetchone()
        except sqlite3.DatabaseError:
            continue
        if found:
            yield from _sound(found)


def verified(row: tuple[object, ...]) -> Stored | Damaged:
    """A row (rowid, the columns, checksum) as the drawing that it is, or what is wrong with it."""
    rowid, *columns, checksum = row
    drawing = Stored._make(columns)
    trouble = trouble_of(drawing)
    if not trouble and checksum != drawing.checksum:
        trouble = "its checksum is another"
    if trouble:
        return Damaged(int(str(rowid)), str(columns[0])[:40], trouble)
    return drawing


def _sound(row: tuple[object, ...]) -> Iterator[Stored]:
    drawing = verified(row)
    if isinstance(drawing, Stored):
        yield drawing
