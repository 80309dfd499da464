"""What the network says of one's own drawings: always of these drawings, by these weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from desk import Desk, Until
from evaluated import BOTH
from hand import teach
from numpy.typing import NDArray
from PySide6.QtCore import QDeadlineTimer

from sixpad.core.grid import PIXELS
from sixpad.core.network import ONE, TEN
from sixpad.core.preparation import Preparation
from sixpad.data.drawing_table import DrawingTable
from sixpad.data.handwriting import generate
from sixpad.data.stored import DRAWN, Stored, new_drawing
from sixpad.gui.app import App
from sixpad.gui.own_answers import OwnAnswers
from sixpad.gui.trainer import State

COUNT = 50


def some(count: int = COUNT, seed: int = 4) -> list[Stored]:
    """Drawings that lie in any place, so that preparing them matters."""
    data = generate(count, seed, preparation=Preparation.AS_DRAWN)
    pairs = zip(data.images, data.labels.tolist(), strict=True)
    return [new_drawing(image.reshape(24, 24), label, DRAWN, "now") for image, label in pairs]


@pytest.fixture
def app(desk: Desk, until: Until) -> App:
    app = desk.start()
    until(lambda: app.collection.ready)
    app.collection.keep(some())
    for model in (TEN, ONE):
        app.session.set_model(model)
        teach(app.session)
    return app


@pytest.fixture
def answers(app: App) -> Iterator[OwnAnswers]:
    answers = OwnAnswers(app.trainer, app.collection, app.window)
    yield answers
    assert answers.close(QDeadlineTimer(20_000))


def expected(app: App, rows: NDArray[np.intp] | None = None) -> NDArray[np.float64]:
    """The answers worked out one by one."""
    table, session = app.collection.table, app.session
    found = []
    for row in range(len(table)) if rows is None else rows:
        ink = session.drawing.preparation(table[int(row)].ink)
        X = ink.reshape(1, PIXELS).astype(np.float32)
        found.append(session.network.predict(session.snapshot.parameters, X)[0])
    return np.array(found, np.float64)


def assert_true(app: App, answers: OwnAnswers, *rows: int) -> None:
    wanted = np.array(rows, np.intp)
    np.testing.assert_allclose(answers.of(wanted), expected(app, wanted), atol=1e-5)


@BOTH
def test_what_is_seen_is_answered_at_once(app: App, answers: OwnAnswers, model: str) -> None:
    app.session.set_model(model)
    assert_true(app, answers, 3, 4, 5)
    assert_true(app, answers, 5, 49, 3, 0)
    assert answers.whole is None, "nobody has asked about all"


def test_they_follow_everything_that_changes_them(app: App, answers: OwnAnswers) -> None:
    seen = 3, 7, 20
    assert_true(app, answers, *seen)
    teach(app.session, seed=5)
    assert_true(app, answers, *seen)
    for preparation in (Preparation.AS_DRAWN, Preparation.DESKEWED, Preparation.FITTED):
        app.session.drawing.set_preparation(preparation)
        assert_true(app, answers, *seen)
    app.session.set_model(TEN)
    assert_true(app, answers, *seen)
    app.session.set_model(ONE)
    app.collection.keep(some(5, seed=8))
    assert_true(app, answers, *seen, COUNT, COUNT + 4)


def test_another_table_is_answered_by_what_it_holds(
    app: App, answers: OwnAnswers, until: Until
) -> None:
    answers.want(True)
    until(lambda: answers.whole is not None)
    table = app.collection.table
    app.collection.table = DrawingTable([table[row] for row in reversed(range(COUNT))])
    assert_true(app, answers, *range(COUNT))
    answers.refresh()
    until(lambda: answers.whole is not None and not answers.busy)
    np.testing.assert_allclose(answers.all(), expected(app), atol=1e-5)


@BOTH
def test_all_are_answered_when_that_is_wanted(
    app: App, answers: OwnAnswers, until: Until, model: str
) -> None:
    app.session.set_model(model)
    assert answers.all() is None
    answers.want(True)
    until(lambda: answers.all() is not None)
    np.testing.assert_allclose(answers.all(), expected(app), atol=1e-5)
    assert not answers.outdated
    teach(app.session, seed=6)
    assert answers.outdated
    until(lambda: not answers.outdated)
    np.testing.assert_allclose(answers.all(), expected(app), atol=1e-5)
    app.session.drawing.set_preparation(Preparation.AS_DRAWN)
    until(lambda: not answers.outdated)
    np.testing.assert_allclose(answers.all(), expected(app), atol=1e-5)


def test_new_drawings_are_unknown_until_they_are_answered(
    app: App, answers: OwnAnswers, until: Until
) -> None:
    answers.want(True)
    until(lambda: answers.all() is not None)
    app.collection.keep(some(5, seed=8))
    found = answers.all()
    assert found is not None
    assert np.isnan(found[COUNT:]).all()
    assert not np.isnan(found[:COUNT]).any()
    answers.refresh()
    until(lambda: not answers.outdated)
    np.testing.assert_allclose(answers.all(), expected(app), atol=1e-5)


def test_a_relabelled_drawing_is_not_asked_about_again(
    app: App, answers: OwnAnswers, until: Until
) -> None:
    answers.want(True)
    until(lambda: answers.all() is not None)
    app.collection.relabel(np.arange(5), 3)
    answers.refresh()
    assert not answers.busy
    assert not answers.outdated


def test_nothing_is_worked_out_for_nobody(app: App, answers: OwnAnswers, until: Until) -> None:
    answers.want(True)
    until(lambda: answers.all() is not None)
    answers.want(False)
    teach(app.session, seed=7)
    assert not answers.busy
    assert answers.outdated
    app.session.reset()
    answers.want(True)
    assert not answers.busy, "it has learned nothing"


def test_in_a_training_they_come_from_time_to_time(
    app: App, answers: OwnAnswers, until: Until
) -> None:
    passes: list[object] = []
    answers.changed.connect(lambda: passes.append(answers.whole))
    answers.want(True)
    until(lambda: answers.all() is not None)
    app.trainer.set_config(replace(app.trainer.config, epochs=1_000_000))
    app.trainer.train()
    until(lambda: len(passes) >= 3)
    app.trainer.stop()
    until(lambda: app.trainer.state is State.IDLE and not answers.outdated)
    np.testing.assert_allclose(answers.all(), expected(app), atol=1e-5)
