"""A guide of five steps: each points at its place and waits for the person to do the thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, SignalInstance
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from sixpad.gui.theme import sized, theme
from sixpad.gui.trainer import State
from sixpad.gui.widgets import named

if TYPE_CHECKING:
    from sixpad.gui.main_window import MainWindow

_WIDTH = 330


@dataclass(frozen=True)
class GuideStep:
    """What is said, where it points, and how often which signal tells that it was done.

    Of a deeper network `of_layers` is said instead, where it is given.
    """

    title: str
    text: str
    place: Callable[[], QWidget]
    signal: SignalInstance
    done: Callable[[], bool]
    times: int = 1
    of_layers: str = ""


class Guide(QWidget):
    """A card over the settings, a ring around what it speaks of; the window stays usable."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        named(self, "guide")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._window = window
        self._ring = _Ring(window)
        self._steps = guide_steps(window)
        self._index = -1
        self._seen = 0
        self._title, self._text, self._count = QLabel(), QLabel(), QLabel()
        self._title.setFont(sized(self._title.font(), 1.15))
        self._title.setStyleSheet("font-weight: 600;")
        self._text.setWordWrap(True)
        self.skip = QPushButton("Skip the guide")
        self.next = QPushButton("Next")
        self.skip.clicked.connect(self.end)
        self.next.clicked.connect(self._advance)
        foot = QHBoxLayout()
        foot.addWidget(self._count)
        foot.addStretch(1)
        foot.addWidget(self.skip)
        foot.addWidget(self.next)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addStretch(1)
        column.addLayout(foot)
        self.setFixedWidth(_WIDTH)
        self.hide()
        escape = QShortcut(Qt.Key.Key_Escape, self)
        escape.activated.connect(self.end)
        window.pages.currentChanged.connect(self._place)
        window.session.network_changed.connect(self._say)

    @property
    def index(self) -> int:
        """The step that is shown, from 0; -1 when the guide is away."""
        return self._index

    def start(self) -> None:
        """Begin with the first step."""
        for moved in (self._window, self._window.equation.canvas):
            moved.installEventFilter(self)
        self.let_go()
        self._index = -1
        self._advance()

    def end(self) -> None:
        """Put the guide away; it can be called back from the Help menu."""
        self.let_go()
        self._index = -1
        for moved in (self._window, self._window.equation.canvas):
            moved.removeEventFilter(self)
        self._window.equation.canvas.setFocus()
        self.hide()
        self._ring.hide()
        self._window.keeper.remember(guide_seen=True)

    def _advance(self) -> None:
        if self._index + 1 >= len(self._steps):
            self.end()
            return
        self.let_go()
        self._index += 1
        self._seen = 0
        step = self._steps[self._index]
        self._title.setText(step.title)
        self._say()
        self._count.setText(f"{self._index + 1} of {len(self._steps)}")
        last = self._index + 1 == len(self._steps)
        self.next.setText("Done" if last else "Next")
        self.skip.setVisible(not last)
        step.signal.connect(self._look)
        self.show()
        self._place()

    def _say(self) -> None:
        """Say of the network in use what the step is about; its two grids are what it points at."""
        if 0 <= self._index < len(self._steps):
            step, deep = self._steps[self._index], self._window.session.network.deep
            self._text.setText(step.of_layers if deep and step.of_layers else step.text)
            self._window.equation.inside.show_why()
            self._place()

    def let_go(self) -> None:
        """Wait for nothing any more, before another step or the end of the window."""
        if 0 <= self._index < len(self._steps):
            self._steps[self._index].signal.disconnect(self._look)

    def _look(self, *_: object) -> None:
        """Go on once the person has done what the step asks for."""
        if 0 <= self._index < len(self._steps) and self._steps[self._index].done():
            self._seen += 1
            if self._seen >= self._steps[self._index].times:
                self._advance()

    def _place(self, *_: object) -> None:
        """Stand over the settings, which no step needs to see, with the ring around the place."""
        if self._index < 0:
            return
        # What it speaks of is on the first page.
        here = self._window.pages.currentIndex() == 0
        self.setVisible(here)
        self._ring.setVisible(here)
        if not here:
            return
        form = self._window.band.panel.form_rect(self._window)
        layout = self.layout()
        height = layout.totalHeightForWidth(_WIDTH) if layout else form.height()
        self.setFixedSize(_WIDTH, height)
        self.move(form.center().x() - _WIDTH // 2, form.top())
        self.raise_()
        target = self._steps[self._index].place()
        self._ring.surround(QRect(target.mapTo(self._window, QPoint(0, 0)), target.size()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)


class _Ring(QWidget):
    """A ring around a place in the window that lets every click through."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def surround(self, rect: QRect) -> None:
        """Stand around `rect`, in the window's coordinates."""
        self.setGeometry(rect.adjusted(-6, -6, 6, 6))
        self.show()
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().color("text"), 3))
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), 8, 8)


