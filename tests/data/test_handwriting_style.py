"""The ranges of handwriting: every one explained, and held to its limits in plain words."""

from __future__ import annotations

import json
from dataclasses import asdict, fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixpad.data.handwriting_style import RANGES, Handwriting
from sixpad.errors import SixpadError

PAIRS = [
    ("pen_narrowest", "pen_usual"),
    ("pen_usual", "pen_widest"),
    ("smallest_side", "largest_side"),
]


def test_every_range_is_explained_and_holds_its_default() -> None:
    assert list(RANGES) == [field.name for field in fields(Handwriting)]
    for name, value in asdict(Handwriting()).items():
        told = RANGES[name]
        assert told.low <= value <= told.high
        assert 0 < told.step <= (told.high - told.low) / 10
        assert told.meaning.endswith(".")
    assert len({told.label for told in RANGES.values()}) == len(RANGES)


def test_a_style_survives_being_stored() -> None:
    style = Handwriting(slant=-0.3, pen_widest=2.5)
    assert Handwriting(**json.loads(json.dumps(asdict(style)))) == style


@pytest.mark.parametrize("name", RANGES)
def test_a_value_outside_its_limits_is_refused_by_its_label(name: str) -> None:
    limits = RANGES[name]
    for value in (limits.low - limits.step, limits.high + limits.step, float("nan"), float("inf")):
        with pytest.raises(SixpadError) as error:
            Handwriting(**{name: value})
        sentence = str(error.value)
        assert sentence.startswith(f"“{limits.label}” is {value:g}: ")
        assert f"use {limits.low:g} to {limits.high:g}." in sentence


@pytest.mark.parametrize(("less", "more"), PAIRS)
def test_a_range_upside_down_is_refused_by_both_labels(less: str, more: str) -> None:
    low = max(RANGES[less].low, RANGES[more].low)
    with pytest.raises(SixpadError) as error:
        Handwriting(**{"pen_usual": 2.0, less: low + 2, more: low + 1})
    sentence = str(error.value)
    assert f"“{RANGES[less].label}” is {low + 2:g}" in sentence
    assert f"“{RANGES[more].label}” with {low + 1:g}" in sentence


@given(st.sampled_from(sorted(RANGES)), st.floats(0, 1))
def test_a_single_change_within_the_limits_is_refused_for_its_order_alone(
    name: str, share: float
) -> None:
    limits = RANGES[name]
    value = min(limits.low + share * (limits.high - limits.low), limits.high)
    values = asdict(Handwriting()) | {name: value}
    if all(values[less] <= values[more] for less, more in PAIRS):
        assert getattr(Handwriting(**values), name) == value
    else:
        with pytest.raises(SixpadError, match="lower the one or raise the other"):
            Handwriting(**values)
