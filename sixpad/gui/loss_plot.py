"""The live plot of training and validation loss."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QEvent,
    QIODevice,
    QPointF,
    QRectF,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import (
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from sixpad.gui.axes import GAP, Frame, Span
from sixpad.gui.history import History
from sixpad.gui.loss_picture import LossPicture, label_width, loss_ticks
from sixpad.gui.loss_spans import LEAST_EPOCHS, LEAST_LOSS, Spans, fitting, hold_all
from sixpad.gui.numbers import fixed
from sixpad.gui.session import Session
from sixpad.gui.theme import figures, theme

# By so much one notch of the wheel zooms; it tells of 120 of its units.
_NOTCH = 0.75
# How many times all of the curves one can see, to zoom out or to look beside them.
_FARTHEST = 2
# Half-way to the next snapshot, in milliseconds: so no turn of the event loop is a long one.
_SOON = 16
_NEXT_TURN = 4


class LossPlot(QWidget):
    """Loss over epochs: training in grey, every step and its running mean, validation in ink.

    The wheel zooms, dragging pans, a double click shows all again; the pointer reads both curves.
    A curve that grows is painted where it is new; the axes follow in steps that leave some room.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.log = False
        self._drawn: tuple[History, int, bool] = session.history, 0, False
        # The one that is shown, and the next one with what it shows, until it is whole.
        self._picture: LossPicture | None = None
        self._coming: tuple[Spans, LossPicture] | None = None
        self._pointer: QPointF | None = None
        self._dragged: QPointF | None = None
        self._font = figures(self.font())
        self._metrics = QFontMetrics(self._font)
        self._margin = self._metrics.horizontalAdvance("0.000")
        self.setAccessibleName("Loss while training")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._soon = QTimer(self, interval=_SOON, singleShot=True)
        self._soon.setTimerType(Qt.TimerType.PreciseTimer)
        self._soon.timeout.connect(self._follow)
        session.history_changed.connect(self._expect)
        self.show_all()

    def sizeHint(self) -> QSize:
        return QSize(300, 200)

    # What is seen of the curves

    def set_log(self, log: bool) -> None:
        """Show the loss on a logarithmic or a linear axis."""
        self.log = log
        self.show_all()

    def show_all(self) -> None:
        """Fit the axes to the curves, and keep them fitted while they grow."""
        self._fitted = True
        self.refresh()

    def curves(self) -> dict[str, NDArray[np.float64]]:
        """Epoch and loss (n, 2) of each curve."""
        history = self._session.history
        return {"training": history.training, "validation": history.validation}

    def spans(self) -> tuple[Span, Span]:
        """The epochs and the losses, or their logarithms to the base ten, that are seen."""
        self._catch_up()
        return self._spans

    def refresh(self) -> None:
        """Draw what the history holds now."""
        self._soon.stop()
        # Of another curve all is shown, wherever one has looked at in the former.
        self._fitted |= self._session.history is not self._drawn[0]
        self._drawn = self._session.history, self._session.history.cuts, self._ended
        if self._fitted:
            self._spans = self._fitting()
        self._picture = self._coming = None
        self.update()

    def _expect(self) -> None:
        self._soon.start(_SOON)

    def _catch_up(self) -> None:
        while self._soon.isActive():
            self._soon.stop()
            self._follow()

    def _follow(self) -> None:
        """Draw what was added to the history since the last time.

        Where the axes move, all is painted in several turns; the former picture stays meanwhile.
        """
        self._session.turn.take()
        history, picture = self._session.history, self._picture
        if self._drawn != (history, history.cuts, self._ended) or not self.isVisible():
            self.refresh()
        elif self._coming is not None:
            spans, coming = self._coming
            if coming.paint_next():
                # The curves were painted one after the other, while the training went on.
                coming.grow()
                self._spans, self._picture, self._coming = spans, coming, None
                self.update()
            else:
                self._soon.start(_NEXT_TURN)
        elif self._fitted and not hold_all(self._spans, history, log=self.log):
            if picture is None:
                self.refresh()
                return
            spans = self._fitting()
            self._coming = spans, self._begun(spans, picture.ratio)
            self._soon.start(_NEXT_TURN)
        elif picture and picture.counts != (len(history.training), len(history.validation)):
            changed = picture.grow()
            self.update(changed if self._pointer is None else self.rect())

    def _fitting(self) -> Spans:
        return fitting(self._session.history, log=self.log, ended=self._ended)

    @property
    def _ended(self) -> bool:
        """Whether nothing more is expected of the run."""
        return self._session.snapshot.stopped is not None

    def frame(self) -> Frame:
        """Where the curves are in the widget."""
        return self._frame(self._spans)

    def _frame(self, spans: Spans) -> Frame:
        height = self._metrics.height()
        left = self._margin + GAP
        rect = QRectF(left, height / 2, max(self.width() - left - GAP, 1),
                      max(self.height() - 2.5 * height - 4, 1))  # fmt: skip
        return Frame(rect, *spans)

    # Painting

    def _begun(self, spans: Spans, ratio: float) -> LossPicture:
        """A picture of these spans, with the axes painted and the curves to come."""
        frame = self._frame(spans)
        ticks = loss_ticks(frame.y, frame.rect.height(), self.log)
        # The room beside the axis only grows, so that nothing moves to and fro with its labels.
        self._margin = max(self._margin, label_width(self._metrics, ticks))
        return LossPicture(
            self._session.history, self._frame(spans), self._session.snapshot.batches,
            log=self.log, size=self.size(), ratio=ratio, font=self._font,
        )  # fmt: skip

    def _painted(self, ratio: float) -> LossPicture:
        """The picture of what is seen now."""
        picture = self._begun(self._spans, ratio)
        while not picture.paint_next():
            pass
        return picture

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._coming is None:
            self._catch_up()
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.ratio != ratio:
            self._picture = self._painted(ratio)
        painter = QPainter(self)
        self._picture.paint(painter)
        if self._pointer is not None:
            self._paint_read_out(painter, self._pointer)

    # The pointer

    def read_out(self) -> list[str]:
        """The epoch under the pointer and the loss of each curve there, in words."""
        if self._pointer is None:
            return []
        x, _ = self.frame().at(self._pointer)
        lines = [f"epoch {x:.2f}"]
        for name, points in self.curves().items():
            if len(points) and points[0, 0] <= x <= points[-1, 0]:
                # Between two points what is read is what is seen: the straight line there.
                after = min(max(int(np.searchsorted(points[:, 0], x)), 1), len(points) - 1)
                near = points[after - 1 : after + 1] if after else points
                lines.append(f"{name} {fixed(float(np.interp(x, *near.T)), 4)}")
        return lines if len(lines) > 1 else []

    def _paint_read_out(self, painter: QPainter, pointer: QPointF) -> None:
        lines = self.read_out()
        if not lines:
            return
        colors, rect = theme(), self.frame().rect
        painter.setFont(self._font)
        metrics = painter.fontMetrics()
        painter.setPen(QPen(colors.color("quiet"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(pointer.x(), rect.top()), QPointF(pointer.x(), rect.bottom()))
        width = max(metrics.horizontalAdvance(line) for line in lines)
        beyond = pointer.x() > rect.center().x()
        left = pointer.x() - GAP - width if beyond else pointer.x() + GAP
        words = QRectF(left, rect.top(), width + 1, metrics.height() * len(lines))
        painter.fillRect(words.adjusted(-3, 0, 3, 0), colors.color("panel"))
        painter.setPen(colors.color("text"))
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft, "\n".join(lines))

    def _point_at(self, position: QPointF | None) -> None:
        inside = position is not None and self.frame().rect.contains(position)
        pointer = position if inside else None
        if pointer != self._pointer:
            self._pointer = pointer
            self.update()

    def _look_at(self, x: Span, y: Span) -> None:
        """Show this part, as far as it is not far from the curves."""
        around = (span.zoomed(_FARTHEST, (span.low + span.high) / 2) for span in self._fitting())
        x, y = (span.within(outer) for span, outer in zip((x, y), around, strict=True))
        self._spans, self._fitted = (x, y), False
        self.refresh()

    def zoom(self, factor: float, position: QPointF) -> None:
        """Show `factor` times as much, around a place; beside an axis only along that axis."""
        frame, (x, y) = self.frame(), self._spans
        at_x, at_y = frame.at(position)
        if position.x() >= frame.rect.left():
            x = x.zoomed(max(factor, LEAST_EPOCHS / x.length), at_x)
        if position.y() <= frame.rect.bottom():
            y = y.zoomed(max(factor, LEAST_LOSS / y.length), at_y)
        self._look_at(x, y)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.angleDelta().x()
        self.zoom(_NOTCH ** (turned / 120), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged is not None:
            frame, (x, y) = self.frame(), self._spans
            from_x, from_y = frame.at(self._dragged)
            to_x, to_y = frame.at(event.position())
            self._dragged = event.position()
            self._look_at(x.moved(from_x - to_x), y.moved(from_y - to_y))
        self._point_at(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged = None

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.show_all()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.refresh()

    # What can be taken away

    def png(self) -> bytes:
        """The plot as a PNG picture, twice as large as on the screen."""
        painted = self._painted(2)
        picture = painted.pixmap.copy()
        painter = QPainter(picture)
        painted.paint(painter)
        painter.end()
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        picture.save(buffer, "PNG")
        return bytes(data.data())

    def csv(self) -> bytes:
        """Both curves as lines of curve, epoch, loss."""
        lines = ["curve,epoch,loss"]
        for name, points in self.curves().items():
            lines += [f"{name},{epoch:.10g},{loss:.9g}" for epoch, loss in points.tolist()]
        return ("\n".join(lines) + "\n").encode()
