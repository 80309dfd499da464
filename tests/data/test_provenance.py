"""What a network has learned from is not forgotten, and what its scores are worth is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from sixpad.core.preparation import Preparation
from sixpad.data.dataset import parts_of
from sixpad.data.handwriting_style import Handwriting
from sixpad.data.provenance import (
    CORRECTIONS,
    MAX_NAME,
    MAX_NAMES,
    OTHERS,
    OWN_RANGES,
    Source,
    as_line,
    with_mixtures_in_doubt,
    worth,
)
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
@pytest.mark.parametrize("names", [[OWN], [OWN, MINE], [MINE, OWN], [OWN, "idx never"]])
def test_a_source_keeps_the_same_apart_in_every_mixture(source: Source, names: list[str]) -> None:
    assert kept_apart(worth(names, source, validation=True))


@pytest.mark.parametrize("kind", ["handwriting:200:6", "drawings"])
def test_the_parts_of_a_source_are_those_it_has_in_a_mixture(kind: str) -> None:
    """That is what the words rest on; of own drawings as soon as a session is kept apart."""
    source = load_data(["handwriting:200:6"])
    if kind == "drawings":
        numbers = np.repeat(np.array([3, 1 << 62, 1, 1 << 61, 5 << 60]), 40)
        source = replace(source, name=kind, groups=numbers)
    other = load_data(["handwriting:50:1"])
    alone, mixed = source.split(), parts_of([other, source], [None, None])
    for part, among in zip(alone, mixed, strict=True):
        assert np.array_equal(part.images, among.images[-len(part) :])
    assert len(alone[1]) == 40


def test_own_drawings_keep_their_sessions_apart_in_every_mixture() -> None:
    for source in (learned([OWN], [OWN, "drawings"]), learned(["drawings"])):
        assert kept_apart(worth([OWN, "drawings"], source, validation=True))
    assert kept_apart(worth(["drawings"], learned(["drawings"]), validation=True))


@pytest.mark.parametrize(
    ("names", "source"),
    [
        # Alone some are kept apart that were learned from in the mixture.
        (["drawings"], learned([OWN, "drawings"])),
        (["drawings"], learned([OWN, "drawings"], ["drawings"])),
        (["drawings:a"], learned([OWN, "drawings:a"])),
        # A correction teaches any drawing.
        (["drawings"], learned([OWN], [CORRECTIONS])),
        ([OWN, "drawings"], learned([OWN, "drawings"], [CORRECTIONS])),
        (["drawings"], learned(["drawings"], [CORRECTIONS])),
    ],
)
def test_own_drawings_that_may_have_been_learned_are_told(names: list[str], source: Source) -> None:
    words = worth(names, source, validation=True)
    assert words == f"The network learned from {source.name}: these may have been among it."


def test_corrections_leave_what_is_kept_apart_of_others() -> None:
    source = learned([OWN], [CORRECTIONS])
    assert kept_apart(worth([OWN], source, validation=True))
    assert worth(["drawings"], source).startswith("The network learned from drawings:")


def test_the_parts_of_a_mixture_that_was_split_as_a_whole_are_in_doubt() -> None:
    data = with_mixtures_in_doubt(((OWN,), (OWN, MINE)))
    assert data == ((OTHERS,), (OWN,), (OWN, MINE))
    assert with_mixtures_in_doubt(data) == data
    assert "may have been among it" in worth([OWN], Source(data), validation=True)
    assert with_mixtures_in_doubt(((OWN,), (MINE,))) == ((OWN,), (MINE,))


def test_drawings_of_one_session_are_told_to_be_no_test() -> None:
    source = learned([OWN, "drawings"])
    words = worth(["drawings"], source, sessions=1)
    assert words.startswith("The network learned from these, all of one session: they flatter it.")
    assert words.endswith("Some later ones will be tests.")
    for sessions in (0, 2):
        assert worth(["drawings"], source, sessions=sessions).endswith("flatter it.")
    assert worth(["drawings"], learned([OWN]), sessions=1) == "Never used to train this network."


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
