"""The evidence x·w of each pixel of the drawing, and its sums for and against."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sixpad.gui.grid_view import GridView, rgb_image
from sixpad.gui.numbers import signed
from sixpad.gui.session import Session
from sixpad.gui.theme import figures, theme
from sixpad.gui.weights_view import weight_limit


class EvidenceView(GridView):
    """X × W, pixel by pixel, in the colours of the weights; paper says nothing and stays empty."""

    def __init__(self, session: Session) -> None:
        super().__init__(
            session, "X times W, the evidence", "What each pixel says for and against the digit."
        )
        session.evidence_changed.connect(self.refresh)

    def image(self) -> QImage:
        colors = theme()
        rgb = colors.heat(self.session.evidence.pixels, weight_limit(self.session))
        inked = self.session.drawing.prepared[..., None] == 1
        return rgb_image(np.where(inked, rgb, colors.rgb("field")))


class BalanceBar(QWidget):
    """The sums for and against side by side, as shares of one bar, with their values."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(10 + 4 + self.fontMetrics().height())
        session.evidence_changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors, evidence = theme(), self._session.evidence
        whole = evidence.total_for - evidence.total_against
        painter.fillRect(QRectF(0, 0, self.width(), 10), colors.color("line"))
        if whole:
            middle = -evidence.total_against / whole * self.width()
            painter.fillRect(QRectF(0, 0, middle, 10), colors.color("negative"))
            painter.fillRect(QRectF(middle, 0, self.width() - middle, 10), colors.color("positive"))
        font = figures(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        below = QRectF(0, 14, self.width(), self.fontMetrics().height())
        painter.setPen(colors.color("negative"))
        against, in_favour = signed(evidence.total_against), signed(evidence.total_for)
        whole_text = f"Σ against  {against}   Σ for  {in_favour}"
        if painter.fontMetrics().horizontalAdvance(whole_text) <= self.width():
            against, in_favour = f"Σ against  {against}", f"Σ for  {in_favour}"
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, against)
        painter.setPen(colors.color("positive"))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, in_favour)
