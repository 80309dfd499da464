"""Gradient descent on a training set, as a plain generator of Snapshots."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sixpad.core.backend import Backend
from sixpad.core.config import TrainingConfig
from sixpad.core.network import Network
from sixpad.core.run import Control, Examples, Renewal, Run
from sixpad.core.snapshot import DIVERGED, INTERRUPTED, Snapshot, initial_snapshot
from sixpad.errors import SixpadError

# A snapshot comes after so many steps at the most.
SNAPSHOT_STEPS = 1024


def train(
    network: Network,
    training: Examples,
    validation: Examples,
    config: TrainingConfig,
    *,
    start: Snapshot | None = None,
    resume: bool = False,
    steps: int | None = None,
    backend: Backend | None = None,
    control: Control | None = None,
    renew: Renewal | None = None,
) -> Iterator[Snapshot]:
    """Train by mini-batches and yield a Snapshot every so many steps, never by the clock.

    Goes on from `start`, for `config.epochs` more epochs; with `resume`, to the end that the
    run of `start` was meant for. `steps` ends it after so many gradient steps. The first Snapshot
    holds the state before the first step, the last says why the run ended. What `config` changes
    against `start` (the optimiser, the seed, the batch size) starts anew, all else goes on. A run
    that diverges gives back the parameters of the last epoch that went well. With `renew` every
    epoch after the first has a training part of its own.

    The same arguments give the same snapshots; a run that was stopped and resumed from its last
    snapshot gives the same numbers as one that was not. Raises SixpadError without examples.
    """
    if not len(training.labels) or not len(validation.labels):
        raise SixpadError("Training needs at least one example in each part; choose more data.")
    start = start or initial_snapshot(network, config)
    control = control or Control()
    run = Run(network, training, validation, config, start, backend, control, renew)
    if resume and start.unfinished:
        run.until = start.until
    else:
        run.until, run.best = start.epoch + config.epochs, None
        run.validate()
    good = run.state()
    yield run.snapshot(good)
    every = min(max(run.descent.snapshot_images // run.batch_size, 1), SNAPSHOT_STEPS)
    stopped: str | None = None
    begun = run.step_count
    while stopped is None:
        each = control.snapshot_steps or every
        count = min(each - run.step_count % each, run.batches - run.batch)
        if steps is not None:
            count = min(count, begun + steps - run.step_count)
        if count == 0 or not run.steps(count):
            stopped = INTERRUPTED
        epoch_ended = run.batch == run.batches
        if epoch_ended:
            stopped = run.end_epoch()
        due = run.step_count % each == 0
        if stopped or epoch_ended or due:
            state = run.state()
            if stopped == DIVERGED or not _finite(state):
                stopped, state = DIVERGED, good
            elif epoch_ended:
                good = state
            if stopped or due:
                yield run.snapshot(state, stopped)


def _finite(snapshot: Snapshot) -> bool:
    """Whether every parameter is still a number."""
    return all(np.isfinite(array).all() for array in snapshot.parameters.values())
