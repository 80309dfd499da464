"""Procedural handwriting: digits written stroke by stroke, no two alike, and the truth known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from sixpad.core.grid import PIXELS, SIDE, SMALLEST_SCALED, Ink, centre_and_fit, draw_segments
from sixpad.data.dataset import DIGITS, Dataset
from sixpad.data.digit_shapes import FORMS
from sixpad.data.stroke_path import stroke_path
from sixpad.errors import SixpadError

MOST_DIGITS = 1_000_000

# Digits written at a time: enough for NumPy to be quick, few enough for the cache.
_BLOCK = 2500

_PATHS = tuple(tuple(stroke_path(form) for form in forms) for forms in FORMS)
_POINTS = max(len(path.basis) for paths in _PATHS for path in paths)
_CONTROLS = max(path.basis.shape[1] for paths in _PATHS for path in paths)

_Floats = NDArray[np.float32]
_Indices = NDArray[np.intp]


_LARGEST_SHARE = 1.0
_LARGEST = {
    "rotation_spread": 180.0,
    "aspect": 4.0,
    "pen_narrowest": 8.0,
    "pen_usual": 8.0,
    "pen_widest": 8.0,
    "pen_share": 0.5,
    "smallest_side": SIDE,
    "largest_side": SIDE,
    "written_side": SIDE,
}


@dataclass(frozen=True)
class Handwriting:
    """How much writing varies. Lengths are shares of the digit's height unless a unit is given.

    `slant` is the mean (sideways per upward), `aspect` the median (width by height of the box a
    form is drawn in). Spreads are standard deviations; so are `jitter` of the points a stroke is
    led through, `warp` of the paper, `truncation` of a stroke's ends (a share of its length) and
    `tremor`. Pens are in pixels, mostly near `pen_usual`, and never so wide that they exceed
    `pen_share` of the digit's longer side or blacken more than about `most_ink` of its rectangle.
    The longer side is `written_side` pixels, or for the share `free` of the digits anything from
    `smallest_side` to `largest_side`.

    Raises SixpadError for values out of range.
    """

    slant: float = 0.10
    slant_spread: float = 0.22
    rotation_spread: float = 5.0  # degrees
    aspect: float = 0.82
    aspect_spread: float = 0.22  # of the logarithm
    jitter: float = 0.034
    warp: float = 0.045
    truncation: float = 0.04
    tremor: float = 0.008
    pen_narrowest: float = 1.3
    pen_usual: float = 2.2
    pen_widest: float = 4.1
    pen_share: float = 0.2
    most_ink: float = 0.6
    free: float = 0.5
    smallest_side: float = 12.0
    largest_side: float = 22.0
    written_side: float = 20.0

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            low = -_LARGEST_SHARE if name == "slant" else 0
            high = _LARGEST.get(name, _LARGEST_SHARE)
            if not low <= value <= high:
                raise SixpadError(
                    f"The handwriting's {name} is {value:g}: use {low:g} to {high:g}."
                )
        if not 1 <= self.pen_narrowest <= self.pen_usual <= self.pen_widest > self.pen_narrowest:
            raise SixpadError("The handwriting's pens must go up, from 1 pixel on.")
        if not SMALLEST_SCALED <= self.smallest_side <= self.largest_side:
            raise SixpadError(f"The handwriting's sides must go up, from {SMALLEST_SCALED} pixels.")
        if self.written_side < SMALLEST_SCALED:
            raise SixpadError(f"The handwriting's written side is under {SMALLEST_SCALED} pixels.")
        if min(self.aspect, self.pen_share, self.most_ink) < 0.05:
            raise SixpadError("The handwriting's aspect, pen_share or most_ink is under 0.05.")


def generate(
    count: int, seed: int = 0, *, fit: bool = True, style: Handwriting | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Dataset:  # fmt: skip
    """Write `count` digits: images (count, 576) and labels (count,), balanced and shuffled.

    The counts of any two digits differ by at most one. The same `seed`, from 0 on, gives the same
    digits. `fit` centres and fits each image as the app does with what a person draws; without it
    they stay where and as large as they were written. `on_progress` is told the share of the work
    that is done, up to 1.

    Raises SixpadError for a count below 1 or above MOST_DIGITS, and for a negative seed.
    """
    if not 1 <= count <= MOST_DIGITS:
        raise SixpadError(f"{count} digits cannot be generated: use 1 to {MOST_DIGITS}.")
    if seed < 0:
        raise SixpadError(f"The seed {seed} is negative: use 0 or more.")
    style = style or Handwriting()
    rng = np.random.default_rng(seed)
    # Where the count is no multiple of ten, chance says which digits there is one more of.
    labels = rng.permutation(DIGITS)[np.arange(count) % DIGITS].astype(np.uint8)
    rng.shuffle(labels)
    images = np.empty((count, PIXELS), np.uint8)
    for start in range(0, count, _BLOCK):
        block = slice(start, start + _BLOCK)
        ink = write(labels[block], _choose_forms(labels[block], rng), style, rng)
        images[block] = (centre_and_fit(ink) if fit else ink).reshape(-1, PIXELS)
        if on_progress is not None:
            on_progress(min(start + _BLOCK, count) / count)
    return Dataset(images, labels, f"handwriting:{count}:{seed}")


def write(
    labels: NDArray[np.uint8], forms: _Indices, style: Handwriting, rng: np.random.Generator
) -> Ink:
    """Write digits `labels` (n,) in the forms FORMS[label][form] of `forms` (n,): (n, 24, 24)."""
    points, first, last = _strokes(labels, forms, style, rng)
    points = _truncated(points, first, last, style, rng)
    points = _warped(points, style, rng)
    points = _slanted(points, style, rng)
    points += _normal(rng, style.tremor, points.shape)
    lifted = last[:, :-1] == np.arange(_POINTS - 1)
    points, pens = _placed(points, lifted, style, rng)
    segments = np.concatenate([points[:, :-1], points[:, 1:]], axis=2)
    segments[lifted] = np.nan
    return draw_segments(segments, pens)


def _choose_forms(labels: NDArray[np.uint8], rng: np.random.Generator) -> _Indices:
    """A form for each label (n,), as often as its weight says."""
    chosen = np.zeros(len(labels), np.intp)
    for digit, forms in enumerate(FORMS):
        weights = np.array([form.weight for form in forms])
        of_digit = labels == digit
        chosen[of_digit] = rng.choice(len(forms), of_digit.sum(), p=weights / weights.sum())
    return chosen


def _normal(rng: np.random.Generator, spread: float, shape: tuple[int, ...]) -> _Floats:
    return rng.standard_normal(shape, np.float32) * np.float32(spread)


def _strokes(
    labels: NDArray[np.uint8], forms: _Indices, style: Handwriting, rng: np.random.Generator
) -> tuple[_Floats, _Indices, _Indices]:
    """The points (n, P, 2) of each digit, and where (n, P) each point's stroke begins and ends.

    A form with fewer than P points repeats its last one, each time as a stroke of its own.
    """
    count = len(labels)
    between = rng.random((count, 1, 1), np.float32)
    jitter = _normal(rng, style.jitter, (count, _CONTROLS, 2))
    points = np.empty((count, _POINTS, 2), np.float32)
    first = np.tile(np.arange(_POINTS), (count, 1))
    last = first.copy()
    for digit, paths in enumerate(_PATHS):
        for form, path in enumerate(paths):
            rows = np.nonzero((labels == digit) & (forms == form))[0]
            length, used = path.basis.shape
            one, other = path.controls
            controls = one + (other - one) * between[rows] + jitter[rows, :used]
            points[rows, :length] = path.basis @ controls
            points[rows, length:] = points[rows, length - 1 : length]
            first[rows, :length] = path.first
            last[rows, :length] = path.last
    return points, first, last


def _truncated(
    points: _Floats, first: _Indices, last: _Indices, style: Handwriting, rng: np.random.Generator
) -> _Floats:
    """Cut a little off both ends of every stroke and spread its points over the rest."""
    start, end = np.clip(np.abs(_normal(rng, style.truncation, (2, len(points), 1))), 0, 0.3)
    at = start * (last - first) + (1 - start - end) * (np.arange(_POINTS) - first)
    before = at.astype(np.intp)
    share = (at - before)[:, :, None].astype(np.float32)
    before += first
    here: _Floats = np.take_along_axis(points, before[:, :, None], axis=1)
    there = np.take_along_axis(points, np.minimum(before + 1, last)[:, :, None], axis=1)
    here += (there - here) * share
    return here


def _warped(points: _Floats, style: Handwriting, rng: np.random.Generator) -> _Floats:
    """Bend the paper: move each point, along either axis, by two long waves across the digit."""
    count = len(points)
    warped: _Floats = points.copy()
    for _ in range(2):
        # In radians a height: at most some seven tenths of a wave fit in.
        frequency = rng.uniform(-4.5, 4.5, (count, 2, 2)).astype(np.float32)
        phase = rng.uniform(0, 2 * np.pi, (count, 1, 2)).astype(np.float32)
        warped += _normal(rng, style.warp, (count, 1, 2)) * np.sin(points @ frequency + phase)
    return warped


def _slanted(points: _Floats, style: Handwriting, rng: np.random.Generator) -> _Floats:
    """Give each digit its aspect, then its slant, then its rotation."""
    count = len(points)
    aspect = style.aspect * np.exp(_normal(rng, style.aspect_spread, (count,)))
    slant = style.slant + _normal(rng, style.slant_spread, (count,))
    angle = np.deg2rad(_normal(rng, style.rotation_spread, (count,)))
    cosine, sine = np.cos(angle), np.sin(angle)
    # The images of the two axes; y points downward, so that slanting to the right is −x.
    x_axis = np.stack([aspect * cosine, aspect * sine], axis=1)
    y_axis = np.stack([-slant * cosine - sine, -slant * sine + cosine], axis=1)
    slanted: _Floats = points @ np.stack([x_axis, y_axis], axis=1)
    return slanted


def _placed(
    points: _Floats, lifted: NDArray[np.bool_], style: Handwriting, rng: np.random.Generator
) -> tuple[_Floats, _Floats]:
    """Scale digits (n, P, 2) to pixels and put them on the canvas, with their pens (n,)."""
    count = len(points)
    sides = rng.uniform(style.smallest_side, style.largest_side, count)
    side = np.where(rng.random(count) < style.free, sides, style.written_side)
    low, extent = points.min(axis=1), np.ptp(points, axis=1)
    longer = extent.max(axis=1)
    steps = np.diff(points, axis=1)
    length = np.where(lifted, 0, np.hypot(steps[:, :, 0], steps[:, :, 1])).sum(axis=1)
    # A third of the height is the least width to reckon with: a one may be all ink.
    covered = length * side / longer / (side**2 * np.maximum(extent.min(axis=1) / longer, 1 / 3))
    pen = rng.triangular(style.pen_narrowest, style.pen_usual, style.pen_widest, count)
    pen = np.minimum(pen, np.minimum(style.pen_share * side, style.most_ink / covered))
    # No thinner: a pen of one pixel still leaves a line without gaps.
    pen = np.maximum(pen, 1)
    scale = (side - pen) / longer
    room = SIDE - pen[:, None] - extent * scale[:, None]
    corner = pen[:, None] / 2 + rng.random((count, 2)) * room
    placed = (points - low[:, None]) * scale[:, None, None] + corner[:, None]
    return placed.astype(np.float32), pen.astype(np.float32)
