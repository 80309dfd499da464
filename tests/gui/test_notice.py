"""The notice: it tells what went wrong, stands in nobody's way, and goes."""

from __future__ import annotations

import pytest
from desk import Until
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from sixpad.gui.main_window import MainWindow
from sixpad.gui.notice import Notice

LONG = "A long sentence about a file and what can be done. " * 8


@pytest.fixture
def notice(window: MainWindow) -> Notice:
    return window.notice


@pytest.mark.parametrize("sentence", ["Short.", LONG, "“/a/folder/that/is/" + "deep/" * 60 + "”."])
@pytest.mark.parametrize("size", [(1000, 680), (1600, 900)])
def test_all_of_it_is_seen_inside_the_window(
    window: MainWindow, notice: Notice, sentence: str, size: tuple[int, int]
) -> None:
    window.session.noticed.emit(sentence)
    window.resize(*size)
    QTest.qWait(20)
    assert notice.isVisible()
    assert notice.label.text() == sentence
    assert window.rect().contains(notice.geometry())
    assert notice.label.height() >= notice.label.heightForWidth(notice.label.width())


def test_the_newest_is_told(window: MainWindow, notice: Notice) -> None:
    window.session.noticed.emit("First.")
    window.session.noticed.emit("Second.")
    assert notice.label.text() == "Second."


def test_it_can_be_sent_away(window: MainWindow, notice: Notice) -> None:
    window.session.noticed.emit("A sentence.")
    (button,) = notice.findChildren(QPushButton)
    button.click()
    assert not notice.isVisible()


def test_it_goes_by_itself_and_a_long_one_stays_longer(
    window: MainWindow, notice: Notice, until: Until
) -> None:
    stays = []
    for sentence in ("Short.", LONG):
        notice.tell(sentence)
        stays.append(notice._timer.interval())
    assert stays[0] < stays[1]
    notice._timer.start(1)
    until(lambda: not notice.isVisible())


def test_it_takes_no_focus(window: MainWindow, notice: Notice) -> None:
    before = window.focusWidget()
    notice.tell("A sentence.")
    QTest.qWait(5)
    assert window.focusWidget() is before


def test_what_came_of_a_correction_goes_by_itself_unless_it_is_pointed_at(
    window: MainWindow, until: Until
) -> None:
    result = window.result
    result.say("Corrected.", [("OK", result.leave)])
    assert result._timer.isActive()
    QApplication.sendEvent(result, QEnterEvent(QPointF(), QPointF(), QPointF()))
    assert not result._timer.isActive()
    QApplication.sendEvent(result, QEvent(QEvent.Type.Leave))
    result._timer.start(1)
    until(lambda: not result.isVisible())
    assert not window.banner._timer.isActive()
