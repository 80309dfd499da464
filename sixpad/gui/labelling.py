"""Labelling: a drawing gets its digit, is kept, and makes room for the next one."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QUndoCommand

from sixpad.core.grid import blank
from sixpad.data.stored import DRAWN, Stored, now
from sixpad.gui.collection import Collection
from sixpad.gui.session import Session

_OTHER_KEYS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
EMPTY = "Draw a digit first."


def digit_of(event: QKeyEvent) -> int | None:
    """The digit that a key types by itself, also on a keypad and where digits need Shift."""
    text = event.text()
    if event.modifiers() & _OTHER_KEYS or len(text) != 1 or not text.isdecimal():
        return None
    return int(text)


class Labelling(QObject):
    """Keeps what is on the canvas with a label; the paper is white once that is on the disk.

    Where the disk is slow, or full, the drawing stays on the canvas until the next one is begun;
    then it is in the collection's memory alone. `kept` carries a drawing that is on the disk, and
    `hinted` a few words for the person.
    """

    kept = Signal(object)
    hinted = Signal(str)

    def __init__(
        self, session: Session, collection: Collection, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.session, self.collection = session, collection
        # Its ink is still on the canvas.
        self._shown: Stored | None = None
        self._coming: set[str] = set()
        collection.durable.connect(self._arrived)
        session.drawing.begun.connect(self._make_room)
        session.drawing.changed.connect(self._look)

    def keep(self, label: int) -> None:
        """Keep what is on the canvas as this digit; undo takes it back and puts the ink back."""
        drawing = self.session.drawing
        drawing.end_stroke()
        if self._shown is not None:
            self._keep_again(self._shown, label)
        elif drawing.ink.any():
            stored = self.collection.new(drawing.ink, label, DRAWN)
            self.session.undo_stack.push(_Kept(self, stored))
        else:
            self.hinted.emit(EMPTY)

    def _keep_again(self, stored: Stored, label: int) -> None:
        """A key is pressed for what is on its way already: it is another digit, or try again."""
        row = self.collection.table.row_of(stored.uuid)
        if row is not None and self.collection.table[row].label != label:
            self.collection.relabel(np.array([row]), label)
        else:
            self.collection.retry()

    def hold(self) -> Stored | None:
        """Leave the canvas as it is; the drawing on it, where it was kept already."""
        shown, self._shown = self._shown, None
        return shown and self._now(shown)

    def put(self, stored: Stored) -> None:
        """Have a drawing in use whose ink is on the canvas; the canvas is cleared after it."""
        same = np.array_equal(self.session.drawing.ink, stored.ink)
        self._shown = stored if same else None
        self.add(stored)

    def take_back(self, stored: Stored) -> None:
        """Take a drawing out of use again and put its ink back on the canvas."""
        self._shown = None
        self.remove(stored)
        self.session.drawing.restore(stored.ink)

    def add(self, stored: Stored) -> None:
        """Have a drawing in use, whatever is on the canvas."""
        self._coming.add(stored.uuid)
        self.collection.keep([stored._replace(deleted_at=None)])

    def remove(self, stored: Stored) -> None:
        """Take a drawing out of use again."""
        self._coming.discard(stored.uuid)
        self.collection.keep([self._now(stored)._replace(deleted_at=now())])

    def _now(self, stored: Stored) -> Stored:
        """A drawing as it is known now."""
        row = self.collection.table.row_of(stored.uuid)
        return stored if row is None else self.collection.table[row]

    def _arrived(self, uuids: set[str]) -> None:
        shown = self._shown
        if shown is not None and shown.uuid in uuids:
            self._make_room()
            self.session.drawing.stroke_ended.emit()
        for uuid in uuids & self._coming:
            self._coming.discard(uuid)
            row = self.collection.table.row_of(uuid)
            if row is not None:
                self.kept.emit(self.collection.table[row])

    def _make_room(self) -> None:
        """White paper in the place of what is kept."""
        if self._shown is not None:
            self._shown = None
            self.session.drawing.restore(blank())

    def _look(self, *_: object) -> None:
        """What was put on the canvas by other ways is not cleared."""
        shown = self._shown
        if shown is not None and not np.array_equal(self.session.drawing.ink, shown.ink):
            self._shown = None


class _Kept(QUndoCommand):
    """A drawing that was kept from the canvas."""

    def __init__(self, labelling: Labelling, stored: Stored) -> None:
        super().__init__(f"keep as {stored.label}")
        self._labelling, self._stored = labelling, stored

    def redo(self) -> None:
        self._labelling.put(self._stored)

    def undo(self) -> None:
        self._labelling.take_back(self._stored)
