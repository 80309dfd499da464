"""A mixture of sources: what can be done to it leaves shares that can be mixed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixpad.data.dataset import check_shares, fractions
from sixpad.data.mixture import (
    LEAST_SHARE,
    Mixture,
    Portion,
    added,
    changed,
    may_have_the_rest,
    mixture_of,
    most_share,
    own_share,
    removed,
    specs_of,
)
from sixpad.data.spec_words import handwriting_count, split_share, with_share

HANDWRITING, DRAWINGS, OTHERS = Portion("handwriting"), Portion("drawings", 0.2), Portion("idx:a")


def test_specs_are_taken_apart_and_put_together_again() -> None:
    specs = ("handwriting:40", "drawings@0.2", "images:/a@b/c", "idx:C:\\x\\train@0.125")
    mixture = mixture_of(specs)
    assert [portion.share for portion in mixture] == [None, 0.2, None, 0.125]
    assert [portion.kind for portion in mixture] == ["handwriting", "drawings", "images", "idx"]
    assert specs_of(mixture) == specs


def test_a_path_that_ends_like_a_share_keeps_it() -> None:
    assert split_share(with_share("images:digits@2", None)) == ("images:digits@2", 1.0)
    assert split_share(with_share("images:digits@2", 0.25)) == ("images:digits@2", 0.25)


@pytest.mark.parametrize(
    ("text", "count"), [("handwriting", 40_000), ("handwriting:70", 70), ("handwriting:9:1", 9)]
)
def test_how_many_digits_are_asked_for(text: str, count: int) -> None:
    assert handwriting_count(text) == count


def test_what_is_added_leaves_the_others_something() -> None:
    assert added((HANDWRITING,), "drawings", 0.2) == (HANDWRITING, DRAWINGS)
    most = (HANDWRITING, Portion("idx:a", 0.9))
    assert [portion.share for portion in added(most, "drawings", 0.2)] == [None, 0.79, 0.2]
    assert added((HANDWRITING, DRAWINGS), "drawings", 0.5) == (HANDWRITING, DRAWINGS)
    all_given = (Portion("idx:a", 0.5), Portion("idx:b", 0.5))
    assert added(all_given, "idx:c")[2].share == 0.5


@pytest.mark.parametrize(
    ("drawings", "others", "share"),
    [(1, 32_000, 0.01), (30, 32_000, 0.05), (200, 32_000, 0.2), (10_000, 100, 0.2), (0, 0, 0.01)],
)
def test_few_drawings_of_ones_own_do_not_come_too_often(
    drawings: int, others: int, share: float
) -> None:
    assert own_share(drawings, others) == share


def test_what_is_left_alone_is_all_of_it() -> None:
    assert removed((HANDWRITING, DRAWINGS), 0) == (Portion("drawings"),)
    assert removed((HANDWRITING, DRAWINGS, OTHERS), 0) == (DRAWINGS, OTHERS)


def test_one_that_has_what_all_others_leave_has_no_share() -> None:
    assert most_share((HANDWRITING, DRAWINGS), 0) < LEAST_SHARE
    assert most_share((HANDWRITING, DRAWINGS), 1) == 0.99
    assert most_share((HANDWRITING, DRAWINGS, OTHERS), 0) == 0.79
    assert most_share((Portion("idx:a", 0.99), HANDWRITING, OTHERS), 1) < LEAST_SHARE
    assert most_share((Portion("idx:a", 0.5), Portion("idx:b", 0.7)), 0) == 1.0


steps = st.lists(
    st.tuples(st.sampled_from(["add", "own", "remove", "most", "rest"]), st.integers(0, 5)),
    max_size=25,
)


@given(steps)
def test_whatever_is_done_can_be_mixed(done: list[tuple[str, int]]) -> None:
    mixture: Mixture = (HANDWRITING,)
    for step, number in done:
        place = number % len(mixture)
        if step == "add":
            mixture = added(mixture, f"idx:{number}")
        elif step == "own":
            mixture = added(mixture, f"drawings:{number}", 0.2)
        elif step == "remove" and len(mixture) > 1:
            mixture = removed(mixture, place)
        elif step == "most" and (share := most_share(mixture, place)) >= LEAST_SHARE:
            mixture = changed(mixture, place, mixture[place]._replace(share=share))
        elif step == "rest" and may_have_the_rest(mixture, place):
            mixture = changed(mixture, place, mixture[place]._replace(share=None))
        shares = [portion.share for portion in mixture]
        check_shares(shares)
        assert sum(fractions([100] * len(mixture), shares)) == pytest.approx(1)
        assert mixture_of(specs_of(mixture)) == mixture
