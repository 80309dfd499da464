"""Dots: a picture written as an array of colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage


class Dots:
    """An `image` over the array `colors` (rows, columns) of 0xFFRRGGBB: writing it paints.

    It has the screen's own format: any other is converted anew, slowly, at each painting.
    """

    def __init__(self, rows: int, columns: int) -> None:
        self.colors = np.zeros((rows, columns), np.uint32)
        self.image = QImage(
            self.colors.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32
        )  # fmt: skip


def picture(colors: NDArray[np.uint32]) -> QImage:
    """An image of its own from colours 0xFFRRGGBB (rows, columns)."""
    dots = Dots(*colors.shape)
    dots.colors[:] = colors
    return dots.image.copy()
