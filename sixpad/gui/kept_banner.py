"""The banner of the drawings: it stays for as long as some of them are not kept, or are lost."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QTime, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from sixpad.gui.card import Actions, Card
from sixpad.gui.collection import Collection
from sixpad.gui.numbers import counted
from sixpad.gui.rescue import Rescue

# How long what is on its way to the disk may hold the window open.
_SETTLE_MILLISECONDS = 2000


class KeptBanner(Card):
    """Says what is wrong with the store, how many drawings are not kept, and what can be done.

    `told` carries what came of saving them elsewhere.
    """

    told = Signal(str)

    def __init__(
        self, parent: QWidget, collection: Collection, room: Callable[[], QRect] | None = None
    ) -> None:
        super().__init__(parent, "banner", room=room)
        self._collection = collection
        self.rescue = Rescue(collection, parent)
        self._sentence = self._put_off = ""
        # When it was tried again, and what was said then.
        self._tried, self._trying = "", False
        collection.status_changed.connect(self._look)
        collection.changed.connect(self._look)

    def retry(self) -> None:
        """Try once more to keep what is not kept; where that fails it is seen that it was tried."""
        self._put_off, self._trying = "", True
        self._collection.retry()

    def _look(self) -> None:
        sentence, actions = self._now()
        if self._trying or sentence != self._sentence:
            now = QTime.currentTime().toString("HH:mm:ss")
            self._tried = f"Tried again at {now}. " if self._trying else ""
            self._trying = False
        self._sentence = sentence
        if not sentence or sentence == self._put_off:
            self.leave()
        else:
            self._put_off = ""
            self.say(f"{self._tried}{sentence}", [*actions, ("Later", self.dismiss)])
        if not sentence:
            self._put_off = ""

    def _now(self) -> tuple[str, Actions]:
        collection = self._collection
        if collection.trouble:
            waiting = not_kept(collection)
            kept = f" {waiting}: sixpad holds on to what it has in memory." if waiting else ""
            save = [("Save to a file …", self._save)] if waiting else []
            return f"{collection.trouble}{kept}", [("Retry", self.retry), *save]
        if collection.lost:
            found = counted(collection.lost, "drawing")
            them = "it" if collection.lost == 1 else "them"
            return f"The backups have {found} that the store has lost.", [
                (f"Bring {them} back", collection.bring_back)
            ]
        return "", []

    def _save(self) -> None:
        self.told.emit(self.rescue.save())

    def dismiss(self) -> None:
        """Go away until there is something else to say."""
        self._put_off = self._sentence
        self.leave()


def not_kept(collection: Collection) -> str:
    """How many drawings are not on the disk, in words; nothing where all of them are."""
    number = len(collection.unsaved)
    return f"{counted(number, 'drawing')} not kept yet" if number else ""


def may_close(collection: Collection, rescue: Rescue, window: QWidget) -> bool:
    """Whether the window may close: all drawings are kept or saved, or the person says so."""
    buttons, told = QMessageBox.StandardButton, ""
    while rescue.needed:
        collection.retry()
        if collection.settle(_SETTLE_MILLISECONDS):
            break
        answer = _ask(collection, window, told)
        if answer is buttons.Save:
            told = rescue.save()
        elif answer is not buttons.Retry:
            return answer is buttons.Discard
    return True


def _ask(collection: Collection, window: QWidget, told: str) -> QMessageBox.StandardButton:
    """Ask what to do about drawings that are not kept; `told` is why they could not be saved."""
    buttons = QMessageBox.StandardButton
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("Drawings that are not kept")
    lost = "it is" if len(collection.unsaved) == 1 else "they are"
    box.setText(f"{not_kept(collection)}: if sixpad is closed now, {lost} lost.")
    trouble = collection.trouble or "The disk is still at work on them."
    box.setInformativeText(f"{told}\n\n{trouble}" if told else trouble)
    box.setStandardButtons(buttons.Retry | buttons.Save | buttons.Discard | buttons.Cancel)
    box.button(buttons.Save).setText("Save to a file …")
    box.button(buttons.Discard).setText("Close all the same")
    box.setDefaultButton(buttons.Retry)
    box.setEscapeButton(buttons.Cancel)
    return buttons(box.exec())
