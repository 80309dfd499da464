"""One neuron and ten beside scikit-learn, and beside what the machine can do."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np
from machine import seconds
from sklearn.linear_model import LogisticRegression
from timing import Timing

from sixpad.core.backend import cpu
from sixpad.core.config import TrainingConfig
from sixpad.core.descent import Descent
from sixpad.core.metrics import score
from sixpad.core.network import network_of
from sixpad.core.training import train
from sixpad.data.dataset import Dataset

ITERATIONS = (20, 100)
# Batch size and first learning rate: steps as large as short runs can bear, falling to nothing.
SHORT_RUNS = {
    ("one", 20): (128, 0.07), ("one", 100): (144, 0.06),
    ("ten", 20): (256, 0.03), ("ten", 100): (256, 0.03),
}  # fmt: skip
MOST_EPOCHS = 30


def convergence(
    model: str, images: Any, labels: Any, checked: Any, repeats: int
) -> Iterable[Timing]:
    """The time to the training loss that scikit-learn has after some iterations of its default.

    Both solve the same problem: its C = 1 is an L2 of 1/N. Of runs of 1, 2, 3 … epochs the first
    that gets there counts, from the images to the end.
    """
    network = network_of(model, 6)
    X, data = images.astype(np.float32), Dataset(images, labels, "benchmark")
    truth = labels == network.digit if model == "one" else labels
    tenth = checked.take(np.arange(10))

    def scores_of(parameters: Any, part: Any) -> Any:
        z = network.logits_in_blocks(parameters, part.images)
        return score(z, network.targets(part.labels), "cross-entropy")

    def run(epochs: int, batch: int, rate: float) -> tuple[float, Any]:
        config = TrainingConfig(epochs, rate, batch_size=batch, l2=1 / len(data))
        begun = time.perf_counter()
        *_, last = train(network, data, tenth, config)
        return time.perf_counter() - begun, last.parameters

    for iterations in ITERATIONS:
        peer = LogisticRegression(max_iter=iterations)
        peers, ours = [], []
        chosen, settings = 0, SHORT_RUNS[model, iterations]
        for _ in range(repeats):
            peers.append(seconds(partial(peer.fit, X, truth)))
            weights = {"output.weights": peer.coef_.T, "output.bias": peer.intercept_}
            loss = scores_of(weights, data).loss
            while not chosen or scores_of(run(chosen, *settings)[1], data).loss > loss:
                chosen += 1
                if chosen > MOST_EPOCHS:
                    raise SystemExit(f"{model}: the loss {loss:.4f} was not reached.")
            ours.append(run(chosen, *settings)[0])
        parameters = run(chosen, *settings)[1]
        found, theirs = scores_of(parameters, checked), scores_of(weights, checked)
        yield Timing(
            f"{model}: to the loss of {iterations} iterations, {loss:.4f}",
            ours, peers, "scikit-learn", 10,
            f"; {chosen} epochs, batches of {settings[0]}, rate {settings[1]}: "
            f"{scores_of(parameters, data).loss:.4f}; validation: average precision "
            f"{found.average_precision:.4f} against {theirs.average_precision:.4f}, "
            f"accuracy {found.accuracy:.4f} against {theirs.accuracy:.4f}",
        )  # fmt: skip


def full_gradient(
    model: str, images: Any, labels: Any, rate: float, bandwidth: float, repeats: int
) -> Iterable[Timing]:
    """One gradient over all images against what the machine could do at best."""
    network = network_of(model, 6)
    config = TrainingConfig(batch_size=len(labels), optimizer="gd", l2=0)
    descent = Descent(network, config, cpu(""), np.zeros(network.size, np.float32), None)
    descent.show(images, labels, np.arange(len(labels)))
    operations, size = 4 * len(labels) * network.size, images.size / 8
    limit = max(operations / rate, size / bandwidth)
    ours = [
        seconds(lambda: descent.steps([0] * 5, [0.001] * 5, lambda: False)) / 5
        for _ in range(repeats)
    ]
    limits = [limit] * repeats
    # A limit is reached in its own time: the goal is that it is half of ours or more.
    yield Timing(f"{model}: one gradient over all", ours, limits, "the machine's limit", 0.5)
