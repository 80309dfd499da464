"""One of the networks that are compared: everything about it, under its name."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from sixpad.core.network import ONE, Network
from sixpad.core.sizes import sizes_text
from sixpad.gui.compare_answer_view import CompareAnswerView
from sixpad.gui.compare_facts import Facts
from sixpad.gui.glossary import TERMS
from sixpad.gui.rungs import NAMES
from sixpad.gui.session import Session
from sixpad.gui.theme import SPACE, sized
from sixpad.gui.widgets import ElidedLabel, named


class CompareColumn(QObject):
    """The widgets of one model, for the grid of the page; `train_wanted` asks for its training."""

    train_wanted = Signal(str)

    def __init__(self, session: Session, model: str, parent: QObject) -> None:
        super().__init__(parent)
        self.model = model
        name = NAMES[model]
        self.sizes = ElidedLabel()
        self.title = self._titled(name)
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

    def show_sizes(self, network: Network) -> None:
        """Tell the network of the model by its layers, or by what it looks for."""
        if network.deep:
            words = sizes_text(network.sizes, "×")
        else:
            words = "for the ten digits" if network.digit is None else f"for the {network.digit}"
        self.sizes.setText(words)
        self.sizes.setToolTip(f"{network.title.capitalize()}.\n{TERMS['compare']}")

    def _titled(self, name: str) -> QWidget:
        title = named(QLabel(name), "title")
        title.setToolTip(TERMS["compare"])
        head = QWidget()
        column = QVBoxLayout(head)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(title)
        column.addWidget(self.sizes)
        return head

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
