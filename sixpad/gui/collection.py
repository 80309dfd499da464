"""Collection: the person's own drawings as the window knows them, and their way to the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QDeadlineTimer, QEventLoop, QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from sixpad.core.grid import Ink
from sixpad.data.drawing_table import DrawingTable
from sixpad.data.stored import Stored, new_drawing, new_session, now
from sixpad.errors import SixpadError
from sixpad.gui.numbers import counted
from sixpad.gui.store_thread import StoreThread

if TYPE_CHECKING:
    from sixpad.gui.kept_store import KeptStore

_LOOK_MILLISECONDS = 3000
_BACKUP_MILLISECONDS = 30 * 60 * 1000


class Collection(QObject):
    """All drawings in `table`; what changes there is on the disk a moment later.

    `changed` comes when the table has, and `durable` carries the uuids of those that are on the
    disk as they are now. Until then a drawing is in `unsaved`, and stays there where it cannot be
    kept: `trouble` is the sentence for the person then, and `retry` tries again. `told` carries
    what else there is to say, and `lost` is how many drawings backups have that are not here.
    """

    changed = Signal()
    durable = Signal(object)
    status_changed = Signal()
    told = Signal(str)

    def __init__(self, path: Path, undo_stack: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self.session = new_session()
        self.table = DrawingTable()
        self.unsaved: dict[str, Stored] = {}
        self.trouble = ""
        self.read_only = False
        self.lost = 0
        self._stack = undo_stack
        self._store: KeptStore | None = None
        # The same, as its thread knows it.
        self._open_store: KeptStore | None = None
        self._opening = self._keeping = self._reading = False
        self._thread = StoreThread(self)
        self._looking = QTimer(self, interval=_LOOK_MILLISECONDS)
        self._looking.timeout.connect(self.look)
        self._backing_up = QTimer(self, interval=_BACKUP_MILLISECONDS)
        self._backing_up.timeout.connect(self._back_up)

    @property
    def ready(self) -> bool:
        """Whether the store is open and the table holds all of it."""
        return self._store is not None

    @property
    def in_use(self) -> int:
        """The number of drawings that are not deleted."""
        return len(self.table) - int(self.table.deleted.sum())

    def open(self) -> None:
        """Open the store in the background, check it whole and read it."""
        if not self.ready and not self._opening:
            self._opening = True
            self._looking.start()
            self._thread.submit(self._start, self._opened, self._not_opened)

    # What a person does with drawings

    def new(self, ink: Ink, label: int, source: str) -> Stored:
        """A drawing (24, 24) that is not kept yet."""
        return new_drawing(ink, label, source, self.session)

    def keep(self, drawings: Iterable[Stored]) -> None:
        """Have these in the table, new or changed, and soon on the disk."""
        changed = list(drawings)
        self.unsaved.update((drawing.uuid, drawing) for drawing in changed)
        self.table.put(changed)
        self.changed.emit()
        # What could not be opened may be there by now.
        self.open()
        self._keep_on_disk()

    def relabel(self, rows: NDArray[np.intp], label: int) -> None:
        """Say that these are another digit; undoable."""
        self._change(f"label as {label}", rows, lambda drawing: drawing._replace(label=label))

    def delete(self, rows: NDArray[np.intp]) -> None:
        """Take these out of use; undoable, and `restore` brings them back at any time."""
        time = now()
        self._change("delete drawings", rows, lambda drawing: drawing._replace(deleted_at=time))

    def restore(self, rows: NDArray[np.intp]) -> None:
        """Bring these back into use; undoable."""
        self._change("restore drawings", rows, lambda drawing: drawing._replace(deleted_at=None))

    def bring_in(self, drawings: Sequence[Stored]) -> None:
        """Have these, which are not in the table yet; undoing it deletes them."""
        time = now()
        without = [each._replace(deleted_at=each.deleted_at or time) for each in drawings]
        self._stack.push(Changed(self, "import drawings", without, drawings))

    def _change(
        self, what: str, rows: NDArray[np.intp], change: Callable[[Stored], Stored]
    ) -> None:
        before = [self.table[row] for row in rows.tolist()]
        after = [change(drawing) for drawing in before]
        if after != before:
            self._stack.push(Changed(self, what, before, after))

    # The way to the disk

    def retry(self) -> None:
        """Try once more to keep what could not be kept."""
        if self.read_only:
            # Its folder may be writable by now.
            self._store, self.read_only = None, False
        self.open()
        self._keep_on_disk()

    def bring_back(self) -> None:
        """Bring back from the backups what the store has no more."""
        store = self._store
        if store:
            self._thread.submit(store.recover, self._brought_back, self._tell)

    def settle(self, milliseconds: int) -> bool:
        """Wait for what is on its way to the disk; whether all of it has arrived."""
        waiting, deadline = QEventLoop(), QDeadlineTimer(milliseconds)
        self.status_changed.connect(waiting.quit)
        while self.unsaved and (self._opening or self._keeping) and not deadline.hasExpired():
            QTimer.singleShot(deadline.remainingTime(), waiting.quit)
            waiting.exec()
        return not self.unsaved

    def look(self) -> None:
        """Take in what other programs have written, and try again what could not be kept."""
        if self.unsaved:
            self.open()
            self._keep_on_disk()
        store = self._store
        if store and not self._keeping and not self._reading:
            self._reading = True
            self._thread.submit(store.changed_table, self._looked, self._not_looked)

    def close(self, deadline: QDeadlineTimer) -> bool:
        """Keep what is left, make a backup and let go of the store; False if not in time."""
        self._looking.stop()
        self._backing_up.stop()
        return self._thread.close(partial(self._finish, list(self.unsaved.values())), deadline)

    def _finish(self, unsaved: list[Stored]) -> None:
        """The thread's last work."""
        # It may be that nobody has heard yet that the store is open, or that it never was.
        if self._open_store or unsaved:
            from sixpad.gui.kept_store import finish

            finish(self.path, self._open_store, unsaved)

    def _keep_on_disk(self) -> None:
        store = self._store
        if store and self.unsaved and not self._keeping:
            self._keeping = True
            some = dict(self.unsaved)
            self._thread.submit(
                lambda: store.put(some.values()), lambda _: self._kept(some), self._not_kept
            )

    def _kept(self, some: dict[str, Stored]) -> None:
        self._keeping = False
        for uuid, drawing in some.items():
            if self.unsaved.get(uuid) is drawing:
                del self.unsaved[uuid]
        self.trouble = ""
        self.durable.emit(some.keys() - self.unsaved.keys())
        self.status_changed.emit()
        self._keep_on_disk()

    def _not_kept(self, error: SixpadError) -> None:
        self._keeping = False
        self._trouble(error)
        self._open_if_damaged(error)

    def _start(self) -> KeptStore:
        from sixpad.gui.kept_store import KeptStore

        before, self._open_store = self._open_store, None
        if before:
            before.close()
        self._open_store = KeptStore(self.path, self._thread.give_way)
        return self._open_store

    def _opened(self, store: KeptStore) -> None:
        self._opening = False
        self._store, self.read_only = store, store.read_only
        self.lost, self.trouble = store.lost, ""
        if store.told:
            self.told.emit(store.told)
        self._read(store.table)
        self.status_changed.emit()
        self._keep_on_disk()
        if not self.read_only:
            self._back_up()
            self._backing_up.start()

    def _not_opened(self, error: SixpadError) -> None:
        self._opening = False
        self._trouble(error)

    def _open_if_damaged(self, error: SixpadError) -> None:
        """Opening a store anew mends it."""
        from sixpad.gui.kept_store import is_damage

        if is_damage(error):
            self._store = None
            self.open()

    def _trouble(self, error: SixpadError) -> None:
        self.trouble = str(error)
        self.status_changed.emit()

    def _tell(self, error: SixpadError) -> None:
        self.told.emit(str(error))

    def _looked(self, table: DrawingTable | None) -> None:
        self._reading = False
        if table is not None:
            self._read(table)

    def _not_looked(self, error: SixpadError) -> None:
        # Whatever else it is, the next drawing that is to be kept will tell.
        self._reading = False
        self._open_if_damaged(error)

    def _read(self, table: DrawingTable) -> None:
        """Take on what the store holds; what it has lost since is here still, and kept again."""
        missing = [one for one in self.table if table.row_of(one.uuid) is None]
        lost = [one for one in missing if one.uuid not in self.unsaved]
        self.table = table
        self.unsaved.update((drawing.uuid, drawing) for drawing in lost)
        self.table.put(self.unsaved.values())
        if lost:
            were = counted(len(lost), "drawing")
            self.told.emit(f"The store had lost {were} that the window still had; kept again.")
            self._keep_on_disk()
        self.changed.emit()

    def _brought_back(self, found: tuple[int, DrawingTable]) -> None:
        count, table = found
        self.lost, former = 0, self.table
        self._read(table)
        uuids = [self.table[row].uuid for row in range(len(self.table))]
        self.durable.emit(set(uuids) - self.unsaved.keys())
        self.status_changed.emit()
        self._back_up()
        if count:
            gone = np.flatnonzero(self.table.deleted)
            deleted = sum(former.row_of(uuids[row]) is None for row in gone.tolist())
            among = f" ({deleted} of them deleted)" if deleted else ""
            self.told.emit(f"{counted(count, 'drawing')}{among} came back from the backups.")
        else:
            self.told.emit("The backups have nothing that is not here.")

    def _back_up(self) -> None:
        if self._store:
            self._thread.submit(self._store.back_up, failed=self._tell)


class Changed(QUndoCommand):
    """Drawings before and after a change."""

    def __init__(
        self, collection: Collection, what: str, before: Sequence[Stored], after: Sequence[Stored]
    ) -> None:
        super().__init__(what)
        self._collection, self._before, self._after = collection, before, after

    def redo(self) -> None:
        self._collection.keep(self._after)

    def undo(self) -> None:
        self._collection.keep(self._before)
