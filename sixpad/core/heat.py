"""Heat: signed numbers as colours, orange for, blue against, zero in the ground's own grey."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

# On light ground. Orange and blue stay apart for colour-blind eyes.
ZERO, POSITIVE, NEGATIVE = "#F4F3F1", "#B84A08", "#1F6FB4"

# So many steps of colour on either side of zero: none of them is off by what could be seen.
_STEPS = 1 << 14


def heat(
    values: NDArray[np.floating], limit: float,
    zero: str = ZERO, positive: str = POSITIVE, negative: str = NEGATIVE,
) -> NDArray[np.uint32]:  # fmt: skip
    """Signed values as 0xFFRRGGBB: zero grey, `limit` and above in full colour.

    The colour moves in a straight line between three anchors, given as #RRGGBB, so that equal steps
    of value are equal steps of colour.
    """
    # Few operations: with each, a training may take the interpreter's lock away.
    steps = values / (limit or 1.0) * _STEPS + (_STEPS + 0.5)
    with np.errstate(invalid="ignore"):
        places = steps.astype(np.intp)
    colors: NDArray[np.uint32] = _colors(zero, positive, negative).take(places, mode="clip")
    return colors


@cache
def _colors(*anchors: str) -> NDArray[np.uint32]:
    """The colours of all steps, from the lowest below zero to the highest above it."""
    zero, high, low = (np.frombuffer(bytes.fromhex(anchor[1:]), np.uint8).astype(float)
                       for anchor in anchors)  # fmt: skip
    share = np.arange(_STEPS + 1)[:, None] / _STEPS
    down, up = zero + share[:0:-1] * (low - zero), zero + share * (high - zero)
    red, green, blue = np.rint(np.concatenate([down, up])).astype(np.uint32).T
    dots: NDArray[np.uint32] = 0xFF000000 | red << 16 | green << 8 | blue
    return dots
