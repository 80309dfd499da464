"""The Data page: each example with its ground truth and, live, the network's answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from desk import Until
from hand import color_at, leave, picture, teach
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel

from sixpad.core.answer import sigmoid, softmax
from sixpad.core.network import ONE, TEN
from sixpad.data.handwriting import generate
from sixpad.gui.app import App
from sixpad.gui.data_page import DataPage
from sixpad.gui.example_tiles import LEAST_TILE_WIDTH, TILE_MARGIN_Y, TILE_SIDE, Example
from sixpad.gui.examples_view import ExamplesView
from sixpad.gui.theme import LIGHT
from sixpad.gui.trainer import State

TRAINING, VALIDATION = 0, 1


@pytest.fixture
def page(app: App) -> ExamplesView:
    teach(app.session)
    app.window.show_page(1)
    page = app.window.pages.currentWidget()
    assert isinstance(page, DataPage)
    page.show_view(page.EXAMPLES)
    return page.examples


def told(app: App) -> list[str]:
    """All words on the page."""
    return [label.text() for label in app.window.pages.currentWidget().findChildren(QLabel)]


def choose(box: QComboBox, place: int) -> None:
    box.setCurrentIndex(place)
    box.activated.emit(place)


def shown(page: ExamplesView) -> list[Example]:
    return [page.model.example(row) for row in range(page.model.rowCount())]


def answer(app: App, image: np.ndarray) -> float:
    """P of the single neuron."""
    parameters = app.session.snapshot.parameters
    z = image.ravel() @ parameters["output.weights"][:, 0] + parameters["output.bias"][0]
    return float(sigmoid(z))


def is_wrong(app: App, example: Example) -> bool:
    P = answer(app, example.image)
    return (P > 0.5) != (example.label == app.session.digit)


@pytest.mark.parametrize(("part", "count"), [(TRAINING, 320), (VALIDATION, 80)])
def test_each_example_of_a_part_is_shown_with_truth_and_answer(
    app: App, page: ExamplesView, part: int, count: int
) -> None:
    choose(page.part, part)
    assert app.trainer.data.parts is not None
    data = app.trainer.data.parts[part]
    assert len(shown(page)) == count == len(data)
    for row, (image, label, said) in enumerate(shown(page)):
        assert np.array_equal(image.ravel(), data.images[row])
        assert label == data.labels[row]
        P = answer(app, image)
        assert said.words == ("yes" if P > 0.5 else "no")
        assert pytest.approx(max(P, 1 - P), abs=1e-6) == said.P
        assert said.right == ((P > 0.5) == (label == 6))


def test_ten_neurons_answer_with_the_likeliest_digit(app: App, page: ExamplesView) -> None:
    app.session.set_model(TEN)
    teach(app.session)
    parameters = app.session.snapshot.parameters
    words = set()
    for image, label, said in shown(page):
        z = image.ravel() @ parameters["output.weights"] + parameters["output.bias"]
        assert said.words == str(z.argmax())
        assert pytest.approx(float(softmax(z).max()), abs=1e-5) == said.P
        assert said.right == (z.argmax() == label)
        words.add(said.words)
    assert len(words) > 5
    choose(page.which, 1)
    wrong = shown(page)
    assert not any(said.right for *_, said in wrong)
    assert 0 < len(wrong) < 320
    sure = [said.P for *_, said in wrong]
    assert sure == sorted(sure, reverse=True)
    app.session.set_model(ONE)
    assert {said.words for *_, said in shown(page)} <= {"yes", "no"}


def test_the_parts_are_told_apart(app: App, page: ExamplesView) -> None:
    words = told(app)
    assert any("320 to train on, 80 kept apart for validation" in text for text in words)
    assert "320 shown" in words


def test_one_digit_can_be_looked_through(page: ExamplesView) -> None:
    counts = []
    for digit in range(10):
        choose(page.digit, digit + 1)
        labels = {example.label for example in shown(page)}
        assert labels == {digit}
        counts.append(page.model.rowCount())
    assert sum(counts) == 320


def test_one_source_of_a_mixture_can_be_looked_through(
    app: App, page: ExamplesView, until: Until
) -> None:
    assert page.source.isHidden()
    app.trainer.data.set_specs(("handwriting:400", "handwriting:60:1", "handwriting:50:2@0.5"))
    until(lambda: len(app.trainer.data.specs) == 3)
    assert page.source.isVisible()
    names = [page.source.itemText(at) for at in range(page.source.count())]
    assert names == ["All sources", "Handwriting, 400", "Handwriting, 60", "Handwriting, 50"]
    alone = generate(60, 1).split()
    for part, wanted in zip((TRAINING, VALIDATION), alone, strict=True):
        choose(page.part, part)
        choose(page.source, 2)
        images = {example.image.tobytes() for example in shown(page)}
        assert images <= {image.tobytes() for image in wanted.images}
        assert len(images) > 5
    choose(page.source, 3)
    assert len(shown(page)) == 10
    choose(page.digit, 1 + 4)
    assert {example.label for example in shown(page)} == {4}
    app.trainer.data.set_specs(("handwriting:400", "handwriting:50:2"))
    until(lambda: len(app.trainer.data.specs) == 2)
    assert page.source.currentText() == "Handwriting, 50"
    app.trainer.data.set_specs(("handwriting:400",))
    until(lambda: len(app.trainer.data.specs) == 1)
    assert page.source.isHidden()
    assert len(shown(page)) == 8


@pytest.mark.parametrize("width", [1000, 1180, 1280])
def test_the_tiles_fill_the_width(app: App, page: ExamplesView, until: Until, width: int) -> None:
    app.window.resize(width, 700)
    rects = lambda: [page.view.visualRect(page.model.index(row, 0)) for row in range(30)]  # noqa: E731
    until(lambda: app.window.width() == width and rects()[0].width() == page.view.tile_width())
    first_line = [rect for rect in rects() if rect.top() == rects()[0].top()]
    room = page.view.viewport().width()
    assert len(first_line) == room // LEAST_TILE_WIDTH
    assert 0 <= room - first_line[-1].right() - 1 < len(first_line)


def test_the_wrong_ones_come_surest_first(app: App, page: ExamplesView) -> None:
    everything = shown(page)
    wrong = [is_wrong(app, example) for example in everything]
    choose(page.which, 1)
    listed = shown(page)
    assert len(listed) == sum(wrong)
    assert 0 < len(listed) < 320
    assert all(is_wrong(app, example) for example in listed)
    sure = [said.P for *_, said in listed]
    assert sure == sorted(sure, reverse=True)


def test_the_answers_are_live(app: App, page: ExamplesView) -> None:
    before = [said.P for *_, said in shown(page)]
    seen = picture(page.view)
    teach(app.session, seed=2)
    after = [said.P for *_, said in shown(page)]
    assert before != after
    assert picture(page.view) != seen
    app.session.set_digit(3)
    assert {said.P for *_, said in shown(page)} == {0.5}


def test_the_wrong_ones_are_found_anew_after_a_training(
    app: App, page: ExamplesView, until: Until
) -> None:
    """On this page, and on the other one where the training is watched."""
    choose(page.which, 1)
    for elsewhere in (False, True):
        if elsewhere:
            app.window.show_page(0)
        app.trainer.set_config(replace(app.trainer.config, seed=int(elsewhere)))
        app.trainer.train()
        until(lambda: app.trainer.state is State.IDLE)
        app.window.show_page(1)
        assert all(is_wrong(app, example) for example in shown(page))


def test_other_examples_take_the_place_of_these(app: App, page: ExamplesView, until: Until) -> None:
    app.trainer.data.set_specs(("handwriting:50:1",))
    until(lambda: page.model.rowCount() == 40)
    assert any("handwriting:50:1" in words for words in told(app))


def test_an_example_can_be_taken_onto_the_canvas(
    app: App, page: ExamplesView, notices: list[str]
) -> None:
    before = app.session.drawing.ink.copy()
    image = page.model.example(5).image
    page.view.doubleClicked.emit(page.model.index(5, 0))
    assert np.array_equal(app.session.drawing.ink, image)
    assert len(notices) == 1
    P = answer(app, image)
    assert app.session.evidence.P == pytest.approx(P, abs=1e-4), "it is fitted already"
    app.session.undo_stack.undo()
    assert np.array_equal(app.session.drawing.ink, before)


def test_an_example_is_seen_black_on_white(page: ExamplesView) -> None:
    leave(page.view)
    image = page.model.example(0).image
    rect = page.view.visualRect(page.model.index(0, 0))
    margin = (rect.width() - TILE_SIDE) // 2
    place = rect.topLeft() + QPoint(margin, TILE_MARGIN_Y)
    seen = picture(page.view.viewport())
    for row, column in ((0, 0), np.argwhere(image)[0], np.argwhere(image)[-1]):
        dot = place + QPoint(3 * int(column) + 1, 3 * int(row) + 1)
        expected = LIGHT.ink if image[row, column] else LIGHT.paper
        assert color_at(seen, dot) == expected.lower()


def test_what_the_eye_sees_is_told_in_words(app: App, page: ExamplesView) -> None:
    index = page.model.index(0, 0)
    _, label, said = page.model.example(0)
    words = page.model.data(index, Qt.ItemDataRole.AccessibleTextRole)
    assert isinstance(words, str)
    assert words.startswith(f"The truth is {label}. The answer is {said.words}, with ")


def test_the_model_keeps_qts_rules(page: ExamplesView, qtmodeltester: Any) -> None:
    qtmodeltester.check(page.model)


def test_without_examples_it_says_that_they_come(app: App, page: ExamplesView) -> None:
    app.trainer.data.parts = None
    app.trainer.data.changed.emit()
    assert page.model.rowCount() == 0
    assert any("preparing" in words for words in told(app))
    choose(page.which, 1)
    assert page.model.rowCount() == 0


def test_enter_takes_an_example_onto_the_canvas(app: App, page: ExamplesView) -> None:
    page.view.setFocus()
    page.view.setCurrentIndex(page.model.index(7, 0))
    QTest.keyClick(page.view, Qt.Key.Key_Return)
    assert np.array_equal(app.session.drawing.ink, page.model.example(7).image)


def test_the_keys_begin_at_the_first_tile_whatever_was_current(
    app: App, page: ExamplesView
) -> None:
    for digit in (0, 3):
        choose(page.digit, digit)
        page.part.setFocus()
        page.view.setFocus()
        assert page.view.currentIndex().row() == 0
        assert page.view.selectionModel().isSelected(page.view.currentIndex())
        QTest.keyClick(page.view, Qt.Key.Key_End)
        assert page.view.currentIndex().row() == page.model.rowCount() - 1
