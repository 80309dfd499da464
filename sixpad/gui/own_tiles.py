"""A person's own drawings as tiles: the ink, the label, and what the network says of it now."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QDateTime, QLocale, Qt

from sixpad.core.grid import SIDE
from sixpad.data.stored import ADDED, CORRECTED, DRAWN, IMPORTED, Stored
from sixpad.gui.collection import Collection
from sixpad.gui.example_tiles import answer_of
from sixpad.gui.numbers import percent
from sixpad.gui.own_answers import OwnAnswers
from sixpad.gui.session import Session
from sixpad.gui.tile_sheet import Tile

SOURCE_WORDS = {
    DRAWN: "Drawn here",
    CORRECTED: "Corrected here",
    ADDED: "Added on the command line",
    IMPORTED: "Imported",
}


class OwnTiles:
    """What the sheet shows of each row of the collection's table."""

    def __init__(self, session: Session, collection: Collection, answers: OwnAnswers) -> None:
        self._session, self._collection, self._answers = session, collection, answers

    def inks(self, rows: NDArray[np.intp]) -> NDArray[np.uint8]:
        """The drawings (n, 24, 24) as they were drawn."""
        return self._collection.table.images(rows).reshape(-1, SIDE, SIDE)

    def tiles(self, rows: NDArray[np.intp]) -> list[Tile]:
        """The label of each, and the answer once the network has learned anything."""
        labels = self._collection.table.labels[rows].tolist()
        if not self._session.snapshot.step:
            return [Tile(label, None) for label in labels]
        network, found = self._session.network, self._answers.of(rows).astype(np.float64)
        return [
            Tile(label, answer_of(network, P, label))
            for label, P in zip(labels, found, strict=True)
        ]

    def words(self, row: int) -> str:
        """A drawing in words."""
        drawing = self._collection.table[row]
        (tile,) = self.tiles(np.array([row], np.intp))
        answer = tile.answer
        says = f" The network says {answer.words}, with {percent(answer.P)}." if answer else ""
        source = SOURCE_WORDS.get(drawing.source, f"From “{drawing.source}”")
        deleted = " Deleted." if drawing.deleted_at else ""
        return f"Labelled {tile.label}.{says}\n{source}, {_when(drawing)}.{deleted}"


def _when(drawing: Stored) -> str:
    """When it was made, by the clock on the wall."""
    time = QDateTime.fromString(drawing.created_at, Qt.DateFormat.ISODateWithMs)
    if not time.isValid():
        return drawing.created_at
    return QLocale().toString(time.toLocalTime(), QLocale.FormatType.ShortFormat)
