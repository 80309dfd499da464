"""Where what a network knows comes from, and what its scores on other examples are worth then."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from sixpad.core.preparation import Preparation
from sixpad.data.spec_words import DRAWINGS

# A model file's header has room for so much.
MAX_NAME = 300
MAX_NAMES = 40
# Stands for the data sets for which there was no room.
OTHERS = "…"
# How handwriting is named that varies otherwise than it does by itself.
OWN_RANGES = ", own ranges"
# Stands for own drawings that corrections taught, of whichever part they were.
CORRECTIONS = "corrected drawings"

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


def with_mixtures_in_doubt(data: tuple[Names, ...]) -> tuple[Names, ...]:
    """The data sets of a build that split mixtures as wholes: what was kept apart is not known."""
    doubtful = any(len(names) > 1 for names in data) and (OTHERS,) not in data
    return _bounded(((OTHERS,), *data)) if doubtful else data


def worth(
    names: Iterable[str], learned_from: Source, *, validation: bool = False, sessions: int = 0
) -> str:
    """What scores on a data set of these names tell of a network, in a sentence or two.

    `validation` says that they are those of the part that is kept apart in training, and `sessions`
    how many sessions own drawings are of, where that is known. Sources are told apart by their
    names: two of one name are taken for the same.
    """
    wanted = [_digits(as_line(name)) for name in names]
    learned = [[_digits(name) for name in names] for names in learned_from.data]
    if not learned:
        return "It is not known what this network learned from: these may have been among it."
    corrected = [CORRECTIONS] in learned
    seen = [
        name
        for name in wanted
        if any(name in names for names in learned) or (name == DRAWINGS and corrected)
    ]
    if seen and not validation:
        if sessions == 1 and wanted == [DRAWINGS]:
            return _ONE_SESSION
        return f"The network learned from {' + '.join(seen)}: these examples flatter it."
    if [OTHERS] in learned or any(_may_have_moved(name, wanted, learned) for name in wanted):
        return f"The network learned from {learned_from.name}: these may have been among it."
    if seen:
        return (
            "Kept apart from training, but watched while settings are chosen: "
            "progress, and no test."
        )
    if all(_GENERATED.fullmatch(name) for name in wanted):
        return "The generator's own hand, never seen before: other people's writing may be harder."
    return "Never used to train this network."


_ONE_SESSION = (
    "The network learned from these, all of one session: they flatter it. "
    "Some later ones will be tests."
)


def _may_have_moved(name: str, wanted: list[str], learned: list[list[str]]) -> bool:
    """Whether examples of this source that are kept apart now may have been learned from.

    A source is split by itself, always alike, whatever it is mixed with. Only of own drawings that
    are all there is to learn from, some are kept apart that would be learned from in a mixture:
    where no whole session would be. And a correction teaches a drawing of any session.
    """
    if name != DRAWINGS and not name.startswith(f"{DRAWINGS}:"):
        return False
    if name == DRAWINGS and [CORRECTIONS] in learned:
        return True
    return len(wanted) == 1 and any(name in names and len(names) > 1 for names in learned)


def _digits(name: str) -> str:
    """What a source is told by: handwriting of other ranges is the same digits, changed."""
    return name.removesuffix(OWN_RANGES)
