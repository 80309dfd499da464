"""The Data page: each example with its ground truth and, live, the neuron's answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from desk import Until
from hand import color_at, leave, picture, teach
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox, QLabel

from sixpad.core.network import sigmoid
from sixpad.gui.app import App
from sixpad.gui.data_page import DataPage
from sixpad.gui.theme import LIGHT
from sixpad.gui.trainer import State

TRAINING, VALIDATION = 0, 1


@pytest.fixture
def page(app: App) -> DataPage:
    teach(app.session)
    app.window.show_page(1)
    page = app.window.pages.currentWidget()
    assert isinstance(page, DataPage)
    return page


def choose(box: QComboBox, place: int) -> None:
    box.setCurrentIndex(place)
    box.activated.emit(place)


def shown(page: DataPage) -> list[tuple[np.ndarray, int, float]]:
    return [page.model.example(row) for row in range(page.model.rowCount())]


def answer(app: App, image: np.ndarray) -> float:
    parameters = app.session.snapshot.parameters
    z = image.ravel() @ parameters["output.weights"][:, 0] + parameters["output.bias"][0]
    return float(sigmoid(z))


@pytest.mark.parametrize(("part", "count"), [(TRAINING, 320), (VALIDATION, 80)])
def test_each_example_of_a_part_is_shown_with_truth_and_answer(
    app: App, page: DataPage, part: int, count: int
) -> None:
    choose(page.part, part)
    assert app.trainer.data.parts is not None
    data = app.trainer.data.parts[part]
    assert len(shown(page)) == count == len(data)
    for row, (image, label, P) in enumerate(shown(page)):
        assert np.array_equal(image.ravel(), data.images[row])
        assert label == data.labels[row]
        assert P == pytest.approx(answer(app, image), abs=1e-6)


def test_the_parts_are_told_apart(page: DataPage) -> None:
    words = [label.text() for label in page.findChildren(QLabel)]
    assert any("320 to train on, 80 kept apart for validation" in text for text in words)
    assert "320 shown" in words


def test_one_digit_can_be_looked_through(page: DataPage) -> None:
    counts = []
    for digit in range(10):
        choose(page.digit, digit + 1)
        labels = {label for _, label, _ in shown(page)}
        assert labels == {digit}
        counts.append(page.model.rowCount())
    assert sum(counts) == 320


def test_the_wrong_ones_come_surest_first(app: App, page: DataPage) -> None:
    everything = shown(page)
    wrong = [(P > 0.5) != (label == app.session.digit) for _, label, P in everything]
    choose(page.which, 1)
    listed = shown(page)
    assert len(listed) == sum(wrong)
    assert 0 < len(listed) < 320
    assert all((P > 0.5) != (label == app.session.digit) for _, label, P in listed)
    sure = [abs(P - 0.5) for *_, P in listed]
    assert sure == sorted(sure, reverse=True)


def test_the_answers_are_live(app: App, page: DataPage) -> None:
    before = [P for *_, P in shown(page)]
    seen = picture(page.view)
    teach(app.session, seed=2)
    after = [P for *_, P in shown(page)]
    assert before != after
    assert picture(page.view) != seen
    app.session.set_digit(3)
    assert {P for *_, P in shown(page)} == {0.5}


def test_the_wrong_ones_are_found_anew_after_a_training(
    app: App, page: DataPage, until: Until
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
        digit = app.session.digit
        assert all((P > 0.5) != (label == digit) for _, label, P in shown(page))


def test_other_examples_take_the_place_of_these(app: App, page: DataPage, until: Until) -> None:
    app.trainer.data.set_specs(("handwriting:50:1",))
    until(lambda: page.model.rowCount() == 40)
    assert any("handwriting:50:1" in label.text() for label in page.findChildren(QLabel))


def test_an_example_can_be_taken_onto_the_canvas(
    app: App, page: DataPage, notices: list[str]
) -> None:
    before = app.session.drawing.ink.copy()
    image, _, P = page.model.example(5)
    page.view.doubleClicked.emit(page.model.index(5, 0))
    assert np.array_equal(app.session.drawing.ink, image)
    assert len(notices) == 1
    assert app.session.evidence.P == pytest.approx(P, abs=1e-4), "it is fitted already"
    app.session.undo_stack.undo()
    assert np.array_equal(app.session.drawing.ink, before)


def test_an_example_is_seen_black_on_white(page: DataPage) -> None:
    leave(page.view)
    image, _, _ = page.model.example(0)
    place = page.view.visualRect(page.model.index(0, 0)).topLeft() + QPoint(10, 6)
    seen = picture(page.view.viewport())
    for row, column in ((0, 0), np.argwhere(image)[0], np.argwhere(image)[-1]):
        dot = place + QPoint(3 * int(column) + 1, 3 * int(row) + 1)
        expected = LIGHT.ink if image[row, column] else LIGHT.paper
        assert color_at(seen, dot) == expected.lower()


def test_what_the_eye_sees_is_told_in_words(app: App, page: DataPage) -> None:
    index = page.model.index(0, 0)
    _, label, _ = page.model.example(0)
    words = page.model.data(index, Qt.ItemDataRole.AccessibleTextRole)
    assert isinstance(words, str)
    assert words.startswith(f"The truth is {label}. P(6) is ")


def test_the_model_keeps_qts_rules(page: DataPage, qtmodeltester: Any) -> None:
    qtmodeltester.check(page.model)


def test_without_examples_it_says_that_they_come(app: App, page: DataPage) -> None:
    app.trainer.data.parts = None
    page.refresh()
    assert page.model.rowCount() == 0
    assert any("preparing" in label.text() for label in page.findChildren(QLabel))
    choose(page.which, 1)
    assert page.model.rowCount() == 0
