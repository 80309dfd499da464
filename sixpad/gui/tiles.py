"""Small pictures as arrays of dots: brought to a size, in ink, and side by side."""

from __future__ import annotations

from functools import cache
from math import ceil, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sixpad.gui.theme import Theme, theme

_TINY = np.finfo(np.float32).tiny
_STEPS = 255


def resized(values: NDArray[Any], side: int) -> NDArray[Any]:
    """Pictures (n, s, s) as pictures (n, side, side), each dot the mean of what lies under it."""
    cells = values.shape[-1]
    if side % cells == 0:
        times = side // cells
        return values.repeat(times, axis=1).repeat(times, axis=2)
    means = _means(cells, side)
    return np.asarray(means @ values @ means.T)


@cache
def _means(cells: int, side: int) -> NDArray[np.float32]:
    """How much of each of `cells` lies under each of `side` dots of the same whole, as shares."""
    edges = np.arange(side + 1) * (cells / side)
    low, high = edges[:-1, None], edges[1:, None]
    at = np.arange(cells)[None, :]
    shares = np.clip(np.minimum(high, at + 1) - np.maximum(low, at), 0, None)
    shares /= shares.sum(axis=1, keepdims=True)
    return np.asarray(shares, np.float32)


def own_scale(values: NDArray[Any]) -> NDArray[Any]:
    """Pictures (n, …) each divided by what is farthest from zero in it: they show shapes."""
    farthest = np.abs(values).reshape(len(values), -1).max(axis=1).clip(_TINY)
    return np.asarray(values / farthest.reshape(-1, *[1] * (values.ndim - 1)))


def shades(values: NDArray[Any], limit: float) -> NDArray[np.uint32]:
    """Values from 0 to `limit` as 0xFFRRGGBB: 0 is paper and `limit` is ink."""
    steps = np.rint(values * (_STEPS / (limit or 1.0))).astype(np.intp)
    return np.asarray(_shades(theme()).take(steps, mode="clip"))


@cache
def _shades(colors: Theme) -> NDArray[np.uint32]:
    paper, ink = (colors.rgb(name).astype(float) for name in ("paper", "ink"))
    share = np.arange(_STEPS + 1)[:, None] / _STEPS
    red, green, blue = np.rint(paper + share * (ink - paper)).astype(np.uint32).T
    return np.asarray(0xFF000000 | red << 16 | green << 8 | blue)


def mosaic(dots: NDArray[np.uint32], channels: NDArray[Any]) -> None:
    """Signed pictures (channels, rows, columns) side by side in `dots`, as large as all fit.

    All have one scale of colour: what lies between them is left as it is.
    """
    height, width = dots.shape
    number, rows, columns = channels.shape
    across = min(ceil(sqrt(number)), number)
    down = ceil(number / across)
    gap = 1 if number > 1 else 0
    cell = min((width + gap) // across - gap, (height + gap) // down - gap) // max(rows, columns)
    if cell < 1:
        # More of them than there are dots: the strongest stand for all.
        strongest = np.argsort(-np.abs(channels).max(axis=(1, 2)), kind="stable")
        fitting = max((width + 1) // (columns + 1), 1) * max((height + 1) // (rows + 1), 1)
        if fitting < number:
            mosaic(dots, channels[np.sort(strongest[:fitting])])
        return
    colors = theme().heat(channels, float(np.abs(channels).max()))
    colors = colors.repeat(cell, axis=1).repeat(cell, axis=2)
    for place, picture in enumerate(colors):
        top = place // across * (rows * cell + gap)
        left = place % across * (columns * cell + gap)
        dots[top : top + rows * cell, left : left + columns * cell] = picture
