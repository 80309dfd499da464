"""The Data page: where the examples come from, and what they are like."""

from __future__ import annotations

from PySide6.QtCore import QDeadlineTimer, Qt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from sixpad.gui.examples_view import ExamplesView
from sixpad.gui.glossary import TERMS
from sixpad.gui.numbers import count
from sixpad.gui.sources_view import SourcesView
from sixpad.gui.theme import MARGIN, SPACE
from sixpad.gui.trainer import Trainer
from sixpad.gui.widgets import heading, named, word_buttons


class DataPage(QWidget):
    """Views: what training learns from, what the examples are like, how handwriting is written.

    The last is made when it is first wanted: the generator takes a moment to import.
    """

    SOURCES, EXAMPLES, HANDWRITING = "Sources", "Examples", "Handwriting"
    _TERMS = ((SOURCES, "sources"), (EXAMPLES, "data"), (HANDWRITING, "handwriting"))

    def __init__(self, trainer: Trainer) -> None:
        super().__init__()
        named(self, "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._trainer = trainer
        self.sources = SourcesView(trainer)
        self.examples = ExamplesView(trainer)
        self.handwriting: QWidget | None = None
        self.views = QStackedWidget()
        for view in (self.sources, self.examples):
            self.views.addWidget(view)
        self._names = [name for name, _ in self._TERMS]
        self.which, which = word_buttons(self, self._names)
        for button, (_, term) in zip(self.which.buttons(), self._TERMS, strict=True):
            button.setToolTip(TERMS[term])
        self.which.idClicked.connect(lambda place: self.show_view(self._names[place]))
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

    def show_view(self, name: str) -> None:
        """Show SOURCES, EXAMPLES or HANDWRITING."""
        self.which.button(self._names.index(name)).setChecked(True)
        self.views.setCurrentWidget(self._view(name))

    def _view(self, name: str) -> QWidget:
        if name != self.HANDWRITING:
            return self.sources if name == self.SOURCES else self.examples
        if self.handwriting is None:
            from sixpad.gui.handwriting_view import HandwritingView

            self.handwriting = HandwritingView(self._trainer)
            self.views.addWidget(self.handwriting)
        return self.handwriting

    def close_threads(self, deadline: QDeadlineTimer) -> bool:
        """End what is on its way; False if it would not end in time."""
        return self.sources.download.close(deadline)

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
