"""The sizes of a network's layers, as a person writes them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from sixpad.core.sizes import parse_sizes, sizes_text
from sixpad.errors import SixpadError
from sixpad.gui.glossary import TERMS
from sixpad.gui.session import Session


class SizesField(QLineEdit):
    """The layers before the last one, like `128` or `5x5x12, 3x3x24, 96`.

    Return takes them on, Escape brings back what is in use. What cannot be is told in a sentence,
    and what was written stays to be mended.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setAccessibleName("The layers")
        self.setToolTip(TERMS["layers"])
        self.editingFinished.connect(self._take)
        session.network_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.setText(sizes_text(self._session.network.sizes))
        self.setCursorPosition(0)

    def _take(self) -> None:
        session = self._session
        if not session.network.deep or self.text() == sizes_text(session.network.sizes):
            return
        try:
            session.set_sizes(parse_sizes(session.model, self.text()))
        except SixpadError as error:
            session.noticed.emit(str(error))
            return
        # What was told of an earlier try does not hold any more.
        session.noticed.emit("")
        # As it is written, if only blanks have changed.
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._show()
            return
        super().keyPressEvent(event)
