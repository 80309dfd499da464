"""Training: repeatable, interruptible at any point, and each step what the gradient says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from learning import (
    BOTH,
    ONE,
    TEN,
    Fingerprint,
    MakeExamples,
    StopAtLook,
    exact_start,
    losses_of,
    validation_of,
)
from numpy.typing import NDArray

from sixpad.core.answer import SQUARED_ERROR
from sixpad.core.config import TrainingConfig
from sixpad.core.network import BLOCK_ROWS, Network
from sixpad.core.optimizer import OPTIMIZERS
from sixpad.core.run import Control, Examples
from sixpad.core.snapshot import EPOCHS, INTERRUPTED, Snapshot
from sixpad.core.training import train
from sixpad.errors import SixpadError


def expected_gradient(
    network: Network, snapshot: Snapshot, examples: Examples, l2: float
) -> dict[str, NDArray[np.float64]]:
    """The gradient of the cross-entropy over all examples, written as the sums it stands for."""
    weights = snapshot.parameters["output.weights"].astype(float)
    bias = snapshot.parameters["output.bias"].astype(float)
    total, total_bias = np.zeros_like(weights), np.zeros_like(bias)
    for x, label in zip(examples.images.astype(float), examples.labels, strict=True):
        z = x @ weights + bias
        if network is ONE:
            gap = 1 / (1 + np.exp(-z)) - (label == 6)
        else:
            gap = np.exp(z) / np.exp(z).sum() - (label == np.arange(10))
        total += np.outer(x, gap)
        total_bias += gap
    count = len(examples.labels)
    return {"output.weights": total / count + l2 * weights, "output.bias": total_bias / count}


# The same numbers


@BOTH
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_same_seed_gives_the_same_snapshots(
    network: Network, optimizer: str, make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    config = TrainingConfig(epochs=3, batch_size=7, optimizer=optimizer, patience=2)
    parts = make_examples(60, 1), make_examples(30, 2)
    first, second = (
        [fingerprint(s) for s in train(network, *parts, config, control=Control(snapshot_steps=2))]
        for _ in range(2)
    )
    assert len(first) > 10
    assert first == second


@BOTH
def test_another_seed_gives_another_order(
    network: Network, make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    parts = make_examples(60, 1), make_examples(30, 2)
    ends = [
        list(train(network, *parts, TrainingConfig(epochs=2, batch_size=7, seed=seed)))[-1]
        for seed in range(4)
    ]
    assert len({str(fingerprint(end.parameters)) for end in ends}) == len(ends)


CONFIGS = (
    TrainingConfig(epochs=3, batch_size=7),
    TrainingConfig(epochs=3, batch_size=60, optimizer="momentum", loss=SQUARED_ERROR, l2=0.01),
    TrainingConfig(epochs=12, batch_size=16, learning_rate=0.5, optimizer="gd", patience=2),
    TrainingConfig(epochs=40, batch_size=10, learning_rate=0.02, target_loss=0.2),
    TrainingConfig(epochs=3, batch_size=2300, learning_rate=0.01, patience=5),
)
OF_TEN = (
    TrainingConfig(epochs=3, batch_size=7),
    TrainingConfig(epochs=1, batch_size=1),
    TrainingConfig(epochs=1, batch_size=1, loss=SQUARED_ERROR),
    TrainingConfig(
        epochs=9, batch_size=16, optimizer="momentum", loss=SQUARED_ERROR, learning_rate=0.5,
        patience=2,
    ),
)  # fmt: skip


@pytest.fixture(scope="session")
def uninterrupted(make_examples: MakeExamples) -> Callable[[Network, TrainingConfig], Any]:
    """The parts to train on and the snapshots of the run that is never stopped."""

    @lru_cache
    def run(network: Network, config: TrainingConfig) -> tuple[Any, list[Snapshot]]:
        # The largest batch is worked off in three blocks and a rest, the others in one.
        count = 2300 if config.batch_size > BLOCK_ROWS else 60
        parts = make_examples(count, 1), make_examples(40, 2)
        return parts, list(train(network, *parts, config))

    return run


@pytest.mark.parametrize(
    ("network", "config"),
    [*((ONE, config) for config in CONFIGS), *((TEN, config) for config in OF_TEN)],
    ids=repr,
)
@given(
    looks=st.lists(st.integers(0, 40), min_size=1, max_size=4),
    steps=st.lists(st.none() | st.integers(1, 5), min_size=4, max_size=4),
)
def test_stopping_at_any_point_and_going_on_changes_nothing(
    network: Network,
    config: TrainingConfig,
    looks: list[int],
    steps: list[int | None],
    uninterrupted: Callable[[Network, TrainingConfig], Any],
    fingerprint: Fingerprint,
) -> None:
    parts, whole = uninterrupted(network, config)
    pieces: list[Snapshot] = []
    last: Snapshot | None = None
    for look, every in zip([*looks, 10**9], [*steps, None], strict=False):
        if last is not None and last.stopped != INTERRUPTED:
            break
        control = StopAtLook(look, every)
        pieces += train(network, *parts, config, start=last, resume=True, control=control)
        last = pieces[-1]
    while last is not None and last.stopped == INTERRUPTED:
        pieces += train(network, *parts, config, start=last, resume=True)
        last = pieces[-1]
    assert last is not None
    np.testing.assert_array_equal(losses_of(pieces), losses_of(whole))
    # A run that is stopped before its first step starts again, and scores its start again.
    scored = {repr(pair): None for pair in validation_of(pieces)}
    assert list(scored) == list({repr(pair): None for pair in validation_of(whole)})
    blank = {"losses": None, "validation": ()}
    assert fingerprint(replace(last, **blank)) == fingerprint(replace(whole[-1], **blank))


@BOTH
def test_a_stop_within_a_long_step_leaves_the_step_undone(
    network: Network, make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    parts = make_examples(3 * BLOCK_ROWS, 1), make_examples(20, 2)
    config = TrainingConfig(batch_size=3 * BLOCK_ROWS)
    # The first look is before the step; the second and the third are between its blocks.
    for looks in (1, 2):
        first, last = train(network, *parts, config, control=StopAtLook(looks))
        assert (last.step, last.stopped) == (0, INTERRUPTED)
        assert not last.unfinished
        assert fingerprint(last.parameters) == fingerprint(first.parameters)
        assert fingerprint(last.optimizer_state) == fingerprint(first.optimizer_state)
        assert not len(last.losses)


@BOTH
def test_single_steps_come_to_the_same_as_a_run(
    network: Network, make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    parts = make_examples(30, 1), make_examples(20, 2)
    config = TrainingConfig(epochs=2, batch_size=8)
    whole = list(train(network, *parts, config))[-1]
    last: Snapshot | None = None
    for step in range(1, 9):
        first, last = train(network, *parts, config, start=last, resume=True, steps=1)
        assert (first.step, last.step) == (step - 1, step)
        assert last.losses[:, 0].tolist() == [step]
        assert last.stopped == (EPOCHS if step == 8 else INTERRUPTED)
    assert last is not None
    assert fingerprint(last.parameters) == fingerprint(whole.parameters)
    assert fingerprint(last.optimizer_state) == fingerprint(whole.optimizer_state)


# The steps themselves


@BOTH
@pytest.mark.parametrize("count", [25, 2 * BLOCK_ROWS + 300])
def test_a_full_batch_is_one_step_against_the_gradient(
    network: Network, count: int, make_examples: MakeExamples
) -> None:
    data = make_examples(count, 3)
    config = TrainingConfig(batch_size=count, learning_rate=0.25, optimizer="gd", l2=0.1, epochs=1)
    start = exact_start(network, config)
    *_, last = train(network, data, data, config, start=start)
    expected = expected_gradient(network, start, data, config.l2)
    assert last.step == 1
    assert last.gradient is not None
    for name, g in expected.items():
        np.testing.assert_allclose(last.gradient[name], g, rtol=0, atol=1e-12)
        moved = start.parameters[name] - 0.25 * g
        np.testing.assert_allclose(last.parameters[name], moved, rtol=0, atol=1e-12)


@BOTH
def test_a_batch_larger_than_the_data_is_all_of_them(
    network: Network, make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    data = make_examples(25, 3)
    runs = [
        list(train(network, data, data, TrainingConfig(epochs=4, batch_size=size)))
        for size in (25, 10**9)
    ]
    assert len(runs[0]) == len(runs[1])
    all_of_them, more = runs[0][-1], runs[1][-1]
    assert more.step == all_of_them.step == 4
    assert more.batches == all_of_them.batches == 1
    assert fingerprint(more.parameters) == fingerprint(all_of_them.parameters)


@BOTH
def test_each_epoch_uses_every_example_once_in_a_new_order(
    network: Network, make_examples: MakeExamples
) -> None:
    # With a learning rate too small to move it, the loss of each step tells which example it saw.
    data = make_examples(12, 4)
    config = TrainingConfig(epochs=2, batch_size=1, learning_rate=1e-12, optimizer="gd")
    snapshots = list(train(network, data, data, config, start=exact_start(network, config)))
    first, second = losses_of(snapshots)[:, 1].round(6).reshape(2, 12)
    assert len(set(first)) == 12
    assert sorted(first) == sorted(second)
    assert first.tolist() != second.tolist()


@BOTH
def test_the_learning_rate_can_be_changed_while_it_trains(
    network: Network, make_examples: MakeExamples
) -> None:
    data = make_examples(25, 3)
    config = TrainingConfig(
        epochs=9, batch_size=25, learning_rate=0.1, schedule="constant", optimizer="gd"
    )
    control = Control(snapshot_steps=1)
    run = train(network, data, data, config, start=exact_start(network), control=control)
    next(run)
    before = next(run)
    control.learning_rate = 0.7
    after = next(run)
    assert (before.config.learning_rate, after.config.learning_rate) == (0.1, 0.7)
    g = expected_gradient(network, before, data, config.l2)["output.weights"]
    moved = before.parameters["output.weights"] - 0.7 * g
    np.testing.assert_allclose(after.parameters["output.weights"], moved, rtol=0, atol=1e-12)


def test_a_learning_rate_out_of_range_is_refused_while_it_trains(
    make_examples: MakeExamples,
) -> None:
    data = make_examples(25, 3)
    with pytest.raises(SixpadError, match="learning rate"):
        list(train(ONE, data, data, TrainingConfig(), control=Control(learning_rate=0.0)))
