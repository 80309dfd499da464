"""When a training ends before its last epoch: never, at a target loss, or without progress."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from sixpad.core.config import TrainingConfig
from sixpad.gui.fields import CountField, RateField
from sixpad.gui.glossary import TERMS
from sixpad.gui.widgets import choice_of

_NEVER, _TARGET, _PATIENCE = range(3)
_CHOICES = (("Never", _NEVER), ("At a loss of", _TARGET), ("No gain for", _PATIENCE))
# What a person sees first who chooses to settle.
_FIRST_TARGET, _FIRST_PATIENCE = 0.06, 5


class SettleField(QWidget):
    """A choice, and beside it the limit that it asks for; `edited` tells of every change."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.choice = choice_of(_CHOICES)
        self.target_loss = RateField(1e-6, 1e3, zero=True)
        self.patience = CountField(1, 100_000)
        self.target_loss.setValue(_FIRST_TARGET)
        self.patience.setValue(_FIRST_PATIENCE)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for field, words, stretch in (
            (self.choice, "Settle", 3),
            (self.target_loss, "Target loss", 2),
            (self.patience, "Epochs without progress", 2),
        ):
            field.setAccessibleName(words)
            field.setToolTip(TERMS["settle"])
            # Long words in a list must not push the columns apart.
            field.setMinimumWidth(40)
            field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            row.addWidget(field, stretch)
        self.setFocusProxy(self.choice)
        self.choice.currentIndexChanged.connect(self._choose)
        self.target_loss.valueChanged.connect(self.edited)
        self.patience.valueChanged.connect(self.edited)
        self._choose()

    @property
    def limits(self) -> tuple[float | None, int | None]:
        """The target loss and the patience, of which one is None at least."""
        chosen = self.choice.currentData()
        return (
            self.target_loss.value() if chosen == _TARGET else None,
            self.patience.value() if chosen == _PATIENCE else None,
        )

    def show_limits(self, config: TrainingConfig) -> None:
        """Show what a configuration says."""
        chosen = _NEVER
        if config.target_loss is not None:
            chosen = _TARGET
            self.target_loss.setValue(config.target_loss)
        elif config.patience is not None:
            chosen = _PATIENCE
            self.patience.setValue(config.patience)
        self.choice.setCurrentIndex(self.choice.findData(chosen))

    def _choose(self) -> None:
        chosen = self.choice.currentData()
        self.target_loss.setVisible(chosen == _TARGET)
        self.patience.setVisible(chosen == _PATIENCE)
        self.edited.emit()
