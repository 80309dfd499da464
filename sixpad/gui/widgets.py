"""Small helpers that several widgets are made with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QWidget

from sixpad.gui.theme import sized

Kind = TypeVar("Kind", bound=QWidget)


def named(widget: Kind, name: str) -> Kind:
    """The widget, under the name by which the style sheet knows it."""
    widget.setObjectName(name)
    return widget


def quiet_label(text: str = "") -> QLabel:
    """Words that stand back."""
    return named(QLabel(text), "quiet")


def word_buttons(words: Iterable[str]) -> tuple[QButtonGroup, QHBoxLayout]:
    """Words of which one is chosen, in a row; the group's ids are their places."""
    row = QHBoxLayout()
    row.setSpacing(4)
    group = QButtonGroup()
    for index, word in enumerate(words):
        button = named(QPushButton(word), "word")
        button.setCheckable(True)
        button.setChecked(index == 0)
        group.addButton(button, index)
        row.addWidget(button)
    return group, row


def heading(symbol: str, words: str) -> tuple[QLabel, QLabel, QHBoxLayout]:
    """A symbol and plain words after it, on one baseline."""
    first, second = named(QLabel(symbol), "title"), quiet_label(words)
    first.setFont(sized(first.font(), 1.5))
    row = QHBoxLayout()
    row.setSpacing(10)
    row.addWidget(first)
    # The baselines meet where the lower edge of the small words is lifted by the descents' gap.
    lift = first.fontMetrics().descent() - second.fontMetrics().descent()
    second.setContentsMargins(0, 0, 0, max(lift, 0))
    row.addWidget(second, 1, Qt.AlignmentFlag.AlignBottom)
    return first, second, row
