"""Drawings in memory, by row: what a gallery of a hundred thousand looks through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from sixpad.core.answer import DIGITS
from sixpad.core.grid import unpack
from sixpad.data.stored import ADDED, CORRECTED, DRAWN, IMPORTED, PACKED, Stored, packed_of

# The numbers by which `sources` tells them; what is none of them comes after.
SOURCES = (DRAWN, CORRECTED, ADDED, IMPORTED)
_TIME = "S27"


class DrawingTable:
    """Rows of drawings in the order they came; a drawing keeps its row for good.

    `labels`, `sources`, `created`, `deleted` (N,) and `packed` (N, 72) are views of what all rows
    hold, right until the next `put`.
    """

    def __init__(self, drawings: Iterable[Stored] = ()) -> None:
        self._drawings: list[Stored] = []
        self._rows: dict[str, int] = {}
        self._labels = np.empty(16, np.uint8)
        self._sources = np.empty(16, np.uint8)
        self._created = np.empty(16, _TIME)
        self._deleted = np.empty(16, np.bool_)
        self._packed = np.empty((16, PACKED), np.uint8)
        self.put(drawings)

    def __len__(self) -> int:
        return len(self._drawings)

    def __iter__(self) -> Iterator[Stored]:
        return iter(self._drawings)

    def __getitem__(self, row: int) -> Stored:
        return self._drawings[row]

    @property
    def labels(self) -> NDArray[np.uint8]:
        """The digit that each one is said to be."""
        return self._labels[: len(self)]

    @property
    def sources(self) -> NDArray[np.uint8]:
        """Where each one came from, as its place in SOURCES."""
        return self._sources[: len(self)]

    @property
    def created(self) -> NDArray[np.bytes_]:
        """When each one was made, in UTC, as text that sorts by time."""
        return self._created[: len(self)]

    @property
    def deleted(self) -> NDArray[np.bool_]:
        """Which ones are out of use."""
        return self._deleted[: len(self)]

    @property
    def packed(self) -> NDArray[np.uint8]:
        """The ink of each one as it was drawn, eight pixels a byte."""
        return self._packed[: len(self)]

    def images(self, rows: NDArray[np.intp]) -> NDArray[np.uint8]:
        """The ink (n, 576) of some rows."""
        return unpack(self.packed[rows])

    def counts(self, *, deleted: bool) -> list[int]:
        """How many there are with each of the ten labels, in use or deleted."""
        counts: list[int] = np.bincount(
            self.labels[self.deleted == deleted], minlength=DIGITS
        ).tolist()
        return counts

    def row_of(self, uuid: str) -> int | None:
        """The row of a drawing, if it is there."""
        return self._rows.get(uuid)

    def put(self, drawings: Iterable[Stored]) -> NDArray[np.intp]:
        """Take in drawings, new ones at the end, others in the row they have; their rows (n,)."""
        rows: list[int] = []
        changed = list(drawings)
        for drawing in changed:
            row = self._rows.setdefault(drawing.uuid, len(self._drawings))
            rows.append(row)
            if row == len(self._drawings):
                self._drawings.append(drawing)
            else:
                self._drawings[row] = drawing
        self._grow()
        places = np.array(rows, np.intp)
        if len(places):
            self._labels[places] = [drawing.label for drawing in changed]
            self._sources[places] = [_NUMBERS.get(one.source, len(SOURCES)) for one in changed]
            times = [one.created_at.encode("ascii", "replace") for one in changed]
            self._created[places] = np.array(times, _TIME)
            self._deleted[places] = [drawing.deleted_at is not None for drawing in changed]
            self._packed[places] = packed_of(changed)
        return places

    def _grow(self) -> None:
        needed, room = len(self._drawings), len(self._labels)
        if needed > room:
            more = max(needed, 2 * room)
            self._labels = np.resize(self._labels, more)
            self._sources = np.resize(self._sources, more)
            self._created = np.resize(self._created, more)
            self._deleted = np.resize(self._deleted, more)
            self._packed = np.resize(self._packed, (more, PACKED))


_NUMBERS = {source: number for number, source in enumerate(SOURCES)}
