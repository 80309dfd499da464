"""Where what a network knows comes from, and what its scores on other examples are worth then."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from sixpad.core.preparation import Preparation

# A model file's header has room for so much.
MAX_NAME = 300
MAX_NAMES = 40
# Stands for the data sets for which there was no room.
OTHERS = "…"
# How handwriting is named that varies otherwise than it does by itself.
OWN_RANGES = ", own ranges"

Names = tuple[str, ...]

_GENERATED = re.compile(r"handwriting:\d+:\d+")


class Source(NamedTuple):
    """What a network has learned from since its parameters were initial.

    `data` holds the data sets, the earliest first, each as the names of the sources that it was
    mixed from. `training` and `validation` are the examples in the parts of the last one, which
    were prepared as `preparation` says. `new_each_epoch` is whether handwriting among them was
    new in every epoch.
    """

    data: tuple[Names, ...] = ()
    training: int = 0
    validation: int = 0
    preparation: Preparation = Preparation.FITTED
    new_each_epoch: bool = False

    @property
    def names(self) -> Names:
        """The names of all sources, each of them once."""
        return tuple(dict.fromkeys(name for names in self.data for name in names))

    @property
    def name(self) -> str:
        """All of it in words, for people; nothing where nothing was learned from."""
        return " + ".join(self.names) + (", new in every epoch" if self.new_each_epoch else "")

    def then(
        self, names: Iterable[str], training: int, validation: int, preparation: Preparation,
        new_each_epoch: bool = False,
    ) -> Source:  # fmt: skip
        """The source of a network that goes on to learn from a data set of these names."""
        added = tuple(map(as_line, names))
        data = self.data if added in self.data else (*self.data, added)
        new_each_epoch = new_each_epoch or self.new_each_epoch
        return Source(_bounded(data), training, validation, preparation, new_each_epoch)


def as_line(name: str) -> str:
    """A name as it is kept and compared: one line of at most MAX_NAME characters."""
    line = "".join(letter if letter.isprintable() else "?" for letter in name)
    return line if len(line) <= MAX_NAME else line[: MAX_NAME - 1] + "…"


def _bounded(data: tuple[Names, ...]) -> tuple[Names, ...]:
    """The data sets; where they are too many, the earliest give way to OTHERS."""
    if sum(map(len, data)) <= MAX_NAMES:
        return data
    kept: list[Names] = []
    room = MAX_NAMES - 1
    for names in reversed(data):
        room -= len(names)
        if room < 0:
            break
        kept.append(names)
    return ((OTHERS,), *reversed(kept))


def worth(names: Iterable[str], learned_from: Source, *, validation: bool = False) -> str:
    """What scores on a data set of these names tell of a network, in a sentence.

    `validation` says that they are those of the part that is kept apart in training. Sources are
    told apart by their names: two of one name are taken for the same.
    """
    wanted = [_digits(as_line(name)) for name in names]
    learned = [[_digits(name) for name in names] for names in learned_from.data]
    if not learned:
        return "It is not known what this network learned from: these may have been among it."
    seen = [name for name in wanted if any(name in names for names in learned)]
    if seen and not validation:
        return f"The network learned from {' + '.join(seen)}: these examples flatter it."
    # The parts of a data set are always the same ones, but not those of what it was mixed into.
    divided = any(names != wanted and set(names) & set(wanted) for names in learned)
    if divided or [OTHERS] in learned:
        return f"The network learned from {learned_from.name}: these may have been among it."
    if seen:
        return (
            "Kept apart from training, but watched while settings are chosen: "
            "progress, and no test."
        )
    if all(_GENERATED.fullmatch(name) for name in wanted):
        return "The generator's own hand, never seen before: other people's writing may be harder."
    return "Never used to train this network."


def _digits(name: str) -> str:
    """What a source is told by: handwriting of other ranges is the same digits, changed."""
    return name.removesuffix(OWN_RANGES)
