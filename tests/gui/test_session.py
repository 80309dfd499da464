"""Session: what it tells, and what undo gives back of what was learned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hand import teach
from numpy.typing import NDArray

from sixpad.core.metrics import Scores
from sixpad.core.network import Network
from sixpad.core.preparation import Preparation
from sixpad.core.snapshot import EPOCHS, initial_snapshot
from sixpad.data.provenance import Source
from sixpad.gui.drawing import sample_six
from sixpad.gui.history import History
from sixpad.gui.learned import Learned
from sixpad.gui.session import Cell, Session

SCORES = Scores(0.5, 0.9, 0.4, 0.3)


class Ears:
    """Counts how often each signal of a session came."""

    def __init__(self, session: Session, *names: str) -> None:
        self.heard: list[str] = []
        for name in names:
            getattr(session, name).connect(lambda *_, name=name: self.heard.append(name))

    def take(self) -> list[str]:
        heard, self.heard = self.heard, []
        return heard


def weights(session: Session) -> NDArray[np.float32]:
    return session.weights.copy()


def test_it_starts_knowing_nothing(session: Session) -> None:
    assert session.digit == 6
    assert session.evidence.P == 0.5
    assert not session.weights.any()
    assert session.gradient is None
    assert session.all_learned().keys() == {Network(6)}


def test_the_evidence_is_new_before_its_signal_comes(session: Session) -> None:
    teach(session)
    told: list[float] = []
    session.evidence_changed.connect(lambda: told.append(session.evidence.P))
    session.drawing.draw((3, 3), (20, 20), 2, 1)
    session.drawing.set_preparation(Preparation.AS_DRAWN)
    teach(session, seed=5)
    assert told == [*dict.fromkeys(told)]
    assert len(told) == 3
    assert told[-1] == session.evidence.P


def test_the_pointer_is_told_once_for_each_cell(session: Session) -> None:
    ears = Ears(session, "pointer_changed")
    session.point_at(Cell(1, 2))
    session.point_at(Cell(1, 2))
    assert len(ears.take()) == 1
    session.point_at(None)
    session.point_at(None)
    assert len(ears.take()) == 1


def test_choosing_the_same_again_tells_nothing(session: Session) -> None:
    ears = Ears(session, "digit_changed", "about_to_switch", "numbers_changed")
    session.set_digit(6)
    session.set_numbers(False)
    assert ears.take() == []
    session.set_digit(0)
    session.set_numbers(True)
    assert ears.take() == ["about_to_switch", "digit_changed", "numbers_changed"]


def test_reset_can_be_undone_and_redone(session: Session) -> None:
    teach(session)
    session.history.extend(np.array([[1.0, 0.7]]), [(1.0, SCORES)])
    learned = weights(session)
    session.reset()
    assert not session.weights.any()
    assert not len(session.history.training)
    session.undo_stack.undo()
    assert np.array_equal(session.weights, learned)
    assert session.history.training.tolist() == [[1.0, 0.7]]
    session.undo_stack.redo()
    assert not session.weights.any()


def test_what_was_trained_after_a_reset_is_not_lost_by_undo(session: Session) -> None:
    teach(session, seed=1)
    first = weights(session)
    session.reset()
    teach(session, seed=2)
    second = weights(session)
    for _ in range(2):
        session.undo_stack.undo()
        assert np.array_equal(session.weights, first)
        session.undo_stack.redo()
        assert np.array_equal(session.weights, second)


def test_undo_of_a_reset_goes_to_the_digit_that_was_reset(session: Session) -> None:
    teach(session)
    learned = weights(session)
    session.reset()
    session.set_digit(3)
    session.undo_stack.undo()
    assert session.digit == 6
    assert np.array_equal(session.weights, learned)
    session.set_digit(3)
    assert not session.weights.any()


def test_reset_keeps_the_other_digits(session: Session) -> None:
    session.set_digit(3)
    teach(session)
    three = weights(session)
    session.set_digit(6)
    teach(session, seed=4)
    session.reset()
    session.set_digit(3)
    assert np.array_equal(session.weights, three)


def test_strokes_and_resets_are_undone_in_the_order_they_were_made(session: Session) -> None:
    teach(session)
    session.drawing.draw((3, 3), (9, 9), 2, 1)
    session.drawing.end_stroke()
    session.reset()
    session.undo_stack.undo()
    assert session.weights.any()
    assert session.drawing.ink.any()
    session.undo_stack.undo()
    assert session.weights.any()
    assert not session.drawing.ink.any()


def test_an_opened_model_takes_the_place_of_its_digit(session: Session) -> None:
    teach(session)
    six = weights(session)
    fresh = initial_snapshot(Network(3), session.snapshot.config)
    parameters = {name: array + 1 for name, array in fresh.parameters.items()}
    source = Source((("somewhere",),), 80, 20, Preparation.AS_DRAWN)
    order = ["about_to_switch", "digit_changed", "network_changed", "history_changed",
             "question_changed", "weights_changed"]  # fmt: skip
    ears = Ears(session, *order)
    session.open(Network(3), Learned(replace(fresh, parameters=parameters), History(), source))
    assert ears.take() == order
    assert session.digit == 3
    assert (session.weights == 1).all()
    assert session.learned.source == source
    session.undo_stack.undo()
    assert not session.weights.any()
    session.set_digit(6)
    assert np.array_equal(session.weights, six)


def test_a_snapshot_brings_its_curve_by_epoch_and_keeps_its_source(session: Session) -> None:
    """Four batches an epoch: step 6 is in the middle of the second one."""
    source = Source((("examples",),), 16, 4)
    session.set_snapshot(session.snapshot, source)
    losses = np.array([[5.0, 0.7], [6.0, 0.6]])
    config = replace(session.snapshot.config, batch_size=4)
    snapshot = replace(
        session.snapshot, config=config, step=6, epoch=1, batch=2, until=3, examples=16
    )
    session.take_snapshot(snapshot, losses, ((4, SCORES),))
    assert session.learned.source == source
    assert session.snapshot is snapshot
    assert session.history.training.tolist() == [[1.25, 0.7], [1.5, 0.6]]
    assert session.history.validation.tolist() == [[1.0, SCORES.loss]]
    assert session.history.scores == SCORES


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_the_pen_keeps_what_is_not_said(session: Session, width: int) -> None:
    session.set_pen(width)
    session.set_pen(erasing=True)
    assert (session.pen_width, session.erasing) == (width, True)
    session.set_pen(erasing=False)
    assert (session.pen_width, session.erasing) == (width, False)


def test_figures_come_as_often_as_they_can_be_read_and_at_the_end(session: Session) -> None:
    """Weights, evidence and curve come with every snapshot."""
    ears = Ears(session, "weights_changed", "history_changed", "figures_changed")
    session.set_snapshot(replace(session.snapshot, step=1))
    assert ears.take() == ["weights_changed", "figures_changed"]
    nothing = np.empty((0, 2))
    for _ in range(3):
        session.take_snapshot(session.snapshot, nothing, ())
    assert ears.take() == 3 * ["weights_changed", "history_changed"]
    session.take_snapshot(replace(session.snapshot, stopped=EPOCHS), nothing, ())
    assert ears.take() == ["weights_changed", "history_changed", "figures_changed"]
    session.drawing.restore(sample_six())
    assert ears.take() == ["figures_changed"]
