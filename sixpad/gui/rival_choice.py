"""The other digit that ten neurons are to tell the chosen one from: why a 4 and not a 9?"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from sixpad.core.answer import DIGITS
from sixpad.gui.glossary import TERMS
from sixpad.gui.numbers import a, percent
from sixpad.gui.session import Session
from sixpad.gui.theme import SPACE, figures
from sixpad.gui.widgets import ElidedLabel, quiet_label


class RivalChoice(QWidget):
    """“Why a 4 and not” a digit, and how probable the 4 is among the two."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._why = quiet_label()
        self.choice = QComboBox()
        self.choice.setAccessibleName("The digit to compare with")
        self._share = ElidedLabel()
        self._share.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._share.setFont(figures(self._share.font()))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(self._why)
        row.addWidget(self.choice)
        row.addWidget(self._share, 1)
        for widget in (self._why, self.choice, self._share):
            widget.setToolTip(TERMS["rival"])
        self.choice.activated.connect(lambda: session.set_rival(self.choice.currentData()))
        session.question_changed.connect(self._show_question)
        session.figures_changed.connect(self._show_share)
        self._show_question()
        self._show_share()

    def _show_question(self) -> None:
        digit, rival = self._session.question
        self._why.setText(f"Why {a(digit)} and not")
        self.choice.clear()
        self.choice.addItem("–", None)
        for other in range(DIGITS):
            if other != digit:
                self.choice.addItem(a(other), other)
        self.choice.setCurrentIndex(max(self.choice.findData(rival), 0))

    def _show_share(self) -> None:
        P, rival = self._session.evidence.P, self._session.rival
        self._share.setText("" if rival is None else f"of two: {percent(P)}")
