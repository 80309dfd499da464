"""One of the networks that are compared: everything about it, under its name."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from sixpad.core.network import ONE
from sixpad.gui.compare_answer_view import CompareAnswerView
from sixpad.gui.compare_facts import Facts
from sixpad.gui.glossary import TERMS
from sixpad.gui.rungs import NAMES
from sixpad.gui.session import Session
from sixpad.gui.theme import SPACE, sized
from sixpad.gui.widgets import named

_TITLE_LINES = 2


class CompareColumn(QObject):
    """The widgets of one model, for the grid of the page; `train_wanted` asks for its training."""

    train_wanted = Signal(str)

    def __init__(self, session: Session, model: str, parent: QObject) -> None:
        super().__init__(parent)
        self.model = model
        name = NAMES[model]
        self.title = named(QLabel(wordWrap=True), "title")
        self.title.setAlignment(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft)
        self.title.setFixedHeight(_TITLE_LINES * self.title.fontMetrics().height())
        self.title.setToolTip(TERMS["compare"])
        self.answer = CompareAnswerView(session, name, ten=model != ONE)
        self.train = QPushButton("Train")
        self.train.setAccessibleName(f"Train: {name}")
        self.train.setToolTip(TERMS["train one rung"])
        self.train.clicked.connect(lambda: self.train_wanted.emit(model))
        self.state = QLabel()
        self.stack = QStackedWidget()
        self.stack.addWidget(self._untrained())
        self.stack.addWidget(self.answer)
        self.facts = Facts(f"{name}: scores, size and training")

    def _untrained(self) -> QWidget:
        self.state.setFont(sized(self.state.font(), 1.25))
        self.state.setToolTip(TERMS["train one rung"])
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(self.state)
        column.addWidget(self.train, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        return page
