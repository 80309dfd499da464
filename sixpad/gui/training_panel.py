"""The training panel: the commands of a training and its settings."""

from __future__ import annotations

from dataclasses import replace
from textwrap import fill
from typing import Any

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from sixpad.core.config import TrainingConfig
from sixpad.gui.augment_button import AugmentButton
from sixpad.gui.data_choice import MIX, OTHER_DATA, mix_name
from sixpad.gui.fields import CountField, RateField
from sixpad.gui.glossary import TERMS, TIP_WIDTH
from sixpad.gui.numbers import count
from sixpad.gui.settle_field import SettleField
from sixpad.gui.theme import SPACE, sized
from sixpad.gui.trainer import State, Trainer
from sixpad.gui.widgets import ElidedBox, ElidedLabel, choice_of, named, side_by_side

_DIGITS_OFFERED = (
    ("handwriting:10000", 10_000),
    ("handwriting", 40_000),
    ("handwriting:100000", 100_000),
)
# Between the SPECs of a mixture, in which it cannot be.
_BETWEEN = "\0"
_OPTIMIZERS = (("Adam", "adam"), ("Momentum", "momentum"), ("Gradient descent", "gd"))
_SCHEDULES = (("Falling", "falling"), ("Constant", "constant"))
_LOSSES = (("Cross-entropy", "cross-entropy"), ("Squared error", "squared-error"))
_DEVICES = (("Auto", "auto"), ("CPU", "cpu"), ("GPU", "gpu"))


