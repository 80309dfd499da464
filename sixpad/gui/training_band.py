"""The lower band of the window: the panel, the live plot and the numbers."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from sixpad.gui.glossary import TERMS
from sixpad.gui.loss_plot import LossPlot
from sixpad.gui.progress_view import ProgressView
from sixpad.gui.theme import MARGIN, SPACE, theme
from sixpad.gui.trainer import Trainer
from sixpad.gui.training_panel import TrainingPanel
from sixpad.gui.widgets import ElidedLabel, named, quiet_label, word_buttons

_PANEL_WIDTH = 312
_MOST_HEIGHT = 380
_FIRST = "Press Train and watch the loss fall here."


class TrainingBand(QFrame):
    """Training on a panel: commands and settings, the loss as it falls, the scores and the pace.

    `looked_at` is the part in which nothing is pressed.
    """

    log_changed = Signal(bool)

    def __init__(self, trainer: Trainer) -> None:
        super().__init__()
        named(self, "training")
        self._trainer = trainer
        self.panel = TrainingPanel(trainer)
        self.panel.setFixedWidth(_PANEL_WIDTH)
        self.progress = ProgressView(trainer)
        self.setMaximumHeight(_MOST_HEIGHT)
        self.plot = LossPlot(trainer.session)
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, 16, MARGIN, 10)
        row.setSpacing(MARGIN)
        row.addWidget(self.panel)
        self.looked_at = QWidget()
        self.looked_at.setLayout(self._plot_column())
        row.addWidget(self.looked_at, 1)
        row.addWidget(self.progress)
        trainer.session.progress_changed.connect(self._show_hint)
        self._show_hint()
        trainer.config_changed.connect(self._show_loss_name)
        self._show_loss_name()
        self.refresh_colors()

    def _plot_column(self) -> QVBoxLayout:
        title = named(QLabel("Loss"), "title")
        title.setToolTip(TERMS["loss"])
        self._loss_name = ElidedLabel()
        self.scale, words = word_buttons(self, ("linear", "log"))
        self.scale.idClicked.connect(lambda place: self.set_log(place == 1))
        for button, tip in zip(
            self.scale.buttons(),
            ("Equal steps of loss are equally high.", "Equal ratios of loss are equally high."),
            strict=True,
        ):
            button.setToolTip(tip)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(title)
        row.addWidget(self._loss_name, 1)
        self._legend = QLabel(textFormat=Qt.TextFormat.RichText)
        self._legend.setToolTip(f"{TERMS['training loss']}\n{TERMS['validation loss']}")
        row.addWidget(self._legend)
        row.addSpacing(SPACE)
        row.addLayout(words)
        self._hint = quiet_label(_FIRST)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addLayout(row)
        column.addWidget(self._hint, 1)
        column.addWidget(self.plot, 1)
        return column

    def _show_loss_name(self) -> None:
        loss = self._trainer.config.loss
        self._loss_name.setText(f"{loss.replace('-e', ' e')}, over the epochs")
        self._loss_name.setToolTip(TERMS[loss])

    def _show_hint(self) -> None:
        empty = not len(self._trainer.session.history.training)
        if empty == self.plot.isVisibleTo(self):
            self.plot.setVisible(not empty)
            self._hint.setVisible(empty)
        if empty:
            epoch = self._trainer.session.snapshot.progress
            further = f"The curve goes on here from epoch {epoch:.3g}."
            self._hint.setText(further if epoch else _FIRST)

    def set_log(self, log: bool) -> None:
        """Show the loss on a logarithmic or a linear axis."""
        self.scale.button(int(log)).setChecked(True)
        self.plot.set_log(log)
        self.log_changed.emit(log)

    def refresh_colors(self) -> None:
        """Take on the colours of the theme."""
        colors = theme()
        self._legend.setText(
            f"<span style='color:{colors.quiet}'>━ training</span>&nbsp;&nbsp; "
            f"<span style='color:{colors.text}'>━ validation</span>"
        )
        self.plot.refresh()
