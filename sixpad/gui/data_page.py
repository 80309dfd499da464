"""The Data page: the training set, each image with its ground truth and the model's answer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QImage, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from sixpad.core.grid import SIDE
from sixpad.data.dataset import Dataset
from sixpad.gui.equation import MARGIN
from sixpad.gui.glossary import TERMS
from sixpad.gui.grid_view import rgb_image
from sixpad.gui.numbers import count, percent
from sixpad.gui.session import Session
from sixpad.gui.theme import SPACE, figures, theme
from sixpad.gui.trainer import Trainer
from sixpad.gui.widgets import heading, named, quiet_label

_SCALE = 3
_TILE = SIDE * _SCALE
_ANSWERED_AT_ONCE = 1024

Index = QModelIndex | QPersistentModelIndex


class ExampleModel(QAbstractListModel):
    """The chosen examples of one part; answers are worked out for those that are looked at."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._data: Dataset | None = None
        self._chosen: NDArray[np.intp] = np.empty(0, np.intp)
        self._answers: dict[int, NDArray[np.float64]] = {}
        session.weights_changed.connect(self.forget_answers)

    def choose(self, data: Dataset | None, digit: int | None, wrong_only: bool) -> None:
        """Show the examples of `data` with this label, or only those that are answered wrong."""
        self.beginResetModel()
        self._data = data
        self._answers = {}
        chosen = np.arange(len(data)) if data else np.empty(0, np.intp)
        if data and digit is not None:
            chosen = chosen[data.labels == digit]
        if data and wrong_only:
            P = self._predict(chosen)
            wrong = (P > 0.5) != (data.labels[chosen] == self._session.digit)
            surest_first = np.argsort(-np.abs(P[wrong] - 0.5), kind="stable")
            chosen = chosen[wrong][surest_first]
        self._chosen = chosen
        self.endResetModel()

    def _predict(self, chosen: NDArray[np.intp]) -> NDArray[np.float64]:
        assert self._data is not None
        network, parameters = self._session.network, self._session.snapshot.parameters
        blocks = [
            network.predict(parameters, self._data.images[rows].astype(np.float32))
            for rows in np.array_split(chosen, max(len(chosen) // _ANSWERED_AT_ONCE, 1))
        ]
        P: NDArray[np.float64] = np.concatenate(blocks).astype(np.float64)
        return P

    def forget_answers(self) -> None:
        """The weights have changed: what is seen is answered anew."""
        self._answers = {}

    def rowCount(self, parent: Index | None = None) -> int:
        return len(self._chosen)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            image, label, P = self.example(index.row())
            digit = self._session.digit
            return f"The truth is {label}. P({digit}) is {percent(P)}. {int(image.sum())} pixels."
        return None

    def example(self, row: int) -> tuple[NDArray[np.uint8], int, float]:
        """The image (24, 24), the label and the answer P of a row."""
        assert self._data is not None
        block, place = divmod(row, _ANSWERED_AT_ONCE)
        if block not in self._answers:
            begin = block * _ANSWERED_AT_ONCE
            rows = self._chosen[begin : begin + _ANSWERED_AT_ONCE]
            self._answers[block] = self._predict(rows)
        at = self._chosen[row]
        image = self._data.images[at].reshape(SIDE, SIDE)
        return image, int(self._data.labels[at]), float(self._answers[block][place])


class ExampleTile(QStyledItemDelegate):
    """One example: its image, the truth under it and the answer beside it."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        metrics = option.fontMetrics
        return QSize(_TILE + 20, _TILE + metrics.height() + 20)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, ExampleModel)
        image, label, P = model.example(index.row())
        colors, rect = theme(), option.rect
        said = P > 0.5
        right = said == (label == self._session.digit)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        tile = QRect(rect.left() + 10, rect.top() + 6, _TILE, _TILE)
        painter.drawImage(tile, self._picture(image))
        painter.setPen(colors.color("line" if right else "text"))
        painter.drawRect(tile.adjusted(-1, -1, 0, 0))
        below = QRect(tile.left(), tile.bottom() + 4, _TILE, painter.fontMetrics().height())
        font = figures(painter.font())
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(colors.color("text"))
        align = Qt.AlignmentFlag
        painter.drawText(below, align.AlignLeft, f"{label}" if right else f"{label} ✗")
        painter.setFont(figures(option.font))
        painter.setPen(colors.color("positive" if said else "negative"))
        if abs(P - 0.5) < 1e-9:
            painter.setPen(colors.color("quiet"))
        painter.drawText(below, align.AlignRight, percent(P, 0))
        painter.restore()

    def _picture(self, image: NDArray[np.uint8]) -> QImage:
        tones = np.array([theme().rgb("paper"), theme().rgb("ink")])
        return rgb_image(tones[image])


class DataPage(QWidget):
    """Look through what the network learns from, and what it is measured on."""

    def __init__(self, trainer: Trainer) -> None:
        super().__init__()
        named(self, "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._trainer, self._session = trainer, trainer.session
        self.model = ExampleModel(self._session)
        self.part = QComboBox()
        self.digit = QComboBox()
        self.which = QComboBox()
        self.view = QListView()
        self._told = quiet_label()
        self._fill_choices()
        self._layout()
        for box in (self.part, self.digit, self.which):
            box.activated.connect(self.refresh)
            box.activated.connect(self.view.scrollToTop)
        trainer.data.changed.connect(self.refresh)
        trainer.data.progressed.connect(self._show_progress)
        trainer.state_changed.connect(self._refresh_wrong)
        self._session.weights_changed.connect(self.view.viewport().update)
        self._session.digit_changed.connect(self.refresh)
        self.refresh()

    def _fill_choices(self) -> None:
        self.part.addItems(["Training part", "Validation part"])
        self.part.setToolTip("The parts are split before any training and share no example.")
        self.digit.addItem("All digits", None)
        for digit in range(10):
            self.digit.addItem(f"Only {digit}", digit)
        self.digit.setToolTip("Those of one digit only.")
        self.which.addItems(["All examples", "Only the wrong ones"])
        self.which.setToolTip("Those that are answered wrong, the surest first.")

    def _layout(self) -> None:
        name, self._subtitle, title = heading("Data", "")
        name.setToolTip(TERMS["data"])
        self._subtitle.setToolTip(TERMS["data"])
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        for box in (self.part, self.digit, self.which):
            row.addWidget(box)
        row.addSpacing(SPACE)
        row.addWidget(self._told)
        row.addStretch(1)
        legend = QLabel("Under each image: the truth, and what the neuron answers")
        legend.setToolTip(TERMS["truth"])
        row.addWidget(named(legend, "quiet"))
        self.view.setViewMode(QListView.ViewMode.IconMode)
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setMovement(QListView.Movement.Static)
        self.view.setUniformItemSizes(True)
        self.view.setLayoutMode(QListView.LayoutMode.Batched)
        self.view.setBatchSize(2000)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setSelectionMode(QListView.SelectionMode.SingleSelection)
        self.view.setItemDelegate(ExampleTile(self._session))
        self.view.setModel(self.model)
        self.view.setAccessibleName("Examples")
        self.view.doubleClicked.connect(self._draw_example)
        self.view.setToolTip("")
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 12, MARGIN, 12)
        column.setSpacing(SPACE)
        column.addLayout(title)
        column.addLayout(row)
        column.addWidget(self.view, 1)

    def refresh(self) -> None:
        """Show the chosen examples of the data as they are now."""
        parts = self._trainer.data.parts
        data = parts[self.part.currentIndex()] if parts else None
        self.model.choose(data, self.digit.currentData(), self.which.currentIndex() == 1)
        if parts:
            training, validation = parts
            self._subtitle.setText(
                f"{training.name}: {count(len(training))} to train on, "
                f"{count(len(validation))} kept apart for validation"
            )
        else:
            self._subtitle.setText("preparing the examples …")
        self._told.setText(f"{count(self.model.rowCount())} shown")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh_wrong()

    def _refresh_wrong(self) -> None:
        if self.which.currentIndex() == 1 and self.isVisible():
            self.refresh()

    def _show_progress(self, share: float) -> None:
        if self._trainer.data.parts is None:
            self._subtitle.setText(f"preparing the examples: {share:.0%}")

    def _draw_example(self, index: QModelIndex) -> None:
        image, _, _ = self.model.example(index.row())
        self._session.drawing.replace(image.copy(), "take example")
        self._session.noticed.emit("The example is on the canvas; Undo brings your drawing back.")
