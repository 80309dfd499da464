"""What can go wrong with a store of drawings, in sentences for the person."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sixpad.errors import SixpadError, WorkError

# What reading a file of SQLite's raises: its messages may quote text that cannot be decoded.
UNREADABLE = (sqlite3.Error, UnicodeError)


class StoreDamaged(WorkError):  # noqa: N818
    """The file is not, or no longer, a sound store of drawings."""


class StoreInUse(WorkError):  # noqa: N818
    """Another program writes into the store and did not let go in time."""


class StoreGone(WorkError):  # noqa: N818
    """Another file lies, or none, where the store was opened."""


@contextlib.contextmanager
def explained_store(path: Path) -> Iterator[None]:
    """Turn an error of SQLite's into a SixpadError about the store at `path`."""
    try:
        yield
    except UNREADABLE as error:
        raise _told(path, error) from error


def gone(path: Path) -> StoreGone:
    """The error of a store whose place another file has taken."""
    return StoreGone(f"Another file has taken the place of the store “{path}”; try again.")


def damaged(path: Path) -> StoreDamaged:
    """The error of a store that cannot be read as one."""
    return StoreDamaged(
        f"The store of drawings “{path}” is damaged; “sixpad drawings repair” brings back all that "
        "can be read, and what the backups have."
    )


def means_damage(error: Exception) -> bool:
    """Whether the file itself is wrong, and not what it lies on or who else uses it."""
    kinds = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    # A table that was there when the store was opened.
    missing = _kind(error) == sqlite3.SQLITE_ERROR and str(error).startswith("no such")
    return missing or isinstance(error, UnicodeError) or _kind(error) in kinds


def _kind(error: Exception) -> int:
    # The low byte is the kind of error, the others say where it came up.
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _told(path: Path, error: Exception) -> SixpadError:
    kind = _kind(error)
    if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_READONLY_DBMOVED:
        return gone(path)
    if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreInUse(
            f"The store of drawings “{path}” is in use by another program; try again when that "
            "is done."
        )
    if kind == sqlite3.SQLITE_FULL:
        return WorkError(f"The disk is full: make room for “{path}” and try again.")
    if kind in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN):
        return SixpadError(
            f"The store of drawings “{path}” may not be opened or written; allow it, or choose "
            "another place."
        )
    if means_damage(error):
        return damaged(path)
    if kind == sqlite3.SQLITE_NOMEM:
        return WorkError("There is not enough memory for the drawings; close other programs.")
    return WorkError(
        f"Reading or writing the store of drawings “{path}” failed ({error}); look after the disk "
        "and try again."
    )
