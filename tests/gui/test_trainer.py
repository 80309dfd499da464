"""Training with the real thing, from a pressed button to the weights that it leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Event
from typing import Any

import numpy as np
import pytest
from desk import Desk
from hand import picture, stroke
from pytestqt.qtbot import QtBot

from sixpad.core.backend import cpu
from sixpad.core.snapshot import Snapshot, initial_snapshot
from sixpad.core.training import train
from sixpad.data import spec
from sixpad.gui import trainer as trainer_module
from sixpad.gui import training_thread
from sixpad.gui.app import App
from sixpad.gui.drawing import sample_six
from sixpad.gui.session import Source
from sixpad.gui.trainer import State, Trainer
from sixpad.gui.training_panel import TrainingPanel

Until = Callable[[Callable[[], bool]], None]
Fingerprint = Callable[[Any], Any]
FOREVER = 1_000_000


@pytest.fixture
def trainer(app: App) -> Trainer:
    return app.trainer


@pytest.fixture
def panel(app: App) -> TrainingPanel:
    return app.window.band.panel


def configure(trainer: Trainer, **changes: Any) -> None:
    trainer.set_config(replace(trainer.config, **changes))


def straight_through(trainer: Trainer) -> Snapshot:
    """The last snapshot of the same run without a window, from its start to its end."""
    assert trainer.data.parts is not None
    network = trainer.session.network
    start = initial_snapshot(network, trainer.config)
    *_, last = train(network, *trainer.data.parts, trainer.config, start=start, backend=cpu(""))
    return last


def learned(snapshot: Snapshot, fingerprint: Fingerprint) -> Any:
    """All that a training leaves behind, bit for bit; not what it told on its way."""
    return fingerprint(
        replace(snapshot, losses=np.empty((0, 2)), validation=(), gradient=None, stopped=None)
    )


def run_to_the_end(trainer: Trainer, until: Until) -> None:
    until(lambda: trainer.state is State.IDLE)


# Train


def test_training_turns_weights_into_a_six(
    trainer: Trainer, panel: TrainingPanel, until: Until
) -> None:
    session = trainer.session
    assert np.array_equal(session.drawing.ink, sample_six())
    assert session.evidence.P == 0.5
    panel.train.click()
    assert trainer.state is State.RUNNING
    assert panel.train.text() == "Pause"
    run_to_the_end(trainer, until)
    assert panel.train.text() == "Train"
    assert session.evidence.P > 0.5
    assert session.snapshot.epoch == trainer.config.epochs
    assert len(session.history.training) == session.snapshot.step
    assert len(session.history.validation) == trainer.config.epochs + 1
    assert session.history.training[-1, 1] < session.history.training[0, 1]
    assert session.history.scores is not None
    assert session.learned.source == Source("handwriting:400:6", 320, 80, True)


def test_the_window_trains_as_the_command_line_does(
    trainer: Trainer, panel: TrainingPanel, until: Until, fingerprint: Fingerprint
) -> None:
    panel.train.click()
    run_to_the_end(trainer, until)
    expected = straight_through(trainer)
    assert learned(trainer.session.snapshot, fingerprint) == learned(expected, fingerprint)


def test_weights_and_evidence_are_seen_to_move_while_it_trains(app: App, until: Until) -> None:
    trainer, session, equation = app.trainer, app.session, app.window.equation
    configure(trainer, epochs=FOREVER)
    plain = picture(equation.weights), picture(equation.evidence)
    answers: list[float] = []
    session.evidence_changed.connect(lambda: answers.append(session.evidence.P))
    trainer.train()
    until(lambda: len(set(answers)) > 3)
    assert trainer.state is State.RUNNING
    assert picture(equation.weights) != plain[0]
    assert picture(equation.evidence) != plain[1]
    stroke(equation.canvas, [(2, 2), (2, 20)])
    assert session.drawing.ink[2, 2:20].all(), "one can draw while it trains"


def test_the_numbers_of_the_training_are_shown(app: App, until: Until) -> None:
    progress = app.window.band.progress
    assert set(progress.scores.texts().values()) == {"–"}
    app.window.band.panel.train.click()
    until(lambda: app.trainer.state is State.IDLE)
    scores = app.session.history.scores
    assert scores is not None
    shown = progress.scores.texts()
    assert shown["Average precision"] == f"{scores.average_precision:.3f}"
    assert shown["F1 at P = 0.5"] == f"{scores.f1:.3f}"
    assert shown["Loss"] == f"{scores.loss:.3f}"
    pace = progress.pace.texts()
    assert pace["Epoch"] == "40"
    assert pace["Step"] == "120"
    assert pace["Images a second"] != "–"
    assert pace["Time left"] == "–"


def test_training_again_goes_on_from_what_was_learned(
    trainer: Trainer, panel: TrainingPanel, until: Until
) -> None:
    configure(trainer, epochs=4)
    panel.train.click()
    run_to_the_end(trainer, until)
    panel.train.click()
    run_to_the_end(trainer, until)
    assert trainer.session.snapshot.epoch == 8
    assert trainer.session.history.training[:, 0].max() == 8
    assert (np.diff(trainer.session.history.training[:, 0]) > 0).all()


# Pause, resume, step, stop


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


@pytest.mark.parametrize("act", ["step", "train", "stop", "reset", "digit", "close"])
def test_a_step_is_not_lost_by_what_comes_while_its_gradient_is_shown(
    desk: Desk, app: App, panel: TrainingPanel, until: Until, act: str
) -> None:
    trainer, session = app.trainer, app.session
    trainer._gradient_timer.setInterval(60_000)
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
        assert session.learned_by(6).snapshot.step == 1
    else:
        desk.close(app)
        assert desk.start_as_it_is().session.snapshot.step == 1


def test_a_paused_run_takes_on_another_number_of_epochs(
    trainer: Trainer, panel: TrainingPanel, until: Until
) -> None:
    configure(trainer, epochs=1_000)
    panel.step.click()
    until(lambda: trainer.state is State.PAUSED)
    panel.epochs.setValue(3)
    panel.train.click()
    run_to_the_end(trainer, until)
    assert trainer.session.snapshot.epoch == 3


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


# Settings that change while it trains


def test_the_learning_rate_may_be_changed_while_it_trains(
    trainer: Trainer, panel: TrainingPanel, until: Until
) -> None:
    configure(trainer, epochs=FOREVER)
    panel.train.click()
    until(lambda: trainer.session.snapshot.step > 0)
    assert panel.learning_rate.isEnabled()
    assert not panel.batch_size.isEnabled()
    panel.learning_rate.setValue(0.0125)
    until(lambda: trainer.session.snapshot.config.learning_rate == 0.0125)
    assert trainer.state is State.RUNNING


def test_a_rate_that_diverges_is_told_and_finite_weights_come_back(
    app: App, panel: TrainingPanel, notices: list[str], until: Until
) -> None:
    panel.train.click()
    until(lambda: app.trainer.state is State.IDLE)
    configure(app.trainer, optimizer="gd", learning_rate=1e6, l2=1e6, epochs=200)
    panel.train.click()
    until(lambda: app.trainer.state is State.IDLE)
    (told,) = notices
    assert "diverged" in told
    assert "smaller learning rate" in told
    assert app.window.notice.isVisible()
    assert np.isfinite(app.session.weights).all()
    assert app.session.weights.any(), "what was learned before is back"
    assert 0 <= app.session.evidence.P <= 1
    picture(app.window)
    configure(app.trainer, optimizer="adam", learning_rate=0.003, l2=0.0003, epochs=3)
    panel.train.click()
    until(lambda: app.trainer.state is State.IDLE)
    assert len(notices) == 1
    assert np.isfinite(app.session.history.training).all()


@pytest.mark.parametrize("settings", [{"target_loss": 0.6}, {"patience": 1, "learning_rate": 1.0}])
def test_a_training_that_settles_says_so(
    trainer: Trainer, notices: list[str], until: Until, settings: dict[str, Any]
) -> None:
    configure(trainer, epochs=FOREVER, **settings)
    trainer.train()
    run_to_the_end(trainer, until)
    assert [told for told in notices if "settled" in told]


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
    six = session.learned_by(6).snapshot
    assert six.unfinished
    panel.step.click()
    until(lambda: trainer.state is State.PAUSED)
    assert session.snapshot.step == 1
    app.window.equation.digits.button(6).click()
    assert session.snapshot is six
    assert trainer.state is State.PAUSED
    panel.train.click()
    until(lambda: session.snapshot.step > six.step)
    assert session.learned_by(3).snapshot.step == 1


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
    load, may_come = spec.load_data, Event()

    def late(*arguments: Any, **options: Any) -> Any:
        may_come.wait()
        return load(*arguments, **options)

    monkeypatch.setattr(spec, "load_data", late)
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
    app.window.equation.fit.click()
    until(lambda: trainer.state is State.PAUSED and not trainer.data.loading)
    assert trainer.data.parts is not fitted
    assert fitted is not None
    assert trainer.data.parts is not None
    assert not np.array_equal(trainer.data.parts[0].images, fitted[0].images)
    before = app.session.snapshot.step
    panel.train.click()
    until(lambda: app.session.snapshot.step > before)
    assert app.session.learned.source.fit is False


# What goes wrong


def test_a_fault_in_the_training_is_told_and_can_be_tried_again(
    trainer: Trainer, panel: TrainingPanel, notices: list[str], until: Until,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    def broken(*_: Any, **__: Any) -> Iterator[Any]:
        raise RuntimeError("a fault of ours")
        yield

    with monkeypatch.context() as patch:
        patch.setattr(training_thread, "train_with_fallback", broken)
        panel.train.click()
        run_to_the_end(trainer, until)
    until(lambda: bool(notices))
    assert "went wrong" in notices[0]
    assert "a fault of ours" in caplog.text
    panel.train.click()
    run_to_the_end(trainer, until)
    assert trainer.session.weights.any()


def test_too_little_memory_is_told(
    trainer: Trainer, notices: list[str], until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    def greedy(*_: Any, **__: Any) -> Iterator[Any]:
        raise MemoryError
        yield

    monkeypatch.setattr(training_thread, "train_with_fallback", greedy)
    trainer.train()
    run_to_the_end(trainer, until)
    until(lambda: bool(notices))
    assert "not enough memory" in notices[0]


def test_closing_does_not_wait_for_a_thread_that_will_not_end(
    app: App, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call into a driver may hang: what is learned is to be saved all the same."""
    entered, let_go = Event(), Event()

    def hanging(*_: Any, **__: Any) -> Iterator[Any]:
        entered.set()
        let_go.wait()
        yield from ()

    monkeypatch.setattr(training_thread, "train_with_fallback", hanging)
    monkeypatch.setattr(trainer_module, "CLOSE_MILLISECONDS", 50)
    app.trainer.train()
    until(entered.is_set)
    ended = app.trainer.close()
    let_go.set()
    assert not ended
    until(lambda: app.trainer.state is State.IDLE)
    assert app.trainer.close()
