"""Connections to SQLite files that may be anyone's."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path, PurePath

from sixpad.data.streams import opened
from sixpad.errors import SixpadError

# How long a second writer waits for the first.
WAIT_SECONDS = 5.0

# What every SQLite file begins with (https://sqlite.org/fileformat2).
MAGIC = b"SQLite format 3\0"

# As `mode`: to read a file that nobody writes, in a folder that may not be written or is not ours.
UNCHANGING = "ro&immutable=1"


def connect(path: Path, mode: str, wait: float = WAIT_SECONDS) -> sqlite3.Connection:
    """Open a file in a mode of SQLite's URIs, and trust nothing that stands in it.

    Its views and triggers may call no function that could do harm, and damaged text does not stop
    the reading of the rows around it. Raises sqlite3.Error.
    """
    connection = sqlite3.connect(
        f"{_uri(path.absolute())}?mode={mode}",
        uri=True,
        timeout=wait,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    try:
        for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0"):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _uri(path: PurePath) -> str:
    # SQLite refuses a host, as which a folder of another Windows computer would come.
    uri = path.as_uri()
    return uri if uri.startswith("file:///") else uri.replace("file://", "file:////", 1)


def is_sqlite(path: Path) -> bool:
    """Whether a file begins as SQLite's do; not where it cannot be read."""
    with contextlib.suppress(SixpadError), opened(path) as file:
        return file.read(len(MAGIC)) == MAGIC
    return False
