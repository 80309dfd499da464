"""The live plot of training and validation loss; imported after the window's first paint."""

from __future__ import annotations

from math import log10
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from pyqtgraph.exporters import ImageExporter
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sixpad.gui.numbers import fixed
from sixpad.gui.session import Session
from sixpad.gui.theme import theme

_MEANS_AN_EPOCH = 4
# So deep one can zoom: what is smaller than this are only digits.
_LEAST_EPOCHS, _LEAST_LOSS = 0.05, 1e-3
# Where a loss is zero a logarithm has no place for it.
_FLOOR = 1e-9


class LossPlot(QWidget):
    """Loss over epochs: training in grey, every step and its running mean, validation in ink.

    The wheel zooms, dragging pans, a double click shows all again; the pointer reads both curves.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._plot = pg.PlotWidget()
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
        self._training = item.plot(autoDownsample=True, downsampleMethod="peak", clipToView=True)
        self._mean = item.plot()
        self._validation = item.plot()
        self._end = pg.ScatterPlotItem(size=9, pen=None)
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._read_out = pg.TextItem(anchor=(0, 0))
        for one in (self._end, self._cursor, self._read_out):
            item.addItem(one, ignoreBounds=True)
        self._cursor.hide()
        self._read_out.hide()
        self._moves = pg.SignalProxy(self._plot.scene().sigMouseMoved, 60, slot=self._read)
        self._plot.scene().sigMouseClicked.connect(self._clicked)
        session.history_changed.connect(self.refresh)
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

    def refresh(self) -> None:
        """Draw what the history holds now."""
        curves = self.curves()
        training, validation = curves["training"], curves["validation"]
        self._training.setData(training[:, 0], np.maximum(training[:, 1], _FLOOR))
        mean = running_mean(training, self._session.snapshot.batches // _MEANS_AN_EPOCH)
        self._mean.setData(mean[:, 0], np.maximum(mean[:, 1], _FLOOR))
        self._validation.setData(validation[:, 0], np.maximum(validation[:, 1], _FLOOR))
        self._end.setData(pos=[self._placed(*validation[-1])] if len(validation) else [])

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
        self._cursor.setVisible(seen)
        self._read_out.setVisible(seen)
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


def running_mean(points: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """The means (m, 2) of `length` points (n, 2) after the other, and of the rest at the end."""
    if length < 2 or len(points) <= length:
        return points
    begins = np.arange(0, len(points), length)
    counts = np.diff(begins, append=len(points))[:, None]
    means: NDArray[np.float64] = np.add.reduceat(points, begins) / counts
    return means
