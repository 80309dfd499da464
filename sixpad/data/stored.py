"""One of a person's own drawings as it is kept: its columns, and the checksum over all of them."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sixpad.core.grid import PIXELS, SIDE, Ink, pack, unpack

DRAWN, CORRECTED, ADDED, IMPORTED = "drawn", "corrected", "added", "imported"

PACKED = PIXELS // 8
MAX_STROKES = 1 << 16
MAX_WORDS = 200

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)


class Stored(NamedTuple):
    """A drawing with its label, as one row of the store.

    `pixels` are the 576 of the ink as it was drawn, packed into 72 bytes; `strokes` is free for
    the pen's path and mostly None. `source` says how it came here, `session` is the same for all
    of one run of the window or one import. Times are in UTC, as ISO 8601 to the microsecond. A
    drawing with `deleted_at` is out of use and can be brought back.
    """

    uuid: str
    label: int
    pixels: bytes
    strokes: bytes | None
    source: str
    session: str
    created_at: str
    deleted_at: str | None

    @property
    def ink(self) -> Ink:
        """The drawing (24, 24), ink 1 and paper 0."""
        return unpack(np.frombuffer(self.pixels, np.uint8)[None]).reshape(SIDE, SIDE)

    @property
    def checksum(self) -> bytes:
        """BLAKE2b (RFC 7693) of 16 bytes over every column: any that changes is found out."""
        uuid_, label, pixels, strokes, source, session, created_at, deleted_at = self
        text = "\n".join(
            (uuid_, str(label), source, session, created_at, deleted_at or "", str(len(pixels)))
        )
        data = text.encode("utf-8", "surrogatepass") + b"\n" + pixels
        if strokes is not None:
            data += b"\n" + strokes
        return hashlib.blake2b(data, digest_size=16).digest()


def new_drawing(ink: NDArray[np.uint8], label: int, source: str, session: str) -> Stored:
    """A drawing (24, 24) that is made now and is to be kept."""
    pixels = pack(ink.reshape(1, PIXELS)).tobytes()
    return Stored(str(uuid.uuid4()), label, pixels, None, source, session, now(), None)


def packed_of(drawings: Iterable[Stored]) -> NDArray[np.uint8]:
    """The ink of drawings (N, 72) as they were drawn, eight pixels a byte."""
    pixels = b"".join(drawing.pixels for drawing in drawings)
    return np.frombuffer(pixels, np.uint8).reshape(-1, PACKED)


def new_session() -> str:
    """A name for one run of the window, or for one import."""
    return str(uuid.uuid4())


def now() -> str:
    """This moment, as it stands in the store."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def trouble_of(drawing: Stored) -> str:
    """What is wrong with the columns of a row, in words; nothing where all is right."""
    uuid_, label, pixels, strokes, source, session, created_at, deleted_at = drawing
    for right, trouble in (
        (isinstance(uuid_, str) and is_uuid(uuid_), "its uuid is none"),
        (type(label) is int and 0 <= label <= 9, "its label is no digit"),
        (isinstance(pixels, bytes) and len(pixels) == PACKED, "its pixels are not 72 bytes"),
        (
            strokes is None or (isinstance(strokes, bytes) and len(strokes) <= MAX_STROKES),
            "its strokes are none",
        ),
        (_is_line(source), "its source is no line of text"),
        (_is_line(session), "its session is no line of text"),
        (_is_time(created_at), "the time it was made is none"),
        (deleted_at is None or _is_time(deleted_at), "the time it was deleted is none"),
    ):
        if not right:
            return trouble
    return ""


def is_uuid(word: str) -> bool:
    """Whether a word is a uuid as it stands in the store."""
    return _UUID.fullmatch(word) is not None


def _is_line(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_WORDS and value.isprintable()


def _is_time(value: object) -> bool:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True
