"""The precision-recall curve of the single neuron, and the point of a threshold on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from sixpad.core.ranking import Curve
from sixpad.gui.glossary import TERMS
from sixpad.gui.numbers import fixed
from sixpad.gui.theme import figures, theme

_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_DOT = 5
_GAP = 6
_LEAST_SIDE = 120


class CurveView(QWidget):
    """Precision over recall, both from 0 to 1; pressing on it asks for the threshold there.

    `threshold_wanted` carries the threshold at which so much is found.
    """

    threshold_wanted = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._curve: Curve | None = None
        self._point: tuple[float, float] | None = None
        self.setAccessibleName("Precision-recall curve")
        self.setToolTip(TERMS["precision-recall curve"])
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(300, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_SIDE + 60, _LEAST_SIDE)

    def show_curve(self, curve: Curve) -> None:
        """Draw this curve."""
        self._curve = curve
        self.update()

    def show_point(self, recall: float, precision: float) -> None:
        """Mark a point, if there is anything to recall.

        Where nothing is taken there is no precision, and it counts as 1.
        """
        point = None
        if np.isfinite(recall):
            point = recall, precision if np.isfinite(precision) else 1.0
        if point != self._point:
            self._point = point
            self.setAccessibleDescription(f"precision {fixed(precision)}, recall {fixed(recall)}")
            self.update()

    def plot(self) -> QRectF:
        """Where recall and precision from 0 to 1 lie in the widget."""
        metrics = self.fontMetrics()
        left = metrics.horizontalAdvance("0.00") + _GAP
        below = 2 * metrics.height() + _GAP
        above = metrics.height() + _GAP
        return QRectF(left, above, self.width() - left - _DOT - 2, self.height() - above - below)

    def _place(self, recall: float, precision: float) -> QPointF:
        plot = self.plot()
        return QPointF(
            plot.left() + recall * plot.width(), plot.bottom() - precision * plot.height()
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint_axes(painter)
        if self._curve is None:
            return
        colors = theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colors.color("text"), 1.75))
        painter.drawPolyline(self._line(self._curve))
        if self._point:
            at = self._place(*self._point)
            painter.setPen(QPen(colors.color("ground"), 2))
            painter.setBrush(colors.color("text"))
            painter.drawEllipse(at, _DOT + 1, _DOT + 1)

    def _line(self, curve: Curve) -> QPolygonF:
        """The curve by the dots of the screen: as many points as can be told apart."""
        plot = self.plot()
        x = plot.left() + np.concatenate([[0.0], curve.recall]) * plot.width()
        y = plot.bottom() - np.concatenate([curve.precision[:1], curve.precision]) * plot.height()
        near: NDArray[np.float64] = np.rint(2 * np.column_stack([x, y])) / 2
        new = np.ones(len(near), np.bool_)
        new[1:] = (np.diff(near, axis=0) != 0).any(axis=1)
        return QPolygonF([QPointF(*point) for point in near[new].tolist()])

    def _paint_axes(self, painter: QPainter) -> None:
        colors, plot = theme(), self.plot()
        painter.setFont(figures(self.font()))
        height = self.fontMetrics().height()
        align = Qt.AlignmentFlag
        for tick in _TICKS:
            y = round(self._place(0, tick).y())
            painter.setPen(colors.color("line"))
            painter.drawLine(round(plot.left()), y, round(plot.right()), y)
            painter.setPen(colors.color("quiet"))
            beside = QRectF(0, y - height / 2, plot.left() - _GAP, height)
            painter.drawText(beside, align.AlignRight | align.AlignVCenter, f"{tick:g}")
            at = self._place(tick, 0)
            middle = align.AlignRight if tick == 1 else align.AlignHCenter
            right = plot.right() + _DOT if tick == 1 else at.x() + 30
            below = QRectF(at.x() - 30, plot.bottom() + 2, right - at.x() + 30, height)
            painter.drawText(below, middle, f"{tick:g}")
        under = QRectF(plot.left(), plot.bottom() + height + 2, plot.width(), height)
        painter.drawText(under, align.AlignHCenter, "recall")
        over = QRectF(0, 0, self.width(), height)
        painter.drawText(over, align.AlignLeft, "precision")

    def _nearest(self, x: float) -> int | None:
        """The place on the curve where the recall is nearest to that under the pointer."""
        if self._curve is None or not len(self._curve.recall):
            return None
        plot = self.plot()
        recall = (x - plot.left()) / max(plot.width(), 1)
        return int(np.abs(self._curve.recall - recall).argmin())

    def _ask(self, event: QMouseEvent) -> None:
        at = self._nearest(event.position().x())
        if at is not None and self._curve is not None:
            self.threshold_wanted.emit(float(self._curve.thresholds[at]))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._ask(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        # Moves come only while a button is held.
        self._ask(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._tip(event.pos().x()), self)
            return True
        return super().event(event)

    def _tip(self, x: int) -> str:
        at = self._nearest(x)
        if at is None or self._curve is None or not self.plot().left() <= x:
            return self.toolTip()
        return (
            f"From {fixed(self._curve.thresholds[at])} on: "
            f"precision {fixed(self._curve.precision[at])}, recall {fixed(self._curve.recall[at])}."
            f"\n{self.toolTip()}"
        )
