"""Builds the window and runs it; what fails unforeseen is logged and told once, and it lives on."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from types import TracebackType

from PySide6.QtCore import QDeadlineTimer, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from sixpad.data.folders import locations, log_folder
from sixpad.data.store_path import store_path
from sixpad.errors import SixpadError
from sixpad.gui.assets import asset
from sixpad.gui.collection import Collection
from sixpad.gui.first_window import RAISED, SILENT, FirstWindow
from sixpad.gui.keeper import Keeper
from sixpad.gui.main_window import MainWindow
from sixpad.gui.session import Session
from sixpad.gui.theme import apply_appearance
from sixpad.gui.trainer import CLOSE_MILLISECONDS, Trainer


class App(QObject):
    """The session and everything around it, from the first paint to the last save."""

    # Excepthooks run on the thread of the fault; the signal brings it to the window's.
    fault = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        self._application = application
        self._fault_told = False
        self.session = Session(self)
        self.trainer = Trainer(self.session, self)
        self.keeper = Keeper(self.session, self.trainer, self)
        self.collection = Collection(store_path(), self.session.undo_stack, self)
        troubles: list[str] = []
        self.keeper.failed.connect(troubles.append, Qt.ConnectionType.DirectConnection)
        self.keeper.restore()
        self.keeper.failed.disconnect(troubles.append)
        apply_appearance(application, self.keeper.settings.appearance)
        # The first change is that what the store holds is known, which changes no examples.
        once = Qt.ConnectionType.SingleShotConnection
        self.collection.changed.connect(self._watch_drawings, once)
        self.window = MainWindow(self.session, self.trainer, self.keeper, self.collection)
        self.window.appearance_chosen.connect(self.set_appearance)
        application.styleHints().colorSchemeChanged.connect(self._system_changed)
        self.fault.connect(self._tell_fault)
        self.keeper.watch()
        for trouble in troubles:
            self.window.notice.tell(trouble)

    @Slot()
    def _watch_drawings(self) -> None:
        for change in (self.collection.changed, self.collection.durable):
            change.connect(self.trainer.data.mark_outdated)
        self.collection.durable.connect(self.trainer.data.try_again)

    def set_appearance(self, appearance: str) -> None:
        """Show everything in light or dark colours, or as the system asks for."""
        apply_appearance(self._application, appearance)
        self.window.refresh_colors()

    @Slot()
    def _system_changed(self) -> None:
        if self.keeper.settings.appearance == "system":
            self.set_appearance("system")

    def hook(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Log a fault of our own with its traceback, and have it told once."""
        if issubclass(kind, KeyboardInterrupt):
            self._application.quit()
            return
        logging.getLogger("sixpad").error("unforeseen", exc_info=(kind, error, trace))
        self.fault.emit()

    @Slot()
    def _tell_fault(self) -> None:
        if not self._fault_told:
            self._fault_told = True
            self.session.noticed.emit(
                "Something in sixpad went wrong. Your work is safe; the log has the details."
            )

    def close(self) -> bool:
        """End the threads and save; False if a thread would not end in time."""
        self.window.guide.let_go()
        # First what watches the training: its last moment is not to start another evaluation.
        ended = self.window.end_threads()
        ended = self.trainer.close() and ended
        ended = self.collection.close(QDeadlineTimer(CLOSE_MILLISECONDS)) and ended
        self.keeper.close()
        return ended


def run(argv: Sequence[str]) -> int:
    """Open the window and return the exit status once it is closed.

    Where one of the same data folder is open already, it comes forward instead.
    """
    first = FirstWindow(locations()["data"])
    claimed = first.claim()
    if claimed == RAISED:
        print("sixpad is open already; its window has come forward.")
        return 0
    if claimed == SILENT:
        print(
            "sixpad: Another window of sixpad has this folder and does not answer; close it, or "
            "end its process, and try again.",
            file=sys.stderr,
        )
        return 1
    _start_log()
    application = QApplication([sys.argv[0], *argv])
    application.setApplicationName("sixpad")
    application.setDesktopFileName("sixpad")
    application.setWindowIcon(QIcon(str(asset("sixpad.png"))))
    app = App(application)
    sys.excepthook = app.hook
    _quit_on_signal(application)
    app.window.painted.connect(lambda: first.listen(app.window))
    app.window.show()
    status = application.exec()
    first.hear_no_more()
    ended = app.close()
    app.window.deleteLater()
    if not ended:
        # A thread that is deep in a library cannot be ended; all is saved, so leave at once.
        logging.shutdown()
        os._exit(status)
    first.release()
    return status


def _start_log() -> None:
    handlers: list[logging.Handler] = [logging.StreamHandler()]
    with contextlib.suppress(SixpadError, OSError):
        path = log_folder() / "sixpad.log"
        handlers.append(RotatingFileHandler(path, maxBytes=1 << 20, backupCount=2, delay=True))
    layout = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=logging.WARNING, format=layout, handlers=handlers)


def _quit_on_signal(application: QApplication) -> None:
    """Let Ctrl-C and a polite kill close the window as a person would, with everything saved."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: application.quit())
    # Python sees a signal only when it runs; an idle Qt loop does not run it.
    wake = QTimer(application, interval=200)
    wake.timeout.connect(lambda: None)
    wake.start()
