"""Between the drawing and the answer: the two grids, or a deeper network to be looked into."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QDeadlineTimer, QSize
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from sixpad.gui.data_source import DataSource
from sixpad.gui.explanation import Explanation
from sixpad.gui.inside import Inside
from sixpad.gui.session import Session
from sixpad.gui.theme import SPACE

if TYPE_CHECKING:
    from sixpad.gui.exciting import Search
    from sixpad.gui.network_strip import NetworkStrip
    from sixpad.gui.stage_page import StagePage
    from sixpad.gui.unit_view import UnitView

_LEAST_WIDTH = 240


class InsideView(QWidget):
    """The diagram of a deeper network, and under it why it answers so, a stage, or one unit.

    Of one neuron and of ten there is no more inside than the two grids, and the first paint need
    not wait for the rest: it is made when it is first asked for.
    """

    def __init__(self, session: Session, data: DataSource | None) -> None:
        super().__init__()
        self._session, self._data = session, data
        self.state = Inside(session, self)
        self.explanation = Explanation(session)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.explanation)
        # What is shown follows the room that there is, and must not hold it.
        self.pages.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE)
        self._column.addWidget(self.pages, 1)
        self.state.stage_changed.connect(self._show_page)
        self.state.unit_changed.connect(self._show_page)

    @cached_property
    def strip(self) -> NetworkStrip:
        """The diagram, over all else."""
        from sixpad.gui.network_strip import NetworkStrip

        strip = NetworkStrip(self.state)
        self._column.insertWidget(0, strip)
        return strip

    @cached_property
    def neurons(self) -> StagePage:
        """All neurons of a stage."""
        from sixpad.gui.neuron_sheet import NeuronSheet
        from sixpad.gui.stage_page import StagePage

        page = StagePage(self.state, NeuronSheet(self.state), maps=False)
        self.pages.addWidget(page)
        return page

    @cached_property
    def maps(self) -> StagePage:
        """All kernels of a stage with their maps."""
        from sixpad.gui.map_sheet import MapSheet
        from sixpad.gui.stage_page import StagePage

        page = StagePage(self.state, MapSheet(self.state), maps=True)
        self.pages.addWidget(page)
        return page

    @cached_property
    def search(self) -> Search:
        """The search for the drawings that excite a unit most."""
        from sixpad.gui.exciting import Search

        return Search(self._session, self._data, self)

    @cached_property
    def unit(self) -> UnitView:
        """One unit of a stage, large."""
        from sixpad.gui.unit_view import UnitView

        view = UnitView(self.state, self.search)
        view.show_unit()
        self.pages.addWidget(view)
        return view

    def take_network(self) -> None:
        """Show what there is to show of the network in use."""
        deep = self._session.network.deep
        if deep or self._has("strip"):
            self.strip.setVisible(deep)
            self.strip.show_stages()
        self.explanation.take_network()
        self._show_page()

    def show_why(self) -> None:
        """Show why the network answers as it does."""
        self.state.look_into(None)

    def _show_page(self) -> None:
        focused = self.pages.isAncestorOf(self.window().focusWidget() or self)
        stage = self.state.stage
        if stage is None:
            leaving = self.pages.currentWidget() is not self.explanation
            self.pages.setCurrentWidget(self.explanation)
            if focused and leaving and self._has("strip") and self.strip.isVisible():
                # Qt would go on to the field of the layers, which takes what is typed.
                self.strip.setFocus()
            return
        page = self.maps if stage.maps else self.neurons
        if self.state.unit is not None:
            self.pages.setCurrentWidget(self.unit)
        else:
            self.pages.setCurrentWidget(page)
            page.show_stage()
        if focused:
            alone = self.state.unit is not None
            (self.unit.sheet if alone else page.sheet).setFocus()

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_WIDTH, 0)

    def fit(self, room: QSize, grid: int, gap: int) -> None:
        """Make the grids as large as the room allows, but no larger than the canvas, `grid`."""
        side, margin = float(grid), 0
        if self._session.network.deep:
            width = (room.width() - gap) / 2
            down = room.height() - self.strip.sizeHint().height() - SPACE
            side = min(grid, width, down - self.explanation.around(width))
            # As wide as that between the grids are the gaps to the drawing and to the answer.
            between = max(int(room.width() + 2 * gap - 2 * side) // 3, gap)
            gap, margin = between, between - gap
        self.explanation.fit(side, gap, margin)

    def refresh_colors(self) -> None:
        """Take on the colours of the theme."""
        self.explanation.refresh_colors()
        for name in ("neurons", "maps"):
            if self._has(name):
                getattr(self, name).sheet.refresh()
        if self._has("unit"):
            self.unit.neuron.refresh()
            self.unit.map.refresh()

    def close_threads(self, deadline: QDeadlineTimer) -> bool:
        """End what is being worked out; False if it would not end in time."""
        return not self._has("search") or self.search.close(deadline)

    def _has(self, name: str) -> bool:
        """Whether one of the parts has been asked for yet."""
        return name in self.__dict__
