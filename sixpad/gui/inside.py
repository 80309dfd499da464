"""Inside: which stage of the network in use is looked into, which unit, and what they make of X."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from sixpad.core.grid import Region
from sixpad.core.inside import Activity, Stage, activity, receptive_field, stages
from sixpad.core.network import Network
from sixpad.gui.session import Session


class MapCell(NamedTuple):
    """A cell of a unit's map, before or after the pooling, counted from 0 at the top left."""

    unit: int
    row: int
    column: int
    pooled: bool


class Inside(QObject):
    """What is looked at inside a deeper network; `place` None is the question why it answers so.

    `activity` is that of the drawing as it is now, under the weights as they are now; it is worked
    out when it is asked for. `patch_changed` carries the Region of the image that the cell under
    the pointer looks at, or None.
    """

    stage_changed = Signal()
    unit_changed = Signal()
    activity_changed = Signal()
    patch_changed = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.place: int | None = None
        self.unit: int | None = None
        self.cell: MapCell | None = None
        self.patch: Region | None = None
        self._network: Network = session.network
        self._activity: tuple[Activity, ...] | None = None
        session.question_changed.connect(self._forget)
        session.evidence_changed.connect(self._forget)
        session.network_changed.connect(self._take_network)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages that can be looked into: none of a network without hidden layers."""
        return stages(self._network) if self._network.deep else ()

    @property
    def stage(self) -> Stage | None:
        """The stage that is looked into."""
        return None if self.place is None else self.stages[self.place]

    @property
    def activity(self) -> Activity:
        """What the stage that is looked into makes of the drawing."""
        assert self.place is not None
        if self._activity is None:
            session = self.session
            self._activity = activity(
                self._network, session.snapshot.parameters, session.drawing.X, session.question
            )
        return self._activity[self.place]

    def look_into(self, place: int | None) -> None:
        """Look into the stage in that place, or at why the network answers so."""
        if place != self.place or self.unit is not None:
            self.point_at(None)
            self.place, self.unit = place, None
            self.stage_changed.emit()

    def look_at(self, unit: int | None) -> None:
        """Look at one unit of the stage, or at all of them."""
        if unit != self.unit:
            self.point_at(None)
            self.unit = unit
            self.unit_changed.emit()

    def point_at(self, cell: MapCell | None) -> None:
        """Mark a cell of a map, and the patch of the image that it looks at."""
        if cell == self.cell:
            return
        self.cell = cell
        self.patch = None
        if cell is not None and self.stage is not None:
            self.patch = receptive_field(
                self._network, self.stage, cell.row, cell.column, pooled=cell.pooled
            )
        self.patch_changed.emit(self.patch)

    def _forget(self) -> None:
        # The evidence of a network that is new is told before anything of that network.
        if self.session.network == self._network:
            self._activity = None
            self.activity_changed.emit()

    def _take_network(self) -> None:
        self._activity = None
        if self.session.network != self._network:
            self.point_at(None)
            self._network = self.session.network
            self.place = self.unit = None
            self.stage_changed.emit()
