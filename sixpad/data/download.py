"""One file from the internet, of a known size and SHA-256: whole, or not in its place."""

from __future__ import annotations

import hashlib
import os
import ssl
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from sixpad.data.files import explained, flush_folder, replace_file
from sixpad.data.mirror import GOES_ON, Opener, Trouble, on_the_way
from sixpad.data.pinned_file import PinnedFile
from sixpad.errors import SixpadError

TIMEOUT_SECONDS = 15.0
_BLOCK = 1 << 16

# Told how many bytes are here; what it raises ends the download, and what has come stays.
Progress = Callable[[int], None]


def download(
    file: PinnedFile,
    mirrors: Sequence[str],
    folder: Path,
    *,
    on_progress: Progress | None = None,
    context: ssl.SSLContext | None = None,
    timeout: float = TIMEOUT_SECONDS,
) -> Path:
    """Bring `file` from the first of the mirrors that gives it into `folder`; its path.

    Mirrors are addresses that the file's name is put after. Nothing goes over plain HTTP, not after
    a redirect either. What comes is gathered in a file beside the place, with which a later try
    goes on, and moves into the place once the size and the SHA-256 of the whole are right; a wrong
    one is thrown away. Never more than the file's size is taken.

    Raises SixpadError with what to do when no mirror gives the file or it cannot be written, and
    whatever `on_progress` raises.
    """
    troubles: dict[str, Trouble] = {}
    with explained(folder / file.name), _Part(file, folder) as part:
        if part.whole and part.is_right():
            return part.put_into_place()
        opener = Opener(context, timeout)
        for address in mirrors:
            try:
                _take_right(part, opener, urljoin(address, file.name), on_progress)
            except Trouble as trouble:
                troubles[urlsplit(address).netloc] = trouble
            else:
                return part.put_into_place()
    reasons = ", ".join(f"{host} {trouble.what}" for host, trouble in troubles.items())
    ways_out = dict.fromkeys(trouble.way_out for trouble in troubles.values())
    raise SixpadError(f"“{file.name}” did not come: {reasons}; {', or '.join(ways_out)}.")


def _take_right(part: _Part, opener: Opener, url: str, on_progress: Progress | None) -> None:
    """Take what is missing; where it does not fit what was here before, all of it once more."""
    for _ in range(2):
        goes_on = part.length > 0
        _take(part, opener, url, on_progress)
        if part.is_right():
            return
        if not goes_on:
            break
    raise Trouble("gave something else (its SHA-256 is another), which was thrown away")


def _take(part: _Part, opener: Opener, url: str, on_progress: Progress | None) -> None:
    """Append to the part what is missing, or begin it anew where that cannot be had."""
    answer = opener.rest(url, part.length, part.size) if part.length else None
    if answer is None:
        answer = opener.whole(url, part.size)
        part.start_anew()
    with answer:
        while not part.whole:
            with on_the_way():
                block = answer.read1(min(_BLOCK, part.size - part.length))
            if not block:
                raise Trouble(f"ended after {part.length} of {part.size} bytes", GOES_ON)
            # Whoever wants no more of it is heard before it is written.
            if on_progress:
                on_progress(part.length + len(block))
            part.append(block)


class _Part:
    """What has come of a file so far: on the disk, and the hash of all of it."""

    def __init__(self, file: PinnedFile, folder: Path) -> None:
        self._sha256, self._target, self._path = file.sha256, folder / file.name, file.part(folder)
        self.size, self.length = file.size, 0
        self._hash = hashlib.sha256()

    def __enter__(self) -> _Part:
        with suppress(FileNotFoundError):
            if not stat.S_ISREG(self._path.lstat().st_mode):
                raise SixpadError(f"“{self._path}” is not an ordinary file; take it away.")
        # Unbuffered: a full disk is told at the write that meets it, and not again at the end.
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
        self._stream = os.fdopen(os.open(self._path, flags, 0o666), "r+b", buffering=0)
        if os.fstat(self._stream.fileno()).st_size > self.size:
            self.start_anew()
        while block := self._stream.read(_BLOCK):
            self._count(block)
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        if not self.length:
            self._path.unlink(missing_ok=True)

    def start_anew(self) -> None:
        """Throw away what is here."""
        self._stream.seek(0)
        self._stream.truncate()
        self.length, self._hash = 0, hashlib.sha256()

    def append(self, block: bytes) -> None:
        """Write what comes next."""
        rest = memoryview(block)
        while rest:
            written = self._stream.write(rest)
            self._count(rest[:written])
            rest = rest[written:]

    def _count(self, block: bytes | memoryview) -> None:
        self._hash.update(block)
        self.length += len(block)

    @property
    def whole(self) -> bool:
        """Whether as many bytes are here as there must be."""
        return self.length == self.size

    def is_right(self) -> bool:
        """Whether they are the right ones; otherwise they are thrown away."""
        right = self._hash.hexdigest() == self._sha256
        if not right:
            self.start_anew()
        return right

    def put_into_place(self) -> Path:
        """Give the file its name, so that it outlasts a power cut."""
        os.fsync(self._stream.fileno())
        self._stream.close()
        replace_file(self._path, self._target)
        flush_folder(self._target.parent)
        return self._target
