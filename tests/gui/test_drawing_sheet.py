"""The sheet of drawings: what is seen, and how many are selected by the pointer and the keys."""

from __future__ import annotations

import numpy as np
import pytest
from hand import color_at, on_screen, picture
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sixpad.core.grid import SIDE
from sixpad.gui.drawing_sheet import DrawingSheet
from sixpad.gui.example_tiles import Answer
from sixpad.gui.theme import LIGHT, apply_appearance
from sixpad.gui.tile_sheet import Tile

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
COUNT, COLUMNS = 100_000, 5


class Many:
    """Drawings of which each has as much ink in its first line as its row's last digit says."""

    def __init__(self) -> None:
        self.asked: set[int] = set()

    def inks(self, rows: NDArray[np.intp]) -> NDArray[np.uint8]:
        self.asked |= set(rows.tolist())
        ink = np.zeros((len(rows), SIDE, SIDE), np.uint8)
        for at, row in enumerate(rows):
            ink[at, 0, : row % 10] = 1
        return ink

    def tiles(self, rows: NDArray[np.intp]) -> list[Tile]:
        return [Tile(row % 10, Answer("7", 0.9, row % 2 == 0, "text")) for row in rows.tolist()]

    def words(self, row: int) -> str:
        return f"drawing {row}"


@pytest.fixture
def many() -> Many:
    return Many()


@pytest.fixture
def sheet(qapp: QApplication, qtbot: QtBot, many: Many) -> DrawingSheet:
    apply_appearance(qapp, "light")
    sheet = on_screen(qtbot, DrawingSheet(many, "Many"), COLUMNS * 120 + 10, 500)
    # Any rows in any order: here every other one, backwards.
    sheet.show_rows(np.arange(2 * COUNT)[::-2])
    assert sheet.columns == COLUMNS
    sheet.setFocus()
    return sheet


def middle(sheet: DrawingSheet, place: int) -> QPoint:
    return sheet.tile_rect(place).center()


def click(sheet: DrawingSheet, place: int, keys: Qt.KeyboardModifier = NONE) -> None:
    QTest.mouseClick(sheet.viewport(), LEFT, keys, middle(sheet, place))


def selected(sheet: DrawingSheet) -> list[int]:
    return sheet.selection.places.tolist()


