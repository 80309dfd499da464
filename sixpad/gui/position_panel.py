"""The position maps of all models side by side, with what they mean and the shift pointed at."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRect, Qt, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from sixpad.core.answer import DIGITS
from sixpad.core.network import MODELS
from sixpad.core.position_map import shifted
from sixpad.gui.compare_facts import Facts
from sixpad.gui.compare_words import map_facts, map_line_names
from sixpad.gui.glossary import TERMS
from sixpad.gui.numbers import a
from sixpad.gui.position_maps import PositionMaps
from sixpad.gui.position_view import InkView, PositionLegend, PositionView, Shift
from sixpad.gui.rungs import NAMES, given_to, rung
from sixpad.gui.theme import MARGIN, SPACE
from sixpad.gui.trainer import Trainer
from sixpad.gui.widgets import named, quiet_label

_PREVIEW_SCALE = 3
_HINT = (
    "How probable {digit} is while your drawing slides around, and is not centred again. Weights "
    "of pixels know a digit only where they learned it; kernels search the whole image, so that "
    "convolution knows it in more places."
)


class PositionPanel(QWidget):
    """A map of each model below its column; all mark the same shift, and look at the same digit."""

    def __init__(self, trainer: Trainer, left_width: int) -> None:
        super().__init__()
        self._session = trainer.session
        self.maps = PositionMaps(trainer, self)
        self.views = {model: PositionView(NAMES[model]) for model in MODELS}
        self.figures = {
            model: Facts(f"{NAMES[model]}: the position map in figures") for model in MODELS
        }
        self.digits = QButtonGroup(self)
        self._names = Facts("What the lines are")
        self._shift: Shift | None = None
        self._pointed_in = MODELS[0]
        corner = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        grid = QGridLayout()
        grid.setHorizontalSpacing(MARGIN)
        grid.setVerticalSpacing(SPACE)
        self._below = self._tools(left_width)
        grid.addWidget(self._below, 0, 0, corner)
        grid.addWidget(self._names, 1, 0)
        for place, model in enumerate(MODELS, 1):
            grid.addWidget(self.views[model], 0, place, corner)
            grid.addWidget(self.figures[model], 1, place)
            grid.setColumnStretch(place, 1)
            self.views[model].pointed.connect(partial(self._point, model))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addLayout(self._head(left_width))
        column.addLayout(grid)
        self.digits.idClicked.connect(self._session.set_digit)
        self.maps.changed.connect(self.refresh)
        self._session.drawing.changed.connect(self._show_shift)

    def _head(self, left_width: int) -> QHBoxLayout:
        self._title = named(QLabel("Position map"), "title")
        self._title.setFixedWidth(left_width)
        self._hint = named(QLabel(_HINT, wordWrap=True), "quiet")
        for label in (self._title, self._hint):
            label.setToolTip(TERMS["position map"])
        row = QHBoxLayout()
        row.setSpacing(MARGIN)
        row.addWidget(self._title, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._hint, 1)
        row.addStretch(0)
        return row

    def _tools(self, width: int) -> QWidget:
        digits = QHBoxLayout()
        digits.setSpacing(2)
        for digit in range(DIGITS):
            button = named(QPushButton(str(digit)), "digit")
            button.setCheckable(True)
            button.setToolTip(f"Look at {a(digit)} (Alt+{digit})")
            self.digits.addButton(button, digit)
            digits.addWidget(button)
        self.preview = InkView("The drawing at this shift", _PREVIEW_SCALE)
        self.where = quiet_label()
        self.where.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.legend = PositionLegend()
        for widget in (self.preview, self.where, self.legend):
            widget.setToolTip(TERMS["position map"])
        shown = QHBoxLayout()
        shown.setSpacing(SPACE)
        shown.addWidget(self.preview)
        shown.addWidget(self.where, 1)
        tools = QWidget()
        tools.setFixedWidth(width)
        column = QVBoxLayout(tools)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addLayout(digits)
        column.addLayout(shown)
        column.addWidget(self.legend)
        return tools

    @property
    def told(self) -> bool:
        """Whether there is room for the words about the maps."""
        return self._hint.isVisible()

    def rest(self, width: int, *, told: bool) -> int:
        """The height that all but the maps needs, where they are `width` wide together.

        Where there is little room, the words about the maps are `told` by the pointer alone.
        """
        # The digit with the longest article is not to need another line.
        words, room = _HINT.format(digit=a(8)), QRect(0, 0, width, 1000)
        wrapped = self._hint.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, words)
        self._hint.setVisible(told)
        self._hint.setFixedHeight(wrapped.height())
        head = wrapped.height() if told else self._title.sizeHint().height()
        return head + self._names.sizeHint().height() + 2 * SPACE

    def fit_to(self, side: float) -> int:
        """Make the maps as large as `side` (logical pixels) allows; the height that they take."""
        for view in self.views.values():
            view.fit_to(side)
        return max(self.views[MODELS[0]].height(), self._below.sizeHint().height())

    @Slot()
    def refresh(self) -> None:
        """Show the maps of the digit that is looked at, as they are now."""
        digit = self._session.digit
        self.digits.button(digit).setChecked(True)
        self.legend.show_digit(digit)
        self._names.show_facts(map_line_names(digit))
        self._hint.setText(_HINT.format(digit=a(digit)))
        for model, view in self.views.items():
            found = self.maps.of(rung(self._session, model))
            view.show_map(None if found is None else found.of(digit))
        self._show_shift()

    def _point(self, model: str, shift: Shift | None) -> None:
        self._shift, self._pointed_in = shift, model
        self._show_shift()

    @Slot()
    def _show_shift(self) -> None:
        """Read out the shift that is pointed at, or the drawing where it is."""
        if not self.isVisible():
            return
        session, shift = self._session, self._shift or Shift()
        self.where.setText(shift.words.replace(", ", ",\n"))
        image = given_to(session, rung(session, self._pointed_in))
        self.preview.show_image(shifted(image, *shift))
        for model, view in self.views.items():
            view.show_shift(self._shift)
            found = self.maps.of(rung(session, model))
            facts = map_facts(found, session.digit, shift)
            self.figures[model].show_facts(facts)
            view.setAccessibleDescription(f"{shift.words}: P({session.digit}) {facts[0].value}")
