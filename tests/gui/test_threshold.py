"""The threshold: the slider, the point on the curve, and the mark where F1 is best."""

from __future__ import annotations

import numpy as np
import pytest
from hand import color_at, on_screen, picture
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from sixpad.core.evaluation import Evaluation
from sixpad.core.network import Network
from sixpad.gui.curve_view import CurveView
from sixpad.gui.theme import LIGHT
from sixpad.gui.threshold_bar import STEPS, ThresholdBar, best_threshold


def made(count: int = 400, seed: int = 0) -> Evaluation:
    """A neuron that tells sixes from others, though not well."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, 10, count).astype(np.uint8)
    z = generator.normal(np.where(labels == 6, 1.5, -2.0), 1.5)
    return Evaluation.of(Network(6), labels, 1 / (1 + np.exp(-z)), 0.2)


def is_ink(color: str) -> bool:
    """Whether a dot of round things, whose edges are soft, is as good as in ink."""
    ink = bytes.fromhex(LIGHT.text[1:])
    return all(abs(a - b) < 16 for a, b in zip(bytes.fromhex(color[1:]), ink, strict=True))


@pytest.fixture
def bar(qtbot: QtBot) -> ThresholdBar:
    bar = ThresholdBar()
    bar.show_best(made().curve)
    return on_screen(qtbot, bar, 500, 40)


@pytest.fixture
def curve(qtbot: QtBot) -> CurveView:
    view = CurveView()
    view.show_curve(made().curve)
    return on_screen(qtbot, view, 400, 300)


@given(seed=st.integers(0, 1000), count=st.integers(1, 60))
def test_no_step_of_the_slider_has_a_better_f1_than_the_marked_one(seed: int, count: int) -> None:
    evaluation = made(count, seed)
    threshold, f1 = best_threshold(evaluation.curve)
    if not evaluation.targets.any():
        assert np.isnan(f1)
        return
    assert evaluation.at(threshold).f1.value == pytest.approx(f1)
    for step in range(STEPS + 1):
        taken, sixes = step / STEPS < evaluation.P, evaluation.targets
        assert 2 * (taken & sixes).sum() / (taken.sum() + sixes.sum()) <= f1 + 1e-12


def test_equal_probabilities_and_none_are_no_trouble() -> None:
    labels = np.array([6, 6, 1], np.uint8)
    flat = Evaluation.of(Network(6), labels, np.full(3, 0.5), 0.7)
    threshold, f1 = best_threshold(flat.curve)
    assert threshold < 0.5
    assert f1 == pytest.approx(0.8)
    nothing = Evaluation.of(Network(6), labels[:0], np.empty(0), float("nan"))
    assert np.isnan(best_threshold(nothing.curve)[1])


def test_the_keys_move_the_slider_and_the_button_sets_it_back(bar: ThresholdBar) -> None:
    tried: list[float] = []
    bar.changed.connect(tried.append)
    assert not bar.back.isEnabled()
    bar.slider.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_Left, Qt.Key.Key_End):
        QTest.keyClick(bar.slider, key)
    assert tried == [0.51, 0.61, 0.60, 1.0]
    bar.back.click()
    assert bar.threshold == tried[-1] == 0.5
    assert not bar.back.isEnabled()


def test_the_mark_is_where_it_says(bar: ThresholdBar) -> None:
    threshold, f1 = best_threshold(made().curve)
    bar.set_threshold(0.9)
    slider = bar.slider
    x = round(slider.mark_x())
    assert color_at(picture(slider), QPoint(x, slider.height() - 1)) == LIGHT.quiet.lower()
    for at, near in ((x, True), (slider.width() - 4, False)):
        place = QPoint(at, 5)
        event = QHelpEvent(QEvent.Type.ToolTip, place, slider.mapToGlobal(place))
        QApplication.sendEvent(slider, event)
        assert QToolTip.text().startswith(f"Best F1 here, {f1:.3f}, at {threshold:.2f}.") == near
        QToolTip.hideText()


def test_the_point_lies_on_the_curve(curve: CurveView) -> None:
    evaluation = made().at(0.3)
    curve.show_point(evaluation.recall, evaluation.precision)
    plot = curve.plot()
    x = plot.left() + evaluation.recall * plot.width()
    y = plot.bottom() - evaluation.precision * plot.height()
    seen = picture(curve)
    for dx, dy in ((0, 0), (-3, -2), (3, 2)):
        assert is_ink(color_at(seen, QPoint(round(x) + dx, round(y) + dy)))


def test_a_point_without_precision_is_shown_at_no_recall(curve: CurveView) -> None:
    none = made().at(1.0)
    assert np.isnan(none.precision)
    curve.show_point(none.recall, none.precision)
    plot = curve.plot()
    at = QPoint(round(plot.left()), round(plot.top()))
    assert is_ink(color_at(picture(curve), at))


def test_without_any_digit_to_recall_there_is_no_point(curve: CurveView) -> None:
    none = Evaluation.of(Network(6), np.array([1, 2], np.uint8), np.array([0.2, 0.7]), 0.5)
    curve.show_curve(none.curve)
    bare = picture(curve)
    curve.show_point(none.recall, none.precision)
    assert picture(curve) == bare
    curve.show_point(0.5, 0.5)
    assert picture(curve) != bare


def test_pressing_and_dragging_on_the_curve_asks_for_its_thresholds(curve: CurveView) -> None:
    wanted: list[float] = []
    curve.threshold_wanted.connect(wanted.append)
    plot = curve.plot()
    y = round(plot.center().y())
    QTest.mousePress(curve, Qt.MouseButton.LeftButton, pos=QPoint(round(plot.left()) + 60, y))
    QTest.mouseMove(curve, QPoint(round(plot.right()) - 60, y))
    QTest.mouseRelease(curve, Qt.MouseButton.LeftButton, pos=QPoint(round(plot.right()) - 60, y))
    assert len(wanted) == 2
    high, low = (made().at(threshold).recall for threshold in wanted)
    assert high == pytest.approx(60 / plot.width(), abs=0.06)
    assert low == pytest.approx(1 - 60 / plot.width(), abs=0.06)


def test_the_pointer_reads_the_curve(curve: CurveView) -> None:
    place = curve.plot().center().toPoint()
    event = QHelpEvent(QEvent.Type.ToolTip, place, curve.mapToGlobal(place))
    QApplication.sendEvent(curve, event)
    told = QToolTip.text()
    QToolTip.hideText()
    assert told.startswith("From 0.")
    assert "recall 0.5" in told or "recall 0.4" in told
