"""Collection: the person's own drawings as the window knows them, and their way to the disk."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QDeadlineTimer, QEventLoop, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack

from sixpad.core.grid import Ink
from sixpad.data.drawing_table import DrawingTable
from sixpad.data.drawings import Drawings
from sixpad.data.files import explained
from sixpad.data.store_repair import recover
from sixpad.data.store_rows import Damaged
from sixpad.data.store_start import Start, start
from sixpad.data.stored import Stored, new_drawing, new_session, now
from sixpad.errors import SixpadError
from sixpad.gui.numbers import counted

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
    _ended = Signal(object, object)

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
        self._store: Drawings | None = None
        # The same, as its thread knows it.
        self._open_store: Drawings | None = None
        self._opening = self._keeping = self._closing = False
        # One thread has the store: what is asked of it happens in that order.
        self._thread = ThreadPoolExecutor(1, "sixpad-drawings")
        self._ended.connect(self._take)
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
            self._submit(self._start, self._opened, self._not_opened)

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
            store, self._store, self.read_only = self._store, None, False
            if store:
                self._submit(store.close)
        self.open()
        self._keep_on_disk()

    def bring_back(self) -> None:
        """Bring back from the backups what the store has no more."""
        store = self._store
        if store:
            self._submit(lambda: (recover(store), _table(store)), self._brought_back)

    def settle(self, milliseconds: int) -> bool:
        """Wait for what is on its way to the disk; whether all of it has arrived."""
        waiting, deadline = QEventLoop(), QDeadlineTimer(milliseconds)
        self.status_changed.connect(waiting.quit)
        while self.unsaved and (self._opening or self._keeping) and not deadline.hasExpired():
            QTimer.singleShot(deadline.remainingTime(), waiting.quit)
            waiting.exec()
        return not self.unsaved

    def look(self) -> None:
        """Take in what other programs have written, if they have."""
        store = self._store
        if store and not self._keeping:
            self._submit(lambda: _table(store) if store.changed_elsewhere() else None, self._read)

    def close(self, deadline: QDeadlineTimer) -> bool:
        """Keep what is left, make a backup and let go of the store; False if not in time."""
        self._closing = True
        self._looking.stop()
        self._backing_up.stop()
        last = self._thread.submit(self._finish, list(self.unsaved.values()))
        self._thread.shutdown(wait=False)
        with contextlib.suppress(TimeoutError):
            last.result(max(deadline.remainingTime(), 0) / 1000)
            return True
        return False

    def _finish(self, unsaved: list[Stored]) -> None:
        """The thread's last work; what fails now can only be logged."""
        if self._open_store is None and not unsaved:
            return
        try:
            # It may be that nobody has heard yet that the store is open, or that it never was.
            with self._open_store or Drawings(self.path) as store:
                if unsaved:
                    store.put(unsaved)
                if not store.read_only and not self.lost:
                    store.back_up()
        except SixpadError as error:
            logging.getLogger(__name__).error("closing the drawings: %s", error)

    def _keep_on_disk(self) -> None:
        store = self._store
        if store and self.unsaved and not self._keeping:
            self._keeping = True
            some = dict(self.unsaved)
            self._submit(
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

    def _not_kept(self, sentence: str) -> None:
        self._keeping = False
        self._trouble(sentence)

    def _start(self) -> tuple[Start, DrawingTable]:
        with explained(self.path.parent):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        started = start(self.path, self._give_way)
        self._open_store = started.store
        return started, DrawingTable(started.drawings)

    def _opened(self, found: tuple[Start, DrawingTable]) -> None:
        started, table = found
        self._opening = False
        self._store, self.read_only = started.store, started.store.read_only
        self.lost, self.trouble = started.lost, ""
        self._read(table)
        self.status_changed.emit()
        if started.told:
            self.told.emit(started.told)
        self._keep_on_disk()
        if not self.read_only:
            self._back_up()
            self._looking.start()
            self._backing_up.start()

    def _not_opened(self, sentence: str) -> None:
        self._opening = False
        self._trouble(sentence)

    def _trouble(self, sentence: str) -> None:
        self.trouble = sentence
        self.status_changed.emit()

    def _read(self, table: DrawingTable | None) -> None:
        if table is not None:
            self.table = table
            self.table.put(self.unsaved.values())
            self.changed.emit()

    def _brought_back(self, found: tuple[int, DrawingTable]) -> None:
        count, table = found
        self.lost = 0
        self._read(table)
        self.status_changed.emit()
        self._back_up()
        if count:
            self.told.emit(f"{counted(count, 'drawing')} came back from the backups.")
        else:
            self.told.emit("The backups have nothing that is not here.")

    def _back_up(self) -> None:
        # A newer backup would hide that an earlier one has more.
        if self._store and not self.lost:
            self._submit(self._store.back_up, failed=self.told.emit)

    # The thread

    def _submit(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None] = lambda _result: None,
        failed: Callable[[str], None] | None = None,
    ) -> None:
        """Have the store's thread do something; what follows happens in this one."""
        future = self._thread.submit(work)
        tell = failed or self.told.emit
        future.add_done_callback(lambda ended: self._ended.emit(ended, (done, tell)))

    @Slot(object, object)
    def _take(self, ended: Future[Any], then: tuple[Any, Any]) -> None:
        if self._closing:
            return
        done, failed = then
        error = ended.exception()
        if error is None:
            done(ended.result())
        elif isinstance(error, SixpadError):
            failed(str(error))
        else:
            logging.getLogger(__name__).error("the drawings failed", exc_info=error)
            failed("Something in sixpad went wrong with your drawings; the log has the details.")

    def _give_way(self) -> None:
        if self._closing:
            raise _Closing


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


class _Closing(Exception):  # noqa: N818
    """The window closes while the store is being read."""


def _table(store: Drawings) -> DrawingTable:
    return DrawingTable(row for row in store.rows() if not isinstance(row, Damaged))
