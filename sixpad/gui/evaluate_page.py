"""The Evaluate page: what the network in use scores on chosen data, and what it gets wrong."""

from __future__ import annotations

from textwrap import fill

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from sixpad.data.provenance import worth
from sixpad.data.spec_words import DRAWINGS
from sixpad.gui.collection import Collection
from sixpad.gui.data_choice import OTHER_DATA, ask_for_data, source_name, specs_to_test_on
from sixpad.gui.evaluation_threads import Report
from sixpad.gui.evaluation_view import EvaluationView
from sixpad.gui.evaluator import FRESH, VALIDATION, Evaluator
from sixpad.gui.example_tiles import take_onto_canvas
from sixpad.gui.gallery import Gallery
from sixpad.gui.glossary import TERMS, TIP_WIDTH
from sixpad.gui.numbers import count
from sixpad.gui.theme import MARGIN, SPACE, sized
from sixpad.gui.trainer import Trainer
from sixpad.gui.widgets import ElidedLabel, heading

_OWN = (
    ("Validation part", VALIDATION),
    ("Fresh handwriting", FRESH),
    ("My drawings", DRAWINGS),
)
_VIEW_SHARE, _GALLERY_SHARE = 55, 45
_VIEW_MOST = 440
_PERCENT = 100
_BAR_WIDTH = 96
_SLOW_MILLISECONDS = 500
_AGAIN = "Choose the data again to try once more, or choose others."


