"""Labelling: a digit key keeps the drawing, the paper is white again, and undo takes it back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from desk import Desk, Until
from hand import SIX, stroke
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from sixpad.data.drawings import Drawings
from sixpad.data.store_path import store_path
from sixpad.data.stored import DRAWN, Stored
from sixpad.gui.app import App
from sixpad.gui.labelling import EMPTY

Key = Qt.Key
FIVE = [[(4, column), (12, column), (18, column + 3)] for column in range(5, 10)]


@pytest.fixture
def app(desk: Desk, until: Until) -> App:
    """Sixpad, open, with white paper and its store at hand."""
    app = desk.start()
    until(lambda: app.collection.ready)
    app.session.drawing.clear()
    return app


def press(app: App, digit: int) -> None:
    QTest.keyClick(app.window.focusWidget(), Qt.Key(Key.Key_0 + digit))


def draw(app: App, cells: list[tuple[int, int]]) -> np.ndarray:
    stroke(app.window.equation.canvas, cells)
    return app.session.drawing.ink.copy()


def stored() -> list[Stored]:
    """What is on the disk, in the order it came."""
    with Drawings(store_path(), create=False) as store:
        return [row for row in store.rows() if isinstance(row, Stored)]


def white(app: App) -> bool:
    return not app.session.drawing.ink.any()


def test_a_digit_key_keeps_the_drawing_and_clears_the_canvas(app: App, until: Until) -> None:
    ink = draw(app, SIX)
    press(app, 6)
    until(lambda: white(app))
    (kept,) = stored()
    assert (kept.label, kept.source, kept.deleted_at) == (6, DRAWN, None)
    assert kept.session == app.collection.session
    assert kept.strokes is None
    np.testing.assert_array_equal(kept.ink, ink)


def test_nothing_is_cleared_before_it_is_on_the_disk(app: App, until: Until) -> None:
    seen: list[int] = []
    app.session.drawing.changed.connect(lambda _: white(app) and seen.append(len(stored())))
    draw(app, SIX)
    press(app, 6)
    until(lambda: white(app))
    assert seen == [1]


def test_five_drawings_in_a_row_need_no_more_than_strokes_and_keys(app: App, until: Until) -> None:
    canvas = app.window.equation.canvas
    canvas.setFocus()
    inks = []
    for digit, cells in enumerate(FIVE):
        inks.append(draw(app, cells))
        press(app, digit)
    until(lambda: not app.collection.unsaved)
    assert app.window.focusWidget() is canvas
    assert [kept.label for kept in stored()] == list(range(5))
    for kept, ink in zip(stored(), inks, strict=True):
        np.testing.assert_array_equal(kept.ink, ink)


def test_it_is_told_quietly_near_the_canvas(app: App, until: Until) -> None:
    words, place = app.window.equation.kept, app.window.equation.kept.geometry()
    always, tip = words.text(), words.toolTip()
    draw(app, SIX)
    press(app, 6)
    until(lambda: "kept" in words.text())
    assert "6" in words.text()
    assert "1 drawing" in words.toolTip()
    assert not app.window.notice.isVisible()
    assert words.geometry() == place
    words._timer.timeout.emit()
    assert (words.text(), words.toolTip()) == (always, tip)


def test_an_empty_canvas_keeps_nothing_and_says_so(app: App) -> None:
    press(app, 6)
    assert app.window.equation.kept.text() == EMPTY
    assert not app.collection.table
    assert not app.collection.unsaved


@pytest.mark.parametrize("modifiers", ["KeypadModifier", "ShiftModifier"])
def test_a_keypad_and_keyboards_with_shifted_digits_do_too(
    app: App, until: Until, modifiers: str
) -> None:
    draw(app, SIX)
    canvas = app.window.equation.canvas
    QTest.sendKeyEvent(
        QTest.KeyAction.Click, canvas, Key.Key_6, "6", Qt.KeyboardModifier[modifiers]
    )
    until(lambda: white(app))
    assert [kept.label for kept in stored()] == [6]


def test_a_held_key_keeps_one_drawing(app: App, until: Until) -> None:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QApplication

    draw(app, SIX)
    press(app, 6)
    until(lambda: white(app))
    before = app.window.equation.kept.text()
    none = Qt.KeyboardModifier.NoModifier
    repeated = QKeyEvent(QEvent.Type.KeyPress, Key.Key_6, none, "6", True)
    QApplication.sendEvent(app.window.equation.canvas, repeated)
    assert app.window.equation.kept.text() == before


@pytest.mark.parametrize("field", ["epochs", "learning_rate", "seed", "data", "optimizer"])
def test_digits_stay_with_the_field_that_is_typed_into(app: App, field: str) -> None:
    draw(app, SIX)
    widget: QWidget = getattr(app.window.band.panel, field)
    widget.setFocus()
    press(app, 6)
    assert not white(app)
    assert not app.collection.table


def test_a_button_that_was_clicked_does_not_swallow_the_key(app: App, until: Until) -> None:
    draw(app, SIX)
    app.window.equation.tools.pen.setFocus()
    press(app, 6)
    until(lambda: white(app))


def test_digits_on_other_pages_keep_nothing(app: App, until: Until) -> None:
    draw(app, SIX)
    app.window.show_page(2)
    QTest.keyClick(app.window, Key.Key_6)
    assert not app.collection.table
    app.window.show_page(3)
    QTest.keyClick(app.window, Key.Key_6)
    until(lambda: white(app))
    page = app.window.compare_page
    assert page is not None
    assert "kept" in page.kept.text()


def test_the_mouse_can_do_it_too(app: App, until: Until) -> None:
    button = app.window.equation.keep
    assert button.accessibleName()
    draw(app, SIX)
    button.menu().actions()[6].trigger()
    until(lambda: white(app))
    assert [kept.label for kept in stored()] == [6]


def test_undo_takes_it_out_of_the_store_and_puts_the_ink_back(app: App, until: Until) -> None:
    stack = app.session.undo_stack
    ink = draw(app, SIX)
    press(app, 6)
    until(lambda: white(app))
    stack.undo()
    np.testing.assert_array_equal(app.session.drawing.ink, ink)
    until(lambda: not app.collection.unsaved)
    (kept,) = stored()
    assert kept.deleted_at
    assert app.collection.in_use == 0
    stack.redo()
    until(lambda: white(app))
    (kept,) = stored()
    assert kept.deleted_at is None
    stack.undo()
    stack.undo()
    assert white(app)


def test_strokes_after_it_are_undone_first(app: App, until: Until) -> None:
    first = draw(app, SIX)
    press(app, 6)
    until(lambda: white(app))
    second = draw(app, FIVE[0])
    assert (second != first).any()
    app.session.undo_stack.undo()
    assert white(app)
    app.session.undo_stack.undo()
    np.testing.assert_array_equal(app.session.drawing.ink, first)
    app.session.undo_stack.redo()
    app.session.undo_stack.redo()
    until(lambda: not app.collection.unsaved)
    np.testing.assert_array_equal(app.session.drawing.ink, second)
    assert [kept.deleted_at for kept in stored()] == [None]


# A slow disk


@pytest.fixture
def slow(app: App) -> Callable[[], None]:
    """The disk is slow from here on; called, it has done."""
    from threading import Event

    done = Event()
    app.collection._thread.submit(partial(done.wait, 20))
    return done.set


def test_the_next_stroke_clears_what_is_still_on_its_way(
    app: App, slow: Callable[[], None], until: Until
) -> None:
    first = draw(app, SIX)
    press(app, 6)
    assert not white(app)
    second = draw(app, FIVE[0])
    assert not (second & first).all()
    assert second.sum() < (second | first).sum()
    assert len(app.collection.unsaved) == 1
    press(app, 1)
    assert len(app.collection.unsaved) == 2
    slow()
    until(lambda: white(app) and not app.collection.unsaved)
    assert [kept.label for kept in stored()] == [6, 1]
    np.testing.assert_array_equal(stored()[0].ink, first)
    np.testing.assert_array_equal(stored()[1].ink, second)


def test_the_same_key_again_keeps_it_once(app: App, slow: Callable[[], None], until: Until) -> None:
    draw(app, SIX)
    press(app, 6)
    press(app, 6)
    slow()
    until(lambda: white(app) and not app.collection.unsaved)
    assert [kept.label for kept in stored()] == [6]


def test_another_key_while_it_waits_is_what_it_is(
    app: App, slow: Callable[[], None], until: Until
) -> None:
    draw(app, SIX)
    press(app, 6)
    press(app, 0)
    slow()
    until(lambda: white(app) and not app.collection.unsaved)
    assert [kept.label for kept in stored()] == [0]


def test_undo_before_it_has_arrived_keeps_the_ink(
    app: App, slow: Callable[[], None], until: Until
) -> None:
    ink = draw(app, SIX)
    press(app, 6)
    app.session.undo_stack.undo()
    slow()
    until(lambda: not app.collection.unsaved)
    np.testing.assert_array_equal(app.session.drawing.ink, ink)
    assert stored()[0].deleted_at
