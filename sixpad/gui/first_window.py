"""One window for each data folder: who comes second has the first come forward instead."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot

from sixpad.data.lock import Lock

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer
    from PySide6.QtWidgets import QWidget

_LOCK_NAME = "window.lock"
_ASK, _ANSWER = b"come forward\n", b"here\n"
_SECONDS, _PAUSE_SECONDS, _TRY_MILLISECONDS = 6.0, 0.1, 1000

FIRST, RAISED, SILENT = "first", "raised", "silent"


class FirstWindow(QObject):
    """The claim of this process to be the window of a data folder, and its ear for others.

    The socket needs a part of Qt that the first paint does not wait for.
    """

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = Lock(folder / _LOCK_NAME)
        name = hashlib.blake2b(str(folder.resolve()).encode(errors="surrogateescape"))
        self._name = f"sixpad-{name.hexdigest()[:24]}"
        self._window: QWidget | None = None
        self._server: QLocalServer | None = None

    def claim(self, seconds: float = _SECONDS) -> str:
        """FIRST where this is the window now, RAISED where another has come forward.

        SILENT where another is there and has not answered in time. One that is just closing
        answers no more, and makes room.
        """
        deadline = time.monotonic() + seconds
        while True:
            if self._lock.take():
                return FIRST
            if self._ask():
                return RAISED
            if time.monotonic() >= deadline:
                return SILENT
            time.sleep(_PAUSE_SECONDS)

    def _ask(self) -> bool:
        from PySide6.QtNetwork import QLocalSocket

        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_TRY_MILLISECONDS):
            return False
        socket.write(_ASK)
        socket.flush()
        answered = socket.waitForReadyRead(_TRY_MILLISECONDS)
        return answered and socket.readAll().data() == _ANSWER

    def listen(self, window: QWidget) -> None:
        """Have a window come forward from now on when another process asks for it."""
        from PySide6.QtNetwork import QLocalServer

        self._window = window
        self._server = server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._asked)
        # What a crash has left is nobody's: the lock is held here.
        QLocalServer.removeServer(self._name)
        server.listen(self._name)

    @Slot()
    def _asked(self) -> None:
        socket = self._server.nextPendingConnection() if self._server else None
        if socket is None:
            return
        socket.disconnected.connect(socket.deleteLater)
        socket.write(_ANSWER)
        socket.flush()
        socket.disconnectFromServer()
        window = self._window
        if window is not None:
            window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
            window.show()
            window.raise_()
            window.activateWindow()

    def hear_no_more(self) -> None:
        """The window closes: who asks now waits for the lock."""
        self._window = None
        if self._server is not None:
            self._server.close()

    def release(self) -> None:
        """All is saved: another process may be the window."""
        self.hear_no_more()
        self._lock.release()
