"""What the window does with its store of drawings, all of it in the store's own thread.

It is imported there: SQLite need not be, for the first paint.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from pathlib import Path

from sixpad.data.drawing_table import DrawingTable
from sixpad.data.drawings import Drawings
from sixpad.data.files import explained
from sixpad.data.store_errors import StoreDamaged
from sixpad.data.store_repair import recover
from sixpad.data.store_rows import Damaged
from sixpad.data.store_start import start
from sixpad.data.stored import Stored
from sixpad.errors import SixpadError


class KeptStore:
    """A store that was opened, checked whole, and mended where it was damaged.

    `table` has all of its drawings then, `told` is what there is to say of it, and `lost` how many
    drawings its backups have beyond those. Raises SixpadError where it cannot be opened.
    """

    def __init__(self, path: Path, give_way: Callable[[], None]) -> None:
        with explained(path.parent):
            path.parent.mkdir(parents=True, exist_ok=True)
        started = start(path, give_way)
        self._store = started.store
        self.read_only = self._store.read_only
        self.told, self.lost = started.told, started.lost
        self.table = DrawingTable(started.drawings)

    def put(self, drawings: Iterable[Stored]) -> None:
        """Keep these; raises SixpadError."""
        self._store.put(drawings)

    def changed_table(self) -> DrawingTable | None:
        """All drawings, if another program has changed some; raises SixpadError."""
        return self._all() if self._store.changed_elsewhere() else None

    def recover(self) -> tuple[int, DrawingTable]:
        """Bring back what backups have: how many drawings, and all there are now."""
        return recover(self._store), self._all()

    def back_up(self) -> None:
        """Make a backup where something has changed; raises SixpadError."""
        self._store.back_up()

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()

    def _all(self) -> DrawingTable:
        return DrawingTable(row for row in self._store.rows() if not isinstance(row, Damaged))


def finish(path: Path, kept: KeptStore | None, unsaved: Iterable[Stored]) -> None:
    """The last that is done with a store, which may never have been opened.

    What fails now can only be logged.
    """
    try:
        with kept._store if kept else Drawings(path) as store:
            drawings = list(unsaved)
            if drawings:
                store.put(drawings)
            if not store.read_only:
                store.back_up()
    except SixpadError as error:
        logging.getLogger(__name__).error("closing the drawings: %s", error)


def is_damage(error: SixpadError) -> bool:
    """Whether the store is damaged, so that opening it anew would mend it."""
    return isinstance(error, StoreDamaged)
