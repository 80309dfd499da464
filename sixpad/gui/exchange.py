"""An exchange of what a network has learned, there and back: opening a model, forgetting one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

from sixpad.core.network import Network
from sixpad.gui.learned import Learned

if TYPE_CHECKING:
    from sixpad.gui.session import Session


class Exchange(QUndoCommand):
    """Swaps what a network has learned with something else, there and back."""

    def __init__(self, session: Session, what: str, network: Network, other: Learned) -> None:
        super().__init__(what)
        self._session, self._network, self._other = session, network, other

    def redo(self) -> None:
        # A running training ends first, so that its last step is not lost in the exchange.
        self._session.about_to_switch.emit()
        other, self._other = self._other, self._session.learned_by(self._network)
        self._session.adopt(self._network, other)

    def undo(self) -> None:
        self.redo()
