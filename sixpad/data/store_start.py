"""A store of drawings as the window opens it: checked whole, and mended where it is damaged."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from sixpad.data.drawings import Drawings
from sixpad.data.files import remove_abandoned
from sixpad.data.store_backups import backups
from sixpad.data.store_errors import StoreDamaged, StoreGone
from sixpad.data.store_health import Health
from sixpad.data.store_repair import Rebuilt, backups_have_more, lost, rebuild
from sixpad.data.stored import Stored
from sixpad.errors import SixpadError


class Start(NamedTuple):
    """An open store with all its drawings, what there is to tell, and what backups could add."""

    store: Drawings
    drawings: list[Stored]
    told: str
    lost: int
    rebuilt: Rebuilt | None = None


def start(path: Path, look: Callable[[], None] = lambda: None) -> Start:
    """Open the store at `path` and verify all of it.

    A damaged one is set aside, and what can be read of it is in the new one; what the backups have
    beyond that is counted and not brought back unasked. Raises SixpadError where it cannot be
    opened, or not be mended.
    """
    remove_abandoned(path.parent)
    try:
        return _start(path, look)
    except StoreGone:
        # Another has mended it meanwhile.
        return _start(path, look)


def _start(path: Path, look: Callable[[], None]) -> Start:
    missing = is_missing(path) and bool(backups(path))
    rebuilt = None
    try:
        store, drawings, health = _checked(path, look)
        sound = health.sound
    except StoreDamaged:
        sound = False
    else:
        if store.read_only:
            return Start(store, drawings, _read_only(store, len(health.damaged)), 0)
        if not sound:
            store.close()
    if not sound:
        rebuilt = rebuild(path)
        store, drawings, _ = _checked(path, look)
    absent = 0
    uuids = {drawing.uuid for drawing in drawings}
    # What cannot be counted now may be brought back later.
    with contextlib.suppress(SixpadError):
        if rebuilt or missing or backups_have_more(path, uuids):
            absent = len(lost(store, uuids))
    deleted = sum(drawing.deleted_at is not None for drawing in drawings)
    return Start(store, drawings, _told(rebuilt, missing, absent, deleted), absent, rebuilt)


def is_missing(path: Path) -> bool:
    """Whether there is no file, or nothing in it, which SQLite takes for a new store."""
    try:
        return path.stat().st_size == 0
    except OSError:
        return True


def _checked(path: Path, look: Callable[[], None]) -> tuple[Drawings, list[Stored], Health]:
    """A store that is open, its sound drawings, and what the check has found."""
    store = Drawings(path)
    drawings: list[Stored] = []
    try:
        return store, drawings, store.check(look, drawings.append)
    except BaseException:
        store.close()
        raise


def _read_only(store: Drawings, damaged: int) -> str:
    told = (
        f"Your drawings in “{store.path}” can be looked at only: the folder may not be written. "
        "New ones are not kept until it may."
    )
    if not damaged:
        return told
    return f"{told} {damaged} of them {'is' if damaged == 1 else 'are'} damaged and left out."


def _told(rebuilt: Rebuilt | None, missing: bool, absent: int, deleted: int) -> str:
    told = ""
    if rebuilt:
        among = f" ({deleted} of them deleted)" if deleted else ""
        read = "1 drawing" if rebuilt.drawings == 1 else f"{rebuilt.drawings} drawings"
        told = (
            f"The store of drawings was damaged. It is kept in “{rebuilt.aside.name}”, and a new "
            f"one has what could be read: {read}{among}. "
        )
    elif missing:
        told = "The store of drawings is gone, and a new one was begun. "
    elif absent:
        told = "Drawings are missing from the store. "
    if absent:
        told += f"{absent} more can be brought back from the backups."
    return told.strip()
