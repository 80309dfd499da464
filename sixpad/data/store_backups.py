"""Backups of a store of drawings, in a folder beside it: a few of each week and month are kept."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import sqlite3
import time
from collections.abc import Iterator, Sequence, Set
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sixpad.data.files import explained, flush, flush_folder, replace_file
from sixpad.data.store_connection import UNCHANGING, connect
from sixpad.data.store_errors import UNREADABLE, explained_store
from sixpad.data.store_rows import Damaged, read_rows
from sixpad.errors import SixpadError

# The newest ones, and before those the newest of each week and of each month.
RECENT, WEEKLY, MONTHLY = 12, 10, 9

_STAMP = "%Y%m%dT%H%M%S%fZ"
_SUFFIX = ".sqlite3"
_TEMPORARY = ".tmp"
# What a copying that was killed has left behind.
_ABANDONED_SECONDS = 3600
_AT_ONCE = 1024


def backup_folder(store: Path) -> Path:
    """Where the backups of a store lie."""
    return store.with_name(f"{store.name}-backups")


def backups(store: Path) -> list[Path]:
    """The backups of a store, the newest first."""
    found = []
    with contextlib.suppress(OSError):
        found = [path for path in backup_folder(store).glob(f"*{_SUFFIX}") if _time_of(path)]
    return sorted(found, reverse=True)


def back_up(connection: sqlite3.Connection, store: Path) -> Path | None:
    """Copy the store that is open into a backup, verify it, and let go of the oldest ones.

    Nothing is done where the newest backup holds the same; its path, or None. None is let go that
    has a drawing which the store has not. Raises SixpadError where it cannot be written, and
    sqlite3.Error where the store cannot be read.
    """
    existing = backups(store)
    with _at_one_moment(connection):
        content = _content(connection)
        if existing and content == _content_of(existing[0]):
            return None
        folder = backup_folder(store)
        path = folder / f"{_stamp_after(existing)}{_SUFFIX}"
        with explained(path):
            if not folder.exists():
                folder.mkdir(exist_ok=True)
                flush_folder(folder.parent)
        _copy(connection, path, content)
    _let_go(store, connection)
    return path


@contextlib.contextmanager
def _at_one_moment(connection: sqlite3.Connection) -> Iterator[None]:
    """All that is read in the `with` block is of the same moment; who writes waits for its end."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def _copy(connection: sqlite3.Connection, path: Path, content: bytes) -> None:
    """Copy a store that is open into the file at `path`, whole or not at all.

    Raises SixpadError where it cannot be written or does not hold this `content`.
    """
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(4)}{_TEMPORARY}")
    with explained(path), explained_store(path):
        try:
            copy = connect(temporary, "rwc")
            try:
                # It is flushed as a whole below.
                copy.execute("PRAGMA journal_mode = OFF")
                copy.execute("PRAGMA synchronous = OFF")
                connection.backup(copy)
            finally:
                copy.close()
            if _content_of(temporary) != content:
                raise SixpadError(
                    f"“{path}” was not written as it should be; look after the disk and try again."
                )
            flush(temporary)
            replace_file(temporary, path)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        flush_folder(path.parent)


def kept(times: Sequence[datetime]) -> set[datetime]:
    """Which backups stay: the newest ones, and the newest of each of some weeks and months."""
    oldest_first = sorted(times)
    chosen = set(oldest_first[-RECENT:])
    for period, most in ((_week, WEEKLY), (_month, MONTHLY)):
        newest = {period(made): made for made in oldest_first}
        chosen.update(sorted(newest.values(), reverse=True)[:most])
    return chosen


def _let_go(store: Path, connection: sqlite3.Connection) -> None:
    """Delete the backups that need not stay and have nothing that the store has not."""
    times = {path: made for path in backups(store) if (made := _time_of(path))}
    staying = kept(list(times.values()))
    going = [path for path, made in times.items() if made not in staying]
    known = _sound_uuids(connection) if going else set()
    for path in going:
        if not has_more(path, known):
            with contextlib.suppress(OSError):
                path.unlink()
    for left in backup_folder(store).glob(f".*{_TEMPORARY}"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _ABANDONED_SECONDS:
                left.unlink()


def has_more(backup: Path, known: Set[str]) -> bool:
    """Whether a backup has other drawings than these, by their uuids, or cannot be read."""
    with (
        contextlib.suppress(*UNREADABLE),
        contextlib.closing(connect(backup, UNCHANGING)) as connection,
    ):
        uuids = connection.execute("SELECT uuid FROM drawings NOT INDEXED")
        return any(uuid not in known for (uuid,) in uuids)
    return True


def may_have_more(backup: Path, known: Set[str]) -> bool:
    """The same at a glance, by how many there are, and by the first and the last of them."""
    with (
        contextlib.suppress(*UNREADABLE),
        contextlib.closing(connect(backup, UNCHANGING)) as connection,
    ):
        (count,) = connection.execute("SELECT count(*) FROM drawings").fetchone()
        ends = [
            uuid
            for order in ("ASC", "DESC")
            for (uuid,) in connection.execute(
                f"SELECT uuid FROM drawings NOT INDEXED ORDER BY rowid {order} LIMIT 1"
            )
        ]
        return count > len(known) or any(uuid not in known for uuid in ends)
    return True


def _sound_uuids(connection: sqlite3.Connection) -> set[str]:
    """The drawings of a store that are sound, as far as it can be read."""
    known: set[str] = set()
    with contextlib.suppress(*UNREADABLE):
        for row in read_rows(connection):
            if not isinstance(row, Damaged):
                known.add(row.uuid)
    return known


def _week(made: datetime) -> tuple[int, int]:
    year, week, _ = made.isocalendar()
    return year, week


def _month(made: datetime) -> tuple[int, int]:
    return made.year, made.month


def _stamp_after(existing: Sequence[Path]) -> str:
    """The time for a new name: later than all there are, whatever the clock says."""
    made = datetime.now(UTC)
    newest = _time_of(existing[0]) if existing else None
    if newest and made <= newest:
        made = newest + timedelta(microseconds=1)
    return made.strftime(_STAMP)


def _time_of(path: Path) -> datetime | None:
    with contextlib.suppress(ValueError):
        return datetime.strptime(path.stem, _STAMP).replace(tzinfo=UTC)
    return None


def _content_of(path: Path) -> bytes | None:
    """What a backup holds; None where it cannot be read."""
    with contextlib.suppress(*UNREADABLE), contextlib.closing(connect(path, UNCHANGING)) as copy:
        return _content(copy)
    return None


def _content(connection: sqlite3.Connection) -> bytes:
    """A digest of all rows, by their checksums."""
    rows = connection.execute("SELECT checksum FROM drawings NOT INDEXED ORDER BY rowid")
    digest = hashlib.blake2b(digest_size=16)
    while some := rows.fetchmany(_AT_ONCE):
        digest.update(repr(some).encode("utf-8", "surrogatepass"))
    return digest.digest()
