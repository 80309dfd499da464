"""All units of the stage that is looked into, with what their pictures say."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from sixpad.core.inside import Stage
from sixpad.gui.glossary import TERMS
from sixpad.gui.inside import Inside
from sixpad.gui.theme import SPACE, figures
from sixpad.gui.unit_sheet import UnitSheet
from sixpad.gui.widgets import ElidedLabel, word_buttons

_BY_SHARE = 1
_SCROLL_BAR = 12


class StagePage(QWidget):
    """A sheet of units under the words that explain it, in order or by their share."""

    def __init__(self, inside: Inside, sheet: UnitSheet, *, maps: bool) -> None:
        super().__init__()
        self._of_maps = maps
        self._inside = inside
        self.sheet = sheet
        self._words = ElidedLabel()
        self._words.setFont(figures(self._words.font()))
        self.order, words = word_buttons(self, ("in order", "by share"))
        for button in self.order.buttons():
            button.setToolTip(TERMS["order of units"])
        head = QHBoxLayout()
        head.setSpacing(SPACE)
        head.addWidget(self._words, 1)
        head.addLayout(words)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(sheet)
        self._scroll.setFocusProxy(sheet)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._scroll, 1)
        self.order.idClicked.connect(self.show_stage)
        sheet.cursor_moved.connect(self._scroll_to)
        inside.patch_changed.connect(self._say)
        inside.activity_changed.connect(self._say_anew)
        inside.session.question_changed.connect(self._arrange)
        inside.session.drawing.stroke_ended.connect(self._arrange)

    def show_stage(self) -> None:
        """Show the stage that is looked into."""
        for button in self.order.buttons():
            button.setVisible(not self._answers)
        self._arrange()
        self._say()

    @property
    def _answers(self) -> bool:
        """Whether it is the last stage, whose units are the ten answers."""
        return self._inside.place == len(self._inside.stages) - 1

    def _arrange(self) -> None:
        """Put the units in order; by their share, the largest comes first, for or against."""
        stage = self._inside.stage
        if stage is None or stage.maps != self._of_maps:
            return
        units = np.arange(stage.units)
        if self.order.checkedId() == _BY_SHARE and not self._answers:
            units = np.argsort(-np.abs(self._inside.activity.shares), kind="stable")
        self.sheet.fit_to(QSize(self._scroll.width() - _SCROLL_BAR, self._scroll.height()))
        self.sheet.show_units(units)
        self._say()

    def _say_anew(self) -> None:
        if self._inside.cell is not None and self.isVisible():
            self._say()

    def _say(self, *_: object) -> None:
        """What is seen, or what the cell under the pointer holds and looks at."""
        stage, cell = self._inside.stage, self._inside.cell
        if stage is None or stage.maps != self._of_maps:
            return
        if cell is not None:
            self._words.setText(self._inside.read_out())
            return
        text, terms = self._legend(stage)
        self._words.setText(text)
        self._words.setToolTip("\n".join(TERMS[term] for term in terms))

    def _legend(self, stage: Stage) -> tuple[str, list[str]]:
        """What is seen of each unit, and the terms that explain it."""
        digit, rival = self._inside.session.question
        answer = f"the {digit}" if rival is None else f"{digit} less {rival}"
        if stage.maps:
            terms = ["feature map", "kernel", "pooling", "receptive field", "share"]
            return f"map, kernel, pooled map, share in {answer}", terms
        if self._answers:
            return "what each pixel changes in z, and z", ["slopes", "logit of ten"]
        if stage.sees_pixels:
            terms = ["hidden neuron", "activation", "share"]
            return f"weights, activation, share in {answer}", terms
        terms = ["slopes", "activation", "share"]
        return f"what pixels change in it, activation, share in {answer}", terms

    def _scroll_to(self, cell: QRect) -> None:
        """Keep the unit that the keys have reached in sight."""
        middle = cell.center()
        self._scroll.ensureVisible(middle.x(), middle.y(), 0, cell.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._column.activate()
        self._arrange()
