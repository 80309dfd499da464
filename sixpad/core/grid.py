"""The image: ink on a square grid, the pen that puts it there, and centre-and-fit.

Ink is 1 and paper 0, in arrays of `uint8`. Points are (x, y) in pixels, x to the right and y
downward, so that the centre of the pixel in row r and column c is (c + 0.5, r + 0.5).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from math import ceil, floor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

SIDE = 24
PIXELS = SIDE * SIDE
FITTED_SIDE = 20
SMALLEST_SCALED = 3

Ink = NDArray[np.uint8]
Point = tuple[float, float]

_PLACES = np.arange(SIDE)
# How many array elements one block of a bulk operation may hold: about a core's own cache.
_BLOCK = 1 << 19


class Region(NamedTuple):
    """A rectangle of pixels: rows `top`:`bottom` and columns `left`:`right`, ends excluded."""

    top: int
    left: int
    bottom: int
    right: int


def blank() -> Ink:
    """White paper, shape (24, 24)."""
    return np.zeros((SIDE, SIDE), np.uint8)


def draw_segment(grid: Ink, start: Point, end: Point, width: float, ink: int = 1) -> Region | None:
    """Draw one segment with a round pen into `grid` (24, 24), in place.

    A pixel takes ink when its centre lies within half of `width` (pixels) of the segment. A dot
    too thin to reach any centre inks the pixel it lies in, so that a click always leaves a mark.
    `ink=0` erases. Returns the region of pixels that changed, or None.
    """
    radius = width / 2
    (x0, y0), (x1, y1) = start, end
    left = max(floor(min(x0, x1) - radius), 0)
    top = max(floor(min(y0, y1) - radius), 0)
    right = min(ceil(max(x0, x1) + radius), SIDE)
    bottom = min(ceil(max(y0, y1) + radius), SIDE)
    if left >= right or top >= bottom:
        return None
    dx, dy = x1 - x0, y1 - y0
    px = _PLACES[left:right] + (0.5 - x0)
    py = (_PLACES[top:bottom] + (0.5 - y0))[:, None]
    along = (px * dx + py * dy) / max(dx * dx + dy * dy, 1e-12)
    along = np.minimum(np.maximum(along, 0), 1)
    touched = (px - along * dx) ** 2 + (py - along * dy) ** 2 <= radius * radius + 1e-9
    if start == end and not touched.any():
        row, column = floor(y0), floor(x0)
        if not (top <= row < bottom and left <= column < right):
            return None
        touched[row - top, column - left] = True
    window = grid[top:bottom, left:right]
    rows, columns = np.nonzero(touched & (window != ink))
    if not len(rows):
        return None
    window[rows, columns] = ink
    return Region(
        top + int(rows.min()), left + int(columns.min()),
        top + int(rows.max()) + 1, left + int(columns.max()) + 1,
    )  # fmt: skip


def draw_strokes(strokes: Iterable[NDArray[Any]], width: float) -> Ink:
    """Draw strokes, each an array of points (n, 2), on blank paper: a grid (24, 24)."""
    grid = blank()
    for stroke in strokes:
        points = [(float(x), float(y)) for x, y in stroke]
        for start, end in zip(points, points[1:] or points, strict=False):
            draw_segment(grid, start, end, width)
    return grid


def draw_segments(segments: NDArray[Any], widths: NDArray[Any]) -> Ink:
    """Draw many images at once with the pen of `draw_segment`, in single precision.

    `segments` (N, S, 4) holds x0, y0, x1, y1 of the S segments of each image; a segment with a NaN
    is left out. `widths` (N,) are the pens; a dot too thin to reach any centre leaves no mark.
    Returns (N, 24, 24). Short segments are fastest: the work for each grows with the square of its
    length.
    """
    count = len(segments)
    images = np.zeros((count, SIDE, SIDE), np.uint8)
    image, which = np.nonzero(~np.isnan(segments).any(2))
    flat = segments[image, which].astype(np.float32)
    radius = (np.asarray(widths, np.float32) / 2)[image]
    low = np.floor(np.minimum(flat[:, :2], flat[:, 2:]) - radius[:, None])
    high = np.ceil(np.maximum(flat[:, :2], flat[:, 2:]) + radius[:, None])
    low, high = (np.clip(corner, 0, SIDE).astype(np.int32) for corner in (low, high))
    window = (high - low).max(axis=1, initial=1)
    for size in np.unique(window):
        chosen = np.nonzero(window == size)[0]
        step = max(_BLOCK // int(size * size), 1)
        for block in range(0, len(chosen), step):
            part = chosen[block : block + step]
            _stamp(images, image[part], flat[part], radius[part], low[part], int(size))
    return images


def _stamp(
    images: Ink, image: NDArray[Any], flat: NDArray[Any], radius: NDArray[Any],
    low: NDArray[Any], size: int,
) -> None:  # fmt: skip
    """Ink the pixels that each segment touches within its own window of `size` by `size`."""
    offsets = np.arange(size, dtype=np.float32) + np.float32(0.5)
    px = (low[:, 0] - flat[:, 0])[:, None] + offsets
    py = (low[:, 1] - flat[:, 1])[:, None] + offsets
    dx, dy = (flat[:, 2] - flat[:, 0])[:, None], (flat[:, 3] - flat[:, 1])[:, None]
    squared = np.maximum(dx * dx + dy * dy, np.float32(1e-12))
    along = (px * (dx / squared))[:, None, :] + (py * (dy / squared))[:, :, None]
    np.clip(along, 0, 1, out=along)
    distance = (px[:, None, :] - along * dx[:, :, None]) ** 2
    distance += (py[:, :, None] - along * dy[:, :, None]) ** 2
    segment, row, column = np.nonzero(distance <= (radius * radius + 1e-6)[:, None, None])
    row += low[segment, 1]
    column += low[segment, 0]
    inside = (row < SIDE) & (column < SIDE)
    images[image[segment[inside]], row[inside], column[inside]] = 1


def centre_and_fit(images: Ink) -> Ink:
    """Scale the ink so that its longer side is 20 pixels and move its centre of mass to the middle.

    `images` is (H, W) or (N, H, W) of any size; the result is (24, 24) or (N, 24, 24), still black
    and white. No ink leaves the canvas: the move stops at its border. Ink whose longer side is
    under 3 pixels is moved and not scaled, and a blank image stays blank. Fitting twice changes
    nothing more.

    Enlarged ink is interpolated linearly and cut at one half; where ink shrinks, each of its pixels
    keeps a place, so that no thin line is lost.
    """
    if images.shape == (SIDE, SIDE):
        return _fitted(images)
    if images.ndim == 2:
        single: Ink = centre_and_fit(images[None])[0]
        return single
    count, height, width = images.shape
    fitted = np.zeros((count, SIDE, SIDE), np.uint8)
    step = max(_BLOCK // (SIDE * max(height, width)), 1)
    for block in range(0, count, step):
        part = images[block : block + step]
        fitted[block : block + step] = _centred(*_scaled(part))
    return fitted


def _fitted(image: Ink) -> Ink:
    """One image (24, 24) as `centre_and_fit` fits many, without the arrays that many need."""
    fitted = blank()
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    if not len(rows):
        return fitted
    (top, bottom), (left, right) = rows[[0, -1]].tolist(), columns[[0, -1]].tolist()
    height, width = bottom - top + 1, right - left + 1
    longer = max(height, width)
    scale = 1.0 if longer < SMALLEST_SCALED else FITTED_SIDE / longer
    new_height, new_width = max(round(height * scale), 1), max(round(width * scale), 1)
    down = _resampling_of_one(top, height, new_height)
    across = _resampling_of_one(left, width, new_width)
    coverage = down @ image.astype(np.float32) @ across.T
    ink = coverage[:new_height, :new_width] >= 0.5 - 1e-5
    by_row, by_column = np.count_nonzero(ink, axis=1), np.count_nonzero(ink, axis=0)
    mass = max(int(by_row.sum()), 1)
    y, x = by_row @ _PLACES[:new_height] / mass, by_column @ _PLACES[:new_width] / mass
    middle = (SIDE - 1) / 2
    top = min(max(floor(middle - y + 0.5), 0), SIDE - new_height)
    left = min(max(floor(middle - x + 0.5), 0), SIDE - new_width)
    fitted[top : top + new_height, left : left + new_width] = ink
    return fitted


@lru_cache(maxsize=1024)
def _resampling_of_one(first: int, old: int, new: int) -> NDArray[np.float32]:
    """The weights (24, 24) of `_resampling` for one image: along a stroke they seldom change."""
    weights: NDArray[np.float32]
    (weights,) = _resampling(SIDE, np.array([first]), np.array([old]), np.array([new]))
    weights.setflags(write=False)
    return weights


def _scaled(images: Ink) -> tuple[Ink, NDArray[np.intp], NDArray[np.intp]]:
    """The ink scaled into the top left corner of (N, 24, 24), with its heights and widths (N,)."""
    top, height = _extent(images, axis=2)
    left, width = _extent(images, axis=1)
    longer = np.maximum(height, width)
    scale = np.where(longer < SMALLEST_SCALED, 1.0, FITTED_SIDE / np.maximum(longer, 1))
    new_height = np.maximum(np.rint(height * scale).astype(np.intp), 1)
    new_width = np.maximum(np.rint(width * scale).astype(np.intp), 1)
    rows = _resampling(images.shape[1], top, height, new_height)
    columns = _resampling(images.shape[2], left, width, new_width)
    coverage = rows @ images.astype(np.float32) @ columns.transpose(0, 2, 1)
    ink: Ink = (coverage >= 0.5 - 1e-5).astype(np.uint8)
    return ink, new_height, new_width


def _extent(images: Ink, axis: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First index and length (N,) of the ink, looking along `axis`: 2 for rows, 1 for columns."""
    occupied: NDArray[np.bool_] = np.any(images, axis=axis)
    first = occupied.argmax(axis=1)
    last = occupied.shape[1] - 1 - occupied[:, ::-1].argmax(axis=1)
    return first, np.where(occupied.any(axis=1), last - first + 1, 0)


