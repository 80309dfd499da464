"""Between the drawing and the answer: the two grids, or a deeper network to be looked into."""

from __future__ import annotations

from PySide6.QtCore import QDeadlineTimer, QSize
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from sixpad.gui.data_source import DataSource
from sixpad.gui.exciting import Search
from sixpad.gui.explanation import Explanation
from sixpad.gui.inside import Inside
from sixpad.gui.map_sheet import MapSheet
from sixpad.gui.network_strip import NetworkStrip
from sixpad.gui.neuron_sheet import NeuronSheet
from sixpad.gui.session import Session
from sixpad.gui.stage_page import StagePage
from sixpad.gui.theme import SPACE
from sixpad.gui.unit_view import UnitView

_LEAST_WIDTH = 240


class InsideView(QWidget):
    """The diagram of a deeper network, and under it why it answers so, a stage, or one unit.

    Of one neuron and of ten there is no more inside than the two grids.
    """

    def __init__(self, session: Session, data: DataSource | None) -> None:
        super().__init__()
        self._session = session
        self.state = Inside(session, self)
        self.search = Search(session, data, self)
        self.strip = NetworkStrip(self.state)
        self.explanation = Explanation(session)
        self.neurons = StagePage(self.state, NeuronSheet(self.state), maps=False)
        self.maps = StagePage(self.state, MapSheet(self.state), maps=True)
        self.unit = UnitView(self.state, self.search)
        self.pages = QStackedWidget()
        for page in (self.explanation, self.neurons, self.maps, self.unit):
            self.pages.addWidget(page)
        # What is shown follows the room that there is, and must not hold it.
        self.pages.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(self.strip)
        column.addWidget(self.pages, 1)
        self.state.stage_changed.connect(self._show_page)
        self.state.unit_changed.connect(self._show_page)

    def take_network(self) -> None:
        """Show what there is to show of the network in use."""
        self.strip.setVisible(self._session.network.deep)
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
            if focused and leaving and self.strip.isVisible():
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
        for sheet in (self.neurons.sheet, self.maps.sheet, self.unit.neuron, self.unit.map):
            sheet.refresh()

    def close_threads(self, deadline: QDeadlineTimer) -> bool:
        """End what is being worked out; False if it would not end in time."""
        return self.search.close(deadline)
