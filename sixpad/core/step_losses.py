"""The losses of gradient steps, worked out many steps at a time.

A step needs the slope of its loss, not the loss itself. One step after the other the losses would
take as long as a tenth of the training; on a GPU each would be launches of their own.
"""

from __future__ import annotations

from sixpad.core.answer import Answer, Array
from sixpad.core.backend import Backend

# The numbers z are kept until there are those of so many examples.
_EXAMPLES = 1 << 14


class StepLosses:
    """Takes the numbers z that each step has met with, and gives the mean losses of the steps."""

    def __init__(self, answer: Answer, loss: str, backend: Backend) -> None:
        self._answer, self._loss, self._backend = answer, loss, backend
        self._done: list[float] = []
        self._waiting: list[tuple[Array, Array]] = []
        self._rows = self._examples = 0
        self._penalties: list[Array] = []

    def add(self, blocks: list[tuple[Array, Array]], rows: int, penalty: Array | None) -> None:
        """One more step on so many rows: z and the truth t of each block, and what L2 adds."""
        if rows != self._rows:
            self._work_off()
        self._rows = rows
        self._waiting += blocks
        if penalty is not None:
            self._penalties.append(penalty)
        self._examples += rows
        if self._examples >= _EXAMPLES:
            self._work_off()

    def take(self) -> list[float]:
        """The loss of each step since the last call."""
        self._work_off()
        done, self._done = self._done, []
        return done

    def _work_off(self) -> None:
        if not self._waiting:
            return
        xp = self._backend.xp
        z, t = (xp.concatenate(arrays) for arrays in zip(*self._waiting, strict=True))
        losses = self._answer.losses(z, t, self._loss).reshape(-1, self._rows).mean(axis=1)
        if self._penalties:
            losses += xp.stack(self._penalties)
        self._done += self._backend.to_host(losses).tolist()
        self._waiting, self._penalties, self._examples = [], [], 0
