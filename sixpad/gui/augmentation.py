"""Augmentation: how far each example is moved in training, seen on the current drawing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from sixpad.core.config import TrainingConfig
from sixpad.core.distortion import samples
from sixpad.gui.augmentation_kinds import KINDS, Kind, kinds_in
from sixpad.gui.drawing import sample_six
from sixpad.gui.fields import CountField, RateField
from sixpad.gui.glossary import TERMS
from sixpad.gui.rungs import NAMES
from sixpad.gui.sample_strip import SAMPLES, SampleStrip
from sixpad.gui.theme import SPACE
from sixpad.gui.trainer import State, Trainer
from sixpad.gui.widgets import named, quiet_label

_MAKES = "What a step of training may make of"
_NONE: dict[str, Any] = {kind.name: getattr(TrainingConfig(), kind.name) for kind in KINDS}


class Augmentation(QDialog):
    """A field for each kind, and beside it what a training step makes of the drawing by it alone.

    It stands beside the window and leaves that free to draw in. What it shows comes from the code
    that the training uses, of the drawing as the network is given it; where the canvas is empty, of
    a six.
    """

    def __init__(self, trainer: Trainer, parent: QWidget) -> None:
        super().__init__(parent)
        self._trainer = trainer
        self._showing = False
        self._throw = 0
        named(self, "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("Augmentation")
        self.setToolTip(TERMS["augmentation"])
        self.fields = {kind.name: _field(kind) for kind in KINDS}
        self.strips = {kind.name: SampleStrip() for kind in KINDS}
        self.together = SampleStrip()
        self.throw = QPushButton("Another throw")
        self.off = QPushButton("All off")
        self.close_button = QPushButton("Close")
        self._whose = quiet_label()
        self._what = quiet_label(f"{_MAKES} your drawing:")
        # A pointer draws faster than samples are made.
        self._timer = QTimer(self, interval=0, singleShot=True)
        self._timer.timeout.connect(self._make_samples)
        self._layout()
        self._connect()
        self._show_config()
        self._show_state()

    def _layout(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * SPACE)
        grid.setVerticalSpacing(SPACE)
        for row, kind in enumerate(KINDS):
            field, strip = self.fields[kind.name], self.strips[kind.name]
            label = QLabel(kind.words)
            label.setBuddy(field)
            for widget in (label, field, strip):
                widget.setToolTip(TERMS[kind.name])
            field.setAccessibleName(f"{kind.words} in training")
            strip.setAccessibleName(f"Your drawing with {kind.words.lower()} alone")
            self._add_row(grid, row, label, field, strip)
        label = named(QLabel("All together"), "title")
        self.together.setAccessibleName("Your drawing with all of them together")
        self._add_row(grid, len(KINDS), label, None, self.together)
        grid.setColumnMinimumWidth(1, 88)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        buttons.addWidget(self._whose, 1)
        for button, term in ((self.throw, "other throw"), (self.off, "augmentation off")):
            button.setToolTip(TERMS[term])
        for button in (self.throw, self.off, self.close_button):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addWidget(self._what)
        column.addLayout(grid)
        column.addLayout(buttons)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)

    @staticmethod
    def _add_row(
        grid: QGridLayout, row: int, label: QLabel, field: QWidget | None, strip: QWidget
    ) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        grid.addWidget(label, row, 0, middle)
        if field:
            grid.addWidget(field, row, 1, middle)
        grid.addWidget(strip, row, 2)

    def _connect(self) -> None:
        trainer = self._trainer
        for field in self.fields.values():
            field.valueChanged.connect(self._edited)
        self.throw.clicked.connect(self._throw_again)
        self.off.clicked.connect(lambda: trainer.set_config(replace(trainer.config, **_NONE)))
        self.close_button.clicked.connect(self.reject)
        trainer.config_changed.connect(self._show_config)
        trainer.state_changed.connect(self._show_state)
        trainer.session.drawing.changed.connect(self._timer.start)

    def _said(self) -> dict[str, float]:
        return {name: field.value() for name, field in self.fields.items()}

    def _edited(self) -> None:
        """Take on what was changed; a field may show the rest less exactly than it is."""
        if self._showing:
            return
        changes: dict[str, Any] = {}
        for kind in KINDS:
            value = self.fields[kind.name].value()
            if value != self._shown[kind.name]:
                changes[kind.name] = value / kind.times if kind.times > 1 else value
        self._trainer.set_config(replace(self._trainer.config, **changes))

    def _show_config(self) -> None:
        config = self._trainer.config
        self._showing = True
        for kind in KINDS:
            shown = kind.shown(config)
            field = self.fields[kind.name]
            if isinstance(field, CountField):
                field.setValue(int(shown))
            else:
                field.setValue(shown)
        self._shown = self._said()
        self._showing = False
        self._whose.setText(f"For: {NAMES[self._trainer.session.model]}")
        self._show_state()
        self._timer.start()

    def _show_state(self) -> None:
        busy = self._trainer.state in (State.RUNNING, State.WAITING)
        for field in self.fields.values():
            field.setEnabled(not busy)
        self.off.setEnabled(bool(kinds_in(self._trainer.config)) and not busy)

    def _throw_again(self) -> None:
        self._throw += 1
        self._make_samples()

    def _make_samples(self) -> None:
        """Make what is shown anew, of the drawing as it is now."""
        if not self.isVisible():
            return
        config, drawing = self._trainer.config, self._trainer.session.drawing
        image, empty = drawing.prepared, not drawing.ink.any()
        if empty:
            image = drawing.preparation(sample_six())
        self._what.setText(f"{_MAKES} {'a six, until you draw' if empty else 'your drawing'}:")
        used = kinds_in(config)
        for kind in KINDS:
            alone = replace(config, **_NONE | {kind.name: getattr(config, kind.name)})
            images = samples(image, alone, SAMPLES, self._throw)
            self.strips[kind.name].show_images(images, faint=kind not in used)
        self.together.show_images(samples(image, config, SAMPLES, self._throw), faint=not used)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._make_samples()


def _field(kind: Kind) -> CountField | RateField:
    if kind.name == "shift":
        count = CountField(0, int(kind.most))
        count.setSuffix(kind.unit)
        return count
    return RateField(kind.least, kind.most * kind.times, zero=True, unit=kind.unit)
