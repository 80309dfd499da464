"""The climb from one neuron to convolution, stopped and disturbed in every way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from desk import Desk, Until
from evaluated import Gate
from runs import FOREVER, configure, run_to_the_end

from sixpad.core.network import CONV, HIDDEN, MODELS, ONE, TEN
from sixpad.core.preparation import Preparation
from sixpad.core.sizes import Kernels
from sixpad.gui.app import App
from sixpad.gui.ladder import Ladder
from sixpad.gui.rungs import rung
from sixpad.gui.session import Session
from sixpad.gui.trainer import State, Trainer


@pytest.fixture
def ladder(app: App) -> Ladder:
    """The Compare page's ladder; its networks are small, each with epochs of its own."""
    app.session.sizes[HIDDEN] = (6,)
    app.session.sizes[CONV] = (Kernels(3, 2),)
    for epochs, model in enumerate(MODELS, 1):
        config = app.trainer.configs[model]
        app.trainer.configs[model] = replace(config, epochs=epochs)
    app.window.show_page(3)
    page = app.window.compare_page
    assert page is not None
    return page.ladder


def steps(session: Session) -> dict[str, int]:
    return {model: session.learned_by(rung(session, model)).snapshot.step for model in MODELS}


def epochs(session: Session) -> dict[str, int]:
    return {model: session.learned_by(rung(session, model)).snapshot.epoch for model in MODELS}


def forever(trainer: Trainer, model: str) -> None:
    trainer.configs[model] = replace(trainer.configs[model], epochs=FOREVER)


def test_it_trains_each_with_its_own_settings_and_comes_home(
    app: App, ladder: Ladder, until: Until
) -> None:
    app.session.set_model(TEN)
    climbed: list[str | None] = []
    ladder.changed.connect(lambda: climbed.append(ladder.model))
    assert ladder.missing() == list(MODELS)
    ladder.climb(MODELS)
    assert ladder.climbing
    assert not ladder.can_climb
    until(lambda: not ladder.climbing)
    assert climbed == [*MODELS, None]
    assert epochs(app.session) == {ONE: 1, TEN: 2, HIDDEN: 3, CONV: 4}
    sources = {app.session.learned_by(rung(app.session, model)).source for model in MODELS}
    assert len(sources) == 1
    assert app.session.model == TEN
    assert app.trainer.state is State.IDLE
    assert ladder.missing() == []


def test_only_those_that_are_missing_are_trained(app: App, ladder: Ladder, until: Until) -> None:
    app.trainer.train()
    run_to_the_end(app.trainer, until)
    one = app.session.snapshot.parameters
    assert ladder.missing() == [TEN, HIDDEN, CONV]
    ladder.climb(ladder.missing())
    until(lambda: not ladder.climbing)
    assert app.session.snapshot.parameters is one
    assert min(steps(app.session).values()) > 0


def test_its_share_grows_from_nothing_to_all(app: App, ladder: Ladder, until: Until) -> None:
    shares = [ladder.share]
    app.session.progress_changed.connect(lambda: shares.append(ladder.share))
    ladder.climb(MODELS)
    until(lambda: not ladder.climbing)
    climbing = [share for share in shares if share]
    assert shares[0] == 0
    assert max(climbing) > 0.7
    assert all(0 <= share <= 1 for share in shares)
    assert ladder.share == 0


def test_a_stop_keeps_what_was_learned_and_goes_home(
    app: App, ladder: Ladder, until: Until
) -> None:
    forever(app.trainer, TEN)
    ladder.climb(MODELS)
    until(lambda: ladder.model == TEN and app.session.snapshot.step > 3)
    ladder.stop()
    until(lambda: not ladder.climbing)
    assert app.session.model == ONE
    assert app.trainer.state is State.IDLE
    held = app.session.learned_by(rung(app.session, TEN)).snapshot
    assert held.step > 3
    assert held.unfinished
    assert steps(app.session)[HIDDEN] == 0
    assert ladder.missing() == [TEN, HIDDEN, CONV], "what was held is not done"
    app.trainer.configs[TEN] = replace(app.trainer.configs[TEN], epochs=held.epoch + 1)
    ladder.climb([TEN])
    until(lambda: not ladder.climbing)
    assert app.session.learned_by(rung(app.session, TEN)).snapshot.step > held.step


def test_who_pauses_the_training_stays_with_it(app: App, ladder: Ladder, until: Until) -> None:
    forever(app.trainer, TEN)
    ladder.climb([TEN, HIDDEN])
    until(lambda: app.session.snapshot.step > 3)
    app.trainer.pause()
    until(lambda: not ladder.climbing)
    assert app.session.model == TEN
    assert app.trainer.state is State.PAUSED
    assert steps(app.session)[HIDDEN] == 0


