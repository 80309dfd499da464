"""A report: what is told of a trained network on one page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sixpad.core.evaluation import Evaluation
from sixpad.core.snapshot import DIVERGED, EPOCHS, INTERRUPTED, SETTLED
from sixpad.data.model_header import Model
from sixpad.gui.history import History
from sixpad.gui.numbers import count, duration, fixed, percent, span

_ENDINGS = {
    EPOCHS: "all epochs done", SETTLED: "settled", DIVERGED: "diverged", INTERRUPTED: "interrupted"
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class TrainingReport:
    """What stands on the page: a model, and what it was `found` to do on `data`.

    `data` says in words which examples those are, and `note` what they are worth. `history` is the
    curve of the training, where one is known, and `made` the time of the report.
    """

    model: Model
    found: Evaluation
    data: str
    note: str
    history: History | None
    made: datetime

    @property
    def title(self) -> str:
        """What the network is."""
        title = self.model.network.title
        return title[0].upper() + title[1:]

    @property
    def words(self) -> str:
        """How large it is and what it learned from, in sentences."""
        size, source = self.model.network.size, self.model.source
        learned = "Not yet trained."
        if source.data:
            learned = (
                f"Learned from {source.name}: {count(source.training)} examples, "
                f"{source.preparation.words}."
            )
        return f"{count(size)} weights and biases. {learned}"

    @property
    def scores(self) -> list[tuple[str, str, str]]:
        """Each score by name, with its 95 % interval where it has one."""
        found = self.found
        f1 = "F1, mean of ten" if found.network.digit is None else f"F1 at P = {found.threshold:g}"
        accuracy = found.accuracy
        rows = [("Accuracy", percent(accuracy.value), span(*accuracy[1:], percents=True))]
        for name, estimate in (
            ("Average precision", found.average_precision),
            (f1, found.f1),
            ("ROC AUC", found.roc_auc),
        ):
            rows.append((name, fixed(estimate.value), span(*estimate[1:])))
        return [*rows, ("Loss", fixed(found.loss), "")]

    @property
    def settings(self) -> list[tuple[str, str]]:
        """How the network was trained, by name."""
        snapshot, config = self.model.snapshot, self.model.snapshot.config
        rows = [
            ("Epochs", f"{snapshot.progress:.1f}" if snapshot.batch else count(snapshot.epoch)),
            ("Steps", count(snapshot.step)),
            ("Batch size", count(config.batch_size)),
            ("Optimiser", config.optimizer),
            ("Learning rate", f"{config.learning_rate:g}, {config.schedule}"),
            ("Loss", config.loss),
            ("L2", f"{config.l2:g}"),
        ]
        if config.smoothing:
            rows.append(("Smoothing", percent(config.smoothing)))
        if config.shift:
            rows.append(("Shift", f"up to {config.shift} px"))
        if config.rotation:
            rows.append(("Rotation", f"up to {config.rotation:g}°"))
        if config.scale:
            rows.append(("Scale", f"±{percent(config.scale)}"))
        if config.slant:
            rows.append(("Slant", f"up to {config.slant:g}°"))
        if config.noise:
            rows.append(("Noise", percent(config.noise)))
        if config.dropout:
            rows.append(("Dropout", percent(config.dropout)))
        if config.target_loss is not None:
            rows.append(("Target loss", f"{config.target_loss:g}"))
        if config.patience is not None:
            rows.append(("Patience", f"{count(config.patience)} epochs"))
        rows.append(("Seed", str(config.seed)))
        if self.model.seconds:
            rows.append(("Time", duration(self.model.seconds)))
        ended = _ENDINGS.get(str(snapshot.stopped), "not yet" if snapshot.step else "not begun")
        return [*rows, ("Ended", ended)]
