"""What the Drawings menu does with files: import and export of a person's own drawings."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from sixpad.data.exchange import (
    FOLDER,
    IDX,
    PORTABLE,
    Exported,
    check_target,
    export_drawings,
    import_drawings,
    told_export,
    told_import,
    told_refused,
)
from sixpad.data.offered import Imported
from sixpad.data.stored import Stored
from sixpad.errors import SixpadError
from sixpad.gui.collection import Collection
from sixpad.gui.file_commands import tried
from sixpad.gui.numbers import count
from sixpad.gui.session import Session
from sixpad.gui.waiting import Waiting
from sixpad.gui.worker import Worker, WorkerThread

_TO_IMPORT = (
    "Drawings (*.sixpad *-images-idx3-ubyte *-images-idx3-ubyte.gz *.sqlite3);;All files (*)"
)
# What an exported file is called: the first suggestion, the filter, and how its name ends.
_FILES = {
    IDX: ("drawings-images-idx3-ubyte", "IDX images (*-images-idx3-ubyte)", "-images-idx3-ubyte"),
    PORTABLE: ("drawings.sixpad", "sixpad drawings (*.sixpad)", ".sixpad"),
}
_NAME = "drawings"


class DrawingFiles(QObject):
    """Imports and exports drawings; what becomes of it is told by the session's `noticed`."""

    def __init__(self, collection: Collection, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._collection, self._session, self._window = collection, session, window
        self._folder = Path.home()
        self._worker: Worker[ImportThread | ExportThread] = Worker(self)
        self._worker.finished.connect(self._take)
        self._waiting = Waiting(window, self)
        self._waiting.cancelled.connect(self.cancel)
        self._to_tell: tuple[frozenset[str], str] = frozenset(), ""
        self._index = 0
        collection.durable.connect(self._tell)
        session.undo_stack.indexChanged.connect(self._look_for_undo)

    def import_from(self, kind: str) -> None:
        """Ask for a folder or a file, and import it."""
        (self.import_folder if kind == FOLDER else self.import_file)()

    def export_as(self, kind: str) -> None:
        """Ask for a place, and export as this kind."""
        if kind == FOLDER:
            self.export_folder()
        else:
            self.export_file(kind)

    def import_folder(self) -> None:
        """Ask for a folder with the folders 0 to 9, and import it."""
        self._import(
            QFileDialog.getExistingDirectory(self._window, "Import folder", str(self._folder))
        )

    def import_file(self) -> None:
        """Ask for a file, and import it."""
        path, _ = QFileDialog.getOpenFileName(
            self._window, "Import drawings", str(self._folder), _TO_IMPORT
        )
        self._import(path)

    def _import(self, path: str) -> None:
        if path:
            self.import_at(Path(path))

    def import_at(self, path: Path) -> None:
        """Import what lies there; it can be undone in one step."""
        tried(self._session, lambda: self._begin_import(path))

    def _begin_import(self, path: Path) -> None:
        self._folder = path.parent
        if self._collection.read_only:
            raise SixpadError(
                "The folder of your drawings may not be written: allow it, and import then."
            )
        thread = ImportThread(path, self._drawings(), self._collection.path, self)
        self._begin(thread, "Import", "Reading the drawings …")

    def export_folder(self) -> None:
        """Ask for a folder, and export into it or, where it holds other things, into one in it."""
        path = QFileDialog.getExistingDirectory(self._window, "Export into", str(self._folder))
        if path:
            tried(self._session, lambda: self._begin_export(_own_folder(Path(path)), FOLDER))

    def export_file(self, kind: str) -> None:
        """Ask for a name, and export as one file or as a pair of IDX files."""
        name, words, _ = _FILES[kind]
        path, _ = QFileDialog.getSaveFileName(
            self._window, "Export drawings", str(self._folder / name), words
        )
        if path:
            self.export_at(Path(path), kind)

    def export_at(self, path: Path, kind: str) -> None:
        """Export under this name, which is given the kind's ending where it has none."""
        tried(self._session, lambda: self._begin_export(_named(path, kind), kind))

    def _begin_export(self, path: Path, kind: str) -> None:
        self._folder = path.parent
        thread = ExportThread(path, kind, self._drawings(), self)
        self._begin(thread, "Export", "Writing the drawings …")

    def _drawings(self) -> list[Stored]:
        collection = self._collection
        if not collection.ready:
            raise SixpadError(
                collection.trouble or "Your drawings are still being read; try again in a moment."
            )
        return list(collection.table)

    def _begin(self, thread: ImportThread | ExportThread, title: str, words: str) -> None:
        if self._worker.thread_at_work:
            thread.deleteLater()
            raise SixpadError("Drawings are on their way already; wait for them, or cancel it.")
        thread.failed.connect(self._session.noticed)
        thread.progressed.connect(self._waiting.show_share)
        self._waiting.begin(title, words)
        self._worker.begin(thread)

    @Slot()
    def cancel(self) -> None:
        """Give up what is on its way: nothing of an import is taken."""
        self._waiting.end()
        self._worker.give_up()

    @Slot(object)
    def _take(self, thread: ImportThread | ExportThread) -> None:
        self._waiting.end()
        if isinstance(thread, ExportThread):
            if thread.exported is not None:
                self._session.noticed.emit(told_export(thread.exported, thread.path, count))
        elif thread.imported is not None:
            self._bring_in(thread.imported)

    def _bring_in(self, imported: Imported) -> None:
        # Another program may have added some of them while they were read.
        new = [each for each in imported.new if self._collection.table.row_of(each.uuid) is None]
        words = f"{told_import(imported, len(new), count)} {told_refused(imported, count)}".strip()
        if new:
            self._to_tell = frozenset(each.uuid for each in new), words
            self._collection.bring_in(new)
            self._index = self._session.undo_stack.index()
        else:
            self._session.noticed.emit(words)

    @Slot(int)
    def _look_for_undo(self, index: int) -> None:
        """Of an import that is taken back before it is on the disk nothing is told."""
        if index < self._index:
            self._to_tell = frozenset(), ""

    @Slot(object)
    def _tell(self, durable: set[str]) -> None:
        """Tell of an import once it is on the disk."""
        uuids, words = self._to_tell
        if words and uuids <= durable:
            self._to_tell = frozenset(), ""
            self._session.noticed.emit(words)

    def close(self, deadline: QDeadlineTimer) -> bool:
        """Give up and wait; False if a thread would not end in time."""
        self._waiting.end()
        return self._worker.close(deadline)


class _ShareThread(WorkerThread):
    """Says how far it is, by whole percents."""

    progressed = Signal(float)
    _percent = 0

    def show(self, share: float) -> None:
        """Called by the work: `share` of it, from 0 to 1, is done."""
        self.look()
        if int(100 * share) != self._percent:
            self._percent = int(100 * share)
            self.progressed.emit(share)


class ImportThread(_ShareThread):
    """Reads what is offered at a path, and finds out what of it is new: `imported`."""

    imported: Imported | None = None

    def __init__(self, path: Path, known: list[Stored], store: Path, parent: QObject) -> None:
        super().__init__(parent)
        self.path, self._known, self._store = path, known, store

    def work(self) -> None:
        self.imported = import_drawings(self.path, self._known, self.show, store=self._store)


class ExportThread(_ShareThread):
    """Writes drawings; `exported` says what, once all are there."""

    exported: Exported | None = None

    def __init__(self, path: Path, kind: str, drawings: list[Stored], parent: QObject) -> None:
        super().__init__(parent)
        self.path, self._kind, self._drawings = path, kind, drawings

    def work(self) -> None:
        self.exported = export_drawings(self._drawings, self.path, self._kind, self.show)


def _own_folder(path: Path) -> Path:
    """A folder that is new, empty or holds digits; amid other things a new one is made."""
    try:
        names = {each.name for each in path.iterdir()}
    except OSError as error:
        raise SixpadError(f"“{path}” cannot be read ({error.strerror}).") from None
    return path / _NAME if names and not names & set("0123456789") else path


def _named(path: Path, kind: str) -> Path:
    """The name with its ending; raises SixpadError where the dialog has not asked about that."""
    ending = _FILES[kind][2]
    name = path.name.lower() if kind == PORTABLE else path.name
    if name.endswith((ending, f"{ending}.gz") if kind == IDX else ending):
        return path
    path = path.with_name(path.name + ending)
    check_target(path)
    return path