def test_the_trainers_own_stop_ends_the_climb(app: App, ladder: Ladder, until: Until) -> None:
    forever(app.trainer, TEN)
    ladder.climb([TEN, HIDDEN])
    until(lambda: app.session.snapshot.step > 3)
    app.trainer.stop()
    until(lambda: not ladder.climbing)
    assert app.session.model == ONE
    assert steps(app.session)[TEN] > 3
    assert steps(app.session)[HIDDEN] == 0


def test_who_turns_to_another_network_is_not_brought_back(
    app: App, ladder: Ladder, until: Until
) -> None:
    forever(app.trainer, TEN)
    ladder.climb([TEN, HIDDEN])
    until(lambda: app.session.snapshot.step > 3)
    app.session.set_model(CONV)
    until(lambda: not ladder.climbing)
    assert app.session.model == CONV
    assert app.trainer.state is State.IDLE
    assert app.session.learned_by(rung(app.session, TEN)).snapshot.unfinished
    assert steps(app.session)[HIDDEN] == 0


def test_a_reset_is_undone_after_a_climb(app: App, ladder: Ladder, until: Until) -> None:
    ladder.climb([ONE])
    until(lambda: not ladder.climbing)
    learned = app.session.learned
    app.session.reset()
    assert ladder.missing()[0] == ONE
    ladder.climb([TEN])
    until(lambda: not ladder.climbing)
    app.session.undo_stack.undo()
    assert app.session.model == ONE
    assert app.session.learned is learned
    assert steps(app.session)[TEN] > 0


def test_nothing_begins_while_another_training_runs(app: App, ladder: Ladder, until: Until) -> None:
    configure(app.trainer, epochs=FOREVER)
    app.trainer.train()
    assert not ladder.can_climb
    ladder.climb(MODELS)
    assert not ladder.climbing
    until(lambda: app.session.snapshot.step > 3)
    app.trainer.stop()
    until(lambda: ladder.can_climb)


def test_a_network_is_trained_further_on_images_like_its_own(
    app: App, ladder: Ladder, until: Until
) -> None:
    session = app.session
    session.drawing.set_preparation(Preparation.AS_DRAWN)
    until(lambda: app.trainer.data.preparation is Preparation.AS_DRAWN)
    ladder.climb([ONE])
    until(lambda: not ladder.climbing)
    session.set_model(TEN)
    session.drawing.set_preparation(Preparation.FITTED)
    ladder.climb([ONE, TEN])
    until(lambda: not ladder.climbing)
    sources = [session.learned_by(rung(session, model)).source for model in (ONE, TEN)]
    assert sources[0].preparation is Preparation.AS_DRAWN
    assert sources[1].preparation is sources[0].preparation, "the same data as the one before it"
    assert epochs(session)[ONE] == 2


def test_without_data_it_ends_at_home(desk: Desk, until: Until) -> None:
    app = desk.start(ready=False, data=("images:/nowhere/at/all",))
    until(lambda: not app.trainer.data.loading)
    app.window.show_page(3)
    page = app.window.compare_page
    assert page is not None
    ladder = page.ladder
    ladder.climb([TEN, HIDDEN])
    until(lambda: not ladder.climbing)
    assert app.session.model == ONE
    assert set(steps(app.session).values()) == {0}


def test_who_calls_off_a_training_that_waits_for_data_ends_the_climb(
    app: App, ladder: Ladder, gate: Gate, until: Until
) -> None:
    ladder.climb(MODELS)
    until(lambda: not ladder.climbing)
    app.trainer.data.set_specs(("handwriting:300",))
    before, climbed = epochs(app.session), []
    ladder.changed.connect(lambda: climbed.append(ladder.model))
    ladder.climb(MODELS)
    assert app.trainer.state is State.WAITING
    app.trainer.stop()
    until(lambda: not ladder.climbing)
    assert climbed == [ONE, None]
    gate.opened.set()
    until(lambda: not app.trainer.data.loading)
    assert epochs(app.session) == before


def test_the_window_closes_in_the_middle_of_a_climb(
    desk: Desk, app: App, ladder: Ladder, until: Until
) -> None:
    forever(app.trainer, TEN)
    ladder.climb([TEN, HIDDEN])
    until(lambda: app.session.snapshot.step > 3)
    desk.close(app)
    app = desk.start()
    assert steps(app.session)[TEN] > 3
    assert app.session.learned_by(rung(app.session, TEN)).snapshot.unfinished