def guide_steps(window: MainWindow) -> list[GuideStep]:
    """The image, the function, the loss, training, prediction."""
    session, trainer = window.session, window.trainer
    equation, band = window.equation, window.band

    def over_weights() -> bool:
        return equation.weights.underMouse() or equation.evidence.underMouse()

    def six_is_seen() -> bool:
        return bool(session.drawing.ink.any()) and session.evidence.P > 0.5

    return [
        GuideStep(
            "The image",
            "A drawing is 24 × 24 pixels: 576 numbers, 0 for paper and 1 for ink. This is X. "
            "Add a stroke with the left mouse button (the right one erases), then take it back "
            "with Undo.",
            lambda: equation.canvas,
            session.undo_stack.indexChanged,
            session.undo_stack.canRedo,
        ),
        GuideStep(
            "The function",
            "Each pixel has a weight W. Pixel times weight is its evidence; all evidence and a "
            "bias b, added up, make z, and σ turns z into a probability. Move the pointer over "
            "the weights: the same pixel is marked in all three grids.",
            lambda: equation.weights if equation.weights.isVisible() else equation.inside,
            session.pointer_changed,
            over_weights,
            times=12,
            of_layers="Layer after layer multiplies by weights and adds up, and softmax turns the "
            "last ten sums into probabilities. What each pixel would change now is its gradient, "
            "and gradient times pixel its evidence. Move the pointer over the gradient, or look "
            "into a layer above it.",
        ),
        GuideStep(
            "The loss",
            "Weights that know nothing answer 50 %. The loss says how wrong that is, and its "
            "gradient says how each weight would have to move. Press Step: you see the gradient, "
            "then the weights moved by it.",
            lambda: band.panel.step,
            session.stepped,
            lambda: True,
            of_layers="Weights that know nothing answer 10 % for each digit. The loss says how "
            "wrong that is, and its gradient says how each weight of every layer would have to "
            "move. Press Step: all of them move by it once.",
        ),
        GuideStep(
            "Training",
            "Training is many such steps. Press the large button, watch the loss fall, and see the "
            "weights turn into a picture of the digit.",
            lambda: band.panel.train,
            trainer.state_changed,
            lambda: trainer.state is State.IDLE and session.snapshot.step > 1,
            of_layers="Training is many such steps. Press the large button, watch the loss fall, "
            "and look into the layers above: their weights turn into patterns.",
        ),
        GuideStep(
            "Prediction",
            "Clear the canvas and draw the digit in your own hand, then another one: the answer "
            "moves with every pixel. Orange is evidence for the digit, blue against it. A digit's "
            "key keeps your drawing. Next: ten neurons, at the top right, and how good they are, "
            "on the page Evaluate.",
            lambda: equation.prediction.probability,
            session.drawing.stroke_ended,
            six_is_seen,
        ),
    ]
