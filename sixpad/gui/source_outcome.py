"""What becomes of each source of a mixture: how much of it comes in an epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sixpad.data.dataset import fractions
from sixpad.data.mixture import Mixture
from sixpad.data.spec_words import DRAWINGS

# The share of each source that is not trained on.
_KEPT_APART = 0.2
# So much of a source is left out though it has so little of all that could be learned.
_MUCH, _LITTLE = 0.05, 0.05


class Outcome(NamedTuple):
    """The `size` of a source, how many of its examples are `learned`, and what is made of these:
    so many examples `in_epoch`, which is this `share` of all."""

    size: int | None = None
    learned: float = 0.0
    in_epoch: float = 0.0
    share: float = 0.0

    @property
    def left_out(self) -> float:
        """Which share of those that could be learned is not, since there are too many."""
        return max(1 - self.in_epoch / self.learned, 0.0) if self.learned and self.in_epoch else 0.0

    @property
    def starved(self) -> bool:
        """Whether much is left out though there is little of it beside the others."""
        return self.left_out > _MUCH and self.learned * self.share < _LITTLE * self.in_epoch


def outcomes(mixture: Mixture, sizes: Sequence[int | None], loaded: int | None) -> list[Outcome]:
    """What becomes of each source, as far as the sizes of all are known.

    `loaded` is how many examples the training part has, where it is loaded.
    """
    known = [size for size in sizes if size]
    if len(known) < len(sizes):
        return [Outcome(size) for size in sizes]
    learned = _learned(mixture, known, loaded)
    shares = fractions(learned, [portion.share for portion in mixture])
    return [
        Outcome(size, each, share * sum(learned), share)
        for size, each, share in zip(known, learned, shares, strict=True)
    ]


def _learned(mixture: Mixture, sizes: Sequence[int], loaded: int | None) -> list[int]:
    """How many examples of each source are trained on."""
    learned = [size - min(max(round(size * _KEPT_APART), 1), size - 1) for size in sizes]
    own = [place for place, portion in enumerate(mixture) if portion.kind == DRAWINGS]
    if loaded is not None and len(own) == 1:
        # Of one's own drawings whole sittings are kept apart, however many these have.
        others = sum(learned) - learned[own[0]]
        learned[own[0]] = max(loaded - others, 1)
    return learned
