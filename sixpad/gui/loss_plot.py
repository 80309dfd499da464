"""The live plot of training and validation loss; imported after the window's first paint."""

from __future__ import annotations

from math import ceil, floor, log10
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from pyqtgraph.exporters import ImageExporter
from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, Qt, QTimer
from PySide6.QtWidgets import QGraphicsItem, QVBoxLayout, QWidget

from sixpad.gui.history import History
from sixpad.gui.numbers import fixed
from sixpad.gui.session import Session
from sixpad.gui.theme import theme

_MEANS_AN_EPOCH = 4
# Over so many decades only the powers of ten themselves are ticks.
_FEW_DECADES = 4
# So deep one can zoom: what is smaller than this are only digits.
_LEAST_EPOCHS, _LEAST_LOSS = 0.05, 1e-3
# The share by which a curve grows before it is drawn anew, and how long the rest may wait.
_SEEN_SHARE = 1 / 20
_LATEST_MILLISECONDS = 1000
# Where a loss is zero a logarithm has no place for it.
_FLOOR = 1e-9


class LossPlot(QWidget):
    """Loss over epochs: training in grey, every step and its running mean, validation in ink.

    The wheel zooms, dragging pans, a double click shows all again; the pointer reads both curves.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._plot = pg.PlotWidget(axisItems={"left": LossAxis("left")})
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self.setAccessibleName("Loss while training")
        item = self._plot.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setLabel("bottom", "epoch")
        item.getViewBox().setDefaultPadding(0.02)
        item.getViewBox().setLimits(minXRange=_LEAST_EPOCHS, minYRange=_LEAST_LOSS)
        for side in ("left", "bottom"):
            item.getAxis(side).enableAutoSIPrefix(False)
            # The grid and the figures are costlier to paint than the curves, and change less often.
            item.getAxis(side).setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        item.setDownsampling(auto=True, mode="peak")
        item.setClipToView(True)
        self._training = item.plot()
        self._mean = item.plot()
        self._validation = item.plot()
        self._end = pg.ScatterPlotItem(size=9, pen=None)
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._read_out = pg.TextItem(anchor=(0, 0))
        for one in (self._end, self._cursor, self._read_out):
            item.addItem(one, ignoreBounds=True)
        self._cursor.hide()
        self._read_out.hide()
        scene = self._plot.scene()
        self._moves = pg.SignalProxy(scene.sigMouseMoved, rateLimit=60, slot=self._read)
        scene.sigMouseClicked.connect(self._clicked)
        self._drawn: tuple[History, int] = session.history, 0
        self._later = QTimer(self, interval=_LATEST_MILLISECONDS, singleShot=True)
        self._later.timeout.connect(self.refresh)
        session.history_changed.connect(self._follow)
        self.set_log(False)
        self.refresh_colors()

    def set_log(self, log: bool) -> None:
        """Show the loss on a logarithmic or a linear axis."""
        self.log = log
        self._plot.getPlotItem().setLogMode(x=False, y=log)
        self.show_all()
        self.refresh()

    def show_all(self) -> None:
        """Fit the axes to the curves, and keep them fitted while they grow."""
        self._plot.enableAutoRange()

    def refresh_colors(self) -> None:
        """Take on the colours of the theme."""
        colors = theme()
        self._plot.setBackground(colors.color("panel"))
        for side in ("left", "bottom"):
            axis = self._plot.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(colors.color("line")))
            axis.setTextPen(pg.mkPen(colors.color("quiet")))
            axis.setStyle(tickLength=0)
        self._plot.showGrid(y=True, alpha=0.15)
        self._training.setPen(pg.mkPen(colors.color("line"), width=1))
        self._mean.setPen(pg.mkPen(colors.color("quiet"), width=1.5))
        self._validation.setPen(pg.mkPen(colors.color("text"), width=2))
        self._end.setBrush(pg.mkBrush(colors.color("text")))
        self._cursor.setPen(pg.mkPen(colors.color("quiet"), style=Qt.PenStyle.DashLine))
        self._read_out.setColor(colors.color("text"))

    def curves(self) -> dict[str, NDArray[np.float64]]:
        """Epoch and loss (n, 2) of each curve."""
        history = self._session.history
        return {"training": history.training, "validation": history.validation}

    def _follow(self) -> None:
        """Draw at once what changes the picture, and soon what adds too little to be seen."""
        history, count = self._drawn
        grown = len(self._session.history.training) - count
        ended = self._session.snapshot.stopped is not None
        if history is not self._session.history or abs(grown) > _SEEN_SHARE * count or ended:
            self.refresh()
        elif not self._later.isActive():
            self._later.start()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._show_read_out(False)

    def _show_read_out(self, shown: bool) -> None:
        self._cursor.setVisible(shown)
        self._read_out.setVisible(shown)

    def refresh(self) -> None:
        """Draw what the history holds now."""
        self._show_read_out(False)
        self._later.stop()
        history = self._session.history
        self._drawn = history, len(history.training)
        curves = self.curves()
        training, validation = curves["training"], curves["validation"]
        self._training.setData(training[:, 0], np.maximum(training[:, 1], _FLOOR))
        mean = running_mean(training, self._session.snapshot.batches // _MEANS_AN_EPOCH)
        self._mean.setData(mean[:, 0], np.maximum(mean[:, 1], _FLOOR))
        self._validation.setData(validation[:, 0], np.maximum(validation[:, 1], _FLOOR))
        # A dot at no number makes Qt crash.
        last = validation[-1:][np.isfinite(validation[-1:, 1])]
        self._end.setData(pos=[self._placed(*place) for place in last])
        # The axes fit themselves now: left to the painting, they would have it done twice.
        self._plot.scene().prepareForPaint()

    def _placed(self, x: float, y: float) -> tuple[float, float]:
        return x, log10(max(y, _FLOOR)) if self.log else y

    def _read(self, event: tuple[Any]) -> None:
        """Tell both losses at the pointer."""
        box = self._plot.getPlotItem().getViewBox()
        inside = box.sceneBoundingRect().contains(event[0])
        x = box.mapSceneToView(event[0]).x()
        lines = [f"epoch {x:.2f}"]
        for name, points in self.curves().items():
            if len(points) and points[0, 0] <= x <= points[-1, 0]:
                nearest = int(np.abs(points[:, 0] - x).argmin())
                lines.append(f"{name} {fixed(points[nearest, 1], 4)}")
        seen = inside and len(lines) > 1
        self._show_read_out(seen)
        if seen:
            left, right = box.viewRange()[0]
            self._cursor.setPos(x)
            self._read_out.setAnchor((1, 0) if x > (left + right) / 2 else (0, 0))
            self._read_out.setText("\n".join(lines))
            self._read_out.setPos(x, box.viewRange()[1][1])

    def _clicked(self, event: Any) -> None:
        if event.double():
            self.show_all()

    def png(self) -> bytes:
        """The plot as a PNG picture, twice as large as on the screen."""
        exporter = ImageExporter(self._plot.getPlotItem())
        exporter.parameters()["width"] = 2 * self._plot.width()
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        exporter.export(toBytes=True).save(buffer, "PNG")
        return bytes(data.data())

    def csv(self) -> bytes:
        """Both curves as lines of curve, epoch, loss."""
        lines = ["curve,epoch,loss"]
        for name, points in self.curves().items():
            lines += [f"{name},{epoch:.6g},{loss:.9g}" for epoch, loss in points.tolist()]
        return ("\n".join(lines) + "\n").encode()


class LossAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis whose logarithmic ticks are 1, 2 and 5 of each power of ten."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[Any, list[float]]]:
        """The places of the ticks, by pyqtgraph's own rule where the axis is linear."""
        if not self.logMode:
            ticks: list[tuple[Any, list[float]]] = super().tickValues(low, high, size)
            return ticks
        few = high - low > _FEW_DECADES
        marks = [
            decade + log10(mark)
            for decade in range(floor(low), ceil(high) + 1)
            for mark in ((1,) if few else (1, 2, 5))
        ]
        return [(None, [place for place in marks if low <= place <= high])]

    def tickStrings(self, values: list[float], scale: float, spacing: Any) -> list[str]:
        """The losses as plain numbers."""
        if not self.logMode:
            strings: list[str] = super().tickStrings(values, scale, spacing)
            return strings
        return [f"{10**value:.3g}" for value in values]


def running_mean(points: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """The means (m, 2) of `length` points (n, 2) after the other; the last takes in the rest."""
    if length < 2 or len(points) <= length:
        return points
    begins = np.arange(0, len(points) - length + 1, length)
    counts = np.diff(begins, append=len(points))[:, None]
    means: NDArray[np.float64] = np.add.reduceat(points, begins) / counts
    return means
