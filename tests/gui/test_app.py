"""The application around the window: a fault of its own is logged, told once, and survived."""

from __future__ import annotations

import gc
import logging
import sys
import weakref
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from desk import Desk, Until
from hand import stroke
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from sixpad import __version__
from sixpad.gui.app import App
from sixpad.gui.main_window import MainWindow


def broken() -> None:
    raise ValueError("a fault of ours")


@pytest.fixture
def hooked(app: App, monkeypatch: pytest.MonkeyPatch) -> App:
    """The application with its own hook for what nobody caught, as `run` sets it."""
    monkeypatch.setattr(sys, "excepthook", app.hook)
    return app


def faults(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.exc_info]


def test_a_fault_in_a_slot_is_logged_and_told_once_and_the_window_lives_on(
    hooked: App, notices: list[str], until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    for count in (1, 2, 3):
        QTimer.singleShot(0, broken)
        until(lambda count=count: len(faults(caplog)) == count)
    assert "a fault of ours" in caplog.text
    assert "Traceback" in caplog.text
    until(lambda: bool(notices))
    assert len(notices) == 1
    assert "Your work is safe" in notices[0]
    assert hooked.window.notice.isVisible()
    hooked.session.drawing.clear()
    stroke(hooked.window.equation.canvas, [(4, 4), (4, 9)])
    assert hooked.session.drawing.ink.any()
    hooked.trainer.train()
    until(lambda: hooked.session.snapshot.step > 0)


def test_a_fault_while_painting_is_survived(
    hooked: App, until: Until, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    weights = hooked.window.equation.weights
    with monkeypatch.context() as patch:
        patch.setattr(weights, "image", broken)
        weights.refresh()
        until(lambda: bool(faults(caplog)))
    weights.refresh()
    until(lambda: weights._image is not None)


def test_a_fault_in_another_thread_is_told_by_the_window(
    hooked: App, notices: list[str], until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        try:
            broken()
        except ValueError:
            hooked.hook(*sys.exc_info())

    thread = Thread(target=fail)
    thread.start()
    thread.join()
    assert notices == [], "no widget is touched from another thread"
    until(lambda: bool(notices))
    assert len(faults(caplog)) == 1


def test_ctrl_c_is_no_fault(app: App, caplog: pytest.LogCaptureFixture) -> None:
    calls: list[str] = []
    app._application = SimpleNamespace(quit=lambda: calls.append("quit"))  # type: ignore[assignment]
    app.hook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert calls == ["quit"]
    assert not faults(caplog)


def test_a_closed_window_leaves_nothing(desk: Desk) -> None:
    app = desk.start()
    parts = [app, app.window, app.session, app.trainer, app.window.band.plot]
    left = [weakref.ref(part) for part in parts]
    desk.close(app)
    del app, parts
    gc.collect()
    assert [one() for one in left] == [None] * len(left)


# The menus that lead nowhere else


def actions(window: MainWindow) -> dict[str, QAction]:
    return {action.text().replace("&", ""): action for action in window.findChildren(QAction)}


def test_about_tells_the_version(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(QMessageBox, "about", lambda *words: told.append(words[-1]))
    actions(window)["About sixpad"].trigger()
    assert __version__ in told[0]


def test_the_folder_is_told(
    window: MainWindow, notices: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Any] = []
    monkeypatch.setattr("sixpad.gui.menus.QDesktopServices.openUrl", opened.append)
    actions(window)["Where things are kept"].trigger()
    assert window.notice.isVisible()
    assert "sixpad-home" in window.notice.label.text()
    assert len(opened) == 1


@pytest.mark.parametrize("name", ["The image as numbers", "The gradient in the weights' place"])
def test_what_can_be_shown_is_ticked_in_the_menu(window: MainWindow, name: str) -> None:
    action = actions(window)[name]
    for shown in (True, False):
        action.trigger()
        assert action.isChecked() == shown
        numbers = name.endswith("numbers")
        view = window.equation.weights.shows_gradient
        assert (window.session.numbers if numbers else view) == shown


def test_redo_has_every_usual_key(window: MainWindow) -> None:
    drawing, stack = window.session.drawing, window.session.undo_stack
    drawing.clear()
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    for key, modifiers in ((Qt.Key.Key_Y, control), (Qt.Key.Key_Z, control | shift)):
        stack.undo()
        assert drawing.ink.any()
        QTest.keyClick(window.equation.canvas, key, modifiers)
        assert not drawing.ink.any()


def test_the_menu_follows_the_digit(window: MainWindow) -> None:
    window.session.set_digit(4)
    assert actions(window)["The digit 4"].isChecked()
    actions(window)["The digit 9"].trigger()
    assert window.session.digit == 9
    assert not actions(window)["The digit 4"].isChecked()


def test_no_two_shortcuts_are_the_same(window: MainWindow) -> None:
    keys = [key.toString() for action in window.findChildren(QAction) for key in action.shortcuts()]
    assert len(keys) > 30
    assert len(set(keys)) == len(keys)
