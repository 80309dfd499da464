"""Where the pixels of a moved image come from: shift, rotation, scale and slant, by chance."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sixpad.core.grid import PIXELS, SIDE

# So many maps are drawn for a training, and each of its steps chooses among them.
MAPS = 512
# The index of the one pixel beside an image's own: paper, for all that comes in from outside.
PAPER = PIXELS
# Which pixels a pixel is made of: the nearest one, and the two that share a corner with it.
NEAREST, ACROSS, DOWN = range(3)
_MIDDLE = (SIDE - 1) / 2
# So many columns and rows together from a pixel's centre, its corner begins. Turned, scaled and
# slanted by 10°, 10 % and 10°, one in twenty drawings of lines of a single pixel is torn, one in
# four without corners; their ink grows by 4 %, that of lines of two pixels by 2 %.
_CORNER = 0.35

Places = NDArray[np.float32]


class Moves(NamedTuple):
    """The most that an image is moved by: pixels, degrees, a share of its size, degrees."""

    shift: int = 0
    rotation: float = 0.0
    scale: float = 0.0
    slant: float = 0.0


@lru_cache(maxsize=6)
def image_maps(moves: Moves, seed: int) -> NDArray[np.int16]:
    """Random affine maps as the indices (MAPS, 3, 576) of the pixels that each pixel is made of.

    An image is slanted, turned and scaled about the middle of the canvas and shifted by whole
    pixels, each by as much as chance says. What comes out is still black and white: a pixel takes
    the ink that its centre came from, which neither thickens lines nor thins them, and keeps those
    of two pixels whole. But a line of a single pixel hangs together at the corners of its pixels
    and would often be torn there; so where a centre came from near a corner, and both neighbours at
    that corner are ink, it is ink too. Shifts alone need no neighbours: (MAPS, 1, 576).
    """
    x, y = _origins(moves, np.random.default_rng((seed, 4)))
    column, row = np.rint(x), np.rint(y)
    x -= column
    y -= row
    corner = np.abs(x) + np.abs(y) > _CORNER
    maps = np.full((MAPS, 3 if corner.any() else 1, PIXELS), PAPER, np.int16)
    _fill(maps[:, NEAREST], row, column, True)
    if corner.any():
        _fill(maps[:, ACROSS], row, column + np.copysign(np.float32(1), x), corner)
        _fill(maps[:, DOWN], row + np.copysign(np.float32(1), y), column, corner)
    maps.setflags(write=False)
    return maps


def _origins(moves: Moves, generator: np.random.Generator) -> tuple[Places, Places]:
    """Where the centre of each pixel comes from, by each map: columns and rows (MAPS, 576)."""
    # As many numbers whatever is asked for: what is turned is turned alike with a slant or none.
    turn, size, lean = generator.uniform(-1, 1, (3, MAPS))
    angle, scale = np.radians(moves.rotation * turn), 1 + moves.scale * size
    slant = np.tan(np.radians(moves.slant * lean))
    ways = 2 * moves.shift + 1
    right, down = np.divmod(generator.permutation(MAPS) % ways**2, ways)
    # From the middle; to go back is to shift, turn, scale and slant the other way round.
    y, x = (np.array(divmod(np.arange(PIXELS), SIDE)) - _MIDDLE).astype(np.float32)
    x, y = x - _each(right - moves.shift), y - _each(down - moves.shift)
    cos, sin = _each(np.cos(angle) / scale), _each(np.sin(angle) / scale)
    x, y = cos * x + sin * y, cos * y - sin * x
    return x - _each(slant) * y + _MIDDLE, y + _MIDDLE


def _each(values: NDArray[Any]) -> Places:
    """One number for each map, to be used on all its pixels."""
    return values.astype(np.float32)[:, None]


def _fill(indices: NDArray[np.int16], row: Places, column: Places, where: Any) -> None:
    """The index of the pixel in these rows and columns, where it is one of the image's own."""
    own = (row >= 0) & (row < SIDE) & (column >= 0) & (column < SIDE) & where
    np.copyto(indices, row * SIDE + column, where=own, casting="unsafe")
