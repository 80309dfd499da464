"""The window's turn: while it answers and paints, the training waits between two steps.

Python lets one thread run at a time. Where two want to, each of their many short operations hands
the interpreter's lock over, and both take twice as long.
"""

from __future__ import annotations

from threading import Lock

from PySide6.QtCore import QObject, QTimer


class Turn(QObject):
    """Taken at the beginning of an event that is answered, and given back once all is painted.

    `lock` is what the training looks at.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lock = Lock()
        self._taken = False
        # Without an interval it comes after the painting that the event has asked for.
        self._painted = QTimer(self, interval=0, singleShot=True)
        self._painted.timeout.connect(self.give)

    def take(self) -> None:
        """Have the training wait, for a step of it at the most, until this event is dealt with."""
        if not self._taken:
            self.lock.acquire()
            self._taken = True
        self._painted.start()

    def give(self) -> None:
        """Let the training go on: who waits for its thread has to."""
        self._painted.stop()
        if self._taken:
            self._taken = False
            self.lock.release()
