"""Training that outlives its GPU: where the device fails, it goes on on the CPU."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sixpad.core.backend import Backend, retire_gpu
from sixpad.core.config import TrainingConfig
from sixpad.core.network import Network
from sixpad.core.snapshot import Snapshot
from sixpad.core.training import Control, Examples, train
from sixpad.errors import SixpadError


def train_with_fallback(
    network: Network,
    training: Examples,
    validation: Examples,
    config: TrainingConfig,
    *,
    backend: Backend,
    control: Control | None = None,
    **options: Any,
) -> Iterator[tuple[Snapshot, Backend]]:
    """`train`, with the backend that each snapshot was made on.

    An error of the GPU loses no more than the steps since the last snapshot: the run goes on from
    that one on the CPU, whose `reason` says what happened, and the GPU is not touched again in
    this process. What fails on the CPU is raised. `options` are those of `train`.
    """
    control = control or Control()
    last: Snapshot | None = options.pop("start", None)
    resume = options.pop("resume", False)
    goal: int | None = options.pop("steps", None)
    first_step = last.step if last else 0
    while True:
        steps = None if goal is None else goal - ((last.step if last else 0) - first_step)
        run = train(
            network, training, validation, config,
            start=last, resume=resume, steps=steps, backend=backend, control=control, **options,
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
                f"The GPU failed in training ({_first_line(error)}): training goes on on the CPU."
            )


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
