"""Correct and continue: the drawing is kept, the network learns it at once, and undo takes both."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from desk import Desk, Until
from hand import SIX, stroke
from kept import train_some
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from sixpad.core.network import MODELS
from sixpad.data.drawings import Drawings
from sixpad.data.provenance import CORRECTIONS
from sixpad.data.store_path import store_path
from sixpad.data.stored import CORRECTED, DRAWN, IMPORTED, Stored
from sixpad.gui.app import App
from sixpad.gui.corrector import Corrected
from sixpad.gui.labelling import EMPTY
from sixpad.gui.trainer import State

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def app(desk: Desk, until: Until) -> App:
    """Sixpad with ten neurons that have learned a little, and a six on the canvas."""
    app = desk.start(model="ten")
    until(lambda: app.collection.ready)
    train_some(app, until)
    app.session.drawing.clear()
    stroke(app.window.equation.canvas, SIX)
    return app


def rows() -> list[Stored]:
    with Drawings(store_path(), create=False) as store:
        return [row for row in store.rows() if isinstance(row, Stored)]


@pytest.fixture
def correct(app: App, until: Until) -> Callable[[int], Corrected]:
    """`correct(digit)`: by the key, until it is done."""
    found: list[Corrected] = []
    app.window.corrector.corrected.connect(found.append)

    def press(digit: int) -> Corrected:
        before = len(found)
        QTest.keyClick(app.window.equation.canvas, Qt.Key(Qt.Key.Key_0 + digit), CONTROL)
        until(lambda: len(found) > before and not app.collection.unsaved)
        return found[-1]

    return press


def wrong_digit(app: App) -> int:
    """A digit that the drawing is not taken for."""
    return int(app.session.evidence.probabilities.argmin())


def test_the_drawing_is_kept_stays_and_is_learned(
    app: App, correct: Callable[[int], Corrected]
) -> None:
    session, digit = app.session, wrong_digit(app)
    ink, before = session.drawing.ink.copy(), session.evidence.probabilities.copy()
    step, epoch = session.snapshot.step, session.snapshot.epoch
    found = correct(digit)
    np.testing.assert_array_equal(session.drawing.ink, ink)
    (kept,) = rows()
    assert (kept.label, kept.source) == (digit, CORRECTED)
    assert session.evidence.probabilities.argmax() == digit
    assert found.correction.before == pytest.approx(before[digit], abs=1e-5)
    assert found.correction.after == pytest.approx(session.evidence.probabilities[digit], abs=1e-5)
    assert session.snapshot.step == step + found.correction.steps
    assert session.snapshot.epoch == epoch
    assert session.learned.source.names == ("handwriting:400:6", CORRECTIONS)


def test_it_is_told_before_and_after_and_what_else_changed(
    app: App, correct: Callable[[int], Corrected]
) -> None:
    found = correct(wrong_digit(app))
    card = app.window.result
    assert card.isVisible()
    assert "→" in card.label.text()
    assert f"{found.correction.lost} turned from right to wrong" in card.label.text()
    assert "320 earlier examples" in card.label.text()
    assert "→" in app.window.equation.subtitle.text()
    stroke(app.window.equation.canvas, [(2, 2), (2, 4)])
    assert not card.isVisible()


def test_one_undo_takes_back_both_and_redo_brings_both_again(
    app: App, correct: Callable[[int], Corrected], until: Until
) -> None:
    session, stack = app.session, app.session.undo_stack
    before, index = session.learned, stack.index()
    curve = before.history.validation.copy()
    correct(wrong_digit(app))
    after = session.learned
    assert stack.index() == index + 1
    stack.undo()
    assert session.learned is before
    np.testing.assert_array_equal(session.history.validation, curve)
    until(lambda: not app.collection.unsaved)
    assert rows()[0].deleted_at
    assert not app.window.result.isVisible()
    assert session.drawing.ink.any()
    stack.redo()
    assert session.learned is after
    until(lambda: not app.collection.unsaved)
    assert rows()[0].deleted_at is None


def test_the_scores_that_are_told_are_of_the_corrected_weights(
    app: App, correct: Callable[[int], Corrected]
) -> None:
    session = app.session
    curve = session.history.training.copy()
    correct(wrong_digit(app))
    validation = app.trainer.data.parts[1]  # type: ignore[index]
    z = session.network.logits_in_blocks(session.snapshot.parameters, validation.images)
    assert session.history.scores is not None
    share = float((z.argmax(axis=1) == validation.labels).mean())
    assert session.history.scores.accuracy == pytest.approx(share)
    np.testing.assert_array_equal(session.history.training, curve)
    assert session.history.validation[-1, 0] == session.snapshot.progress


@pytest.mark.parametrize("model", MODELS)
def test_every_model_can_be_corrected(
    app: App, correct: Callable[[int], Corrected], until: Until, model: str
) -> None:
    app.session.set_model(model)
    train_some(app, until, epochs=2)
    digit = wrong_digit(app) if model != "one" else (6 if app.session.evidence.P < 0.5 else 3)
    correct(digit)
    evidence = app.session.evidence
    if model == "one":
        assert (evidence.P > 0.5) == (digit == 6)
    else:
        assert evidence.probabilities.argmax() == digit


def test_a_running_training_is_paused_and_can_go_on(
    app: App, correct: Callable[[int], Corrected], until: Until
) -> None:
    from dataclasses import replace

    session, trainer = app.session, app.trainer
    trainer.set_config(replace(trainer.config, epochs=100_000))
    trainer.train()
    step = session.snapshot.step
    until(lambda: session.snapshot.step > step + 50)
    found = correct(wrong_digit(app))
    assert found.held
    assert trainer.state is State.PAUSED
    (button,) = (b for b in app.window.result.buttons if b.text() == "Go on training")
    step = session.snapshot.step
    button.click()
    until(lambda: session.snapshot.step > step + 50)
    points = session.history.training[:, 0]
    assert (np.diff(points) > 0).all()
    trainer.stop()
    until(lambda: trainer.state is State.IDLE)


def test_what_is_right_already_is_only_kept(app: App, correct: Callable[[int], Corrected]) -> None:
    digit = wrong_digit(app)
    correct(digit)
    learned = app.session.learned
    correct(digit)
    assert app.session.learned is learned
    assert "nothing had to change" in app.window.result.label.text()
    assert len(rows()) == 1
    assert [button.text() for button in app.window.result.buttons] == ["OK"]


def test_what_is_right_already_stops_no_training(
    app: App, correct: Callable[[int], Corrected], until: Until
) -> None:
    from dataclasses import replace

    session, trainer = app.session, app.trainer
    trainer.set_config(replace(trainer.config, epochs=100_000))
    trainer.train()
    until(lambda: float(session.evidence.probabilities.max()) > 0.99)
    digit = int(session.evidence.probabilities.argmax())
    found = correct(digit)
    assert not found.held
    assert trainer.state is State.RUNNING
    session.undo_stack.undo()
    assert trainer.state is State.RUNNING
    trainer.stop()
    until(lambda: trainer.state is State.IDLE)


def test_one_neuron_that_is_right_says_what_it_says(
    app: App, correct: Callable[[int], Corrected], until: Until
) -> None:
    app.session.set_model("one")
    train_some(app, until, epochs=2)
    correct(3)
    found = correct(3)
    assert not found.correction.steps
    assert "says that it is not a 6 already, with P(6) =" in found.sentence


@pytest.mark.parametrize("what", ["undo", "redo", "clear", "stroke"])
def test_words_of_what_is_no_more_go(
    app: App, correct: Callable[[int], Corrected], until: Until, what: str
) -> None:
    equation, stack = app.window.equation, app.session.undo_stack
    always = equation.subtitle.text(), equation.kept.text()
    digit = wrong_digit(app)
    correct(digit)
    until(lambda: "kept" in equation.kept.text())
    if what == "redo":
        stack.undo()
        assert (equation.subtitle.text(), equation.kept.text()) == always
        equation.subtitle.hint("old")
        stack.redo()
        assert "old" not in equation.subtitle.text()
        return
    if what == "undo":
        stack.undo()
    elif what == "clear":
        app.session.drawing.clear()
    else:
        stroke(equation.canvas, [(2, 2), (2, 4)])
    assert (equation.subtitle.text(), equation.kept.text()) == always


# Once more, for the same ink


def in_use() -> list[tuple[int, str]]:
    return [(row.label, row.source) for row in rows() if not row.deleted_at]


def test_correcting_again_changes_the_same_drawing(
    app: App, correct: Callable[[int], Corrected], until: Until
) -> None:
    first = wrong_digit(app)
    correct(first)
    uuid, learned = rows()[0].uuid, app.session.learned
    correct(first)
    second = (first + 1) % 10
    correct(second)
    (kept,) = rows()
    assert (kept.uuid, kept.label) == (uuid, second)
    assert app.session.learned is not learned
    app.session.undo_stack.undo()
    until(lambda: not app.collection.unsaved)
    assert in_use() == [(first, CORRECTED)]
    assert app.session.learned is learned
    app.session.undo_stack.undo()
    until(lambda: not app.collection.unsaved)
    assert in_use() == []
    app.session.undo_stack.redo()
    app.session.undo_stack.redo()
    until(lambda: not app.collection.unsaved)
    assert in_use() == [(second, CORRECTED)]
    assert len(rows()) == 1


def test_the_digit_key_after_a_correction_goes_on_to_the_next(
    app: App, correct: Callable[[int], Corrected], until: Until
) -> None:
    digit, ink = wrong_digit(app), app.session.drawing.ink.copy()
    correct(digit)
    QTest.keyClick(app.window.equation.canvas, Qt.Key(Qt.Key.Key_0 + digit))
    until(lambda: not app.session.drawing.ink.any() and not app.collection.unsaved)
    assert in_use() == [(digit, CORRECTED)]
    until(lambda: f"{digit} · kept" in app.window.equation.kept.text())
    app.session.undo_stack.undo()
    np.testing.assert_array_equal(app.session.drawing.ink, ink)
    until(lambda: not app.collection.unsaved)
    assert in_use() == [(digit, CORRECTED)]
    other = (digit + 1) % 10
    QTest.keyClick(app.window.equation.canvas, Qt.Key(Qt.Key.Key_0 + other))
    until(lambda: not app.session.drawing.ink.any() and not app.collection.unsaved)
    assert in_use() == [(other, CORRECTED)]


def test_strokes_that_were_undone_and_a_cleared_canvas_change_nothing_in_that(
    app: App, correct: Callable[[int], Corrected], until: Until
) -> None:
    digit = wrong_digit(app)
    correct(digit)
    stroke(app.window.equation.canvas, [(2, 2), (2, 4)])
    app.session.drawing.clear()
    app.session.undo_stack.undo()
    app.session.undo_stack.undo()
    correct((digit + 1) % 10)
    assert [label for label, _ in in_use()] == [(digit + 1) % 10]
    stroke(app.window.equation.canvas, [(2, 2), (2, 4)])
    correct(digit)
    assert len(in_use()) == 2


def test_what_was_undone_and_is_corrected_again_is_kept_once(
    app: App, correct: Callable[[int], Corrected]
) -> None:
    digit = wrong_digit(app)
    correct(digit)
    app.session.undo_stack.undo()
    correct((digit + 1) % 10)
    assert len(rows()) == 1


def test_keys_that_come_while_it_is_corrected_are_for_the_same_drawing(
    app: App, until: Until
) -> None:
    digit = wrong_digit(app)
    app.window.correct(digit)
    app.window.correct((digit + 1) % 10)
    until(lambda: app.window.corrector._worker.thread_at_work is None)
    until(lambda: not app.collection.unsaved)
    assert [label for label, _ in in_use()] == [(digit + 1) % 10]
    app.session.undo_stack.undo()
    app.session.undo_stack.undo()
    for last in (digit, (digit + 2) % 10):
        app.window.correct(digit)
        assert app.window.corrector._worker.thread_at_work
        app.window.labelling.keep(last)
        until(lambda: app.window.corrector._worker.thread_at_work is None)
        until(lambda: not app.collection.unsaved and not app.session.drawing.ink.any())
        assert [label for label, _ in in_use()] == [last]
        app.session.undo_stack.undo()
        app.session.undo_stack.undo()
        assert app.session.drawing.ink.any()
        until(lambda: not app.collection.unsaved)
        assert in_use() == []


def test_what_was_left_on_the_canvas_is_the_same_drawing_after_a_restart(
    app: App, desk: Desk, correct: Callable[[int], Corrected], until: Until
) -> None:
    digit = wrong_digit(app)
    correct(digit)
    desk.close(app)
    again = desk.start()
    until(lambda: again.collection.ready)
    again.window.correct((digit + 1) % 10)
    until(lambda: again.window.result.isVisible() and not again.collection.unsaved)
    assert [label for label, _ in in_use()] == [(digit + 1) % 10]


@pytest.mark.parametrize("source", [IMPORTED, DRAWN])
def test_one_that_was_taken_from_the_gallery_gets_the_other_label(
    app: App, correct: Callable[[int], Corrected], until: Until, source: str
) -> None:
    from sixpad.gui.data_page import DataPage

    ink, digit = app.session.drawing.ink.copy(), wrong_digit(app)
    app.collection.keep([app.collection.new(ink, (digit + 1) % 10, source)])
    app.session.drawing.clear()
    app.window.show_drawings()
    page = app.window.data_page
    assert isinstance(page, DataPage)
    page.drawings._take(0)
    app.window.show_page(0)
    correct(digit)
    assert in_use() == [(digit, CORRECTED if source == DRAWN else IMPORTED)]
    app.session.undo_stack.undo()
    until(lambda: not app.collection.unsaved)
    assert in_use() == [((digit + 1) % 10, source)]
    QTest.keyClick(app.window.equation.canvas, Qt.Key(Qt.Key.Key_0 + digit))
    until(lambda: not app.session.drawing.ink.any() and not app.collection.unsaved)
    assert [label for label, _ in in_use()] == [digit]


def test_the_mouse_and_the_menu_do_it_too(app: App, until: Until) -> None:
    button = app.window.equation.correct
    assert button.accessibleName()
    digit = wrong_digit(app)
    button.menu().actions()[digit].trigger()
    until(lambda: app.window.result.isVisible() and not app.collection.unsaved)
    assert [row.label for row in rows()] == [digit]


def test_a_drawing_that_waits_for_the_disk_is_corrected_and_kept_once(
    app: App, correct: Callable[[int], Corrected]
) -> None:
    from threading import Event

    done = Event()
    app.collection._thread.submit(partial(done.wait, 20))
    digit = wrong_digit(app)
    ink = app.session.drawing.ink.copy()
    app.window.labelling.keep(digit)
    app.window.corrector.corrected.connect(lambda _: done.set())
    correct(digit)
    np.testing.assert_array_equal(app.session.drawing.ink, ink)
    assert [(row.label, row.source) for row in rows()] == [(digit, CORRECTED)]


# What cannot be corrected


def test_white_paper_is_not_corrected(app: App) -> None:
    app.session.drawing.clear()
    app.window.correct(6)
    assert app.window.equation.kept.text() == EMPTY


def test_nothing_learned_yet_is_said_kindly(app: App, notices: list[str]) -> None:
    app.session.set_digit(4)
    app.session.set_model("one")
    app.window.correct(6)
    assert "learned nothing yet" in notices[-1]
    assert not app.collection.unsaved
    assert app.session.drawing.ink.any()


def test_no_examples_is_said_kindly(app: App, notices: list[str]) -> None:
    app.trainer.data.parts = None
    app.window.correct(6)
    assert "no examples" in notices[-1]


def test_on_other_pages_nothing_is_corrected(app: App) -> None:
    app.window.show_page(1)
    app.window.correct(6)
    assert app.window.corrector._worker.thread_at_work is None
