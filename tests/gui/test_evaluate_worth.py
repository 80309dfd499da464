"""The Evaluate page says what its data are worth: the network forgets nothing it learned from."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk, Until
from evaluated import page_of, pen_file, rests, shown, texts
from hand import teach
from kept import train_some

from sixpad.core.preparation import Preparation
from sixpad.data.handwriting import generate
from sixpad.data.provenance import Source
from sixpad.data.spec_words import DRAWINGS
from sixpad.data.stored import DRAWN
from sixpad.gui.app import App
from sixpad.gui.evaluate_page import EvaluatePage
from sixpad.gui.evaluator import FRESH, VALIDATION
from sixpad.gui.file_commands import FileCommands
from sixpad.gui.trainer import State

HANDWRITING = "handwriting:400:6"
KEPT_APART = (
    "Kept apart from training, but watched while settings are chosen: progress, and no test."
)


def train_on(app: App, until: Until, spec: str) -> None:
    app.trainer.data.set_specs((spec,))
    until(lambda: not app.trainer.data.loading)
    train_some(app, until, epochs=1)


def told(app: App, until: Until, choice: str) -> str:
    """What the page says of the network in use, on this choice of data."""
    page = page_of(app.window)
    page.evaluator.choose(choice)
    until(lambda: rests(page.evaluator) and shown(page.evaluator).subject.choice == choice)
    assert shown(page.evaluator).subject.parameters is app.session.snapshot.parameters
    return texts(page)


@pytest.fixture
def mine(tmp_path: Path) -> str:
    return f"unipen:{pen_file(tmp_path)}"


def test_what_was_learned_first_is_not_forgotten(
    app: App, files: FileCommands, notices: list[str], until: Until, mine: str, tmp_path: Path
) -> None:
    """Neither by a step with other data nor by the file."""
    train_on(app, until, mine)
    app.trainer.data.set_specs(("handwriting:400",))
    until(lambda: not app.trainer.data.loading)
    app.trainer.step()
    until(lambda: app.trainer.state is State.PAUSED)
    flatters = "The network learned from unipen pen.unipen: these examples flatter it."
    assert flatters in told(app, until, mine)
    assert KEPT_APART in told(app, until, VALIDATION)
    files.save_model_at(tmp_path / "both.safetensors")
    app.session.reset()
    files.open_model_at(tmp_path / "both.safetensors")
    assert notices[-1].endswith(f"trained on unipen pen.unipen + {HANDWRITING}.")
    assert flatters in told(app, until, mine)


def test_what_was_learned_is_kept_over_a_restart(desk: Desk, until: Until, mine: str) -> None:
    app = desk.start()
    train_on(app, until, mine)
    train_on(app, until, "handwriting:400")
    desk.close(app)
    assert desk.start().session.learned.source.names == ("unipen pen.unipen", HANDWRITING)


def test_reset_begins_anew(app: App, until: Until, mine: str) -> None:
    train_on(app, until, mine)
    app.session.reset()
    train_on(app, until, "handwriting:400")
    assert app.session.learned.source.names == (HANDWRITING,)
    assert "Never used to train this network." in told(app, until, mine)
    app.session.undo_stack.undo()
    assert app.session.learned.source.names == ("unipen pen.unipen",)


def test_what_no_step_was_taken_with_was_not_learned(app: App, until: Until) -> None:
    """A training that is stopped before its first step leaves its source behind."""
    begun = Source().then(["unipen pen.unipen"], 8, 2, Preparation.FITTED)
    app.session.set_snapshot(app.session.snapshot, begun)
    train_some(app, until, epochs=1)
    assert app.session.learned.source.names == (HANDWRITING,)


def test_the_validation_part_is_kept_apart_from_new_digits_too(app: App, until: Until) -> None:
    app.trainer.data.set_new_each_epoch(True)
    train_some(app, until, epochs=2)
    assert app.session.learned.source.names == (HANDWRITING,)
    assert app.session.learned.source.new_each_epoch
    assert KEPT_APART in told(app, until, VALIDATION)


def test_a_part_of_what_was_mixed_is_known_again(app: App, until: Until, mine: str) -> None:
    app.trainer.data.set_specs((mine, "handwriting:400"))
    until(lambda: not app.trainer.data.loading)
    train_some(app, until, epochs=1)
    assert KEPT_APART in told(app, until, VALIDATION)
    assert "flatter" in told(app, until, mine)


def test_a_source_that_is_mixed_later_is_kept_apart_as_before(
    app: App, until: Until, mine: str
) -> None:
    train_on(app, until, "handwriting:400")
    app.trainer.data.set_specs(("handwriting:400", mine))
    until(lambda: not app.trainer.data.loading)
    train_some(app, until, epochs=1)
    assert KEPT_APART in told(app, until, VALIDATION)


def test_drawings_of_one_session_are_told_to_be_no_test(app: App, until: Until) -> None:
    digits = generate(30, 4)
    app.collection.keep(
        app.collection.new(image.reshape(24, 24), int(label), DRAWN)
        for image, label in zip(digits.images, digits.labels, strict=True)
    )
    until(lambda: app.collection.ready and not app.collection.unsaved)
    app.trainer.data.set_specs(("handwriting:400", "drawings"))
    until(lambda: not app.trainer.data.loading)
    train_some(app, until, epochs=1)
    assert "all of one session: they flatter it. Some later ones will be tests." in told(
        app, until, DRAWINGS
    )
    assert "A session is" in page_of(app.window)._worth.toolTip()
    assert KEPT_APART in told(app, until, VALIDATION)


def test_fresh_digits_are_of_the_generators_own_hand(app: App, until: Until) -> None:
    train_some(app, until, epochs=1)
    assert "The generator's own hand, never seen before" in told(app, until, FRESH)


def test_a_chosen_seed_is_not_called_newly_generated(
    app: App, evaluate_page: EvaluatePage, until: Until
) -> None:
    assert "newly generated" not in told(app, until, "handwriting:60:3")
    teach(app.session, seed=2)
    assert "newly generated, handwriting:10000:70001" in told(app, until, FRESH)
