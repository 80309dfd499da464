"""Drawings in one file that another sixpad imports: a store, written whole, read with suspicion."""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sixpad.data.drawings import Drawings
from sixpad.data.files import explained, flush, flush_folder, remove_abandoned, replace_file
from sixpad.data.offered import Refused
from sixpad.data.store_connection import UNCHANGING, connect
from sixpad.data.store_errors import UNREADABLE, explained_store
from sixpad.data.store_repair import COMPANIONS
from sixpad.data.store_rows import Damaged, read_rows, salvaged_rows
from sixpad.data.store_schema import APPLICATION_ID, COLUMNS, MIGRATIONS
from sixpad.data.stored import MAX_STROKES, Stored
from sixpad.errors import SixpadError

Progress = Callable[[float], None]

SUFFIX = ".sixpad"
MAX_BYTES = 1 << 30
MAX_COUNT = 1_000_000

_NEEDED = {*COLUMNS, "checksum"}
_READABLE = ("user_version", "application_id", "page_count", "page_size")
# Names by which a table's own column would hide the number of the row.
_HIDING = {"rowid", "oid", "_rowid_"}
# What SQLite's machine may do before the tables are known, and from one row to the next: reading a
# row takes a few dozen steps, and looking for it in a damaged file may take a million.
_STEPS_AT_ONCE = 1000
_MOST_STEPS_FOR_TABLES = 50_000
_MOST_STEPS_FOR_A_ROW = 5_000_000
# In a file whose pages lead nowhere rows are asked for one by one: so many for nothing.
_MOST_IN_VAIN = 1 << 18
_LIMITS = (
    # A row holds a few hundred bytes, and the strokes.
    (sqlite3.SQLITE_LIMIT_LENGTH, MAX_STROKES + (1 << 14)),
    (sqlite3.SQLITE_LIMIT_SQL_LENGTH, 1 << 14),
    (sqlite3.SQLITE_LIMIT_COLUMN, 64),
    (sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 64),
    (sqlite3.SQLITE_LIMIT_COMPOUND_SELECT, 4),
    (sqlite3.SQLITE_LIMIT_VDBE_OP, 1 << 12),
    (sqlite3.SQLITE_LIMIT_FUNCTION_ARG, 8),
    (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
    (sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64),
    (sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 8),
    (sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 0),
    (sqlite3.SQLITE_LIMIT_WORKER_THREADS, 0),
)

_AT_ONCE = 4096


def write_portable(path: Path, drawings: Sequence[Stored], progress: Progress) -> None:
    """Write drawings, the deleted too, into one file, whole or not at all.

    A file that is there is replaced. Raises SixpadError where it cannot be written.
    """
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".sixpad-{secrets.token_hex(8)}.tmp")
    with explained(path), explained_store(path):
        remove_abandoned(target.parent)
        try:
            with Drawings(temporary, called=path) as new:
                for done in range(0, len(drawings), _AT_ONCE):
                    progress(done / len(drawings))
                    new.add(drawings[done : done + _AT_ONCE])
            flush(temporary)
            replace_file(temporary, target)
            flush_folder(target.parent)
        finally:
            for ending in ("", *COMPANIONS):
                temporary.with_name(temporary.name + ending).unlink(missing_ok=True)


def read_portable(path: Path, progress: Progress) -> Iterator[Stored | Refused]:
    """The drawings of a SQLite file that may be anyone's, one by one.

    Nothing in the file is trusted: it is opened to be read only, as it lies, and only the known
    columns of a plain table are read, with each row verified. What it says of views, triggers,
    functions and other tables is never carried out, and nothing is written to it or beside it.

    Raises SixpadError for a file that is no store of drawings, from a newer sixpad, too large, in
    the hands of another program, or changes while it is read.
    """
    before = _state(path)
    share = 0.0

    def look() -> None:
        progress(share)

    with contextlib.closing(_opened(path)) as connection:
        steps = _Steps(_MOST_STEPS_FOR_TABLES)
        connection.set_progress_handler(steps, _STEPS_AT_ONCE)
        try:
            connection.set_authorizer(_authorized)
            _check_table(connection, path)
            for done, one in enumerate(_rows(connection, look)):
                steps.left = _MOST_STEPS_FOR_A_ROW
                if done % 256 == 0:
                    share = done / (done + 10_000)
                    look()
                if done >= MAX_COUNT:
                    raise SixpadError(
                        f"“{path}” holds too many drawings: sixpad imports up to {MAX_COUNT} at a "
                        "time."
                    )
                yield one
        except UNREADABLE as error:
            raise _foreign(path) from error
    if _state(path) != before:
        raise SixpadError(f"“{path}” was changed while it was read; import it again.")


