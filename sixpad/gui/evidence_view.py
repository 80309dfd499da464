"""The evidence x·w of each pixel of the drawing, and its sums for and against."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sixpad.gui.grid_view import GridView
from sixpad.gui.numbers import signed
from sixpad.gui.session import Session
from sixpad.gui.theme import figures, theme
from sixpad.gui.widgets import ground, stand_alone


class EvidenceView(GridView):
    """X × W, pixel by pixel, in the colours of the weights; paper says nothing and stays empty."""

    def __init__(self, session: Session) -> None:
        super().__init__(
            session, "X times W, the evidence", "What each pixel says for and against the digit."
        )
        session.evidence_changed.connect(self.refresh)

    def image(self) -> QImage:
        colors = theme()
        said = colors.heat(self.session.evidence.pixels, self.session.weight_limit)
        inked = self.session.drawing.prepared == 1
        self.dots.colors[:] = np.where(inked, said, colors.dot("field"))
        return self.dots.image


class BalanceBar(QWidget):
    """The sums for and against side by side, as shares of one bar, with their values."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        stand_alone(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(10 + 4 + self.fontMetrics().height())
        self._font = figures(self.font())
        self._font.setWeight(QFont.Weight.DemiBold)
        self._fits: dict[tuple[int, int], bool] = {}
        session.figures_changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), ground(self))
        colors, evidence, width = theme(), self._session.evidence, self.width()
        whole = evidence.total_for - evidence.total_against
        against_color, for_color = colors.color("negative"), colors.color("positive")
        if whole:
            middle = -evidence.total_against / whole * width
            painter.fillRect(QRectF(0, 0, middle, 10), against_color)
            painter.fillRect(QRectF(middle, 0, width - middle, 10), for_color)
        else:
            painter.fillRect(QRectF(0, 0, width, 10), colors.color("line"))
        painter.setFont(self._font)
        below = QRectF(0, 14, width, self.height() - 14)
        against, in_favour = signed(evidence.total_against), signed(evidence.total_for)
        if self._has_room(f"Σ against  {against}   Σ for  {in_favour}"):
            against, in_favour = f"Σ against  {against}", f"Σ for  {in_favour}"
        painter.setPen(against_color)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, against)
        painter.setPen(for_color)
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, in_favour)

    def _has_room(self, words: str) -> bool:
        """Whether so many words have room; digits are of one width, so that their count tells."""
        key = len(words), self.width()
        if key not in self._fits:
            width = QFontMetrics(self._font).horizontalAdvance(words)
            self._fits = {key: width <= self.width()}
        return self._fits[key]
