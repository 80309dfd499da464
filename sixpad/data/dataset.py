"""Examples: images with their ground truth, split into parts and mixed from sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sixpad.core.grid import PIXELS
from sixpad.errors import SixpadError


@dataclass(frozen=True, eq=False)
class Dataset:
    """N images with the digit that each one holds.

    `images` (N, 576) are `uint8` with ink 1 and paper 0, row by row; `labels` (N,) are `uint8`
    from 0 to 9; `name` says where they come from, and `sources` names what they were mixed from.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    name: str
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.images.shape != (len(self.labels), PIXELS) or self.labels.ndim != 1:
            raise ValueError(f"images {self.images.shape} do not fit labels {self.labels.shape}")

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the sources, of which there is one where nothing was mixed."""
        return self.sources or (self.name,)

    def take(self, indices: NDArray[Any]) -> Dataset:
        """The examples at `indices` (n,), in that order, under the same name."""
        return replace(self, images=self.images[indices], labels=self.labels[indices])

    def split(self, validation_share: float = 0.2, seed: int = 0) -> tuple[Dataset, Dataset]:
        """A training and a validation part: disjoint, shuffled by `seed`, no example left out.

        Each digit gives `validation_share` (between 0 and 1) of its examples to validation, to
        within one. Neither part is empty. Raises SixpadError for fewer than two examples or a share
        out of range.
        """
        if not 0 < validation_share < 1:
            raise SixpadError(
                f"The validation share is {validation_share}: use one between 0 and 1."
            )
        count = len(self)
        if count < 2:
            raise SixpadError(f"{self.name} has too few examples to split: two are needed.")
        rng = np.random.default_rng(seed)
        shuffled = rng.permutation(count)
        by_label = shuffled[np.argsort(self.labels[shuffled], kind="stable")]
        kept_back = min(max(round(count * validation_share), 1), count - 1)
        # Places at equal distances along the labels in order take the same share of each label.
        places = ((np.arange(kept_back) + 0.5) * (count / kept_back)).astype(np.intp)
        validation = np.zeros(count, np.bool_)
        validation[by_label[places]] = True
        return self.take(shuffled[~validation[shuffled]]), self.take(shuffled[validation[shuffled]])


def mix(datasets: Sequence[Dataset], shares: Sequence[float | None], seed: int = 0) -> Dataset:
    """One data set from several, in the order given.

    Without any share (all None) every example of every source is taken. With shares, the examples
    of the result come from each source in proportion to its share: as many as possible without
    repeating one, chosen by `seed`, in the order they have in their source. A source without a
    share divides what the others leave of 1 with its like, by their sizes. Where every source has a
    share they need not sum to 1.

    Raises SixpadError when there is no source, a source is empty, a share is not above 0 and at
    most 1, or the shares leave nothing for a source without one.
    """
    if not datasets:
        raise SixpadError("No data were given.")
    check_shares(shares)
    if any(share is not None for share in shares):
        rng = np.random.default_rng(seed)
        counts = _counts([len(dataset) for dataset in datasets], shares)
        datasets = [
            dataset.take(np.sort(rng.choice(len(dataset), count, replace=False)))
            for dataset, count in zip(datasets, counts, strict=True)
        ]
    if len(datasets) == 1:
        return datasets[0]
    return Dataset(
        np.concatenate([dataset.images for dataset in datasets]),
        np.concatenate([dataset.labels for dataset in datasets]),
        " + ".join(dataset.name for dataset in datasets),
        tuple(name for dataset in datasets for name in dataset.names),
    )


def check_shares(shares: Sequence[float | None]) -> None:
    """Raise the SixpadError that `mix` would for these shares, before there are data to mix."""
    for share in shares:
        if share is not None and not 0 < share <= 1:
            raise SixpadError(f"A share is {share:g}: use a number above 0 and at most 1.")
    if None in shares and _left(shares) <= 0:
        raise SixpadError("The shares leave nothing for the source that has none: lower them.")


def _left(shares: Sequence[float | None]) -> float:
    """What is left of 1 for the sources without a share."""
    return round(1 - sum(share for share in shares if share is not None), 9)


def _counts(sizes: Sequence[int], shares: Sequence[float | None]) -> list[int]:
    """How many examples each source gives so that they stand in proportion to the shares."""
    if 0 in sizes:
        raise SixpadError("A source without examples cannot have a share.")
    unshared = sum(size for size, share in zip(sizes, shares, strict=True) if share is None)
    wanted = [
        _left(shares) * size / unshared if share is None else share
        for size, share in zip(sizes, shares, strict=True)
    ]
    # Relative to the largest, so that not even the smallest numbers overflow.
    wanted = [share / max(wanted) for share in wanted]
    total = min(size / share for size, share in zip(sizes, wanted, strict=True))
    return [max(int(total * share + 1e-6), 1) for share in wanted]
