"""What the generator writes: a sheet of each digit or of its variants, and the ranges behind it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from sixpad.core.answer import DIGITS
from sixpad.data.digit_shapes import FORMS
from sixpad.data.handwriting import form_shares, sample_sheet
from sixpad.data.handwriting_style import Handwriting
from sixpad.data.writing import write
from sixpad.gui.digit_sheet import DigitSheet, SheetRow
from sixpad.gui.glossary import TERMS
from sixpad.gui.numbers import percent
from sixpad.gui.ranges_panel import RangesPanel
from sixpad.gui.theme import SPACE
from sixpad.gui.trainer import State, Trainer
from sixpad.gui.widgets import ElidedLabel, named, word_buttons

_PANEL_WIDTH = 340


class HandwritingView(QWidget):
    """A sheet that changes as its ranges are moved; what is seen can be trained on."""

    def __init__(self, trainer: Trainer) -> None:
        super().__init__()
        self._trainer = trainer
        self._seed = 0
        self.sheet = DigitSheet()
        self.ranges = RangesPanel()
        self.digits, self._digit_row = word_buttons(self, ["All digits", *map(str, range(DIGITS))])
        self.prepared = named(QCheckBox("As the network sees them"), "quiet")
        self.others = QPushButton("Other digits")
        self.usual = QPushButton("Usual ranges")
        self.use = named(QPushButton("Use for training"), "primary")
        self._told = ElidedLabel()
        self.new_each_epoch = named(QCheckBox("New digits in every epoch"), "quiet")
        # A slider under the pointer moves faster than sheets are written.
        self._timer = QTimer(self, interval=0, singleShot=True)
        self._timer.timeout.connect(self._write)
        self._explain()
        self._layout()
        self._connect()
        self.ranges.show_handwriting(trainer.data.style)
        self._show_use()

    def _explain(self) -> None:
        for button in self.digits.buttons():
            button.setToolTip(TERMS["variants"])
        for widget, term in (
            (self.prepared, "preparation"),
            (self.others, "other digits"),
            (self.usual, "usual ranges"),
            (self.use, "use ranges"),
            (self._told, "use ranges"),
            (self.new_each_epoch, "new digits"),
        ):
            widget.setToolTip(TERMS[term])

    def _layout(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(SPACE)
        top.addLayout(self._digit_row)
        top.addStretch(1)
        top.addWidget(self.prepared)
        top.addWidget(self.others)
        left = QVBoxLayout()
        left.setSpacing(SPACE)
        left.addLayout(top)
        left.addWidget(self.sheet, 1)
        scroll = QScrollArea()
        scroll.setWidget(self.ranges)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        for plain in (scroll.viewport(), self.ranges):
            plain.setAutoFillBackground(False)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        buttons.addWidget(self.usual, 1)
        buttons.addWidget(self.use, 1)
        right = QVBoxLayout()
        right.setSpacing(SPACE)
        # As high as its ranges, so that the buttons stand below them, and lower where it must be.
        scroll.setMaximumHeight(self.ranges.sizeHint().height() + 2)
        right.addWidget(scroll, 1)
        right.addLayout(buttons)
        right.addWidget(self._told)
        right.addWidget(self.new_each_epoch)
        right.addStretch(0)
        panel = QWidget()
        panel.setFixedWidth(_PANEL_WIDTH)
        right.setContentsMargins(0, 0, 0, 0)
        panel.setLayout(right)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3 * SPACE)
        row.addLayout(left, 1)
        row.addWidget(panel)

    def _connect(self) -> None:
        data = self._trainer.data
        self.digits.idClicked.connect(self._write)
        self.prepared.toggled.connect(self._write)
        self.others.clicked.connect(self._write_others)
        self.usual.clicked.connect(lambda: self._take(Handwriting()))
        self.use.clicked.connect(lambda: data.set_style(self.ranges.handwriting))
        self.new_each_epoch.setChecked(data.new_each_epoch)
        self.new_each_epoch.toggled.connect(data.set_new_each_epoch)
        self.ranges.changed.connect(self._ranges_changed)
        self._trainer.session.drawing.preparation_changed.connect(self._timer.start)
        data.changed.connect(self._show_use)
        self._trainer.state_changed.connect(self._show_use)

    def _take(self, style: Handwriting) -> None:
        self.ranges.show_handwriting(style)
        self._ranges_changed()

    def _ranges_changed(self) -> None:
        self._timer.start()
        self._show_use()

    def _write_others(self) -> None:
        self._seed += 1
        self._write()

    def _write(self) -> None:
        """Write the sheet anew: each digit, or each variant of one digit with its share."""
        if not self.isVisible():
            return
        digit = self.digits.checkedId() - 1
        rows = self._all_digits() if digit < 0 else self._variants(digit)
        if self.prepared.isChecked():
            prepare = self._trainer.session.drawing.preparation
            rows = [SheetRow(row.name, prepare(row.images)) for row in rows]
        self.sheet.show_rows(rows)

    def _all_digits(self) -> list[SheetRow]:
        names = [str(digit) for digit in range(DIGITS)]
        count = self.sheet.fitting(DIGITS, names)
        rows = []
        for digit, name in enumerate(names):
            # A seed for each digit: with one for all, each column would lean and weigh the same.
            seed = DIGITS * self._seed + digit
            images = sample_sheet(digit, count, seed, self.ranges.handwriting)
            rows.append(SheetRow(name, images))
        return rows

    def _variants(self, digit: int) -> list[SheetRow]:
        forms = FORMS[digit]
        shares = form_shares(digit)
        names = [
            f"{form.name}, {percent(share, 0)}" for form, share in zip(forms, shares, strict=True)
        ]
        count = self.sheet.fitting(len(forms), names)
        labels = np.full(count, digit, np.uint8)
        rows = []
        for place, name in enumerate(names):
            rng = np.random.default_rng([self._seed, digit, place])
            images = write(labels, np.full(count, place), self.ranges.handwriting, rng)
            rows.append(SheetRow(name, images))
        return rows

    def _show_use(self) -> None:
        data, shown = self._trainer.data, self.ranges.handwriting
        busy = self._trainer.state in (State.RUNNING, State.WAITING)
        self.use.setEnabled(data.written and shown != data.style and not busy)
        self.new_each_epoch.setEnabled(not busy)
        self.usual.setEnabled(shown != Handwriting())
        if data.written:
            own = "these ranges" if shown == data.style else "other ranges"
            self._told.setText(f"The handwriting to train on has {own}.")
        else:
            self._told.setText("What is trained on now is not handwriting of sixpad's.")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()
