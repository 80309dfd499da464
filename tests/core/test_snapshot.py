"""The snapshots of a training: when they come, what they hold, and what a change starts anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from learning import BOTH, ONE, Fingerprint, MakeExamples, losses_of
from numpy.typing import NDArray

from sixpad.core.answer import SQUARED_ERROR
from sixpad.core.config import TrainingConfig
from sixpad.core.descent import Descent
from sixpad.core.network import Network
from sixpad.core.optimizer import OPTIMIZERS, state_shapes
from sixpad.core.run import Control
from sixpad.core.snapshot import Snapshot, random_state
from sixpad.core.training import train


def test_snapshots_come_by_steps(make_examples: MakeExamples) -> None:
    data = make_examples(64)
    every = Descent.snapshot_images // 64
    config = TrainingConfig(epochs=2 * every + 9, batch_size=64)
    steps = [snapshot.step for snapshot in train(ONE, data, data, config)]
    assert steps == [0, every, 2 * every, 2 * every + 9]


def test_snapshots_of_a_resumed_run_come_at_the_same_steps(make_examples: MakeExamples) -> None:
    data = make_examples(30)
    config = TrainingConfig(epochs=4, batch_size=10)
    *_, stopped = train(ONE, data, data, config, steps=4)
    control = Control(snapshot_steps=3)
    run = train(ONE, data, data, config, start=stopped, resume=True, control=control)
    assert [snapshot.step for snapshot in run] == [4, 6, 9, 12]


def test_a_step_of_many_images_is_a_snapshot_each(
    make_examples: MakeExamples, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Descent, "snapshot_images", 63)
    data = make_examples(64)
    run = train(ONE, data, data, TrainingConfig(epochs=4, batch_size=64))
    assert [snapshot.step for snapshot in run] == [0, 1, 2, 3, 4]


def test_how_often_snapshots_come_does_not_change_what_is_learned(
    make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    data = make_examples(50)
    config = TrainingConfig(epochs=5, batch_size=9)
    ends = [
        list(train(ONE, data, data, config, control=Control(snapshot_steps=steps)))
        for steps in (None, 1, 4)
    ]
    assert [len(run) for run in ends] == [2, 31, 9]
    assert len({str(fingerprint(run[-1].parameters)) for run in ends}) == 1
    assert len({losses_of(run).tobytes() for run in ends}) == 1


def arrays_of(snapshot: Snapshot) -> Iterator[NDArray[Any]]:
    yield snapshot.losses
    for part in (
        snapshot.parameters,
        snapshot.optimizer_state,
        snapshot.gradient or {},
        snapshot.best.parameters if snapshot.best else {},
    ):
        yield from part.values()


@BOTH
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_snapshots_are_read_only_and_stand_alone(
    network: Network, optimizer: str, make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    data = make_examples(30)
    config = TrainingConfig(epochs=2, batch_size=10, optimizer=optimizer, patience=3)
    run = train(network, data, data, config, control=Control(snapshot_steps=1))
    seen = [(snapshot, fingerprint(snapshot)) for snapshot in run]
    for snapshot, at_first in seen:
        assert fingerprint(snapshot) == at_first
        assert all(not array.flags.writeable for array in arrays_of(snapshot))
    size = sum(array.size for array in seen[0][0].parameters.values())
    states = [
        [*s.parameters.values(), *s.optimizer_state.values(), *(s.gradient or {}).values()]
        for s, _ in seen
    ]
    for one, other in pairwise(states):
        assert not any(np.shares_memory(a, b) for a in one for b in other)
    assert seen[-1][0].optimizer_state.keys() == state_shapes(optimizer, size).keys()


@BOTH
def test_the_first_snapshot_is_the_start(network: Network, make_examples: MakeExamples) -> None:
    data = make_examples(30)
    first = next(train(network, data, data, TrainingConfig()))
    assert (first.step, first.epoch, first.progress, first.stopped) == (0, 0, 0, None)
    assert not any(array.any() for array in first.parameters.values())
    assert len(first.losses) == 0
    ((step, scores),) = first.validation
    assert step == 0
    assert scores.loss == pytest.approx(np.log(2 if network is ONE else 10))


def test_progress_counts_the_fraction_of_the_epoch(make_examples: MakeExamples) -> None:
    data = make_examples(30)
    run = train(ONE, data, data, TrainingConfig(epochs=2, batch_size=8), steps=6)
    *_, last = run
    assert (last.epoch, last.batch, last.batches, last.progress) == (1, 2, 4, 1.5)
    assert last.unfinished


# What is changed against the start


def test_another_optimizer_starts_its_state_anew(make_examples: MakeExamples) -> None:
    data = make_examples(30)
    *_, begun = train(ONE, data, data, TrainingConfig(batch_size=8), steps=5)
    other = replace(begun.config, optimizer="momentum")
    *_, last = train(ONE, data, data, other, start=begun, resume=True, steps=1)
    assert last.step == 6
    assert int(last.optimizer_state["count"]) == 1
    assert last.optimizer_state.keys() == {"count", "velocity"}


@pytest.mark.parametrize("change", [{"batch_size": 5}, {"seed": 7}])
def test_another_batch_size_or_seed_starts_the_epoch_anew(
    change: dict[str, int], make_examples: MakeExamples
) -> None:
    data = make_examples(30)
    *_, begun = train(ONE, data, data, TrainingConfig(batch_size=8), steps=6)
    config = replace(begun.config, **change)
    first = next(train(ONE, data, data, config, start=begun, resume=True))
    assert (begun.epoch, begun.batch) == (1, 2)
    assert (first.epoch, first.batch, first.loss_sum, first.step) == (1, 0, 0.0, 6)
    reseeded = config.seed != begun.config.seed
    assert first.random_state == (random_state(7) if reseeded else begun.random_state)


def test_the_best_of_another_loss_is_forgotten(make_examples: MakeExamples) -> None:
    data = make_examples(30)
    *_, begun = train(ONE, data, data, TrainingConfig(batch_size=8, patience=9), steps=6)
    assert begun.best is not None
    config = replace(begun.config, loss=SQUARED_ERROR)
    first = next(train(ONE, data, data, config, start=begun, resume=True))
    assert first.best is None
