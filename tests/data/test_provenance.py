"""What a network has learned from is not forgotten, and what its scores are worth is told."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from sixpad.core.preparation import Preparation
from sixpad.data.handwriting_style import Handwriting
from sixpad.data.provenance import MAX_NAME, MAX_NAMES, OTHERS, OWN_RANGES, Source, as_line, worth
from sixpad.data.spec import load_data

OWN, OTHER, MINE = "handwriting:20000:6", "handwriting:10000:70001", "images mine"


def learned(*data: Sequence[str], new: bool = False) -> Source:
    """The source of a network that learned from these data sets, one after the other."""
    source = Source()
    for names in data:
        source = source.then(names, 80, 20, Preparation.FITTED, new)
    return source


def kept_apart(words: str) -> bool:
    return words == (
        "Kept apart from training, but watched while settings are chosen: progress, and no test."
    )


# What was learned from


def test_every_data_set_is_remembered_once() -> None:
    source = learned([OWN], [MINE, "idx train"], [OWN], [MINE])
    assert source.data == ((OWN,), (MINE, "idx train"), (MINE,))
    assert source.names == (OWN, MINE, "idx train")
    assert source.name == f"{OWN} + {MINE} + idx train"


def test_the_last_parts_and_their_preparation_count() -> None:
    first = Source().then([OWN], 80, 20, Preparation.FITTED)
    source = first.then([MINE], 8, 2, Preparation.DESKEWED)
    assert source[1:] == (8, 2, Preparation.DESKEWED, False)


def test_new_in_every_epoch_is_told_and_is_no_part_of_a_name() -> None:
    source = learned([OWN], new=True).then([MINE], 8, 2, Preparation.FITTED)
    assert source.names == (OWN, MINE)
    assert source.name == f"{OWN} + {MINE}, new in every epoch"
    assert learned([OWN]).name == OWN


def test_the_names_are_those_of_the_single_sources() -> None:
    data = load_data(["handwriting:20:1", "handwriting:10:2@0.5", "handwriting:20:1"])
    names = ("handwriting:20:1", "handwriting:10:2", "handwriting:20:1")
    assert data.names == names
    assert [part.names for part in data.split()] == [names, names]
    assert load_data(["handwriting:20:1"]).names == ("handwriting:20:1",)


@pytest.mark.parametrize("count", [MAX_NAMES, MAX_NAMES + 1, 3 * MAX_NAMES])
def test_where_there_are_too_many_the_earliest_give_way(count: int) -> None:
    source = learned(*([f"idx {number}"] for number in range(count)))
    assert len(source.names) == MAX_NAMES
    assert source.names[-1] == f"idx {count - 1}"
    assert (source.names[0] == OTHERS) is (count > MAX_NAMES)
    assert "may have been among it" in worth(["idx a"], source) or count == MAX_NAMES
    assert learned([str(number) for number in range(count)]).names[0] in ("0", OTHERS)


# What the scores are worth


@pytest.mark.parametrize(
    "source", [learned([OWN]), learned([MINE], [OWN]), learned([OWN], new=True)]
)
def test_the_validation_part_is_never_called_a_test(source: Source) -> None:
    assert kept_apart(worth([OWN], source, validation=True))


@pytest.mark.parametrize(
    "source", [learned([OWN, MINE]), learned([OWN], [OWN, MINE]), learned([MINE, OWN], [OWN])]
)
def test_what_is_kept_apart_now_may_have_been_learned_in_another_mixture(source: Source) -> None:
    words = worth([OWN], source, validation=True)
    assert words == f"The network learned from {source.name}: these may have been among it."


def test_a_mixture_is_kept_apart_as_the_whole_that_it_was() -> None:
    assert kept_apart(worth([OWN, MINE], learned([OWN, MINE]), validation=True))
    assert not kept_apart(worth([OWN, MINE], learned([OWN], [MINE]), validation=True))


@pytest.mark.parametrize(
    "source",
    [learned([MINE]), learned([MINE], [OWN]), learned([OWN], [MINE]), learned([OWN, MINE])],
)
def test_what_was_ever_learned_flatters(source: Source) -> None:
    flatters = f"The network learned from {MINE}: these examples flatter it."
    assert worth([MINE], source) == flatters
    assert worth(["idx t10k", MINE], source) == flatters


@pytest.mark.parametrize("validation", [False, True])
def test_examples_of_others_are_told_to_be_unseen(validation: bool) -> None:
    words = worth(["idx t10k"], learned(["idx train"], [OWN]), validation=validation)
    assert words == "Never used to train this network."


@pytest.mark.parametrize("names", [[OTHER], ["handwriting:5000:6"], [OTHER, "handwriting:9:9"]])
def test_generated_digits_are_told_to_be_of_the_generators_own_hand(names: list[str]) -> None:
    assert worth(names, learned([OWN])).startswith("The generator's own hand")
    assert worth([*names, "idx t10k"], learned([OWN])) == "Never used to train this network."


def test_names_are_compared_as_wholes() -> None:
    assert worth(["images b"], learned(["images a + images b"])).startswith("Never")
    assert "flatter" in worth(["images a + b"], learned(["images a + b"]))


@pytest.mark.parametrize("name", ["images a\u200b\nb", "images " + "x" * 5000])
def test_names_that_a_file_cannot_hold_are_known_again(name: str) -> None:
    source = learned([name])
    assert source.names != (name,)
    assert all(each.isprintable() and len(each) <= MAX_NAME for each in source.names)
    assert "flatter" in worth([name], source)
    assert as_line(as_line(name)) == as_line(name)


def test_the_same_digits_with_other_ranges_are_known_again() -> None:
    changed = load_data(["handwriting:20:1"], style=Handwriting(slant=0.4))
    assert changed.name == f"handwriting:20:1{OWN_RANGES}"
    assert "flatter" in worth(["handwriting:20:1"], learned(changed.names))
    assert kept_apart(worth(["handwriting:20:1"], learned(changed.names), validation=True))


def test_what_is_not_known_is_not_called_unseen() -> None:
    for validation in (False, True):
        assert "not known" in worth([MINE], Source(), validation=validation)
