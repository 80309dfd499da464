"""The menus: every command of the window, each with its key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QAction, QActionGroup, QDesktopServices, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QMessageBox

from sixpad import __version__
from sixpad.data.folders import data_folder
from sixpad.errors import SixpadError
from sixpad.gui.export_kinds import NUMBERS, ONNX, PICTURE, REPORT
from sixpad.gui.numbers import a
from sixpad.gui.theme import APPEARANCES

if TYPE_CHECKING:
    from sixpad.gui.main_window import MainWindow

Standard = QKeySequence.StandardKey
# Digits alone, and with any other key, belong to digits.
PAGE_KEYS = ("F2", "F3", "F4", "F5")


class Menus(QObject):
    """Fills the menu bar of a window."""

    def __init__(self, window: MainWindow, bar: QMenuBar) -> None:
        super().__init__(window)
        self._window = window
        self._file_menu(bar.addMenu("&File"))
        self._edit_menu(bar.addMenu("&Edit"))
        self._model_menu(bar.addMenu("&Model"))
        self._drawings_menu(bar.addMenu("&Drawings"))
        self._view_menu(bar.addMenu("&View"))
        self._help_menu(bar.addMenu("&Help"))

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
        files = self._window.files
        self._add(menu, "&Open model …", files.open_model, Standard.Open)
        self._add(menu, "&Save model …", files.save_model, Standard.Save)
        self._export_menu(menu.addMenu("&Export"))
        menu.addSeparator()
        self._add(menu, "Open &image …", files.open_image, "Ctrl+I")
        self._add(menu, "Save drawing as &PNG …", files.save_image, "Ctrl+Shift+S")
        self._add(menu, "Save &the plot …", self._save_plot)
        menu.addSeparator()
        self._add(menu, "&Quit", self._window.close, Standard.Quit)

    def _export_menu(self, menu: QMenu) -> None:
        for words, kind in (
            ("As &ONNX …", ONNX),
            ("Weights as &picture …", PICTURE),
            ("Weights as &numbers …", NUMBERS),
            ("&Report …", REPORT),
        ):
            self._add(menu, words, partial(self._window.export, kind))

    def _edit_menu(self, menu: QMenu) -> None:
        stack = self._window.session.undo_stack
        for action, key, extra in (
            (stack.createUndoAction(self._window, "Undo"), Standard.Undo, []),
            (stack.createRedoAction(self._window, "Redo"), Standard.Redo, [QKeySequence("Ctrl+Y")]),
        ):
            # A key that stands there twice would be ambiguous, and do nothing.
            keys = dict.fromkeys([*QKeySequence.keyBindings(key), *extra])
            action.setShortcuts(list(keys))
            menu.addAction(action)
        menu.addSeparator()
        self._add(menu, "&Copy the drawing", self._window.files.copy, Standard.Copy)
        self._add(menu, "&Paste an image", self._window.files.paste, Standard.Paste)
        self._add(menu, "C&lear the canvas", self._window.session.drawing.clear, "Ctrl+Backspace")
        menu.addSeparator()
        for width in range(1, 5):
            self._add(
                menu, f"Pen {width} px", partial(self._window.session.set_pen, width),
                f"Ctrl+Alt+{width}",
            )  # fmt: skip

    def _model_menu(self, menu: QMenu) -> None:
        trainer = self._window.trainer
        self._add(menu, "&Train, pause, resume", self._window.band.panel.train.click, "Ctrl+T")
        self._add(menu, "One &step", self._window.band.panel.step.click, "F10")
        self._add(menu, "St&op", trainer.stop, "Ctrl+.")
        self._add(menu, "&Reset the weights", self._window.band.panel.reset.click)
        menu.addSeparator()
        models = QActionGroup(self)
        for index, button in enumerate(self._window.header.models.buttons()):
            action = self._add(menu, button.text(), button.click, f"Ctrl+Shift+{index + 1}")
            action.setCheckable(True)
            action.setChecked(button.isChecked())
            button.toggled.connect(action.setChecked)
            models.addAction(action)
        menu.addSeparator()
        group = QActionGroup(self)
        for digit in range(10):
            action = self._add(
                menu, f"The digit {digit}", self._window.equation.digits.button(digit).click,
                f"Alt+{digit}",
            )  # fmt: skip
            action.setCheckable(True)
            action.setChecked(digit == self._window.session.digit)
            group.addAction(action)
        self._window.session.digit_changed.connect(
            lambda digit: group.actions()[digit].setChecked(True)
        )

    def _drawings_menu(self, menu: QMenu) -> None:
        window, collection = self._window, self._window.collection
        keep, correct = menu.addMenu("&Keep as"), menu.addMenu("&Correct and continue")
        for digit in range(10):
            # What follows the tab is only shown as the key: a real one would take it from fields.
            self._add(keep, f"{a(digit)}\t{digit}", partial(window.labelling.keep, digit))
            self._add(correct, a(digit), partial(window.correct, digit), f"Ctrl+{digit}")
        menu.addSeparator()
        self._add(menu, "&My drawings", window.show_drawings)
        menu.addSeparator()
        self._add(menu, "&Import folder …", lambda: window.exchange.import_folder())
        self._add(menu, "Import &file …", lambda: window.exchange.import_file())
        self._add(menu, "&Export as folder …", lambda: window.exchange.export_folder())
        self._add(menu, "Export as I&DX …", lambda: window.exchange.export_file("idx"))
        self._add(menu, "Export as &one file …", lambda: window.exchange.export_file("file"))
        menu.addSeparator()
        retry = self._add(menu, "&Try again to keep what is not kept yet", window.banner.retry)
        back = self._add(menu, "&Bring back from backups", collection.bring_back)

        def show() -> None:
            retry.setEnabled(bool(collection.trouble))
            able = collection.ready and not collection.read_only
            back.setEnabled(able and bool(collection.lost))

        collection.status_changed.connect(show)
        show()

    def _view_menu(self, menu: QMenu) -> None:
        session = self._window.session
        numbers = self._add(menu, "The image as &numbers", lambda: None, "Ctrl+N")
        numbers.setCheckable(True)
        numbers.toggled.connect(session.set_numbers)
        gradient = self._add(menu, "The &gradient in the weights' place", lambda: None, "Ctrl+G")
        gradient.setCheckable(True)
        weights = self._window.equation.weights
        gradient.triggered.connect(weights.show_gradient)
        weights.mode_changed.connect(lambda: gradient.setChecked(weights.shows_gradient))
        gradient.setEnabled(not session.network.deep)
        weights.mode_changed.connect(lambda: gradient.setEnabled(not session.network.deep))
        log = self._add(menu, "&Logarithmic loss", lambda: None, "Ctrl+L")
        log.setCheckable(True)
        log.triggered.connect(self._window.band.set_log)
        self._window.band.log_changed.connect(log.setChecked)
        self._add(menu, "Show the &whole plot", self._show_whole_plot, "F9")
        menu.addSeparator()
        for index, tab in enumerate(self._window.header.tabs.buttons()):
            show = partial(self._show_page, index)
            self._add(menu, tab.text(), show, PAGE_KEYS[index])
        menu.addSeparator()
        group = QActionGroup(self)
        for appearance in APPEARANCES:
            words = "As the system" if appearance == "system" else appearance.capitalize()
            action = self._add(menu, words, partial(self._choose_appearance, appearance))
            action.setCheckable(True)
            action.setChecked(appearance == self._window.keeper.settings.appearance)
            group.addAction(action)

    def _help_menu(self, menu: QMenu) -> None:
        self._add(menu, "&Guide in five steps", self._show_guide, Standard.HelpContents)
        self._add(menu, "Where things are &kept", self._open_folder)
        menu.addSeparator()
        self._add(menu, "&About sixpad", self._about)

    def _choose_appearance(self, appearance: str) -> None:
        self._window.keeper.remember(appearance=appearance)
        self._window.appearance_chosen.emit(appearance)

    def _show_page(self, index: int) -> None:
        self._window.show_page(index)
        if index == 0:
            self._window.equation.canvas.setFocus()

    def _show_whole_plot(self) -> None:
        self._window.band.plot.show_all()

    def _save_plot(self) -> None:
        self._window.files.save_plot(self._window.band.plot)

    def _show_guide(self) -> None:
        self._window.show_page(0)
        self._window.guide.start()

    def _open_folder(self) -> None:
        try:
            folder = data_folder()
        except SixpadError as error:
            self._window.notice.tell(str(error))
            return
        self._window.notice.tell(f"Models are kept in “{folder}”.")
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _about(self) -> None:
        QMessageBox.about(
            self._window,
            "About sixpad",
            f"<h3>sixpad {__version__}</h3><p>Draw a digit, train a neuron or a deeper network, "
            "and watch the weights become pictures of digits.</p><p>F(X) = σ(X·W + b)</p>",
        )
