"""Epochs of every model beside PyTorch, and the time until a deeper one knows what it will know."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np
import torch
from machine import seconds
from timing import Timing
from torch import nn

from sixpad.core.config import CONSTANT, TrainingConfig
from sixpad.core.layers import Convolution, Dense, MaxPool, ReLU
from sixpad.core.network import Network, network_of
from sixpad.core.training import train
from sixpad.data.dataset import Dataset
from sixpad.data.handwriting import generate
from sixpad.data.spec import DEFAULT_COUNT

RATE = 0.001
# Epochs, batch size, and how many times as fast as PyTorch it is to be.
EPOCHS = {"one": (10, 256, 8), "ten": (10, 256, 4), "hidden": (3, 128, 1.5), "conv": (1, 128, 1)}
# So near the final accuracy, and in so many seconds: a person's patience.
NEAR, PATIENCE = 0.005, 60.0


def epochs(model: str, images: Any, labels: Any, threads: int, repeats: int) -> Iterable[Timing]:
    """Epochs of mini-batch Adam; PyTorch gathers a shuffled batch for each step, as is usual."""
    torch.set_num_threads(threads)
    network, (count, batch, goal) = network_of(model, 6), EPOCHS[model]
    data = Dataset(images, labels, "benchmark")
    few = data.take(np.arange(10))
    config = TrainingConfig(count, RATE, CONSTANT, batch, l2=0)
    peer = faster([torch_run(network, images, labels, batch, pool) for pool in orders(network)])
    ours, peers = [], []
    for _ in range(repeats):
        ours.append(seconds(lambda: list(train(network, data, few, config))) / count)
        peers.append(seconds(partial(peer, count)) / count)
    yield Timing(f"{model}: an epoch of Adam, batches of {batch}", ours, peers, "PyTorch", goal)


def orders(network: Network) -> tuple[bool, ...]:
    """Whether pooling comes before ReLU, which is the same to the answer: both where there is."""
    pools = any(isinstance(layer, MaxPool) for layer in network.layers)
    return (True, False) if pools else (True,)


def faster(runs: list[Callable[..., None]]) -> Callable[..., None]:
    """The one of them that is done first with a few steps, after as many to set itself up."""
    for run in runs:
        run(1, 20)
    return min(runs, key=lambda run: min(seconds(partial(run, 1, 20)) for _ in range(3)))


def torch_run(
    network: Network, images: Any, labels: Any, batch: int, pool_first: bool
) -> Callable[..., None]:
    """What trains the same network by PyTorch for so many epochs, of so many steps at most."""
    X = torch.from_numpy(images.astype(np.float32))
    one = network.answer.outputs == 1
    t = torch.from_numpy(labels == 6).float()[:, None] if one else torch.from_numpy(labels).long()
    loss = nn.BCEWithLogitsLoss() if one else nn.CrossEntropyLoss()

    def run(epochs: int, steps: int = len(X)) -> None:
        model = nn.Sequential(*torch_layers(network, pool_first))
        optimizer = torch.optim.Adam(model.parameters(), RATE)
        for _ in range(epochs):
            order = torch.randperm(len(X))
            for begin in range(0, min(len(X), steps * batch), batch):
                rows = order[begin : begin + batch]
                optimizer.zero_grad()
                loss(model(X[rows]), t[rows]).backward()
                optimizer.step()

    return run


def torch_layers(network: Network, pool_first: bool) -> Iterator[nn.Module]:
    """PyTorch's own layers of the same sizes in the same order."""
    layers = iter(network.layers)
    for layer in layers:
        if isinstance(layer, Convolution):
            height, width, channels = layer.inputs
            if channels == 1:
                yield nn.Unflatten(1, (1, height, width))
            yield nn.Conv2d(channels, layer.count, layer.side)
            next(layers), next(layers)
            yield from (nn.MaxPool2d(2), nn.ReLU()) if pool_first else (nn.ReLU(), nn.MaxPool2d(2))
        elif isinstance(layer, Dense):
            yield nn.Flatten()
            yield nn.Linear(layer.width, layer.neurons)
        elif isinstance(layer, ReLU):
            yield nn.ReLU()


def patience(model: str, repeats: int) -> Iterable[Timing]:
    """The time until a default training is near its final validation accuracy, and stays there."""
    training, validation = generate(DEFAULT_COUNT, 1).split(seed=1)
    config = TrainingConfig.of(model)
    ours = []
    for _ in range(repeats):
        begun = time.perf_counter()
        reached = []
        for snapshot in train(network_of(model, 6), training, validation, config):
            passed = time.perf_counter() - begun
            reached += [(passed, scores.accuracy) for _, scores in snapshot.validation]
        final = reached[-1][1]
        near = [abs(accuracy - final) <= NEAR for _, accuracy in reached]
        first = next(i for i in range(len(near)) if all(near[i:]))
        ours.append(reached[first][0])
    yield Timing(
        f"{model}: to within {100 * NEAR:g} points of its accuracy", ours, [PATIENCE] * repeats,
        "a person's patience", 1,
        f"; by epoch {first} of {config.epochs}, in all {reached[-1][0]:.1f} s, to {final:.4f} of "
        f"{len(validation):,}; {len(training):,} generated digits",
    )  # fmt: skip
