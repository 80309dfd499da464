"""Files of others too large to hold whole: opened for reading on, unpacked where they are gzip."""

from __future__ import annotations

import gzip
import io
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from sixpad.errors import SixpadError


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The bytes of the file at `path`, unpacked when its name ends in .gz.

    Whatever fails in the `with` block because of the file becomes a SixpadError: no such file, a
    folder, a pipe or a device (looked at before opening, which would wait for the other end), no
    permission, a gzip file that is damaged or cut short.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise SixpadError(f"“{path}” is not an ordinary file; choose a file.")
        with path.open("rb") as file:
            if path.suffix == ".gz":
                # Buffered once more, since GzipFile hands out lines slowly.
                yield io.BufferedReader(gzip.GzipFile(fileobj=file))
            else:
                yield file
    except FileNotFoundError:
        raise SixpadError(f"There is no file “{path}”; check its name.") from None
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise SixpadError(
            f"“{path}” is not a sound gzip file: it is damaged or cut short; get it again."
        ) from None
    except OSError as error:
        raise SixpadError(f"“{path}” cannot be read ({error.strerror or error}).") from None
