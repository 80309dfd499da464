"""A person's own drawings as examples to learn from."""

from __future__ import annotations

import contextlib
import hashlib
from functools import cache
from pathlib import Path

import numpy as np

from sixpad.core.grid import PIXELS, SIDE, unpack
from sixpad.core.preparation import Preparation
from sixpad.data.dataset import Dataset
from sixpad.data.drawings import Drawings
from sixpad.data.spec_words import DRAWINGS
from sixpad.data.store_backups import backups
from sixpad.data.store_connection import is_sqlite
from sixpad.data.store_errors import StoreDamaged
from sixpad.data.store_pages import scattered_rows
from sixpad.data.store_path import store_path
from sixpad.data.store_repair import backups_have_more
from sixpad.data.store_rows import Damaged
from sixpad.data.store_start import is_missing
from sixpad.data.stored import Stored, packed_of
from sixpad.errors import SixpadError


def open_store(path: Path, *, create: bool = False) -> Drawings:
    """The store at a path; raises SixpadError as `Drawings` does, and where there never was one."""
    try:
        return Drawings(path, create=create)
    except StoreDamaged:
        check_store(path)
        raise


def check_store(path: Path) -> None:
    """Raise SixpadError where nothing says that a file was ever a store of drawings."""
    own = store_path()
    with contextlib.suppress(OSError):
        if not (
            (own.exists() and path.samefile(own))
            or is_sqlite(path)
            or backups(path)
            or (path.is_file() and any(scattered_rows(path)))
        ):
            raise SixpadError(f"“{path}” is no store of drawings; choose another file.")


def read_drawings(
    store: str | Path | None = None, *, preparation: Preparation = Preparation.FITTED
) -> Dataset:
    """The drawings of a store, or of one's own, that are in use; each session is a group.

    Damaged ones are left out, and a remark says so. Raises SixpadError where there are none, with
    what can be done about it, and what opening a store raises.
    """
    path = store_path(store)
    if store is None and is_missing(path):
        raise SixpadError(_LOST if backups_have_more(path, set()) else _NONE)
    rows: list[Stored] = []
    damaged = deleted = 0
    with open_store(path) as drawings:
        for row in drawings.rows():
            if isinstance(row, Damaged):
                damaged += 1
            elif row.deleted_at is None:
                rows.append(row)
            else:
                deleted += 1
    if store and not rows:
        raise SixpadError(f"There are no drawings in “{store}”.")
    if not rows:
        lost = not deleted and backups_have_more(path, set())
        raise SixpadError(_DELETED if deleted else _LOST if lost else _NONE)
    ink = preparation(unpack(packed_of(rows)).reshape(-1, SIDE, SIDE))
    return Dataset(
        ink.reshape(-1, PIXELS),
        np.array([row.label for row in rows], np.uint8),
        f"{DRAWINGS}:{store}" if store else DRAWINGS,
        groups=np.array([_group(row.session) for row in rows], np.int64),
        remarks=(_left_out(damaged),) if damaged else (),
    )


_NONE = (
    "There are no drawings of yours yet: draw a digit and press its key, "
    "or use “sixpad drawings add”."
)

_LOST = (
    "Your drawings are not in their store, but it has backups: bring them back on the Data page, "
    "under My drawings."
)
_DELETED = "All your drawings are deleted: restore some on the Data page, under My drawings."


def _left_out(damaged: int) -> str:
    are = "drawing is damaged and was" if damaged == 1 else "drawings are damaged and were"
    return f"{damaged} {are} left out; “sixpad drawings check” says more."


@cache
def _group(session: str) -> int:
    """A number from 1 to 2⁶³ − 1 for a session, the same everywhere."""
    digest = hashlib.blake2b(session.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return max(int.from_bytes(digest, "big") >> 1, 1)