def _resampling(
    length: int, first: NDArray[np.intp], old: NDArray[np.intp], new: NDArray[np.intp]
) -> NDArray[np.float32]:
    """Weights (N, 24, length) that turn `old` samples from `first` on into `new` ones from 0 on."""
    ratio = (np.maximum(old, 1) / new)[:, None]
    target, source = np.arange(SIDE), np.arange(length)
    shrinks = old > new
    weights = np.zeros((len(old), SIDE, length))
    if not shrinks.all():
        at = (target + 0.5) * ratio - 0.5 + first[:, None]
        weights = np.maximum(1 - np.abs(at[:, :, None] - source), 0)
    if shrinks.any():
        place = np.floor((source - first[:, None] + 0.5) / ratio + 1e-9)
        weights[shrinks] = place[shrinks, None, :] == target[:, None]
    weights *= (target < new[:, None])[:, :, None]
    result: NDArray[np.float32] = weights.astype(np.float32)
    return result


def _centred(ink: Ink, height: NDArray[np.intp], width: NDArray[np.intp]) -> Ink:
    """Move ink of known size from the top left corner to the middle, by its centre of mass."""
    mass = np.maximum(ink.sum(axis=(1, 2), dtype=np.int64), 1)
    places = np.arange(SIDE)
    rows = ink.sum(axis=2, dtype=np.int64) @ places / mass
    columns = ink.sum(axis=1, dtype=np.int64) @ places / mass
    middle = (SIDE - 1) / 2
    down = np.clip(np.floor(middle - rows + 0.5).astype(np.intp), 0, SIDE - height)
    right = np.clip(np.floor(middle - columns + 0.5).astype(np.intp), 0, SIDE - width)
    # What wraps around is blank: the move ends where the ink meets the border.
    ink = np.take_along_axis(ink, ((places - down[:, None]) % SIDE)[:, :, None], axis=1)
    return np.take_along_axis(ink, ((places - right[:, None]) % SIDE)[:, None, :], axis=2)


def moved(grid: Ink, down: int, right: int) -> Ink:
    """The drawing (24, 24) moved by whole pixels, as far as no ink leaves the canvas."""
    if not grid.any():
        return grid.copy()
    (top,), (height,) = _extent(grid[None], axis=2)
    (left,), (width,) = _extent(grid[None], axis=1)
    down = int(np.clip(down, -top, SIDE - top - height))
    right = int(np.clip(right, -left, SIDE - left - width))
    return np.roll(grid, (down, right), axis=(0, 1))


def to_vector(grid: Ink) -> NDArray[np.float32]:
    """The row vector X (576,) of a grid (24, 24), row by row."""
    return grid.reshape(PIXELS).astype(np.float32)


def pack(images: Ink) -> NDArray[np.uint8]:
    """Images (N, 576) as (N, 72) bytes, eight pixels a byte, the first in the highest bit."""
    return np.packbits(images, axis=1)


def unpack(packed: NDArray[np.uint8]) -> Ink:
    """Images (N, 576) from the (N, 72) bytes of `pack`."""
    return np.unpackbits(packed, axis=1, count=PIXELS)
