"""Labelling: a drawing gets its digit, is kept, and makes room for the next one."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QUndoCommand

from sixpad.core.grid import PIXELS, blank, pack
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
    then it is in the collection's memory alone. Ink that is kept already, and is as it was, is the
    same drawing still: it gets the other label. `kept` carries a drawing that is on the disk, and
    `hinted` a few words for the person.
    """

    kept = Signal(object)
    hinted = Signal(str)

    def __init__(
        self, session: Session, collection: Collection, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.session, self.collection = session, collection
        # Its ink goes from the canvas once it is on the disk.
        self._going: str | None = None
        self._coming: set[str] = set()
        collection.durable.connect(self._arrived)
        collection.status_changed.connect(self._recognise)
        session.drawing.begun.connect(self._make_room)

    @property
    def held(self) -> Stored | None:
        """The drawing whose ink is on the canvas, as it is known now, where there is one."""
        uuid = self.session.drawing.uuid
        return None if uuid is None else self.known(uuid)

    def _recognise(self) -> None:
        """Once the store is open: what an earlier run left on the canvas may be kept already."""
        if not self.collection.ready:
            return
        self.collection.status_changed.disconnect(self._recognise)
        drawing, table = self.session.drawing, self.collection.table
        if not self.session.undo_stack.count() and drawing.ink.any():
            same = (table.packed == pack(drawing.ink.reshape(1, PIXELS))).all(axis=1)
            rows = np.flatnonzero(same & ~table.deleted)
            drawing.uuid = table[int(rows[-1])].uuid if len(rows) else drawing.uuid

    def known(self, uuid: str) -> Stored | None:
        """A drawing as it is known now, where it is."""
        row = self.collection.table.row_of(uuid)
        return None if row is None else self.collection.table[row]

    def new(self, label: int, source: str) -> Stored:
        """What is on the canvas, in use as this digit: new, or the one that it is already."""
        drawing, held = self.session.drawing, self.held
        if held is None:
            new = self.collection.new(drawing.ink, label, source)
            return new._replace(uuid=drawing.uuid or new.uuid)
        # Where an imported one is from is worth more than that it was corrected.
        source = source if held.source == DRAWN else held.source
        return held._replace(label=label, source=source, deleted_at=None)

    def keep(self, label: int) -> None:
        """Keep what is on the canvas as this digit; undo takes it back and puts the ink back."""
        drawing = self.session.drawing
        drawing.end_stroke()
        held = self.held
        if held and held.uuid == self._going:
            self._keep_again(held, label)
        elif drawing.ink.any():
            self.session.undo_stack.push(_Kept(self, held, self.new(label, DRAWN)))
        else:
            self.hinted.emit(EMPTY)

    def _keep_again(self, stored: Stored, label: int) -> None:
        """A key is pressed for what is on its way already: it is another digit, or try again."""
        row = self.collection.table.row_of(stored.uuid)
        if row is not None and stored.label != label:
            self.collection.relabel(np.array([row]), label)
        else:
            self.collection.retry()

    def stay(self) -> None:
        """Leave what is on the canvas there, also where it was to go once it is kept."""
        self._going = None

    def put(self, stored: Stored, *, going: bool = False) -> None:
        """Have a drawing in use whose ink is on the canvas, which goes from there if `going`."""
        same = np.array_equal(self.session.drawing.ink, stored.ink)
        self.session.drawing.uuid = stored.uuid if same else self.session.drawing.uuid
        if going:
            self._going = stored.uuid if same else None
        self._coming.add(stored.uuid)
        self.collection.keep([stored])

    def take_back(self, stored: Stored, before: Stored | None) -> None:
        """Have a drawing as it was `before`, out of use where it was not there."""
        self._going = None
        self._coming.discard(stored.uuid)
        self.collection.keep([before or stored._replace(deleted_at=now())])

    def _arrived(self, uuids: set[str]) -> None:
        if self._going in uuids and self._make_room():
            self.session.drawing.stroke_ended.emit()
        for uuid in uuids & self._coming:
            self._coming.discard(uuid)
            known = self.known(uuid)
            if known:
                self.kept.emit(known)

    def _make_room(self) -> bool:
        """White paper in the place of what is kept; False where other ink is there by now."""
        going, self._going = self._going, None
        gone = going is not None and going == self.session.drawing.uuid
        if gone:
            self.session.drawing.restore(blank())
        return gone


class _Kept(QUndoCommand):
    """A drawing that was kept from the canvas, new or as another digit than `before`."""

    def __init__(self, labelling: Labelling, before: Stored | None, stored: Stored) -> None:
        super().__init__(f"keep as {stored.label}")
        self._labelling, self._before, self._stored = labelling, before, stored

    def redo(self) -> None:
        self._labelling.put(self._stored, going=True)

    def undo(self) -> None:
        stored = self._stored
        self._labelling.take_back(stored, self._before)
        self._labelling.session.drawing.restore(stored.ink, stored.uuid)
