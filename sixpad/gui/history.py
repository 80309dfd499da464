"""The curve of a training: every loss that was seen, ready to be plotted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sixpad.core.metrics import Scores


class History:
    """Losses since the weights were initial, by epoch; `scores` are the newest on validation."""

    def __init__(self) -> None:
        self._training = np.empty((1024, 2))
        self._count = 0
        self._validation: list[tuple[float, float]] = []
        self.scores: Scores | None = None

    @property
    def training(self) -> NDArray[np.float64]:
        """Epoch and training loss (n, 2), a view that stays right until the next `extend`."""
        return self._training[: self._count]

    @property
    def validation(self) -> NDArray[np.float64]:
        """Epoch and validation loss (m, 2)."""
        return np.array(self._validation, np.float64).reshape(-1, 2)

    def cut(self, epoch: float) -> None:
        """Forget what came after an epoch that the training went back to."""
        self._count = int(np.searchsorted(self.training[:, 0], epoch, side="right"))
        self._validation = [point for point in self._validation if point[0] <= epoch]

    def extend(
        self, losses: NDArray[np.float64], validation: Sequence[tuple[float, Scores]]
    ) -> None:
        """Add what a training brought; what was at later epochs is replaced."""
        for epoch, scores in validation:
            while self._validation and self._validation[-1][0] >= epoch:
                self._validation.pop()
            self._validation.append((epoch, scores.loss))
            self.scores = scores
        if not len(losses):
            return
        self._count = int(np.searchsorted(self.training[:, 0], losses[0, 0]))
        needed = self._count + len(losses)
        if needed > len(self._training):
            grown = np.empty((max(needed, 2 * len(self._training)), 2))
            grown[: self._count] = self.training
            self._training = grown
        self._training[self._count : needed] = losses
        self._count = needed
