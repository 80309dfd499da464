"""The header of the window: the menus, the pages, and the models."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenuBar, QPushButton, QWidget

from sixpad.gui.glossary import TERMS
from sixpad.gui.menus import PAGE_KEYS
from sixpad.gui.rungs import NAMES
from sixpad.gui.session import Session
from sixpad.gui.theme import MARGIN
from sixpad.gui.widgets import named, word_buttons

_MODELS = tuple(NAMES)
_PAGES = (
    ("Draw", "Draw a digit and train the network"),
    ("Data", "Mix the examples to train on, and look through them"),
    ("Evaluate", "See what the network gets right, and what wrong"),
    ("Compare", "See all models side by side, from one neuron to convolution"),
)


class Header(QWidget):
    """The menu bar, a tab for each page, a word for each model.

    `page_wanted` carries the place of a page.
    """

    page_wanted = Signal(int)

    def __init__(self, session: Session) -> None:
        super().__init__()
        named(self, "header")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self.bar = QMenuBar()
        self.bar.setNativeMenuBar(False)
        self.tabs = QButtonGroup(self)
        self.models, models = word_buttons(self, NAMES.values())
        for button in self.models.buttons():
            button.setToolTip(TERMS["model"])
        sides = QWidget(), QWidget()
        left, right = QHBoxLayout(sides[0]), QHBoxLayout(sides[1])
        left.setContentsMargins(0, 0, 0, 0)
        right.setContentsMargins(0, 0, MARGIN, 0)
        left.addWidget(self.bar)
        left.addStretch(1)
        right.addStretch(1)
        right.addLayout(models)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(sides[0], 1)
        for index, (name, tip) in enumerate(_PAGES):
            tab = named(QPushButton(name), "tab")
            tab.setCheckable(True)
            tab.setChecked(index == 0)
            tab.setToolTip(f"{tip} ({PAGE_KEYS[index]})")
            self.tabs.addButton(tab, index)
            row.addWidget(tab)
        row.addWidget(sides[1], 1)
        self.tabs.idClicked.connect(self.page_wanted)
        self.models.idClicked.connect(lambda index: session.set_model(_MODELS[index]))
        session.network_changed.connect(self._show_model)
        self._show_model()

    def _show_model(self) -> None:
        self.models.button(_MODELS.index(self._session.model)).setChecked(True)
