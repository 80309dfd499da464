"""Training: repeatable, interruptible at any point, and never worse off for a divergence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sixpad.core import training
from sixpad.core.config import TrainingConfig
from sixpad.core.metrics import Scores
from sixpad.core.network import LOSSES, SQUARED_ERROR, Network
from sixpad.core.optimizer import OPTIMIZERS, state_shapes
from sixpad.core.snapshot import (
    DIVERGED,
    EPOCHS,
    INTERRUPTED,
    SETTLED,
    Snapshot,
    initial_snapshot,
    random_state,
)
from sixpad.core.training import BLOCK_ROWS, SNAPSHOT_IMAGES, Control, train
from sixpad.errors import SixpadError

NETWORK = Network(6)
MakeExamples = Callable[..., Any]
Fingerprint = Callable[[Any], Any]


class StopAtLook(Control):
    """A stop that comes true at one of the moments training looks for it, and stays true."""

    def __init__(self, looks: int, snapshot_steps: int | None = None) -> None:
        super().__init__(snapshot_steps=snapshot_steps)
        self.looks_left = looks

    @property
    def stop(self) -> bool:
        self.looks_left -= 1
        return self.looks_left < 0

    @stop.setter
    def stop(self, value: bool) -> None:
        """Only the looks decide."""


def losses_of(snapshots: Sequence[Snapshot]) -> NDArray[np.float64]:
    return np.concatenate([snapshot.losses for snapshot in snapshots])


def validation_of(snapshots: Sequence[Snapshot]) -> list[tuple[int, Scores]]:
    return [pair for snapshot in snapshots for pair in snapshot.validation]


def exact_start(seed: int = 0, config: TrainingConfig | None = None) -> Snapshot:
    """A start from small random parameters in double precision."""
    generator = np.random.default_rng(seed)
    parameters = {
        name: generator.normal(size=shape) * 0.02 for name, shape in NETWORK.shapes().items()
    }
    return replace(initial_snapshot(NETWORK, config or TrainingConfig()), parameters=parameters)


def expected_gradient(
    snapshot: Snapshot, images: NDArray[np.uint8], t: NDArray[np.bool_], l2: float
) -> dict[str, NDArray[np.float64]]:
    """The gradient of the cross-entropy over all examples, written as the sums it stands for."""
    weights = snapshot.parameters["output.weights"][:, 0].astype(float)
    bias = float(snapshot.parameters["output.bias"][0])
    total, total_bias = np.zeros_like(weights), 0.0
    for x, truth in zip(images.astype(float), t, strict=True):
        gap = 1 / (1 + np.exp(-(x @ weights + bias))) - truth
        total += gap * x
        total_bias += gap
    return {
        "output.weights": (total / len(t) + l2 * weights)[:, None],
        "output.bias": np.array([total_bias / len(t)]),
    }


# The same numbers


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_same_seed_gives_the_same_snapshots(
    optimizer: str, make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    config = TrainingConfig(epochs=3, batch_size=7, optimizer=optimizer, patience=2)
    parts = make_examples(60, 1), make_examples(30, 2)
    first, second = (
        [fingerprint(s) for s in train(NETWORK, *parts, config, control=Control(snapshot_steps=2))]
        for _ in range(2)
    )
    assert len(first) > 10
    assert first == second


def test_another_seed_gives_another_order(
    make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    parts = make_examples(60, 1), make_examples(30, 2)
    ends = [
        list(train(NETWORK, *parts, TrainingConfig(epochs=2, batch_size=7, seed=seed)))[-1]
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


@pytest.fixture(scope="session")
def uninterrupted(make_examples: MakeExamples) -> Callable[[TrainingConfig], Any]:
    """The parts to train on and the snapshots of the run that is never stopped, for a config."""

    @lru_cache
    def run(config: TrainingConfig) -> tuple[Any, list[Snapshot]]:
        # The largest batch is worked off in three blocks and a rest, the others in one.
        count = 2300 if config.batch_size > BLOCK_ROWS else 60
        parts = make_examples(count, 1), make_examples(40, 2)
        return parts, list(train(NETWORK, *parts, config))

    return run


@pytest.mark.parametrize("config", CONFIGS, ids=repr)
@given(
    looks=st.lists(st.integers(0, 40), min_size=1, max_size=4),
    steps=st.lists(st.none() | st.integers(1, 5), min_size=4, max_size=4),
)
def test_stopping_at_any_point_and_going_on_changes_nothing(
    config: TrainingConfig,
    looks: list[int],
    steps: list[int | None],
    uninterrupted: Callable[[TrainingConfig], Any],
    fingerprint: Fingerprint,
) -> None:
    parts, whole = uninterrupted(config)
    pieces: list[Snapshot] = []
    last: Snapshot | None = None
    for look, every in zip([*looks, 10**9], [*steps, None], strict=False):
        if last is not None and last.stopped != INTERRUPTED:
            break
        control = StopAtLook(look, every)
        pieces += train(NETWORK, *parts, config, start=last, resume=True, control=control)
        last = pieces[-1]
    while last is not None and last.stopped == INTERRUPTED:
        pieces += train(NETWORK, *parts, config, start=last, resume=True)
        last = pieces[-1]
    assert last is not None
    np.testing.assert_array_equal(losses_of(pieces), losses_of(whole))
    # A run that is stopped before its first step starts again, and scores its start again.
    scored = {repr(pair): None for pair in validation_of(pieces)}
    assert list(scored) == list({repr(pair): None for pair in validation_of(whole)})
    blank = {"losses": None, "validation": ()}
    assert fingerprint(replace(last, **blank)) == fingerprint(replace(whole[-1], **blank))


def test_a_stop_within_a_long_step_leaves_the_step_undone(
    make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    parts = make_examples(3 * BLOCK_ROWS, 1), make_examples(20, 2)
    config = TrainingConfig(batch_size=3 * BLOCK_ROWS)
    # The first look is before the step; the second and the third are between its blocks.
    for looks in (1, 2):
        first, last = train(NETWORK, *parts, config, control=StopAtLook(looks))
        assert (last.step, last.stopped) == (0, INTERRUPTED)
        assert not last.unfinished
        assert fingerprint(last.parameters) == fingerprint(first.parameters)
        assert fingerprint(last.optimizer_state) == fingerprint(first.optimizer_state)
        assert not len(last.losses)


def test_single_steps_come_to_the_same_as_a_run(
    make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    parts = make_examples(30, 1), make_examples(20, 2)
    config = TrainingConfig(epochs=2, batch_size=8)
    whole = list(train(NETWORK, *parts, config))[-1]
    last: Snapshot | None = None
    for step in range(1, 9):
        first, last = train(NETWORK, *parts, config, start=last, resume=True, steps=1)
        assert (first.step, last.step) == (step - 1, step)
        assert last.losses[:, 0].tolist() == [step]
        assert last.stopped == (EPOCHS if step == 8 else INTERRUPTED)
    assert last is not None
    assert fingerprint(last.parameters) == fingerprint(whole.parameters)
    assert fingerprint(last.optimizer_state) == fingerprint(whole.optimizer_state)


# The steps themselves


@pytest.mark.parametrize("count", [25, 2 * BLOCK_ROWS + 300])
def test_a_full_batch_is_one_step_against_the_gradient(
    count: int, make_examples: MakeExamples
) -> None:
    data = make_examples(count, 3)
    config = TrainingConfig(batch_size=count, learning_rate=0.25, optimizer="gd", l2=0.1, epochs=1)
    start = exact_start(config=config)
    *_, last = train(NETWORK, data, data, config, start=start)
    expected = expected_gradient(start, data.images, data.labels == 6, config.l2)
    assert last.step == 1
    assert last.gradient is not None
    for name, g in expected.items():
        np.testing.assert_allclose(last.gradient[name], g, rtol=0, atol=1e-12)
        moved = start.parameters[name] - 0.25 * g
        np.testing.assert_allclose(last.parameters[name], moved, rtol=0, atol=1e-12)


def test_a_batch_larger_than_the_data_is_all_of_them(
    make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    data = make_examples(25, 3)
    runs = [
        list(train(NETWORK, data, data, TrainingConfig(epochs=4, batch_size=size)))
        for size in (25, 10**9)
    ]
    assert len(runs[0]) == len(runs[1])
    all_of_them, more = runs[0][-1], runs[1][-1]
    assert more.step == all_of_them.step == 4
    assert more.batches == all_of_them.batches == 1
    assert fingerprint(more.parameters) == fingerprint(all_of_them.parameters)


def test_each_epoch_uses_every_example_once_in_a_new_order(make_examples: MakeExamples) -> None:
    # With a learning rate too small to move it, the loss of each step tells which example it saw.
    data = make_examples(12, 4)
    config = TrainingConfig(epochs=2, batch_size=1, learning_rate=1e-12, optimizer="gd")
    snapshots = list(train(NETWORK, data, data, config, start=exact_start(config=config)))
    first, second = losses_of(snapshots)[:, 1].round(6).reshape(2, 12)
    assert len(set(first)) == 12
    assert sorted(first) == sorted(second)
    assert first.tolist() != second.tolist()


def test_the_learning_rate_can_be_changed_while_it_trains(make_examples: MakeExamples) -> None:
    data = make_examples(25, 3)
    config = TrainingConfig(epochs=9, batch_size=25, learning_rate=0.1, optimizer="gd")
    control = Control(snapshot_steps=1)
    run = train(NETWORK, data, data, config, start=exact_start(), control=control)
    next(run)
    before = next(run)
    control.learning_rate = 0.7
    after = next(run)
    assert (before.config.learning_rate, after.config.learning_rate) == (0.1, 0.7)
    g = expected_gradient(before, data.images, data.labels == 6, config.l2)["output.weights"]
    moved = before.parameters["output.weights"] - 0.7 * g
    np.testing.assert_allclose(after.parameters["output.weights"], moved, rtol=0, atol=1e-12)


def test_a_learning_rate_out_of_range_is_refused_while_it_trains(
    make_examples: MakeExamples,
) -> None:
    data = make_examples(25, 3)
    with pytest.raises(SixpadError, match="learning rate"):
        list(train(NETWORK, data, data, TrainingConfig(), control=Control(learning_rate=0.0)))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_twenty_random_images_are_learned_without_an_error(optimizer: str, loss: str) -> None:
    generator = np.random.default_rng(5)

    class Random:
        images = generator.integers(0, 2, (20, 576), np.uint8)
        labels = (np.arange(20) % 10).astype(np.uint8)

    rate = {"gd": 0.05, "momentum": 0.005, "adam": 0.002}[optimizer]
    config = TrainingConfig(
        epochs=400, learning_rate=rate, optimizer=optimizer, loss=loss, batch_size=5
    )
    *_, last = train(NETWORK, Random(), Random(), config)
    scores = last.validation[-1][1]
    assert scores.accuracy == scores.average_precision == scores.f1 == 1
    assert scores.loss < 0.02


# When it ends


def test_it_ends_after_its_epochs(make_examples: MakeExamples) -> None:
    data = make_examples(30)
    *_, last = train(NETWORK, data, data, TrainingConfig(epochs=3, batch_size=8))
    assert (last.stopped, last.epoch, last.batch, last.step) == (EPOCHS, 3, 0, 12)
    assert [step for step, _ in validation_of([last])] == [4, 8, 12]
    *_, further = train(NETWORK, data, data, TrainingConfig(epochs=2, batch_size=8), start=last)
    assert (further.epoch, further.step, further.until) == (5, 20, 5)
    assert int(further.optimizer_state["count"]) == 20


def test_a_stopped_run_that_is_not_resumed_has_all_its_epochs_before_it(
    make_examples: MakeExamples,
) -> None:
    data = make_examples(30)
    config = TrainingConfig(epochs=3, batch_size=8)
    *_, stopped = train(NETWORK, data, data, config, steps=6)
    for resume, until in ((True, 3), (False, 4)):
        *_, last = train(NETWORK, data, data, config, start=stopped, resume=resume)
        assert (last.stopped, last.epoch, last.step) == (EPOCHS, until, 4 * until)


def test_it_settles_at_the_target_loss(make_examples: MakeExamples) -> None:
    data = make_examples(60)
    config = TrainingConfig(epochs=500, batch_size=16, learning_rate=0.01, target_loss=0.1)
    snapshots = list(train(NETWORK, data, data, config))
    epochs = losses_of(snapshots)[:, 1].reshape(-1, 4).mean(axis=1)
    assert snapshots[-1].stopped == SETTLED
    assert epochs[-1] <= 0.1
    assert (epochs[:-1] > 0.1).all()
    assert len(epochs) == snapshots[-1].epoch > 1


@pytest.mark.parametrize(
    ("limits", "stopped"),
    [
        ({"epochs": 1000}, SETTLED),
        # Other reasons to end come while the validation loss is past its best.
        ({"epochs": 14, "patience": 1000}, EPOCHS),
        ({"epochs": 1000, "patience": 1000, "target_loss": 0.005}, SETTLED),
    ],
)
def test_with_a_patience_the_best_parameters_come_back(
    limits: dict[str, Any], stopped: str, make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    # The truth of the validation part is disturbed, so that learning by heart makes it worse.
    parts = make_examples(40, 1), make_examples(60, 2)
    parts[1].labels[::20] = 6
    config = TrainingConfig(**{"patience": 5, "learning_rate": 0.005, "batch_size": 10} | limits)
    snapshots = list(train(NETWORK, *parts, config, control=Control(snapshot_steps=1)))
    last = snapshots[-1]
    assert last.stopped == stopped
    *epochs, restored = validation_of(snapshots)
    losses = [scores.loss for _, scores in epochs]
    best = int(np.argmin(losses))
    assert 0 < best < len(losses) - 1
    assert restored[1] == epochs[best][1]
    at_best = next(s for s in snapshots if s.step == epochs[best][0])
    assert fingerprint(last.parameters) == fingerprint(at_best.parameters)
    assert last.best is not None
    assert (last.best.epoch, last.best.loss) == (best, min(losses))
    if stopped == SETTLED and config.target_loss is None:
        assert last.epoch == best + 5


def test_the_patience_counts_from_the_first_epoch_on(make_examples: MakeExamples) -> None:
    # From zero the loss first rises, before it falls: that is no reason to settle.
    parts = make_examples(40, 1), make_examples(60, 2)
    parts[1].labels[::10] = 6
    config = TrainingConfig(learning_rate=0.02, batch_size=10, patience=1)
    snapshots = list(train(NETWORK, *parts, config))
    (_, start), (_, first), *_ = validation_of(snapshots)
    assert first.loss > start.loss
    assert snapshots[-1].stopped == SETTLED
    assert snapshots[-1].epoch > 2
    assert snapshots[-1].validation[-1][1].loss < start.loss


def test_without_a_patience_nothing_is_kept_as_best(make_examples: MakeExamples) -> None:
    data = make_examples(30)
    assert all(s.best is None for s in train(NETWORK, data, data, TrainingConfig(epochs=3)))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(
    "reckless",
    [{"l2": 1e3, "learning_rate": 1e4}, {"l2": 0.0, "learning_rate": 1e6}],
    ids=["the weights overflow", "the loss is huge"],
)
@pytest.mark.parametrize("patience", [None, 2])
@pytest.mark.parametrize("snapshot_steps", [3, 50])
def test_a_divergence_brings_the_last_finite_parameters_back(
    optimizer: str,
    reckless: dict[str, float],
    patience: int | None,
    snapshot_steps: int,
    make_examples: MakeExamples,
    fingerprint: Fingerprint,
) -> None:
    data = make_examples(40)
    calm = TrainingConfig(epochs=20, batch_size=10)
    begun = list(train(NETWORK, data, data, calm, steps=8))[-1]
    config = TrainingConfig(
        epochs=200, batch_size=10, optimizer=optimizer, patience=patience, **reckless
    )
    control = Control(snapshot_steps=snapshot_steps)
    *_, last = train(NETWORK, data, data, config, start=begun, control=control)
    assert last.stopped == DIVERGED
    assert not last.unfinished
    # However often snapshots come, it is the state before the first epoch that went wrong.
    assert last.step == begun.step == 8
    assert fingerprint(last.parameters) == fingerprint(begun.parameters)
    assert all(np.isfinite(array).all() for array in last.parameters.values())
    assert len(last.losses)
    assert last.validation == ()


# The snapshots


def test_snapshots_come_by_steps(make_examples: MakeExamples) -> None:
    data = make_examples(64)
    every = SNAPSHOT_IMAGES // 64
    config = TrainingConfig(epochs=2 * every + 9, batch_size=64)
    steps = [snapshot.step for snapshot in train(NETWORK, data, data, config)]
    assert steps == [0, every, 2 * every, 2 * every + 9]


def test_snapshots_of_a_resumed_run_come_at_the_same_steps(make_examples: MakeExamples) -> None:
    data = make_examples(30)
    config = TrainingConfig(epochs=4, batch_size=10)
    *_, stopped = train(NETWORK, data, data, config, steps=4)
    control = Control(snapshot_steps=3)
    run = train(NETWORK, data, data, config, start=stopped, resume=True, control=control)
    assert [snapshot.step for snapshot in run] == [4, 6, 9, 12]


def test_a_step_of_many_images_is_a_snapshot_each(
    make_examples: MakeExamples, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "SNAPSHOT_IMAGES", 63)
    data = make_examples(64)
    run = train(NETWORK, data, data, TrainingConfig(epochs=4, batch_size=64))
    assert [snapshot.step for snapshot in run] == [0, 1, 2, 3, 4]


def test_how_often_snapshots_come_does_not_change_what_is_learned(
    make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    data = make_examples(50)
    config = TrainingConfig(epochs=5, batch_size=9)
    ends = [
        list(train(NETWORK, data, data, config, control=Control(snapshot_steps=steps)))
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


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_snapshots_are_read_only_and_stand_alone(
    optimizer: str, make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    data = make_examples(30)
    config = TrainingConfig(epochs=2, batch_size=10, optimizer=optimizer, patience=3)
    run = train(NETWORK, data, data, config, control=Control(snapshot_steps=1))
    seen = [(snapshot, fingerprint(snapshot)) for snapshot in run]
    for snapshot, at_first in seen:
        assert fingerprint(snapshot) == at_first
        assert all(not array.flags.writeable for array in arrays_of(snapshot))
    states = [
        [*s.parameters.values(), *s.optimizer_state.values(), *(s.gradient or {}).values()]
        for s, _ in seen
    ]
    for one, other in pairwise(states):
        assert not any(np.shares_memory(a, b) for a in one for b in other)
    assert seen[-1][0].optimizer_state.keys() == state_shapes(optimizer, 577).keys()


def test_the_first_snapshot_is_the_start(make_examples: MakeExamples) -> None:
    data = make_examples(30)
    first = next(train(NETWORK, data, data, TrainingConfig()))
    assert (first.step, first.epoch, first.progress, first.stopped) == (0, 0, 0, None)
    assert not any(array.any() for array in first.parameters.values())
    assert len(first.losses) == 0
    ((step, scores),) = first.validation
    assert step == 0
    assert scores.loss == pytest.approx(np.log(2))


def test_progress_counts_the_fraction_of_the_epoch(make_examples: MakeExamples) -> None:
    data = make_examples(30)
    run = train(NETWORK, data, data, TrainingConfig(epochs=2, batch_size=8), steps=6)
    *_, last = run
    assert (last.epoch, last.batch, last.batches, last.progress) == (1, 2, 4, 1.5)
    assert last.unfinished


# What is changed against the start


def test_another_optimizer_starts_its_state_anew(make_examples: MakeExamples) -> None:
    data = make_examples(30)
    *_, begun = train(NETWORK, data, data, TrainingConfig(batch_size=8), steps=5)
    other = replace(begun.config, optimizer="momentum")
    *_, last = train(NETWORK, data, data, other, start=begun, resume=True, steps=1)
    assert last.step == 6
    assert int(last.optimizer_state["count"]) == 1
    assert last.optimizer_state.keys() == {"count", "velocity"}


@pytest.mark.parametrize("change", [{"batch_size": 5}, {"seed": 7}])
def test_another_batch_size_or_seed_starts_the_epoch_anew(
    change: dict[str, int], make_examples: MakeExamples
) -> None:
    data = make_examples(30)
    *_, begun = train(NETWORK, data, data, TrainingConfig(batch_size=8), steps=6)
    config = replace(begun.config, **change)
    first = next(train(NETWORK, data, data, config, start=begun, resume=True))
    assert (begun.epoch, begun.batch) == (1, 2)
    assert (first.epoch, first.batch, first.loss_sum, first.step) == (1, 0, 0.0, 6)
    reseeded = config.seed != begun.config.seed
    assert first.random_state == (random_state(7) if reseeded else begun.random_state)


def test_the_best_of_another_loss_is_forgotten(make_examples: MakeExamples) -> None:
    data = make_examples(30)
    *_, begun = train(NETWORK, data, data, TrainingConfig(batch_size=8, patience=9), steps=6)
    assert begun.best is not None
    config = replace(begun.config, loss=SQUARED_ERROR)
    first = next(train(NETWORK, data, data, config, start=begun, resume=True))
    assert first.best is None


# What is refused


def test_without_examples_there_is_no_training(make_examples: MakeExamples) -> None:
    some, none = make_examples(10), make_examples(0)
    for parts in ((none, some), (some, none), (none, none)):
        with pytest.raises(SixpadError, match="at least one example"):
            next(train(NETWORK, *parts, TrainingConfig()))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"epochs": 0}, "epochs"),
        ({"epochs": 10**7}, "epochs"),
        ({"learning_rate": 0.0}, "learning rate"),
        ({"learning_rate": float("nan")}, "learning rate"),
        ({"learning_rate": float("inf")}, "learning rate"),
        ({"learning_rate": -1.0}, "learning rate"),
        ({"batch_size": 0}, "batch size"),
        ({"batch_size": 10**10}, "batch size"),
        ({"optimizer": "newton"}, "gd, momentum, adam"),
        ({"loss": "hinge"}, "cross-entropy, squared-error"),
        ({"l2": -0.1}, "L2"),
        ({"l2": float("nan")}, "L2"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**63}, "seed"),
        ({"target_loss": -1.0}, "target loss"),
        ({"target_loss": float("nan")}, "target loss"),
        ({"patience": 0}, "patience"),
    ],
)
def test_a_setting_out_of_range_is_refused(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(SixpadError, match=told):
        TrainingConfig(**wrong)
