"""The other digit that ten neurons are to tell the chosen one from: why a 4 and not a 9?"""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from sixpad.core.answer import DIGITS
from sixpad.gui.glossary import TERMS
from sixpad.gui.numbers import percent
from sixpad.gui.session import Session
from sixpad.gui.theme import SPACE, figures
from sixpad.gui.widgets import quiet_label


class RivalChoice(QWidget):
    """“Why a 4 and not” a digit, and how probable the 4 is among the two."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._why = quiet_label()
        self.choice = QComboBox()
        self.choice.setAccessibleName("The digit to compare with")
        self._share = QLabel()
        self._share.setFont(figures(self._share.font()))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(self._why)
        row.addWidget(self.choice)
        row.addStretch(1)
        row.addWidget(self._share)
        for widget in (self._why, self.choice, self._share):
            widget.setToolTip(TERMS["rival"])
        self.choice.activated.connect(lambda: session.set_rival(self.choice.currentData()))
        session.question_changed.connect(self._show_question)
        session.evidence_changed.connect(self._show_share)
        self._show_question()
        self._show_share()

    def _show_question(self) -> None:
        digit, rival = self._session.question
        self._why.setText(f"Why a {digit} and not")
        self.choice.clear()
        self.choice.addItem("–", None)
        for other in range(DIGITS):
            if other != digit:
                self.choice.addItem(f"a {other}", other)
        self.choice.setCurrentIndex(max(self.choice.findData(rival), 0))

    def _show_share(self) -> None:
        digit, rival = self._session.question
        P = self._session.evidence.P
        told = "" if rival is None else f"{digit}: {percent(P)}"
        self._share.setText(told)
