"""Loading examples in a thread of its own, which can be given up."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from sixpad.core.preparation import Preparation
from sixpad.data.dataset import Dataset
from sixpad.data.handwriting_style import Handwriting
from sixpad.data.memory import give_back
from sixpad.gui.worker import WorkerThread


class LoadThread(WorkerThread):
    """Loads or generates the examples that SPECs name, and gives them to `take`."""

    progressed = Signal(float)

    def __init__(
        self, specs: Sequence[str], preparation: Preparation, parent: QObject,
        style: Handwriting | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.specs, self.preparation = tuple(specs), preparation
        self.style = style or Handwriting()

    def work(self) -> None:
        # The readers bring Pillow with them, which the first paint need not wait for.
        from sixpad.data.spec import load_data

        data = load_data(
            self.specs, preparation=self.preparation, style=self.style, on_progress=self._progress
        )
        self.take(data)
        del data
        give_back()

    def take(self, data: Dataset) -> None:
        """What is to be done, still in the thread, with the examples."""
        raise NotImplementedError

    def _progress(self, share: float) -> None:
        self.look()
        self.progressed.emit(share)
