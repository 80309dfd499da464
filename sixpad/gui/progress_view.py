"""How training goes, in numbers: the scores on the validation part, the pace, the time left."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from sixpad.core.snapshot import EPOCHS, SETTLED
from sixpad.gui.figure_rows import Figure, FigureRows
from sixpad.gui.glossary import TERMS
from sixpad.gui.numbers import count, duration, fixed, large, percent
from sixpad.gui.theme import SPACE
from sixpad.gui.trainer import State, Trainer
from sixpad.gui.widgets import ElidedLabel, named

_TICKS = 1000


class ProgressView(QWidget):
    """Average precision, F1, accuracy and loss; epoch, step, speed, time left and a bar."""

    def __init__(self, trainer: Trainer) -> None:
        super().__init__()
        self._trainer = trainer
        title = named(QLabel("Validation"), "title")
        title.setToolTip(TERMS["validation"])
        self._kept_apart = ElidedLabel()
        self._kept_apart.setToolTip(TERMS["validation"])
        self.scores = FigureRows("Scores on the validation part")
        self.pace = FigureRows("Progress of the training")
        self._bar = QProgressBar(textVisible=False, maximum=_TICKS)
        self._bar.setAccessibleName("Progress of the run")
        self.slow = named(QCheckBox("Slow motion"), "quiet")
        self.slow.setToolTip(TERMS["slow motion"])
        self.slow.toggled.connect(trainer.set_slow)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(title)
        head.addWidget(self._kept_apart, 1)
        column.addLayout(head)
        for widget in (self.scores, self.pace, self._bar, self.slow):
            column.addWidget(widget)
        column.addStretch(1)
        trainer.session.progress_changed.connect(self._show)
        trainer.state_changed.connect(self._show)
        trainer.data.changed.connect(self._show)
        trainer.data.progressed.connect(self._show_data_progress)
        trainer.config_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        trainer = self._trainer
        self.slow.setChecked(trainer.slow)
        session = trainer.session
        self._kept_apart.setText(self._whereof())
        scores = session.history.scores
        ten = session.network.digit is None
        of = " of ten" if ten else ""
        self.scores.show_rows([
            Figure("Average precision", fixed(scores.average_precision) if scores else "–",
                   f"average precision{of}"),
            Figure("F1" if ten else "F1 at P = 0.5", fixed(scores.f1) if scores else "–",
                   f"f1{of}"),
            Figure("Accuracy", percent(scores.accuracy) if scores else "–", f"accuracy{of}"),
            Figure("Loss", fixed(scores.loss) if scores else "–", "validation loss"),
            None,
        ])  # fmt: skip
        self._show_pace()

    def _whereof(self) -> str:
        """What the scores are of, and of when where they are not of the weights that are seen."""
        trainer, validation = self._trainer, self._trainer.session.history.validation
        at_rest = trainer.state in (State.IDLE, State.PAUSED)
        if at_rest and len(validation) and validation[-1, 0] < trainer.session.snapshot.progress:
            return f"as of epoch {validation[-1, 0]:.4g}"
        parts, learned = trainer.data.parts, trainer.session.learned
        # The examples may be others by now than those that the scores are of.
        measured = learned.source.validation if learned.history.scores else 0
        number = measured or (len(parts[1]) if parts else 0)
        return f"{count(number)} never trained on" if number else ""

    def _show_pace(self) -> None:
        trainer = self._trainer
        snapshot = trainer.session.snapshot
        epoch = f"{snapshot.progress:.1f}" if snapshot.batch else str(snapshot.epoch)
        if trainer.state in (State.RUNNING, State.PAUSED) and trainer.until:
            epoch += f" of {trainer.until}"
        speed = trainer.images_per_second
        self.pace.show_rows([
            Figure("Epoch", epoch, "epoch"),
            Figure("Step", count(snapshot.step), "step"),
            Figure("Images a second", large(speed) if speed else "–", "images a second"),
            Figure("Time left", duration(trainer.seconds_left), "time left"),
        ])  # fmt: skip
        self._show_bar()

    def _show_bar(self) -> None:
        trainer = self._trainer
        snapshot = trainer.session.snapshot
        share = 0.0
        if trainer.state in (State.RUNNING, State.PAUSED) and snapshot.until:
            begun = max(snapshot.until - snapshot.config.epochs, 0)
            share = (snapshot.progress - begun) / max(trainer.until - begun, 1)
        elif trainer.state is State.IDLE and snapshot.stopped in (EPOCHS, SETTLED):
            share = 1.0
        self._bar.setValue(round(min(max(share, 0.0), 1.0) * _TICKS))

    def _show_data_progress(self, share: float) -> None:
        if self._trainer.state is State.WAITING:
            self._bar.setValue(round(share * _TICKS))
