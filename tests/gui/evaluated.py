"""A look at the Evaluate page for the window's tests: what it shows, and how it is used."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from sixpad.core.evaluation import Evaluation
from sixpad.core.network import ONE, TEN
from sixpad.data import spec
from sixpad.gui.app import App
from sixpad.gui.choice_grid import ChoiceGrid, Place
from sixpad.gui.evaluate_page import EvaluatePage
from sixpad.gui.evaluation_threads import Report
from sixpad.gui.evaluator import Evaluator
from sixpad.gui.main_window import MainWindow
from sixpad.gui.numbers import THIN_SPACE

BOTH = pytest.mark.parametrize("model", [ONE, TEN])
PEN = '.COORD X Y\n.SEGMENT DIGIT 0 OK "6"\n.PEN_DOWN\n 100 100\n 120 160\n 90 200\n.PEN_UP\n'


class Gate:
    """Holds what loads examples back until it is let go."""

    def __init__(self) -> None:
        self.opened, self.reached = Event(), Event()
        self.load = spec.load_sources

    def __call__(self, specs: tuple[str, ...], *rest: Any) -> Any:
        self.reached.set()
        self.opened.wait()
        return self.load(specs, *rest)


def pen_file(folder: Path) -> Path:
    """A UNIPEN file of ten digits."""
    path = folder / "pen.unipen"
    path.write_text(PEN * 10)
    return path


def page_of(window: MainWindow) -> EvaluatePage:
    window.show_page(2)
    page = window.evaluate_page
    assert page is not None
    return page


def evaluated(page: EvaluatePage, app: App) -> bool:
    """Whether what is shown is true to the weights in use."""
    report = page.evaluator.report
    return report is not None and report.subject.parameters is app.session.snapshot.parameters


def found(page: EvaluatePage) -> Evaluation:
    """The evaluation at the threshold that is tried."""
    assert page.view.shown is not None
    return page.view.shown


def texts(page: EvaluatePage) -> str:
    """All words that are seen, with plain spaces."""
    words = [label.text() for label in page.findChildren(QLabel) if label.isVisible()]
    return "\n".join(words).replace(THIN_SPACE, " ")


def in_gallery(page: EvaluatePage) -> list[tuple[int, str, float]]:
    """Truth, answer and its probability of each drawing in the gallery."""
    model = page.gallery.model
    rows = [model.example(row) for row in range(model.rowCount())]
    return [(row.label, row.answer.words, row.answer.P) for row in rows]


def click(grid: ChoiceGrid, row: int, column: int) -> None:
    place = grid.cell_rect(Place(row, column)).center()
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=place)


def choose(page: EvaluatePage, data: str) -> None:
    place = page.data.findData(data)
    page.data.setCurrentIndex(place)
    page.data.activated.emit(place)


def shown(evaluator: Evaluator) -> Report:
    """What is shown now."""
    assert evaluator.report is not None
    return evaluator.report


def rests(evaluator: Evaluator) -> bool:
    """Whether something is shown, and nothing newer on its way."""
    return evaluator.report is not None and not evaluator.busy
