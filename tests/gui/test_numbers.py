"""Numbers as a person reads them, as a table."""

from __future__ import annotations

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixpad.gui.numbers import count, duration, fixed, large, percent, signed

THIN = "\u2009"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.00"), (-0.0, "0.00"), (1.0, "+1.00"), (-1.0, "−1.00"), (0.005, "+0.01"),
        (-0.49, "−0.49"), (12345.678, "+12345.68"), (0.004, "+0.0040"), (-0.00001, "−1.0e−5"),
        (1e5, "+1.0e5"), (-2.5e12, "−2.5e12"), (inf, "–"), (-inf, "–"), (nan, "–"),
    ],
)  # fmt: skip
def test_signed(value: float, text: str) -> None:
    assert signed(value) == text


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(0.5, 3, "0.500"), (-0.25, 2, "−0.25"), (1234.5, 1, "1234.5"), (nan, 3, "–"), (inf, 3, "–")],
)
def test_fixed(value: float, decimals: int, text: str) -> None:
    assert fixed(value, decimals) == text


@pytest.mark.parametrize(
    ("share", "decimals", "text"),
    [
        (0.0, 1, "0.0"), (1.0, 1, "100.0"), (0.5, 1, "50.0"), (0.9731, 1, "97.3"),
        (0.9999, 1, "99.9"), (1 - 1e-12, 1, "99.9"), (1e-12, 1, "0.1"), (1e-12, 2, "0.01"),
        # Without decimals it is rounded like any number.
        (0.999, 0, "100"), (0.004, 0, "0"), (0.016, 0, "2"),
    ],
)  # fmt: skip
def test_percent(share: float, decimals: int, text: str) -> None:
    assert percent(share, decimals) == f"{text}{THIN}%"


@pytest.mark.parametrize("share", [nan, inf])
def test_percent_of_nothing(share: float) -> None:
    assert percent(share) == "–"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (999, "999"), (1000, f"1{THIN}000"), (1.6e6, f"1{THIN}600{THIN}000")],
)
def test_count(value: float, text: str) -> None:
    assert count(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(940, "940"), (52_344, f"52{THIN}300"), (1_900_000, "1.9 million"), (2.55e7, "25.5 million")],
)
def test_large(value: float, text: str) -> None:
    assert large(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"), (inf, "–"), (nan, "–"), (0.0, "0.0 s"), (0.24, "0.2 s"), (9.9, "9.9 s"),
        (45.2, "45 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (200, "3 min 20 s"),
        (3599.4, "59 min 59 s"), (7500, "2 h 5 min"),
    ],
)  # fmt: skip
def test_duration(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


@given(st.floats(-1e300, 1e300))
def test_signed_tells_the_truth(value: float) -> None:
    """What is read is the value, to within half of its last decimal, and its sign is shown."""
    text = signed(value)
    shown = float(text.replace("−", "-"))
    assert abs(shown - value) <= max(0.005 + 1e-9, abs(value) * 0.051)
    assert text[0] in "+−" or shown == 0


@given(st.floats(0, 1))
def test_percent_is_never_more_sure_than_the_neuron(share: float) -> None:
    text = percent(share)
    shown = float(text.removesuffix(f"{THIN}%"))
    assert abs(shown / 100 - share) <= 0.001
    assert (shown == 100) == (share == 1)
    assert (shown == 0) == (share == 0)
