"""The Compare page: four networks, one drawing, the same examples."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from compared import column, compared, give_weights, lines, page_of, rests
from desk import Desk, Until
from hand import SIX, middle, stroke
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from sixpad.core.evaluation import evaluate
from sixpad.core.grid import to_vector
from sixpad.core.network import CONV, HIDDEN, MODELS, ONE, TEN
from sixpad.core.preparation import Preparation
from sixpad.gui.app import App
from sixpad.gui.compare_column import CompareColumn
from sixpad.gui.compare_page import ComparePage
from sixpad.gui.numbers import count, fixed, percent
from sixpad.gui.rungs import rung
from sixpad.gui.theme import sized
from sixpad.gui.trainer import State


@pytest.fixture
def page(app: App, until: Until) -> ComparePage:
    """The page with scores and maps of four networks with weights by chance."""
    page = compared(app)
    until(lambda: rests(page))
    return page


# Answers


def test_the_page_has_its_tab_and_its_key(app: App) -> None:
    window = app.window
    QTest.keyClick(window, Qt.Key.Key_F5)
    assert window.pages.currentWidget() is window.compare_page is not None
    assert window.header.tabs.checkedButton().text() == "Compare"


def test_each_network_answers_the_drawing(app: App, page: ComparePage) -> None:
    session = app.session
    for model in MODELS:
        network = rung(session, model)
        parameters = session.learned_by(network).snapshot.parameters
        expected = network.predict(parameters, session.drawing.X[None]).reshape(-1)
        found = page.answers.of(network)
        assert found == pytest.approx(expected, abs=1e-6)
        answer = column(page, model).answer
        assert answer.isVisible()
        assert percent(float(expected.max())) in answer.figure.accessibleDescription()
        assert answer.bars.isVisible() == (model != ONE)


def test_one_draws_here_and_all_answers_follow(app: App, page: ComparePage) -> None:
    session = app.session
    session.drawing.clear()
    before = {model: page.answers.of(rung(session, model)) for model in MODELS}
    first, *others = [middle(page.canvas, *cell) for cell in SIX]
    QTest.mousePress(page.canvas, Qt.MouseButton.LeftButton, pos=first)
    for place in others:
        QTest.mouseMove(page.canvas, place)
    for model in MODELS:
        assert not np.allclose(page.answers.of(rung(session, model)), before[model]), "live"
    QTest.mouseRelease(page.canvas, Qt.MouseButton.LeftButton, pos=others[-1])
    assert app.window.equation.session.drawing.ink.sum() > 20
    assert page.undo.isEnabled()
    page.undo.click()
    assert not session.drawing.ink.any()


def test_the_one_in_use_says_what_it_says_on_the_draw_page(app: App, page: ComparePage) -> None:
    for model in MODELS:
        app.session.set_model(model)
        stroke(page.canvas, [(2, 2), (20, 18)])
        found = page.answers.of(app.session.network)
        assert found == pytest.approx(app.session.evidence.probabilities, abs=1e-5)


def test_a_network_sees_the_drawing_as_it_learned_to(app: App, until: Until) -> None:
    session = app.session
    one = give_weights(session, ONE, Preparation.AS_DRAWN)
    ten = give_weights(session, TEN, Preparation.FITTED)
    page = page_of(app)
    stroke(page.canvas, [(1, 1), (1, 9)])
    assert session.drawing.preparation is Preparation.FITTED
    for network, preparation in ((one, Preparation.AS_DRAWN), (ten, Preparation.FITTED)):
        X = to_vector(preparation(session.drawing.ink))
        expected = network.predict(session.learned_by(network).snapshot.parameters, X[None])
        assert page.answers.of(network) == pytest.approx(expected.reshape(-1), abs=1e-6)
    assert lines(page, ONE)[5][0] == "as drawn: some"
    assert lines(page, TEN)[5][0] == "some"
    until(lambda: rests(page))


def test_what_is_not_trained_says_so_and_can_be(app: App, until: Until) -> None:
    page = page_of(app)
    trainer = app.trainer
    assert [one.state.text() for one in page.columns] == ["Not trained yet."] * 4
    assert page.train.text() == "Train all"
    assert not any(one.answer.isVisible() for one in page.columns)
    assert lines(page, TEN)[:3] == [("–", "")] * 3
    trainer.configs[TEN] = replace(trainer.configs[TEN], epochs=2)
    column(page, TEN).train.click()
    until(lambda: not page.ladder.climbing)
    assert column(page, TEN).answer.isVisible()
    assert not column(page, ONE).answer.isVisible()
    assert app.session.model == ONE
    assert page.train.text() == "Train the missing 3"
    until(lambda: rests(page))
    assert lines(page, TEN)[0][0].endswith(" %")
    assert lines(page, TEN)[3] == ("5 770", "23.1 KB")
    assert lines(page, TEN)[4][1] == "320 × 2"
    assert lines(page, TEN)[5][0] == "handwriting:400:6"


def test_training_can_be_watched_and_stopped_here(app: App, until: Until) -> None:
    page = page_of(app)
    trainer = app.trainer
    trainer.configs[ONE] = replace(trainer.configs[ONE], epochs=1_000_000)
    page.train.click()
    until(lambda: app.session.snapshot.step > 3)
    assert page.stop.isVisible()
    assert not page.train.isEnabled()
    assert not column(page, HIDDEN).train.isEnabled()
    until(lambda: column(page, ONE).answer.isVisible())
    assert lines(page, ONE)[0] == ("–", "training …")
    page.stop.click()
    until(lambda: not page.ladder.climbing)
    assert not page.stop.isVisible()
    assert "of 1000000" in lines(page, ONE)[4][1]
    assert page.train.text() == "Train all"
    until(lambda: rests(page))


def test_the_button_keeps_its_words_while_it_is_at_work(
    app: App, page: ComparePage, until: Until
) -> None:
    trainer = app.trainer
    trainer.configs[ONE] = replace(trainer.configs[ONE], epochs=1_000_000)
    assert page.train.text() == "Train all further"
    page.train.click()
    # The page has been shown anew since the training is under way.
    until(lambda: "of 10000" in lines(page, ONE)[4][1])
    assert trainer.state is State.RUNNING
    assert page.train.text() == "Train all further"
    page.stop.click()
    until(lambda: not page.ladder.climbing)
    assert page.train.text() == "Train the missing one"
    until(lambda: rests(page))


def test_a_reset_takes_everything_away_and_undo_brings_it_back(app: App, page: ComparePage) -> None:
    app.session.set_model(TEN)
    before = lines(page, TEN)
    app.session.reset()
    assert not column(page, TEN).answer.isVisible()
    assert lines(page, TEN)[0] == ("–", "")
    assert page.positions.maps.of(app.session.network) is None
    app.session.undo_stack.undo()
    assert column(page, TEN).answer.isVisible()
    assert lines(page, TEN) == before


# Scores


def test_all_are_scored_on_the_same_examples(app: App, page: ComparePage) -> None:
    session, parts = app.session, app.trainer.data.parts
    assert parts is not None
    for model in MODELS:
        network = rung(session, model)
        snapshot = session.learned_by(network).snapshot
        expected = evaluate(network, snapshot.parameters, parts[1], snapshot.config.loss)
        shown = [value for value, _ in lines(page, model)]
        assert shown[0] == percent(expected.accuracy.value).replace("\u2009", " ")
        own = expected.by_digit[6].average_precision
        assert shown[2] == fixed(own)
        assert shown[1] == ("–" if model == ONE else fixed(expected.average_precision.value))
        assert shown[3] == count(network.size).replace("\u2009", " ")


def test_the_single_neurons_accuracy_is_told_apart(page: ComparePage) -> None:
    _, remark = lines(page, ONE)[0]
    assert remark == "of yes and no"
    assert not column(page, ONE).facts.facts[0].strong
    assert column(page, TEN).facts.facts[0].strong
    for model, place in ((TEN, 0), (TEN, 1), (TEN, 2), (ONE, 2)):
        value, interval = lines(page, model)[place]
        low, high = interval.split("–")
        assert float(low) <= float(value.split()[0]) <= float(high)


def test_new_weights_are_scored_anew(app: App, page: ComparePage, until: Until) -> None:
    session, trainer = app.session, app.trainer
    before, others = lines(page, ONE), lines(page, CONV)
    trainer.configs[ONE] = replace(trainer.configs[ONE], epochs=30)
    trainer.train()
    assert trainer.state is State.RUNNING
    page._show()
    assert lines(page, ONE)[0] == (before[0][0], "training …"), "the old ones, marked as old"
    assert not column(page, ONE).facts.facts[0].strong
    until(lambda: trainer.state is State.IDLE)
    until(lambda: rests(page))
    report = page.scores.of(session.network)
    assert report is not None
    assert report.subject.parameters is session.snapshot.parameters
    assert lines(page, ONE) != before
    assert lines(page, CONV) == others


def test_another_preparation_is_scored_on_the_same_examples(app: App, until: Until) -> None:
    session = app.session
    one = give_weights(session, ONE, Preparation.AS_DRAWN)
    ten = give_weights(session, TEN, Preparation.FITTED)
    page = page_of(app)
    until(lambda: rests(page))
    reports = [page.scores.of(network) for network in (one, ten)]
    assert reports[0] is not None
    assert reports[1] is not None
    drawn, fitted = reports[0].data, reports[1].data
    assert app.trainer.data.parts is not None
    assert fitted is app.trainer.data.parts[1]
    assert np.array_equal(drawn.labels, fitted.labels)
    assert not np.array_equal(drawn.images, fitted.images)
    images = drawn.images.reshape(-1, 24, 24)
    assert np.array_equal(Preparation.FITTED(images).reshape(-1, 576), fitted.images)


def test_other_data_age_all_scores(app: App, page: ComparePage, until: Until) -> None:
    ten = rung(app.session, TEN)
    app.trainer.data.set_specs(("handwriting:200",))
    until(lambda: not app.trainer.data.loading)
    until(lambda: rests(page))
    report = page.scores.of(ten)
    assert report is not None
    assert len(report.data) == 40


def test_nothing_is_worked_out_where_nobody_looks(app: App, page: ComparePage) -> None:
    app.window.show_page(0)
    ten = rung(app.session, TEN)
    before = page.answers.of(ten), page.positions.maps.of(ten)
    stroke(app.window.equation.canvas, [(2, 2), (2, 20)])
    QTest.qWait(200)
    assert (page.answers.of(ten), page.positions.maps.of(ten)) == before
    app.window.show_page(3)
    assert page.answers.of(ten) is not before[0]


# Digits and layout


def test_another_digit_is_looked_at_everywhere(app: App, page: ComparePage, until: Until) -> None:
    window = app.window
    QTest.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert app.session.digit == 3
    assert column(page, ONE).sizes.text() == "for the 3"
    assert column(page, ONE).state.isVisible(), "that neuron has learned nothing"
    assert page.positions.digits.checkedId() == 3
    assert page.positions.legend.digit == 3
    until(lambda: rests(page))
    page.positions.digits.button(6).click()
    assert app.session.digit == 6
    assert column(page, ONE).answer.isVisible()


@pytest.mark.parametrize("size", [(1000, 680), (1280, 800), (1920, 1080)])
def test_everything_stands_in_four_columns_inside_the_window(
    app: App, page: ComparePage, until: Until, size: tuple[int, int]
) -> None:
    app.window.resize(*size)
    assert app.window.size().toTuple() == size
    positions = page.positions

    def place(widget: QWidget) -> QRect:
        return QRect(widget.mapTo(page, QPoint(0, 0)), widget.size())

    def under_each_other(one: CompareColumn) -> list[QRect]:
        view, figures = positions.views[one.model], positions.figures[one.model]
        return [place(widget) for widget in (one.title, one.stack, one.facts, view, figures)]

    def in_order(stand: list[QRect]) -> bool:
        return all(above.bottom() < below.top() for above, below in pairwise(stand))

    # A layout is done a turn or two after the sizes that it follows.
    until(lambda: all(in_order(under_each_other(one)) for one in page.columns))
    inside = QRect(QPoint(0, 0), page.size())
    for one in page.columns:
        stand = under_each_other(one)
        assert len({rect.left() for rect in stand}) == 1
        assert all(inside.contains(rect) for rect in stand)
        assert one.answer.bars.height() >= one.answer.bars.minimumHeight()
        assert one.stack.height() >= one.answer.minimumSizeHint().height()
    assert len({view.size().toTuple() for view in positions.views.values()}) == 1
    for widget in (page.canvas, positions.preview, positions.legend):
        assert inside.contains(place(widget))
        assert place(widget).right() < place(page.columns[0].title).left()


def test_with_a_large_font_the_words_about_the_maps_give_way(
    desk: Desk, qapp: QApplication, until: Until
) -> None:
    plain = qapp.font()
    try:
        qapp.setFont(sized(plain, 1.25))
        app = desk.start()
        page = compared(app)
        app.window.resize(1000, 680)
        until(lambda: not page.positions.told)
        one = column(page, TEN)
        until(lambda: one.stack.height() >= one.answer.minimumSizeHint().height())
        until(lambda: page.rect().bottom() >= page.positions.geometry().bottom())
        app.window.resize(1000, 900)
        until(lambda: page.positions.told)
        until(lambda: rests(page))
        desk.close(app)
    finally:
        qapp.setFont(plain)


def test_nothing_moves_when_the_answers_change(app: App, page: ComparePage) -> None:
    def places() -> list[QRect]:
        return [widget.geometry() for widget in page.findChildren(QWidget) if widget.isVisible()]

    def settled() -> list[QRect]:
        now, before = places(), None
        while now != before:
            QTest.qWait(30)
            now, before = places(), now
        return now

    before = settled()
    app.session.drawing.clear()
    stroke(page.canvas, [(2, 2), (2, 20), (20, 4)])
    app.session.set_digit(8)
    app.session.set_digit(6)
    assert settled() == before
