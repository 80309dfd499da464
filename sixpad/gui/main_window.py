"""The main window: the header, the pages, and what is told at its foot."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QDeadlineTimer, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from sixpad.gui.card import Card
from sixpad.gui.collection import Collection
from sixpad.gui.data_choice import MIX
from sixpad.gui.equation import Equation, answer_width
from sixpad.gui.file_commands import FileCommands
from sixpad.gui.guide import Guide
from sixpad.gui.header import Header
from sixpad.gui.keeper import Keeper
from sixpad.gui.kept_banner import KeptBanner, may_close
from sixpad.gui.kept_words import KeptWords
from sixpad.gui.labelling import Labelling, digit_of
from sixpad.gui.menus import Menus
from sixpad.gui.notice import Notice
from sixpad.gui.session import Session
from sixpad.gui.trainer import CLOSE_MILLISECONDS, Trainer
from sixpad.gui.training_band import TrainingBand

if TYPE_CHECKING:
    from sixpad.data.drawing_choice import Choice
    from sixpad.gui.compare_page import ComparePage
    from sixpad.gui.corrector import Corrected, Corrector
    from sixpad.gui.data_page import DataPage
    from sixpad.gui.drawing_files import DrawingFiles
    from sixpad.gui.evaluate_page import EvaluatePage
    from sixpad.gui.export_kinds import Kind
    from sixpad.gui.exports import Exports

_EQUATION_SHARE, _TRAINING_SHARE = 100, 86
_TITLE_BAR = 32
_DRAW, _DATA, _EVALUATE, _COMPARE = range(4)


class MainWindow(QMainWindow):
    """Builds the pages around one session; `appearance_chosen` asks for light, dark or system's.

    `painted` comes after the first paint.
    """

    appearance_chosen = Signal(str)
    painted = Signal()

    def __init__(
        self, session: Session, trainer: Trainer, keeper: Keeper, collection: Collection
    ) -> None:
        super().__init__()
        self.session, self.trainer, self.keeper = session, trainer, keeper
        self.collection = collection
        self.setWindowTitle("sixpad")
        self.setMinimumSize(1000, 680)
        # Of a screen that is hardly larger the title bar needs some too.
        room = self.screen().availableGeometry().height() - _TITLE_BAR
        self.resize(1280, max(min(800, room), 680))
        self.files = FileCommands(session, trainer, self)
        self.labelling = Labelling(session, collection, self)
        self.equation = Equation(session, trainer.data)
        self.band = TrainingBand(trainer)
        self.pages = QStackedWidget()
        self._made = {_DRAW: self._draw_page()}
        self.pages.addWidget(self._made[_DRAW])
        self.data_page: DataPage | None = None
        self.evaluate_page: EvaluatePage | None = None
        self.compare_page: ComparePage | None = None
        self.setCentralWidget(self.pages)
        self.header = Header(session)
        self.header.page_wanted.connect(self.show_page)
        self.setMenuWidget(self.header)
        self.banner = KeptBanner(self, collection, self._card_room)
        self.menus = Menus(self, self.header.bar)
        self.result = Card(self, "banner", self.banner, self._card_room, passing=True)
        self.notice = Notice(self, self.result, self._card_room)
        self.guide = Guide(self)
        session.noticed.connect(self.notice.tell)
        keeper.failed.connect(self.notice.tell)
        collection.told.connect(self.notice.tell)
        self.banner.told.connect(self.notice.tell)
        self.equation.canvas.dropped.connect(self.files.take)
        self.files.drawings_wanted.connect(lambda path: self.exchange.import_at(path))
        self.equation.keep_wanted.connect(self.labelling.keep)
        self.equation.correct_wanted.connect(lambda digit: self.corrector.correct(digit))
        for signal in (session.drawing.begun, session.undo_stack.indexChanged,
                       session.about_to_switch):  # fmt: skip
            signal.connect(self.result.leave)
            signal.connect(self.equation.subtitle.rest)
        self._undo_index = session.undo_stack.index()
        session.undo_stack.indexChanged.connect(self._look_for_undo)
        self._tell_kept(self.equation.kept)
        self.band.panel.data_wanted.connect(self._choose_data)
        self.band.set_log(keeper.settings.plot_log_scale)
        self.band.log_changed.connect(lambda log: keeper.remember(plot_log_scale=log))
        self.restoreGeometry(QByteArray(keeper.settings.geometry))
        self.setAcceptDrops(True)
        self._painted = False
        self.equation.canvas.setFocus()

    def _draw_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.equation, _EQUATION_SHARE)
        column.addWidget(self.band, _TRAINING_SHARE)
        return page

    def show_page(self, index: int) -> None:
        """Show one of the pages, by its place; it is made when it is first wanted."""
        if index not in self._made:
            self._made[index] = self._page(index)
            self.pages.addWidget(self._made[index])
        self.header.tabs.button(index).setChecked(True)
        self.pages.setCurrentWidget(self._made[index])
        if not self._canvas_seen:
            self.result.leave()
        self._settle_cards()

    def _settle_cards(self) -> None:
        for card in (self.banner, self.result, self.notice):
            card.settle()

    def _card_room(self) -> QRect:
        """Where cards stand: over what is only looked at, and over no button."""
        page = self.pages.currentWidget() or self
        place = self.band.looked_at if page is self._made[_DRAW] else page
        if self.data_page is not None and page is self.data_page:
            place = self.data_page.looked_at
        return QRect(place.mapTo(self, QPoint(0, 0)), place.size())

    def show_drawings(self, choice: Choice | None = None) -> None:
        """Show the person's own drawings, these or all of them, ready for the keys."""
        from sixpad.data.drawing_choice import Choice

        self.show_page(_DATA)
        assert self.data_page is not None
        self.data_page.show_view(self.data_page.MINE)
        self.data_page.drawings.show_choice(choice or Choice())
        self.data_page.drawings.take_focus()

    def _page(self, index: int) -> QWidget:
        # What is not seen at first need not be imported before it is.
        if index == _DATA:
            from sixpad.gui.data_page import DataPage

            self.data_page = DataPage(self.trainer, self.collection)
            self.data_page.views.currentChanged.connect(self._settle_cards)
            bar = self.data_page.drawings.bar
            bar.import_wanted.connect(lambda kind: self.exchange.import_from(kind))
            bar.export_wanted.connect(lambda kind: self.exchange.export_as(kind))
            return self.data_page
        if index == _EVALUATE:
            from sixpad.gui.evaluate_page import EvaluatePage

            self.evaluate_page = EvaluatePage(self.trainer, self.collection)
            self.evaluate_page.drawings_wanted.connect(self.show_drawings)
            return self.evaluate_page
        from sixpad.gui.compare_page import ComparePage

        self.compare_page = ComparePage(self.trainer)
        self.compare_page.canvas.dropped.connect(self.files.take)
        self._tell_kept(self.compare_page.kept)
        return self.compare_page

    def _look_for_undo(self, index: int) -> None:
        """What was told of something that is taken back is true no more."""
        if index < self._undo_index:
            self.notice.leave()
        self._undo_index = index

    def _choose_data(self, kind: str) -> None:
        if kind != MIX:
            self.files.choose_data(kind)
            return
        self.show_page(_DATA)
        if self.data_page is not None:
            self.data_page.show_view(self.data_page.SOURCES)

    def _tell_kept(self, words: KeptWords) -> None:
        """Let these words beside a canvas say what became of the drawing."""
        collection = self.collection
        self.labelling.kept.connect(lambda drawing: words.show_kept(drawing, collection.in_use))
        self.labelling.hinted.connect(words.hint)
        for signal in (self.session.drawing.begun, self.session.undo_stack.indexChanged):
            signal.connect(words.rest)

        def stay() -> None:
            waiting = len(collection.unsaved)
            words.stay(f"{waiting} not kept yet" if waiting and collection.trouble else "")

        for signal in (collection.status_changed, collection.changed):
            signal.connect(stay)

    def correct(self, digit: int) -> None:
        """Correct the network to a digit, where the drawing is seen."""
        if self._canvas_seen:
            self.corrector.correct(digit)

    @property
    def _canvas_seen(self) -> bool:
        return self.pages.currentWidget() in (self._made[_DRAW], self._made.get(_COMPARE))

    def _tell_corrected(self, found: Corrected) -> None:
        actions: list[tuple[str, Callable[[], object]]] = []
        if found.undoable:
            actions.append(("Undo", self.session.undo_stack.undo))
        if found.held:
            actions.append(("Go on training", self.trainer.train))
        self.result.say(found.sentence, [*actions, ("OK", self.result.leave)])
        if found.correction.steps:
            self.equation.subtitle.hint(found.change)

    @cached_property
    def corrector(self) -> Corrector:
        """What corrects the network, made when it is first wanted."""
        from sixpad.gui.corrector import Corrector

        corrector = Corrector(self.labelling, self.trainer, self)
        corrector.corrected.connect(self._tell_corrected)
        return corrector

    @cached_property
    def exports(self) -> Exports:
        """What the Export menu does, made when it is first wanted."""
        from sixpad.gui.exports import Exports

        return Exports(self.trainer, self)

    def export(self, kind: Kind) -> None:
        """Export the network in use, under a name that is asked for."""
        self.exports.export(kind)

    @cached_property
    def exchange(self) -> DrawingFiles:
        """Import and export of drawings, made when they are first wanted."""
        from sixpad.gui.drawing_files import DrawingFiles

        return DrawingFiles(self.collection, self.session, self)

    # The window itself

    def refresh_colors(self) -> None:
        """Take on the colours of the theme."""
        self.equation.refresh_colors()
        self.band.refresh_colors()
        if self.compare_page is not None:
            self.compare_page.refresh_colors()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        # The answer above and the scores below it make one column.
        self.band.progress.setFixedWidth(answer_width(event.size().width()))
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self._after_first_paint)

    def _after_first_paint(self) -> None:
        """What the first paint need not wait for."""
        self.trainer.device.probe()
        self.trainer.data.load()
        self.collection.open()
        self.painted.emit()
        if not self.keeper.settings.guide_seen:
            self.guide.start()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.equation.canvas.dragEnterEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self.equation.canvas.dropEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Only what nobody who has the focus takes comes here: a field is typed into, as ever.
        digit = digit_of(event)
        cards = [card for card in (self.notice, self.result, self.banner) if not card.isHidden()]
        if event.key() == Qt.Key.Key_Escape and cards:
            cards[0].dismiss()
        elif digit is None or not self._canvas_seen:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.labelling.keep(digit)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.keeper.remember(geometry=bytes(self.saveGeometry().data()))
        event.setAccepted(may_close(self.collection, self.banner.rescue, self))

    def end_threads(self) -> bool:
        """End what the pages have running; False if it would not end in time."""
        deadline = QDeadlineTimer(CLOSE_MILLISECONDS)
        ended = "exports" not in self.__dict__ or self.exports.close(deadline)
        ended = ("exchange" not in self.__dict__ or self.exchange.close(deadline)) and ended
        ended = ("corrector" not in self.__dict__ or self.corrector.close(deadline)) and ended
        ended = self.equation.close_threads(deadline) and ended
        if self.data_page is not None:
            ended = self.data_page.close_threads(deadline) and ended
        if self.evaluate_page is not None:
            ended = self.evaluate_page.evaluator.close(deadline) and ended
        if self.compare_page is not None:
            ended = self.compare_page.close_threads(deadline) and ended
        return ended
