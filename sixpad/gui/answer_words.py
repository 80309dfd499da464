"""An answer in words: what a network takes a drawing for, and how sure it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sixpad.gui.numbers import a

_UNDECIDED = 0.3
EXACTLY = 1e-9


def answer_words(probabilities: NDArray[np.float64], digit: int, blank: bool) -> str:
    """The answer (1,) of the neuron for a digit, or (10,) of ten; `blank` is white paper."""
    ten = len(probabilities) > 1
    if blank:
        return "Draw a digit." if ten else f"Draw one: is it {a(digit)}?"
    if ten:
        best = int(probabilities.argmax())
        if probabilities[best] - probabilities.min() < EXACTLY:
            return "It cannot tell yet."
        sure = probabilities[best] >= 0.5 + _UNDECIDED
        return f"{'This is' if sure else 'Perhaps'} {a(best)}."
    (P,) = probabilities
    if abs(P - 0.5) < EXACTLY:
        return "It cannot tell yet."
    perhaps = abs(P - 0.5) < _UNDECIDED
    if P > 0.5:
        return f"{'Perhaps' if perhaps else 'This is'} {a(digit)}."
    return f"{'Perhaps not' if perhaps else 'This is not'} {a(digit)}."
