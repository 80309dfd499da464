"""Figures in rows: what is repainted is what has changed, and it looks like all painted anew."""

from __future__ import annotations

import numpy as np
import pytest
from hand import RGB, on_screen, painted, picture
from pytestqt.qtbot import QtBot

from sixpad.gui.dots import Dots
from sixpad.gui.dots import picture as picture_of
from sixpad.gui.figure_rows import Figure, FigureRows


@pytest.fixture
def rows(qtbot: QtBot) -> FigureRows:
    """Two lines and a rule between them, alone on the screen."""
    rows = FigureRows("Some figures")
    rows.show_rows([Figure("One", "+1.00", "logit"), None, Figure("Two", "−2.00", "bias")])
    return on_screen(qtbot, rows, 200, 60)


@pytest.mark.parametrize(
    "second",
    [
        Figure("Two", "+123.45", "bias"),
        Figure("Two", "", "bias"),
        Figure("Two", "−2.00", "bias", "positive"),
        Figure("Two and more", "−2.00", "bias"),
        Figure("Two", "−2.00", "bias", interval="1.9–2.1"),
        None,
    ],
)
def test_a_change_is_repainted_as_if_all_were(rows: FigureRows, second: Figure | None) -> None:
    painted(rows)
    before = picture(rows)
    rows.show_rows([Figure("One", "+1.00", "logit"), None, second])
    assert painted(rows) == picture(rows).convertToFormat(RGB)
    assert picture(rows) != before


def test_writing_into_the_dots_paints() -> None:
    dots = Dots(2, 3)
    dots.colors[:] = 0xFF000000
    dots.colors[1, 2] = 0xFF123456
    assert (dots.image.width(), dots.image.height()) == (3, 2)
    assert dots.image.pixel(2, 1) == 0xFF123456
    assert dots.image.pixel(1, 1) == 0xFF000000


def test_a_picture_is_its_own() -> None:
    colors = np.full((24, 24), 0xFF112233, np.uint32)
    image = picture_of(colors)
    colors[:] = 0xFF000000
    assert image.pixel(23, 23) == 0xFF112233
