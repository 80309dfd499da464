"""Every term on the screen explains itself in one sentence under the pointer."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from desk import Desk, Until
from hand import teach
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QToolTip,
    QWidget,
)

import sixpad.gui
from sixpad.core.network import MODELS
from sixpad.gui.app import App
from sixpad.gui.choice_grid import Place
from sixpad.gui.compare_facts import Facts
from sixpad.gui.data_page import DataPage
from sixpad.gui.figure_rows import FigureRows
from sixpad.gui.glossary import TERMS
from sixpad.gui.main_window import MainWindow
from sixpad.gui.network_strip import NetworkStrip
from sixpad.gui.session import Cell

EXPLAINED = (QLabel, QAbstractButton, QAbstractSpinBox, QComboBox)
# Signs of the equation, which stand between what is explained, and whole sentences.
UNEXPLAINED = {"×", "=", "Σ", "→", "Press Train and watch the loss fall here.", "320 shown"}


@pytest.fixture
def app(desk: Desk) -> App:
    """The window with all that can be seen in it, the numbers and the Data page too."""
    app = desk.start()
    app.session.set_numbers(True)
    app.window.show_page(1)
    data_page = app.window.pages.currentWidget()
    assert isinstance(data_page, DataPage)
    data_page.show_view(data_page.HANDWRITING)
    return app


def tip(widget: QWidget | None) -> str:
    """What is told under the pointer: a widget without words leaves it to the one around it."""
    while widget is not None:
        if widget.toolTip():
            return widget.toolTip()
        widget = widget.parentWidget()
    return ""


def words(widget: QWidget) -> str:
    if isinstance(widget, QLabel | QAbstractButton):
        return str(widget.text())
    return widget.accessibleName() or widget.objectName() or type(widget).__name__


def silent_words(window: MainWindow) -> list[str]:
    """What is seen and asked about, and says nothing."""
    silent = []
    for widget in window.findChildren(QWidget):
        asked = isinstance(widget, EXPLAINED) and widget.isVisible() and words(widget)
        if asked and words(widget) not in UNEXPLAINED and not tip(widget):
            silent.append(words(widget))
    return silent


def show_evaluation(window: MainWindow, until: Until, model: str) -> None:
    """Show what a network of this kind, which has learned something, scores."""
    window.session.set_model(model)
    teach(window.session)
    window.show_page(2)
    page = window.evaluate_page
    assert page is not None
    until(lambda: page.view.shown is not None and page.view.shown.network == window.session.network)


def show_data(window: MainWindow, name: str) -> None:
    window.show_page(1)
    assert window.data_page is not None
    window.data_page.show_view(name)


def test_every_word_and_field_explains_itself(window: MainWindow, until: Until) -> None:
    silent = []
    window.session.point_at(Cell(12, 12))
    shows = [partial(window.show_page, page) for page in (0, 1, 3)]
    shows += [partial(show_evaluation, window, until, model) for model in MODELS]
    data_page = window.data_page
    assert data_page is not None
    names = (data_page.SOURCES, data_page.EXAMPLES)
    shows += [lambda name=name: show_data(window, name) for name in names]
    for show in shows:
        show()
        silent += silent_words(window)
    for model in MODELS:
        window.session.set_model(model)
        for _ in look_inside(window):
            silent += silent_words(window)
    window.band.panel.augment.click()
    silent += silent_words(window)
    assert silent == []


def test_every_figure_explains_itself(window: MainWindow) -> None:
    window.show_page(0)
    rows = [rows for rows in window.findChildren(FigureRows) if rows.isVisible()]
    assert len(rows) == 3
    for figures in rows:
        seen = set()
        for y in range(0, figures.height(), 4):
            at = QPoint(10, y)
            QToolTip.hideText()
            event = QHelpEvent(QEvent.Type.ToolTip, at, figures.mapToGlobal(at))
            QApplication.sendEvent(figures, event)
            seen.add(QToolTip.text())
        QToolTip.hideText()
        terms = {TERMS[row.term] for row in figures._rows if row}
        assert terms <= seen


def test_every_term_is_found_on_the_screen(window: MainWindow, until: Until) -> None:
    """A sentence that nothing shows is a term that lost its place."""
    found = told(window)
    window.equation.weights.show_gradient(True)
    found |= told(window)
    window.session.set_model("ten")
    found |= told(window)
    window.session.set_rival(3)
    found |= told(window)
    for model in MODELS:
        show_evaluation(window, until, model)
        found |= told(window)
        for _ in look_inside(window):
            found |= told(window)
    window.show_page(3)
    window.band.panel.augment.click()
    found |= told(window)
    whole = "\n".join(found)
    assert [term for term, sentence in TERMS.items() if sentence not in whole] == []


def look_inside(window: MainWindow) -> Iterator[None]:
    """Show each stage of the network in use and one of its units, one after the other."""
    window.show_page(0)
    inside = window.equation.inside.state
    for place in range(len(inside.stages)):
        inside.look_into(place)
        yield
        inside.look_at(2)
        yield


def told(window: MainWindow) -> set[str]:
    """All that is told of what is there now."""
    found = {widget.toolTip() for widget in window.findChildren(QWidget)}
    for rows in window.findChildren(FigureRows):
        found |= {TERMS[row.term] for row in rows._rows if row}
    for facts in window.findChildren(Facts):
        found |= {fact.tip for fact in facts.facts}
    for strip in window.findChildren(NetworkStrip):
        found |= {strip.words(Place(0, column)) for column in range(strip.columns)}
    for box in window.findChildren(QComboBox):
        places = range(box.count())
        found |= {str(box.itemData(place, Qt.ItemDataRole.ToolTipRole)) for place in places}
    return found


def terms_used() -> set[str]:
    """Every term that the window's code names by itself, as TERMS["…"] or in a Figure."""
    used = set()
    for path in Path(sixpad.gui.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            named = None
            if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "TERMS":
                named = node.slice
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "Figure":
                named = node.args[2]
            if isinstance(named, ast.Constant):
                used.add(named.value)
    return used


def test_every_term_that_is_used_is_in_the_glossary() -> None:
    assert {"bias", "sigmoid", "preparation"} <= terms_used()
    assert terms_used() <= TERMS.keys()


@pytest.mark.parametrize("term", sorted(TERMS))
def test_a_term_is_explained_in_one_sentence(term: str) -> None:
    sentence = TERMS[term]
    assert sentence[0].isupper() or sentence.startswith("σ")
    assert sentence.endswith((".", ")", "ᶻ)."))
    assert ". " not in sentence
    assert len(sentence) < 200
