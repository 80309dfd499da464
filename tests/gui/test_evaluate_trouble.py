"""What the Evaluate page says when an evaluation is cancelled or fails, and how it goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Until
from evaluated import Gate, choose, evaluated, page_of, pen_file, rests, shown, texts
from hand import teach
from kept import train_some

from sixpad.core.network import Network
from sixpad.core.preparation import Preparation
from sixpad.gui import evaluation_threads
from sixpad.gui.app import App
from sixpad.gui.evaluate_page import EvaluatePage
from sixpad.gui.evaluator import VALIDATION

AGAIN = "Choose the data again to try once more, or choose others."


@pytest.fixture
def elsewhere(app: App, until: Until) -> App:
    """The network has learned from fitted digits, and those that are there are as drawn."""
    train_some(app, until, epochs=1)
    app.session.drawing.set_preparation(Preparation.AS_DRAWN)
    until(lambda: not app.trainer.data.loading)
    return app


def test_a_first_evaluation_that_is_cancelled_says_so_and_how_to_go_on(
    elsewhere: App, until: Until, gate: Gate
) -> None:
    page = page_of(elsewhere.window)
    until(gate.reached.is_set)
    assert "Preparing the examples …" in texts(page)
    page.cancel.click()
    assert not page.evaluator.busy
    assert f"The evaluation was cancelled.\n{AGAIN}" in texts(page)
    assert "…" not in texts(page)
    gate.opened.set()
    choose(page, VALIDATION)
    until(lambda: evaluated(page, elsewhere))
    assert "cancelled" not in texts(page)
    assert "the validation part of handwriting:400:6" in texts(page)


def test_an_old_report_says_that_it_is_of_earlier_weights(
    app: App, evaluate_page: EvaluatePage, until: Until, gate: Gate
) -> None:
    page = evaluate_page
    train_some(app, until, epochs=1)
    until(lambda: evaluated(page, app) and rests(page.evaluator))
    gate.opened.set()
    app.session.drawing.set_preparation(Preparation.AS_DRAWN)
    until(lambda: not app.trainer.data.loading)
    gate.opened.clear()
    gate.reached.clear()
    teach(app.session, seed=2)
    until(gate.reached.is_set)
    assert "earlier weights" not in texts(page)
    page.cancel.click()
    assert "handwriting:400:6 · of earlier weights" in texts(page)
    assert f"The evaluation was cancelled. {AGAIN}" in texts(page)
    teach(app.session, seed=3)
    assert not page.evaluator.busy
    gate.opened.set()
    choose(page, VALIDATION)
    until(lambda: evaluated(page, app))
    assert "earlier weights" not in texts(page)
    assert "cancelled" not in texts(page)


def test_the_report_of_another_network_gives_way_to_what_happened(
    app: App, evaluate_page: EvaluatePage, until: Until, monkeypatch: pytest.MonkeyPatch,
    notices: list[str],
) -> None:  # fmt: skip
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(evaluation_threads, "evaluate", fail)
    app.session.set_digit(3)
    teach(app.session)
    until(lambda: not evaluate_page.evaluator.busy)
    (told,) = notices
    assert told.startswith("There is not enough memory")
    assert f"{told}\n{AGAIN}" in texts(evaluate_page)
    monkeypatch.undo()
    choose(evaluate_page, VALIDATION)
    until(lambda: evaluated(evaluate_page, app))
    assert shown(evaluate_page.evaluator).evaluation.network == Network(3)


def test_a_validation_part_that_is_gone_is_told_on_the_page(
    app: App, until: Until, notices: list[str], tmp_path: Path
) -> None:
    path = pen_file(tmp_path)
    app.trainer.data.set_specs((f"unipen:{path}",))
    until(lambda: not app.trainer.data.loading)
    train_some(app, until, epochs=1)
    app.session.drawing.set_preparation(Preparation.AS_DRAWN)
    until(lambda: not app.trainer.data.loading)
    path.unlink()
    page = page_of(app.window)
    until(lambda: not page.evaluator.busy)
    assert f"{notices[0]}\n{AGAIN}" in texts(page)


def test_two_sources_that_are_gone_are_each_tried_once(
    elsewhere: App, until: Until, notices: list[str], tmp_path: Path
) -> None:
    """The one falls back to the other, and not to and fro."""
    app, page = elsewhere, page_of(elsewhere.window)
    theirs, mine = pen_file(tmp_path), pen_file(tmp_path).with_name("mine.unipen")
    mine.write_text(theirs.read_text())
    app.trainer.data.set_specs((f"unipen:{mine}",))
    until(lambda: not app.trainer.data.loading)
    page.evaluator.choose(f"unipen:{theirs}")
    until(lambda: rests(page.evaluator) and shown(page.evaluator).data.name.endswith(theirs.name))
    app.window.show_page(0)
    before = app.session.snapshot.step
    app.trainer.step()
    until(lambda: app.session.snapshot.step > before)
    app.session.drawing.set_preparation(Preparation.FITTED)
    until(lambda: not app.trainer.data.loading)
    theirs.unlink()
    mine.unlink()
    app.window.show_page(2)
    until(lambda: not page.evaluator.busy)
    assert len(notices) == 2
    assert page.evaluator.trouble
    assert page.evaluator.trouble in texts(page)


def test_an_idle_page_never_says_that_it_evaluates(
    evaluate_page: EvaluatePage, until: Until
) -> None:
    page, states = evaluate_page, []
    # Otherwise what is over soon is not told.
    page._slow.setInterval(0)
    page.evaluator.busy_changed.connect(
        lambda: states.append((page.evaluator.busy, "valuating …" in texts(page)))
    )
    page.evaluator.choose("handwriting:20000:3")
    until(lambda: "· evaluating …" in texts(page))
    until(lambda: rests(page.evaluator))
    assert states[0][0]
    assert states[-1] == (False, False)


def test_a_hidden_page_is_not_written_anew(app: App, evaluate_page: EvaluatePage) -> None:
    app.window.show_page(0)
    app.session.reset()
    assert "not trained" not in evaluate_page._hint.text()
    app.window.show_page(2)
    assert "not trained yet" in texts(evaluate_page)
