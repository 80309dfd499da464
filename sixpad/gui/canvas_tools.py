"""What is under the canvas: pen, eraser, undo, and how the drawing is prepared for the network."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from sixpad.core.preparation import Preparation
from sixpad.gui.glossary import TERMS
from sixpad.gui.session import Session

_PREPARATIONS = (
    ("As drawn", Preparation.AS_DRAWN, "as drawn"),
    ("Centre and fit", Preparation.FITTED, "centre and fit"),
    ("Deskew, centre, fit", Preparation.DESKEWED, "deskew"),
)


class CanvasTools(QWidget):
    """Pen and eraser, undo, redo and clear; the pen's width and the preparation."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.pen = QPushButton("Pen")
        self.erase = QPushButton("Erase")
        self.undo = QPushButton("Undo")
        self.redo = QPushButton("Redo")
        self.clear = QPushButton("Clear")
        self.width_field = QSpinBox(minimum=1, maximum=4, prefix="pen ", suffix=" px")
        self.preparation = QComboBox()
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self._rows = self._buttons(), self._fields()
        for row in self._rows:
            column.addLayout(row)
        self._connect()
        self._show_pen()
        self._show_preparation()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        tools = QButtonGroup(self)
        for button, tip in (
            (self.pen, "Draw with the left button; the right button erases."),
            (self.erase, "Erase with the left button."),
            (self.undo, f"Take back the last stroke ({_keys(QKeySequence.StandardKey.Undo)})."),
            (self.redo, f"Bring it back ({_keys(QKeySequence.StandardKey.Redo)})."),
            (self.clear, "White paper; Undo brings the drawing back."),
        ):
            button.setToolTip(tip)
            button.setAccessibleName(button.text())
            row.addWidget(button)
        for button in (self.pen, self.erase):
            button.setCheckable(True)
            tools.addButton(button)
        return row

    def _fields(self) -> QHBoxLayout:
        for place, (words, preparation, term) in enumerate(_PREPARATIONS):
            self.preparation.addItem(words, preparation)
            self.preparation.setItemData(place, TERMS[term], Qt.ItemDataRole.ToolTipRole)
        # The longest words must not push the grids apart.
        self.preparation.setMinimumContentsLength(6)
        self.preparation.setToolTip(TERMS["preparation"])
        self.preparation.setAccessibleName("Preparation of the drawing")
        self.width_field.setToolTip(TERMS["pen"])
        self.width_field.setAccessibleName("Pen width")
        self.width_field.lineEdit().setTextMargins(4, 0, 0, 0)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.preparation, 1)
        row.addWidget(self.width_field)
        return row

    def _connect(self) -> None:
        session, stack = self._session, self._session.undo_stack
        self.pen.clicked.connect(lambda: session.set_pen(erasing=False))
        self.erase.clicked.connect(lambda: session.set_pen(erasing=True))
        self.width_field.valueChanged.connect(lambda width: session.set_pen(width=width))
        self.undo.clicked.connect(stack.undo)
        self.redo.clicked.connect(stack.redo)
        self.clear.clicked.connect(session.drawing.clear)
        self.preparation.activated.connect(self._choose_preparation)
        stack.canUndoChanged.connect(self.undo.setEnabled)
        stack.canRedoChanged.connect(self.redo.setEnabled)
        self.undo.setEnabled(stack.canUndo())
        self.redo.setEnabled(stack.canRedo())
        session.pen_changed.connect(self._show_pen)
        session.drawing.preparation_changed.connect(self._show_preparation)

    def set_narrow(self, narrow: bool) -> None:
        """Say with signs what there is no room to say in words."""
        self.undo.setText("↶" if narrow else "Undo")
        self.redo.setText("↷" if narrow else "Redo")
        self.width_field.setPrefix("" if narrow else "pen ")
        words = self.fontMetrics().horizontalAdvance(f"{self.width_field.prefix()}4 px")
        self.width_field.setFixedWidth(words + 44)
        # Who asks for the least width now is to hear of this at once.
        for layout in (*self._rows, self._column):
            layout.invalidate()

    def _choose_preparation(self) -> None:
        session, chosen = self._session, self.preparation.currentData()
        session.drawing.set_preparation(chosen)
        learned = session.learned
        if learned.snapshot.step and learned.source.preparation is not chosen:
            words = {kind: words for words, kind, _ in _PREPARATIONS}
            session.noticed.emit(
                f"These weights have learned from images prepared with "
                f"“{words[learned.source.preparation]}”: train them on for the new way."
            )

    def _show_preparation(self) -> None:
        chosen = self._session.drawing.preparation
        self.preparation.setCurrentIndex(list(Preparation).index(chosen))

    def _show_pen(self) -> None:
        self.erase.setChecked(self._session.erasing)
        self.pen.setChecked(not self._session.erasing)
        self.width_field.setValue(self._session.pen_width)


def _keys(standard: QKeySequence.StandardKey) -> str:
    return QKeySequence(standard).toString(QKeySequence.SequenceFormat.NativeText)
