"""The outline of what the network is given, over the drawing as it was drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sixpad.core.grid import SIDE, Ink

# Readable on black ink and on white paper alike, and no colour of evidence.
_OUTLINE = 0xFF8A867F


def draw_outline(dots: NDArray[np.uint32], ink: Ink) -> None:
    """Draw the border between ink and paper, a dot on either side of it, into the dots of `image`.

    Where it turns a corner, the dots of the corner are in it too.
    """
    padded = np.zeros((SIDE + 2, SIDE + 2), np.uint8)
    padded[1:-1, 1:-1] = ink
    above = padded[1:] != padded[:-1]  # (25, 26): over each row of cells, a cell wider all around
    left = padded[:, 1:] != padded[:, :-1]  # (26, 25)
    corners = above[:, 1:] | above[:, :-1] | left[1:] | left[:-1]  # (25, 25)
    dots[:, 0][above[:-1, 1:-1]] = _OUTLINE
    dots[:, -1][above[1:, 1:-1]] = _OUTLINE
    dots[:, :, :, 0].swapaxes(1, 2)[left[1:-1, :-1]] = _OUTLINE
    dots[:, :, :, -1].swapaxes(1, 2)[left[1:-1, 1:]] = _OUTLINE
    dots[:, 0, :, 0][corners[:-1, :-1]] = _OUTLINE
    dots[:, 0, :, -1][corners[:-1, 1:]] = _OUTLINE
    dots[:, -1, :, 0][corners[1:, :-1]] = _OUTLINE
    dots[:, -1, :, -1][corners[1:, 1:]] = _OUTLINE
