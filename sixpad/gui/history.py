"""The curve of a training: every loss that was seen, ready to be plotted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sixpad.core.metrics import Scores
from sixpad.gui.stretches import Stretches


class History:
    """Losses since the weights were initial, by epoch; `scores` are the newest on validation.

    `cuts` counts how often points were taken away or replaced: until it changes, both curves have
    only grown at their ends.
    """

    def __init__(self) -> None:
        self._training, self._validation = _Points(), _Points()
        self.scores: Scores | None = None
        self.cuts = 0

    @property
    def stretches(self) -> Stretches:
        """The training losses at several scales."""
        return self._training.stretches

    @property
    def extremes(self) -> NDArray[np.float64]:
        """The least and the greatest finite loss of training, then of validation; or NaN."""
        return np.array([*self._training.stretches.extremes, *self._validation.stretches.extremes])

    @property
    def training(self) -> NDArray[np.float64]:
        """Epoch and training loss (n, 2), a view that stays right until the next `extend`."""
        return self._training.points

    @property
    def validation(self) -> NDArray[np.float64]:
        """Epoch and validation loss (m, 2), such a view too."""
        return self._validation.points

    def scored(self, epoch: float, scores: Scores) -> History:
        """This curve with the validation scored at an epoch, in the place of what comes then."""
        other = History()
        other._training.extend(self.training)
        other._validation.extend(self.validation)
        other.extend(np.empty((0, 2)), [(epoch, scores)])
        return other

    def cut(self, epoch: float) -> None:
        """Forget what came after an epoch that the training went back to."""
        self._keep(self._training.before(epoch, "right"), self._validation.before(epoch, "right"))

    def _keep(self, training: int, validation: int) -> None:
        """Keep so many points of each curve."""
        if training < self._training.count or validation < self._validation.count:
            self.cuts += 1
        self._training.cut(training)
        self._validation.cut(validation)

    def extend(
        self, losses: NDArray[np.float64], validation: Sequence[tuple[float, Scores]]
    ) -> None:
        """Add what a training brought; what was at later epochs is replaced."""
        kept = self._training.count
        if len(losses):
            kept = self._training.before(losses[0, 0], "left")
        kept_validation, points = self._validation.count, list[tuple[float, float]]()
        for epoch, scores in validation:
            kept_validation = min(kept_validation, self._validation.before(epoch, "left"))
            while points and points[-1][0] >= epoch:
                points.pop()
            points.append((epoch, scores.loss))
            self.scores = scores
        self._keep(kept, kept_validation)
        self._training.extend(losses)
        if points:
            self._validation.extend(np.array(points))


class _Points:
    """Points (n, 2) that grow at their end, by rising epochs; each column lies in one piece."""

    def __init__(self) -> None:
        self._columns = np.empty((2, 16))
        self.count = 0
        self.stretches = Stretches()

    @property
    def points(self) -> NDArray[np.float64]:
        return self._columns[:, : self.count].T

    def before(self, epoch: float, side: Literal["left", "right"]) -> int:
        """How many points there are before an epoch, or up to it."""
        return int(np.searchsorted(self._columns[0, : self.count], epoch, side))

    def extend(self, points: NDArray[np.float64]) -> None:
        needed = self.count + len(points)
        if needed > self._columns.shape[1]:
            grown = np.empty((2, max(needed, 2 * self._columns.shape[1])))
            grown[:, : self.count] = self._columns[:, : self.count]
            self._columns = grown
        self._columns[:, self.count : needed] = points.T
        self.count = needed
        self.stretches.follow(self.points[:, 1])

    def cut(self, count: int) -> None:
        self.count = count
        self.stretches.cut(self.points[:, 1])
