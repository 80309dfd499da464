"""The confusion matrix: each cell says in words what it holds, can be read, and can be chosen."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hand import color_at, picture
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from sixpad.core.evaluation import Evaluation
from sixpad.core.network import TEN, Network
from sixpad.gui.choice_grid import Place
from sixpad.gui.confusion_view import ConfusionView, cell_colors, cell_words
from sixpad.gui.numbers import THIN_SPACE
from sixpad.gui.theme import DARK, LIGHT, Theme

Key = Qt.Key


def ten(pairs: list[tuple[int, int, int]]) -> Evaluation:
    """An evaluation in which (truth, answer) happened so often."""
    labels = np.concatenate([np.full(number, truth) for truth, _, number in pairs])
    said = np.concatenate([np.full(number, answer) for _, answer, number in pairs])
    return Evaluation.of(Network(None, TEN), labels.astype(np.uint8), np.eye(10)[said], 0.1)


def one(labels: list[int], P: list[float]) -> Evaluation:
    return Evaluation.of(Network(6), np.array(labels, np.uint8), np.array(P), 0.1)


FIVES = ten([(5, 5, 1906), (5, 3, 37), (8, 1, 1), (8, 8, 1)])


@pytest.fixture
def view(qtbot: QtBot) -> ConfusionView:
    view = ConfusionView()
    qtbot.addWidget(view)
    view.resize(400, 360)
    view.show_evaluation(FIVES)
    with qtbot.waitExposed(view):
        view.show()
    return view


def picks(view: ConfusionView) -> list[Place | None]:
    """What is picked from now on; the view is told of it, as the page does."""
    picked: list[Place | None] = []
    view.picked.connect(picked.append)
    view.picked.connect(view.set_chosen)
    return picked


def luminance(color: str) -> float:
    channels = np.frombuffer(bytes.fromhex(color[1:]), np.uint8) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


# In words


@pytest.mark.parametrize(
    ("evaluation", "truth", "answer", "words"),
    [
        (FIVES, 5, 3, "37 fives taken for threes, 1.9 % of the fives"),
        (FIVES, 5, 5, "1 906 fives recognised, 98.1 % of the fives"),
        (FIVES, 8, 1, "1 eight taken for ones, 50.0 % of the eights"),
        (FIVES, 6, 0, "0 sixes taken for zeros, 0.0 % of the sixes"),
        (one([6, 6, 6, 1], [0.9, 0.8, 0.2, 0.1]), 1, 1, "2 sixes found, 66.7 % of the sixes"),
        (one([6, 6, 6, 1], [0.9, 0.8, 0.2, 0.1]), 1, 0, "1 six missed, 33.3 % of the sixes"),
        (one([6, 1, 2, 3], [0.9, 0.8, 0.2, 0.1]), 0, 1,
         "1 other digit taken for sixes, 33.3 % of the other digits"),
        (one([6, 1, 2, 3], [0.9, 0.8, 0.2, 0.1]), 0, 0,
         "2 other digits not taken for sixes, 66.7 % of the other digits"),
    ],
)  # fmt: skip
def test_a_cell_is_told_in_words(
    evaluation: Evaluation, truth: int, answer: int, words: str
) -> None:
    assert cell_words(evaluation, truth, answer).replace(THIN_SPACE, " ") == words


def test_the_pointer_is_told_what_is_under_it(view: ConfusionView) -> None:
    at = view.cell_rect(Place(5, 3)).center()
    QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, at, view.mapToGlobal(at)))
    assert QToolTip.text() == cell_words(FIVES, 5, 3)
    QToolTip.hideText()


# To be seen


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
@given(share=st.floats(0, 1), right=st.booleans())
def test_every_figure_can_be_read_on_its_cell(colors: Theme, share: float, right: bool) -> None:
    ground, words = cell_colors(share, right, colors)
    light, dark = sorted((luminance(ground.name()), luminance(words.name())), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_the_more_an_error_has_the_more_it_stands_out(colors: Theme) -> None:
    panel = luminance(colors.panel)
    shares = np.linspace(0, 0.5, 51)
    gaps = [abs(luminance(cell_colors(s, False, colors)[0].name()) - panel) for s in shares]
    assert gaps[0] == 0
    assert all(after > before for before, after in pairwise(gaps))
    quiet = abs(luminance(cell_colors(1.0, True, colors)[0].name()) - panel)
    assert quiet < gaps[5]


def test_errors_are_seen_where_they_are(view: ConfusionView) -> None:
    def ground(truth: int, answer: int) -> str:
        return color_at(
            picture(view), view.cell_rect(Place(truth, answer)).topLeft() + QPoint(3, 3)
        )

    assert ground(5, 3) == cell_colors(37 / 1943, False, LIGHT)[0].name()
    assert ground(8, 1) == cell_colors(0.5, False, LIGHT)[0].name()
    assert ground(5, 5) == LIGHT.zero.lower()
    assert ground(0, 1) == LIGHT.panel.lower()


@pytest.mark.parametrize("size", [(230, 220), (300, 400), (900, 300)])
def test_all_cells_are_inside_and_none_covers_another(
    view: ConfusionView, size: tuple[int, int]
) -> None:
    view.resize(*size)
    rects = [view.cell_rect(Place(row, column)) for row in range(10) for column in range(10)]
    assert all(view.rect().contains(rect) for rect in rects)
    assert not any(a.intersects(b) for at, a in enumerate(rects) for b in rects[:at])


# To be chosen


def test_a_click_chooses_a_cell_and_another_lets_it_go(view: ConfusionView) -> None:
    picked = picks(view)
    for _ in range(2):
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.cell_rect(Place(5, 3)).center())
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    assert picked == [Place(5, 3), None]


def test_the_keys_choose_too(view: ConfusionView) -> None:
    picked = picks(view)
    view.setFocus()
    for key in (Key.Key_Down, Key.Key_Down, Key.Key_Right, Key.Key_Up, Key.Key_Left, Key.Key_Left):
        QTest.keyClick(view, key)
    assert view.accessibleDescription() == cell_words(FIVES, 1, 0)
    QTest.keyClick(view, Key.Key_Return)
    QTest.keyClick(view, Key.Key_Space)
    for _ in range(12):
        QTest.keyClick(view, Key.Key_Right)
    QTest.keyClick(view, Key.Key_Enter)
    assert picked == [Place(1, 0), None, Place(1, 9)]
    QToolTip.hideText()


def test_the_chosen_cell_is_framed(view: ConfusionView) -> None:
    corner = view.cell_rect(Place(5, 3)).topLeft()
    before = color_at(picture(view), corner)
    view.set_chosen(Place(5, 3))
    assert color_at(picture(view), corner) == LIGHT.text.lower() != before
    view.set_chosen(None)
    assert color_at(picture(view), corner) == before
