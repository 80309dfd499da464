"""What is exchanged under a training: the digit, the weights, the examples."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from typing import Any

import numpy as np
import pytest
from desk import Desk, Until
from hand import prepare
from pytestqt.qtbot import QtBot
from runs import FOREVER, configure, run_to_the_end

from sixpad.core.network import Network
from sixpad.core.preparation import Preparation
from sixpad.data import spec
from sixpad.gui.app import App
from sixpad.gui.trainer import State, Trainer
from sixpad.gui.training_panel import TrainingPanel

# The digit


def test_changing_the_digit_holds_the_training_and_keeps_it(
    app: App, panel: TrainingPanel, until: Until
) -> None:
    trainer, session = app.trainer, app.session
    configure(trainer, epochs=FOREVER)
    panel.train.click()
    until(lambda: session.snapshot.step > 0)
    app.window.equation.digits.button(3).click()
    assert session.digit == 3
    assert trainer.state is State.IDLE
    assert panel.train.text() == "Train"
    assert not session.weights.any()
    six = session.learned_by(Network(6)).snapshot
    assert six.unfinished
    panel.step.click()
    until(lambda: trainer.state is State.PAUSED)
    assert session.snapshot.step == 1
    app.window.equation.digits.button(6).click()
    assert session.snapshot is six
    assert trainer.state is State.PAUSED
    panel.train.click()
    until(lambda: session.snapshot.step > six.step)
    assert session.learned_by(Network(3)).snapshot.step == 1


# Reset


def test_reset_can_be_undone_after_a_training(
    trainer: Trainer, panel: TrainingPanel, until: Until
) -> None:
    session = trainer.session
    assert not panel.reset.isEnabled()
    panel.train.click()
    run_to_the_end(trainer, until)
    first = session.snapshot
    panel.reset.click()
    assert not session.weights.any()
    assert session.evidence.P == 0.5
    assert not len(session.history.training)
    configure(trainer, seed=77)
    panel.train.click()
    run_to_the_end(trainer, until)
    second = session.snapshot
    session.undo_stack.undo()
    assert session.snapshot is first
    assert len(session.history.training) == first.step
    session.undo_stack.redo()
    assert session.snapshot is second


def test_reset_in_mid_training_loses_no_step(
    trainer: Trainer, panel: TrainingPanel, until: Until
) -> None:
    configure(trainer, epochs=FOREVER)
    session = trainer.session
    panel.train.click()
    until(lambda: session.snapshot.step > 0)
    panel.reset.click()
    assert trainer.state is State.IDLE
    assert not session.weights.any()
    session.undo_stack.undo()
    assert trainer.state is State.PAUSED
    assert session.snapshot.unfinished
    assert len(session.history.training) == session.snapshot.step


def test_undo_of_a_reset_holds_the_training_that_came_after_it(
    trainer: Trainer, panel: TrainingPanel, until: Until
) -> None:
    session = trainer.session
    configure(trainer, epochs=5)
    panel.train.click()
    run_to_the_end(trainer, until)
    first = session.snapshot
    panel.reset.click()
    configure(trainer, epochs=FOREVER)
    panel.train.click()
    until(lambda: session.snapshot.step > 0)
    session.undo_stack.undo()
    assert session.snapshot is first
    assert trainer.state is State.IDLE
    session.undo_stack.redo()
    assert trainer.state is State.PAUSED
    assert session.snapshot.step > 0


# Data


@pytest.fixture
def examples_may_come(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Holds back every loading of examples until it is set."""
    load, may_come = spec.load_sources, Event()

    def late(*arguments: Any, **options: Any) -> Any:
        may_come.wait()
        return load(*arguments, **options)

    monkeypatch.setattr(spec, "load_sources", late)
    yield may_come
    may_come.set()


def test_train_before_the_examples_are_there_waits_and_then_trains(
    desk: Desk, until: Until, examples_may_come: Event
) -> None:
    app = desk.start(ready=False)
    panel = app.window.band.panel
    assert app.trainer.data.parts is None
    panel.train.click()
    assert app.trainer.state is State.WAITING
    assert panel.train.text() == "Cancel"
    examples_may_come.set()
    until(lambda: app.trainer.state is State.IDLE)
    assert app.session.snapshot.epoch == app.trainer.config.epochs


@pytest.mark.parametrize("way", ["train", "stop"])
def test_waiting_for_examples_can_be_cancelled(
    desk: Desk, until: Until, qtbot: QtBot, examples_may_come: Event, way: str
) -> None:
    app = desk.start(ready=False)
    panel = app.window.band.panel
    panel.train.click()
    getattr(panel, way).click()
    assert app.trainer.state is State.IDLE
    assert panel.train.text() == "Train"
    examples_may_come.set()
    until(lambda: app.trainer.data.parts is not None)
    qtbot.wait(50)
    assert app.trainer.state is State.IDLE
    assert app.session.snapshot.step == 0


def test_switching_centre_and_fit_pauses_and_prepares_the_examples_anew(
    app: App, panel: TrainingPanel, until: Until
) -> None:
    trainer = app.trainer
    configure(trainer, epochs=FOREVER)
    panel.train.click()
    until(lambda: app.session.snapshot.step > 0)
    fitted = trainer.data.parts
    prepare(app.window.equation, "As drawn")
    until(lambda: trainer.state is State.PAUSED and not trainer.data.loading)
    assert trainer.data.parts is not fitted
    assert fitted is not None
    assert trainer.data.parts is not None
    assert not np.array_equal(trainer.data.parts[0].images, fitted[0].images)
    before = app.session.snapshot.step
    panel.train.click()
    until(lambda: app.session.snapshot.step > before)
    assert app.session.learned.source.preparation is Preparation.AS_DRAWN


def test_each_network_is_given_the_images_that_it_learned_from(
    app: App, panel: TrainingPanel, until: Until, notices: list[str]
) -> None:
    trainer, session = app.trainer, app.session

    def train() -> None:
        until(lambda: not trainer.data.loading)
        panel.train.click()
        until(lambda: trainer.state is State.IDLE)

    train()
    session.set_model("ten")
    prepare(app.window.equation, "Deskew, centre, fit")
    assert not notices
    train()
    session.set_model("one")
    assert session.drawing.preparation is Preparation.FITTED
    session.set_model("ten")
    assert session.drawing.preparation is Preparation.DESKEWED
    prepare(app.window.equation, "As drawn")
    assert "learned from images prepared with “Deskew, centre, fit”" in notices[-1]
    until(lambda: not trainer.data.loading)
    assert trainer.data.preparation is Preparation.AS_DRAWN
