"""What cannot be kept stays, is told for as long as that is so, and is kept at the next try."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from desk import Desk, Until
from hand import SIX, stroke
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QFileDialog,
    QMenu,
    QMessageBox,
)

from sixpad.data.drawings import Drawings
from sixpad.data.portable_file import read_portable
from sixpad.data.store_path import store_path
from sixpad.data.stored import Stored
from sixpad.errors import SixpadError
from sixpad.gui.app import App

Answer = QMessageBox.StandardButton
FULL = "The disk is full: make room and try again."


@dataclass
class Disk:
    """A disk that may be full."""

    full: bool = False


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    disk, put = Disk(), Drawings.put

    def tried(store: Drawings, drawings: Iterable[Stored]) -> None:
        if disk.full:
            raise SixpadError(FULL)
        put(store, drawings)

    monkeypatch.setattr(Drawings, "put", tried)
    yield disk
    # Nobody is there to answer what would be asked at the end.
    disk.full = False


@pytest.fixture
def app(desk: Desk, until: Until, disk: Disk) -> App:
    """Sixpad, open, with white paper and its store at hand."""
    app = desk.start()
    until(lambda: app.collection.ready)
    app.session.drawing.clear()
    return app


def keep(app: App, digit: int, *cells: tuple[int, int]) -> np.ndarray:
    canvas = app.window.equation.canvas
    stroke(canvas, cells or SIX)
    ink = app.session.drawing.ink.copy()
    QTest.keyClick(canvas, Qt.Key(Qt.Key.Key_0 + digit))
    return ink


def labels() -> list[int]:
    with Drawings(store_path(), create=False) as store:
        return [row.label for row in store.rows() if isinstance(row, Stored)]


def press(app: App, words: str) -> None:
    (button,) = (one for one in app.window.banner.buttons if one.text() == words)
    button.click()


def test_a_drawing_that_cannot_be_kept_stays_and_is_told(
    app: App, disk: Disk, until: Until
) -> None:
    disk.full, banner = True, app.window.banner
    ink = keep(app, 6)
    until(banner.isVisible)
    assert FULL in banner.label.text()
    assert "1 drawing not kept" in banner.label.text()
    np.testing.assert_array_equal(app.session.drawing.ink, ink)
    assert [one.label for one in app.collection.unsaved.values()] == [6]
    assert "1 not kept" in app.window.equation.kept.text()
    assert app.window.rect().contains(banner.geometry())


def test_the_next_one_can_be_drawn_and_both_are_counted(app: App, disk: Disk, until: Until) -> None:
    disk.full, banner = True, app.window.banner
    keep(app, 6)
    until(banner.isVisible)
    second = keep(app, 1, (4, 20), (12, 20))
    assert second[:, :18].sum() == 0, "the first one has made room"
    until(lambda: "2 drawings not kept" in banner.label.text())
    assert len(app.collection.unsaved) == 2


def test_retry_keeps_them_and_the_banner_goes(app: App, disk: Disk, until: Until) -> None:
    disk.full, banner = True, app.window.banner
    keep(app, 6)
    until(banner.isVisible)
    press(app, "Retry")
    until(lambda: not app.collection._keeping)
    assert banner.isVisible()
    disk.full = False
    press(app, "Retry")
    until(lambda: not banner.isVisible())
    assert labels() == [6]
    assert not app.session.drawing.ink.any()
    assert "kept" in app.window.equation.kept.text()


def test_a_retry_that_fails_is_seen(app: App, disk: Disk, until: Until) -> None:
    disk.full, banner = True, app.window.banner
    keep(app, 6)
    until(banner.isVisible)
    before = banner.label.text()
    (again,) = (
        action
        for menu in app.window.menus._window.findChildren(QMenu)
        for action in menu.actions()
        if "Try again to keep" in action.text().replace("&", "")
    )
    assert again.isEnabled()
    press(app, "Retry")
    until(lambda: banner.label.text() != before)
    assert banner.label.text().startswith("Tried again at ")
    assert banner.label.text().endswith(before)
    app.collection.status_changed.emit()
    assert banner.label.text().startswith("Tried again at ")
    press(app, "Later")
    app.collection.status_changed.emit()
    assert not banner.isVisible()
    again.trigger()
    until(banner.isVisible)
    disk.full = False
    again.trigger()
    until(lambda: not app.collection.unsaved)
    assert not again.isEnabled()


def test_what_cannot_be_kept_can_be_saved_to_a_file(
    app: App, disk: Disk, until: Until, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path, answers = tmp_path / "mine.sixpad", [str(tmp_path / "mine"), ""]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (answers.pop(), ""))
    disk.full = True
    ink = keep(app, 6)
    until(app.window.banner.isVisible)
    disk.full = False
    monkeypatch.setattr(app.collection, "_keep_on_disk", lambda: None)
    press(app, "Save to a file …")
    assert not app.window.notice.isVisible(), "nobody chose a name"
    press(app, "Save to a file …")
    assert str(path) in app.window.notice.label.text()
    (saved,) = read_portable(path, lambda _share: None)
    assert isinstance(saved, Stored)
    np.testing.assert_array_equal(saved.ink, ink)
    assert saved.uuid in app.collection.unsaved
    assert not app.window.banner.rescue.needed
    assert app.window.close(), "what is in a file is not lost"


def test_the_next_that_can_be_kept_takes_the_others_along(
    app: App, disk: Disk, until: Until
) -> None:
    disk.full = True
    keep(app, 6)
    until(app.window.banner.isVisible)
    disk.full = False
    keep(app, 1, (4, 20), (12, 20))
    until(lambda: not app.collection.unsaved)
    assert labels() == [6, 1]
    assert not app.window.banner.isVisible()


def test_it_can_be_put_off_until_something_else_happens(app: App, disk: Disk, until: Until) -> None:
    disk.full, banner = True, app.window.banner
    keep(app, 6)
    until(banner.isVisible)
    press(app, "Later")
    app.collection.status_changed.emit()
    assert not banner.isVisible()
    assert "not kept" in app.window.equation.kept.text()
    keep(app, 1, (4, 20), (12, 20))
    until(banner.isVisible)


def test_it_takes_no_focus_and_stands_under_the_notice(app: App, disk: Disk, until: Until) -> None:
    disk.full, window = True, app.window
    keep(app, 6)
    until(window.banner.isVisible)
    assert window.focusWidget() is window.equation.canvas
    app.session.noticed.emit("Something else.")
    assert not window.notice.geometry().intersects(window.banner.geometry())
    window.resize(1000, 680)
    QTest.qWait(20)
    assert not window.notice.geometry().intersects(window.banner.geometry())
    assert window.rect().contains(window.banner.geometry())


@pytest.mark.parametrize("size", [(1000, 680), (1280, 800)])
def test_cards_cover_nothing_that_can_be_pressed(
    app: App, disk: Disk, until: Until, size: tuple[int, int]
) -> None:
    disk.full, window = True, app.window
    window.resize(*size)
    keep(app, 6)
    until(window.banner.isVisible)
    window.result.say("Corrected to an 8. " * 8, [("Undo", print), ("OK", print)])
    window.show_drawings()
    assert not window.result.isVisible(), "it speaks of the Draw page"
    for page in range(4):
        window.show_page(page)
        if page == 0:
            window.result.say("Corrected to an 8. " * 8, [("Undo", print), ("OK", print)])
        QTest.qWait(20)
        cards = [card for card in (window.banner, window.result) if card.isVisible()]
        assert window.banner in cards
        shown = window.pages.currentWidget()
        pressed = [
            one
            for kind in (QAbstractButton, QAbstractSpinBox, QComboBox)
            for one in shown.findChildren(kind)
            if one.isVisible()
        ]
        assert pressed
        for card in cards:
            assert card.label.height() >= card.label.heightForWidth(card.label.width())
            for one in pressed:
                place = QRect(one.mapTo(window, QPoint(0, 0)), one.size())
                assert not card.geometry().intersects(place), (page, one)


def test_escape_sends_the_topmost_away(app: App, disk: Disk, until: Until) -> None:
    disk.full, window = True, app.window
    keep(app, 6)
    until(window.banner.isVisible)
    app.session.noticed.emit("Something else.")
    canvas = window.equation.canvas
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert not window.notice.isVisible()
    assert window.banner.isVisible()
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert not window.banner.isVisible()
    app.collection.status_changed.emit()
    assert not window.banner.isVisible()
    assert "not kept" in window.equation.kept.text()


def test_a_folder_that_cannot_be_used_is_told_and_tried_again(desk: Desk, until: Until) -> None:
    store_path().parent.parent.mkdir(parents=True, exist_ok=True)
    store_path().parent.write_text("in the way")
    app = desk.start()
    until(lambda: bool(app.collection.trouble))
    assert app.window.banner.isVisible()
    app.session.drawing.clear()
    keep(app, 6)
    until(lambda: "1 drawing not kept" in app.window.banner.label.text())
    until(lambda: not app.collection._opening)
    store_path().parent.unlink()
    press(app, "Retry")
    until(lambda: not app.collection.unsaved)
    assert labels() == [6]


def test_a_store_for_looking_only_says_so(
    desk: Desk, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_path().parent.mkdir(parents=True)
    Drawings(store_path()).close()
    monkeypatch.setattr("sixpad.data.drawings._may_write", lambda _path: False)
    app = desk.start()
    until(lambda: app.collection.ready)
    assert "looked at only" in app.window.notice.label.text()
    app.session.drawing.clear()
    ink = keep(app, 6)
    until(app.window.banner.isVisible)
    np.testing.assert_array_equal(app.session.drawing.ink, ink)
    monkeypatch.setattr("sixpad.data.drawings._may_write", lambda _path: True)
    press(app, "Retry")
    until(lambda: not app.collection.unsaved)
    assert labels() == [6]
    assert not app.window.banner.isVisible()


def test_what_backups_have_is_offered_and_comes_back(desk: Desk, until: Until) -> None:
    app = desk.start()
    until(lambda: app.collection.ready)
    app.session.drawing.clear()
    keep(app, 6)
    until(lambda: not app.collection.unsaved)
    desk.close(app)
    store_path().unlink()
    app = desk.start()
    until(lambda: app.collection.ready)
    banner = app.window.banner
    assert banner.isVisible()
    assert "1 drawing" in banner.label.text()
    app.collection.told.connect(print)
    press(app, "Bring it back")
    until(lambda: app.collection.in_use == 1)
    assert not banner.isVisible()
    assert labels() == [6]


# Closing


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, disk: Disk) -> Callable[[Answer], list[str]]:
    """`asked(answer)`: how the person will answer; what was asked is in the list."""

    def answering(answer: Answer, makes_room: bool = False) -> list[str]:
        questions: list[str] = []

        def reply(box: QMessageBox) -> int:
            questions.append(box.text())
            disk.full = disk.full and not makes_room
            return int(answer)

        monkeypatch.setattr(QMessageBox, "exec", reply)
        return questions

    return answering


@pytest.fixture
def unsaved(app: App, disk: Disk, until: Until) -> App:
    disk.full = True
    keep(app, 6)
    until(lambda: bool(app.collection.trouble))
    return app


def test_closing_with_drawings_that_are_not_kept_asks_first(
    unsaved: App, disk: Disk, asked: Callable[..., list[str]]
) -> None:
    questions = asked(Answer.Cancel)
    assert not unsaved.window.close()
    assert unsaved.window.isVisible()
    assert "1 drawing not kept" in questions[0]
    disk.full = False


def test_closing_all_the_same(unsaved: App, asked: Callable[..., list[str]]) -> None:
    questions = asked(Answer.Discard)
    assert unsaved.window.close()
    assert len(questions) == 1


def test_closing_after_what_is_not_kept_was_saved_to_a_file(
    unsaved: App, disk: Disk, asked: Callable[..., list[str]], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    path = tmp_path / "mine.sixpad"
    answers = [str(path), str(tmp_path / "there" / "is" / "none.sixpad")]
    drawing = next(iter(unsaved.collection.unsaved.values()))

    def answer(*_: object) -> tuple[str, str]:
        # The file is on another disk.
        disk.full = len(answers) > 1
        return answers.pop(), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    questions = asked(Answer.Save)
    monkeypatch.setattr(unsaved.collection, "_keep_on_disk", lambda: None)
    assert unsaved.window.close()
    assert len(questions) == 2
    assert list(read_portable(path, lambda _share: None)) == [drawing]


def test_closing_after_a_retry_that_works(unsaved: App, asked: Callable[..., list[str]]) -> None:
    questions = asked(Answer.Retry, makes_room=True)
    assert unsaved.window.close()
    assert len(questions) == 1
    assert labels() == [6]


def test_closing_at_once_waits_for_the_disk_and_asks_nothing(
    app: App, asked: Callable[..., list[str]]
) -> None:
    questions = asked(Answer.Cancel)
    keep(app, 6)
    assert app.window.close()
    assert questions == []
    assert labels() == [6]
