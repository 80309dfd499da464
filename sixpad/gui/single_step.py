"""A single step of a training: its gradient is seen first, and then the weights move by it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from sixpad.gui.mailbox import Mail
from sixpad.gui.session import Session

# How long a single step's gradient is shown before the weights move by it.
GRADIENT_MILLISECONDS = 1100


class SingleStep(QObject):
    """Holds back what a step has brought; `moved` carries it when the weights are to move.

    Of a deeper network no gradient is to be seen, and its weights move at once.
    """

    moved = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._held: Mail | None = None
        self.timer = QTimer(self, interval=GRADIENT_MILLISECONDS, singleShot=True)
        self.timer.timeout.connect(self.move)

    def hold(self, mail: Mail) -> None:
        """Show the gradient of a step while the weights are still as they were."""
        self._held = mail
        if self._session.network.deep:
            self.move()
            return
        self._session.coming = mail.snapshot
        self._session.step_found.emit()
        self.timer.start()

    @Slot()
    def move(self) -> None:
        """Let the weights move by the step that is held back, if one is."""
        mail, self._held = self._held, None
        self.timer.stop()
        if mail is not None:
            self._session.coming = None
            self.moved.emit(mail)
            self._session.stepped.emit()
