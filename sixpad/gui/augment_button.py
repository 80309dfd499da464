"""The button that says how much examples are augmented, and opens the window that changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QPushButton, QWidget

from sixpad.gui.augmentation_kinds import KINDS, kinds_in
from sixpad.gui.glossary import TERMS
from sixpad.gui.theme import SPACE
from sixpad.gui.trainer import Trainer

if TYPE_CHECKING:
    from sixpad.gui.augmentation import Augmentation


class AugmentButton(QPushButton):
    """Tells how many of the five kinds are in use; the tooltip tells which, and how much.

    What it opens stands `beside` a widget.
    """

    def __init__(self, trainer: Trainer, beside: QWidget) -> None:
        super().__init__()
        self._trainer, self._beside = trainer, beside
        self.opened: Augmentation | None = None
        self.clicked.connect(self._open)
        trainer.config_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        config = self._trainer.config
        used = kinds_in(config)
        told = ", ".join(kind.told(config) for kind in used) or "off"
        self.setText(f"{len(used)} of {len(KINDS)} …" if used else "Off …")
        self.setToolTip(f"{TERMS['augmentation']}\nNow: {told}.")
        self.setAccessibleName(f"Augmentation: {told}")

    def _open(self) -> None:
        # What is not seen at first need not be imported for the first paint.
        from sixpad.gui.augmentation import Augmentation

        if self.opened is None:
            self.opened = Augmentation(self._trainer, self.window())
            self.opened.finished.connect(self.setFocus)
        self.opened.show()
        size = self.opened.frameGeometry().size()
        room = self.screen().availableGeometry()
        self.opened.move(place_beside(self._beside, size, room))
        self.opened.raise_()
        self.opened.activateWindow()


def place_beside(widget: QWidget, size: QSize, room: QRect) -> QPoint:
    """Where a window of this size stands to the right of a widget, on its foot, within the room.

    Beside the settings it is over the plot: the canvas stays free to draw on.
    """
    foot = widget.mapToGlobal(widget.rect().bottomRight()) + QPoint(SPACE, 0)
    left = min(foot.x(), room.right() + 1 - size.width())
    top = min(foot.y(), room.bottom()) + 1 - size.height()
    return QPoint(max(left, room.left()), max(top, room.top()))
