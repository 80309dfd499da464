"""The store of a person's own drawings: SQLite, one row a drawing, on the disk when it says so."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from sixpad.data.store_backups import back_up
from sixpad.data.store_connection import WAIT_SECONDS, connect
from sixpad.data.store_errors import (
    StoreGone,
    damaged,
    explained_store,
    gone,
)
from sixpad.data.store_health import Health, examine
from sixpad.data.store_rows import Damaged, read_rows
from sixpad.data.store_schema import (
    COLUMNS,
    CURRENT,
    EMPTY,
    FOREIGN,
    MIGRATIONS,
    NEWER,
    OLDER,
    Migrations,
    migrate,
    state_of,
)
from sixpad.data.stored import Stored
from sixpad.errors import SixpadError

_INSERT = (
    f"INSERT INTO drawings ({', '.join(COLUMNS)}, checksum) "
    f"VALUES ({', '.join('?' * (len(COLUMNS) + 1))}) ON CONFLICT (uuid) DO "
)
_REPLACE = "UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in (*COLUMNS[1:], "checksum")
)


class Drawings:
    """An open store. What `put` or `add` were given is on the disk when they return.

    A store that is missing is made, unless `create` is false, and an older one is brought to this
    version, with a backup before. Where its folder may not be written it is opened for looking
    only, and `read_only` is true. Other programs may read it at any time and write it in turns; who
    comes second waits `wait` seconds. Where another file takes its place, that one is read and
    written from then on. It belongs to the thread that uses it, and its errors speak of the file
    `called`.

    Raises SixpadError: StoreDamaged where it is no sound store, StoreInUse, and others for a file
    from a newer sixpad, which stays untouched, a full disk and what else a disk may do.
    """

    def __init__(
        self,
        path: Path,
        *,
        create: bool = True,
        wait: float = WAIT_SECONDS,
        migrations: Migrations = MIGRATIONS,
        called: Path | None = None,
    ) -> None:
        self.path = path
        self._called = called or path
        self.read_only = not _may_write(path)
        self._create, self._wait, self._migrations = create, wait, migrations
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._version: int | None = None
        if not path.exists() and not create:
            raise SixpadError(f"There is no store of drawings “{self._called}”; check its name.")
        if not path.absolute().parent.is_dir():
            raise SixpadError(
                f"The folder of “{self._called}” does not exist; make it, or choose another."
            )
        self._opened()

    def put(self, drawings: Iterable[Stored]) -> None:
        """Keep these as they are now, whether they are new or have changed; all or none."""
        self._write(_INSERT + _REPLACE, drawings)

    def add(self, drawings: Iterable[Stored]) -> int:
        """Keep those that are not there yet, by their uuid; how many those were. All or none."""
        return self._write(_INSERT + "NOTHING", drawings)

    def rows(self) -> Iterator[Stored | Damaged]:
        """Every drawing in the order it was stored, the deleted too; of a damaged one, what it is.

        Raises StoreDamaged where the file cannot be read to its end.
        """
        with explained_store(self._called):
            yield from read_rows(self._as_it_lies())

    def changed_elsewhere(self) -> bool:
        """Whether another program has written into the store since this was last asked."""
        with explained_store(self._called):
            version = self._data_version(self._as_it_lies())
        before, self._version = self._version, version
        return version != before

    def check(
        self,
        look: Callable[[], None] = lambda: None,
        take: Callable[[Stored], None] = lambda _drawing: None,
    ) -> Health:
        """Read all of it and verify the database and every checksum; nothing is changed.

        `look` is called now and then, and `take` with every drawing that is sound.
        """
        with explained_store(self._called):
            return examine(self._as_it_lies(), look, take)

    def back_up(self) -> Path | None:
        """Make a backup where something has changed since the last one; its path, or None."""
        with explained_store(self._called):
            return back_up(self._as_it_lies(), self.path)

    def close(self) -> None:
        """Let go of the file."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    def __enter__(self) -> Drawings:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self, statement: str, drawings: Iterable[Stored]) -> int:
        if self.read_only:
            raise SixpadError(
                f"The store of drawings “{self._called}” is open for looking only: its folder may "
                "not be written. Allow it, and open it again."
            )
        rows: list[tuple[object, ...]] = [(*one, one.checksum) for one in drawings]
        try:
            return self._written(statement, rows)
        except StoreGone:
            # Nothing was written; the file that lies there now is opened.
            return self._written(statement, rows)

    def _written(self, statement: str, rows: list[tuple[object, ...]]) -> int:
        with self._transaction() as connection:
            return max(connection.executemany(statement, rows).rowcount, 0)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All that happens in the `with` block, on the disk at its end; or nothing of it.

        Whatever fails, the connection is given up: what SQLite would do on it next is then not
        bound to what it did before.
        """
        try:
            with explained_store(self._called):
                connection = self._opened()
                connection.execute("BEGIN IMMEDIATE")
                # Who sets a store aside and puts another in its place does so in a transaction.
                if not self._lies_there():
                    raise gone(self._called)
                yield connection
                connection.execute("COMMIT")
        except BaseException:
            self.close()
            raise

    def _lies_there(self) -> bool:
        """Whether the file that is open is the one that lies at the path now."""
        return self._file == identity(self.path)

    def _as_it_lies(self) -> sqlite3.Connection:
        """A connection to the file that lies at the path now."""
        if not self._lies_there():
            self.close()
        return self._opened()

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            first = self._file is None
            with explained_store(self._called):
                self._connection = self._open()
                # What others did while it was not open, nobody knows.
                self._version = self._data_version(self._connection) if first else None
        return self._connection

    def _open(self) -> sqlite3.Connection:
        connection = connect(self.path, "ro" if self.read_only else "rwc", self._wait)
        try:
            self._file = identity(self.path)
            # Another may be making or migrating it: all that it says of itself is of one moment.
            connection.execute("BEGIN")
            state = state_of(connection, self._migrations)
            connection.execute("COMMIT")
            if state == EMPTY and not (self._create and not self.read_only):
                raise SixpadError(f"“{self._called}” holds no drawings yet.")
            if state in (EMPTY, OLDER) and not self.read_only:
                state = self._bring_up(connection)
            if state == NEWER:
                raise SixpadError(
                    f"The store of drawings “{self._called}” is from a newer sixpad: use that one. "
                    "Nothing in it was changed."
                )
            if state == OLDER:
                raise SixpadError(
                    f"The store of drawings “{self._called}” is from an older sixpad and its "
                    "folder may not be written: copy it to where it can be brought up to date."
                )
            if state == FOREIGN:
                raise SixpadError(f"“{self._called}” is no store of drawings; choose another file.")
            if state != CURRENT:
                raise damaged(self._called)
            if not self.read_only:
                _be_durable(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _bring_up(self, connection: sqlite3.Connection) -> str:
        """Make the tables of a new store, or migrate an older one with a backup before.

        Gives the state that it is in then.
        """
        _be_durable(connection)
        connection.execute("BEGIN IMMEDIATE")
        # Another may have done it while this one waited.
        state = state_of(connection, self._migrations)
        if state == OLDER:
            with contextlib.closing(connect(self.path, "ro")) as as_it_was:
                back_up(as_it_was, self.path)
        if state in (EMPTY, OLDER):
            migrate(connection, self._migrations)
            state = CURRENT
        connection.execute("COMMIT")
        return state

    def _data_version(self, connection: sqlite3.Connection) -> int:
        (version,) = connection.execute("PRAGMA data_version").fetchone()
        return int(version)


def _be_durable(connection: sqlite3.Connection) -> None:
    """A rollback journal, flushed with its folder: a commit outlasts a power cut."""
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA synchronous = EXTRA")
    # macOS flushes no further than the drive's own memory unless it is asked to.
    connection.execute("PRAGMA fullfsync = ON")


def _may_write(path: Path) -> bool:
    folder = path.absolute().parent
    return os.access(folder, os.W_OK | os.X_OK) and (not path.exists() or os.access(path, os.W_OK))


def identity(path: Path) -> tuple[int, int] | None:
    """What tells the file at a path from another that takes its place."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
