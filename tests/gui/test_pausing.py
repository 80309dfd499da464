"""Pausing, stepping and stopping: the numbers are those of a run that was left alone."""

from __future__ import annotations

import numpy as np
import pytest
from desk import Desk, Until
from hand import picture
from pytestqt.qtbot import QtBot
from runs import FOREVER, Fingerprint, configure, learned, run_to_the_end, straight_through

from sixpad.core.network import Network
from sixpad.gui.app import App
from sixpad.gui.trainer import State, Trainer
from sixpad.gui.training_panel import TrainingPanel


def test_pausing_and_resuming_changes_no_bit(
    trainer: Trainer, panel: TrainingPanel, until: Until, fingerprint: Fingerprint
) -> None:
    epochs, pauses = 1200, 0
    configure(trainer, epochs=epochs, patience=epochs, batch_size=100)
    session = trainer.session
    panel.train.click()
    while trainer.state is State.RUNNING and pauses < 6:
        before = session.snapshot.step
        until(lambda before=before: session.snapshot.step > before)
        trainer.pause()
        until(lambda: trainer.state is not State.RUNNING)
        if trainer.state is State.PAUSED:
            pauses += 1
            assert session.snapshot.unfinished
            assert panel.train.text() == "Resume"
            panel.train.click()
    run_to_the_end(trainer, until)
    assert pauses
    assert session.snapshot.epoch == epochs
    expected = straight_through(trainer)
    assert learned(session.snapshot, fingerprint) == learned(expected, fingerprint)
    assert len(session.history.training) == expected.step


def test_scores_say_of_which_epoch_they_are_where_it_went_on_since(
    trainer: Trainer, panel: TrainingPanel, app: App, until: Until
) -> None:
    words = app.window.band.progress._kept_apart
    configure(trainer, epochs=3, batch_size=100)
    for step in range(1, 50):
        panel.step.click()
        until(lambda step=step: trainer.session.snapshot.step == step)
        until(lambda: trainer.state is State.PAUSED)
        ended = trainer.session.snapshot.batch == 0
        assert words.text().startswith("as of epoch 0") != ended, step
        if ended:
            break
    assert trainer.session.snapshot.epoch == 1
    panel.train.click()
    run_to_the_end(trainer, until)
    assert "as of" not in words.text()
    assert "never trained on" in words.text()


def test_the_scores_say_how_many_examples_they_are_of(
    trainer: Trainer, panel: TrainingPanel, app: App, until: Until
) -> None:
    words = app.window.band.progress._kept_apart
    assert words.text() == "80 never trained on"
    panel.train.click()
    run_to_the_end(trainer, until)
    trainer.data.set_specs(("handwriting:500",))
    until(lambda: not trainer.data.loading)
    app.session.progress_changed.emit()
    assert words.text() == "80 never trained on"
    panel.train.click()
    run_to_the_end(trainer, until)
    assert words.text() == "100 never trained on"


def test_nothing_moves_while_it_is_paused(
    trainer: Trainer, panel: TrainingPanel, until: Until, qtbot: QtBot
) -> None:
    configure(trainer, epochs=FOREVER)
    panel.train.click()
    until(lambda: trainer.session.snapshot.step > 0)
    trainer.pause()
    until(lambda: trainer.state is State.PAUSED)
    snapshot = trainer.session.snapshot
    qtbot.wait(100)
    assert trainer.session.snapshot is snapshot


def test_a_step_shows_the_gradient_and_then_moves_the_weights_by_it(
    app: App, panel: TrainingPanel, until: Until
) -> None:
    trainer, session, view = app.trainer, app.session, app.window.equation.weights
    configure(trainer, optimizer="gd", learning_rate=0.5, l2=0.0)
    found: list[int] = []
    session.step_found.connect(lambda: found.append(session.snapshot.step))
    panel.step.click()
    until(lambda: found == [0])
    gradient = session.gradient
    assert gradient is not None
    assert gradient.any()
    assert view.shows_gradient
    assert view.limit == np.abs(gradient).max()
    assert not session.weights.any(), "the weights move after it"
    assert panel.step.isEnabled(), "the focus stays where it is"
    seen = picture(view)
    until(lambda: not view.shows_gradient)
    assert trainer.state is State.PAUSED
    assert session.snapshot.step == 1
    assert np.allclose(session.weights, -0.5 * gradient, atol=1e-7)
    assert view.limit == np.abs(session.weights).max()
    assert picture(view) != seen


@pytest.mark.parametrize("model", ["hidden", "conv"])
def test_a_step_of_a_deeper_network_moves_the_weights_at_once(
    app: App, panel: TrainingPanel, until: Until, model: str
) -> None:
    session = app.session
    app.trainer.step_held_back.timer.setInterval(60_000)
    session.set_model(model)
    done: list[int] = []
    session.stepped.connect(lambda: done.append(session.snapshot.step))
    panel.step.click()
    until(lambda: done == [1])
    assert app.trainer.state is State.PAUSED
    panel.step.click()
    until(lambda: done == [1, 2])


