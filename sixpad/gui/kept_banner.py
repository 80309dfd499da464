"""The banner of the drawings: it stays for as long as some of them are not kept, or are lost."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QMessageBox, QWidget

from sixpad.gui.card import Actions, Card
from sixpad.gui.collection import Collection
from sixpad.gui.numbers import counted

# How long what is on its way to the disk may hold the window open.
_SETTLE_MILLISECONDS = 2000


class KeptBanner(Card):
    """Says what is wrong with the store, how many drawings are not kept, and what can be done."""

    def __init__(
        self, parent: QWidget, collection: Collection, room: Callable[[], QRect] | None = None
    ) -> None:
        super().__init__(parent, "banner", room=room)
        self._collection = collection
        self._put_off = ""
        collection.status_changed.connect(self._look)
        collection.changed.connect(self._look)

    def _look(self) -> None:
        sentence, actions = self._now()
        if not sentence or sentence == self._put_off:
            self.leave()
        else:
            self._put_off = ""
            self.say(sentence, [*actions, ("Later", self.dismiss)])
        if not sentence:
            self._put_off = ""

    def _now(self) -> tuple[str, Actions]:
        collection = self._collection
        if collection.trouble:
            waiting = not_kept(collection)
            kept = f" {waiting}: sixpad holds on to what it has in memory." if waiting else ""
            return f"{collection.trouble}{kept}", [("Retry", collection.retry)]
        if collection.lost:
            found = counted(collection.lost, "drawing")
            return f"The backups have {found} that the store has lost.", [
                ("Bring them back", collection.bring_back)
            ]
        return "", []

    def dismiss(self) -> None:
        """Go away until there is something else to say."""
        self._put_off = self.label.text()
        self.leave()


def not_kept(collection: Collection) -> str:
    """How many drawings are not on the disk, in words; nothing where all of them are."""
    number = len(collection.unsaved)
    return f"{counted(number, 'drawing')} not kept yet" if number else ""


def may_close(collection: Collection, window: QWidget) -> bool:
    """Whether the window may close: all drawings are kept, or the person says so."""
    while collection.unsaved:
        collection.retry()
        if not collection.settle(_SETTLE_MILLISECONDS):
            answer = _ask(collection, window)
            if answer is not QMessageBox.StandardButton.Retry:
                return answer is QMessageBox.StandardButton.Discard
    return True


def _ask(collection: Collection, window: QWidget) -> QMessageBox.StandardButton:
    """Ask what to do about drawings that are not kept."""
    buttons = QMessageBox.StandardButton
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("Drawings that are not kept")
    lost = "it is" if len(collection.unsaved) == 1 else "they are"
    box.setText(f"{not_kept(collection)}: if sixpad is closed now, {lost} lost.")
    box.setInformativeText(collection.trouble or "The disk is still at work on them.")
    box.setStandardButtons(buttons.Retry | buttons.Discard | buttons.Cancel)
    box.button(buttons.Discard).setText("Close all the same")
    box.setDefaultButton(buttons.Retry)
    box.setEscapeButton(buttons.Cancel)
    return buttons(box.exec())
