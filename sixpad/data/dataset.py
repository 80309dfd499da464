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
    from 0 to 9; `name` says where they come from, and `sources` names what they were mixed from:
    `origins` (N,) has the place among these of each, None standing for 0 throughout.
    Examples of one number other than 0 in `groups` (N,) belong together, such as the drawings of
    one sitting, which are near-twins; None stands for 0 throughout. `remarks` are sentences for the
    person who uses them.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    name: str
    sources: tuple[str, ...] = ()
    groups: NDArray[np.int64] | None = None
    remarks: tuple[str, ...] = ()
    origins: NDArray[np.uint16] | None = None

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
        groups = None if self.groups is None else self.groups[indices]
        origins = None if self.origins is None else self.origins[indices]
        return replace(
            self, images=self.images[indices], labels=self.labels[indices],
            groups=groups, origins=origins,
        )  # fmt: skip

    def split(self, validation_share: float = 0.2, seed: int = 0) -> tuple[Dataset, Dataset]:
        """A training and a validation part: disjoint, shuffled by `seed`, no example left out.

        Each digit gives `validation_share` (between 0 and 1) of its examples to validation, to
        within one. What belongs together in a group is on one side, as `_groups_kept_back` says.
        Neither part is empty. Raises SixpadError for fewer than two examples or a share out of
        range.
        """
        _check_validation_share(validation_share)
        if len(self) < 2:
            raise SixpadError(f"{self.name} has too few examples to split: two are needed.")
        return self._split(validation_share, seed, alone=True)

    def _split(self, share: float, seed: int, *, alone: bool) -> tuple[Dataset, Dataset]:
        """The two parts; `alone` says that there are no other sources to validate on."""
        rng = np.random.default_rng(seed)
        shuffled = rng.permutation(len(self))
        remarks: tuple[str, ...] = ()
        if self.groups is None or not self.groups.any():
            kept_back = _kept_back(self.labels, shuffled, share)
        else:
            kept_back = _groups_kept_back(self.groups, share)
            single = shuffled[self.groups[shuffled] == 0]
            if len(single) > 1:
                kept_back |= _kept_back(self.labels, single, share)
            if alone and not kept_back.any():
                kept_back, remarks = _one_group_kept_back(self.labels, self.groups, share)
        training = self.take(shuffled[~kept_back[shuffled]])
        validation = self.take(shuffled[kept_back[shuffled]])
        return replace(training, remarks=training.remarks + remarks), validation


def _check_validation_share(share: float) -> None:
    if not 0 < share < 1:
        raise SixpadError(f"The validation share is {share}: use one between 0 and 1.")


def _kept_back(
    labels: NDArray[np.uint8], shuffled: NDArray[np.intp], share: float
) -> NDArray[np.bool_]:
    """Which of all examples are kept back (N,), of those at `shuffled` (n,)."""
    count = len(shuffled)
    by_label = shuffled[np.argsort(labels[shuffled], kind="stable")]
    most = min(max(round(count * share), 1), count - 1)
    # Places at equal distances along the labels in order take the same share of each label.
    places = ((np.arange(most) + 0.5) * (count / most)).astype(np.intp)
    kept_back = np.zeros(len(labels), np.bool_)
    kept_back[by_label[places]] = True
    return kept_back


def _groups_kept_back(groups: NDArray[np.int64], share: float) -> NDArray[np.bool_]:
    """Which examples are kept back (N,) since their whole group is.

    That lies in the group's number alone, which is as good as chance, so that no example ever
    changes sides when other groups come. The first group is never kept back: there is always
    something to learn from.
    """
    members = groups != 0
    first = groups[members][:1]
    kept_back: NDArray[np.bool_] = members & (groups != first) & (groups < share * 2.0**63)
    return kept_back


def _one_group_kept_back(
    labels: NDArray[np.uint8], groups: NDArray[np.int64], share: float
) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """What is kept back (N,) where no group would be by itself, and what to say of that.

    Of several groups it is the one with the least number, but not the first. Of a single one it is
    the later examples of each digit.
    """
    present = list(dict.fromkeys(groups.tolist()))
    if len(present) > 1:
        return groups == min(present[1:]), ()
    kept_back = np.zeros(len(labels), np.bool_)
    for label in np.unique(labels):
        places = np.flatnonzero(labels == label)
        most = min(round(len(places) * share), len(places) - 1)
        kept_back[places[len(places) - most :]] = True
    if not kept_back.any():
        kept_back[-1] = True
    return kept_back, (ONE_SITTING,)


