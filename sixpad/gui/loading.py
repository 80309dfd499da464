"""Loading examples in a thread of its own, which can be given up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from sixpad.core.preparation import Preparation
from sixpad.data.dataset import Dataset
from sixpad.data.handwriting_style import Handwriting
from sixpad.data.kept_sources import KeptSources
from sixpad.data.memory import give_back
from sixpad.gui.worker import WorkerThread


class LoadThread(WorkerThread):
    """Loads or generates the examples that SPECs name, and gives them to `take`.

    With `in_parts` these are a training and a validation part, else all of them.
    """

    progressed = Signal(float)

    def __init__(
        self, specs: Sequence[str], preparation: Preparation, parent: QObject,
        style: Handwriting | None = None, *, in_parts: bool = False,
        kept: KeptSources | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._in_parts, self.kept = in_parts, kept
        self.specs, self.preparation = tuple(specs), preparation
        self.style = style or Handwriting()

    def work(self) -> None:
        # The readers bring Pillow with them, which the first paint need not wait for.
        from sixpad.data.spec import load_data, load_parts

        how: dict[str, Any] = {
            "preparation": self.preparation, "style": self.style, "on_progress": self._progress,
        }  # fmt: skip
        parts: tuple[Dataset, ...]
        if self._in_parts:
            parts = load_parts(self.specs, **how, kept=self.kept)
        else:
            parts = (load_data(self.specs, **how),)
        self.take(*parts)
        del parts
        give_back()

    def take(self, *parts: Dataset) -> None:
        """What is to be done, still in the thread, with the examples or their two parts."""
        raise NotImplementedError

    def _progress(self, share: float) -> None:
        self.look()
        self.progressed.emit(share)
