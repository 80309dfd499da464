"""What a person made is there again at the next start, after a crash too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from desk import Desk, Until
from hand import stroke
from kept import FOREVER, model_file, saved, settings_file, train_some

from sixpad.core.config import TrainingConfig
from sixpad.core.preparation import Preparation
from sixpad.core.sizes import Kernels, Sizes
from sixpad.core.training import train
from sixpad.data.settings import Settings, load_settings
from sixpad.gui import keeper as keeper_module
from sixpad.gui.drawing import sample_six
from sixpad.gui.trainer import State


@pytest.fixture(autouse=True)
def _save_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper_module, "_GATHER_MILLISECONDS", 20)


# The next start


def test_a_first_run_has_a_sample_six_and_knows_nothing(desk: Desk, until: Until) -> None:
    app = desk.start_as_it_is(ready=False)
    assert np.array_equal(app.session.drawing.ink, sample_six())
    assert (app.session.digit, app.session.evidence.P) == (6, 0.5)
    assert not app.session.weights.any()
    assert app.trainer.data.specs == ("handwriting",)
    until(app.window.guide.isVisible)


def test_everything_is_there_at_the_next_start(desk: Desk, until: Until) -> None:
    app = desk.start()
    train_some(app, until)
    six = app.session.snapshot
    app.session.set_digit(2)
    train_some(app, until, epochs=3)
    two = app.session.snapshot
    app.session.set_pen(4)
    app.session.drawing.set_preparation(Preparation.AS_DRAWN)
    stroke(app.window.equation.canvas, [(2, 2), (2, 20)])
    ink = app.session.drawing.ink.copy()
    config = replace(app.trainer.config, learning_rate=0.02, patience=7, seed=99, optimizer="gd")
    app.trainer.set_config(config)
    app.window.band.set_log(True)
    geometry = bytes(app.window.saveGeometry().data())
    desk.close(app)

    again = desk.start_as_it_is()
    session = again.session
    assert session.digit == 2
    assert np.array_equal(session.drawing.ink, ink)
    assert np.array_equal(session.drawing.X, ink.ravel()), "centre-and-fit is off"
    assert again.window.equation.tools.preparation.currentText() == "As drawn"
    assert session.pen_width == 4
    assert again.window.equation.tools.width_field.value() == 4
    assert again.trainer.config == config
    assert again.window.band.panel.learning_rate.value() == 0.02
    assert again.window.band.plot.log
    assert again.keeper.settings.geometry == geometry
    for digit, before in ((2, two), (6, six)):
        session.set_digit(digit)
        for name, array in before.parameters.items():
            assert np.array_equal(session.snapshot.parameters[name], array)
        assert session.snapshot.step == before.step
    assert session.history.scores is not None


def test_a_paused_training_goes_on_exactly_at_the_next_start(
    desk: Desk, until: Until, fingerprint: Callable[[Any], Any]
) -> None:
    app = desk.start()
    app.trainer.set_config(replace(app.trainer.config, epochs=30))
    app.trainer.step()
    until(lambda: app.trainer.state is State.PAUSED)
    desk.close(app)
    again = desk.start_as_it_is()
    assert again.trainer.state is State.PAUSED
    assert again.window.band.panel.train.text() == "Resume"
    # The scores are those of the last whole epoch, whatever steps came after it.
    assert again.session.history.validation[:, 0].tolist() == [0]
    again.window.band.panel.train.click()
    until(lambda: again.trainer.state is State.IDLE)
    assert again.trainer.data.parts is not None
    *_, whole = train(again.session.network, *again.trainer.data.parts, again.trainer.config)
    assert fingerprint(again.session.snapshot.parameters) == fingerprint(whole.parameters)
    assert fingerprint(again.session.snapshot.optimizer_state) == fingerprint(whole.optimizer_state)


@pytest.mark.parametrize("model", ["hidden", "conv"])
def test_networks_of_every_size_are_there_at_the_next_start(
    desk: Desk, until: Until, fingerprint: Callable[[Any], Any], model: str
) -> None:
    """Each size has its own weights; a run that was paused goes on exactly."""
    sizes: tuple[Sizes, ...] = ((9, 7), (5,))
    if model == "conv":
        sizes = (Kernels(5, 3), 8), (Kernels(3, 2),)
    app = desk.start()
    app.session.set_model(model)
    kept = []
    for each in sizes:
        app.session.set_sizes(each)
        app.trainer.set_config(
            replace(app.trainer.config, epochs=2, dropout=0.1, shift=1, slant=7.5)
        )
        app.trainer.step()
        until(lambda: app.trainer.state is State.PAUSED)
        kept.append(fingerprint(app.session.snapshot.parameters))
    desk.close(app)

    again = desk.start_as_it_is()
    session = again.session
    assert (session.model, session.sizes[model]) == (model, sizes[1])
    assert again.trainer.state is State.PAUSED
    for each, parameters in zip(sizes[::-1], kept[::-1], strict=True):
        session.set_sizes(each)
        assert session.learned.seconds > 0
        assert fingerprint(session.snapshot.parameters) == parameters
    again.trainer.train()
    until(lambda: again.trainer.state is State.IDLE)
    assert again.trainer.data.parts is not None
    *_, whole = train(session.network, *again.trainer.data.parts, again.trainer.config)
    assert fingerprint(session.snapshot.parameters) == fingerprint(whole.parameters)


def test_the_first_weights_are_those_of_the_seed_from_the_start_on(desk: Desk) -> None:
    seeded = {"hidden": TrainingConfig(seed=9)}
    app = desk.start(model="hidden", training={**Settings().training, **seeded})
    expected = app.session.network.initial_parameters(seed=9)
    found = app.session.snapshot.parameters
    assert all(np.array_equal(found[name], array) for name, array in expected.items())


def test_closing_in_mid_training_keeps_the_last_step(desk: Desk, until: Until) -> None:
    app = desk.start()
    app.trainer.set_config(replace(app.trainer.config, epochs=FOREVER))
    app.trainer.train()
    until(lambda: app.session.snapshot.step > 0)
    desk.close(app)
    last = app.session.snapshot
    again = desk.start_as_it_is()
    assert again.session.snapshot.step == last.step
    assert np.array_equal(again.session.weights.ravel(), last.parameters["output.weights"].ravel())
    assert again.trainer.state is State.PAUSED


def test_a_reset_is_kept_too(desk: Desk, until: Until) -> None:
    app = desk.start()
    train_some(app, until)
    saved(app)
    assert model_file().exists()
    app.session.reset()
    desk.close(app)
    again = desk.start_as_it_is()
    assert not again.session.weights.any()
    assert again.session.snapshot.step == 0


# After a crash


def test_what_was_made_is_there_after_a_crash(desk: Desk, until: Until) -> None:
    app = desk.start()
    train_some(app, until)
    stroke(app.window.equation.canvas, [(20, 2), (20, 20)])
    ink, weights = app.session.drawing.ink.copy(), app.session.weights.copy()
    saved(app)
    desk.kill(app)
    again = desk.start_as_it_is()
    assert np.array_equal(again.session.drawing.ink, ink)
    assert np.array_equal(again.session.weights, weights)


def test_a_stroke_is_on_the_disk_by_itself_soon(desk: Desk, until: Until) -> None:
    app = desk.start()
    stroke(app.window.equation.canvas, [(20, 2), (20, 20)])
    ink = app.session.drawing.ink.copy()
    expected = np.packbits(ink.ravel()).tobytes()
    until(lambda: load_settings(settings_file()).drawing == expected)
    desk.kill(app)


@pytest.mark.parametrize("what", ["undo", "clear", "digit", "pen", "fit", "config", "training"])
def test_every_kind_of_change_is_saved_by_itself(desk: Desk, until: Until, what: str) -> None:
    app = desk.start()
    session, trainer = app.session, app.trainer
    if what == "undo":
        session.drawing.clear()
    saved(app)
    files = [settings_file(), model_file()]
    before = [file.read_bytes() if file.exists() else b"" for file in files]
    {
        "undo": session.undo_stack.undo,
        "clear": session.drawing.clear,
        "digit": lambda: session.set_digit(1),
        "pen": lambda: session.set_pen(1),
        "fit": lambda: session.drawing.set_preparation(Preparation.AS_DRAWN),
        "config": lambda: trainer.set_config(replace(trainer.config, epochs=7)),
        "training": trainer.step,
    }[what]()
    until(lambda: [file.read_bytes() if file.exists() else b"" for file in files] != before)


def test_a_training_is_saved_while_it_goes_on(desk: Desk, until: Until) -> None:
    app = desk.start()
    app.trainer.set_config(replace(app.trainer.config, epochs=FOREVER))
    app.trainer.train()
    until(model_file().exists)
    assert app.trainer.state is State.RUNNING
    desk.kill(app)
    again = desk.start_as_it_is()
    assert again.session.snapshot.step > 0
    assert again.session.weights.any()
    assert again.trainer.state is State.PAUSED
