"""What the Export menu does: the network in use as files for others, and a report of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from sixpad.core.evaluation import Evaluation, evaluate
from sixpad.data.dataset import Dataset
from sixpad.data.files import write_atomically
from sixpad.data.model_header import Model
from sixpad.data.provenance import worth
from sixpad.errors import SixpadError
from sixpad.gui.data_source import DataSource
from sixpad.gui.export_kinds import ONNX, PICTURE, REPORT, Kind
from sixpad.gui.file_commands import tried
from sixpad.gui.history import History
from sixpad.gui.loading import LoadThread
from sixpad.gui.models import model_name, model_of
from sixpad.gui.numbers import count
from sixpad.gui.trainer import Trainer
from sixpad.gui.waiting import Waiting
from sixpad.gui.worker import Worker, WorkerThread


class Exports(QObject):
    """Exports the network in use; what becomes of it is told by the session's `noticed`.

    Dialogs begin in the folder of the last export, and the first in the person's own.
    """

    def __init__(self, trainer: Trainer, window: QWidget) -> None:
        super().__init__(window)
        self._trainer, self._session, self._window = trainer, trainer.session, window
        self._folder = Path.home()
        self._worker: Worker[WritingThread | ScoringThread] = Worker(self)
        self._worker.finished.connect(self._take)
        self._waiting = Waiting(window, self)
        self._waiting.cancelled.connect(self.cancel)

    def export(self, kind: Kind) -> None:
        """Ask for a name and export under it."""
        suggestion = self._folder / self._suggestion(kind)
        name, chosen = QFileDialog.getSaveFileName(
            self._window, kind.title, str(suggestion), ";;".join(kind.filters)
        )
        if name:
            suffix = kind.filters.get(chosen, next(iter(kind.filters.values())))
            self.export_at(kind, Path(name), suffix)

    def export_at(self, kind: Kind, path: Path, suffix: str = "") -> None:
        """Export as this file; its name is given `suffix` where it has none of the kind's."""
        tried(self._session, lambda: self._begin(kind, self._named(kind, path, suffix)))

    def _suggestion(self, kind: Kind) -> str:
        stem = model_name(self._session.network).removesuffix(".safetensors")
        return f"{stem}{kind.ending}{next(iter(kind.filters.values()))}"

    def _named(self, kind: Kind, path: Path, suffix: str) -> Path:
        first, *others = kind.filters.values()
        self._folder = path.parent
        own = path.suffix.lower()
        known = own in (first, *others)
        # A filter that was chosen counts for more than the name that was suggested.
        if known and (own == suffix or suffix not in others):
            return path
        path = path.with_name((path.stem if known else path.name) + (suffix or first))
        # The dialog has asked about another name.
        if path.exists():
            raise SixpadError(
                f"There is a “{path.name}” already; choose it itself to replace it, "
                "or choose another name."
            )
        return path

    def _begin(self, kind: Kind, path: Path) -> None:
        """Have a thread do it; of a report only the scoring, as painting is the window's."""
        if self._worker.thread_at_work:
            raise SixpadError("An export is on its way already; wait for it, or cancel it.")
        model = self._model()
        data = self._trainer.data
        there = data.parts[1] if data.parts and data.preparation is model.preparation else None
        thread: WritingThread | ScoringThread
        if kind is REPORT:
            thread = ScoringThread(model, self._session.history, path, there, data, self)
            thread.progressed.connect(self._waiting.show_share)
        else:
            thread = WritingThread(kind, model, path, self)
        thread.failed.connect(self._session.noticed)
        words = "Scoring the network …" if kind is REPORT else "Writing the file …"
        self._waiting.begin(kind.title, words)
        self._worker.begin(thread)

    def _model(self) -> Model:
        """The network in use; before it has learned, the drawing says how images are prepared."""
        learned = self._session.learned
        if not learned.source.data:
            preparation = self._session.drawing.preparation
            learned = learned._replace(source=learned.source._replace(preparation=preparation))
        return model_of(self._session.network, learned)

    @Slot()
    def cancel(self) -> None:
        """Give up what is being exported."""
        self._waiting.end()
        self._worker.give_up()

    @Slot(object)
    def _take(self, thread: WritingThread | ScoringThread) -> None:
        self._waiting.end()
        if isinstance(thread, ScoringThread):
            if thread.found is not None:
                data, found = thread.found
                tried(self._session, lambda: _write_report(thread, data, found))
        elif thread.done:
            self._session.noticed.emit(_told(thread.path))

    def close(self, deadline: QDeadlineTimer) -> bool:
        """Give up and wait; False if a thread would not end in time."""
        self._waiting.end()
        return self._worker.close(deadline)


class WritingThread(WorkerThread):
    """Writes a model as a file of a kind; `done` once it is there."""

    done = False

    def __init__(self, kind: Kind, model: Model, path: Path, parent: QObject) -> None:
        super().__init__(parent)
        self.kind, self.model, self.path = kind, model, path

    def work(self) -> None:
        # What they are written with need not be there for the first paint.
        if self.kind is ONNX:
            from sixpad.data.onnx_file import encode_onnx as encode
        elif self.kind is PICTURE:
            from sixpad.data.weights_picture import encode_weights_picture as encode
        else:
            from sixpad.data.weights_table import encode_weights_table as encode
        content = encode(self.model)
        self.look()
        write_atomically(self.path, content)
        self.done = True


class ScoringThread(LoadThread):
    """Scores a model on the validation part, which it loads where that is not `there`.

    `found` is that part, and what came out.
    """

    found: tuple[Dataset, Evaluation] | None = None

    def __init__(
        self, model: Model, history: History, path: Path, there: Dataset | None,
        data: DataSource, parent: QObject,
    ) -> None:  # fmt: skip
        super().__init__(data.specs, model.preparation, parent, data.style, in_parts=True)
        self.model, self.history, self.path, self._there = model, history, path, there

    def work(self) -> None:
        if self._there is None:
            super().work()
        else:
            self._score(self._there)

    def take(self, *parts: Dataset) -> None:
        self._score(parts[-1])

    def _score(self, data: Dataset) -> None:
        model = self.model
        self.look()
        found = evaluate(
            model.network, model.snapshot.parameters, data, model.snapshot.config.loss, self.look
        )
        found.work_out()
        self.found = data, found


def _write_report(thread: ScoringThread, data: Dataset, found: Evaluation) -> str:
    """Paint what a thread has found, and write it."""
    # What is wanted only now need not be imported for the first paint.
    from sixpad.gui.report import TrainingReport
    from sixpad.gui.report_file import write_report

    model = thread.model
    words = f"{count(len(data))} examples of {data.name}, the validation part"
    note = worth(data.names, model.source, validation=True)
    report = TrainingReport(model, found, words, note, thread.history, datetime.now())
    write_report(thread.path, report)
    return _told(thread.path)


def _told(path: Path) -> str:
    return f"Exported as “{path}”."
