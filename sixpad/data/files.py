"""Whole files, read and written safely: a save that fails leaves the old file as it was."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sixpad.data.streams import opened
from sixpad.errors import SixpadError, WorkError

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
# Windows: another program (a virus scanner, an indexer) holds the file for a moment.
_BUSY = (5, 32)
_ATTEMPTS = 8
_PAUSE_SECONDS = 0.05
_PIECE = 1 << 20
_TEMPORARY = ".sixpad-{}.tmp"
# After so long nobody is at work on it.
_ABANDONED_SECONDS = 3600


def read_bounded(path: Path, limit: int) -> bytes:
    """The whole of an ordinary file of at most `limit` bytes, a .gz unpacked.

    Raises SixpadError as `opened` does, and where the file is larger.
    """
    with opened(path) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise SixpadError(f"“{path}” is too large: more than {limit:,} bytes; choose another file.")
    return data


def write_atomically(path: Path, data: bytes) -> None:
    """Put `data` into the file at `path`: at every moment it holds the old content or the new.

    The data go into a temporary file in the same folder, are flushed to the disk, and the file is
    renamed over the old one, whose permissions it takes on. A symbolic link stays: what it points
    at is written. Raises SixpadError, with the old file whole, where anything fails.
    """
    with explained(path):
        target, temporary = _prepared(path)
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                _flush(file.fileno())
            if target.exists():
                temporary.chmod(stat.S_IMODE(target.stat().st_mode))
            replace_file(temporary, target)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        flush_folder(target.parent)


def check_writable(path: Path) -> None:
    """Raise the SixpadError that writing to `path` would, as far as it can be known before."""
    with explained(path):
        _, temporary = _prepared(path)
        temporary.touch(exist_ok=False)
        temporary.unlink()


def _prepared(path: Path) -> tuple[Path, Path]:
    """The file that `path` means, checked, and a new name for a temporary file beside it."""
    target = Path(os.path.realpath(path))
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISREG(target.stat().st_mode):
            raise SixpadError(f"“{path}” is not an ordinary file; choose another name.")
        # Renaming would go past the permission that plain writing asks for.
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return target, target.with_name(_TEMPORARY.format(secrets.token_hex(8)))


def replace_file(temporary: Path, target: Path) -> None:
    """Rename a file over another one, in one move."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            temporary.replace(target)
            return
        except OSError as error:
            if getattr(error, "winerror", None) not in _BUSY or attempt == _ATTEMPTS:
                raise
            time.sleep(_PAUSE_SECONDS)


def remove_abandoned(folder: Path) -> None:
    """Delete what writings that were killed have left in a folder, once it is old."""
    for left in folder.glob(f"{_TEMPORARY.format('*')}*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _ABANDONED_SECONDS:
                if left.is_dir():
                    shutil.rmtree(left)
                else:
                    left.unlink()


def copy_data(source: Path, target: Path) -> None:
    """Copy a file into a new one, where nothing was ever written with nothing.

    A damaged file may claim to be of any size, with next to nothing in it; a plain copy would fill
    the disk with that. Raises OSError.
    """
    if not hasattr(os, "SEEK_DATA"):
        shutil.copyfile(source, target)
        return
    with source.open("rb") as old, target.open("wb") as new:
        new.truncate(source.stat().st_size)
        for begin, end in data_ranges(old):
            old.seek(begin)
            new.seek(begin)
            while piece := old.read(min(_PIECE, end - old.tell())):
                new.write(piece)


def data_ranges(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Where something was written in an open file, from the first byte to behind the last.

    All of it is one range where the system cannot tell. Raises OSError.
    """
    end = 0
    if not hasattr(os, "SEEK_DATA"):
        yield end, os.fstat(file.fileno()).st_size
        return
    while (begin := _next_data(file.fileno(), end)) is not None:
        end = os.lseek(file.fileno(), begin, os.SEEK_HOLE)
        yield begin, end


def _next_data(descriptor: int, place: int) -> int | None:
    """Where the next data begin; None where there are no more."""
    try:
        return os.lseek(descriptor, place, os.SEEK_DATA)
    except OSError as error:
        if error.errno == errno.ENXIO:
            return None
        raise


def flush(path: Path) -> None:
    """Have what was written into a file outlast a power cut."""
    with path.open("rb+") as file:
        _flush(file.fileno())


def flush_folder(folder: Path) -> None:
    """Make the new name outlast a power cut, where the system can flush a folder."""
    if os.name != "posix":
        return
    # Some network file systems refuse; by then the new file is in its place.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            _flush(descriptor)
        finally:
            os.close(descriptor)


if sys.platform == "darwin":
    import fcntl

    def _flush(descriptor: int) -> None:
        try:
            # Plain fsync leaves the data in the drive's own memory (man 2 fsync).
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
        except OSError:  # a file system that has no such order
            os.fsync(descriptor)

else:

    def _flush(descriptor: int) -> None:
        os.fsync(descriptor)


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn an OSError of writing `path` into a sentence that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise WorkError(f"The disk is full: make room and save “{path}” again.") from error
        if error.errno in _FORBIDDEN:
            sentence = f"“{path}” may not be written; choose another place or allow writing there."
        elif error.errno in (errno.ENOENT, errno.ENOTDIR):
            sentence = f"The folder of “{path}” does not exist; make it or choose another place."
        elif error.errno == errno.ENAMETOOLONG:
            sentence = f"The name “{path}” is too long; choose a shorter one."
        else:
            sentence = f"“{path}” cannot be written ({error.strerror}); choose another place."
        raise SixpadError(sentence) from error
