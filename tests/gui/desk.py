"""A desk for the window's tests: sixpad started as a person starts it, and closed with no rest."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sixpad.data.folders import config_folder
from sixpad.data.settings import Settings, save_settings
from sixpad.gui.app import App

Until = Callable[[Callable[[], bool]], None]
# Few examples, and no guide in the way.
QUICK: dict[str, Any] = {"data": ("handwriting:400",), "guide_seen": True}
OWN_THREADS = ("sixpad",)


class Desk:
    """Starts sixpad and closes it, as often as a test wants, on the test's own folders."""

    def __init__(self, application: QApplication, qtbot: QtBot) -> None:
        self._application, self._qtbot = application, qtbot
        self._open: list[App] = []

    def start(self, *, ready: bool = True, **settings: Any) -> App:
        """Open the window; `settings` are left in its folder first, as by an earlier run.

        With `ready` it comes back when the examples are there.
        """
        path = config_folder() / "settings.json"
        if settings or not path.exists():
            save_settings(path, Settings(**QUICK | settings))
        return self.start_as_it_is(ready=ready)

    def start_as_it_is(self, *, ready: bool = True) -> App:
        """Open the window on whatever its folder holds."""
        app = App(self._application)
        self._open.append(app)
        with self._qtbot.waitExposed(app.window):
            app.window.show()
        if ready:
            self._qtbot.waitUntil(lambda: app.trainer.data.parts is not None)
        return app

    def close(self, app: App) -> None:
        """Close the window as a person does; nothing of it may run on or be left on the screen."""
        self._open.remove(app)
        app.window.close()
        assert app.close(), "a thread would not end in time"
        running = [thread for thread in app.findChildren(QThread) if not thread.isFinished()]
        assert not running
        self._destroy(app)

    def kill(self, app: App) -> None:
        """End the window as a crash does: nothing is saved from here on."""
        self._open.remove(app)
        app.keeper.save = lambda: None  # type: ignore[method-assign]
        assert app.close(), "a thread would not end in time"
        self._destroy(app)

    def close_all(self) -> None:
        """Close what the test has left open."""
        for app in list(self._open):
            self.close(app)

    def _destroy(self, app: App) -> None:
        app.window.deleteLater()
        app.deleteLater()
        self._application.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        assert not QApplication.topLevelWidgets()
        left = [one.name for one in threading.enumerate() if one.name.startswith(OWN_THREADS)]
        assert not left
