"""A damaged store of drawings: set aside, and a new one in its place with all that can be read."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator, Set
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from sixpad.data.drawings import Drawings, identity
from sixpad.data.files import copy_data, explained, flush_folder, replace_file
from sixpad.data.lock import Lock
from sixpad.data.store_backups import backups, has_more, may_have_more
from sixpad.data.store_connection import UNCHANGING, WAIT_SECONDS, connect
from sixpad.data.store_errors import (
    UNREADABLE,
    StoreDamaged,
    StoreInUse,
    explained_store,
    gone,
)
from sixpad.data.store_pages import PAGE, scattered_rows
from sixpad.data.store_rows import Damaged, salvaged_rows
from sixpad.data.store_schema import CURRENT, FOREIGN, NEWER, state_of
from sixpad.data.stored import Stored
from sixpad.errors import SixpadError

# What SQLite may lay beside its file.
COMPANIONS = ("-journal", "-wal", "-shm")

_AT_ONCE = 4096
_PAUSE_SECONDS = 0.05


class Rebuilt(NamedTuple):
    """How many drawings were read of a damaged store, and the folder that it now lies in."""

    drawings: int
    aside: Path


def rebuild(path: Path) -> Rebuilt:
    """Put a new store in the place of a damaged one, with every drawing of it that is sound.

    The damaged file goes, with what SQLite laid beside it, into a folder of its own; at every
    moment there is the damaged store at `path` or the new one. Raises SixpadError where the store
    is in use, from a newer sixpad or no store at all, and where the new one cannot be written;
    StoreGone where it was mended by another meanwhile.
    """
    temporary = path.with_name(f".sixpad-{secrets.token_hex(8)}.tmp")
    with (
        explained(path),
        explained_store(path),
        _alone(path),
        TemporaryDirectory(dir=path.parent, prefix=".sixpad-", suffix=".tmp") as folder,
    ):
        # To close a file lets go of every lock that SQLite has on it in this process, so that it
        # is read by itself before there is any.
        raw = Path(folder) / path.name
        copy_data(path, raw)
        try:
            with (
                _held(path) as connection,
                Drawings(temporary, called=path) as new,
            ):
                count = sum(new.add(some) for some in _batches(_salvaged(connection, raw)))
                new.close()
                if os.name == "nt" and connection is not None:
                    connection.close()  # Windows lets no file be replaced that is open
                aside = _set_aside(path, raw)
                replace_file(temporary, path)
                flush_folder(path.parent)
        finally:
            for left in (temporary, *_companions(temporary)):
                left.unlink(missing_ok=True)
    return Rebuilt(count, aside)


def lock_of(path: Path) -> Path:
    """The file that is locked while a store is mended; it stays."""
    return path.with_name(f".{path.name}.lock")


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Have nobody else rebuild this store meanwhile, even where SQLite can lock nothing of it."""
    before = identity(path)
    lock = Lock(lock_of(path))
    deadline = time.monotonic() + WAIT_SECONDS
    while not lock.take():
        if time.monotonic() > deadline:
            raise StoreInUse(f"Another program is mending “{path}”; try again when that is done.")
        time.sleep(_PAUSE_SECONDS)
    try:
        if identity(path) != before:
            raise gone(path)
        yield
    finally:
        lock.release()


def lost(store: Drawings, known: Iterable[str]) -> dict[str, Stored]:
    """The drawings that backups have and a store, which has the uuids `known`, has not.

    All backups are looked at, the newest first: one that was made after a loss has less than those
    before it. Raises SixpadError where one cannot be read and the others have nothing.
    """
    there = set(known)
    found: dict[str, Stored] = {}
    unread: SixpadError | None = None

    def take(drawing: Stored) -> None:
        if drawing.uuid not in there:
            there.add(drawing.uuid)
            found[drawing.uuid] = drawing

    for path in backups(store.path):
        if has_more(path, there):
            try:
                with _copied(path) as backup:
                    backup.check(take=take)
            except StoreDamaged:
                continue
            except SixpadError as error:
                unread = error
    if unread and not found:
        raise unread
    return found


