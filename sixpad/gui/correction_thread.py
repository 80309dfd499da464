"""The thread that corrects a network."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from sixpad.core.correction import Correction, correct, corrected
from sixpad.core.grid import PIXELS, SIDE, Ink
from sixpad.core.metrics import score
from sixpad.core.network import Network
from sixpad.data.dataset import Dataset, joined
from sixpad.data.spec_words import DRAWINGS
from sixpad.gui.learned import Learned
from sixpad.gui.worker import WorkerThread


class CorrectionThread(WorkerThread):
    """Teaches a network one drawing; `correction` and `learned` are what came of it, if anything.

    The drawing is its ink (24, 24), what the network is given of it, and its digit. `own` are the
    person's drawings (n, 24, 24) with their labels (n,), which are earlier examples too.
    """

    correction: Correction | None = None
    learned: Learned

    def __init__(
        self,
        network: Network,
        start: Learned,
        drawing: tuple[Ink, NDArray[Any], int],
        parts: tuple[Dataset, Dataset],
        own: tuple[NDArray[np.uint8], NDArray[np.uint8]],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.network, self.start_from, self.drawing = network, start, drawing
        self._parts, self._own = parts, own

    def work(self) -> None:
        training, validation = self._parts
        preparation = self.start_from.source.preparation
        snapshot, (_, x, label) = self.start_from.snapshot, self.drawing
        earlier, (ink, labels) = training, self._own
        if len(labels):
            images = preparation(ink.reshape(-1, SIDE, SIDE)).reshape(-1, PIXELS)
            earlier = joined([training, Dataset(images, labels, DRAWINGS)])
        correction = correct(
            self.network,
            snapshot.parameters,
            x,
            label,
            earlier,
            seed=snapshot.config.seed + snapshot.step,
            smoothing=snapshot.config.smoothing,
        )
        self.look()
        self.learned = self.start_from._replace(snapshot=corrected(snapshot, correction))
        if correction.steps:
            self._score(validation)
        self.correction = correction

    def _score(self, validation: Dataset) -> None:
        """Score the validation part anew: what was told of it is of other weights."""
        network, learned = self.network, self.learned
        z = network.logits_in_blocks(learned.snapshot.parameters, validation.images, self.look)
        truth = network.targets(validation.labels)
        scores = score(z, truth, learned.snapshot.config.loss)
        history = learned.history.scored(learned.snapshot.progress, scores)
        self.learned = learned._replace(history=history)
