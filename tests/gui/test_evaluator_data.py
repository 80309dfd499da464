"""The evaluator's data: the last choice counts, and what fails leaves the former in place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from desk import Until
from evaluated import Gate, page_of, pen_file, rests, shown
from hand import teach
from runs import configure, run_to_the_end

from sixpad.core.preparation import Preparation
from sixpad.data.handwriting_style import Handwriting
from sixpad.data.spec import load_data
from sixpad.gui.app import App
from sixpad.gui.evaluator import FRESH, VALIDATION, Evaluator

DRAWN = "handwriting:60:3"


@pytest.fixture
def evaluator(app: App) -> Evaluator:
    """That of the page, which is shown; the neuron has learned something."""
    teach(app.session)
    return page_of(app.window).evaluator


def test_fresh_handwriting_is_in_neither_part(app: App, evaluator: Evaluator, until: Until) -> None:
    evaluator.choose(FRESH)
    until(lambda: rests(evaluator) and shown(evaluator).subject.selection.fresh)
    report = shown(evaluator)
    assert report.evaluation.examples == 10_000
    assert app.trainer.data.parts is not None
    known = {image.tobytes() for part in app.trainer.data.parts for image in part.images}
    assert not any(image.tobytes() in known for image in report.data.images)
    teach(app.session, seed=2)
    until(lambda: shown(evaluator) is not report)
    assert shown(evaluator).data is report.data, "they are generated once"


def test_a_chosen_source_is_evaluated_whole(evaluator: Evaluator, until: Until) -> None:
    evaluator.choose(DRAWN)
    until(lambda: rests(evaluator) and shown(evaluator).data.name == DRAWN)
    assert shown(evaluator).evaluation.examples == 60


def test_examples_are_prepared_as_the_networks_own_were(
    app: App, evaluator: Evaluator, until: Until
) -> None:
    """Even where the drawing, and the data of the next training, are prepared otherwise by now."""
    configure(app.trainer, epochs=1)
    app.trainer.train()
    run_to_the_end(app.trainer, until)
    app.session.drawing.set_preparation(Preparation.AS_DRAWN)
    until(lambda: not app.trainer.data.loading)
    assert app.trainer.data.preparation is Preparation.AS_DRAWN
    until(lambda: rests(evaluator) and shown(evaluator).subject.is_the(evaluator._wanted()))
    fitted = load_data(("handwriting:400",)).split()[1]
    assert np.array_equal(shown(evaluator).data.images, fitted.images)
    evaluator.choose(DRAWN)
    until(lambda: rests(evaluator) and shown(evaluator).data.name == DRAWN)
    assert np.array_equal(shown(evaluator).data.images, load_data((DRAWN,)).images)


def test_the_validation_part_is_written_as_the_training_part(
    app: App, evaluator: Evaluator, until: Until
) -> None:
    """At once, and where it has to be prepared otherwise than the drawing is by now."""
    configure(app.trainer, epochs=1)
    app.trainer.train()
    run_to_the_end(app.trainer, until)
    style = Handwriting(slant=0.4)
    app.trainer.data.set_style(style)
    own = load_data(("handwriting:400",), style=style).split()[1].images
    until(lambda: np.array_equal(shown(evaluator).data.images, own))
    app.session.drawing.set_preparation(Preparation.AS_DRAWN)
    until(lambda: rests(evaluator) and not app.trainer.data.loading)
    assert np.array_equal(shown(evaluator).data.images, own)


def test_before_any_training_they_are_prepared_as_the_drawing(
    app: App, evaluator: Evaluator, until: Until
) -> None:
    evaluator.choose(DRAWN)
    until(lambda: rests(evaluator) and shown(evaluator).data.name == DRAWN)
    app.session.drawing.set_preparation(Preparation.AS_DRAWN)
    as_drawn = load_data((DRAWN,), preparation=Preparation.AS_DRAWN)
    until(lambda: np.array_equal(shown(evaluator).data.images, as_drawn.images))


@pytest.mark.parametrize("bad", ["idx:/nowhere/train", "images:/nowhere", "unipen:/none"])
def test_what_cannot_be_read_is_told_and_the_former_data_stay(
    evaluator: Evaluator, until: Until, notices: list[str], bad: str
) -> None:
    evaluator.choose(DRAWN)
    until(lambda: rests(evaluator) and shown(evaluator).data.name == DRAWN)
    before = shown(evaluator)
    for count in (1, 2):
        evaluator.choose(bad)
        until(lambda: evaluator.choice == DRAWN)
        assert len(notices) == count, "choosing it again tries it again"
    assert bad.partition(":")[2] in notices[0]
    assert evaluator.report is before
    assert rests(evaluator)


def test_data_that_vanish_are_told_once_and_the_validation_part_takes_their_place(
    app: App, evaluator: Evaluator, until: Until, notices: list[str], tmp_path: Path
) -> None:
    path = pen_file(tmp_path)
    evaluator.choose(f"unipen:{path}")
    until(lambda: rests(evaluator) and not shown(evaluator).subject.selection.validation)
    path.unlink()
    app.session.drawing.set_preparation(Preparation.AS_DRAWN)
    until(lambda: evaluator.choice == VALIDATION and not app.trainer.data.loading)
    until(lambda: rests(evaluator) and shown(evaluator).subject.selection.validation)
    assert len(notices) == 1


def test_a_validation_part_that_cannot_be_read_again_is_told_once(
    app: App, until: Until, notices: list[str], tmp_path: Path
) -> None:
    """What the network learned from is gone, and the drawing is prepared otherwise by now."""
    path = pen_file(tmp_path)
    app.trainer.data.set_specs((f"unipen:{path}",))
    until(lambda: not app.trainer.data.loading)
    configure(app.trainer, epochs=1)
    app.trainer.train()
    run_to_the_end(app.trainer, until)
    app.session.drawing.set_preparation(Preparation.AS_DRAWN)
    until(lambda: not app.trainer.data.loading)
    path.unlink()
    evaluator = page_of(app.window).evaluator
    until(lambda: not evaluator.busy)
    app.session.weights_changed.emit()
    assert not evaluator.busy
    assert len(notices) == 1
    evaluator.choose(VALIDATION)
    until(lambda: len(notices) == 2)


def test_data_that_were_loaded_are_kept_while_others_are_looked_at(
    evaluator: Evaluator, until: Until
) -> None:
    evaluator.choose(DRAWN)
    until(lambda: rests(evaluator) and shown(evaluator).data.name == DRAWN)
    first = shown(evaluator).data
    evaluator.choose(VALIDATION)
    until(lambda: rests(evaluator) and shown(evaluator).subject.selection.validation)
    evaluator.choose(DRAWN)
    until(lambda: rests(evaluator) and shown(evaluator).data.name == DRAWN)
    assert shown(evaluator).data is first


def test_loading_is_given_up_when_asked(evaluator: Evaluator, until: Until, gate: Gate) -> None:
    until(lambda: rests(evaluator))
    before = shown(evaluator)
    evaluator.choose(DRAWN)
    until(gate.reached.is_set)
    assert evaluator.loading
    assert evaluator.report is before
    evaluator.cancel()
    assert not evaluator.loading
    assert evaluator.choice == VALIDATION
    gate.opened.set()
    until(lambda: not evaluator._worker.given_up)
    assert evaluator.report is before


def test_the_last_choice_counts(evaluator: Evaluator, until: Until, gate: Gate) -> None:
    evaluator.choose(DRAWN)
    until(gate.reached.is_set)
    evaluator.choose(VALIDATION)
    gate.opened.set()
    until(lambda: rests(evaluator) and not evaluator._worker.given_up)
    assert shown(evaluator).subject.selection.validation


def test_other_training_data_bring_their_own_validation_part(
    app: App, evaluator: Evaluator, until: Until
) -> None:
    until(lambda: rests(evaluator))
    app.trainer.data.set_specs(("handwriting:50:1",))
    until(lambda: shown(evaluator).evaluation.examples == 10 and rests(evaluator))
