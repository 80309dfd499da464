"""The Data page: where the examples come from, and what they are like."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from sixpad.gui.examples_view import ExamplesView
from sixpad.gui.glossary import TERMS
from sixpad.gui.numbers import count
from sixpad.gui.theme import MARGIN, SPACE
from sixpad.gui.trainer import Trainer
from sixpad.gui.widgets import heading, named, word_buttons


class DataPage(QWidget):
    """Two views: what the network learns from and is measured on, and how handwriting is written.

    The second is made when it is first wanted: the generator takes a moment to import.
    """

    def __init__(self, trainer: Trainer) -> None:
        super().__init__()
        named(self, "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._trainer = trainer
        self.examples = ExamplesView(trainer)
        self.handwriting: QWidget | None = None
        self.views = QStackedWidget()
        self.views.addWidget(self.examples)
        self.which, which = word_buttons(self, ("Examples", "Handwriting"))
        for button, term in zip(self.which.buttons(), ("data", "handwriting"), strict=True):
            button.setToolTip(TERMS[term])
        self.which.idClicked.connect(self.show_view)
        name, self._subtitle, title = heading("Data", "")
        for label in (name, self._subtitle):
            label.setToolTip(TERMS["data"])
        title.addLayout(which)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 12, MARGIN, 12)
        column.setSpacing(SPACE)
        column.addLayout(title)
        column.addWidget(self.views, 1)
        trainer.data.changed.connect(self._show_parts)
        trainer.data.progressed.connect(self._show_progress)
        self._show_parts()

    def show_view(self, index: int) -> None:
        """Show the examples (0) or the handwriting (1)."""
        if index == 1 and self.handwriting is None:
            from sixpad.gui.handwriting_view import HandwritingView

            self.handwriting = HandwritingView(self._trainer)
            self.views.addWidget(self.handwriting)
        self.which.button(index).setChecked(True)
        self.views.setCurrentIndex(index)

    def _show_parts(self) -> None:
        parts = self._trainer.data.parts
        if not parts:
            self._subtitle.setText("preparing the examples …")
            return
        training, validation = parts
        self._subtitle.setText(
            f"{training.name}: {count(len(training))} to train on, "
            f"{count(len(validation))} kept apart for validation"
        )

    def _show_progress(self, share: float) -> None:
        if self._trainer.data.loading or self._trainer.data.parts is None:
            self._subtitle.setText(f"preparing the examples: {share:.0%}")
