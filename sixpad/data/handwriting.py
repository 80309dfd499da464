"""Procedural handwriting: digits written stroke by stroke, no two alike, and the truth known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count as count_from

import numpy as np
from numpy.typing import NDArray

from sixpad.core.answer import DIGITS
from sixpad.core.grid import PIXELS, Ink
from sixpad.core.preparation import Preparation
from sixpad.data.dataset import Dataset
from sixpad.data.digit_shapes import FORMS
from sixpad.data.handwriting_style import Handwriting
from sixpad.data.writing import write
from sixpad.errors import SixpadError

MOST_DIGITS = 1_000_000
STREAM_BLOCK = 1024

# Digits written at a time: enough for NumPy to be quick, few enough for the cache.
_AT_ONCE = 2500

_Labels = NDArray[np.uint8]
_Indices = NDArray[np.intp]
_Progress = Callable[[float], None]


def generate(
    count: int, seed: int = 0, *, preparation: Preparation = Preparation.FITTED,
    style: Handwriting | None = None, on_progress: _Progress | None = None,
) -> Dataset:  # fmt: skip
    """Write `count` digits: images (count, 576) and labels (count,), balanced and shuffled.

    The counts of any two digits differ by at most one. The same `seed`, from 0 on, gives the same
    digits, prepared as `preparation` says. `on_progress` is told the share of the work that is
    done, up to 1.

    Raises SixpadError for a count below 1 or above MOST_DIGITS, and for a negative seed.
    """
    _check(count, seed)
    images, labels = _written(
        count, np.random.default_rng(seed), preparation, style or Handwriting(), on_progress
    )
    return Dataset(images, labels, f"handwriting:{count}:{seed}")


def stream(
    seed: int = 0, *, start: int = 0, block: int = STREAM_BLOCK,
    preparation: Preparation = Preparation.FITTED, style: Handwriting | None = None,
) -> Iterator[Dataset]:  # fmt: skip
    """Write without end: blocks of `block` digits, each like those of `generate`, from `start` on.

    Every block has random numbers of its own, which depend on the `seed` and on its place alone:
    what is cut off after k blocks goes on from `start` = k with the very digits that would have
    come. No block repeats another, nor what `generate` writes.

    Raises SixpadError for a block below 1 or above MOST_DIGITS, and for a negative seed or start.
    """
    _check(block, seed)
    if start < 0:
        raise SixpadError(f"The stream cannot start at block {start}: use 0 or more.")
    return (_stream_block(seed, place, block, preparation, style) for place in count_from(start))


def sample_sheet(digit: int, count: int, seed: int = 0, style: Handwriting | None = None) -> Ink:
    """Samples (count, 24, 24) of what `generate` writes for one digit, form by form, as written.

    Every form is there once, as far as `count` goes, and then as often as it is met. The same
    `seed` with another style gives the same samples, changed.

    Raises SixpadError for a count below 1 or above MOST_DIGITS, for a negative seed and for a digit
    other than 0 to 9.
    """
    _check(count, seed)
    if not 0 <= digit < DIGITS:
        raise SixpadError(f"There are no samples of {digit}: use a digit from 0 to 9.")
    once = np.arange(min(count, len(FORMS[digit])))
    # At equal steps along the weights, put end to end.
    steps = (np.arange(count - len(once)) + 0.5) / max(count - len(once), 1)
    forms = np.sort(np.append(once, np.searchsorted(np.cumsum(form_shares(digit)), steps)))
    labels = np.full(count, digit, np.uint8)
    return write(labels, forms, style or Handwriting(), np.random.default_rng(seed))


def _check(count: int, seed: int) -> None:
    if not 1 <= count <= MOST_DIGITS:
        raise SixpadError(f"{count} digits cannot be generated: use 1 to {MOST_DIGITS}.")
    if seed < 0:
        raise SixpadError(f"The seed {seed} is negative: use 0 or more.")


def _stream_block(
    seed: int, place: int, count: int, preparation: Preparation, style: Handwriting | None
) -> Dataset:
    images, labels = _written(
        count, _numbered_rng(seed, place), preparation, style or Handwriting(), None
    )
    return Dataset(images, labels, f"handwriting stream {seed}, block {place}")


def _numbered_rng(seed: int, number: int) -> np.random.Generator:
    """Random numbers of their own for each number under a seed, and other than the seed's."""
    # A spawn key keeps the two apart; [seed, 0] would be the same as the seed alone.
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number,)))


def _written(
    count: int, rng: np.random.Generator, preparation: Preparation, style: Handwriting,
    on_progress: _Progress | None,
) -> tuple[NDArray[np.uint8], _Labels]:  # fmt: skip
    """Images (count, 576) and their labels (count,), balanced and shuffled."""
    # Where the count is no multiple of ten, chance says which digits there is one more of.
    labels = rng.permutation(DIGITS)[np.arange(count) % DIGITS].astype(np.uint8)
    rng.shuffle(labels)
    images = np.empty((count, PIXELS), np.uint8)
    for begin in range(0, count, _AT_ONCE):
        some = slice(begin, begin + _AT_ONCE)
        ink = write(labels[some], _choose_forms(labels[some], rng), style, rng)
        images[some] = preparation(ink).reshape(-1, PIXELS)
        if on_progress is not None:
            on_progress(min(begin + _AT_ONCE, count) / count)
    return images, labels


def _choose_forms(labels: _Labels, rng: np.random.Generator) -> _Indices:
    """A form for each label (n,), as often as its weight says."""
    chosen = np.zeros(len(labels), np.intp)
    for digit in range(DIGITS):
        of_digit = labels == digit
        chosen[of_digit] = rng.choice(len(FORMS[digit]), of_digit.sum(), p=form_shares(digit))
    return chosen


def form_shares(digit: int) -> NDArray[np.float64]:
    """How often each form of a digit is met, as shares of one."""
    weights = np.array([form.weight for form in FORMS[digit]])
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares
