"""Writing digits, many at once: from forms and a style to strokes, from strokes to ink.

Points are kept as (2, P, n): x and y, the P points along the strokes, the n digits. Until they are
placed on the canvas, they are in heights of the digit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sixpad.core.grid import SIDE, Ink, draw_segments
from sixpad.data.digit_shapes import FORMS
from sixpad.data.handwriting_style import Handwriting
from sixpad.data.stroke_path import stroke_path

_PATHS = tuple(tuple(stroke_path(form) for form in forms) for forms in FORMS)
_POINTS = max(len(path.basis) for paths in _PATHS for path in paths)
_CONTROLS = max(path.basis.shape[1] for paths in _PATHS for path in paths)
_STROKES = max(int(path.stroke[-1]) + 1 for paths in _PATHS for path in paths)

# Normal draws are held at this many standard deviations: beyond, few digits can still be read.
_FARTHEST = 2.5

# How far a digit may lie beyond the two extremes of its form, as a share of the way between them.
_BEYOND = 0.2

# The least width to reckon the ink with, as a share of the height: a one may be all ink.
_LEAST_WIDTH = 1 / 3

_Floats = NDArray[np.float32]
_Doubles = NDArray[np.float64]
_Indices = NDArray[np.intp]


def write(
    labels: NDArray[np.uint8], forms: _Indices, style: Handwriting, rng: np.random.Generator
) -> Ink:
    """Write digits `labels` (n,) in the forms FORMS[label][form] of `forms` (n,): (n, 24, 24).

    How much is drawn from `rng`, and in which order, depends on n alone: from the same `rng`,
    another style gives the same digits, changed.
    """
    points, first, last = _strokes(labels, forms, style, rng)
    points = _truncated(points, first, last, style, rng)
    points = _warped(points, style, rng)
    points, area = _slanted(points, style, rng)
    points += _normal(rng, style.tremor, points.shape)
    lifted = last[:-1] == np.arange(_POINTS - 1)[:, None]
    points, pens = _placed(points, area, lifted, style, rng)
    segments = np.concatenate([points[:, :-1], points[:, 1:]])
    segments[:, lifted] = np.nan
    return draw_segments(np.ascontiguousarray(segments.transpose(2, 1, 0)), pens)


def _normal(rng: np.random.Generator, spread: float, shape: tuple[int, ...]) -> _Floats:
    drawn = rng.standard_normal(shape, np.float32)
    np.clip(drawn, -_FARTHEST, _FARTHEST, out=drawn)
    drawn *= np.float32(spread)
    return drawn


def _strokes(
    labels: NDArray[np.uint8], forms: _Indices, style: Handwriting, rng: np.random.Generator
) -> tuple[_Floats, _Indices, _Indices]:
    """The points (2, P, n), and where (P, n) each point's stroke begins and ends.

    A form with fewer than P points repeats its last one, each time as a stroke of its own.
    """
    count = len(labels)
    between = rng.random(count, np.float32) * np.float32(1 + 2 * _BEYOND) - np.float32(_BEYOND)
    jitter = _normal(rng, style.jitter, (2, _CONTROLS, count))
    shift = _normal(rng, style.stroke_shift, (2, _STROKES, count))
    points = np.empty((2, _POINTS, count), np.float32)
    first = np.tile(np.arange(_POINTS)[:, None], (1, count))
    last = first.copy()
    for digit, paths in enumerate(_PATHS):
        for form, path in enumerate(paths):
            rows = np.nonzero((labels == digit) & (forms == form))[0]
            length, used = path.basis.shape
            one, other = path.controls.transpose(0, 2, 1)[..., None]
            controls = one + (other - one) * between[rows]
            controls += jitter[:, :used, rows]
            controls += shift[:, :, rows][:, path.stroke]
            # Rarely, OpenBLAS raises this flag over numbers that lie beside its own and that it
            # does not use: products of finite numbers of this size are finite.
            with np.errstate(invalid="ignore"):
                points[:, :length, rows] = path.basis @ controls
            points[:, length:, rows] = points[:, length - 1 : length, rows]
            first[:length, rows] = path.first[:, None]
            last[:length, rows] = path.last[:, None]
    return points, first, last


def _truncated(
    points: _Floats, first: _Indices, last: _Indices, style: Handwriting, rng: np.random.Generator
) -> _Floats:
    """Cut a little off both ends of every stroke and spread its points over the rest."""
    count = points.shape[2]
    start, end = np.minimum(np.abs(_normal(rng, style.truncation, (2, count))), np.float32(0.3))
    at = start * (last - first) + (1 - start - end) * (np.arange(_POINTS)[:, None] - first)
    before = at.astype(np.intp)
    share = (at - before).astype(np.float32)
    before += first
    flat = points.reshape(2, -1)
    here: _Floats = flat[:, before * count + np.arange(count)]
    there = flat[:, np.minimum(before + 1, last) * count + np.arange(count)]
    here += (there - here) * share
    return here


def _warped(points: _Floats, style: Handwriting, rng: np.random.Generator) -> _Floats:
    """Bend the paper: move each point, along either axis, by two long waves across the digit."""
    count = points.shape[2]
    x, y = points
    warped = points.copy()
    for axis in (0, 1, 0, 1):
        # In radians a height: at most some seven tenths of a wave fit in.
        across, down = rng.uniform(-4.5, 4.5, (2, count)).astype(np.float32)
        phase = rng.uniform(0, 2 * np.pi, (count,)).astype(np.float32)
        wave = np.sin(x * across + y * down + phase)
        warped[axis] += _normal(rng, style.warp, (count,)) * wave
    return warped


def _slanted(
    points: _Floats, style: Handwriting, rng: np.random.Generator
) -> tuple[_Floats, _Floats]:
    """Give each digit its aspect, then its slant, then its rotation; and its area (n,)."""
    count = points.shape[2]
    aspect = style.aspect * np.exp(_normal(rng, style.aspect_spread, (count,)))
    slant = style.slant + _normal(rng, style.slant_spread, (count,))
    angle = np.deg2rad(_normal(rng, style.rotation_spread, (count,)))
    cosine, sine = np.cos(angle), np.sin(angle)
    width, height = points.max(axis=1) - points.min(axis=1)
    area: _Floats = height * np.maximum(width * aspect, height * _LEAST_WIDTH)
    # y points downward, so that slanting to the right is −x.
    x, y = points[0] * aspect - points[1] * slant, points[1]
    return np.stack([x * cosine - y * sine, x * sine + y * cosine]), area


def _placed(
    points: _Floats, area: _Floats, lifted: NDArray[np.bool_], style: Handwriting,
    rng: np.random.Generator,
) -> tuple[_Floats, _Floats]:  # fmt: skip
    """Scale digits to pixels and put them on the canvas, with their pens (n,)."""
    count = points.shape[2]
    freely, size, pen_drawn = rng.random((3, count))
    side = style.smallest_side + size * (style.largest_side - style.smallest_side)
    side = np.where(freely < style.free, side, style.written_side)
    low = points.min(axis=1)
    extent = points.max(axis=1) - low
    longer = extent.max(axis=0)
    length = np.where(lifted, 0, np.hypot(*np.diff(points, axis=1))).sum(axis=0)
    # A line's length by the pen's width is about its ink; slanting has left the area as it was.
    widest = style.most_ink * area * side / (length * longer)
    pen = np.minimum(_pens(pen_drawn, style), np.minimum(style.pen_share * side, widest))
    # No thinner: a pen of one pixel still leaves a line without gaps.
    pen = np.maximum(pen, 1)
    scale = (side - pen) / longer
    corner = pen / 2 + rng.random((2, count)) * (SIDE - pen - extent * scale)
    placed = (points - low[:, None]) * scale + corner[:, None]
    return placed.astype(np.float32), pen.astype(np.float32)


def _pens(drawn: _Doubles, style: Handwriting) -> _Doubles:
    """Pens (n,) from numbers drawn evenly from 0 to 1: the triangular distribution, inverted."""
    low, usual, high = style.pen_narrowest, style.pen_usual, style.pen_widest
    rising = low + np.sqrt(drawn * (high - low) * (usual - low))
    falling = high - np.sqrt((1 - drawn) * (high - low) * (high - usual))
    pens: _Doubles = np.where(drawn * (high - low) < usual - low, rising, falling)
    return pens
