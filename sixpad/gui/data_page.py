"""The Data page: where the examples come from, and what they are like."""

from __future__ import annotations

from PySide6.QtCore import QDeadlineTimer, Qt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from sixpad.gui.collection import Collection
from sixpad.gui.drawings_view import DrawingsView
from sixpad.gui.examples_view import ExamplesView
from sixpad.gui.glossary import TERMS
from sixpad.gui.numbers import count
from sixpad.gui.sources_view import SourcesView
from sixpad.gui.theme import MARGIN, SPACE
from sixpad.gui.trainer import Trainer
from sixpad.gui.widgets import heading, named, word_buttons


class DataPage(QWidget):
    """Views: what training learns from, what the examples are like, one's drawings, handwriting.

    The last is made when it is first wanted: the generator takes a moment to import.
    """

    SOURCES, EXAMPLES, MINE, HANDWRITING = "Sources", "Examples", "My drawings", "Handwriting"
    _TERMS = (
        (SOURCES, "sources"),
        (EXAMPLES, "data"),
        (MINE, "my drawings"),
        (HANDWRITING, "handwriting"),
    )

    def __init__(self, trainer: Trainer, collection: Collection) -> None:
        super().__init__()
        named(self, "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._trainer = trainer
        self.sources = SourcesView(trainer, collection)
        self.examples = ExamplesView(trainer)
        self.drawings = DrawingsView(trainer, collection)
        self.handwriting: QWidget | None = None
        self.views = QStackedWidget()
        self._made: dict[str, QWidget] = {
            self.SOURCES: self.sources,
            self.EXAMPLES: self.examples,
            self.MINE: self.drawings,
        }
        for view in self._made.values():
            self.views.addWidget(view)
        self._names = [name for name, _ in self._TERMS]
        self.which, which = word_buttons(self, self._names)
        for button, (_, term) in zip(self.which.buttons(), self._TERMS, strict=True):
            button.setToolTip(TERMS[term])
        self.which.idClicked.connect(lambda place: self.show_view(self._names[place]))
        name, self.subtitle, title = heading("Data", "")
        for label in (name, self.subtitle):
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

    @property
    def looked_at(self) -> QWidget:
        """The part over which something may stand for a while: of one's drawings not the bar."""
        mine = self.views.currentWidget() is self.drawings
        return self.drawings.looked_at if mine else self

    def show_view(self, name: str) -> None:
        """Show one of the views, by its name."""
        button = self.which.button(self._names.index(name))
        button.setChecked(True)
        if any(other.hasFocus() for other in self.which.buttons()):
            # The focus on another word would look like a second choice.
            button.setFocus()
        self.views.setCurrentWidget(self._view(name))

    def _view(self, name: str) -> QWidget:
        if name != self.HANDWRITING:
            return self._made[name]
        if self.handwriting is None:
            from sixpad.gui.handwriting_view import HandwritingView

            self.handwriting = HandwritingView(self._trainer)
            self.views.addWidget(self.handwriting)
        return self.handwriting

    def close_threads(self, deadline: QDeadlineTimer) -> bool:
        """End what is on its way; False if it would not end in time."""
        ended = self.sources.download.close(deadline)
        return self.drawings.close_threads(deadline) and ended

    def _show_parts(self) -> None:
        data = self._trainer.data
        parts = data.parts
        if not parts:
            failed = data.trouble and not data.loading
            self.subtitle.setText(data.trouble if failed else "preparing the examples …")
            return
        training, validation = parts
        self.subtitle.setText(
            f"{training.name}: {count(len(training))} to train on, "
            f"{count(len(validation))} kept apart for validation"
        )

    def _show_progress(self, share: float) -> None:
        if self._trainer.data.loading:
            self.subtitle.setText(f"preparing the examples: {share:.0%}")
