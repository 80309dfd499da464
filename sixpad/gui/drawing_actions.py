"""What can be done with the drawings that are selected, and with all of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from sixpad.data.exchange import FOLDER, IDX, PORTABLE
from sixpad.gui.glossary import TERMS
from sixpad.gui.numbers import count
from sixpad.gui.theme import SPACE, figures
from sixpad.gui.widgets import named

_WIDEST = f"{count(100_000)} selected"
_DIGIT_WIDTH = 28
_CONTENTS = QStyle.SubElement.SE_PushButtonContents
_LONGEST_STEP = "restore drawings"


class DrawingActions(QWidget):
    """A bar of buttons, and how many are selected; what is asked for comes as a signal.

    `import_wanted` and `export_wanted` carry the kind of file.
    """

    label_wanted = Signal(int)
    delete_wanted = Signal()
    restore_wanted = Signal()
    take_wanted = Signal()
    import_wanted = Signal(str)
    export_wanted = Signal(str)

    def __init__(self, undo_stack: QUndoStack) -> None:
        super().__init__()
        self._stack = undo_stack
        self.selected = QLabel()
        self.selected.setFont(figures(self.selected.font()))
        self.selected.setToolTip(TERMS["select drawings"])
        self.selected.setFixedWidth(self.selected.fontMetrics().horizontalAdvance(_WIDEST) + SPACE)
        self._label_as = named(QLabel("Label as"), "quiet")
        self._label_as.setToolTip(TERMS["relabel"])
        self.digits = [named(QPushButton(str(digit)), "digit") for digit in range(10)]
        self.delete = QPushButton("Delete")
        self.restore = QPushButton("Restore")
        self.take = QPushButton("Take onto the canvas")
        self.undo = StepButton("Undo", undo_stack.undo, _LONGEST_STEP, named=True)
        self.redo = StepButton("Redo", undo_stack.redo)
        self.bring = _menu_button(
            "Import", (("From a folder …", FOLDER), ("From a file …", PORTABLE)), self.import_wanted
        )
        self.export = _menu_button(
            "Export",
            (("As a folder …", FOLDER), ("As IDX …", IDX), ("As one file …", PORTABLE)),
            self.export_wanted,
        )
        self.delete.setToolTip(TERMS["delete drawings"])
        self.restore.setToolTip("Brings what is selected back into use.")
        self.take.setToolTip("Puts the drawing in the place of the one on the Draw page (Enter).")
        self.bring.setToolTip(TERMS["import drawings"])
        self.export.setToolTip(TERMS["export drawings"])
        self._layout()
        self._connect()
        self.show_selected(0, deleted=False, read_only=False)

    def _layout(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(self.selected)
        row.addWidget(self._label_as)
        digits = QHBoxLayout()
        digits.setSpacing(4)
        for digit, button in enumerate(self.digits):
            button.setFixedWidth(_DIGIT_WIDTH)
            button.setToolTip(f"Says that what is selected is {digit} (the key {digit}).")
            button.setAccessibleName(f"Label as {digit}")
            digits.addWidget(button)
        row.addLayout(digits)
        row.addSpacing(SPACE)
        for button in (self.delete, self.restore, self.take):
            row.addWidget(button)
        row.addWidget(self.undo)
        row.addWidget(self.redo)
        row.addStretch(1)
        row.addWidget(self.bring)
        row.addWidget(self.export)

    def _connect(self) -> None:
        for digit, button in enumerate(self.digits):
            button.clicked.connect(partial(self.label_wanted.emit, digit))
        self.delete.clicked.connect(self.delete_wanted)
        self.restore.clicked.connect(self.restore_wanted)
        self.take.clicked.connect(self.take_wanted)
        # What would be taken back may be seen on another page alone, and so it is named.
        stack = self._stack
        self.undo.show_step(stack.undoText())
        self.redo.show_step(stack.redoText())
        stack.undoTextChanged.connect(self.undo.show_step)
        stack.redoTextChanged.connect(self.redo.show_step)

    def show_selected(self, number: int, *, deleted: bool, read_only: bool) -> None:
        """Offer what can be done with so many; among the `deleted` they can be restored only."""
        self.selected.setText(f"{count(number)} selected" if number else "Nothing selected")
        self.delete.setVisible(not deleted)
        self.restore.setVisible(deleted)
        may_change = bool(number) and not read_only
        for button in (*self.digits, self.delete):
            button.setEnabled(may_change and not deleted)
        self.restore.setEnabled(may_change)
        self.bring.setEnabled(not read_only)
        self.take.setEnabled(number == 1)


class StepButton(QPushButton):
    """Undo or Redo, and if `named` with the step that it is about, as far as there is room."""

    def __init__(
        self, word: str, act: Callable[[], object], widest: str = "", *, named: bool = False
    ) -> None:
        super().__init__(word)
        self._word, self._widest, self._named = word, f"{word} {widest}".strip(), named
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.clicked.connect(act)

    def show_step(self, step: str) -> None:
        """Say what the step is; without one there is nothing to do."""
        words = f"{self._word} {step}".strip()
        self.setText(words if self._named else self._word)
        self.setEnabled(bool(step))
        self.setAccessibleName(words)
        self.setToolTip(f"{words}." if step else f"Nothing to {self._word.lower()}.")

    def sizeHint(self) -> QSize:
        # It does not follow the words: what stands beside it would jump.
        return self._size_with(self._widest)

    def minimumSizeHint(self) -> QSize:
        return self._size_with(self._word)

    def _size_with(self, words: str) -> QSize:
        hint, advance = super().sizeHint(), self.fontMetrics().horizontalAdvance
        return QSize(hint.width() - advance(self.text()) + advance(words), hint.height())

    def initStyleOption(self, option: QStyleOptionButton) -> None:
        super().initStyleOption(option)
        inside = self.style().subElementRect(_CONTENTS, option, self).width()
        if self.fontMetrics().horizontalAdvance(self.text()) > inside:
            right = Qt.TextElideMode.ElideRight
            option.text = self.fontMetrics().elidedText(self.text(), right, inside)


def _menu_button(
    words: str, kinds: tuple[tuple[str, str], ...], wanted: SignalInstance
) -> QPushButton:
    """A word that opens a list of kinds of files."""
    button = named(QPushButton(f"{words} ▾"), "word")
    button.setAccessibleName(words)
    menu = QMenu(button)
    for text, kind in kinds:
        menu.addAction(text).triggered.connect(lambda _checked=False, kind=kind: wanted.emit(kind))
    button.setMenu(menu)
    return button
