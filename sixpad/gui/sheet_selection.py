"""Which places of a sheet are selected: a boolean for each, so that all of them are soon chosen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Selection:
    """A `mask` (N,) of what is selected, and the `cursor`, where the keys are.

    From the anchor, which was selected last by itself, Shift reaches to the cursor.
    """

    def __init__(self) -> None:
        self.mask: NDArray[np.bool_] = np.empty(0, np.bool_)
        self.cursor = self._anchor = 0
        self._remembered = self.mask

    @property
    def count(self) -> int:
        """How many are selected."""
        return int(np.count_nonzero(self.mask))

    @property
    def places(self) -> NDArray[np.intp]:
        """The places (n,) that are selected."""
        return np.flatnonzero(self.mask)

    def begin(self, count: int) -> None:
        """Have so many places, of which none is selected."""
        self.mask = np.zeros(count, np.bool_)
        self.cursor = self._anchor = 0
        self.remember()

    def follow(self, selected: NDArray[np.intp], rows: NDArray[np.intp]) -> None:
        """Select, among the rows (N,) that now stand there, those (n,) that were selected.

        The cursor stays where it is, on what has come there.
        """
        marks = np.zeros(max(selected.max(initial=-1), rows.max(initial=-1)) + 1, np.bool_)
        marks[selected] = True
        self.mask = marks[rows]
        last = max(len(rows) - 1, 0)
        self.cursor, self._anchor = min(self.cursor, last), min(self._anchor, last)
        self.remember()

    def clear(self) -> None:
        """Select none."""
        self.mask[:] = False

    def all(self) -> None:
        """Select every one."""
        self.mask[:] = True

    def only(self, place: int) -> None:
        """Select this one and no other."""
        self.clear()
        self.mask[place] = True
        self.cursor = self._anchor = place

    def toggle(self, place: int) -> None:
        """Select this one too, or let go of it."""
        self.mask[place] = not self.mask[place]
        self.cursor = self._anchor = place

    def reach(self, place: int, *, adding: bool) -> None:
        """Select all from the anchor to this one; `adding` to what is selected."""
        if not adding:
            self.clear()
        first, last = sorted((self._anchor, place))
        self.mask[first : last + 1] = True
        self.cursor = place

    def remember(self) -> None:
        """Keep what is selected now for `add_to_remembered`."""
        self._remembered = self.mask.copy()

    def add_to_remembered(self, places: NDArray[np.intp]) -> None:
        """Select these (n,) and what was remembered, and nothing else."""
        self.mask = self._remembered.copy()
        self.mask[places] = True
        if len(places):
            self.cursor = int(places[-1])
