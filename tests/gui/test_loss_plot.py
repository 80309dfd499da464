"""The live plot: both curves, two scales, zoom and read-out, and what can be taken away from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from desk import Until
from hand import LEFT, leave, on_screen, picture
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sixpad.core.metrics import Scores
from sixpad.gui.app import App
from sixpad.gui.axes import Span, plain
from sixpad.gui.loss_curves import running_mean
from sixpad.gui.loss_picture import loss_ticks
from sixpad.gui.loss_plot import LossPlot
from sixpad.gui.session import Session
from sixpad.gui.trainer import State


def learn(session: Session, steps: int, loss: float = 0.5) -> None:
    """Let the session take what a training of so many steps, ten an epoch, brings."""
    begin = session.snapshot.step
    config = replace(session.snapshot.config, batch_size=10)
    step = begin + steps
    snapshot = replace(
        session.snapshot, config=config, step=step, epoch=step // 10, batch=step % 10,
        until=10**6, examples=100,
    )  # fmt: skip
    places = np.arange(begin + 1, step + 1)
    losses = np.column_stack([places, loss / np.sqrt(places)])
    scores = tuple(
        (int(place), Scores(1.5 * loss / place**0.5, 0.9, 0.5, 0.5))
        for place in places if place % 10 == 0
    )  # fmt: skip
    session.take_snapshot(snapshot, losses, scores)


@pytest.fixture
def plot(session: Session, qtbot: QtBot) -> LossPlot:
    return on_screen(qtbot, LossPlot(session), 500, 250)


def x_range(plot: LossPlot) -> Span:
    return plot.spans()[0]


def y_range(plot: LossPlot) -> Span:
    return plot.spans()[1]


def turn_wheel(plot: LossPlot, place: QPoint, turned: int) -> None:
    wheel = QWheelEvent(
        QPointF(place), QPointF(plot.mapToGlobal(place)), QPoint(), QPoint(0, turned),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(plot, wheel)


def shades(plot: LossPlot) -> NDArray[np.int16]:
    """The brightness of every dot."""
    image = picture(plot).convertToFormat(QImage.Format.Format_Grayscale8)
    dots = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return dots[:, : image.width()].astype(np.int16)


def test_it_shows_both_curves_by_epoch(plot: LossPlot, session: Session) -> None:
    learn(session, 100)
    curves = plot.curves()
    assert curves["training"].shape == (100, 2)
    assert curves["training"][-1, 0] == 10
    assert curves["validation"][:, 0].tolist() == list(range(1, 11))
    low, high = x_range(plot)
    assert low <= 0.1
    assert 10 <= high < 12
    low, high = y_range(plot)
    assert low <= curves["training"][:, 1].min()
    assert high >= curves["training"][:, 1].max()


def test_it_follows_the_training(plot: LossPlot, session: Session) -> None:
    learn(session, 20)
    before = picture(plot)
    learn(session, 100)
    assert picture(plot) != before
    assert x_range(plot)[1] >= 12


def test_small_news_are_drawn_soon(plot: LossPlot, session: Session) -> None:
    learn(session, 1000)
    before = picture(plot)
    learn(session, 5)
    assert picture(plot) != before


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("steps", [30, 900, 60_000])
def test_a_curve_that_grew_looks_like_one_drawn_at_once(
    plot: LossPlot, session: Session, steps: int, log: bool
) -> None:
    plot.set_log(log)
    learn(session, steps)
    plot.zoom(1.2, QPointF(plot.rect().center()))
    picture(plot)
    for news in (1, steps // 100, 7, steps // 25):
        learn(session, news)
        grown = shades(plot)
        plot.refresh()
        # A line that is cut off at the edge of what is new is smoothed with other roundings.
        assert np.abs(shades(plot) - grown).max() <= 32


def test_the_axes_leave_room_and_keep_still_until_it_is_used(
    plot: LossPlot, session: Session
) -> None:
    learn(session, 1000)
    seen = plot.spans()
    learn(session, 100)
    assert plot.spans() == seen
    learn(session, 100)
    assert x_range(plot)[1] > seen[0][1]


def test_moved_axes_come_with_all_that_was_learned_meanwhile(
    plot: LossPlot, session: Session, until: Until
) -> None:
    learn(session, 1000)
    picture(plot)
    learn(session, 400)
    plot._soon.start(0)
    until(lambda: plot._coming is not None)
    learn(session, 30)
    until(lambda: plot._coming is None)
    grown = shades(plot)
    plot._picture = None
    assert np.abs(shades(plot) - grown).max() <= 32


def test_beside_an_axis_the_wheel_zooms_along_it(plot: LossPlot, session: Session) -> None:
    learn(session, 100)
    rect = plot.frame().rect
    x, y = plot.spans()
    turn_wheel(plot, QPoint(5, int(rect.center().y())), 120)
    assert x_range(plot) == x
    assert y_range(plot).length < y.length
    y = y_range(plot)
    turn_wheel(plot, QPoint(int(rect.center().x()), plot.height() - 5), 120)
    assert y_range(plot) == y
    assert x_range(plot).length < x.length


def test_one_zooms_no_deeper_than_there_is_something_to_see(
    plot: LossPlot, session: Session
) -> None:
    learn(session, 100)
    for _ in range(100):
        turn_wheel(plot, plot.rect().center(), 120)
    assert x_range(plot).length == pytest.approx(0.05)
    assert y_range(plot).length == pytest.approx(1e-3)
    for _ in range(4000):
        turn_wheel(plot, plot.rect().center(), -120)
    assert np.isfinite([*x_range(plot), *y_range(plot)]).all()
    assert not picture(plot).isNull()


def test_it_starts_over_with_the_weights(plot: LossPlot, session: Session) -> None:
    learn(session, 100)
    full = picture(plot)
    session.reset()
    assert plot.curves()["training"].shape == (0, 2)
    assert picture(plot) != full
    session.undo_stack.undo()
    assert plot.curves()["training"].shape == (100, 2)


def test_a_logarithm_shows_powers_of_ten(plot: LossPlot, session: Session) -> None:
    learn(session, 1000)
    plot.set_log(True)
    losses = plot.curves()["training"][:, 1]
    low, high = y_range(plot)
    assert low <= np.log10(losses.min())
    assert high >= np.log10(losses.max())
    assert high < 1
    plot.set_log(False)
    assert y_range(plot)[1] >= losses.max()


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("value", [0.0, np.inf, np.nan, 3e38])
def test_no_loss_is_too_odd_to_be_drawn(
    plot: LossPlot, session: Session, log: bool, value: float
) -> None:
    """Losses of a training that has reached zero, or that diverges."""
    plot.set_log(log)
    learn(session, 20)
    session.history.extend(np.array([[3.0, value], [4.0, 0.5]]), [(4.0, Scores(value, 0, 0, 0))])
    plot.refresh()
    assert not picture(plot).isNull()
    assert np.isfinite(x_range(plot)).all()
    assert np.isfinite(y_range(plot)).all()
    assert b"\n" in plot.csv()


def test_zoom_holds_until_a_double_click(plot: LossPlot, session: Session, until: Until) -> None:
    learn(session, 100)
    plot.zoom(0.25, QPointF(plot.rect().center()))
    zoomed = x_range(plot)
    learn(session, 100)
    assert x_range(plot) == zoomed, "the view stays where the person put it"
    for act in (QTest.mouseClick, QTest.mouseDClick, QTest.mouseRelease):
        act(plot, Qt.MouseButton.LeftButton, pos=plot.rect().center())
    until(lambda: x_range(plot)[1] >= 20)


def test_the_wheel_zooms_and_dragging_pans(plot: LossPlot, session: Session) -> None:
    learn(session, 100)
    centre = plot.rect().center()
    whole = x_range(plot)
    turn_wheel(plot, centre, 240)
    zoomed = x_range(plot)
    assert zoomed[1] - zoomed[0] < whole[1] - whole[0]
    QTest.mousePress(plot, Qt.MouseButton.LeftButton, pos=centre)
    for step in range(1, 6):
        QTest.mouseMove(plot, centre - QPoint(10 * step, 0))
    QTest.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=centre - QPoint(50, 0))
    panned = x_range(plot)
    assert panned[0] > zoomed[0]
    assert panned[1] - panned[0] == pytest.approx(zoomed[1] - zoomed[0])


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("factor", [0.5, 3.0, 1e9])
def test_however_one_zooms_and_pans_the_curves_are_near(
    plot: LossPlot, session: Session, log: bool, factor: float
) -> None:
    learn(session, 100)
    plot.set_log(log)
    whole = plot.spans()
    for place in (QPointF(10, 60), QPointF(300, 60), QPointF(490, 200)):
        for _ in range(12):
            plot.zoom(factor, place)
            assert picture(plot).width() == plot.width()
    QTest.mousePress(plot, LEFT, pos=QPoint(400, 100))
    for _ in range(20):
        QTest.mouseMove(plot, QPoint(60, 40))
        QTest.mouseMove(plot, QPoint(400, 100))
    QTest.mouseRelease(plot, LEFT, pos=QPoint(400, 100))
    for seen, curve in zip(plot.spans(), whole, strict=True):
        assert seen.length <= 2 * curve.length * (1 + 1e-9)
        assert curve.low - curve.length <= seen.low
        assert seen.high <= curve.high + curve.length


def test_of_another_curve_all_is_seen(plot: LossPlot, session: Session) -> None:
    learn(session, 100)
    plot.zoom(0.2, QPointF(300, 60))
    looked_at = plot.spans()
    learn(session, 5)
    assert plot.spans() == looked_at, "the same curve is looked at where it was"
    session.reset()
    learn(session, 40)
    assert x_range(plot).low <= 0.1
    assert x_range(plot).high >= 4


def test_ticks_of_a_logarithm_tell_their_numbers_apart() -> None:
    for low, high in ((-1.5, -1.4999), (-1.52, -1.5), (-3.0, 2.0), (0.0, 4.2), (-9.0, 7.0)):
        labels = [tick.label for tick in loss_ticks(Span(low, high), 200, log=True)]
        assert len(labels) > 1
        assert len(set(labels)) == len(labels), labels
    assert [plain(value, 3) for value in (1000, 0.05, 0.0562, 123456, 2e-7)] == [
        "1000", "0.05", "0.0562", "1.23e+05", "2e−07",
    ]  # fmt: skip


def test_the_numbers_that_are_taken_away_tell_every_step_apart(
    plot: LossPlot, session: Session
) -> None:
    session.set_snapshot(replace(session.snapshot, step=20_000, epoch=2000))
    learn(session, 50)
    rows = [line.split(",")[:2] for line in plot.csv().decode().splitlines()]
    assert len({tuple(row) for row in rows}) == len(rows) == 56


def test_the_pointer_reads_both_curves(plot: LossPlot, session: Session) -> None:
    learn(session, 100)
    assert not plot.read_out()
    plain = picture(plot)
    centre = plot.rect().center()
    QTest.mouseMove(plot, centre - QPoint(30, 0))
    QTest.mouseMove(plot, centre)
    epoch, training, validation = plot.read_out()
    assert picture(plot) != plain
    at = float(epoch.removeprefix("epoch "))
    assert 3 < at < 8
    for line, points in zip((training, validation), plot.curves().values(), strict=True):
        nearest = points[np.abs(points[:, 0] - at).argmin(), 1]
        assert float(line.split()[1]) == pytest.approx(nearest, abs=0.02)
    leave(plot)
    assert not plot.read_out()
    assert picture(plot) == plain


def test_it_can_be_taken_away_as_a_picture_and_as_numbers(plot: LossPlot, session: Session) -> None:
    learn(session, 30)
    image = QImage.fromData(plot.png())
    assert image.width() == 2 * plot.width()
    lines = plot.csv().decode().splitlines()
    assert lines[0] == "curve,epoch,loss"
    assert len(lines) == 1 + 30 + 3


@pytest.mark.parametrize(
    ("losses", "length", "means"),
    [
        ([1, 2, 3, 4], 2, [1.5, 3.5]),
        ([1, 2, 3, 4, 8], 2, [1.5, 5]),
        ([1, 2, 3], 3, [1, 2, 3]),
        ([1, 2, 3, 4], 3, [2.5]),
        ([1, 2, 3], 1, [1, 2, 3]),
        ([1, 2, 3], 0, [1, 2, 3]),
        ([], 4, []),
    ],
)
def test_running_mean(losses: list[float], length: int, means: list[float]) -> None:
    points = np.column_stack([np.arange(len(losses), dtype=float), losses]).reshape(-1, 2)
    result = running_mean(points, length)
    assert result[:, 1].tolist() == means
    assert (np.diff(result[:, 0]) > 0).all(), "each mean stands amid its own points"


# In the window


def test_the_window_shows_the_plot_once_there_is_something_to_show(app: App, until: Until) -> None:
    band = app.window.band
    assert not band.plot.isVisible()
    band.panel.train.click()
    until(lambda: app.trainer.state is State.IDLE)
    assert band.plot.isVisible()
    steps = app.session.snapshot.step
    assert len(band.plot.curves()["training"]) == steps > 0


def test_the_scale_is_chosen_by_a_word_or_in_the_menu(app: App) -> None:
    band = app.window.band
    band.scale.button(1).click()
    assert band.plot.log
    assert app.keeper.settings.plot_log_scale
    band.scale.button(0).click()
    assert not band.plot.log
    assert not app.keeper.settings.plot_log_scale
