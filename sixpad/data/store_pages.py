"""The pages of a damaged store by themselves: drawings that no other page leads to any more.

The format is SQLite's (https://sqlite.org/fileformat2): a page that holds rows begins with its kind
and the number of its cells, and then says where each cell begins.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from sixpad.data.files import data_ranges
from sixpad.data.store_rows import verified
from sixpad.data.store_schema import COLUMNS
from sixpad.data.stored import Stored

PAGE = 4096

_HOLDS_ROWS = 13
_WORDS = {0: None, 8: 0, 9: 1}
_INTEGER_BYTES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}


def scattered_rows(path: Path) -> Iterator[Stored]:
    """Every sound drawing in the cells of all pages, as far as it lies within one page.

    A row counts for its checksum alone, so that nothing is taken for a drawing that is none.
    """
    with path.open("rb", buffering=0) as file:
        for begin, end in data_ranges(file):
            for place in range(begin // PAGE * PAGE, end, PAGE):
                file.seek(place)
                page = file.read(PAGE)
                if page and page[0] == _HOLDS_ROWS:
                    yield from _rows_of(page)


def _rows_of(page: bytes) -> Iterator[Stored]:
    (count,) = struct.unpack_from(">H", page, 3) if len(page) == PAGE else (0,)
    for (start,) in struct.iter_unpack(">H", page[8 : 8 + 2 * min(count, PAGE // 4)]):
        try:
            columns = _columns_at(page, start)
        except (IndexError, KeyError, UnicodeDecodeError):
            continue
        if len(columns) == len(COLUMNS) + 1:
            drawing = verified((0, *columns))
            if isinstance(drawing, Stored):
                yield drawing


def _columns_at(page: bytes, start: int) -> list[object]:
    """The columns of the row whose cell begins there; raises IndexError where it is none."""
    _, at = _number(page, start)  # its size
    _, at = _number(page, at)  # its rowid
    header, kinds_at = _number(page, at)
    body = at + header
    columns: list[object] = []
    while kinds_at < at + header and len(columns) <= len(COLUMNS):
        kind, kinds_at = _number(page, kinds_at)
        value, body = _value(page, body, kind)
        columns.append(value)
    return columns


def _value(page: bytes, at: int, kind: int) -> tuple[object, int]:
    if kind in _WORDS:
        return _WORDS[kind], at
    size = (kind - 12) // 2 if kind >= 12 else _INTEGER_BYTES[kind]
    data, end = page[at : at + size], at + size
    if end > len(page):
        raise IndexError
    if kind < 12:
        return int.from_bytes(data, "big", signed=True), end
    return (data.decode("utf-8") if kind % 2 else data), end


def _number(page: bytes, at: int) -> tuple[int, int]:
    """A number of SQLite's variable length, and where it ends."""
    value = 0
    for _ in range(8):
        byte = page[at]
        value, at = value << 7 | byte & 0x7F, at + 1
        if byte < 0x80:
            return value, at
    return value << 8 | page[at], at + 1
