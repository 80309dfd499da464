"""How a training ends: learned, settled, at its last epoch, or diverged and no worse for it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from learning import BOTH, ONE, Fingerprint, MakeExamples, losses_of, validation_of

from sixpad.core.answer import LOSSES
from sixpad.core.config import TrainingConfig
from sixpad.core.network import Network
from sixpad.core.optimizer import OPTIMIZERS
from sixpad.core.run import Control
from sixpad.core.snapshot import DIVERGED, EPOCHS, SETTLED
from sixpad.core.training import train
from sixpad.errors import SixpadError


@BOTH
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_twenty_random_images_are_learned_without_an_error(
    network: Network, optimizer: str, loss: str
) -> None:
    generator = np.random.default_rng(5)

    class Random:
        images = generator.integers(0, 2, (20, 576), np.uint8)
        labels = (np.arange(20) % 10).astype(np.uint8)

    rate = {"gd": 0.05, "momentum": 0.005, "adam": 0.002}[optimizer]
    config = TrainingConfig(
        epochs=400, learning_rate=rate, optimizer=optimizer, loss=loss, batch_size=5
    )
    *_, last = train(network, Random(), Random(), config)
    scores = last.validation[-1][1]
    assert scores.accuracy == scores.average_precision == scores.f1 == 1
    assert scores.loss < 0.02


@BOTH
@pytest.mark.parametrize("loss", LOSSES)
def test_what_was_never_seen_is_recognised(
    network: Network, loss: str, make_examples: MakeExamples
) -> None:
    parts = make_examples(400, 1), make_examples(200, 2)
    snapshots = list(train(network, *parts, TrainingConfig(epochs=15, batch_size=20, loss=loss)))
    (_, before), *_, (_, after) = validation_of(snapshots)
    assert after.loss < before.loss / 5
    assert min(after.accuracy, after.average_precision, after.f1) > 0.97
    # A neuron that knows nothing says no; of ten that know nothing each is as likely.
    assert before.accuracy == (0.9 if network is ONE else 0.1)


def test_it_ends_after_its_epochs(make_examples: MakeExamples) -> None:
    data = make_examples(30)
    *_, last = train(ONE, data, data, TrainingConfig(epochs=3, batch_size=8))
    assert (last.stopped, last.epoch, last.batch, last.step) == (EPOCHS, 3, 0, 12)
    assert [step for step, _ in validation_of([last])] == [4, 8, 12]
    *_, further = train(ONE, data, data, TrainingConfig(epochs=2, batch_size=8), start=last)
    assert (further.epoch, further.step, further.until) == (5, 20, 5)
    assert int(further.optimizer_state["count"]) == 20


def test_a_stopped_run_that_is_not_resumed_has_all_its_epochs_before_it(
    make_examples: MakeExamples,
) -> None:
    data = make_examples(30)
    config = TrainingConfig(epochs=3, batch_size=8)
    *_, stopped = train(ONE, data, data, config, steps=6)
    for resume, until in ((True, 3), (False, 4)):
        *_, last = train(ONE, data, data, config, start=stopped, resume=resume)
        assert (last.stopped, last.epoch, last.step) == (EPOCHS, until, 4 * until)


def test_it_settles_at_the_target_loss(make_examples: MakeExamples) -> None:
    data = make_examples(60)
    config = TrainingConfig(epochs=500, batch_size=16, learning_rate=0.01, target_loss=0.1)
    snapshots = list(train(ONE, data, data, config))
    epochs = losses_of(snapshots)[:, 1].reshape(-1, 4).mean(axis=1)
    assert snapshots[-1].stopped == SETTLED
    assert epochs[-1] <= 0.1
    assert (epochs[:-1] > 0.1).all()
    assert len(epochs) == snapshots[-1].epoch > 1


@BOTH
@pytest.mark.parametrize(
    ("limits", "stopped"),
    [
        ({"epochs": 1000}, SETTLED),
        # Other reasons to end come while the validation loss is past its best.
        ({"epochs": 14, "patience": 1000}, EPOCHS),
        ({"epochs": 1000, "patience": 1000, "target_loss": 0.002}, SETTLED),
    ],
)
def test_with_a_patience_the_best_parameters_come_back(
    network: Network,
    limits: dict[str, Any],
    stopped: str,
    make_examples: MakeExamples,
    fingerprint: Fingerprint,
) -> None:
    # The truth of the validation part is disturbed, so that learning by heart makes it worse.
    parts = make_examples(40, 1), make_examples(60, 2)
    parts[1].labels[::12] = 6
    steady = {"patience": 5, "learning_rate": 0.005, "batch_size": 10, "schedule": "constant"}
    config = TrainingConfig(**steady | limits)
    snapshots = list(train(network, *parts, config, control=Control(snapshot_steps=1)))
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
    for seed in range(10):
        config = TrainingConfig(learning_rate=0.02, batch_size=10, patience=1, seed=seed)
        snapshots = list(train(ONE, *parts, config))
        (_, start), (_, first), (_, second), *_ = validation_of(snapshots)
        if first.loss > start.loss and second.loss < first.loss:
            break
    else:
        pytest.fail("in no order of the batches does the loss rise first")
    assert snapshots[-1].stopped == SETTLED
    assert snapshots[-1].epoch > 2
    assert snapshots[-1].validation[-1][1].loss < start.loss


def test_without_a_patience_nothing_is_kept_as_best(make_examples: MakeExamples) -> None:
    data = make_examples(30)
    assert all(s.best is None for s in train(ONE, data, data, TrainingConfig(epochs=3)))


@BOTH
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(
    "reckless",
    [{"l2": 1e3, "learning_rate": 1e4}, {"l2": 0.0, "learning_rate": 1e6}],
    ids=["the weights overflow", "the loss is huge"],
)
@pytest.mark.parametrize("patience", [None, 2])
@pytest.mark.parametrize("snapshot_steps", [3, 50])
def test_a_divergence_brings_the_last_finite_parameters_back(
    network: Network,
    optimizer: str,
    reckless: dict[str, float],
    patience: int | None,
    snapshot_steps: int,
    make_examples: MakeExamples,
    fingerprint: Fingerprint,
) -> None:
    data = make_examples(40)
    # With a truth that the patterns do not tell, a step too large cannot be right by chance.
    data.labels[:] = np.arange(40) % 10
    calm = TrainingConfig(epochs=20, batch_size=10)
    begun = list(train(network, data, data, calm, steps=8))[-1]
    config = TrainingConfig(
        epochs=200, batch_size=10, optimizer=optimizer, patience=patience, **reckless
    )
    control = Control(snapshot_steps=snapshot_steps)
    *_, last = train(network, data, data, config, start=begun, control=control)
    assert last.stopped == DIVERGED
    assert not last.unfinished
    # However often snapshots come, it is the state before the first epoch that went wrong.
    assert last.step == begun.step == 8
    assert fingerprint(last.parameters) == fingerprint(begun.parameters)
    assert all(np.isfinite(array).all() for array in last.parameters.values())
    assert len(last.losses)
    assert last.validation == ()


def test_without_examples_there_is_no_training(make_examples: MakeExamples) -> None:
    some, none = make_examples(10), make_examples(0)
    for parts in ((none, some), (some, none), (none, none)):
        with pytest.raises(SixpadError, match="at least one example"):
            next(train(ONE, *parts, TrainingConfig()))
