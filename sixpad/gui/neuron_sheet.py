"""The neurons of a stage as heatmaps, with their activation and their share in the answer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QSize, QTimer
from PySide6.QtGui import QPainter

from sixpad.core.grid import SIDE
from sixpad.core.inside import pictures
from sixpad.gui.inside import Inside
from sixpad.gui.numbers import signed
from sixpad.gui.theme import theme
from sixpad.gui.tiles import own_scale, resized
from sixpad.gui.unit_sheet import UnitSheet, signed_bar

# The sides of a heatmap, in device pixels, the largest first; smaller ones show no shape any more.
_SIDES = (*range(24 * SIDE, SIDE, -6), 24, 22, 20, 18)
_THICKEST = 8
_FIND_AGAIN_MILLISECONDS = 50


class NeuronSheet(UnitSheet):
    """Each neuron's picture, under it its activation in ink, and its share for or against.

    The picture is its weights where it sees the pixels, and else what each pixel would change in
    its sum now; every one has its own scale of colour. The last layer's neurons have z, for or
    against, in the place of both.
    """

    def __init__(self, inside: Inside, name: str = "The neurons") -> None:
        super().__init__(inside, name)
        self._heat: dict[int, NDArray[np.uint32]] = {}
        # Pictures that follow the drawing take a while to work out.
        self._again = QTimer(self, singleShot=True, interval=_FIND_AGAIN_MILLISECONDS)
        self._again.timeout.connect(self.refresh)
        inside.activity_changed.connect(self._follow)

    def _follow(self) -> None:
        if not self.isVisible():
            self._image = None
            return
        self.update()
        if not self.stage.sees_pixels and not self._again.isActive():
            self._again.start()

    def tile_size(self, room: QSize) -> QSize:
        sides = [side for side in _SIDES if side <= max(room.width(), SIDE)]
        fitting = (side for side in sides if self.fits(self._tile(side), room))
        # Where they cannot all be seen at once they are as large as small ones are elsewhere.
        least = SIDE * max(round(self.devicePixelRatioF()), 1)
        return self._tile(next(fitting, least))

    def _tile(self, side: int) -> QSize:
        return QSize(side, side + 2 * (2 + _bar(side)))

    def prepare(self, units: NDArray[np.intp]) -> None:
        session = self.inside.session
        found = pictures(
            session.network, session.snapshot.parameters, session.drawing.X, self.stage, units
        )
        dots = theme().heat(own_scale(resized(found, self.tile.width())), 1.0)
        self._heat = dict(zip(units.tolist(), dots, strict=True))

    def write(self, dots: NDArray[np.uint32], unit: int) -> None:
        side, bar = self.tile.width(), _bar(self.tile.width())
        dots[:side] = self._heat[unit]
        if not self._answers:
            dots[side + 2 : side + 2 + bar] = theme().dot("line")
        dots[side + 4 + bar : side + 4 + 2 * bar] = theme().dot("line")

    @property
    def _answers(self) -> bool:
        """Whether these are the neurons that answer."""
        return self.inside.place == len(self.inside.stages) - 1

    def _told(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """The activations and the shares, each as parts of the largest."""
        activity = self.inside.activity
        outputs = activity.outputs
        shares = outputs if self._answers else activity.shares
        farthest = float(np.abs(shares).max()) or 1.0
        return outputs / (float(outputs.max()) or 1.0), shares / farthest

    def paint_over(self, painter: QPainter, units: NDArray[np.intp], first: int) -> None:
        activations, shares = self._told()
        side, bar, text = self.tile.width(), _bar(self.tile.width()), theme().color("text")
        for place, unit in enumerate(units.tolist()):
            corner = self.tile_rect(first + place).topLeft()
            row = QRect(corner.x(), corner.y() + side + 2, side, bar)
            if not self._answers:
                activation = float(activations[unit])
                # Not of what too large steps have made no number either.
                length = round(activation * side) if activation > 0 else 0
                painter.fillRect(QRect(row.topLeft(), QSize(length, bar)), text)
            else:
                painter.setFont(self.font())
                painter.setPen(theme().color("text"))
                painter.drawText(corner + QPoint(3, painter.fontMetrics().ascent() + 1), str(unit))
            signed_bar(painter, row.translated(0, bar + 2), float(shares[unit]))

    def words_of(self, unit: int) -> str:
        activity = self.inside.activity
        if self._answers:
            return f"The answer {unit}: z = {signed(float(activity.outputs[unit]))}"
        return (
            f"Neuron {unit + 1} of {self.stage.units}: activation "
            f"{float(activity.outputs[unit]):.2f}, share {signed(float(activity.shares[unit]))}"
        )


def _bar(side: int) -> int:
    return min(max(side // 10, 3), _THICKEST)
