"""Where the examples come from: loaded in a thread, split before any training."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QDeadlineTimer, QObject, Signal, Slot

from sixpad.data.dataset import Dataset
from sixpad.gui.drawing import Drawing
from sixpad.gui.worker import Retired, WorkerThread, release

Parts = tuple[Dataset, Dataset]


class DataSource(QObject):
    """The data SPECs and, once they are loaded, `parts`: the training and the validation part.

    They are prepared as the drawing is. `failed` carries a sentence for the person; the parts that
    were there before stay then.
    """

    changed = Signal()
    progressed = Signal(float)
    failed = Signal(str)

    def __init__(self, drawing: Drawing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._drawing = drawing
        self.specs: tuple[str, ...] = ("handwriting",)
        self.parts: Parts | None = None
        self.fit = True
        self._wanted: tuple[str, ...] = self.specs
        self._thread: _DataThread | None = None
        self._retired = Retired(self)
        drawing.fit_changed.connect(self.load)

    @property
    def loading(self) -> bool:
        """Whether examples are on their way."""
        return self._thread is not None

    def set_specs(self, specs: tuple[str, ...]) -> None:
        """Load other examples; they take the place of these once they are there."""
        if specs != (self._wanted if self.loading else self.specs) or self.parts is None:
            self._wanted = specs
            self._start()

    def load(self) -> None:
        """Load the examples, or those that are on their way, prepared as the drawing is now."""
        if not self.loading:
            self._wanted = self.specs
        self._start()

    def _start(self) -> None:
        self.cancel()
        self._thread = thread = _DataThread(self._wanted, self._drawing.fit, self)
        thread.progressed.connect(self.progressed)
        thread.failed.connect(self.failed)
        thread.finished.connect(self._finished)
        thread.start()

    def cancel(self) -> None:
        """Give up what is being loaded."""
        if self._thread:
            self._thread.cancelled = True
            self._thread.disconnect(self)
            self._retired.add(self._thread)
            self._thread = None

    @Slot()
    def _finished(self) -> None:
        thread = self._thread
        if thread is None or not thread.isFinished():
            return
        self._thread = None
        if thread.parts:
            self.specs, self.parts, self.fit = thread.specs, thread.parts, thread.fit
        release(thread)
        self.changed.emit()

    def close(self, deadline: QDeadlineTimer) -> bool:
        """Give up and wait; False if a thread would not end in time."""
        self.cancel()
        return self._retired.wait(deadline)


class _DataThread(WorkerThread):
    """Loads or generates examples and splits them; `parts` has the result."""

    progressed = Signal(float)

    def __init__(self, specs: Sequence[str], fit: bool, parent: QObject) -> None:
        super().__init__(parent)
        self.specs, self.fit = tuple(specs), fit
        self.parts: Parts | None = None
        self.cancelled = False

    def work(self) -> None:
        # The readers bring Pillow with them, which the first paint need not wait for.
        from sixpad.data.spec import load_data

        try:
            self.parts = load_data(self.specs, fit=self.fit, on_progress=self._progress).split()
        except _Cancelled:
            return

    def _progress(self, share: float) -> None:
        if self.cancelled:
            raise _Cancelled
        self.progressed.emit(share)


class _Cancelled(Exception):  # noqa: N818
    """The data are no longer wanted."""
