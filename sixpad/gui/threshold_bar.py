"""The decision threshold of the single neuron as a slider, with a mark where F1 is best."""

from __future__ import annotations

from math import isfinite

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QToolTip,
    QWidget,
)

from sixpad.core.metrics import THRESHOLD
from sixpad.core.ranking import Curve
from sixpad.gui.glossary import TERMS
from sixpad.gui.numbers import fixed
from sixpad.gui.theme import SPACE, figures, theme
from sixpad.gui.widgets import named

# The slider's steps from 0 to 1.
STEPS = 100
_NEAR = 6
_MARK = 4


class ThresholdBar(QWidget):
    """Words, the slider, its value, and a button that sets it back; `changed` carries the value."""

    changed = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        words = QLabel("Yes above")
        words.setToolTip(TERMS["threshold"])
        self.slider = _MarkedSlider()
        self._value = QLabel()
        self._value.setToolTip(TERMS["threshold"])
        self._value.setFont(figures(self.font()))
        self._value.setFixedWidth(self._value.fontMetrics().horizontalAdvance("0.00") + 2)
        self.back = named(QPushButton(f"back to {THRESHOLD:g}"), "word")
        self.back.setToolTip(f"The Draw page says yes above {THRESHOLD:g}, whatever is tried here.")
        self.back.clicked.connect(self._set_back)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(words)
        row.addWidget(self._value)
        row.addWidget(self.slider, 1)
        row.addWidget(self.back)
        self.slider.valueChanged.connect(self._moved)
        self.set_threshold(THRESHOLD)
        self._moved()

    @property
    def threshold(self) -> float:
        """The probability above which the answer is taken for a yes."""
        return self.slider.value() / STEPS

    def set_threshold(self, threshold: float) -> None:
        """Move the slider to the step nearest to this threshold."""
        self.slider.setValue(round(threshold * STEPS))

    def show_best(self, curve: Curve) -> None:
        """Mark the step at which F1 is best."""
        self.slider.set_best(*best_threshold(curve))

    def _set_back(self) -> None:
        # The button goes out with this: the keys stay where they can go on.
        self.slider.setFocus()
        self.set_threshold(THRESHOLD)

    def _moved(self) -> None:
        self._value.setText(f"{self.threshold:.2f}")
        self.back.setEnabled(self.threshold != THRESHOLD)
        self.changed.emit(self.threshold)


class _MarkedSlider(QSlider):
    """A slider over the threshold, with a small mark over the step where F1 is best."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._best, self._f1 = THRESHOLD, float("nan")
        self.setRange(0, STEPS)
        self.setPageStep(STEPS // 10)
        self.setAccessibleName("Decision threshold")
        self.setToolTip(TERMS["threshold"])

    def set_best(self, threshold: float, f1: float) -> None:
        """Mark this threshold, where F1 is `f1`."""
        if (threshold, f1) != (self._best, self._f1):
            self._best, self._f1 = threshold, f1
            self.setAccessibleDescription(self._words())
            self.update()

    def _words(self) -> str:
        return f"Best F1 here, {fixed(self._f1)}, at {self._best:.2f}."

    def _groove(self) -> QRect:
        """Where the middle of the handle can be."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        style, slider = self.style(), QStyle.ComplexControl.CC_Slider
        groove = style.subControlRect(slider, option, QStyle.SubControl.SC_SliderGroove, self)
        handle = style.subControlRect(slider, option, QStyle.SubControl.SC_SliderHandle, self)
        half = handle.width() // 2
        return groove.adjusted(half, 0, -half, 0)

    def mark_x(self) -> float:
        """Where the mark stands."""
        groove = self._groove()
        return groove.left() + self._best * groove.width()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not isfinite(self._f1):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color("quiet"))
        x, y = self.mark_x(), self.height()
        painter.drawPolygon(
            QPolygonF([QPointF(x - _MARK, y), QPointF(x + _MARK, y), QPointF(x, y - _MARK)])
        )

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            near = isfinite(self._f1) and abs(event.pos().x() - self.mark_x()) <= _NEAR
            told = self._words() if near else TERMS["threshold"]
            QToolTip.showText(event.globalPos(), told, self)
            return True
        return super().event(event)


def best_threshold(curve: Curve) -> tuple[float, float]:
    """The slider's step with the best F1, the nearest to the middle of equals, and that F1.

    F1 is NaN where no example is of the digit.
    """
    steps = np.arange(STEPS + 1) / STEPS
    # How many of the curve's thresholds, which fall, are above each step.
    above = np.searchsorted(-curve.thresholds, -steps, side="left")
    if not len(curve.recall) or not curve.recall[-1]:
        return THRESHOLD, float("nan")
    precision = np.concatenate([[0.0], curve.precision])[above]
    recall = np.concatenate([[0.0], curve.recall])[above]
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    best = np.nonzero(f1 == f1.max())[0]
    at = best[np.abs(steps[best] - THRESHOLD).argmin()]
    return float(steps[at]), float(f1[at])
