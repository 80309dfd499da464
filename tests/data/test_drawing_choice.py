"""Which drawings are chosen, and in which order: checked one by one against what was asked for."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from sixpad.core.network import Network, network_of
from sixpad.data.drawing_choice import (
    ANY,
    DOUBTFUL,
    NEWEST,
    OLDEST,
    RIGHT,
    SURE,
    UNSURE,
    WRONG,
    Choice,
    choose,
    verdicts,
)
from sixpad.data.drawing_table import SOURCES, DrawingTable
from sixpad.data.stored import Stored, new_drawing

COUNT = 300
TEN, SIX = network_of("ten", 6), network_of("one", 6)


def made(seed: int = 0) -> list[Stored]:
    """Drawings of all kinds, not in the order of their times."""
    generator = np.random.default_rng(seed)
    drawings = []
    for at in range(COUNT):
        ink = generator.integers(0, 2, (24, 24)).astype(np.uint8)
        source = [*SOURCES, "another"][generator.integers(5)]
        drawing = new_drawing(ink, int(generator.integers(10)), source, "a sitting")
        minute, second = divmod(int(generator.permutation(COUNT)[at]), 60)
        when = f"2026-03-01T10:{minute:02}:{second:02}.000000Z"
        deleted = when if generator.random() < 0.2 else None
        drawings.append(drawing._replace(created_at=when, deleted_at=deleted))
    return drawings


@pytest.fixture
def table() -> DrawingTable:
    return DrawingTable(made())


@pytest.fixture
def of_ten() -> np.ndarray:
    P = np.random.default_rng(1).random((COUNT, 10)).astype(np.float32)
    P /= P.sum(axis=1, keepdims=True)
    return P


def test_the_columns_say_what_the_drawings_do(table: DrawingTable) -> None:
    more = made(seed=1)
    table.put(more)
    everything = [table[row] for row in range(len(table))]
    assert len(everything) == 2 * COUNT
    known = [source if source in SOURCES else None for *_, source, _, _, _ in everything]
    assert [SOURCES[number] if number < 4 else None for number in table.sources] == known
    assert [time.decode() for time in table.created] == [one.created_at for one in everything]


def test_a_time_that_is_no_date_does_no_harm() -> None:
    """The store takes any digits for one, those of other scripts too."""
    drawing = made()[0]
    table = DrawingTable(
        [drawing._replace(uuid=f"{at}", created_at=f"{at}") for at in ("9999-99-99T99:99", "٢٠٢٦")]
    )
    assert sorted(choose(table, Choice(), None).tolist()) == [0, 1]


@pytest.mark.parametrize("labels", [None, {3}, set(range(10)) - {6}, set()])
@pytest.mark.parametrize("source", [None, *SOURCES])
@pytest.mark.parametrize("deleted", [False, True])
def test_labels_sources_and_deleted_ones_are_told_apart(
    table: DrawingTable, labels: set[int] | None, source: str | None, deleted: bool
) -> None:
    wanted = Choice(None if labels is None else frozenset(labels), source, deleted=deleted)
    rows = choose(table, wanted, None)
    for row in range(COUNT):
        one = table[row]
        expected = (
            (labels is None or one.label in labels)
            and (source is None or one.source == source)
            and (one.deleted_at is not None) == deleted
        )
        assert (row in rows) == expected


@pytest.mark.parametrize("order", [NEWEST, OLDEST])
def test_by_time(table: DrawingTable, order: str) -> None:
    times = [table[row].created_at for row in choose(table, Choice(order=order), None)]
    assert times == sorted(times, reverse=order == NEWEST)


@pytest.mark.parametrize("answer", [ANY, RIGHT, WRONG, 0, 4])
def test_of_ten_the_likeliest_digit_is_the_answer(
    table: DrawingTable, of_ten: np.ndarray, answer: str | int
) -> None:
    rows = choose(table, Choice(answer=answer), verdicts(TEN, of_ten, table.labels))
    for row in range(COUNT):
        said = int(of_ten[row].argmax())
        expected = {ANY: True, RIGHT: said == table[row].label, WRONG: said != table[row].label}
        wanted = expected.get(str(answer), said == answer) and table[row].deleted_at is None
        assert (row in rows) == wanted


@pytest.mark.parametrize("answer", [RIGHT, WRONG, 0, 1])
def test_of_one_neuron_yes_or_no_is_the_answer(table: DrawingTable, answer: str | int) -> None:
    P = np.random.default_rng(2).random(COUNT).astype(np.float32)
    rows = choose(table, Choice(answer=answer), verdicts(SIX, P, table.labels))
    for row in range(COUNT):
        said = int(P[row] > 0.5)
        right = said == (table[row].label == 6)
        expected = {RIGHT: right, WRONG: not right}.get(str(answer), said == answer)
        assert (row in rows) == (expected and table[row].deleted_at is None)


@pytest.mark.parametrize("network", [SIX, TEN])
@pytest.mark.parametrize("order", [UNSURE, SURE, DOUBTFUL])
def test_by_what_the_network_believes(
    table: DrawingTable, of_ten: np.ndarray, network: Network, order: str
) -> None:
    P = of_ten if network is TEN else of_ten[:, 3] * 4
    rows = choose(table, Choice(order=order), verdicts(network, P, table.labels))
    if network is TEN:
        sure, believed = P.max(axis=1), P[np.arange(COUNT), table.labels]
    else:
        sure, believed = np.maximum(P, 1 - P), np.where(table.labels == 6, P, 1 - P)
    values = (believed if order == DOUBTFUL else sure)[rows]
    assert len(values) == (~table.deleted).sum()
    assert all(a >= b if order == SURE else a <= b for a, b in pairwise(values))


def test_what_is_not_answered_yet_is_left_out_only_where_answers_count(
    table: DrawingTable, of_ten: np.ndarray
) -> None:
    of_ten[5:] = np.nan
    found = verdicts(TEN, of_ten, table.labels)
    for choice in (Choice(answer=WRONG), Choice(answer=RIGHT), Choice(order=DOUBTFUL)):
        assert set(choose(table, choice, found)) <= set(range(5))
        assert not len(choose(table, choice, None))
    assert len(choose(table, Choice(), found)) == (~table.deleted).sum()


def test_an_empty_table_has_nothing_to_choose() -> None:
    empty = np.empty((0, 10), np.float32)
    found = verdicts(TEN, empty, DrawingTable().labels)
    assert not len(choose(DrawingTable(), Choice(order=DOUBTFUL), found))
