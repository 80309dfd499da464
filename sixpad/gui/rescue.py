"""Rescue: drawings that cannot be kept, into a file of the person's choice."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from sixpad.data.stored import Stored
from sixpad.errors import SixpadError
from sixpad.gui.collection import Collection
from sixpad.gui.numbers import counted


class Rescue:
    """Saves what is in memory alone; `needed` says whether there is such that no file has."""

    def __init__(self, collection: Collection, window: QWidget) -> None:
        self._collection, self._window = collection, window
        self._saved: dict[str, Stored] = {}

    @property
    def needed(self) -> bool:
        """Whether a drawing is neither kept nor saved as it is now."""
        return any(
            self._saved.get(uuid) != drawing for uuid, drawing in self._collection.unsaved.items()
        )

    def save(self) -> str:
        """Ask for a name and save there; what came of it in a sentence, empty if nobody chose."""
        # What is hardly ever wanted need not be imported for the first paint.
        from sixpad.data.portable_file import SUFFIX, write_portable

        name, _ = QFileDialog.getSaveFileName(
            self._window,
            "Save what is not kept",
            str(Path.home() / f"drawings{SUFFIX}"),
            f"sixpad drawings (*{SUFFIX})",
        )
        if not name:
            return ""
        path = Path(name) if name.lower().endswith(SUFFIX) else Path(name + SUFFIX)
        some = dict(self._collection.unsaved)
        try:
            if path.name != Path(name).name and path.exists():
                raise SixpadError(f"There is a “{path}” already; choose another name.")
            write_portable(path, list(some.values()), lambda _share: None)
        except SixpadError as error:
            return str(error)
        self._saved |= some
        they = "it" if len(some) == 1 else "they"
        return (
            f"{counted(len(some), 'drawing')} saved in “{path}”. Import that file once {they} can "
            "be kept; until then sixpad goes on trying."
        )
