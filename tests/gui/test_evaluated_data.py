"""Fresh digits are fresh: nothing that a network learned from has their seed."""

from __future__ import annotations

import pytest

from sixpad.gui.evaluated_data import fresh_spec

OWN = "handwriting:20000:6"


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["handwriting"],
        ["handwriting:10000:70001"],
        ["idx train + handwriting:5:70001", "handwriting:5:70002"],
        ["handwriting:10:70002@0.5", "handwriting:99:70001"],
    ],
)
def test_fresh_digits_have_a_seed_that_nothing_else_has(names: list[str]) -> None:
    kind, count, seed = fresh_spec(names).split(":")
    assert (kind, count) == ("handwriting", "10000")
    assert seed != "6", "the seed of the handwriting that has none of its own"
    assert not any(f":{seed}" in name for name in names)


def test_the_same_data_have_the_same_fresh_digits() -> None:
    assert fresh_spec([OWN]) == fresh_spec([OWN])
