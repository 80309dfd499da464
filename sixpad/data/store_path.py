"""Where a store of drawings lies."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from sixpad.data.folders import locations
from sixpad.errors import SixpadError

STORE_NAME = "drawings.sqlite3"


def store_path(named: str | Path | None = None) -> Path:
    """Where the drawings of this person are kept, or the store of this name; not a link to it.

    What lies beside a store belongs to it, and a new one may take its place. Raises SixpadError
    where the name is empty, a folder's or not to be looked at.
    """
    if named is None:
        return _linked(locations()["data"] / STORE_NAME)
    if not str(named):
        raise SixpadError("The name of the store is empty: give one, or leave it out for your own.")
    path = Path(named)
    try:
        is_folder = path.is_dir()
    except OSError as error:
        raise SixpadError(f"“{path}” cannot be read ({error.strerror}).") from None
    if is_folder:
        raise SixpadError(f"“{path}” is a folder: give the name of a store in it.")
    return _linked(path)


def _linked(path: Path) -> Path:
    with contextlib.suppress(OSError):
        if path.is_symlink():
            return Path(os.path.realpath(path))
    return path
