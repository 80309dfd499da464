"""The window's turn: the training waits for it, and nobody waits for ever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hand import stroke
from PySide6.QtTest import QTest

from sixpad.gui.app import App
from sixpad.gui.trainer import State

Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def training(app: App, until: Until) -> App:
    """The window in the midst of a training that would go on for long."""
    app.trainer.set_config(replace(app.trainer.config, epochs=1_000_000))
    app.window.band.panel.train.click()
    until(lambda: app.session.snapshot.step > 0)
    return app


def held(app: App) -> bool:
    return app.session.turn.lock.locked()


def test_who_draws_has_the_turn_until_it_is_painted(training: App, until: Until) -> None:
    session = training.session
    until(lambda: not held(training))
    session.turn.take()
    assert held(training)
    until(lambda: not held(training))
    step = session.snapshot.step
    until(lambda: session.snapshot.step > step)
    stroke(training.window.equation.canvas, [(3, 3), (9, 12)])
    until(lambda: not held(training))


def test_no_step_is_taken_meanwhile(training: App, until: Until) -> None:
    session, mailbox = training.session, training.trainer._mailbox
    training.trainer._timer.stop()
    session.turn.take()
    QTest.qSleep(20)  # for the step that is under way
    mailbox.take()
    QTest.qSleep(60)
    assert mailbox.take() is None
    session.turn.give()
    until(lambda: mailbox.take() is not None)


@pytest.mark.parametrize("end", ["stop", "pause", "reset", "switch", "close"])
def test_whoever_waits_for_the_training_gives_the_turn_back(
    training: App, end: str, until: Until
) -> None:
    training.session.turn.take()
    if end == "close":
        assert training.trainer.close()
    else:
        {
            "stop": training.trainer.stop,
            "pause": training.trainer.pause,
            "reset": training.session.reset,
            "switch": lambda: training.session.set_model("ten"),
        }[end]()
        until(lambda: training.trainer.state is not State.RUNNING)
    assert training.trainer._thread is None or training.trainer._thread.isFinished()
    until(lambda: not held(training))


def test_taking_and_giving_twice_is_as_once(app: App, until: Until) -> None:
    turn = app.session.turn
    turn.take()
    turn.take()
    turn.give()
    assert not held(app)
    turn.give()
    turn.take()
    until(lambda: not held(app))
