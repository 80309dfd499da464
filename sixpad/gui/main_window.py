"""The main window: the header, the pages, the menus, and what is told at its foot."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QByteArray, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QMenuBar,
    QMessageBox,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from sixpad import __version__
from sixpad.data.folders import data_folder
from sixpad.errors import SixpadError
from sixpad.gui.data_page import DataPage
from sixpad.gui.equation import MARGIN, Equation, answer_width
from sixpad.gui.file_commands import FileCommands
from sixpad.gui.glossary import TERMS
from sixpad.gui.guide import Guide
from sixpad.gui.keeper import Keeper
from sixpad.gui.notice import Notice
from sixpad.gui.session import Session
from sixpad.gui.theme import APPEARANCES
from sixpad.gui.trainer import Trainer
from sixpad.gui.training_band import TrainingBand
from sixpad.gui.widgets import named, quiet_label

_EQUATION_SHARE, _TRAINING_SHARE = 100, 86
Standard = QKeySequence.StandardKey


class MainWindow(QMainWindow):
    """Builds the pages around one session; `appearance_chosen` asks for light, dark or system's."""

    appearance_chosen = Signal(str)

    def __init__(self, session: Session, trainer: Trainer, keeper: Keeper) -> None:
        super().__init__()
        self.session, self.trainer, self.keeper = session, trainer, keeper
        self.setWindowTitle("sixpad")
        self.setMinimumSize(1000, 680)
        self.resize(1280, 800)
        self.files = FileCommands(session, trainer, self)
        self.equation = Equation(session)
        self.band = TrainingBand(trainer)
        self.pages = QStackedWidget()
        self.pages.addWidget(self._draw_page())
        self._data_page: DataPage | None = None
        self.setCentralWidget(self.pages)
        self.setMenuWidget(self._header())
        self._menus()
        self.notice = Notice(self)
        self.guide = Guide(self)
        session.noticed.connect(self.notice.tell)
        keeper.failed.connect(self.notice.tell)
        self.equation.canvas.dropped.connect(self.files.take)
        self.band.panel.data_wanted.connect(self.files.choose_data)
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

    def _header(self) -> QWidget:
        header = named(QWidget(), "header")
        header.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._bar = QMenuBar()
        self._bar.setNativeMenuBar(False)
        self.tabs = QButtonGroup(self)
        self._subject = quiet_label()
        self._subject.setToolTip(TERMS["neuron"])
        sides = QWidget(), QWidget()
        left, right = QHBoxLayout(sides[0]), QHBoxLayout(sides[1])
        left.setContentsMargins(0, 0, 0, 0)
        right.setContentsMargins(0, 0, MARGIN, 0)
        left.addWidget(self._bar)
        left.addStretch(1)
        right.addStretch(1)
        right.addWidget(self._subject)
        row = QHBoxLayout(header)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(sides[0], 1)
        for index, name in enumerate(("Draw", "Data")):
            tab = named(QPushButton(name), "tab")
            tab.setCheckable(True)
            tab.setChecked(index == 0)
            tab.setToolTip(f"{_PAGE_TIPS[index]} (Ctrl+{index + 1})")
            self.tabs.addButton(tab, index)
            row.addWidget(tab)
        row.addWidget(sides[1], 1)
        self.tabs.idClicked.connect(self.show_page)
        self.session.digit_changed.connect(self._show_subject)
        self._show_subject(self.session.digit)
        return header

    def _show_subject(self, digit: int) -> None:
        self._subject.setText(f"one neuron for the {digit}")

    def show_page(self, index: int) -> None:
        """Show a page: 0 to draw, 1 for the data; a page is made when it is first wanted."""
        if index == 1 and self._data_page is None:
            self._data_page = DataPage(self.trainer)
            self.pages.addWidget(self._data_page)
        self.tabs.button(index).setChecked(True)
        self.pages.setCurrentIndex(index)

    # Menus

    def _menus(self) -> None:
        self._file_menu(self._bar.addMenu("&File"))
        self._edit_menu(self._bar.addMenu("&Edit"))
        self._model_menu(self._bar.addMenu("&Model"))
        self._view_menu(self._bar.addMenu("&View"))
        self._help_menu(self._bar.addMenu("&Help"))

    def _add(
        self, menu: QMenu, words: str, act: Callable[[], object],
        key: QKeySequence.StandardKey | str | None = None,
    ) -> QAction:  # fmt: skip
        action = menu.addAction(words)
        action.triggered.connect(lambda _checked=False: act())
        if key is not None:
            action.setShortcut(QKeySequence(key))
        return action

    def _file_menu(self, menu: QMenu) -> None:
        files = self.files
        self._add(menu, "&Open model …", files.open_model, Standard.Open)
        self._add(menu, "&Save model …", files.save_model, Standard.Save)
        menu.addSeparator()
        self._add(menu, "Open &image …", files.open_image, "Ctrl+I")
        self._add(menu, "Save drawing as &PNG …", files.save_image, "Ctrl+Shift+S")
        self._add(menu, "Save the &plot …", self._save_plot)
        menu.addSeparator()
        self._add(menu, "&Quit", self.close, Standard.Quit)

    def _edit_menu(self, menu: QMenu) -> None:
        stack = self.session.undo_stack
        for action, key, extra in (
            (stack.createUndoAction(self, "Undo"), Standard.Undo, []),
            (stack.createRedoAction(self, "Redo"), Standard.Redo, [QKeySequence("Ctrl+Y")]),
        ):
            # A key that stands there twice would be ambiguous, and do nothing.
            keys = dict.fromkeys([*QKeySequence.keyBindings(key), *extra])
            action.setShortcuts(list(keys))
            menu.addAction(action)
        menu.addSeparator()
        self._add(menu, "&Copy the drawing", self.files.copy, Standard.Copy)
        self._add(menu, "&Paste an image", self.files.paste, Standard.Paste)
        self._add(menu, "C&lear the canvas", self.session.drawing.clear, "Ctrl+Backspace")
        menu.addSeparator()
        for width in range(1, 5):
            self._add(
                menu, f"Pen {width} px", partial(self.session.set_pen, width),
                f"Ctrl+Alt+{width}",
            )  # fmt: skip

    def _model_menu(self, menu: QMenu) -> None:
        trainer = self.trainer
        self._add(menu, "&Train, pause, resume", self.band.panel.train.click, "Ctrl+T")
        self._add(menu, "One &step", self.band.panel.step.click, "F10")
        self._add(menu, "St&op", trainer.stop, "Ctrl+.")
        self._add(menu, "&Reset the weights", self.band.panel.reset.click)
        menu.addSeparator()
        group = QActionGroup(self)
        for digit in range(10):
            action = self._add(
                menu, f"Look for a {digit}", self.equation.digits.button(digit).click,
                f"Alt+{digit}",
            )  # fmt: skip
            action.setCheckable(True)
            action.setChecked(digit == self.session.digit)
            group.addAction(action)
        self.session.digit_changed.connect(lambda digit: group.actions()[digit].setChecked(True))

    def _view_menu(self, menu: QMenu) -> None:
        session = self.session
        numbers = self._add(menu, "The image as &numbers", lambda: None, "Ctrl+N")
        numbers.setCheckable(True)
        numbers.toggled.connect(session.set_numbers)
        gradient = self._add(menu, "The &gradient in the weights' place", lambda: None, "Ctrl+G")
        gradient.setCheckable(True)
        weights = self.equation.weights
        gradient.triggered.connect(weights.show_gradient)
        weights.mode_changed.connect(lambda: gradient.setChecked(weights.shows_gradient))
        log = self._add(menu, "&Logarithmic loss", lambda: None, "Ctrl+L")
        log.setCheckable(True)
        log.triggered.connect(self.band.set_log)
        self.band.log_changed.connect(log.setChecked)
        self._add(menu, "Show the &whole plot", self._show_whole_plot, "Ctrl+0")
        menu.addSeparator()
        for index, name in enumerate(("Draw", "Data")):
            self._add(menu, name, partial(self.show_page, index), f"Ctrl+{index + 1}")
        menu.addSeparator()
        group = QActionGroup(self)
        for appearance in APPEARANCES:
            words = "As the system" if appearance == "system" else appearance.capitalize()
            action = self._add(menu, words, partial(self._choose_appearance, appearance))
            action.setCheckable(True)
            action.setChecked(appearance == self.keeper.settings.appearance)
            group.addAction(action)

    def _help_menu(self, menu: QMenu) -> None:
        self._add(menu, "&Guide in five steps", self._show_guide, Standard.HelpContents)
        self._add(menu, "Where things are &kept", self._open_folder)
        menu.addSeparator()
        self._add(menu, "&About sixpad", self._about)

    def _choose_appearance(self, appearance: str) -> None:
        self.keeper.remember(appearance=appearance)
        self.appearance_chosen.emit(appearance)

    def _show_whole_plot(self) -> None:
        if self.band.plot:
            self.band.plot.show_all()

    def _save_plot(self) -> None:
        if self.band.plot:
            self.files.save_plot(self.band.plot)

    def _show_guide(self) -> None:
        self.show_page(0)
        self.guide.start()

    def _open_folder(self) -> None:
        try:
            folder = data_folder()
        except SixpadError as error:
            self.notice.tell(str(error))
            return
        self.notice.tell(f"Models are kept in “{folder}”.")
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _about(self) -> None:
        QMessageBox.about(
            self,
            "About sixpad",
            f"<h3>sixpad {__version__}</h3><p>Draw a digit, train one neuron, and watch its "
            "weights become a picture of a six.</p><p>F(X) = σ(X·W + b)</p>",
        )

    # The window itself

    def refresh_colors(self) -> None:
        """Take on the colours of the theme."""
        self.equation.refresh_colors()
        self.band.refresh_colors()
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
        self.band.load_plot()
        self.trainer.device.probe()
        self.trainer.data.load()
        if not self.keeper.settings.guide_seen:
            self.guide.start()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.equation.canvas.dragEnterEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self.equation.canvas.dropEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.keeper.remember(geometry=bytes(self.saveGeometry().data()))
        event.accept()


_PAGE_TIPS = ("Draw a digit and train the neuron", "Look through the examples")
