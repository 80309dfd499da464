"""Which of a person's own drawings are shown, and in which order: the choice, in two lines."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from sixpad.core.answer import DIGITS
from sixpad.data.drawing_choice import (
    ANY,
    DOUBTFUL,
    NEWEST,
    OLDEST,
    RIGHT,
    SURE,
    UNSURE,
    WRONG,
    Choice,
)
from sixpad.data.drawing_table import DrawingTable
from sixpad.gui.glossary import TERMS
from sixpad.gui.label_filter import LabelFilter
from sixpad.gui.numbers import a, count
from sixpad.gui.own_tiles import SOURCE_WORDS
from sixpad.gui.theme import SPACE
from sixpad.gui.widgets import ElidedLabel, choice_of

_SOURCES = (("All sources", None), *((words, key) for key, words in SOURCE_WORDS.items()))
_ANSWERS = (("Right or wrong", ANY), ("Answered right", RIGHT), ("Answered wrong", WRONG))
_ORDERS = (
    ("Newest first", NEWEST),
    ("Oldest first", OLDEST),
    ("Least sure first", UNSURE),
    ("Surest first", SURE),
    ("Likely wrong labels first", DOUBTFUL),
)


class DrawingFilters(QWidget):
    """The labels with their counts, and lists to choose from; `changed` when a person chooses.

    `told` has the words that stand after the lists.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._digit: int | None = None
        self.labels = LabelFilter()
        self.source = choice_of(_SOURCES)
        self.answer = QComboBox()
        self.deleted = choice_of((("In use", False), ("Deleted", True)))
        self.order = choice_of(_ORDERS)
        self.told = ElidedLabel()
        self.told.setToolTip(TERMS["my drawings"])
        self.deleted.setMinimumContentsLength(len(f"Deleted: {count(100_000)}"))
        self.set_digit(None)
        boxes = QHBoxLayout()
        boxes.setSpacing(SPACE)
        for box, words, term in (
            (self.source, "Source", "source of a drawing"),
            (self.answer, "Answer", "answer to a drawing"),
            (self.deleted, "In use or deleted", "deleted drawings"),
            (self.order, "Order", "order of drawings"),
        ):
            box.setAccessibleName(words)
            box.setToolTip(TERMS[term])
            box.activated.connect(lambda _index: self.changed.emit())
            boxes.addWidget(box)
        doubtful = self.order.findData(DOUBTFUL)
        self.order.setItemData(doubtful, TERMS["likely wrong labels"], Qt.ItemDataRole.ToolTipRole)
        self.labels.changed.connect(self.changed)
        boxes.addSpacing(SPACE)
        boxes.addWidget(self.told, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(self.labels, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(boxes)

    @property
    def choice(self) -> Choice:
        """What the person wants to see."""
        return Choice(
            self.labels.labels, self.source.currentData(), self.answer.currentData(),
            self.deleted.currentData(), self.order.currentData(),
        )  # fmt: skip

    def choose(self, choice: Choice) -> None:
        """Choose this, without telling of it."""
        self.labels.choose(choice.labels)
        for box, value in (
            (self.source, choice.source), (self.answer, choice.answer),
            (self.deleted, choice.deleted), (self.order, choice.order),
        ):  # fmt: skip
            box.setCurrentIndex(max(box.findData(value), 0))

    def set_digit(self, digit: int | None) -> None:
        """Offer what a neuron for this digit can answer, or ten of them where it is None.

        What was chosen stays where the words for it do.
        """
        before = self.answer.currentData()
        if (digit is None) != (self._digit is None) and isinstance(before, int):
            before = ANY
        self._digit = digit
        self.answer.clear()
        if digit is None:
            taken = tuple((f"Taken for {a(said)}", said) for said in range(DIGITS))
        else:
            taken = (f"Taken for {a(digit)}", 1), (f"Not taken for {a(digit)}", 0)
        for words, value in (*_ANSWERS, *taken):
            self.answer.addItem(words, value)
        self.answer.setCurrentIndex(max(self.answer.findData(before), 0))
        self.labels.set_digit(digit)

    def show_counts(self, table: DrawingTable) -> None:
        """Show how many drawings there are with each label, in use or deleted as is chosen."""
        self.labels.show_counts(table.counts(deleted=self.deleted.currentData()))
        number = sum(table.counts(deleted=True))
        self.deleted.setItemText(1, f"Deleted: {count(number)}" if number else "Deleted")