def press(sheet: DrawingSheet, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(sheet, key, keys)


def test_only_what_is_seen_is_asked_for(sheet: DrawingSheet, many: Many) -> None:
    QApplication.processEvents()
    lines = sheet.viewport().height() // sheet.tile_size().height() + 1
    assert len(many.asked) == lines * COLUMNS
    many.asked.clear()
    sheet.verticalScrollBar().setValue(sheet.verticalScrollBar().maximum())
    QApplication.processEvents()
    assert 1 in many.asked, "the last one"
    assert len(many.asked) <= (lines + 1) * COLUMNS


def test_each_drawing_stands_in_its_place(sheet: DrawingSheet) -> None:
    for value in (0, 12_345 * sheet.tile_size().height()):
        sheet.verticalScrollBar().setValue(value)
        seen = picture(sheet.viewport())
        first = value // sheet.tile_size().height() * COLUMNS
        for place in (first, first + 7):
            rect = sheet.tile_rect(place)
            corner = QPoint(rect.left() + (rect.width() - 72) // 2, rect.top() + 6)
            ink = int(sheet.rows[place]) % 10
            for column in range(10):
                expected = LIGHT.ink if column < ink else LIGHT.paper
                at = corner + QPoint(3 * column + 1, 1)
                assert color_at(seen, at) == expected.lower()


def test_the_pointer_finds_what_it_sees(sheet: DrawingSheet) -> None:
    sheet.verticalScrollBar().setValue(54_321)
    for place in range(3000):
        rect = sheet.tile_rect(place)
        if sheet.viewport().rect().contains(rect.center()):
            assert sheet.place_at(rect.center()) == place
    assert sheet.place_at(QPoint(-5, 10)) is None
    sheet.show_rows(np.arange(3))
    assert sheet.place_at(sheet.tile_rect(3).center()) is None


def test_a_click_selects_one_and_with_keys_more(sheet: DrawingSheet) -> None:
    click(sheet, 3)
    assert selected(sheet) == [3]
    click(sheet, 7)
    assert selected(sheet) == [7]
    click(sheet, 2, CONTROL)
    assert selected(sheet) == [2, 7]
    click(sheet, 5, SHIFT)
    assert selected(sheet) == [2, 3, 4, 5]
    click(sheet, 1, SHIFT)
    assert selected(sheet) == [1, 2]
    click(sheet, 9, CONTROL)
    click(sheet, 11, CONTROL | SHIFT)
    assert selected(sheet) == [1, 2, 9, 10, 11]
    click(sheet, 9, CONTROL)
    assert selected(sheet) == [1, 2, 10, 11]
    assert sheet.selected_rows.tolist() == sheet.rows[[1, 2, 10, 11]].tolist()


def test_a_click_beside_all_tiles_lets_go(sheet: DrawingSheet) -> None:
    sheet.show_rows(np.arange(3))
    click(sheet, 1)
    QTest.mouseClick(sheet.viewport(), LEFT, NONE, sheet.tile_rect(4).center())
    assert selected(sheet) == []


def test_dragging_selects_what_the_frame_touches(sheet: DrawingSheet) -> None:
    view = sheet.viewport()
    click(sheet, 4)
    QTest.mousePress(view, LEFT, NONE, middle(sheet, 1))
    QTest.mouseMove(view, middle(sheet, 8))
    assert selected(sheet) == [1, 2, 3, 6, 7, 8]
    QTest.mouseMove(view, middle(sheet, 7))
    assert selected(sheet) == [1, 2, 6, 7], "it follows the frame back"
    QTest.mouseRelease(view, LEFT, NONE, middle(sheet, 7))
    QTest.mousePress(view, LEFT, CONTROL, middle(sheet, 13))
    QTest.mouseMove(view, middle(sheet, 14))
    QTest.mouseRelease(view, LEFT, CONTROL, middle(sheet, 14))
    assert {1, 2, 6, 7, 14} <= set(selected(sheet)), "Ctrl adds"
    QTest.mouseMove(view, middle(sheet, 19))
    assert 19 not in selected(sheet), "the button is up"


@pytest.mark.parametrize(
    ("key", "leads_to"),
    [
        (Key.Key_Right, 13), (Key.Key_Left, 11), (Key.Key_Down, 17), (Key.Key_Up, 7),
        (Key.Key_Home, 0), (Key.Key_End, COUNT - 1),
    ],
)  # fmt: skip
def test_keys_move_and_with_shift_select_all_up_to_there(
    sheet: DrawingSheet, key: Qt.Key, leads_to: int
) -> None:
    click(sheet, 12)
    press(sheet, key)
    assert selected(sheet) == [leads_to]
    assert sheet.viewport().rect().contains(middle(sheet, leads_to))
    sheet.verticalScrollBar().setValue(0)
    click(sheet, 12)
    press(sheet, key, SHIFT)
    first, last = sorted((12, leads_to))
    assert selected(sheet) == list(range(first, last + 1))


def test_pages_move_by_what_is_seen(sheet: DrawingSheet) -> None:
    click(sheet, 2)
    press(sheet, Key.Key_PageDown)
    (place,) = selected(sheet)
    assert place % COLUMNS == 2
    assert place // COLUMNS == sheet.viewport().height() // sheet.tile_size().height()
    press(sheet, Key.Key_PageUp)
    assert selected(sheet) == [2]


def test_keys_stop_at_both_ends(sheet: DrawingSheet) -> None:
    sheet.show_rows(np.arange(8))
    for key, last in ((Key.Key_Down, 7), (Key.Key_Right, 7), (Key.Key_Up, 2), (Key.Key_Left, 0)):
        for _ in range(10):
            press(sheet, key)
        assert selected(sheet) == [last]


def test_ctrl_moves_without_selecting_and_space_selects(sheet: DrawingSheet) -> None:
    click(sheet, 0)
    press(sheet, Key.Key_Right, CONTROL)
    press(sheet, Key.Key_Right, CONTROL)
    assert selected(sheet) == [0]
    press(sheet, Key.Key_Space)
    assert selected(sheet) == [0, 2]


def test_all_of_them_and_none(sheet: DrawingSheet) -> None:
    press(sheet, Key.Key_A, CONTROL)
    assert sheet.selection.count == COUNT
    press(sheet, Key.Key_Escape)
    assert sheet.selection.count == 0


def test_what_the_keys_ask_for(sheet: DrawingSheet) -> None:
    digits: list[int] = []
    taken: list[int] = []
    deleted: list[bool] = []
    sheet.digit_typed.connect(digits.append)
    sheet.taken.connect(taken.append)
    sheet.delete_typed.connect(lambda: deleted.append(True))
    click(sheet, 4)
    press(sheet, Key.Key_3)
    press(sheet, Key.Key_8, Qt.KeyboardModifier.KeypadModifier)
    press(sheet, Key.Key_5, Qt.KeyboardModifier.AltModifier)
    press(sheet, Key.Key_Delete)
    press(sheet, Key.Key_Return)
    QTest.mouseDClick(sheet.viewport(), LEFT, NONE, middle(sheet, 6))
    assert digits == [3, 8]
    assert deleted == [True]
    assert taken == sheet.rows[[4, 6]].tolist()


def test_selection_and_place_stay_when_what_is_shown_changes(sheet: DrawingSheet) -> None:
    sheet.verticalScrollBar().setValue(5000)
    sheet.selection.mask[[300, 302, 304]] = True
    before = sheet.selected_rows
    gone = np.array([299, 302])
    sheet.show_rows(np.delete(sheet.rows, gone), before)
    assert sheet.verticalScrollBar().value() == 5000
    assert sheet.selected_rows.tolist() == before[[0, 2]].tolist()
    sheet.show_rows(sheet.rows[::-1])
    assert sheet.verticalScrollBar().value() == 0
    assert selected(sheet) == []


def test_after_a_change_that_took_one_away_the_next_is_ready(sheet: DrawingSheet) -> None:
    sheet.show_rows(np.arange(20))
    for left in (19, 18, 17):
        click(sheet, 4)
        rows, places = sheet.selected_rows, sheet.selection.places
        sheet.show_rows(np.delete(sheet.rows, 4), rows)
        sheet.go_on(rows, places)
        assert selected(sheet) == [4]
        assert len(sheet.rows) == left
    press(sheet, Key.Key_End)
    rows, places = sheet.selected_rows, sheet.selection.places
    sheet.show_rows(sheet.rows[:-1], rows)
    sheet.go_on(rows, places)
    assert selected(sheet) == [len(sheet.rows) - 1]


def test_after_a_change_that_moved_many_none_is_selected(sheet: DrawingSheet) -> None:
    """A second digit key would change what is no longer seen."""
    sheet.show_rows(np.arange(20))
    click(sheet, 2)
    click(sheet, 5, SHIFT)
    rows, places = sheet.selected_rows, sheet.selection.places
    sheet.show_rows(sheet.rows, rows)
    sheet.go_on(rows, places)
    assert selected(sheet) == [2, 3, 4, 5], "nothing has moved"
    sheet.show_rows(np.roll(sheet.rows, 7), rows)
    sheet.go_on(rows, places)
    assert selected(sheet) == []
    assert sheet.selection.cursor == 2


def test_another_width_keeps_what_is_seen(sheet: DrawingSheet) -> None:
    place = 12_345
    sheet.verticalScrollBar().setValue(place // COLUMNS * sheet.tile_size().height())
    for columns in (3, 7, 4, COLUMNS):
        sheet.resize(columns * 120 + 10, 500)
        assert sheet.columns == columns
        seen = sheet.viewport().rect()
        assert seen.contains(middle(sheet, place - place % COLUMNS))


def test_what_the_eye_sees_is_told_in_words(sheet: DrawingSheet) -> None:
    press(sheet, Key.Key_Right)
    assert sheet.accessibleDescription() == f"Selected. drawing {sheet.rows[1]}"
    press(sheet, Key.Key_Right, CONTROL)
    assert sheet.accessibleDescription() == f"drawing {sheet.rows[2]}"


def test_selected_and_wrong_ones_are_marked(sheet: DrawingSheet) -> None:
    plain = picture(sheet.viewport())
    click(sheet, 1)
    marked = picture(sheet.viewport())
    assert plain.copy(sheet.tile_rect(0)) != marked.copy(sheet.tile_rect(1))
    sheet.show_rows(np.array([2, 3]))
    seen = picture(sheet.viewport())
    for place, color in ((0, LIGHT.line), (1, LIGHT.text)):
        rect = sheet.tile_rect(place)
        frame = QPoint(rect.left() + (rect.width() - 72) // 2 - 1, rect.top() + 40)
        assert color_at(seen, frame) == color.lower()


def test_an_empty_sheet_takes_every_key(sheet: DrawingSheet) -> None:
    sheet.show_rows(np.empty(0, np.intp))
    for key in (Key.Key_Right, Key.Key_End, Key.Key_PageDown, Key.Key_Return, Key.Key_Space):
        press(sheet, key)
    press(sheet, Key.Key_A, CONTROL)
    QTest.mouseClick(sheet.viewport(), LEFT, NONE, QPoint(50, 50))
    assert selected(sheet) == []
