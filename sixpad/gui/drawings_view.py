"""The gallery of a person's own drawings: look through them, find the doubtful, and mend them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QDeadlineTimer, Qt, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from sixpad.data.drawing_choice import (
    ANY,
    NEWEST,
    Choice,
    choose,
    verdicts,
)
from sixpad.gui.collection import Collection
from sixpad.gui.drawing_actions import DrawingActions
from sixpad.gui.drawing_filters import DrawingFilters
from sixpad.gui.drawing_sheet import DrawingSheet
from sixpad.gui.glossary import TERMS
from sixpad.gui.numbers import a, count, counted
from sixpad.gui.own_answers import OwnAnswers
from sixpad.gui.own_tiles import OwnTiles
from sixpad.gui.theme import SPACE, sized
from sixpad.gui.trainer import Trainer

_DRAW = "Draw a digit on the Draw page (F2) and press its key: it is kept at once."

_BRING_BACK = "Puts what the backups have, and the store has not, back into the store."
_SHOW_ALL = "Takes back all choices above: all drawings in use, the newest first."


class DrawingsView(QWidget):
    """Filters above, the sheet, and under it what can be done with those that are selected.

    `looked_at` is the part with the sheet, or the words in its place.
    """

    def __init__(self, trainer: Trainer, collection: Collection) -> None:
        super().__init__()
        self._session, self._collection = trainer.session, collection
        self.answers = OwnAnswers(trainer, collection, self)
        self.filters = DrawingFilters()
        self.filters.set_digit(self._session.network.digit)
        self.sheet = DrawingSheet(OwnTiles(self._session, collection, self.answers), "My drawings")
        self.bar = DrawingActions(self._session.undo_stack)
        self.retry = QPushButton("Retry")
        self._note = QLabel(wordWrap=True)
        self._hint = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._hint.setFont(sized(self.font(), 1.25))
        # What can be done where nothing is shown.
        self.way_out = QPushButton()
        self.looked_at, self._empty = QStackedWidget(), QWidget()
        self._table = collection.table
        self._layout()
        self._connect()

    def _layout(self) -> None:
        self.sheet.setToolTip(TERMS["select drawings"])
        self.retry.setToolTip("Opens them once more: the folder may be writable by now.")
        for label in (self._hint, self._note):
            label.setToolTip(TERMS["my drawings"])
        note = QHBoxLayout()
        note.setSpacing(SPACE)
        note.addWidget(self._note, 1)
        note.addWidget(self.retry)
        empty = QVBoxLayout(self._empty)
        empty.setSpacing(2 * SPACE)
        empty.addStretch(1)
        empty.addWidget(self._hint)
        empty.addWidget(self.way_out, 0, Qt.AlignmentFlag.AlignHCenter)
        empty.addStretch(1)
        self.looked_at.addWidget(self._empty)
        self.looked_at.addWidget(self.sheet)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(self.filters)
        column.addLayout(note)
        column.addWidget(self.looked_at, 1)
        column.addWidget(self.bar)

    def _connect(self) -> None:
        session, collection = self._session, self._collection
        self.filters.changed.connect(self._look_anew)
        collection.changed.connect(self._refresh)
        collection.status_changed.connect(self._refresh)
        self.retry.clicked.connect(collection.retry)
        self.way_out.clicked.connect(self._take_way_out)
        session.network_changed.connect(self._network_changed)
        session.weights_changed.connect(self._weights_changed)
        session.drawing.preparation_changed.connect(self._weights_changed)
        self.answers.changed.connect(self._refresh)
        self.answers.busy_changed.connect(self._show_words)
        self.sheet.selection_changed.connect(self._show_selected)
        self.sheet.taken.connect(self._take)
        self.sheet.digit_typed.connect(self._relabel)
        self.sheet.delete_typed.connect(self._delete)
        self.bar.label_wanted.connect(self._relabel)
        self.bar.delete_wanted.connect(self._delete)
        self.bar.restore_wanted.connect(self._restore)
        self.bar.take_wanted.connect(self._take_selected)

    def show_choice(self, choice: Choice) -> None:
        """Show these drawings, as if the person had chosen them."""
        self.filters.choose(choice)
        self._look_anew()

    def take_focus(self) -> None:
        """Be ready for the keys: at a first drawing, where none is selected."""
        if self.looked_at.currentWidget() is self._empty:
            (self.way_out if self.way_out.isVisible() else self.filters.source).setFocus()
            return
        self.sheet.setFocus()
        if not self.sheet.selection.count:
            self.sheet.selection.only(self.sheet.selection.cursor)
            self.sheet.show_change()

    @Slot()
    def _network_changed(self) -> None:
        self.filters.set_digit(self._session.network.digit)
        self._refresh()

    @Slot()
    def _weights_changed(self) -> None:
        if self.isVisible():
            self.sheet.viewport().update()
            self._show_words()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.answers.want(False)

    # What is shown

    @Slot()
    def _look_anew(self) -> None:
        self._show_rows(anew=True)

    @Slot()
    def _refresh(self) -> None:
        if self.isVisible():
            self._show_rows(anew=False)

    def _show_rows(self, *, anew: bool) -> None:
        choice, table = self.filters.choice, self._collection.table
        self.answers.want(choice.needs_answers and self.isVisible())
        P = self.answers.all() if choice.needs_answers else None
        found = None if P is None else verdicts(self._session.network, P, table.labels)
        selected = self._selected()
        self.sheet.show_rows(choose(table, choice, found), None if anew else selected)
        self.filters.show_counts(table)
        self._show_words()

    def _selected(self) -> NDArray[np.intp]:
        """The rows that are selected, looked up where the table has become another one."""
        rows, former = self.sheet.selected_rows, self._table
        self._table = table = self._collection.table
        if table is former:
            return rows
        found = [table.row_of(former[row].uuid) for row in rows.tolist()]
        return np.array([row for row in found if row is not None], np.intp)

    @Slot()
    def _show_words(self) -> None:
        """Say how many are shown and how far that can be trusted, or why there are none."""
        hint, choice = self._hint_words(), self.filters.choice
        self._hint.setText(hint)
        focused = self._empty.isAncestorOf(QApplication.focusWidget() or self)
        self.looked_at.setCurrentWidget(self._empty if hint else self.sheet)
        self._show_way_out()
        if focused and not hint:
            self.take_focus()
        told = "" if hint else f"{count(len(self.sheet.rows))} shown"
        if not hint and choice.needs_answers and self.answers.outdated:
            told += " · asking the network …" if self.answers.busy else " · by earlier weights"
        self.filters.told.setText(told)
        read_only = self._collection.read_only
        for widget in (self._note, self.retry):
            widget.setVisible(read_only)
        if read_only:
            self._note.setText(
                f"Your drawings in “{self._collection.path}” can be looked at only: the folder may "
                "not be written."
            )
        self._show_selected()

    def _hint_words(self) -> str:
        """Why nothing is shown, and what to do; nothing where something is."""
        choice, table, network = self.filters.choice, self._collection.table, self._session.network
        if not len(table):
            if not self._collection.ready:
                return self._collection.trouble or "Opening your drawings …"
            if self._collection.lost:
                found = counted(self._collection.lost, "drawing")
                return f"Your drawings are not in their store; its backups have {found}."
            return f"No drawings of yours yet.\n{_DRAW}"
        if choice.needs_answers and not self._session.snapshot.step:
            return (
                f"{network.title.capitalize()}: not trained yet.\n"
                "Press Train on the Draw page (F2); then it answers to your drawings."
            )
        if len(self.sheet.rows):
            return ""
        if choice.needs_answers and self.answers.all() is None:
            return "Asking the network about all your drawings …"
        if choice.deleted:
            narrowed = choice._replace(deleted=False, order=NEWEST) != Choice()
            return "No deleted drawing is like that." if narrowed else "No drawings are deleted."
        if choice.answer != ANY or choice.source is not None:
            return "None of your drawings is like that: choose others above."
        missing = sorted(choice.labels or ())
        if len(missing) == 1:
            (digit,) = missing
            return f"No {digit} yet.\nDraw {a(digit)} on the Draw page (F2) and press {digit}."
        return f"Nothing here.\n{_DRAW}"

    def _show_way_out(self) -> None:
        """Offer to bring back what is lost, or to show all where the choice leaves nothing."""
        collection = self._collection
        lost = collection.ready and collection.lost and not len(collection.table)
        narrowed = len(collection.table) and self.filters.choice != Choice()
        self.way_out.setText("Bring them back" if lost else "Show all")
        self.way_out.setToolTip(_BRING_BACK if lost else _SHOW_ALL)
        self.way_out.setVisible(bool(lost or narrowed))

    @Slot()
    def _take_way_out(self) -> None:
        if len(self._collection.table):
            self.show_choice(Choice())
        else:
            self._collection.bring_back()

    # What is done with those that are selected

    @Slot()
    def _show_selected(self) -> None:
        self.bar.show_selected(
            self.sheet.selection.count if self.looked_at.currentWidget() is self.sheet else 0,
            deleted=self.filters.choice.deleted, read_only=self._collection.read_only,
        )  # fmt: skip

    @Slot(int)
    def _relabel(self, digit: int) -> None:
        if not self.filters.choice.deleted:
            self._change(lambda rows: self._collection.relabel(rows, digit))

    @Slot()
    def _delete(self) -> None:
        if not self.filters.choice.deleted:
            self._change(self._collection.delete)

    @Slot()
    def _restore(self) -> None:
        self._change(self._collection.restore)

    def _change(self, change: Callable[[NDArray[np.intp]], None]) -> None:
        rows, places = self.sheet.selected_rows, self.sheet.selection.places
        if len(rows) and not self._collection.read_only:
            change(rows)
            self.sheet.go_on(rows, places)

    @Slot()
    def _take_selected(self) -> None:
        self._take(int(self.sheet.selected_rows[0]))

    @Slot(int)
    def _take(self, row: int) -> None:
        taken = self._collection.table[row]
        self._session.drawing.replace(taken.ink, "take drawing", taken.uuid)
        self._session.noticed.emit("The drawing is on the canvas; Undo brings the former one back.")

    def close_threads(self, deadline: QDeadlineTimer) -> bool:
        """End what is on its way; False if it would not end in time."""
        return self.answers.close(deadline)
