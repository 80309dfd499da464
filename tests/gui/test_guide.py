"""The guide: five steps, each waits for the thing to be done; skipped, remembered, called back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from desk import Desk, Until
from hand import point, stroke
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from sixpad.core.preparation import Preparation
from sixpad.gui.app import App
from sixpad.gui.guide import Guide
from sixpad.gui.main_window import MainWindow
from sixpad.gui.trainer import State


@pytest.fixture
def app(desk: Desk) -> App:
    """The window of a first run."""
    return desk.start(guide_seen=False)


@pytest.fixture
def guide(window: MainWindow, until: Until) -> Guide:
    until(window.guide.isVisible)
    return window.guide


def title(guide: Guide) -> str:
    return guide.findChildren(QLabel)[0].text()


def look_at_weights(window: MainWindow) -> None:
    """Bring the pointer there from elsewhere: a window tells what is entered, not what is there."""
    for place in range(20):
        over = window.equation.weights.mapTo(window, QPoint(30 + 11 * place, 80))
        QTest.mouseMove(window.windowHandle(), QPoint(5, 5) if place == 0 else over)


def test_a_first_run_begins_with_the_image(guide: Guide) -> None:
    assert guide.index == 0
    assert title(guide) == "The image"
    assert guide.skip.isVisible()


def test_a_stroke_taken_back_is_the_first_thing_to_do(guide: Guide, window: MainWindow) -> None:
    window.session.drawing.set_preparation(Preparation.AS_DRAWN)
    before = window.session.drawing.ink.copy()
    stroke(window.equation.canvas, [(3, 3), (3, 9)])
    assert guide.index == 0, "the stroke alone does not count"
    window.equation.tools.undo.click()
    assert np.array_equal(window.session.drawing.ink, before)
    assert guide.index == 1
    assert title(guide) == "The function"


def test_looking_at_a_weight_is_the_second(guide: Guide, window: MainWindow) -> None:
    guide.next.click()
    point(window.equation.canvas, 4, 4)
    assert guide.index == 1
    look_at_weights(window)
    assert guide.index == 2


def test_a_step_is_the_third(guide: Guide, window: MainWindow, until: Until) -> None:
    guide.next.click()
    guide.next.click()
    assert title(guide) == "The loss"
    window.band.panel.step.click()
    until(lambda: guide.index == 3)


@pytest.mark.parametrize("stepped", [False, True])
def test_a_whole_training_is_the_fourth(
    guide: Guide, window: MainWindow, until: Until, stepped: bool
) -> None:
    for _ in range(3):
        guide.next.click()
    if stepped:
        window.band.panel.step.click()
        until(lambda: window.trainer.state is State.PAUSED)
    assert guide.index == 3, "one step is no training"
    window.band.panel.train.click()
    until(lambda: guide.index == 4)
    assert window.trainer.state is State.IDLE


def test_a_digit_that_is_recognised_is_the_fifth(guide: Guide, window: MainWindow) -> None:
    session = window.session
    for _ in range(4):
        guide.next.click()
    assert guide.index == 4
    assert guide.next.text() == "Done"
    assert not guide.skip.isVisible()
    session.drawing.clear()
    parameters = session.network.initial_parameters()
    parameters["output.weights"] -= 1
    session.set_snapshot(replace(session.snapshot, parameters=parameters))
    stroke(window.equation.canvas, [(3, 3), (3, 9)])
    assert guide.index == 4, "the neuron says no"
    opposite = {name: -array for name, array in parameters.items()}
    session.set_snapshot(replace(session.snapshot, parameters=opposite))
    stroke(window.equation.canvas, [(9, 3), (9, 9)])
    assert guide.index == -1
    assert not guide.isVisible()
    assert window.keeper.settings.guide_seen


def test_a_person_who_does_it_all_comes_through(
    guide: Guide, window: MainWindow, until: Until
) -> None:
    panel, equation = window.band.panel, window.equation
    panel.epochs.setValue(80)
    stroke(equation.canvas, [(12, 12), (14, 12)])
    equation.tools.undo.click()
    look_at_weights(window)
    panel.step.click()
    until(lambda: guide.index == 3)
    until(lambda: window.trainer.state is State.PAUSED)
    panel.train.click()
    until(lambda: guide.index == 4)
    until(lambda: window.trainer.state is State.IDLE)
    window.session.undo_stack.undo()
    stroke(equation.canvas, [(17, 7), (16, 7)])
    assert window.session.evidence.P > 0.5
    assert guide.index == -1


def test_next_goes_through_all_five_and_ends(guide: Guide, window: MainWindow) -> None:
    titles = []
    for _ in range(5):
        assert guide.isVisible()
        titles.append(title(guide))
        guide.next.click()
    assert not guide.isVisible()
    assert titles == ["The image", "The function", "The loss", "Training", "Prediction"]
    assert window.keeper.settings.guide_seen
    stroke(window.equation.canvas, [(3, 3), (3, 9)])
    assert guide.index == -1


def test_it_can_be_skipped_and_is_remembered(desk: Desk, app: App, guide: Guide) -> None:
    guide.skip.click()
    assert not guide.isVisible()
    desk.close(app)
    again = desk.start_as_it_is()
    assert not again.window.guide.isVisible()


def test_it_comes_again_where_it_was_neither_skipped_nor_done(
    desk: Desk, app: App, guide: Guide, until: Until
) -> None:
    guide.next.click()
    desk.close(app)
    again = desk.start_as_it_is()
    until(again.window.guide.isVisible)
    assert again.window.guide.index == 0


def test_it_can_be_called_back_from_the_menu(guide: Guide, window: MainWindow) -> None:
    guide.next.click()
    guide.skip.click()
    window.show_page(1)
    actions = {action.text(): action for action in window.findChildren(QAction)}
    for _ in range(2):
        actions["&Guide in five steps"].trigger()
        assert guide.isVisible()
        assert guide.index == 0
        assert window.pages.currentIndex() == 0


@pytest.mark.parametrize("size", [(1000, 680), (1280, 800), (1920, 1080)])
def test_it_stands_beside_what_it_points_at(
    guide: Guide, window: MainWindow, size: tuple[int, int]
) -> None:
    """Inside the window, and not over the place where the thing has to be done."""
    window.resize(*size)
    for step in guide._steps:
        QTest.qWait(20)
        place = step.place()
        target = QRect(place.mapTo(window, QPoint(0, 0)), place.size())
        assert window.rect().contains(guide.geometry())
        covered = guide.geometry().intersected(target)
        assert covered.width() * covered.height() <= 0.1 * target.width() * target.height()
        assert guide._ring.geometry().contains(target)
        guide.next.click()


def test_it_waits_on_its_own_page(guide: Guide, window: MainWindow) -> None:
    for page in (1, 2):
        window.show_page(page)
        assert not guide.isVisible()
        assert not guide._ring.isVisible()
        window.show_page(0)
        assert guide.isVisible()
        assert guide._ring.isVisible()
    assert guide.index == 0


def test_the_ring_stays_around_what_becomes_smaller(
    guide: Guide, window: MainWindow, until: Until
) -> None:
    canvas = window.equation.canvas

    def around() -> bool:
        corner = canvas.mapTo(window, QPoint(0, 0))
        return guide._ring.geometry().adjusted(6, 6, -6, -6) == QRect(corner, canvas.size())

    until(around)
    before = canvas.size()
    window.session.set_numbers(True)
    until(lambda: canvas.size() != before)
    until(around)


def test_the_ring_lets_the_mouse_through(guide: Guide, window: MainWindow) -> None:
    canvas = window.equation.canvas
    window.session.drawing.clear()
    place = canvas.mapTo(window, canvas.rect().center())
    assert guide._ring.geometry().contains(place)
    assert window.childAt(place) is canvas
    stroke(canvas, [(12, 12)])
    assert np.count_nonzero(window.session.drawing.ink)
