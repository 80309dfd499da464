"""A small window that shows how far some work is, and lets it be given up."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QProgressDialog, QWidget

# Work that is done sooner needs no window of its own.
_PATIENCE_MILLISECONDS = 600


class Waiting(QObject):
    """Shows one piece of work at a time above a window; `cancelled` asks to give it up."""

    cancelled = Signal()

    def __init__(self, window: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self._dialog: QProgressDialog | None = None

    def begin(self, title: str, words: str) -> None:
        """Show it soon, with an end that is not known yet."""
        dialog = QProgressDialog(words, "Cancel", 0, 0, self._window)
        dialog.setWindowTitle(title)
        # By itself it shows a bar without an end only after seconds.
        QTimer.singleShot(_PATIENCE_MILLISECONDS, dialog, dialog.show)
        dialog.setAutoReset(False)
        dialog.setAutoClose(False)
        dialog.canceled.connect(self.cancelled)
        self._dialog = dialog

    @Slot(float)
    def show_share(self, share: float) -> None:
        """Show the share that is done; at 1 the rest has no end that is known."""
        if self._dialog is not None:
            self._dialog.setMaximum(100 if share < 1 else 0)
            self._dialog.setValue(round(100 * share) if share < 1 else 0)

    def end(self) -> None:
        """Hide it."""
        if self._dialog is not None:
            dialog, self._dialog = self._dialog, None
            dialog.canceled.disconnect(self.cancelled)
            dialog.close()
            dialog.deleteLater()