class EvaluatePage(QWidget):
    """Choose data, and look at how the network in use answers them.

    `drawings_wanted` carries the Choice of the person's own drawings that are to be looked at.
    """

    drawings_wanted = Signal(object)

    def __init__(self, trainer: Trainer, collection: Collection) -> None:
        super().__init__()
        self._trainer, self._session = trainer, trainer.session
        self.evaluator = Evaluator(trainer, self)
        collection.durable.connect(self.evaluator.drawings_changed)
        self.data = QComboBox()
        self.view = EvaluationView()
        self.gallery = Gallery()
        self.cancel = QPushButton("Cancel")
        self._bar = QProgressBar(textVisible=False, maximum=_PERCENT)
        self._worth = ElidedLabel()
        self._hint = QLabel(wordWrap=True)
        self._hint.setFont(sized(self.font(), 1.25))
        self._stack = QStackedWidget()
        # What is over before it is read would only flicker.
        self._slow = QTimer(self, interval=_SLOW_MILLISECONDS, singleShot=True)
        self._slow.timeout.connect(self._show_late)
        self._late = False
        self._fill_choices()
        self._layout()
        self._connect()
        self._show_choice()
        self._show_work()

    def _fill_choices(self) -> None:
        for words, choice in _OWN:
            self.data.addItem(words, choice)
        self.data.insertSeparator(self.data.count())
        for words, kind in OTHER_DATA:
            self.data.addItem(words, f"?{kind}")
        self.data.setAccessibleName("Data to evaluate on")
        self.data.setToolTip(TERMS["evaluated data"])
        self.data.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)

    def _layout(self) -> None:
        name, self._subtitle, title = heading("Evaluate", "")
        name.setToolTip(TERMS["evaluate"])
        self._subtitle.setToolTip(TERMS["evaluate"])
        self._bar.setFixedWidth(_BAR_WIDTH)
        self._bar.setAccessibleName("Preparing the examples")
        self.cancel.setToolTip("Gives up the examples that are being prepared.")
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.data)
        row.addSpacing(SPACE)
        row.addWidget(self._worth, 1)
        for widget in (self._bar, self.cancel):
            keeping = widget.sizePolicy()
            keeping.setRetainSizeWhenHidden(True)
            widget.setSizePolicy(keeping)
            row.addWidget(widget)
        head = QVBoxLayout()
        head.setContentsMargins(MARGIN, 12, MARGIN, 0)
        head.setSpacing(SPACE)
        head.addLayout(title)
        head.addLayout(row)
        results = QWidget()
        column = QVBoxLayout(results)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.view.setMaximumHeight(_VIEW_MOST)
        column.addWidget(self.view, _VIEW_SHARE)
        column.addWidget(self.gallery, _GALLERY_SHARE)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setToolTip(TERMS["evaluate"])
        self._stack.addWidget(self._hint)
        self._stack.addWidget(results)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(self._stack, 1)

    def _connect(self) -> None:
        evaluator = self.evaluator
        self.data.activated.connect(self._data_chosen)
        self.cancel.clicked.connect(evaluator.cancel)
        evaluator.changed.connect(self._show_report)
        evaluator.choice_changed.connect(self._show_choice)
        evaluator.busy_changed.connect(self._show_work)
        evaluator.progressed.connect(self._show_progress)
        evaluator.failed.connect(self._session.noticed)
        self._session.network_changed.connect(self._show_stack)
        self._session.weights_changed.connect(self._show_stack)
        self._trainer.data.changed.connect(self._show_stack)
        self.view.changed.connect(self._show_examples)
        self.gallery.let_go.connect(self.view.let_go)
        self.gallery.own_wanted.connect(lambda: self.drawings_wanted.emit(self.view.choice()))
        self.gallery.taken.connect(lambda one: take_onto_canvas(self._session, one))
        escape = QShortcut(Qt.Key.Key_Escape, self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.view.let_go)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        for spec in specs_to_test_on(self._trainer.data.specs):
            self._offer(spec)
        self.evaluator.set_active(True)
        self._show_stack()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.evaluator.set_active(False)

    def _data_chosen(self) -> None:
        choice = self.data.currentData()
        if choice.startswith("?"):
            self._show_choice()
            choice = ask_for_data(choice[1:], self.window())
        if choice:
            self.evaluator.choose(choice)

    @Slot()
    def _show_choice(self) -> None:
        self.data.setCurrentIndex(self._offer(self.evaluator.choice))
        self._show_stack()

    def _offer(self, spec: str) -> int:
        """Have data in the list; its place there."""
        place = self.data.findData(spec)
        if place < 0:
            place = len(_OWN)
            self.data.insertItem(place, source_name(spec), spec)
        return place

    @Slot()
    def _show_work(self) -> None:
        """Show whether something is on its way."""
        loading = self.evaluator.loading
        for widget in (self._bar, self.cancel):
            widget.setVisible(loading)
        self._bar.setValue(0)
        if not self.evaluator.busy:
            self._slow.stop()
            self._late = False
        elif not self._late and not self._slow.isActive():
            self._slow.start()
        self._show_stack()

    @Slot()
    def _show_late(self) -> None:
        self._late = True
        self._show_stack()

    def _show_progress(self, share: float) -> None:
        self._bar.setValue(round(share * _PERCENT))

    @Slot()
    def _show_report(self) -> None:
        report = self.evaluator.report
        if report:
            self.view.show_evaluation(report.evaluation)
        self._show_stack()

    @Slot()
    def _show_stack(self) -> None:
        """The results, or what there is to say where there are none."""
        # In a training it is called with each of its snapshots.
        if not self.isVisible():
            return
        evaluator, report, hint = self.evaluator, self.evaluator.report, self._reason()
        self._hint.setText(hint)
        self._stack.setCurrentIndex(0 if hint else 1)
        described = told = ""
        if report and not hint:
            described, told = _described(report), _worth(report)
            if self._late:
                described += " · evaluating …"
            elif evaluator.outdated:
                described += " · of earlier weights"
            if evaluator.trouble:
                told = f"{evaluator.trouble} {_AGAIN} {told}"
        self._subtitle.setText(described)
        self._worth.setText(told)
        session = f"\n\n{TERMS['session']}" if "session" in told else ""
        self._worth.setToolTip(f"{fill(told, TIP_WIDTH)}{session}")

    def _reason(self) -> str:
        """Why there are no results to be seen; nothing where there are."""
        session, evaluator = self._session, self.evaluator
        if not session.snapshot.step:
            return (
                f"{session.network.title.capitalize()}: not trained yet.\n"
                "Press Train on the Draw page; the scores will stand here."
            )
        report = evaluator.report
        if report and (evaluator.busy or report.subject.network == session.network):
            return ""
        if evaluator.trouble:
            return f"{evaluator.trouble}\n{_AGAIN}"
        if evaluator.loading or self._trainer.data.loading:
            return "Preparing the examples …"
        if evaluator.busy:
            return "Evaluating …"
        return "There are no examples: choose others here, or on the Draw page."

    @Slot()
    def _show_examples(self) -> None:
        report, shown = self.evaluator.report, self.view.shown
        if report and shown:
            title, chosen = self.view.selection()
            self.gallery.show_examples(
                title, report.data, shown, chosen, of_all=not any(self.view.chosen),
                subject=(shown.network, report.subject.selection, self.view.chosen),
            )  # fmt: skip


def _described(report: Report) -> str:
    """Which network on which data, and how many examples."""
    found, name, selection = report.evaluation, report.data.name, report.subject.selection
    if selection.validation:
        data = f"the validation part of {name}"
    else:
        data = f"newly generated, {name}" if selection.fresh else name
    digit = found.network.digit
    sought = "" if digit is None else f", {count(int(found.targets.sum()))} of them a {digit}"
    return f"{found.network.title}, on {count(found.examples)} examples{sought}: {data}"


def _worth(report: Report) -> str:
    """What the data can tell of the network."""
    subject, groups = report.subject, report.data.groups
    sessions = 0 if groups is None else len(np.unique(groups))
    return worth(
        report.data.names, subject.learned_from,
        validation=subject.selection.validation, sessions=sessions,
    )  # fmt: skip
