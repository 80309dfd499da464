"""Training with the real thing, from a pressed button to the weights that it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from threading import Event
from typing import Any

import numpy as np
import pytest
from desk import Until
from hand import picture, stroke
from runs import FOREVER, Fingerprint, configure, learned, run_to_the_end, straight_through

from sixpad.core.preparation import Preparation
from sixpad.data.provenance import Source
from sixpad.gui import trainer as trainer_module
from sixpad.gui import training_thread
from sixpad.gui.app import App
from sixpad.gui.drawing import sample_six
from sixpad.gui.trainer import State, Trainer
from sixpad.gui.training_panel import TrainingPanel


def test_training_turns_weights_into_a_six(
    trainer: Trainer, panel: TrainingPanel, until: Until
) -> None:
    session = trainer.session
    assert np.array_equal(session.drawing.ink, sample_six())
    assert session.evidence.P == 0.5
    trainer.set_config(replace(trainer.config, epochs=60))
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
    assert session.learned.source == Source((("handwriting:400:6",),), 320, 80, Preparation.FITTED)


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
    assert pace["Epoch"] == str(app.trainer.config.epochs)
    assert pace["Step"] == str(app.session.snapshot.step)
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
