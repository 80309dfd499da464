"""The canvas: X, drawn with the mouse, a pen, a finger or the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QEventPoint,
    QFocusEvent,
    QFont,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPixmap,
    QPointingDevice,
    QSinglePointEvent,
    QTabletEvent,
    QTouchEvent,
)

from sixpad.core.grid import SIDE, Point, Region
from sixpad.gui.dots import Dots
from sixpad.gui.grid_view import GridView, paint_frame
from sixpad.gui.outline import draw_outline
from sixpad.gui.session import Cell, Session
from sixpad.gui.theme import theme

_ARROWS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}
_KEY_REASONS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
_INKING = (Qt.Key.Key_Space, Qt.Key.Key_Backspace, Qt.Key.Key_Delete)
_SMALLEST_NUMBERS = 9


class Canvas(GridView):
    """White paper that takes ink: left button draws, right button erases.

    The ink stays as it is drawn; what the network is given of it is outlined over it. `dropped`
    carries what was dropped on it.
    """

    dropped = Signal(QMimeData)

    def __init__(self, session: Session) -> None:
        super().__init__(
            session,
            "X, the drawing",
            "24 by 24 pixels. Arrow keys move the cursor, space inks, backspace erases, "
            "Shift and arrows move the drawing.",
        )
        self._last: Point | None = None
        self._finger = 0
        self._ink = 1
        self._cursor = Cell(SIDE // 2, SIDE // 2)
        self._pressed_ink: int | None = None
        self._by_keys = False
        self._patch: Region | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAcceptDrops(True)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        session.drawing.changed.connect(self._ink_changed)
        session.numbers_changed.connect(self.refresh)

    def fit_to(self, side: float) -> None:
        self._digits: dict[tuple[int, int], QPixmap] = {}
        super().fit_to(side)
        self.dots = Dots(SIDE * self.cell, SIDE * self.cell)

    def image(self) -> QImage:
        """Every dot of the cells, with the lines between them and the outline."""
        colors, drawing = theme(), self.session.drawing
        # Row of cells, row of dots in it, column of cells, column of dots in it.
        dots = self.dots.colors.reshape(SIDE, self.cell, SIDE, self.cell)
        dots[:] = colors.tones[drawing.ink][:, None, :, None]
        line = colors.color("paper").darker(112).rgb()
        dots[1:, 0] = line
        dots[:, :, 1:, 0] = line
        if drawing.prepared is not drawing.ink and (drawing.prepared != drawing.ink).any():
            draw_outline(dots, drawing.prepared)
        return self.dots.image

    def refresh(self) -> None:
        self._digits = {}
        super().refresh()

    def show_patch(self, patch: Region | None) -> None:
        """Frame the part of the image that something else looks at, or none."""
        for region in (self._patch, patch):
            if region is not None:
                self.update(self._around(*region))
        self._patch = patch

    def _ink_changed(self, region: Region) -> None:
        drawing = self.session.drawing
        same_outline = drawing.prepared is drawing.ink
        if same_outline and not self.session.numbers:
            self.refresh_cells(region)
        else:
            super().refresh()

    def paint_over(self, painter: QPainter, exposed: QRect) -> None:
        if self.session.numbers and self.cell >= _SMALLEST_NUMBERS:
            self._paint_numbers(painter, self._cells_in(exposed))
        if self.hasFocus() and self._by_keys:
            pen = QPen(theme().color("quiet"), 2, Qt.PenStyle.DotLine)
            painter.setPen(pen)
            painter.drawRect(self.cell_rect(*self._cursor).adjusted(1, 1, -1, -1))
        if self._patch is not None:
            top, left, bottom, right = self._patch
            rect = self.cell_rect(top, left).united(self.cell_rect(bottom - 1, right - 1))
            paint_frame(painter, rect)

    def _cells_in(self, rect: QRect) -> Region:
        left, top = self.point_at(QPointF(rect.topLeft()))
        right, bottom = self.point_at(QPointF(rect.bottomRight()) + QPointF(1, 1))
        return Region(
            max(int(top) - 1, 0), max(int(left) - 1, 0),
            min(int(bottom) + 2, SIDE), min(int(right) + 2, SIDE),
        )  # fmt: skip

    def _paint_numbers(self, painter: QPainter, exposed: Region) -> None:
        drawing = self.session.drawing
        for row in range(exposed.top, exposed.bottom):
            for column in range(exposed.left, exposed.right):
                key = int(drawing.prepared[row, column]), int(drawing.ink[row, column])
                painter.drawPixmap(self.cell_rect(row, column).topLeft(), self._digit(*key))

    def _digit(self, number: int, ink: int) -> QPixmap:
        """The picture of a 0 or 1 on paper or on ink, painted once for each size."""
        if (number, ink) not in self._digits:
            pixmap = QPixmap(self.cell, self.cell)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            font = QFont(self.font())
            font.setPixelSize(max(round(self.cell * 0.72), 6))
            painter.setFont(font)
            painter.setPen(theme().color("paper" if ink else "ink"))
            painter.setOpacity(1.0 if number else 0.45)
            painter.drawText(pixmap.rect(), Qt.AlignmentFlag.AlignCenter, str(number))
            painter.end()
            self._digits[number, ink] = pixmap
        return self._digits[number, ink]

    # A stroke, whatever draws it

    def _begin(self, position: QPointF, erase: bool) -> None:
        self._ink = 0 if erase else 1
        self._by_keys = False
        self._last = self.point_at(position)
        self.session.drawing.begin_stroke()
        self._segment(self._last)

    def _segment(self, end: Point) -> None:
        assert self._last is not None
        self.session.turn.take()
        self.session.drawing.draw(self._last, end, self.session.pen_width, self._ink)
        self._last = end

    def _end(self) -> None:
        self._last = None
        self.session.drawing.end_stroke()

    def _press(self, event: QSinglePointEvent, rubber: bool = False) -> None:
        """Left draws and right erases; a second button does not disturb a stroke."""
        right = event.button() == Qt.MouseButton.RightButton
        if self._last is None and (right or event.button() == Qt.MouseButton.LeftButton):
            self._begin(event.position(), erase=rubber or right or self.session.erasing)

    def _release(self, event: QSinglePointEvent) -> None:
        if self._last is not None and not event.buttons():
            self._end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._last is not None:
            self._segment(self.point_at(event.position()))
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._release(event)

    def tabletEvent(self, event: QTabletEvent) -> None:
        if event.type() == QEvent.Type.TabletPress:
            self._press(event, event.pointerType() == QPointingDevice.PointerType.Eraser)
        elif event.type() == QEvent.Type.TabletMove and self._last is not None:
            self._segment(self.point_at(event.position()))
        elif event.type() == QEvent.Type.TabletRelease:
            self._release(event)
        self.session.point_at(self.cell_at(event.position()))
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            return self._touch(event)
        return super().event(event)

    def _touch(self, event: QTouchEvent) -> bool:
        """The first finger draws; the ball of the hand that follows it does not."""
        if event.type() == QEvent.Type.TouchBegin:
            self._finger = event.points()[0].id()
            self._begin(event.points()[0].position(), erase=self.session.erasing)
        elif event.type() == QEvent.Type.TouchCancel:
            self._end()
        for point in event.points():
            if point.id() == self._finger and self._last is not None:
                self._segment(self.point_at(point.position()))
                if point.state() == QEventPoint.State.Released:
                    self._end()
        event.accept()
        return True

    # The keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        self._by_keys = self._by_keys or key in _ARROWS or key in _INKING
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in _ARROWS and shift:
            self.session.drawing.move(*_ARROWS[key])
        elif key in _ARROWS:
            self._move_cursor(*_ARROWS[key])
        elif key in _INKING:
            if not event.isAutoRepeat() and self._pressed_ink is None:
                erase = self.session.erasing or key != Qt.Key.Key_Space
                self._pressed_ink = 0 if erase else 1
                self.session.drawing.begin_stroke()
                self._ink_cursor(self._cursor)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() in _INKING and not event.isAutoRepeat():
            self._end_key_stroke()
        else:
            super().keyReleaseEvent(event)

    def _end_key_stroke(self) -> None:
        if self._pressed_ink is not None:
            self._pressed_ink = None
            self.session.drawing.end_stroke()

    def _move_cursor(self, down: int, right: int) -> None:
        before = self._cursor
        self._cursor = Cell(
            min(max(before.row + down, 0), SIDE - 1), min(max(before.column + right, 0), SIDE - 1)
        )
        if self._pressed_ink is not None:
            self._ink_cursor(before)
        self.session.point_at(self._cursor)
        self.update()

    def _ink_cursor(self, start: Cell) -> None:
        begin = start.column + 0.5, start.row + 0.5
        end = self._cursor.column + 0.5, self._cursor.row + 0.5
        assert self._pressed_ink is not None
        # With keys a press inks the cell that is shown and no neighbour, whatever the pen.
        self.session.drawing.draw(begin, end, 1, self._pressed_ink)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._by_keys = event.reason() in _KEY_REASONS
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._end_key_stroke()
        super().focusOutEvent(event)
        self.update()

    # Images from elsewhere

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.dropped.emit(event.mimeData())
        event.acceptProposedAction()