class TrainingPanel(QWidget):
    """Train, Step, Stop and Reset, and every setting of a training.

    `data_wanted` asks for a source of the kind it carries, which has to be chosen in a dialog, or
    for the place where sources are mixed.
    """

    data_wanted = Signal(str)

    def __init__(self, trainer: Trainer) -> None:
        super().__init__()
        self._trainer = trainer
        self._showing = False
        self.train = named(QPushButton("Train"), "primary")
        self.step = QPushButton("Step")
        self.stop = QPushButton("Stop")
        self.reset = QPushButton("Reset")
        self._make_fields()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(SPACE)
        outer.addLayout(self._buttons())
        outer.addLayout(self._form())
        outer.addWidget(self.reason)
        outer.addStretch(1)
        self._connect()
        self._show_config()
        self._show_state()
        self._show_device()

    def _make_fields(self) -> None:
        self.data = ElidedBox()
        for spec, number in _DIGITS_OFFERED:
            self.data.addItem(f"Handwriting, {count(number)}", spec)
        self.data.insertSeparator(self.data.count())
        for words, kind in (*OTHER_DATA, ("Mix sources …", MIX)):
            self.data.addItem(words, f"?{kind}")
        self.device = choice_of(_DEVICES)
        self.epochs = CountField(1, 1_000_000)
        self.batch_size = CountField(1, 1_000_000_000, doubling=True)
        self.learning_rate = RateField(1e-6, 1e6)
        self.schedule = choice_of(_SCHEDULES)
        self.optimizer = choice_of(_OPTIMIZERS)
        self.loss = choice_of(_LOSSES)
        self.l2 = RateField(1e-6, 1e6, zero=True)
        self.settle = SettleField()
        self.smoothing = RateField(1e-3, 0.5, zero=True)
        self.augment = AugmentButton(self._trainer, self)
        self.dropout = CountField(0, 90)
        self.dropout.setSuffix(" %")
        self.dropout.setSingleStep(5)
        self.augment.setFixedHeight(self.dropout.sizeHint().height())
        self.seed = CountField(0, 2**31 - 1, grouped=False)
        self.reason = ElidedLabel()
        self.reason.setFont(sized(self.font(), 0.9))

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.train, 2)
        for button in (self.step, self.stop, self.reset):
            row.addWidget(button, 1)
        for button, term in (
            (self.train, "train"),
            (self.step, "single step"),
            (self.stop, "stop"),
            (self.reset, "reset"),
        ):
            button.setToolTip(TERMS[term])
            button.setMinimumHeight(32)
        return row

    def _form(self) -> QGridLayout:
        rate, regular = (
            side_by_side(self.learning_rate, self.schedule),
            side_by_side(self.l2, self.smoothing),
        )
        device = side_by_side(self.device, self.seed)
        chance = side_by_side(self.augment, self.dropout)
        for part, words, term in (
            (self.learning_rate, "Learning rate", "learning rate"),
            (self.schedule, "Schedule of the learning rate", "schedule"),
            (self.l2, "L2", "l2"),
            (self.smoothing, "Smoothing", "smoothing"),
            (self.device, "Device", "device"),
            (self.seed, "Seed", "seed"),
            (self.dropout, "Dropout", "dropout"),
        ):
            part.setAccessibleName(words)
            part.setToolTip(TERMS[term])
        cells = (
            ("Data", "data", self.data), ("Device, seed", "device", device),
            ("Epochs", "epoch", self.epochs), ("Batch size", "batch size", self.batch_size),
            ("Learning rate", "learning rate", rate),
            ("Optimiser", "optimiser", self.optimizer),
            ("Loss", "loss", self.loss), ("L2, smoothing", "l2", regular),
            ("Settle", "settle", self.settle), ("Augment, dropout", "augmentation", chance),
        )  # fmt: skip
        form = QGridLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(3)
        for index, (words, term, field) in enumerate(cells):
            label = named(QLabel(words), "quiet")
            label.setFont(sized(self.font(), 0.9))
            label.setToolTip(TERMS[term])
            label.setBuddy(field)
            field.setToolTip(TERMS[term])
            field.setAccessibleName(words)
            line, column = divmod(index, 2)
            form.addWidget(label, 2 * line, column)
            form.addWidget(field, 2 * line + 1, column)
        form.setColumnStretch(0, 1)
        form.setColumnStretch(1, 1)
        for index in range(form.count()):
            item = form.itemAt(index)
            widget = item.widget() if item else None
            if widget and not isinstance(widget, QLabel):
                # Long words in a list must not push the columns apart.
                widget.setMinimumWidth(60)
                widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        return form

    def form_rect(self, window: QWidget) -> QRect:
        """Where the settings are in the window's coordinates, below the commands."""
        top = self.train.geometry().bottom() + SPACE
        corner = self.mapTo(window, QPoint(0, top))
        return QRect(corner, QSize(self.width(), self.reason.geometry().bottom() - top))

    def _connect(self) -> None:
        trainer = self._trainer
        self.train.clicked.connect(self._train_clicked)
        self.step.clicked.connect(trainer.step)
        self.stop.clicked.connect(trainer.stop)
        self.reset.clicked.connect(trainer.session.reset)
        self.data.activated.connect(self._data_chosen)
        self.device.activated.connect(lambda: trainer.device.choose(self.device.currentData()))
        fields = (self.epochs, self.batch_size, self.learning_rate, self.l2, self.smoothing,
                  self.seed, self.dropout)  # fmt: skip
        for field in fields:
            field.valueChanged.connect(self._edited)
        for choice in (self.schedule, self.optimizer, self.loss):
            choice.currentIndexChanged.connect(self._edited)
        self.settle.edited.connect(self._edited)
        trainer.state_changed.connect(self._show_state)
        trainer.config_changed.connect(self._show_config)
        trainer.data.changed.connect(self._show_data)
        trainer.data.progressed.connect(self._show_data_progress)
        trainer.device.changed.connect(self._show_device)
        trainer.session.progress_changed.connect(self._show_reset)

    def _train_clicked(self) -> None:
        busy = self._trainer.state in (State.RUNNING, State.WAITING)
        if busy and not self._trainer.stepping:
            self._trainer.pause()
        else:
            self._trainer.train()

    def _data_chosen(self) -> None:
        spec = self.data.currentData()
        if spec.startswith("?"):
            self._show_data()
            self.data_wanted.emit(spec[1:])
        else:
            self._trainer.data.set_specs(tuple(spec.split(_BETWEEN)))

    def _said(self) -> dict[str, Any]:
        """What the fields say of a configuration, by its names; `limits` are those of settling."""
        return {
            "epochs": self.epochs.value(), "batch_size": self.batch_size.value(),
            "learning_rate": self.learning_rate.value(), "schedule": self.schedule.currentData(),
            "optimizer": self.optimizer.currentData(), "loss": self.loss.currentData(),
            "l2": self.l2.value(), "smoothing": self.smoothing.value(),
            "dropout": self.dropout.value() / 100, "seed": self.seed.value(),
            "limits": self.settle.limits,
        }  # fmt: skip

    def _edited(self) -> None:
        """Take on what was changed; a field may show the rest less exactly than it is."""
        if self._showing:
            return
        changes = {name: one for name, one in self._said().items() if one != self._shown[name]}
        if "limits" in changes:
            changes["target_loss"], changes["patience"] = changes.pop("limits")
        self._trainer.set_config(replace(self._trainer.config, **changes))

    def _show_config(self) -> None:
        self._showing = True
        config: TrainingConfig = self._trainer.config
        self.epochs.setValue(config.epochs)
        self.batch_size.setValue(config.batch_size)
        self.learning_rate.setValue(config.learning_rate)
        self.schedule.setCurrentIndex(self.schedule.findData(config.schedule))
        self.optimizer.setCurrentIndex(self.optimizer.findData(config.optimizer))
        self.loss.setCurrentIndex(self.loss.findData(config.loss))
        self.l2.setValue(config.l2)
        self.seed.setValue(config.seed)
        self.smoothing.setValue(config.smoothing)
        self.dropout.setValue(round(config.dropout * 100))
        self.settle.show_limits(config)
        self._show_dropout()
        self._shown = self._said()
        self.device.setCurrentIndex(self.device.findData(self._trainer.device.choice))
        self._showing = False
        self._show_data()

    def _show_state(self) -> None:
        state = self._trainer.state
        # A single step is over so soon that to grey anything meanwhile would only flicker.
        if self._trainer.stepping:
            return
        words = {State.RUNNING: "Pause", State.WAITING: "Cancel", State.PAUSED: "Resume"}
        self.train.setText(words.get(state, "Train"))
        busy = state in (State.RUNNING, State.WAITING)
        self.step.setEnabled(not busy)
        self.stop.setEnabled(state is not State.IDLE)
        for field in (self.data, self.device, self.epochs, self.batch_size, self.schedule,
                      self.optimizer, self.loss, self.l2, self.settle, self.seed,
                      self.smoothing):  # fmt: skip
            field.setEnabled(not busy)
        self._show_dropout()
        self._show_reset()

    def _show_dropout(self) -> None:
        # Neurons that see the pixels themselves are the answer: none of them can be left out.
        busy = self._trainer.state in (State.RUNNING, State.WAITING)
        self.dropout.setEnabled(self._trainer.session.network.deep and not busy)

    def _show_reset(self) -> None:
        learned = self._trainer.session.snapshot.step > 0
        if learned != self.reset.isEnabled():
            self.reset.setEnabled(learned)

    def _show_data(self) -> None:
        specs, parts = self._trainer.data.specs, self._trainer.data.parts
        spec = _BETWEEN.join(specs)
        index = self.data.findData(spec)
        if index < 0:
            index = len(_DIGITS_OFFERED)
            name = mix_name(specs)
            self.data.insertItem(index, name, spec)
            self.data.setItemData(index, name, Qt.ItemDataRole.ToolTipRole)
        self.data.setCurrentIndex(index)
        self.data.setToolTip(f"{TERMS['data']}\n\n{fill(mix_name(specs), TIP_WIDTH)}")
        if parts:
            self.batch_size.set_all(len(parts[0]))
        if not self._trainer.data.loading:
            self._show_device()

    def _show_data_progress(self, share: float) -> None:
        self._say(f"Preparing the examples: {share:.0%}")

    def _show_device(self) -> None:
        backend = self._trainer.device.backend
        self._say(backend.reason, f"{backend.name}\n{backend.reason}")

    def _say(self, text: str, tip: str = "") -> None:
        self.reason.setText(text)
        self.reason.setToolTip(tip or text)
