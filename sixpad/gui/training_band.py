"""The lower band of the window: the panel, the live plot and the numbers."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from sixpad.gui.glossary import TERMS
from sixpad.gui.progress_view import ProgressView
from sixpad.gui.theme import MARGIN, SPACE, theme
from sixpad.gui.trainer import Trainer
from sixpad.gui.training_panel import TrainingPanel
from sixpad.gui.widgets import ElidedLabel, named, quiet_label, word_buttons

if TYPE_CHECKING:
    from sixpad.gui.loss_plot import LossPlot

_PANEL_WIDTH = 312
_MOST_HEIGHT = 380
_FIRST = "Press Train and watch the loss fall here."


class _Importer(QObject):
    """Imports the plotting library in a thread of its own: it takes up to a second."""

    done = Signal()

    def start(self) -> None:
        threading.Thread(target=self._run, name="plot-import", daemon=True).start()

    def _run(self) -> None:
        import pyqtgraph  # noqa: F401

        self.done.emit()


class TrainingBand(QFrame):
    """Training on a panel: commands and settings, the loss as it falls, the scores and the pace."""

    log_changed = Signal(bool)

    def __init__(self, trainer: Trainer) -> None:
        super().__init__()
        named(self, "training")
        self._trainer = trainer
        self.panel = TrainingPanel(trainer)
        self.panel.setFixedWidth(_PANEL_WIDTH)
        self.progress = ProgressView(trainer)
        self.setMaximumHeight(_MOST_HEIGHT)
        self.plot: LossPlot | None = None
        self.log = False
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, 16, MARGIN, 10)
        row.setSpacing(MARGIN)
        row.addWidget(self.panel)
        row.addLayout(self._plot_column(), 1)
        row.addWidget(self.progress)
        self._importer = _Importer(self)
        self._importer.done.connect(self._make_plot)
        trainer.session.history_changed.connect(self._show_hint)
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
        self._column = QVBoxLayout()
        self._column.setSpacing(SPACE)
        self._column.addLayout(row)
        self._column.addWidget(self._hint, 1)
        return self._column

    def _show_loss_name(self) -> None:
        loss = self._trainer.config.loss
        self._loss_name.setText(f"{loss.replace('-e', ' e')}, over the epochs")
        self._loss_name.setToolTip(TERMS[loss])

    def load_plot(self) -> None:
        """Bring in the plot; call it once the window has been painted."""
        self._importer.start()

    @Slot()
    def _make_plot(self) -> None:
        from sixpad.gui.loss_plot import LossPlot

        self.plot = LossPlot(self._trainer.session)
        self.plot.set_log(self.log)
        self._column.addWidget(self.plot, 1)
        self._show_hint()

    def _show_hint(self) -> None:
        empty = not len(self._trainer.session.history.training)
        if self.plot:
            self.plot.setVisible(not empty)
        self._hint.setVisible(empty or not self.plot)
        epoch = self._trainer.session.snapshot.progress
        further = f"The curve goes on here from epoch {epoch:.3g}."
        self._hint.setText(further if epoch else _FIRST)

    def set_log(self, log: bool) -> None:
        """Show the loss on a logarithmic or a linear axis."""
        self.log = log
        self.scale.button(int(log)).setChecked(True)
        if self.plot:
            self.plot.set_log(log)
        self.log_changed.emit(log)

    def refresh_colors(self) -> None:
        """Take on the colours of the theme."""
        colors = theme()
        self._legend.setText(
            f"<span style='color:{colors.quiet}'>━ training</span>&nbsp;&nbsp; "
            f"<span style='color:{colors.text}'>━ validation</span>"
        )
        if self.plot:
            self.plot.refresh_colors()
