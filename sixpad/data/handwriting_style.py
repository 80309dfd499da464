"""How much handwriting varies: the ranges the generator draws from, with their limits and words."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import NamedTuple

from sixpad.core.grid import SIDE
from sixpad.errors import SixpadError


class Range(NamedTuple):
    """What a person is told of one field of `Handwriting`, and the limits it is held to.

    `unit` is empty for a plain number; `step` is the least change worth a look.
    """

    label: str
    unit: str
    low: float
    high: float
    step: float
    meaning: str


_HEIGHT = "of the height"
_PIXELS = "pixels"
# Below this a pen of one pixel fills a digit up.
_LEAST_SIDE = 8.0

RANGES: dict[str, Range] = {
    "slant": Range(
        "Slant", "", -0.6, 0.6, 0.01,
        "How far digits lean to the right on average: sideways for each step upward.",
    ),
    "slant_spread": Range(
        "Slant, spread", "", 0.0, 0.5, 0.01, "How much the slant differs from digit to digit."
    ),
    "rotation_spread": Range(
        "Rotation, spread", "degrees", 0.0, 30.0, 0.5,
        "How far digits are turned to either side.",
    ),
    "aspect": Range(
        "Width", "of the drawn form", 0.3, 1.5, 0.02,
        "How wide the middle digit is, beside the square box its form is drawn in.",
    ),
    "aspect_spread": Range(
        "Width, spread", "", 0.0, 0.6, 0.01,
        "How much the width differs from digit to digit, as a share of it.",
    ),
    "jitter": Range(
        "Unsteadiness", _HEIGHT, 0.0, 0.12, 0.002,
        "How far each point that a stroke is led through strays from its place.",
    ),
    "stroke_shift": Range(
        "Stroke shift", _HEIGHT, 0.0, 0.12, 0.002,
        "How far a stroke as a whole strays from where the digit wants it.",
    ),
    "warp": Range(
        "Bending", _HEIGHT, 0.0, 0.15, 0.005, "How far long, smooth waves bend the whole digit."
    ),
    "truncation": Range(
        "Cut ends", "of the stroke", 0.0, 0.2, 0.005,
        "How much is missing at the ends of each stroke.",
    ),
    "tremor": Range(
        "Tremor", _HEIGHT, 0.0, 0.04, 0.001, "How much the pen trembles along its way."
    ),
    "pen_narrowest": Range(
        "Narrowest pen", _PIXELS, 1.0, 6.0, 0.1, "The width of the thinnest pen."
    ),
    "pen_usual": Range(
        "Usual pen", _PIXELS, 1.0, 6.0, 0.1, "The width that most pens come near."
    ),
    "pen_widest": Range("Widest pen", _PIXELS, 1.0, 8.0, 0.1, "The width of the thickest pen."),
    "pen_share": Range(
        "Widest pen, by size", "of the longer side", 0.05, 0.5, 0.01,
        "No pen is wider than this share of its digit, so that small digits stay open.",
    ),
    "most_ink": Range(
        "Most ink", "of the digit's area", 0.2, 1.0, 0.05,
        "No pen blackens more than about this share of the digit, so that loops stay open.",
    ),
    "free": Range(
        "Written freely", "of the digits", 0.0, 1.0, 0.05,
        "How many digits are written in any size; the others have the usual one.",
    ),
    "smallest_side": Range(
        "Smallest size", _PIXELS, _LEAST_SIDE, SIDE, 1.0,
        "The longer side of the smallest digit that is written freely.",
    ),
    "largest_side": Range(
        "Largest size", _PIXELS, _LEAST_SIDE, SIDE, 1.0,
        "The longer side of the largest digit that is written freely.",
    ),
    "written_side": Range(
        "Usual size", _PIXELS, _LEAST_SIDE, SIDE, 1.0,
        "The longer side of every digit that is not written freely.",
    ),
}  # fmt: skip


# Ranges of which none may lie above the next.
RISING = (("pen_narrowest", "pen_usual", "pen_widest"), ("smallest_side", "largest_side"))


@dataclass(frozen=True)
class Handwriting:
    """How much writing varies: RANGES says what each field means, in which unit and limits.

    `slant` and `aspect` are the middle of what is written. Spreads are standard deviations (that
    of `aspect` of its logarithm); so are `jitter`, `stroke_shift`, `warp`, `truncation` and
    `tremor`. The longer side is `written_side`, or for the share `free` of the digits anything from
    `smallest_side` to `largest_side`, all equally often.

    Raises SixpadError, naming the range by its label, for a value outside its limits and for pens
    or sizes that do not go up.
    """

    slant: float = 0.09
    slant_spread: float = 0.22
    rotation_spread: float = 5.0
    aspect: float = 0.80
    aspect_spread: float = 0.23
    jitter: float = 0.038
    stroke_shift: float = 0.03
    warp: float = 0.05
    truncation: float = 0.02
    tremor: float = 0.008
    pen_narrowest: float = 1.3
    pen_usual: float = 1.9
    pen_widest: float = 4.2
    pen_share: float = 0.2
    most_ink: float = 0.65
    free: float = 0.6
    smallest_side: float = 12.0
    largest_side: float = 22.0
    written_side: float = 20.0

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            low, high = RANGES[name].low, RANGES[name].high
            if not low <= value <= high:
                raise SixpadError(f"“{RANGES[name].label}” is {value:g}: use {low:g} to {high:g}.")
        for rising in RISING:
            for less, more in pairwise(rising):
                self._check_order(less, more)

    def _check_order(self, less: str, more: str) -> None:
        """Refuse a lower end of a range that lies above its upper end."""
        if getattr(self, less) > getattr(self, more):
            raise SixpadError(
                f"“{RANGES[less].label}” is {getattr(self, less):g}, more than "
                f"“{RANGES[more].label}” with {getattr(self, more):g}: lower the one or raise the "
                "other."
            )
