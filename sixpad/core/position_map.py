"""The position map: what a network answers while a drawing slides over the canvas.

A network of neurons that see the pixels themselves has learned each weight for one place; kernels
go over the whole image, and find their pattern wherever it is. The map shows the difference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sixpad.core.answer import DIGITS
from sixpad.core.grid import PIXELS, SIDE, Ink
from sixpad.core.metrics import answers
from sixpad.core.network import Network, Parameters

# How far a drawing slides: half of the canvas, up and down, left and right.
REACH = SIDE // 2
PLACES = 2 * REACH + 1
# How far it slides where most of its ink is still on the canvas.
NEAR = 4


@dataclass(frozen=True, eq=False)
class PositionMap:
    """What a network answers to a drawing at each shift.

    `P` (25, 25) of one neuron or (25, 25, 10) of ten has the shifts down as rows and those to the
    right as columns, both from −12 to 12: the drawing where it is stands in the middle.
    """

    network: Network
    P: NDArray[np.float64]

    def of(self, digit: int) -> NDArray[np.float64]:
        """P (25, 25) of a digit; a single neuron knows no other than its own."""
        return self.P if self.network.digit is not None else self.P[:, :, digit]

    def says(self, digit: int) -> NDArray[np.bool_]:
        """Whether it takes the drawing for the digit, (25, 25)."""
        said = answers(self.P.reshape(PLACES * PLACES, *self.P.shape[2:]))
        wanted = 1 if self.network.digit is not None else digit
        taken: NDArray[np.bool_] = (said == wanted).reshape(PLACES, PLACES)
        return taken

    def near(self, digit: int, within: int = NEAR) -> tuple[int, int]:
        """In how many of the shifts by so many pixels it says the digit, and of how many."""
        part = slice(REACH - within, REACH + within + 1)
        taken = self.says(digit)[part, part]
        return int(taken.sum()), taken.size


def shifted(image: Ink, down: int, right: int) -> Ink:
    """An image (24, 24) moved by whole pixels; ink that leaves the canvas is lost."""
    moved = np.zeros_like(image)
    if max(abs(down), abs(right)) < SIDE:
        moved[max(down, 0) : SIDE + min(down, 0), max(right, 0) : SIDE + min(right, 0)] = image[
            max(-down, 0) : SIDE - max(down, 0), max(-right, 0) : SIDE - max(right, 0)
        ]
    return moved


def all_shifts(image: Ink) -> Ink:
    """An image (24, 24) at every shift, (25·25, 576), in the order of a map's cells."""
    padded = np.zeros((SIDE + 2 * REACH, SIDE + 2 * REACH), image.dtype)
    padded[REACH : REACH + SIDE, REACH : REACH + SIDE] = image
    windows = np.lib.stride_tricks.sliding_window_view(padded, (SIDE, SIDE))
    # The farther the window is down and to the right, the less is the drawing.
    return windows[::-1, ::-1].reshape(PLACES * PLACES, PIXELS)


def position_map(
    network: Network, parameters: Parameters, image: Ink, look: Callable[[], None] | None = None
) -> PositionMap:
    """The map of an image (24, 24), prepared as the network's own were, and only moved from there.

    `look` is called now and then; what it raises gives the work up.
    """
    z = network.logits_in_blocks(parameters, all_shifts(image), look).astype(np.float64)
    P = np.asarray(network.answer.probabilities(z))
    outputs = () if network.digit is not None else (DIGITS,)
    return PositionMap(network, P.reshape(PLACES, PLACES, *outputs))
