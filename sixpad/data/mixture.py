"""A mixture of sources to train on: each with the share that it is wanted to have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sixpad.data.spec_words import kind_of, split_share, with_share

LEAST_SHARE = 0.01
# What one's own drawings are given at first beside many others: no more of an epoch than this, and
# none of them more often than so. What comes too often is learned by heart.
_MOST_OWN_SHARE = 0.2
_MOST_OFTEN = 50


class Portion(NamedTuple):
    """A source, `text` being its SPEC without a share, and its share, None for what is left."""

    text: str
    share: float | None = None

    @property
    def spec(self) -> str:
        """The SPEC with its share."""
        return with_share(self.text, self.share)

    @property
    def kind(self) -> str:
        """The kind of source, such as idx."""
        return kind_of(self.text)


Mixture = tuple[Portion, ...]


def mixture_of(specs: Iterable[str]) -> Mixture:
    """The mixture that SPECs say."""
    return tuple(Portion(*split_share(spec)) for spec in specs)


def specs_of(mixture: Iterable[Portion]) -> tuple[str, ...]:
    """The SPECs of a mixture."""
    return tuple(portion.spec for portion in mixture)


def most_share(mixture: Sequence[Portion], place: int) -> float:
    """The largest share that the source at `place` may have: the others keep something.

    Less than LEAST_SHARE where it may have none.
    """
    others = _others(mixture, place)
    if all(portion.share is not None for portion in others):
        return 1.0 if mixture[place].share is not None else 0.0
    return round(1 - LEAST_SHARE - _given(others), 9)


def may_have_the_rest(mixture: Sequence[Portion], place: int) -> bool:
    """Whether the shares of the others leave something for the source at `place`."""
    return _given(_others(mixture, place)) <= 1 - LEAST_SHARE


def added(mixture: Mixture, text: str, share: float | None = None) -> Mixture:
    """A mixture with one more source, for whose share, where it is wanted, the others make room."""
    if any(portion.text == text for portion in mixture):
        return mixture
    given = _given(mixture)
    if all(portion.share is not None for portion in mixture):
        # The others have all of it among them: their shares count relative to each other.
        return (*mixture, Portion(text, share or max(portion.share or 0 for portion in mixture)))
    room = 1 - LEAST_SHARE - (share or 0)
    if given > room:
        mixture = tuple(
            portion._replace(share=portion.share and round(portion.share * room / given, 6))
            for portion in mixture
        )
    return (*mixture, Portion(text, share))


def own_share(drawings: int, others: int) -> float:
    """The share that so many drawings of one's own are given at first, beside so many others."""
    share = _MOST_OFTEN * drawings / max(drawings + others, 1)
    return min(max(round(share, 2), LEAST_SHARE), _MOST_OWN_SHARE)


def removed(mixture: Mixture, place: int) -> Mixture:
    """A mixture without the source at `place`; a single one that is left is all of it."""
    left = _others(mixture, place)
    return (Portion(left[0].text),) if len(left) == 1 else left


def changed(mixture: Mixture, place: int, portion: Portion) -> Mixture:
    """A mixture with another source, or another share of it, at `place`."""
    return (*mixture[:place], portion, *mixture[place + 1 :])


def _others(mixture: Sequence[Portion], place: int) -> Mixture:
    return (*mixture[:place], *mixture[place + 1 :])


def _given(mixture: Iterable[Portion]) -> float:
    return round(sum(portion.share or 0 for portion in mixture), 9)