def _state(path: Path) -> tuple[int, int]:
    """What changes when a file is written; raises SixpadError where it cannot be imported."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise SixpadError(f"“{path}” is not an ordinary file; choose a file.")
        # With one of these beside it the file by itself is not what was stored last.
        for ending in COMPANIONS[:2]:
            companion = path.with_name(path.name + ending)
            if companion.exists() and companion.stat().st_size:
                raise SixpadError(
                    f"“{path}” is being written by another program, or was not closed: open and "
                    "close it with that one, and import it then."
                )
    except FileNotFoundError:
        raise SixpadError(f"There is no file “{path}”; check its name.") from None
    except OSError as error:
        raise SixpadError(f"“{path}” cannot be read ({error.strerror}).") from None
    if found.st_size > MAX_BYTES:
        raise SixpadError(f"“{path}” is too large: sixpad imports up to {MAX_BYTES >> 20} MB.")
    return found.st_size, found.st_mtime_ns


def _opened(path: Path) -> sqlite3.Connection:
    try:
        connection = connect(path, UNCHANGING)
    except UNREADABLE as error:
        raise _foreign(path) from error
    for limit, most in _LIMITS:
        connection.setlimit(limit, most)
    return connection


class _Steps:
    """Counts down what SQLite may still do; true, which stops it, where that is used up."""

    def __init__(self, left: int) -> None:
        self.left = left

    def __call__(self) -> bool:
        self.left -= _STEPS_AT_ONCE
        return self.left < 0


def _authorized(action: int, what: str | None, column: str | None, *_: str | None) -> int:
    """Whether SQLite may do this: look for the table, and read its known columns."""
    allowed = {
        sqlite3.SQLITE_SELECT: True,
        sqlite3.SQLITE_READ: what in ("sqlite_master", "sqlite_schema")
        or (what == "drawings" and column in {*_NEEDED, "ROWID", ""}),
        sqlite3.SQLITE_PRAGMA: (what, column)
        in {*((name, None) for name in _READABLE), ("table_xinfo", "drawings")},
        # Reading the rows counts them; a file cannot put a function of its own in that place.
        sqlite3.SQLITE_FUNCTION: column == "count",
    }
    return sqlite3.SQLITE_OK if allowed.get(action) else sqlite3.SQLITE_DENY


def _check_table(connection: sqlite3.Connection, path: Path) -> None:
    """Raise SixpadError unless the file has a plain table of drawings that this sixpad knows."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application == APPLICATION_ID and version > len(MIGRATIONS):
        raise SixpadError(
            f"“{path}” is from a newer sixpad: import it with that one. Nothing in it was changed."
        )
    found = connection.execute(
        "SELECT type, rootpage FROM sqlite_master WHERE name = 'drawings'"
    ).fetchall()
    # Views and virtual tables have no page of their own.
    if len(found) != 1 or found[0][0] != "table" or not found[0][1]:
        raise _foreign(path)
    columns = connection.execute("PRAGMA table_xinfo(drawings)").fetchall()
    names = {str(column[1]) for column in columns}
    computed = any(column[6] for column in columns)
    if not names >= _NEEDED or computed or _HIDING & {name.lower() for name in names}:
        raise _foreign(path)
    # A table without numbered rows fails here.
    connection.execute("SELECT rowid FROM drawings LIMIT 0")


def _rows(connection: sqlite3.Connection, look: Callable[[], None]) -> Iterator[Stored | Refused]:
    """Every row that can be reached, verified."""
    come = set()
    try:
        for row in read_rows(connection):
            if isinstance(row, Damaged):
                yield Refused(f"Row {row.row} is damaged: {row.reason}.")
            else:
                come.add(row.uuid)
                yield row
    except UNREADABLE as error:
        yield Refused(f"A part of the file cannot be read ({error}).")
        for drawing in salvaged_rows(connection, look, _MOST_IN_VAIN):
            if drawing.uuid not in come:
                come.add(drawing.uuid)
                yield drawing


def _foreign(path: Path) -> SixpadError:
    return SixpadError(f"“{path}” holds no drawings of sixpad's; choose another file.")
