"""The evaluator: what is shown becomes true to the network in use, and stays till then."""

from __future__ import annotations

from threading import Event
from typing import Any

import numpy as np
import pytest
from desk import Desk, Until
from evaluated import page_of, rests, shown
from hand import teach
from PySide6.QtCore import QDeadlineTimer, QObject
from runs import FOREVER, configure, run_to_the_end

from sixpad.core.evaluation import evaluate
from sixpad.core.network import TEN, Network
from sixpad.gui import evaluation_threads
from sixpad.gui import evaluator as evaluator_module
from sixpad.gui.app import App
from sixpad.gui.evaluation_threads import EvaluatingThread, Report
from sixpad.gui.evaluator import FRESH, VALIDATION, Evaluator


@pytest.fixture
def evaluator(app: App) -> Evaluator:
    """That of the page, which is shown; the neuron has learned something."""
    teach(app.session)
    return page_of(app.window).evaluator


def test_the_validation_part_is_evaluated_by_itself(
    app: App, evaluator: Evaluator, until: Until
) -> None:
    until(lambda: rests(evaluator))
    report, session = shown(evaluator), app.session
    assert app.trainer.data.parts is not None
    validation = app.trainer.data.parts[1]
    assert report.data is validation
    assert report.subject.selection.validation
    expected = evaluate(session.network, session.snapshot.parameters, validation, "cross-entropy")
    assert np.array_equal(report.evaluation.P, expected.P)
    assert report.evaluation.loss == expected.loss


def test_nothing_is_evaluated_where_nobody_looks(
    app: App, evaluator: Evaluator, until: Until
) -> None:
    until(lambda: rests(evaluator))
    app.window.show_page(0)
    before = shown(evaluator)
    teach(app.session, seed=2)
    assert not evaluator.busy
    assert evaluator.report is before
    app.window.show_page(2)
    until(lambda: shown(evaluator) is not before)
    assert shown(evaluator).subject.parameters is app.session.snapshot.parameters


def test_what_has_not_changed_is_not_evaluated_again(
    app: App, evaluator: Evaluator, until: Until
) -> None:
    until(lambda: rests(evaluator))
    app.session.weights_changed.emit()
    app.window.show_page(0)
    app.window.show_page(2)
    assert not evaluator.busy


def test_another_network_is_evaluated_and_the_old_report_stays_till_then(
    app: App, evaluator: Evaluator, until: Until
) -> None:
    until(lambda: rests(evaluator))
    one = shown(evaluator)
    app.session.set_model(TEN)
    assert evaluator.report is one, "untrained: nothing to evaluate"
    teach(app.session)
    assert evaluator.report is one
    until(lambda: shown(evaluator).evaluation.network == app.session.network)
    assert shown(evaluator).evaluation.P.shape == (80, 10)


def test_a_network_that_was_left_meanwhile_is_not_reported(
    app: App, evaluator: Evaluator, until: Until
) -> None:
    until(lambda: rests(evaluator))
    seen = []
    evaluator.changed.connect(lambda: seen.append(shown(evaluator).evaluation.network.digit))
    for digit in (1, 2, 3):
        app.session.set_digit(digit)
        teach(app.session)
    until(lambda: shown(evaluator).evaluation.network.digit == 3 and rests(evaluator))
    assert seen == [3]


def test_a_network_that_was_left_is_given_up_in_mid_evaluation(
    app: App, evaluator: Evaluator, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    until(lambda: rests(evaluator))
    evaluate = evaluation_threads.evaluate
    begun = Event()

    def endless(network: Network, *others: Any) -> Any:
        while network == Network(6):
            begun.set()
            others[-1]()
        return evaluate(network, *others)

    monkeypatch.setattr(evaluation_threads, "evaluate", endless)
    teach(app.session, seed=2)
    until(begun.is_set)
    app.session.set_digit(3)
    teach(app.session)
    until(lambda: shown(evaluator).evaluation.network == Network(3) and rests(evaluator))
    until(lambda: not evaluator._worker.given_up)


def test_what_takes_its_time_is_worked_out_in_the_thread(
    evaluator: Evaluator, until: Until
) -> None:
    """And not when the page, which does not know of this thread, first shows it."""
    until(lambda: rests(evaluator))
    report, parent = shown(evaluator), QObject()
    thread = EvaluatingThread(report.subject, report.data, parent)
    thread.work()
    assert thread.report is not None
    assert {"f1", "by_digit", "accuracy"} <= vars(thread.report.evaluation).keys()


def test_while_a_training_runs_evaluations_rest_and_its_end_is_evaluated_at_once(
    app: App, evaluator: Evaluator, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    until(lambda: rests(evaluator))
    monkeypatch.setattr(evaluator_module, "REST_MILLISECONDS", 10**8)
    configure(app.trainer, epochs=FOREVER)
    app.trainer.train()
    first = shown(evaluator)
    until(lambda: shown(evaluator) is not first and rests(evaluator))
    during = shown(evaluator)
    step = app.session.snapshot.step
    until(lambda: app.session.snapshot.step > step + 100)
    assert evaluator.report is during
    assert not evaluator.busy
    evaluator.choose("handwriting:60:3")
    until(lambda: shown(evaluator).evaluation.examples == 60)
    evaluator.choose(VALIDATION)
    until(lambda: shown(evaluator).evaluation.examples == 80)
    app.trainer.stop()
    run_to_the_end(app.trainer, until)
    until(lambda: shown(evaluator).subject.parameters is app.session.snapshot.parameters)


def test_a_training_is_followed_while_it_runs(
    app: App, evaluator: Evaluator, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluator_module, "REST_MILLISECONDS", 1)
    configure(app.trainer, epochs=FOREVER)
    app.trainer.train()
    reports: list[Report] = []
    evaluator.changed.connect(lambda: reports.append(shown(evaluator)))
    until(lambda: len({id(report.subject.parameters) for report in reports}) >= 3)
    app.trainer.stop()
    run_to_the_end(app.trainer, until)
    steps = [report.evaluation.loss for report in reports]
    assert steps[-1] < steps[0]


def test_closing_gives_up_what_is_on_its_way(evaluator: Evaluator, until: Until) -> None:
    evaluator.choose("handwriting:200000")
    until(lambda: evaluator.loading)
    assert evaluator.close(QDeadlineTimer(10_000))
    assert not evaluator.busy


def test_the_window_can_close_in_the_midst_of_an_evaluation(desk: Desk) -> None:
    app = desk.start()
    teach(app.session)
    app.window.show_page(2)
    page = app.window.evaluate_page
    assert page is not None
    page.evaluator.choose(FRESH)
    assert page.evaluator.loading
    desk.close(app)
