"""The units of a stage: as a sheet, one alone, and what it is that excites it most."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from desk import Until
from hand import leave, picture, stroke, teach
from PySide6.QtCore import QDeadlineTimer, QPoint, Qt
from PySide6.QtTest import QTest

from sixpad.core.grid import SIDE
from sixpad.core.inside import Activity, activity, most_exciting, stages
from sixpad.core.network import CONV, HIDDEN
from sixpad.core.sizes import parse_sizes
from sixpad.gui import exciting
from sixpad.gui.app import App
from sixpad.gui.choice_grid import Place
from sixpad.gui.equation import Equation
from sixpad.gui.exciting import Search
from sixpad.gui.inside import MapCell
from sixpad.gui.main_window import MainWindow
from sixpad.gui.map_sheet import MapSheet
from sixpad.gui.neuron_sheet import NeuronSheet
from sixpad.gui.theme import theme
from sixpad.gui.trainer import State
from sixpad.gui.unit_sheet import UnitSheet


@pytest.fixture
def neurons(equation: Equation) -> NeuronSheet:
    """The sheet of 128 hidden neurons that have learned."""
    equation.session.set_model(HIDDEN)
    teach(equation.session)
    equation.inside.state.look_into(0)
    sheet = equation.inside.neurons.sheet
    assert isinstance(sheet, NeuronSheet)
    return sheet


@pytest.fixture
def maps(equation: Equation) -> MapSheet:
    """The sheet of the twelve maps of the first convolution, which has learned."""
    equation.session.set_model(CONV)
    teach(equation.session)
    equation.inside.state.look_into(0)
    sheet = equation.inside.maps.sheet
    assert isinstance(sheet, MapSheet)
    return sheet


def expected(sheet: UnitSheet, place: int = 0) -> Activity:
    session = sheet.inside.session
    found = activity(
        session.network, session.snapshot.parameters, session.drawing.X, session.question
    )
    return found[place]


def color(sheet: UnitSheet, x: int, y: int) -> int:
    """What is seen at a dot of the sheet, as 0xFFRRGGBB."""
    return int(picture(sheet).pixel(x, y))


# Neurons


def test_each_neuron_shows_its_weights_in_its_own_scale(neurons: NeuronSheet) -> None:
    W = neurons.inside.session.snapshot.parameters["hidden1.weights"]
    assert neurons.tile.width() % SIDE == 0
    side = neurons.tile.width() // SIDE
    image = picture(neurons)
    for unit, row, column in ((0, 0, 0), (17, 11, 5), (127, 23, 23)):
        corner = neurons.tile_rect(unit).topLeft()
        seen = image.pixel(corner + QPoint(column, row) * side)
        value = W[SIDE * row + column, unit] / np.abs(W[:, unit]).max()
        assert seen == theme().heat(np.array(value), 1.0)


def bar_length(sheet: NeuronSheet, at: int, name: str, down: int) -> int:
    """How many dots of a row under a tile have a colour."""
    image, tile = picture(sheet), sheet.tile_rect(at)
    dots = [image.pixel(tile.left() + x, tile.bottom() - down) for x in range(tile.width())]
    return sum(dot == theme().dot(name) for dot in dots)


def test_the_bars_are_activation_and_share(neurons: NeuronSheet) -> None:
    found, side = expected(neurons), neurons.tile.width()
    farthest = np.abs(found.shares).max()
    below = neurons.tile.height() - side
    for unit in (*np.argsort(-np.abs(found.shares))[:3], int(found.outputs.argmin())):
        share = found.shares[unit] / farthest
        name = "positive" if share > 0 else "negative"
        assert bar_length(neurons, unit, name, 0) == round(abs(share) * side / 2)
        length = round(float(found.outputs[unit] / found.outputs.max()) * side)
        assert bar_length(neurons, unit, "text", below - 3) == length


def test_the_bars_follow_the_drawing(neurons: NeuronSheet, equation: Equation) -> None:
    before = picture(neurons)
    stroke(equation.canvas, [(2, 2), (2, 20), (20, 20)])
    assert picture(neurons) != before
    assert not np.array_equal(neurons.inside.activity.outputs, 0)


def test_neurons_behind_layers_show_what_pixels_change_in_them(equation: Equation) -> None:
    session = equation.session
    session.set_model(HIDDEN)
    session.set_sizes(parse_sizes(HIDDEN, "30, 20"))
    teach(session)
    equation.inside.state.look_into(1)
    sheet = equation.inside.neurons.sheet
    assert len(sheet.units) == 20
    before = picture(sheet)
    stroke(equation.canvas, [(2, 2), (2, 20), (20, 20)])
    leave(equation.canvas)
    QTest.qWait(120)
    assert picture(sheet) != before


def test_all_128_are_seen_at_once(window: MainWindow) -> None:
    window.session.set_model(HIDDEN)
    for size in ((1000, 680), (1280, 800)):
        window.resize(*size)
        window.equation.inside.state.look_into(0)
        QTest.qWait(20)
        page = window.equation.inside.neurons
        assert page.sheet.height() <= page.height()
        assert page.sheet.tile.width() >= 18


def test_more_neurons_than_have_room_are_below(window: MainWindow) -> None:
    window.session.set_model(HIDDEN)
    window.session.set_sizes(parse_sizes(HIDDEN, "2048"))
    window.equation.inside.state.look_into(0)
    QTest.qWait(20)
    sheet = window.equation.inside.neurons.sheet
    assert sheet.height() > window.equation.inside.height()
    for _ in range(200):
        QTest.keyClick(sheet, Qt.Key.Key_Down)
    assert sheet.visibleRegion().boundingRect().contains(sheet.cell_rect(sheet._cursor).center())
    QTest.keyClick(sheet, Qt.Key.Key_Return)
    unit = window.equation.inside.state.unit
    assert unit is not None
    assert unit > 1900
    window.equation.inside.state.look_at(None)
    QTest.qWait(20)
    rows = sheet._rows_in(sheet.visibleRegion().boundingRect())
    assert len(rows) < sheet.rows


def test_by_share_the_largest_comes_first(neurons: NeuronSheet, equation: Equation) -> None:
    page = equation.inside.neurons
    assert neurons.units.tolist() == list(range(128))
    page.order.button(1).click()
    shares = np.abs(expected(neurons).shares)
    assert np.all(np.diff(shares[neurons.units]) <= 0)
    equation.session.set_digit(3)
    shares = np.abs(expected(neurons).shares)
    assert np.all(np.diff(shares[neurons.units]) <= 0)
    first = int(neurons.units[0])
    QTest.mouseClick(
        neurons, Qt.MouseButton.LeftButton, pos=neurons.cell_rect(Place(0, 0)).center()
    )
    assert equation.inside.state.unit == first
    page.order.button(0).click()
    assert neurons.units.tolist() == list(range(128))


def test_a_neuron_says_what_it_is(neurons: NeuronSheet) -> None:
    found = expected(neurons)
    unit = int(found.outputs.argmax())
    told = neurons.words(Place(*divmod(unit, neurons.columns)))
    assert told.startswith(f"Neuron {unit + 1} of 128: activation {found.outputs[unit]:.2f}")
    assert neurons.words(Place(neurons.rows - 1, neurons.columns - 1)) in (
        "", neurons.words_of(127),
    )  # fmt: skip


# Maps


def test_a_map_is_the_drawing_seen_through_its_kernel(maps: MapSheet) -> None:
    found, image = expected(maps), picture(maps)
    assert found.unpooled is not None
    limit = found.outputs.max()
    for unit, row, column in ((0, 0, 0), (5, 12, 7), (11, 19, 19)):
        corner = maps.tile_rect(unit).topLeft()
        seen = image.pixel(corner + QPoint(column * maps.cell, row * maps.cell)) & 0xFF
        paper, ink = (int(theme().rgb(name)[2]) for name in ("paper", "ink"))
        share = found.unpooled[row, column, unit] / limit
        assert seen == pytest.approx(paper + share * (ink - paper), abs=2)


def test_maps_follow_the_drawing(maps: MapSheet, equation: Equation) -> None:
    before = picture(maps)
    stroke(equation.canvas, [(2, 2), (2, 20), (20, 20)])
    leave(equation.canvas)
    assert picture(maps) != before


def test_pointing_at_a_cell_frames_what_it_looks_at(maps: MapSheet, equation: Equation) -> None:
    canvas, inside = equation.canvas, equation.inside.state
    leave(canvas)
    before = picture(canvas)
    corner = maps.tile_rect(2).topLeft()
    at = corner + QPoint(7 * maps.cell + 1, 3 * maps.cell + 1)
    QTest.mouseMove(maps, at)
    assert inside.cell == MapCell(2, 3, 7, False)
    assert inside.patch == (3, 7, 8, 12)
    framed = picture(canvas)
    changed = [
        (x, y)
        for x in range(framed.width())
        for y in range(framed.height())
        if framed.pixel(x, y) != before.pixel(x, y)
    ]
    rect = canvas.cell_rect(3, 7).united(canvas.cell_rect(7, 11)).adjusted(-3, -3, 3, 3)
    assert changed
    assert all(rect.contains(*dot) for dot in changed)
    assert "rows 3–7, columns 7–11" in equation.inside.maps._words.text()
    leave(maps)
    assert inside.patch is None
    assert picture(canvas) == before


def test_a_pooled_cell_looks_at_more(maps: MapSheet, equation: Equation) -> None:
    dots = [
        QPoint(x, y)
        for y in range(maps.tile.height())
        for x in range(maps.tile.width())
        if (cell := maps.cell_at(QPoint(x, y))) is not None
        and cell.pooled
        and (cell.row, cell.column) == (2, 4)
    ]
    assert dots
    QTest.mouseMove(maps, dots[0])
    assert equation.inside.state.patch == (4, 8, 10, 14)
    equation.inside.state.look_into(1)
    assert equation.inside.state.patch is None, "another stage has other maps"


def test_the_cells_of_one_map_can_be_reached_by_the_keys(
    maps: MapSheet, equation: Equation
) -> None:
    inside = equation.inside.state
    inside.look_at(4)
    alone = equation.inside.unit.map
    QTest.keyClick(alone, Qt.Key.Key_Right)
    assert inside.cell == MapCell(4, 10, 10, False)
    assert equation.inside.unit._said.text().endswith("sees rows 10–14, columns 10–14")
    QTest.keyClick(alone, Qt.Key.Key_Right)
    QTest.keyClick(alone, Qt.Key.Key_Up)
    assert inside.cell == MapCell(4, 9, 11, False)
    for _ in range(30):
        QTest.keyClick(alone, Qt.Key.Key_Left)
    assert inside.cell == MapCell(4, 9, 0, False)
    leave(alone)
    assert equation.inside.unit._said.text() == "its share in each digit"
    QTest.keyClick(alone, Qt.Key.Key_Escape)
    assert (inside.unit, inside.cell) == (None, None)


# One unit


def test_a_unit_is_shown_large_and_the_keys_go_on_and_back(
    neurons: NeuronSheet, equation: Equation
) -> None:
    inside, view = equation.inside.state, equation.inside.unit
    QTest.keyClick(neurons, Qt.Key.Key_Right)
    QTest.keyClick(neurons, Qt.Key.Key_Return)
    assert inside.unit == 1
    assert view.isVisible()
    assert view.neuron.tile.width() >= 5 * SIDE
    QTest.keyClick(view.neuron, Qt.Key.Key_PageDown)
    assert inside.unit == 2
    QTest.keyClick(view.neuron, Qt.Key.Key_PageUp)
    QTest.keyClick(view.neuron, Qt.Key.Key_PageUp)
    assert inside.unit == 0
    assert not view.before.isEnabled()
    view.after.click()
    assert inside.unit == 1
    QTest.keyClick(view.neuron, Qt.Key.Key_Escape)
    assert inside.unit is None
    assert neurons.isVisible()
    assert not view.isVisible()


def test_a_unit_tells_its_figures_live(neurons: NeuronSheet, equation: Equation) -> None:
    unit = int(expected(neurons).outputs.argmax())
    equation.inside.state.look_at(unit)
    figures = equation.inside.unit.figures
    assert figures.texts()["activation"] == f"{expected(neurons).outputs[unit]:.2f}"
    before = figures.texts()
    equation.session.drawing.clear()
    QTest.qWait(120)
    assert figures.texts() != before
    assert figures.texts()["activation"] == f"{expected(neurons).outputs[unit]:.2f}"
    W = equation.session.snapshot.parameters["output.weights"]
    np.testing.assert_allclose(equation.inside.unit.bars._values, W[unit], rtol=1e-5)


def test_a_bar_of_a_unit_looks_at_its_digit(neurons: NeuronSheet, equation: Equation) -> None:
    equation.inside.state.look_at(1)
    bars = equation.inside.unit.bars
    at = QPoint(int(3.5 * bars.width() / 10), 5)
    QTest.mouseClick(bars, Qt.MouseButton.LeftButton, pos=at)
    assert equation.session.digit == 3
    assert "share in the 3" in equation.inside.unit.figures.texts()


# What excites it most


def searched(search: Search) -> int:
    """How many drawings were looked through."""
    found = search.found()
    return found.examples if found else 0


@pytest.mark.parametrize("model", [HIDDEN, CONV])
def test_what_excites_a_unit_most_is_found(app: App, until: Until, model: str) -> None:
    session, view = app.session, app.window.equation.inside
    session.set_model(model)
    teach(session)
    view.state.look_into(0)
    view.state.look_at(3)
    parts = app.trainer.data.parts
    assert parts is not None
    until(lambda: searched(view.search) == len(parts[0]))
    stage = stages(session.network)[0]
    found = most_exciting(session.network, session.snapshot.parameters, parts[0].images, stage, 12)
    shown = view.unit.exciting._drawings
    assert [drawing.activation for drawing in shown] == found.activations[3].tolist()
    for drawing, place in zip(shown, found.places[3], strict=True):
        assert np.array_equal(drawing.image.ravel(), parts[0].images[place])
        assert drawing.label == parts[0].labels[place]
        assert (drawing.patch is None) == (model == HIDDEN)
    assert view.unit.exciting.rows * view.unit.exciting.columns >= 8
    picture(view)


def test_some_are_looked_through_before_all(
    app: App, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exciting, "_FIRST_EXAMPLES", 50)
    session, view = app.session, app.window.equation.inside
    parts = app.trainer.data.parts
    assert parts is not None
    session.set_model(HIDDEN)
    teach(session)
    told: list[int] = []
    view.search.changed.connect(lambda: told.append(searched(view.search)))
    view.state.look_into(0)
    view.state.look_at(3)
    until(lambda: searched(view.search) == len(parts[0]))
    assert told == [50, len(parts[0])]
    view.state.look_at(4)
    QTest.qWait(50)
    assert len(told) == 2, "what is known of the stage is not looked for again"


def test_it_is_looked_for_again_once_the_weights_have_moved(app: App, until: Until) -> None:
    session, view = app.session, app.window.equation.inside
    view.search._again.setInterval(10)
    session.set_model(HIDDEN)
    teach(session)
    view.state.look_into(0)
    view.state.look_at(3)
    until(lambda: view.search.found() is not None)
    first = view.search.found()
    assert first is not None
    teach(session, seed=8)
    until(lambda: first.exciting is not getattr(view.search.found(), "exciting", None))


def test_a_drawing_that_excites_can_be_taken(app: App, until: Until) -> None:
    session, view = app.session, app.window.equation.inside
    session.set_model(HIDDEN)
    teach(session)
    view.state.look_into(0)
    view.state.look_at(3)
    until(lambda: view.search.found() is not None)
    before, wanted = session.drawing.ink.copy(), view.unit.exciting._drawings[1]
    shown = view.unit.exciting
    QTest.mouseClick(shown, Qt.MouseButton.LeftButton, pos=shown.cell_rect(Place(0, 1)).center())
    assert np.array_equal(session.drawing.ink, before), "one click is not enough"
    QTest.mouseDClick(shown, Qt.MouseButton.LeftButton, pos=shown.cell_rect(Place(0, 1)).center())
    assert np.array_equal(session.drawing.ink, wanted.image)
    session.undo_stack.undo()
    assert np.array_equal(session.drawing.ink, before)


def test_without_examples_it_says_so(neurons: NeuronSheet, equation: Equation) -> None:
    equation.inside.state.look_at(3)
    assert "once there are examples" in equation.inside.unit._told.text()
    assert equation.inside.search.found() is None


def test_a_unit_that_nothing_excites_says_so(app: App, until: Until) -> None:
    session, view = app.session, app.window.equation.inside
    session.set_model(HIDDEN)
    teach(session)
    parameters = dict(session.snapshot.parameters)
    bias = parameters["hidden1.bias"].copy()
    bias[3] = -1e6
    session.set_snapshot(replace(session.snapshot, parameters=parameters | {"hidden1.bias": bias}))
    view.state.look_into(0)
    view.state.look_at(3)
    until(lambda: view.search.found() is not None)
    assert view.unit._told.text().startswith("None of")
    assert view.unit.exciting._drawings == []
    picture(view)


def test_all_is_live_while_it_trains(app: App, until: Until) -> None:
    session, trainer, view = app.session, app.trainer, app.window.equation.inside
    session.set_model(CONV)
    trainer.set_config(replace(trainer.config, epochs=1000))
    for place in range(len(view.state.stages)):
        view.state.look_into(place)
        for unit in (None, 1):
            view.state.look_at(unit)
            trainer.train()
            before, seen = session.snapshot.step, picture(view)
            until(lambda before=before: session.snapshot.step > before)
            until(lambda seen=seen: picture(view) != seen)
            assert trainer.state is State.RUNNING
    trainer.stop()
    until(lambda: trainer.state is State.IDLE)


def test_a_search_that_fails_is_told(
    app: App, until: Until, notices: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(exciting, "most_exciting", fail)
    app.session.set_model(HIDDEN)
    app.window.equation.inside.state.look_into(0)
    app.window.equation.inside.state.look_at(0)
    until(lambda: bool(notices))
    assert "not enough memory" in notices[0]


def test_a_search_ends_with_the_window(app: App) -> None:
    session, view = app.session, app.window.equation.inside
    session.set_model(CONV)
    view.state.look_into(0)
    view.state.look_at(0)
    assert view.close_threads(QDeadlineTimer(5000))
