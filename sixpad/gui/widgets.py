"""Small helpers that several widgets are made with."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from typing import TypeVar

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QWidget,
)

from sixpad.gui.glossary import TERMS
from sixpad.gui.theme import sized, theme

Kind = TypeVar("Kind", bound=QWidget)

# The names of what the style sheet gives the panel's colour.
_PANELS = ("training", "page")


def named(widget: Kind, name: str) -> Kind:
    """The widget, under the name by which the style sheet knows it."""
    widget.setObjectName(name)
    return widget


def stand_alone(widget: QWidget) -> None:
    """Promise that a widget paints its ground itself, so that nothing beneath is painted for it."""
    widget.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)


def ground(widget: QWidget) -> QColor:
    """The colour of what a widget stands on."""
    above = widget.parentWidget()
    while above is not None and above.objectName() not in _PANELS:
        above = above.parentWidget()
    return theme().color("ground" if above is None else "panel")


def quiet_label(text: str = "") -> QLabel:
    """Words that stand back."""
    return named(QLabel(text), "quiet")


def to_whole_pixels(widget: QWidget) -> QPointF:
    """The way, in device pixels, from a widget's corner to the next whole one."""
    ratio = widget.devicePixelRatioF()
    corner = widget.mapTo(widget.window(), QPoint(0, 0))
    x, y = corner.x() * ratio, corner.y() * ratio
    return QPointF(ceil(x) - x, ceil(y) - y)


class ElidedLabel(QLabel):
    """Quiet words that end in an ellipsis where there is no room; the whole is in the tooltip."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        named(self, "quiet")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def has_room(self, text: str) -> bool:
        """Whether a text can be seen as a whole."""
        return self.fontMetrics().horizontalAdvance(text) <= self.contentsRect().width()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        room = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, self.alignment(), text)


class ElidedBox(QComboBox):
    """A list to choose from, whose choice ends in an ellipsis where there is no room for it."""

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        super().initStyleOption(option)
        style = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(style[0], option, style[1], self).width()
        right = Qt.TextElideMode.ElideRight
        option.currentText = self.fontMetrics().elidedText(option.currentText, right, room)


def word_buttons(parent: QWidget, words: Iterable[str]) -> tuple[QButtonGroup, QHBoxLayout]:
    """Words of which one is chosen, in a row; the group's ids are their places."""
    row = QHBoxLayout()
    row.setSpacing(4)
    group = QButtonGroup(parent)
    for index, word in enumerate(words):
        button = named(QPushButton(word), "word")
        button.setCheckable(True)
        button.setChecked(index == 0)
        group.addButton(button, index)
        row.addWidget(button)
    return group, row


def heading(symbol: str, words: str | QLabel) -> tuple[QLabel, QLabel, QHBoxLayout]:
    """A symbol and plain words after it, on one baseline."""
    first = named(QLabel(symbol), "title")
    second = ElidedLabel(words) if isinstance(words, str) else words
    first.setFont(sized(first.font(), 1.5))
    row = QHBoxLayout()
    row.setSpacing(10)
    row.addWidget(first)
    # The baselines meet where the lower edge of the small words is lifted by the descents' gap.
    lift = first.fontMetrics().descent() - second.fontMetrics().descent()
    second.setContentsMargins(0, 0, 0, max(lift, 0))
    row.addWidget(second, 1, Qt.AlignmentFlag.AlignBottom)
    return first, second, row


def side_by_side(*fields: QWidget) -> QWidget:
    """Fields side by side in one cell."""
    cell = QWidget()
    row = QHBoxLayout(cell)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    for field in fields:
        field.setMinimumWidth(40)
        row.addWidget(field, 1)
    return cell


def choice_of(items: Iterable[tuple[str, object]]) -> QComboBox:
    """A list of words, each with its value, and the sentence of the glossary about it."""
    box = QComboBox()
    for place, (words, value) in enumerate(items):
        box.addItem(words, value)
        box.setItemData(place, TERMS.get(str(value)), Qt.ItemDataRole.ToolTipRole)
    return box
