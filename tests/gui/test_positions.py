"""The position maps on the screen: what they show, and how one points at a shift."""

from __future__ import annotations

import numpy as np
import pytest
from compared import compared, give_weights, page_of, point_at, rests
from desk import Until
from hand import color_at, leave, on_screen, picture, stroke
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from sixpad.core.network import CONV, MODELS, ONE, TEN
from sixpad.core.position_map import PLACES, REACH, position_map, shifted
from sixpad.core.preparation import Preparation
from sixpad.gui import position_maps
from sixpad.gui.app import App
from sixpad.gui.numbers import percent
from sixpad.gui.position_panel import PositionPanel
from sixpad.gui.position_view import PositionView, Shift
from sixpad.gui.rungs import rung
from sixpad.gui.theme import theme

Key = Qt.Key


@pytest.fixture
def view(qtbot: QtBot) -> PositionView:
    """A map alone on the screen: all paper, but ink two up and three to the right."""
    view = PositionView("It")
    on_screen(qtbot, view, 300, 300)
    view.fit_to(252)
    P = np.zeros((PLACES, PLACES))
    P[REACH - 2, REACH + 3] = 1
    P[REACH, REACH] = 0.5
    view.show_map(P)
    leave(view)
    return view


@pytest.fixture
def panel(app: App, until: Until) -> PositionPanel:
    """The maps of four networks with weights by chance."""
    page = compared(app)
    until(lambda: rests(page))
    return page.positions


def tone(view: PositionView, down: int, right: int) -> str:
    return color_at(picture(view), view.cell_rect(Shift(down, right)).center())


def test_ink_is_a_probability_of_one_and_paper_of_none(view: PositionView) -> None:
    colors = theme()
    assert tone(view, -2, 3) == colors.ink.lower()
    assert tone(view, 5, 5) == colors.paper.lower()
    grey = int(tone(view, 0, 0)[1:3], 16)
    assert abs(grey - (0xFF + 0x14) / 2) < 2


def test_pointing_at_a_cell_tells_its_shift(view: PositionView) -> None:
    told: list[Shift | None] = []
    view.pointed.connect(told.append)
    for shift in (Shift(0, 0), Shift(-12, -12), Shift(12, 12), Shift(-2, 3)):
        point_at(view, *shift)
        assert told[-1] == shift
    leave(view)
    assert told[-1] is None


def test_the_keys_slide_it_and_stop_at_the_border(view: PositionView) -> None:
    view.pointed.connect(view.show_shift)
    view.setFocus()
    for key in (Key.Key_Up, Key.Key_Up, Key.Key_Right):
        QTest.keyClick(view, key)
    assert view.shift == Shift(-2, 1)
    for _ in range(20):
        QTest.keyClick(view, Key.Key_Down)
        QTest.keyClick(view, Key.Key_Left)
    assert view.shift == Shift(REACH, -REACH)
    QTest.keyClick(view, Key.Key_Home)
    assert view.shift == Shift()


@pytest.mark.parametrize(
    ("shift", "words"),
    [
        (Shift(), "where it is"),
        (Shift(2, 4), "4 right, 2 down"),
        (Shift(-1, 0), "1 up"),
        (Shift(0, -12), "12 left"),
    ],
)
def test_a_shift_is_told_in_words(shift: Shift, words: str) -> None:
    assert shift.words == words


def test_the_maps_are_those_of_the_networks(app: App, panel: PositionPanel) -> None:
    session = app.session
    for model in MODELS:
        network = rung(session, model)
        parameters = session.learned_by(network).snapshot.parameters
        expected = position_map(network, parameters, session.drawing.prepared)
        found = panel.maps.of(network)
        assert found is not None
        assert np.array_equal(found.P, expected.P)
        near, whole = expected.near(session.digit)
        assert panel.figures[model].facts[1][:2] == (str(near), f"of {whole} shifts")


def test_the_shift_pointed_at_is_read_out_for_all(app: App, panel: PositionPanel) -> None:
    session = app.session
    point_at(panel.views[CONV], -2, 4)
    assert panel.where.text() == "4 right,\n2 up"
    assert np.array_equal(panel.preview.image, shifted(session.drawing.prepared, -2, 4))
    for model in MODELS:
        assert panel.views[model].shift == Shift(-2, 4)
        found = panel.maps.of(rung(session, model))
        assert found is not None
        P = percent(float(found.of(6)[REACH - 2, REACH + 4]))
        assert panel.figures[model].facts[0].value == P
        assert panel.views[model].accessibleDescription() == f"4 right, 2 up: P(6) {P}"
    leave(panel.views[CONV])
    assert panel.where.text() == "where it is"
    found = panel.maps.of(rung(session, TEN))
    assert found is not None
    middle = percent(float(found.of(6)[REACH, REACH]))
    assert panel.figures[TEN].facts[0].value == middle


def test_they_follow_once_the_pen_rests(app: App, panel: PositionPanel, until: Until) -> None:
    ten = rung(app.session, TEN)
    before = panel.maps.of(ten)
    page = page_of(app)
    stroke(page.canvas, [(2, 2), (20, 20)])
    assert panel.maps.of(ten) is before, "not while it is drawn"
    assert not panel.maps.is_true(ten)
    until(lambda: panel.maps.is_true(ten))
    until(lambda: rests(page))


def test_a_map_that_is_out_of_date_is_given_up(
    app: App, panel: PositionPanel, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def slow(network, parameters, image, look):  # type: ignore[no-untyped-def]
        asked.append(image.sum())
        for _ in range(1000 if image.any() else 0):
            QTest.qSleep(10)
            look()
        return position_map(network, parameters, image, look)

    monkeypatch.setattr(position_maps, "position_map", slow)
    page = page_of(app)
    stroke(page.canvas, [(2, 2), (20, 20)])
    until(lambda: len(asked) == 1)
    page.canvas.session.drawing.clear()
    until(lambda: rests(page))
    assert len(asked) <= 1 + len(MODELS), "the others were not begun for the old drawing"
    for model in MODELS:
        found = panel.maps.of(rung(app.session, model))
        assert found is not None
        assert np.ptp(found.of(6)) < 1e-6, "white paper is the same wherever it is"


def test_a_map_that_fails_is_told(
    app: App, panel: PositionPanel, until: Until, notices: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(position_maps, "position_map", fail)
    stroke(page_of(app).canvas, [(2, 2), (20, 20)])
    until(lambda: bool(notices))
    assert "not enough memory" in notices[0]


def test_each_network_has_the_drawing_prepared_as_it_learned(app: App, until: Until) -> None:
    session = app.session
    one = give_weights(session, ONE, Preparation.AS_DRAWN)
    ten = give_weights(session, TEN, Preparation.FITTED)
    page = page_of(app)
    stroke(page.canvas, [(1, 1), (1, 9)])
    until(lambda: rests(page))
    for network, preparation in ((one, Preparation.AS_DRAWN), (ten, Preparation.FITTED)):
        image = preparation(session.drawing.ink)
        parameters = session.learned_by(network).snapshot.parameters
        found = page.positions.maps.of(network)
        assert found is not None
        assert np.array_equal(found.P, position_map(network, parameters, image).P)
        point_at(page.positions.views[network.model], 1, 0)
        assert np.array_equal(page.positions.preview.image, shifted(image, 1, 0))
