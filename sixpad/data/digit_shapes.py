"""How people write the ten digits: the forms of each, their strokes, and how common they are."""

from __future__ import annotations

from sixpad.data.curved_shapes import FIVE, THREE, TWO
from sixpad.data.digit_form import Form
from sixpad.data.looped_shapes import EIGHT, NINE, SIX, ZERO
from sixpad.data.straight_shapes import FOUR, ONE, SEVEN

FORMS: tuple[tuple[Form, ...], ...] = (
    ZERO, ONE, TWO, THREE, FOUR, FIVE, SIX, SEVEN, EIGHT, NINE,
)  # fmt: skip
