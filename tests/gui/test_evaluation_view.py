"""The results on the Evaluate page: the scores, the threshold, and the gallery of wrong ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from desk import Until
from evaluated import BOTH, click, evaluated, found, in_gallery, texts
from hand import picture, teach
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest

from sixpad.core.network import TEN
from sixpad.gui.app import App
from sixpad.gui.choice_grid import Place
from sixpad.gui.confusion_view import cell_words
from sixpad.gui.evaluate_page import EvaluatePage
from sixpad.gui.numbers import THIN_SPACE, count, fixed, percent


@pytest.fixture
def page(evaluate_page: EvaluatePage) -> EvaluatePage:
    return evaluate_page


# Scores


@BOTH
def test_every_score_stands_there_with_its_interval(page: EvaluatePage, model: str) -> None:
    shown, rows = found(page), page.view.scores.texts()
    assert rows["Accuracy"] == percent(shown.accuracy.value)
    assert rows["Average precision"] == fixed(shown.average_precision.value)
    assert rows["ROC AUC"] == fixed(shown.roc_auc.value)
    assert rows["Loss"] == fixed(shown.loss)
    assert rows["F1, mean of ten" if model == TEN else "F1 at P = 0.5"] == fixed(shown.f1.value)
    assert ("Precision" in rows) == ("Recall" in rows) == (model != TEN)
    intervals = {row.label: row.interval for row in page.view.scores._rows if row}
    low, high = shown.average_precision[1:]
    assert intervals["Average precision"] == f"{low:.3f}–{high:.3f}"
    low, high = shown.accuracy[1:]
    assert intervals["Accuracy"] == f"{100 * low:.1f}–{100 * high:.1f}"


@BOTH
def test_every_digit_has_its_line(page: EvaluatePage, model: str) -> None:
    lines = page.view.table.texts()
    assert len(lines) == 10
    for scores, line in zip(found(page).by_digit, lines, strict=True):
        assert line[:2] == [str(scores.digit), count(scores.examples)]
        assert line.index(percent(scores.right.value)) == (2 if model == TEN else 3)
        low, high = scores.right[1:]
        assert f"{100 * low:.1f}–{100 * high:.1f}" in line
        if model != TEN:
            shown = found(page)
            wrong = (shown.labels == scores.digit) & (shown.said != shown.targets)
            assert line[2] == str(wrong.sum())
        if model == TEN:
            three = (scores.precision, scores.f1, scores.average_precision)
            assert line[-3:] == [fixed(value) for value in three]


def test_a_line_is_told_in_words(app: App, page: EvaluatePage, until: Until) -> None:
    table, fours = page.view.table, found(page).by_digit[4]
    wrong = fours.examples - round(fours.examples * fours.right.value)
    assert table.words(Place(4, 0)).startswith(f"{wrong} of 8 fours answered wrong; ")
    app.trainer.data.set_specs(("handwriting:10",))
    until(lambda: found(page).examples == 2)
    missing = next(d for d in range(10) if d not in found(page).labels)
    assert table.words(Place(missing, 0)).startswith("There are no ")
    assert "–" in table.texts()[missing]


def test_an_interval_is_seen_after_its_value(page: EvaluatePage) -> None:
    rows = [row for row in page.view.scores._rows if row]
    seen = picture(page.view.scores)
    right = QRect(seen.width() - 60, 0, 60, seen.height() // len(rows))
    page.view.scores.show_rows([rows[0]._replace(interval="97.0–97.9"), *rows[1:]])
    assert picture(page.view.scores).copy(right) != seen.copy(right)


# The gallery


@BOTH
def test_the_wrong_ones_come_surest_first(page: EvaluatePage, model: str) -> None:
    wrong, listed = found(page).wrong(), in_gallery(page)
    assert 0 < len(listed) == len(wrong) < 80
    assert [label for label, *_ in listed] == found(page).labels[wrong].tolist()
    sure = [P for *_, P in listed]
    assert sure == sorted(sure, reverse=True)
    for label, words, _ in listed:
        assert words == ("no" if label == 6 else "yes") if model == "one" else words != str(label)
    assert f"{len(wrong)} of 80 answered wrong" in texts(page)


@BOTH
def test_a_cell_shows_its_drawings_and_lets_them_go(page: EvaluatePage, model: str) -> None:
    everything = in_gallery(page)
    confusion = found(page).confusion
    for row, column in np.argwhere(confusion)[:6].tolist():
        click(page.view.confusion, row, column)
        listed = in_gallery(page)
        assert len(listed) == confusion[row, column]
        truths = {label if model == TEN else int(label == 6) for label, *_ in listed}
        assert truths == {row}
        assert cell_words(found(page), row, column).replace(THIN_SPACE, " ") in texts(page)
        assert page.gallery.all.isVisible()
    click(page.view.confusion, row, column)
    assert in_gallery(page) == everything
    assert not page.gallery.all.isVisible()


def test_after_another_choice_the_keys_begin_at_its_first_tile(page: EvaluatePage) -> None:
    view, confusion = page.gallery.view, page.view.confusion
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.currentIndex().row() == len(in_gallery(page)) - 1
    row, column = np.argwhere(found(page).confusion)[0].tolist()
    confusion.setFocus()
    click(confusion, row, column)
    view.setFocus()
    assert view.currentIndex().row() == 0
    assert view.selectionModel().isSelected(view.currentIndex())


def test_a_digit_shows_its_wrong_ones(page: EvaluatePage) -> None:
    everything = in_gallery(page)
    click(page.view.confusion, 1, 0)
    digit = everything[0][0]
    click(page.view.table, digit, 0)
    assert page.view.confusion.chosen is None
    assert in_gallery(page) == [one for one in everything if one[0] == digit]


@pytest.mark.parametrize("how", ["escape", "button"])
def test_all_the_wrong_ones_come_back(page: EvaluatePage, how: str) -> None:
    everything = in_gallery(page)
    page.view.confusion.setFocus()
    QTest.keyClick(page.view.confusion, Qt.Key.Key_Space)
    assert page.view.confusion.chosen == Place(0, 0)
    assert in_gallery(page) != everything
    if how == "escape":
        QTest.keyClick(page.view.confusion, Qt.Key.Key_Escape)
    else:
        page.gallery.all.click()
    assert page.view.confusion.chosen is None
    assert in_gallery(page) == everything


@pytest.mark.parametrize("how", ["double click", "enter"])
def test_a_drawing_is_taken_onto_the_canvas(
    app: App, page: EvaluatePage, notices: list[str], how: str
) -> None:
    before = app.session.drawing.ink.copy()
    view, model = page.gallery.view, page.gallery.model
    index = model.index(1, 0)
    if how == "enter":
        view.setFocus()
        view.setCurrentIndex(index)
        QTest.keyClick(view, Qt.Key.Key_Return)
    else:
        view.doubleClicked.emit(index)
    assert np.array_equal(app.session.drawing.ink, model.example(1).image)
    assert len(notices) == 1
    app.session.undo_stack.undo()
    assert np.array_equal(app.session.drawing.ink, before)


def test_nothing_wrong_is_told(app: App, page: EvaluatePage, until: Until) -> None:
    """A neuron for the 6 that says no to all, on data without a six."""
    W = np.zeros((576, 1), np.float32)
    parameters = {"output.weights": W, "output.bias": np.full(1, -9, np.float32)}
    app.session.set_snapshot(replace(app.session.snapshot, parameters=parameters))
    until(lambda: evaluated(page, app))
    digit = next(d for d in range(10) if d != 6)
    click(page.view.table, digit, 0)
    assert in_gallery(page) == []
    assert "None of 8 zeros answered wrong" in texts(page)
    page.view.let_go()
    assert {words for _, words, _ in in_gallery(page)} == {"no"}


@pytest.mark.parametrize("model", [TEN])
def test_newer_weights_change_what_is_shown_but_not_where_one_looks(
    app: App, page: EvaluatePage, until: Until, model: str
) -> None:
    app.window.resize(1000, 680)
    bar = page.gallery.view.verticalScrollBar()
    until(lambda: bar.maximum() > 40)
    bar.setValue(40)
    before = in_gallery(page)
    teach(app.session, seed=3)
    until(lambda: evaluated(page, app))
    assert in_gallery(page) != before
    assert bar.value() == 40
    click(page.view.table, 6, 0)
    assert bar.value() == 0
    teach(app.session, seed=4)
    until(lambda: evaluated(page, app))
    assert page.view.table.chosen == Place(6, 0), "what is chosen stays chosen"
    assert {label for label, *_ in in_gallery(page)} == {6}


# The threshold


def test_the_threshold_moves_everything_at_once(page: EvaluatePage) -> None:
    before = found(page)
    for threshold in (0.9, 0.02, 0.0, 1.0):
        page.view.bar.set_threshold(threshold)
        shown, rows = found(page), page.view.scores.texts()
        assert shown.threshold == threshold
        expected = before.at(threshold)
        assert np.array_equal(shown.confusion, expected.confusion)
        assert rows[f"F1 at P = {threshold:g}"] == fixed(expected.f1.value)
        assert rows["Precision"] == percent(expected.precision)
        assert rows["Recall"] == percent(expected.recall)
        assert rows["Accuracy"] == percent(expected.accuracy.value)
        assert rows["Average precision"] == fixed(before.average_precision.value)
        assert len(in_gallery(page)) == len(expected.wrong())
        point = page.view.curve._point
        assert point is not None
        assert point[0] == expected.recall
    page.view.bar.back.click()
    assert np.array_equal(found(page).confusion, before.confusion)


def test_the_threshold_stays_while_training_goes_on_and_goes_with_the_network(
    app: App, page: EvaluatePage, until: Until
) -> None:
    page.view.bar.set_threshold(0.8)
    teach(app.session, seed=5)
    until(lambda: evaluated(page, app))
    assert found(page).threshold == 0.8
    app.session.set_digit(3)
    teach(app.session)
    until(lambda: evaluated(page, app))
    assert found(page).threshold == page.view.bar.threshold == 0.5


def test_the_draw_page_keeps_its_threshold(app: App, page: EvaluatePage) -> None:
    said = app.window.equation.prediction.probability.sentence()
    page.view.bar.set_threshold(1.0)
    assert app.window.equation.prediction.probability.sentence() == said
    assert "Draw keeps 0.5" in texts(page)


def test_ten_neurons_have_no_threshold(app: App, page: EvaluatePage, until: Until) -> None:
    assert page.view.bar.isVisible()
    app.session.set_model(TEN)
    teach(app.session)
    until(lambda: evaluated(page, app))
    # What moves to another place in the layout is seen there a turn of the event loop later.
    until(page.view.confusion.isVisible)
    assert not page.view.bar.isVisible()
    assert not page.view.curve.isVisible()
