"""The table in memory: a drawing keeps its row, and the columns say what the rows do."""

from __future__ import annotations

import numpy as np
from drawn import DELETED, drawn
from hypothesis import given
from hypothesis import strategies as st

from sixpad.data.drawing_table import DrawingTable
from sixpad.data.stored import Stored


def agrees(table: DrawingTable, expected: list[Stored]) -> None:
    assert len(table) == len(expected)
    assert [table[row] for row in range(len(table))] == expected
    assert table.labels.tolist() == [each.label for each in expected]
    assert table.deleted.tolist() == [each.deleted_at is not None for each in expected]
    assert table.packed.tobytes() == b"".join(each.pixels for each in expected)
    assert [table.row_of(each.uuid) for each in expected] == list(range(len(expected)))


@given(st.lists(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9), st.booleans()))))
def test_every_drawing_keeps_its_row_whatever_is_put(
    puts: list[list[tuple[int, int, bool]]],
) -> None:
    some = drawn(61)
    table, expected = DrawingTable(), {}
    for put in puts:
        changed = [
            some[at]._replace(label=label, deleted_at=DELETED if deleted else None)
            for at, label, deleted in put
        ]
        places = table.put(changed)
        expected.update((each.uuid, each) for each in changed)
        order = list(expected)
        assert places.tolist() == [order.index(each.uuid) for each in changed]
        agrees(table, list(expected.values()))


def test_images_are_the_ink_of_the_rows_asked_for() -> None:
    some = drawn(40)
    table = DrawingTable(some)
    agrees(table, some)
    found = table.images(np.array([7, 0, 7]))
    np.testing.assert_array_equal(found.reshape(-1, 24, 24), [some[at].ink for at in (7, 0, 7)])
    assert table.row_of("none") is None


def test_nothing_is_an_empty_table() -> None:
    table = DrawingTable()
    assert table.put([]).tolist() == []
    agrees(table, [])
