"""The pace at which figures change: no faster than they can be read."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer

# Milliseconds for which a figure stays.
_READING = 75


class Pace:
    """Says when something may be told anew."""

    def __init__(self) -> None:
        self._since = QElapsedTimer()

    @property
    def due(self) -> bool:
        """Whether what was told last has been there for long enough, or nothing was told yet."""
        return not self._since.isValid() or self._since.hasExpired(_READING)

    def told(self) -> None:
        """It is told now."""
        self._since.start()