@pytest.mark.parametrize("act", ["step", "train", "stop", "reset", "digit", "close"])
def test_a_step_is_not_lost_by_what_comes_while_its_gradient_is_shown(
    desk: Desk, app: App, panel: TrainingPanel, until: Until, act: str
) -> None:
    trainer, session = app.trainer, app.session
    trainer.step_held_back.timer.setInterval(60_000)
    configure(trainer, epochs=2)
    found: list[float] = []
    session.step_found.connect(lambda: found.append(float(np.abs(session.gradient).max())))
    panel.step.click()
    until(lambda: len(found) == 1)
    assert session.snapshot.step == 0
    if act == "step":
        panel.step.click()
        assert session.snapshot.step == 1
        until(lambda: len(found) == 2)
    elif act == "train":
        panel.train.click()
        run_to_the_end(trainer, until)
        assert session.snapshot.epoch == 2
    elif act == "stop":
        trainer.stop()
        assert (trainer.state, session.snapshot.step) == (State.IDLE, 1)
    elif act == "reset":
        session.reset()
        assert session.snapshot.step == 0
        session.undo_stack.undo()
        assert session.snapshot.step == 1
    elif act == "digit":
        session.set_digit(3)
        assert session.snapshot.step == 0
        assert session.gradient is None
        assert session.learned_by(Network(6)).snapshot.step == 1
    else:
        desk.close(app)
        assert desk.start_as_it_is().session.snapshot.step == 1


def test_a_paused_run_takes_on_another_number_of_epochs(
    trainer: Trainer, panel: TrainingPanel, until: Until
) -> None:
    configure(trainer, epochs=1_000)
    panel.step.click()
    until(lambda: trainer.state is State.PAUSED)
    assert trainer.until == 1_000
    panel.epochs.setValue(3)
    assert trainer.until == 3, "what the panel tells before it goes on"
    panel.train.click()
    run_to_the_end(trainer, until)
    assert trainer.session.snapshot.epoch == trainer.until == 3


def test_the_gradient_can_be_kept_in_view(app: App, panel: TrainingPanel, until: Until) -> None:
    view = app.window.equation.weights
    view.show_gradient(True)
    for step in (1, 2):
        panel.step.click()
        until(lambda step=step: app.session.snapshot.step == step)
        until(lambda: app.trainer.state is State.PAUSED)
    assert view.shows_gradient


def test_steps_and_then_training_are_the_same_run(
    trainer: Trainer, panel: TrainingPanel, until: Until, fingerprint: Fingerprint
) -> None:
    configure(trainer, epochs=5)
    for step in range(1, 6):
        panel.step.click()
        until(lambda step=step: trainer.session.snapshot.step == step)
        until(lambda: trainer.state is State.PAUSED)
    panel.train.click()
    run_to_the_end(trainer, until)
    expected = straight_through(trainer)
    assert learned(trainer.session.snapshot, fingerprint) == learned(expected, fingerprint)


def test_stop_ends_the_run_and_keeps_what_was_learned(
    trainer: Trainer, panel: TrainingPanel, until: Until
) -> None:
    configure(trainer, epochs=FOREVER)
    panel.train.click()
    until(lambda: trainer.session.snapshot.step > 0)
    panel.stop.click()
    run_to_the_end(trainer, until)
    snapshot = trainer.session.snapshot
    assert not snapshot.unfinished
    assert snapshot.epoch < FOREVER
    assert trainer.session.weights.any()
    assert not panel.stop.isEnabled()
    configure(trainer, epochs=3)
    panel.train.click()
    run_to_the_end(trainer, until)
    assert trainer.session.snapshot.epoch == snapshot.epoch + 3


def test_stop_ends_a_paused_run(trainer: Trainer, panel: TrainingPanel, until: Until) -> None:
    panel.step.click()
    until(lambda: trainer.state is State.PAUSED)
    panel.stop.click()
    assert trainer.state is State.IDLE
    assert panel.train.text() == "Train"
    assert trainer.session.snapshot.step == 1


def test_slow_motion_shows_every_step(trainer: Trainer, until: Until) -> None:
    configure(trainer, epochs=FOREVER)
    shown: list[int] = []
    trainer.session.weights_changed.connect(lambda: shown.append(trainer.session.snapshot.step))
    trainer.set_slow(True)
    trainer.train()
    until(lambda: len(shown) > 6)
    trainer.pause()
    until(lambda: trainer.state is State.PAUSED)
    assert list(dict.fromkeys(shown)) == list(range(shown[-1] + 1))
