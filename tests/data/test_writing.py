"""Writing: every form can be written, on the canvas, in any style, and the same by chance."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sixpad.core.grid import SIDE, centre_and_fit, draw_segments
from sixpad.data import writing
from sixpad.data.digit_shapes import FORMS
from sixpad.data.handwriting_style import RANGES, Handwriting
from sixpad.data.writing import write

STILL = Handwriting(
    slant_spread=0, rotation_spread=0, aspect_spread=0, jitter=0, stroke_shift=0, warp=0,
    truncation=0, tremor=0,
)  # fmt: skip
EVERY_FORM = [(digit, form) for digit in range(10) for form in range(len(FORMS[digit]))]
ORDERED = {"pen_narrowest", "pen_usual", "pen_widest", "smallest_side", "largest_side"}


@st.composite
def styles(draw: st.DrawFn) -> Handwriting:
    """Any style within the limits."""
    values = {
        name: draw(st.floats(limits.low, limits.high))
        for name, limits in RANGES.items()
        if name not in ORDERED
    }
    pens = sorted(draw(st.tuples(*[st.floats(1, 6)] * 3)))
    sides = sorted(draw(st.tuples(*[st.floats(RANGES["smallest_side"].low, SIDE)] * 2)))
    values |= dict(zip(("pen_narrowest", "pen_usual", "pen_widest"), pens, strict=True))
    return Handwriting(**values, smallest_side=sides[0], largest_side=sides[1])


def form_name(digit_and_form: tuple[int, int]) -> str:
    digit, form = digit_and_form
    return f"{digit} {FORMS[digit][form].name}"


def written(digit: int, form: int, count: int, style: Handwriting | None = None) -> NDArray[Any]:
    labels, forms = np.full(count, digit, np.uint8), np.full(count, form)
    return write(labels, forms, style or Handwriting(), np.random.default_rng(0))


def some_of_each(style: Handwriting, rng: np.random.Generator) -> NDArray[Any]:
    labels, forms = np.array(EVERY_FORM).T
    return write(labels.astype(np.uint8), forms, style, rng)


@pytest.mark.parametrize("digit_and_form", EVERY_FORM, ids=form_name)
def test_each_form_can_be_written(digit_and_form: tuple[int, int]) -> None:
    ink = written(*digit_and_form, 30)
    assert (ink.sum(axis=(1, 2)) >= 10).all()
    assert len({image.tobytes() for image in ink}) == 30


@pytest.mark.parametrize("digit", range(10))
def test_forms_of_a_digit_differ_in_more_than_chance(digit: int) -> None:
    images = [written(digit, form, 1, STILL)[0] for form in range(len(FORMS[digit]))]
    for one, other in combinations(images, 2):
        assert (one != other).any()


@settings(deadline=None, max_examples=40)
@given(styles(), st.integers(0, 2**32))
def test_in_any_style_every_digit_has_ink_and_none_is_cut_off(
    style: Handwriting, seed: int
) -> None:
    drawn = []

    def spy(segments: NDArray[Any], pens: NDArray[Any]) -> NDArray[Any]:
        drawn.append((segments, pens))
        return draw_segments(segments, pens)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "draw_segments", spy)
        ink = some_of_each(style, np.random.default_rng(seed))
    assert ink.any(axis=(1, 2)).all()
    ((segments, pens),) = drawn
    reach = pens[:, None, None] / 2
    assert np.nanmin(segments - reach) >= -1e-4
    assert np.nanmax(segments + reach) <= SIDE + 1e-4
    assert pens.min() >= 1
    assert pens.max() <= max(style.pen_widest, 1) + 1e-4


@settings(deadline=None, max_examples=20)
@given(styles(), styles())
def test_what_is_drawn_by_chance_does_not_depend_on_the_style(
    one: Handwriting, other: Handwriting
) -> None:
    states = []
    for style in (one, other):
        rng = np.random.default_rng(0)
        some_of_each(style, rng)
        states.append(rng.bit_generator.state)
    assert states[0] == states[1]


def test_wider_ranges_vary_more() -> None:
    calm = fitted_variance(written(6, 0, 200, STILL))
    assert fitted_variance(written(6, 0, 200)) > 1.2 * calm


def fitted_variance(images: NDArray[Any]) -> float:
    """The mean variance of the pixels once the images are fitted."""
    return float(centre_and_fit(images).var(axis=0).mean())


@pytest.mark.parametrize(
    ("name", "calm", "lively"),
    [("jitter", 0.0, 0.06), ("stroke_shift", 0.0, 0.06), ("warp", 0.0, 0.08),
     ("truncation", 0.0, 0.1), ("tremor", 0.0, 0.02), ("slant", -0.2, 0.2),
     ("slant_spread", 0.0, 0.3), ("rotation_spread", 0.0, 15.0), ("aspect", 0.6, 1.1),
     ("aspect_spread", 0.0, 0.4), ("free", 0.0, 1.0)],
)  # fmt: skip
def test_each_range_changes_what_is_written(name: str, calm: float, lively: float) -> None:
    one, other = (written(4, 0, 30, Handwriting(**{name: value})) for value in (calm, lively))
    assert (one != other).any(axis=(1, 2)).mean() > 0.5


def test_pens_have_the_widths_they_should() -> None:
    style = Handwriting(
        pen_narrowest=2, pen_usual=3, pen_widest=6, pen_share=0.5, most_ink=1, free=0
    )
    drawn = writing._pens((np.arange(10_000) + 0.5) / 10_000, style)
    assert drawn.min() == pytest.approx(2, abs=0.05)
    assert drawn.max() == pytest.approx(6, abs=0.05)
    assert drawn.mean() == pytest.approx((2 + 3 + 6) / 3, abs=0.01)
    assert (np.diff(drawn) > 0).all()
    thin = written(1, 0, 50, Handwriting(pen_narrowest=2, pen_usual=2, pen_widest=2, free=0))
    thick = written(1, 0, 50, Handwriting(pen_narrowest=4, pen_usual=4, pen_widest=4, free=0))
    assert thick.sum() > 1.5 * thin.sum()


def test_loops_stay_open_under_a_wide_pen() -> None:
    """The cap on the ink thins the pen of an eight, and of a small one more."""
    wide = Handwriting(pen_narrowest=5, pen_usual=5, pen_widest=6, pen_share=0.5)
    capped, uncapped = (
        written(8, 0, 100, Handwriting(**{**vars(wide), "most_ink": share})) for share in (0.4, 1)
    )
    assert capped.sum() < 0.8 * uncapped.sum()
