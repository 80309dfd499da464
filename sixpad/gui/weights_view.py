"""The weights W as a heatmap, or the gradient that is about to move them, and its colour bar."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QImage, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sixpad.core.grid import SIDE
from sixpad.gui.grid_view import GridView
from sixpad.gui.numbers import signed
from sixpad.gui.session import Session
from sixpad.gui.theme import figures, theme
from sixpad.gui.widgets import ground, stand_alone


class WeightsView(GridView):
    """W (24, 24) in signed colours; after a single step first its gradient ∂L/∂W.

    Of a deeper network it is what each pixel would change now, and there is no gradient by it.
    """

    mode_changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session, "W, the weights", "A heatmap of 24 by 24 weights.")
        self._gradient_wanted = False
        self._flashing = False
        session.weights_changed.connect(self.refresh)
        session.evidence_changed.connect(self._follow)
        session.network_changed.connect(self.mode_changed)
        session.step_found.connect(self._show_step)
        session.stepped.connect(self._end_step)

    @property
    def shows_gradient(self) -> bool:
        """Whether the gradient stands in the weights' place."""
        return self._gradient_wanted and not self.session.network.deep

    @property
    def limit(self) -> float:
        """The value that gets the full colour."""
        gradient = self.session.gradient
        if self.shows_gradient and gradient is not None:
            return float(np.abs(gradient).max()) or 1.0
        return self.session.weight_limit

    def show_gradient(self, shown: bool) -> None:
        """Show the last step's gradient in the weights' place, until told otherwise."""
        self._flashing = False
        self._gradient_wanted = shown and not self.session.network.deep
        self.refresh()
        self.mode_changed.emit()

    def _follow(self) -> None:
        """What a pixel would change in a deeper network depends on what is drawn."""
        if self.session.network.deep:
            self.refresh()

    def _show_step(self) -> None:
        """Show a step's gradient until the weights have moved by it."""
        flashing = not self.shows_gradient
        self.show_gradient(True)
        self._flashing = flashing

    def _end_step(self) -> None:
        if self._flashing:
            self.show_gradient(False)

    def image(self) -> QImage:
        gradient = self.session.gradient
        if self.shows_gradient:
            values = np.zeros((SIDE, SIDE), np.float32) if gradient is None else gradient
        else:
            values = self.session.weights
        self.dots.colors[:] = theme().heat(values, self.limit)
        return self.dots.image


class ColourBar(QWidget):
    """The colours of a heatmap with the values they stand for."""

    def __init__(self, view: WeightsView) -> None:
        super().__init__()
        self._view = view
        stand_alone(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(10 + 4 + self.fontMetrics().height())
        view.session.progress_changed.connect(self.update)
        view.session.figures_changed.connect(self.update)
        view.mode_changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), ground(self))
        colors = theme()
        ramp = QLinearGradient(0, 0, self.width(), 0)
        for place, name in ((0.0, "negative"), (0.5, "zero"), (1.0, "positive")):
            ramp.setColorAt(place, colors.color(name))
        painter.fillRect(QRectF(0, 0, self.width(), 10), ramp)
        painter.setFont(figures(self.font()))
        painter.setPen(colors.color("quiet"))
        below = QRectF(0, 14, self.width(), self.fontMetrics().height())
        limit = self._view.limit
        align = Qt.AlignmentFlag
        painter.drawText(below, align.AlignLeft, signed(-limit))
        painter.drawText(below, align.AlignHCenter, "0")
        painter.drawText(below, align.AlignRight, signed(limit))
