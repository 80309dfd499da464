"""Training that outlives its GPU: where the device fails, it goes on on the CPU."""

from __future__ import annotations

from collections.abc import Iterator

from sixpad.core.backend import Backend, first_line, retire_gpu
from sixpad.core.config import TrainingConfig
from sixpad.core.network import Network
from sixpad.core.run import Control, Examples, Renewal
from sixpad.core.snapshot import Snapshot
from sixpad.core.training import train
from sixpad.errors import SixpadError


def train_with_fallback(
    network: Network,
    training: Examples,
    validation: Examples,
    config: TrainingConfig,
    *,
    backend: Backend,
    start: Snapshot | None = None,
    resume: bool = False,
    steps: int | None = None,
    control: Control | None = None,
    renew: Renewal | None = None,
) -> Iterator[tuple[Snapshot, Backend]]:
    """`train`, with the backend that each snapshot was made on.

    An error of the GPU loses no more than the steps since the last snapshot: the run goes on from
    that one on the CPU, whose `reason` says what happened, and the GPU is not touched again in
    this process. What fails on the CPU is raised, and so is a SixpadError.
    """
    control = control or Control()
    last = start
    goal = None if steps is None else steps + (start.step if start else 0)
    while True:
        steps = None if goal is None else goal - (last.step if last else 0)
        run = train(
            network, training, validation, config,
            start=last, resume=resume, steps=steps, backend=backend, control=control, renew=renew,
        )  # fmt: skip
        try:
            for snapshot in run:
                last = snapshot
                resume = True
                yield snapshot, backend
            return
        except SixpadError:
            raise
        except Exception as error:
            if backend.device != "gpu":
                raise
            backend = retire_gpu(
                f"The GPU failed in training ({first_line(error)}): training goes on on the CPU."
            )
