"""Loading examples in a thread of its own, which can be given up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from sixpad.core.preparation import Preparation
from sixpad.data.dataset import Dataset
from sixpad.data.handwriting_style import Handwriting
from sixpad.data.memory import give_back
from sixpad.gui.worker import WorkerThread

Loaded = TypeVar("Loaded")


class LoadThread(WorkerThread):
    """Loads or generates the examples that SPECs name, and gives them to `take`.

    With `in_parts` these are a training and a validation part, else all of them.
    """

    progressed = Signal(float)

    def __init__(
        self, specs: Sequence[str], preparation: Preparation, parent: QObject,
        style: Handwriting | None = None, *, in_parts: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._in_parts = in_parts
        self.specs, self.preparation = tuple(specs), preparation
        self.style = style or Handwriting()

    def work(self) -> None:
        # The readers bring Pillow with them, which the first paint need not wait for.
        from sixpad.data.spec import load_data, load_parts

        def loaded(load: Callable[..., Loaded]) -> Loaded:
            return load(
                self.specs,
                preparation=self.preparation,
                style=self.style,
                on_progress=self._progress,
            )

        parts = loaded(load_parts) if self._in_parts else (loaded(load_data),)
        self.take(*parts)
        del parts
        give_back()

    def take(self, *parts: Dataset) -> None:
        """What is to be done, still in the thread, with the examples or their two parts."""
        raise NotImplementedError

    def _progress(self, share: float) -> None:
        self.look()
        self.progressed.emit(share)
