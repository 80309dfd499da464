"""A form: one of the ways in which people write a digit."""

from __future__ import annotations

from typing import NamedTuple


class Form(NamedTuple):
    """One way of writing a digit.

    It is written in a square box, 100 by 100, x to the right and y downward, and squeezed to a
    handwritten aspect later. Its strokes, separated by ";", run through points "x,y"; "!" after a
    point makes it a corner. `strokes` and `other`, its two extremes, have equally many points; each
    digit written lies somewhere between the two. `weight` is how often the form is met beside the
    digit's others.
    """

    name: str
    weight: float
    strokes: str
    other: str
