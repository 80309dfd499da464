"""Training networks of several layers: they learn, and the same seed gives the same snapshots."""

from __future__ import annotations

from dataclasses import replace
from threading import Event, Thread
from typing import Any

import numpy as np
import pytest
from learning import Fingerprint, MakeExamples, StopAtLook, losses_of, validation_of

from sixpad.core.answer import SQUARED_ERROR
from sixpad.core.config import TrainingConfig
from sixpad.core.network import CONV, HIDDEN, Network
from sixpad.core.run import Control
from sixpad.core.sizes import parse_sizes
from sixpad.core.snapshot import INTERRUPTED, Snapshot
from sixpad.core.training import train

SIZES = {HIDDEN: "16, 12", CONV: "5x5x3, 3x3x4, 12"}
DEEP = {model: Network(None, model, parse_sizes(model, text)) for model, text in SIZES.items()}
BOTH = pytest.mark.parametrize("network", DEEP.values(), ids=DEEP)
# Batches of one block, of several, and a last one that is shorter.
CONFIGS = {
    "shift": TrainingConfig(epochs=3, batch_size=7, shift=1),
    "dropout": TrainingConfig(epochs=3, batch_size=16, dropout=0.4, patience=1),
    "noise": TrainingConfig(epochs=3, batch_size=16, noise=0.1, optimizer="momentum"),
    "all": TrainingConfig(
        epochs=4, batch_size=25, shift=2, noise=0.05, dropout=0.2, loss=SQUARED_ERROR
    ),
}
DISTORTED = pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)


@BOTH
@DISTORTED
def test_the_same_seed_gives_the_same_snapshots(
    network: Network, config: TrainingConfig, make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    parts = make_examples(60, 1), make_examples(30, 2)
    first, second = (
        [fingerprint(s) for s in train(network, *parts, config, control=Control(snapshot_steps=1))]
        for _ in range(2)
    )
    assert len(first) > 5
    assert first == second


@BOTH
def test_another_seed_gives_another_network(
    network: Network, make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    parts = make_examples(60, 1), make_examples(30, 2)
    ends = [
        list(train(network, *parts, TrainingConfig(epochs=1, shift=1, seed=seed)))[-1]
        for seed in range(3)
    ]
    assert len({str(fingerprint(end.parameters)) for end in ends}) == len(ends)


@BOTH
@DISTORTED
@pytest.mark.parametrize("looks", [(1,), (2, 3, 5), (1, 1, 1, 1), (7,)], ids=repr)
def test_stopping_and_going_on_changes_nothing(
    network: Network, config: TrainingConfig, looks: tuple[int, ...],
    make_examples: MakeExamples, fingerprint: Fingerprint,
) -> None:  # fmt: skip
    parts = make_examples(60, 1), make_examples(30, 2)
    whole = list(train(network, *parts, config))
    pieces: list[Snapshot] = []
    last: Snapshot | None = None
    for look in looks:
        pieces += train(network, *parts, config, start=last, resume=True, control=StopAtLook(look))
        last = pieces[-1]
        assert last.stopped == INTERRUPTED
    pieces += train(network, *parts, config, start=last, resume=True)
    np.testing.assert_array_equal(losses_of(pieces), losses_of(whole))
    blank: dict[str, Any] = {"losses": None, "validation": ()}
    assert fingerprint(replace(pieces[-1], **blank)) == fingerprint(replace(whole[-1], **blank))


@BOTH
def test_a_stop_within_a_long_step_leaves_the_step_undone(
    network: Network, make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    count = 2 * network.block_rows + 5
    parts = make_examples(count, 1), make_examples(20, 2)
    config = TrainingConfig(batch_size=count, shift=1)
    for looks in (1, 2):
        first, last = train(network, *parts, config, control=StopAtLook(looks))
        assert (last.step, last.stopped) == (0, INTERRUPTED)
        assert fingerprint(last.parameters) == fingerprint(first.parameters)


@pytest.mark.parametrize(("model", "text"), [(HIDDEN, "16, 12"), (CONV, "5x5x6, 3x3x12, 24")])
@pytest.mark.parametrize(("optimizer", "rate"), [("gd", 0.1), ("momentum", 0.03), ("adam", 0.01)])
def test_they_learn(
    model: str, text: str, optimizer: str, rate: float, make_examples: MakeExamples
) -> None:
    network = Network(None, model, parse_sizes(model, text))
    parts = make_examples(300, 1), make_examples(100, 2)
    config = TrainingConfig(epochs=15, batch_size=20, learning_rate=rate, optimizer=optimizer)
    scores = [scores for _, scores in validation_of(list(train(network, *parts, config)))]
    assert scores[0].accuracy < 0.3
    assert scores[-1].accuracy > 0.8
    assert scores[-1].loss < 0.5 * scores[0].loss


@BOTH
def test_a_rate_too_large_is_noticed_and_given_up(
    network: Network, make_examples: MakeExamples
) -> None:
    parts = make_examples(60, 1), make_examples(30, 2)
    config = TrainingConfig(epochs=9, batch_size=10, learning_rate=1e5, optimizer="gd")
    *_, last = train(network, *parts, config)
    assert last.stopped == "diverged"
    assert all(np.isfinite(array).all() for array in last.parameters.values())


@BOTH
def test_a_look_from_another_thread_changes_neither(
    network: Network, make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    parts = make_examples(60, 1), make_examples(30, 2)
    config = CONFIGS["all"]
    parameters = network.initial_parameters(seed=1)
    X = parts[1].images.astype(np.float32)
    expected = network.logits(parameters, X).tobytes()
    done, seen = Event(), set()

    def look() -> None:
        while not done.is_set():
            seen.add(network.logits(parameters, X).tobytes())

    alone = [fingerprint(snapshot) for snapshot in train(network, *parts, config)]
    thread = Thread(target=look)
    thread.start()
    try:
        watched = [fingerprint(snapshot) for snapshot in train(network, *parts, config)]
    finally:
        done.set()
        thread.join()
    assert watched == alone
    assert seen <= {expected}


@BOTH
def test_validation_meets_no_distortion(network: Network, make_examples: MakeExamples) -> None:
    parts = make_examples(40, 1), make_examples(30, 2)
    config = TrainingConfig(
        epochs=1, batch_size=10, shift=2, rotation=20, scale=0.3, slant=20, noise=0.2, dropout=0.5
    )
    *_, last = train(network, *parts, config)
    ((_, scores),) = last.validation[-1:]
    z = network.logits(last.parameters, parts[1].images.astype(np.float32))
    answer = network.answer
    losses = answer.losses(z, answer.targets(parts[1].labels).astype(np.float32), config.loss)
    assert scores.loss == pytest.approx(float(losses.mean()), rel=1e-5)
