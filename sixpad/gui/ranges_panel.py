"""The ranges of the handwriting as sliders: how much slants, widths, pens and sizes vary."""

from __future__ import annotations

from dataclasses import replace
from textwrap import fill

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSlider, QWidget

from sixpad.data.handwriting_style import RANGES, RISING, Handwriting, Range
from sixpad.gui.numbers import fixed
from sixpad.gui.theme import figures
from sixpad.gui.widgets import quiet_label

_USUAL = Handwriting()
# Units that are short enough to stand behind each number; the tip tells the others.
_SIGNS = {"degrees": "°", "pixels": "\u2009px"}


class RangesPanel(QWidget):
    """A slider for each range, with its value; `changed` carries the Handwriting they describe."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.handwriting = _USUAL
        self.sliders: dict[str, QSlider] = {}
        self._values: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        for row, (name, limits) in enumerate(RANGES.items()):
            self._add(grid, row, name, limits)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(len(RANGES), 1)
        self.show_handwriting(self.handwriting)

    def _add(self, grid: QGridLayout, row: int, name: str, limits: Range) -> None:
        words = quiet_label(limits.label)
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, round((limits.high - limits.low) / limits.step))
        slider.setPageStep(max(slider.maximum() // 20, 1))
        slider.setAccessibleName(limits.label)
        value = QLabel()
        value.setFont(figures(value.font()))
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        value.setMinimumWidth(value.fontMetrics().horizontalAdvance("−0.000"))
        for widget in (words, slider, value):
            widget.setToolTip(_tip(limits))
        slider.valueChanged.connect(lambda place, name=name: self._moved(name, place))
        self.sliders[name], self._values[name] = slider, value
        grid.addWidget(words, row, 0)
        grid.addWidget(slider, row, 1)
        grid.addWidget(value, row, 2)

    def show_handwriting(self, style: Handwriting) -> None:
        """Set every slider to what a handwriting says."""
        self.handwriting = style
        for name in RANGES:
            self._show(name)

    def _show(self, name: str) -> None:
        limits, value = RANGES[name], getattr(self.handwriting, name)
        slider = self.sliders[name]
        slider.blockSignals(True)
        slider.setValue(round((value - limits.low) / limits.step))
        slider.blockSignals(False)
        decimals = 3 if limits.step < 0.01 else 2 if limits.step < 0.1 else 1
        self._values[name].setText(f"{fixed(value, decimals)}{_SIGNS.get(limits.unit, '')}")

    def _moved(self, name: str, place: int) -> None:
        limits = RANGES[name]
        # Rounded, so that the usual value can be set again exactly.
        value = round(min(limits.low + place * limits.step, limits.high), 6)
        held = self._held(name, value)
        moved = replace(self.handwriting, **{name: held})
        if moved != self.handwriting:
            self.handwriting = moved
            self.changed.emit(moved)
        self._show(name)

    def _held(self, name: str, value: float) -> float:
        """The value, held back by its neighbours where ranges must go up."""
        for rising in RISING:
            if name in rising:
                at = rising.index(name)
                for lower in rising[:at]:
                    value = max(value, getattr(self.handwriting, lower))
                for upper in rising[at + 1 :]:
                    value = min(value, getattr(self.handwriting, upper))
        return value


def _tip(limits: Range) -> str:
    unit = f"\nIn {limits.unit}." if limits.unit in _SIGNS else f"\nShare {limits.unit}."
    return fill(limits.meaning, 56) + (unit if limits.unit else "")
