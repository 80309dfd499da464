"""A hand for the window's tests: it points, draws and types as a person does, cell by cell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from sixpad.gui.equation import Equation
from sixpad.gui.grid_view import GridView
from sixpad.gui.session import Cell, Session

Shown = TypeVar("Shown", bound=QWidget)

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton

# A six in cells, drawn in one stroke: down the stem, then around the loop.
SIX = [
    Cell(2, 15), Cell(4, 13), Cell(7, 10), Cell(11, 8), Cell(15, 8), Cell(18, 9), Cell(20, 12),
    Cell(18, 15), Cell(15, 16), Cell(13, 14), Cell(12, 12), Cell(14, 9),
]  # fmt: skip


def middle(view: GridView, row: int, column: int) -> QPoint:
    """The middle of a cell, in the widget's own coordinates."""
    return view.cell_rect(row, column).center() / view.devicePixelRatioF()


def point(view: GridView, row: int, column: int) -> None:
    """Move the pointer to a cell."""
    QTest.mouseMove(view, middle(view, row, column))


def leave(view: QWidget) -> None:
    """Take the pointer away."""
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))


def stroke(view: GridView, cells: Iterable[tuple[int, int]], button: Qt.MouseButton = LEFT) -> None:
    """Press at the first cell, move over the others in straight lines, and let go at the last."""
    first, *others = [middle(view, *cell) for cell in cells]
    QTest.mousePress(view, button, pos=first)
    for place in others:
        QTest.mouseMove(view, place)
    QTest.mouseRelease(view, button, pos=(others or [first])[-1])


RGB = QImage.Format.Format_RGB888


def picture(widget: QWidget) -> QImage:
    """What the widget shows, dot by dot."""
    return widget.grab().toImage()


def painted(widget: QWidget) -> QImage:
    """What was painted so far, without asking for a repaint as `picture` does."""
    QTest.qWait(1)
    return widget.screen().grabWindow(widget.winId()).toImage().convertToFormat(RGB)


def tone(view: GridView, row: int, column: int) -> str:
    """The colour, as #rrggbb, that is seen in the middle of a cell."""
    return color_at(picture(view), view.cell_rect(row, column).center())


def color_at(image: QImage, place: QPoint) -> str:
    """The colour of one dot of a picture, as #rrggbb."""
    return QColor(image.pixel(place)).name()


def teach(session: Session, seed: int = 1) -> None:
    """Give the neuron weights and a bias as a training would, but at random."""
    generator = np.random.default_rng(seed)
    parameters = {
        name: generator.normal(0, 0.4, shape).astype(np.float32)
        for name, shape in session.network.shapes().items()
    }
    session.set_snapshot(replace(session.snapshot, parameters=parameters, step=1))


def prepare(equation: Equation, words: str) -> None:
    """Choose how the drawing is prepared, by the words of the list under the canvas."""
    box = equation.tools.preparation
    box.setCurrentIndex(box.findText(words))
    box.activated.emit(box.currentIndex())


def on_screen(qtbot: QtBot, widget: Shown, width: int, height: int) -> Shown:
    """The widget alone on the screen, in this size."""
    qtbot.addWidget(widget)
    widget.resize(width, height)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def channels(colors: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Red, green and blue (…, 3) of colours 0xFFRRGGBB; they hide nothing of what lies beneath."""
    assert (np.asarray(colors) >> 24 == 0xFF).all()
    return np.stack([colors >> shift & 0xFF for shift in (16, 8, 0)], axis=-1)