def recover(store: Drawings) -> int:
    """Bring back from the backups what a store has no more; how many drawings those were.

    Raises SixpadError as `lost` does, and where they cannot be kept.
    """
    known = [row.uuid for row in store.rows() if not isinstance(row, Damaged)]
    return store.add(lost(store, known).values())


def backups_have_more(path: Path, known: Set[str]) -> bool:
    """Whether the backups of the store at `path` have drawings that are not among these.

    No drawing ever leaves a store: then it was emptied, or is not the one that it was. The newest
    backup is read through, the others are only glanced at.
    """
    there = backups(path)
    return any(has_more(backup, known) for backup in there[:1]) or any(
        may_have_more(backup, known) for backup in there[1:]
    )


@contextlib.contextmanager
def _copied(backup: Path) -> Iterator[Drawings]:
    """A copy of a backup, which is brought to this version where it is an older one."""
    with explained(backup), TemporaryDirectory() as folder:
        copy = Path(folder) / backup.name
        shutil.copyfile(backup, copy)
        with Drawings(copy, called=backup) as drawings:
            yield drawings


@contextlib.contextmanager
def _held(path: Path) -> Iterator[sqlite3.Connection | None]:
    """The store at `path` with other writers kept out; None where SQLite cannot read its tables."""
    connection, state = None, ""
    try:
        with contextlib.suppress(StoreDamaged), explained_store(path):
            connection = connect(path, "rw")
            connection.execute("BEGIN IMMEDIATE")
            state = state_of(connection)
        if state == NEWER:
            raise SixpadError(f"“{path}” is from a newer sixpad: mend it with that one.")
        if state == FOREIGN:
            raise SixpadError(f"“{path}” is no store of drawings; choose another file.")
        yield connection if state == CURRENT else None
    finally:
        if connection is not None:
            connection.close()


def _salvaged(connection: sqlite3.Connection | None, raw: Path) -> Iterator[Stored]:
    """Every sound drawing of a damaged store that can be reached; most of them come twice.

    `raw` is a copy of its file.
    """
    if connection is not None:
        yield from salvaged_rows(connection)
    copy = raw.with_name("mended")
    _copy_with_new_head(raw, copy, raw.with_name("new"))
    with (
        contextlib.suppress(*UNREADABLE),
        contextlib.closing(connect(copy, UNCHANGING)) as mended,
    ):
        yield from salvaged_rows(mended)
    yield from scattered_rows(raw)


def _copy_with_new_head(path: Path, copy: Path, new: Path) -> None:
    """Copy a store whose first page is damaged, with the first page of a new one.

    That page says what tables there are and where they begin, and in every store of drawings it is
    the same, except for the number of pages, which SQLite then takes from the size of the file.
    """
    Drawings(new).close()
    with new.open("rb") as file:
        head = bytearray(file.read(PAGE))
    # The version that the number of pages is valid for: none (https://sqlite.org/fileformat2).
    head[92:96] = bytes(4)
    copy_data(path, copy)
    with copy.open("rb+") as file:
        file.write(head)


def _set_aside(path: Path, raw: Path) -> Path:
    """Give a store a second name in a folder of its own, and take its companions there.

    On a file system without second names its copy `raw` goes there.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    folder = path.with_name(f"{path.name}-damaged-{stamp}Z")
    folder.mkdir()
    if path.exists():
        try:
            os.link(path, folder / path.name)
        except OSError:
            raw.rename(folder / path.name)
    for companion in _companions(path):
        if companion.exists():
            companion.rename(folder / companion.name)
    flush_folder(folder)
    return folder


def _companions(path: Path) -> list[Path]:
    return [path.with_name(path.name + ending) for ending in COMPANIONS]


def _batches(drawings: Iterator[Stored]) -> Iterator[list[Stored]]:
    while batch := list(islice(drawings, _AT_ONCE)):
        yield batch
