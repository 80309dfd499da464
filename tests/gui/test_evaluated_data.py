"""The words for the data of an evaluation are honest, and fresh digits are fresh."""

from __future__ import annotations

import pytest

from sixpad.core.preparation import Preparation
from sixpad.data.handwriting_style import Handwriting
from sixpad.gui.evaluated_data import Examples, fresh_spec, nature
from sixpad.gui.learned import Source

OWN = "handwriting:20000:6"


def examples(spec: str, *, validation: bool = False) -> Examples:
    return Examples((spec,), validation, Preparation.FITTED, Handwriting())


def words(one: Examples, name: str, learned_from: str = OWN) -> str:
    return nature(one, name, Source(learned_from, 16_000, 4_000))


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


def test_the_validation_part_is_never_called_a_test() -> None:
    told = words(examples("handwriting", validation=True), OWN)
    assert "no test" in told
    assert "used to choose" in told


def test_examples_that_may_have_been_learned_are_told() -> None:
    told = words(examples("handwriting:5000", validation=True), "handwriting:5000:6")
    assert OWN in told
    assert "may have been among them" in told
    for learned_from in ("idx train", f"{OWN} + idx train"):
        assert "flatter" in words(examples("idx:/x/train"), "idx train", learned_from)


def test_examples_of_others_are_told_to_be_unseen() -> None:
    assert words(examples("idx:/x/t10k"), "idx t10k", "idx train").startswith("Never used to train")


def test_fresh_digits_are_told_to_be_of_the_generators_own_hand() -> None:
    one = examples("handwriting:10000:70001")
    assert one.fresh
    assert "generator's own hand" in words(one, "handwriting:10000:70001")
    assert not examples("handwriting", validation=True).fresh
    assert not examples("idx:/x/handwriting").fresh
