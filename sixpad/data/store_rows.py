"""The rows of a store, read with their checksums verified; of a damaged file, all that can be."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from typing import NamedTuple

from sixpad.data.store_errors import UNREADABLE
from sixpad.data.store_schema import COLUMNS
from sixpad.data.stored import Stored, trouble_of

# No row takes fewer bytes, and so many are asked for one by one in the holes of a file.
_LEAST_ROW = 128
_MOST_PROBED = 1 << 22
_LOOKED = 1024

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
    last, number, counted = None, 0, 0
    for row in connection.execute(f"{_SELECT_WITH_COUNT} ORDER BY rowid"):
        counted, rowid = row[:2]
        if last is not None and rowid <= last:
            raise _rows_missing()
        last, number = rowid, number + 1
        yield verified(row[1:])
    if number != counted or (not number and _seems_empty(connection)):
        raise _rows_missing()


def _seems_empty(connection: sqlite3.Connection) -> bool:
    """Whether the index has rows and the table none, at one moment."""
    counted, first = connection.execute(
        "SELECT (SELECT count(*) FROM drawings), "
        "(SELECT rowid FROM drawings NOT INDEXED ORDER BY rowid LIMIT 1)"
    ).fetchone()
    return bool(counted) and first is None


def _rows_missing() -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError("some drawings cannot be found in it")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def salvaged_rows(
    connection: sqlite3.Connection,
    look: Callable[[], None] = lambda: None,
    most_in_vain: int = _MOST_PROBED,
) -> Iterator[Stored]:
    """Every sound row that can be reached: from the start, from the end, and one by one.

    Of those that are asked for one by one, so many in all may lead to no drawing; `look` is called
    now and then meanwhile.
    """
    seen: set[object] = set()
    for order in ("ASC", "DESC"):
        try:
            for row in connection.execute(f"{_SELECT} ORDER BY rowid {order}"):
                seen.add(row[0])
                yield from _sound(row)
            return
        except UNREADABLE:
            continue
    in_vain = 0
    for rowid in range(1, _most_rows(connection) + 1):
        if rowid in seen:
            continue
        if in_vain % _LOOKED == 0:
            look()
        if in_vain == most_in_vain:
            return
        in_vain += 1
        with contextlib.suppress(*UNREADABLE):
            for row in connection.execute(f"{_SELECT} WHERE rowid = ?", (rowid,)):
                for drawing in _sound(row):
                    in_vain -= 1
                    yield drawing


def _most_rows(connection: sqlite3.Connection) -> int:
    """The most rows that the file has room for; they are numbered from 1 on, without a gap."""
    with contextlib.suppress(*UNREADABLE):
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        return int(min(pages * size // _LEAST_ROW, _MOST_PROBED))
    return 0


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
