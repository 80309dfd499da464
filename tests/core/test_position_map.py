"""The position map against a drawing that is moved by hand, shift by shift."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sixpad.core.grid import PIXELS, SIDE, Ink, blank, centre_and_fit, draw_strokes
from sixpad.core.network import CONV, HIDDEN, MODELS, ONE, TEN, Network, network_of
from sixpad.core.position_map import (
    NEAR,
    PLACES,
    REACH,
    PositionMap,
    all_shifts,
    position_map,
    shifted,
)
from sixpad.core.sizes import Kernels

SIZES = {ONE: (), TEN: (), HIDDEN: (9,), CONV: (Kernels(5, 3), 8)}


def a_network(model: str) -> tuple[Network, dict[str, NDArray[np.float32]]]:
    """A network of that model with weights by chance, in all of its layers."""
    network = network_of(model, 6, SIZES[model])
    generator = np.random.default_rng(4)
    shapes = network.shapes().items()
    return network, {
        name: generator.normal(0, 0.2, shape).astype(np.float32) for name, shape in shapes
    }


@pytest.fixture
def drawing() -> Ink:
    """Two strokes, as centred and fitted as a network is given them."""
    strokes = [np.array([(4, 3), (19, 12), (8, 20)]), np.array([(3, 15), (15, 18)])]
    return centre_and_fit(draw_strokes(strokes, 2))


def moved_by_hand(image: Ink, down: int, right: int) -> Ink:
    moved = blank()
    for row, column in zip(*np.nonzero(image), strict=True):
        if 0 <= row + down < SIDE and 0 <= column + right < SIDE:
            moved[row + down, column + right] = 1
    return moved


@pytest.mark.parametrize("shift", [(0, 0), (3, -2), (-12, 12), (23, 0), (0, -24), (30, 30)])
def test_a_shift_moves_the_ink_and_loses_what_leaves(drawing: Ink, shift: tuple[int, int]) -> None:
    assert np.array_equal(shifted(drawing, *shift), moved_by_hand(drawing, *shift))


def test_all_shifts_come_in_the_order_of_the_cells(drawing: Ink) -> None:
    images = all_shifts(drawing)
    assert images.shape == (PLACES**2, PIXELS)
    for place, image in enumerate(images):
        down, right = place // PLACES - REACH, place % PLACES - REACH
        assert np.array_equal(image, shifted(drawing, down, right).reshape(-1)), (down, right)


@pytest.mark.parametrize("model", MODELS)
def test_the_middle_is_the_plain_answer(model: str, drawing: Ink) -> None:
    network, parameters = a_network(model)
    plain = network.predict(parameters, drawing.reshape(1, -1).astype(np.float32))[0]
    found = position_map(network, parameters, drawing)
    assert found.P[REACH, REACH] == pytest.approx(plain, abs=1e-6)


@pytest.mark.parametrize("model", MODELS)
def test_every_cell_is_the_answer_to_the_drawing_that_was_moved(model: str, drawing: Ink) -> None:
    network, parameters = a_network(model)
    found = position_map(network, parameters, drawing)
    assert found.P.shape[:2] == (PLACES, PLACES)
    for down in range(-REACH, REACH + 1, 3):
        for right in range(-REACH, REACH + 1, 4):
            X = moved_by_hand(drawing, down, right).reshape(1, -1).astype(np.float32)
            expected = network.predict(parameters, X)[0]
            assert found.P[down + REACH, right + REACH] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("model", MODELS)
def test_without_any_ink_left_it_answers_white_paper(model: str) -> None:
    network, parameters = a_network(model)
    corner = blank()
    corner[:3, :3] = 1
    found = position_map(network, parameters, corner)
    paper = network.predict(parameters, np.zeros((1, PIXELS), np.float32))[0]
    assert found.P[REACH - 3, REACH] == pytest.approx(paper, abs=1e-6)
    assert found.P[0, 0] == pytest.approx(paper, abs=1e-6)
    assert found.P[REACH, REACH] != pytest.approx(paper, abs=1e-6)


def test_a_layer_of_kernels_alone_finds_its_pattern_wherever_it_is() -> None:
    """Where all places of the maps count the same, a shift of whole tiles changes nothing."""
    network = network_of(CONV, 6, (Kernels(3, 2),))
    generator = np.random.default_rng(1)
    parameters = network.initial_parameters()
    maps = network.layers[-1].inputs
    each = generator.normal(0, 0.1, (maps[-1], 10))
    parameters["output.weights"] = np.tile(each, (maps[0] * maps[1], 1)).astype(np.float32)
    dot = blank()
    dot[9:14, 9:13] = 1
    found = position_map(network, parameters, dot)
    whole = found.P[REACH - 4 : REACH + 5 : 2, REACH - 4 : REACH + 5 : 2]
    assert np.abs(whole - whole[2, 2]).max() < 1e-5
    assert np.ptp(found.P[REACH, REACH]) > 1e-3


def test_the_near_shifts_that_say_the_digit_are_counted() -> None:
    ten = np.full((PLACES, PLACES, 10), 0.05)
    ten[:, :, 3] = 0.5
    ten[REACH - NEAR, REACH + NEAR, 6] = 0.9
    ten[REACH, REACH, 6] = 0.9
    ten[0, 0, 6] = 0.9
    found = PositionMap(Network(None, TEN), ten)
    assert found.near(6) == (2, (2 * NEAR + 1) ** 2)
    assert found.near(3) == (79, 81)
    assert found.near(6, within=0) == (1, 1)
    assert found.near(6, within=REACH) == (3, PLACES**2)
    assert np.array_equal(found.of(6), ten[:, :, 6])


def test_a_single_neuron_says_its_digit_above_one_half() -> None:
    P = np.full((PLACES, PLACES), 0.5)
    P[REACH, REACH - 1 : REACH + 2] = 0.51
    found = PositionMap(Network(6), P)
    assert found.near(6) == (3, 81)
    assert np.array_equal(found.of(6), P)


def test_the_work_can_be_given_up(drawing: Ink) -> None:
    class Enough(Exception):  # noqa: N818
        pass

    def look() -> None:
        raise Enough

    network, parameters = a_network(CONV)
    assert network.block_rows < PLACES**2
    with pytest.raises(Enough):
        position_map(network, parameters, drawing, look)
