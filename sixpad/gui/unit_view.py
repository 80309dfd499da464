"""One unit of a stage, large: what it sees, what it says, and the drawings that excite it most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from sixpad.core.grid import SIDE, Region
from sixpad.core.inside import receptive_field, spoken_for, strongest_cells
from sixpad.data.dataset import Dataset
from sixpad.gui.digit_bars import DigitBars
from sixpad.gui.exciting import Search
from sixpad.gui.exciting_view import ExcitingDrawing, ExcitingView
from sixpad.gui.figure_rows import Figure, FigureRows
from sixpad.gui.glossary import TERMS
from sixpad.gui.inside import Inside
from sixpad.gui.map_sheet import MapSheet
from sixpad.gui.neuron_sheet import NeuronSheet
from sixpad.gui.numbers import count, signed
from sixpad.gui.theme import SPACE
from sixpad.gui.unit_sheet import UnitSheet
from sixpad.gui.widgets import ElidedLabel, named

_TELL_MILLISECONDS = 60
_PICTURE_SHARE = 0.42


class UnitView(QWidget):
    """The unit that is looked at; Escape, or the word at the right, goes back to all of them."""

    def __init__(self, inside: Inside, search: Search) -> None:
        super().__init__()
        self._inside, self._search = inside, search
        self.neuron = NeuronSheet(inside, "The neuron")
        self.map = MapSheet(inside, "The feature map")
        self.figures = FigureRows("What it makes of the drawing")
        self.bars = DigitBars(inside.session)
        self.exciting = ExcitingView()
        self._tell_soon = QTimer(self, singleShot=True, interval=_TELL_MILLISECONDS)
        self._tell_soon.timeout.connect(self._tell)
        self._layout()
        inside.activity_changed.connect(self._tell_later)
        inside.unit_changed.connect(self.show_unit)
        inside.stage_changed.connect(self.show_unit)
        inside.session.question_changed.connect(self.show_unit)
        search.changed.connect(self._show_exciting)
        self.exciting.taken.connect(self._take)

    def _layout(self) -> None:
        self.before = named(QPushButton("‹"), "word")
        self.after = named(QPushButton("›"), "word")
        self.all = named(QPushButton(), "word")
        self.before.setToolTip("The one before (Page Up).")
        self.after.setToolTip("The next one (Page Down).")
        self.all.setToolTip("Shows all of them again (Escape).")
        self.before.setAccessibleName("The one before")
        self.after.setAccessibleName("The next one")
        self.before.clicked.connect(lambda: self._turn(-1))
        self.after.clicked.connect(lambda: self._turn(1))
        self.all.clicked.connect(lambda: self._inside.look_at(None))
        self._title = named(QLabel(), "title")
        self._said = ElidedLabel()
        self._told = ElidedLabel()
        self._told.setToolTip(TERMS["exciting"])
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.before)
        head.addWidget(self._title)
        head.addWidget(self.after)
        head.addStretch(1)
        head.addWidget(self.all)
        right = QVBoxLayout()
        right.setSpacing(4)
        right.addLayout(head)
        right.addWidget(self.figures)
        right.addWidget(self._said)
        right.addWidget(self.bars)
        right.addSpacing(4)
        right.addWidget(self._told)
        right.addWidget(self.exciting, 1)
        left = QVBoxLayout()
        left.addWidget(self.neuron)
        left.addWidget(self.map)
        left.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * SPACE)
        row.addLayout(left)
        row.addLayout(right, 1)

    def show_unit(self) -> None:
        """Show the unit that is looked at."""
        unit, stage = self._inside.unit, self._inside.stage
        if unit is None or stage is None:
            self._search.want(None)
            return
        what = "Map" if stage.maps else "The answer" if self._answers else "Neuron"
        self._title.setText(f"{what} {unit if self._answers else unit + 1}")
        self._title.setToolTip(TERMS["convolution" if stage.maps else "hidden neuron"])
        self.all.setText(f"all {count(stage.units)}")
        self.before.setEnabled(unit > 0)
        self.after.setEnabled(unit + 1 < stage.units)
        self.bars.setVisible(not self._answers)
        self._said.setVisible(not self._answers)
        self._said.setText(self._speaks())
        self._said.setToolTip(TERMS["says for digits"])
        self.neuron.setVisible(not stage.maps)
        self.map.setVisible(stage.maps)
        if stage.maps:
            self.map.show_alone(unit)
        else:
            self.neuron.show_units(np.array([unit]))
        self._tell()
        self._search.want(stage)
        self._show_exciting()

    @property
    def sheet(self) -> UnitSheet:
        """The picture of the unit."""
        stage = self._inside.stage
        return self.map if stage is not None and stage.maps else self.neuron

    @property
    def _answers(self) -> bool:
        """Whether the unit is one of those that answer."""
        return self._inside.place == len(self._inside.stages) - 1

    def _speaks(self) -> str:
        """What the ten bars are."""
        stages, stage = self._inside.stages, self._inside.stage
        if stage is not None and stage.maps:
            return "its share in each digit"
        if self._inside.place == len(stages) - 2:
            return "its weight to each digit"
        return "what it changes in each digit's z"

    def _turn(self, step: int) -> None:
        unit, stage = self._inside.unit, self._inside.stage
        if unit is not None and stage is not None:
            self._inside.look_at(min(max(unit + step, 0), stage.units - 1))

    def _tell_later(self) -> None:
        if self.isVisible() and not self._tell_soon.isActive():
            self._tell_soon.start()

    def _tell(self) -> None:
        """Activation, share, and what it says for each digit, as they are now."""
        unit, stage, session = self._inside.unit, self._inside.stage, self._inside.session
        if unit is None or stage is None:
            return
        activity = self._inside.activity
        if self._answers:
            z = Figure("z", signed(float(activity.outputs[unit])), "logit of ten")
            self.figures.show_rows([z])
            return
        digit, rival = session.question
        share = f"share in the {digit}" if rival is None else f"share, {digit} less {rival}"
        strength = "strongest cell" if stage.maps else "activation"
        self.figures.show_rows([
            Figure(strength, f"{float(activity.peaks[unit]):.2f}", "activation"),
            Figure(share, signed(float(activity.shares[unit])), "share"),
        ])  # fmt: skip
        self.bars.show_values(
            spoken_for(session.network, session.snapshot.parameters, session.drawing.X, stage, unit)
        )

    def _show_exciting(self) -> None:
        unit, stage, found = self._inside.unit, self._inside.stage, self._search.found()
        if unit is None or stage is None:
            return
        if found is None:
            waits = self._search.data is not None
            self._told.setText(
                "looking for what excites it most …"
                if waits
                else "What excites it most is shown once there are examples."
            )
            self.exciting.show_drawings([])
            return
        data, examples, exciting = found
        activations = exciting.activations[unit]
        places = exciting.places[unit][(activations > 0) | self._answers]
        self.exciting.show_drawings(self._drawings(data, places, activations))
        self._told.setText(
            f"what excites it most, of {count(examples)} drawings"
            if len(places)
            else f"None of {count(examples)} drawings excites it."
        )

    def _drawings(
        self, data: Dataset, places: NDArray[np.intp], activations: NDArray[np.floating]
    ) -> list[ExcitingDrawing]:
        unit, stage, session = self._inside.unit, self._inside.stage, self._inside.session
        assert unit is not None
        assert stage is not None
        images = data.images[places]
        patches: list[Region | None] = [None] * len(places)
        if stage.maps and len(places):
            cells = strongest_cells(
                session.network, session.snapshot.parameters, images, stage, unit
            )
            patches = [
                receptive_field(session.network, stage, *cell, pooled=True) for cell in cells
            ]
        return [
            ExcitingDrawing(image.reshape(SIDE, SIDE), int(label), float(activation), patch)
            for image, label, activation, patch in zip(
                images, data.labels[places], activations, patches, strict=False
            )
        ]

    def _take(self, drawing: ExcitingDrawing) -> None:
        session = self._inside.session
        session.drawing.replace(drawing.image.copy(), "take example")
        session.noticed.emit("The example is on the canvas; Undo brings your drawing back.")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = QSize(int(self.width() * _PICTURE_SHARE), self.height())
        self.neuron.fit_to(room)
        self.map.fit_to(room)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._inside.look_at(None)
        elif event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._turn(-1 if event.key() == Qt.Key.Key_PageUp else 1)
        else:
            super().keyPressEvent(event)