ONE_SITTING = (
    "All of these drawings were made in one sitting: those kept apart for validation are "
    "near-twins of those trained on. Draw some more another time."
)


def parts_of(
    datasets: Sequence[Dataset],
    shares: Sequence[float | None],
    validation_share: float = 0.2,
    seed: int = 0,
) -> tuple[Dataset, Dataset]:
    """A training part that is mixed by shares, and a validation part, from several sources.

    Each source is split by itself. Without any share (all None) all training examples are taken
    once. With shares, the training part is as large as those of the sources together, and each
    source gives its share of it: a smaller one is repeated, a larger one sampled by `seed`. A
    source without a share divides what the others leave of 1 with its like, by their sizes. The
    validation part has every example that was kept back, once.

    Raises SixpadError as `mix` and `Dataset.split` do.
    """
    _check_given(datasets)
    check_shares(shares)
    if len(datasets) == 1:
        return datasets[0].split(validation_share, seed)
    _check_validation_share(validation_share)
    training, validation = [], []
    for dataset in datasets:
        if len(dataset) > 1:
            learned, checked = dataset._split(validation_share, seed, alone=False)
            training.append(learned)
            validation.append(checked)
        else:
            training.append(dataset)
    if not any(map(len, validation)):
        raise SixpadError("There are too few examples to keep some apart: choose more data.")
    if any(share is not None for share in shares):
        rng = np.random.default_rng(seed)
        sizes = [len(part) for part in training]
        counts = [max(round(each * sum(sizes)), 1) for each in fractions(sizes, shares)]
        training = [
            part.take(np.resize(rng.permutation(len(part)), count))
            for part, count in zip(training, counts, strict=True)
        ]
    return joined(training), joined(validation)


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
    _check_given(datasets)
    check_shares(shares)
    if any(share is not None for share in shares):
        rng = np.random.default_rng(seed)
        counts = _counts([len(dataset) for dataset in datasets], shares)
        datasets = [
            dataset.take(np.sort(rng.choice(len(dataset), count, replace=False)))
            for dataset, count in zip(datasets, counts, strict=True)
        ]
    return joined(datasets)


def joined(datasets: Sequence[Dataset]) -> Dataset:
    """All examples of all data sets, in the order given."""
    if len(datasets) == 1:
        return datasets[0]
    groups = None
    if any(dataset.groups is not None for dataset in datasets):
        groups = np.concatenate([
            np.zeros(len(dataset), np.int64) if dataset.groups is None else dataset.groups
            for dataset in datasets
        ])  # fmt: skip
    origins, first = [], 0
    for dataset in datasets:
        own = np.zeros(len(dataset), np.uint16) if dataset.origins is None else dataset.origins
        origins.append(own + np.uint16(first))
        first += len(dataset.names)
    return Dataset(
        np.concatenate([dataset.images for dataset in datasets]),
        np.concatenate([dataset.labels for dataset in datasets]),
        " + ".join(dataset.name for dataset in datasets),
        tuple(name for dataset in datasets for name in dataset.names),
        groups,
        tuple(dict.fromkeys(remark for dataset in datasets for remark in dataset.remarks)),
        np.concatenate(origins),
    )


def _check_given(datasets: Sequence[Dataset]) -> None:
    if not datasets:
        raise SixpadError("No data were given.")


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
    """How many examples each source gives, none twice, so that they stand in proportion."""
    # Relative to the largest, so that not even the smallest numbers overflow.
    parts = fractions(sizes, shares)
    wanted = [part / max(parts) for part in parts]
    total = min(size / share for size, share in zip(sizes, wanted, strict=True))
    return [max(int(total * share + 1e-6), 1) for share in wanted]


def fractions(sizes: Sequence[int], shares: Sequence[float | None]) -> list[float]:
    """Which fraction of the whole each source is to be; they sum to 1."""
    if 0 in sizes:
        raise SixpadError("A source without examples cannot have a share.")
    unshared = sum(size for size, share in zip(sizes, shares, strict=True) if share is None)
    wanted = [
        _left(shares) * size / unshared if share is None else share
        for size, share in zip(sizes, shares, strict=True)
    ]
    largest = max(wanted)
    relative = [share / largest for share in wanted]
    total = sum(relative)
    return [share / total for share in relative]
