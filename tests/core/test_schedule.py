"""The schedule of the learning rate: what each step is multiplied by, however a run is cut."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from learning import Fingerprint, MakeExamples

from sixpad.core.config import SCHEDULES, TrainingConfig
from sixpad.core.network import Network
from sixpad.core.run import Control
from sixpad.core.training import train
from sixpad.errors import SixpadError

NETWORK = Network(6)
# Three steps an epoch, twelve in all.
CONFIG = TrainingConfig(epochs=4, batch_size=10, optimizer="gd", learning_rate=0.5, l2=0.0)


def rates(config: TrainingConfig, make_examples: MakeExamples) -> list[float]:
    """How far each step moved the weights, as a multiple of its gradient."""
    data = make_examples(30, 1)
    moved = []
    previous = None
    for snapshot in train(NETWORK, data, data, config, control=Control(snapshot_steps=1)):
        if previous is not None and snapshot.gradient is not None and not snapshot.stopped:
            before, after = (s.parameters["output.weights"] for s in (previous, snapshot))
            gradient = snapshot.gradient["output.weights"]
            moved.append(float(((before - after) * gradient).sum() / (gradient**2).sum()))
        previous = snapshot
    return moved


def test_a_constant_rate_stays(make_examples: MakeExamples) -> None:
    found = rates(replace(CONFIG, schedule="constant"), make_examples)
    assert found == pytest.approx([0.5] * 11, rel=1e-3)


def test_a_falling_rate_falls_in_a_straight_line(make_examples: MakeExamples) -> None:
    found = rates(replace(CONFIG, schedule="falling"), make_examples)
    assert found == pytest.approx([0.5 * (1 - step / 12) for step in range(11)], rel=1e-3)


def test_a_second_run_falls_anew(make_examples: MakeExamples) -> None:
    data = make_examples(30, 1)
    *_, first = train(NETWORK, data, data, CONFIG)
    run = train(NETWORK, data, data, CONFIG, start=first, control=Control(snapshot_steps=1))
    before, after = next(run), next(run)
    assert after.gradient is not None
    change = before.parameters["output.weights"] - after.parameters["output.weights"]
    np.testing.assert_allclose(change, 0.5 * after.gradient["output.weights"], atol=1e-6)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("steps", [1, 3, 7])
def test_a_run_that_is_cut_goes_on_as_if_it_were_not(
    schedule: str, steps: int, make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    config, data = replace(CONFIG, schedule=schedule, optimizer="adam"), make_examples(30, 1)
    *_, whole = train(NETWORK, data, data, config)
    *_, cut = train(NETWORK, data, data, config, steps=steps)
    *_, resumed = train(NETWORK, data, data, config, start=cut, resume=True)
    assert fingerprint(resumed.parameters) == fingerprint(whole.parameters)


def test_another_schedule_is_refused() -> None:
    with pytest.raises(SixpadError, match="constant, falling"):
        TrainingConfig(schedule="rising")
