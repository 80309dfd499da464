"""Which examples a network is evaluated on, and honest words for what they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sixpad.core.preparation import Preparation
from sixpad.data.handwriting_style import Handwriting
from sixpad.gui.learned import Source

FRESH_COUNT = 10_000
_FIRST_FRESH_SEED = 70_001


@dataclass(frozen=True)
class Examples:
    """The examples that SPECs name, or only the part of them that is kept apart for validation.

    They are prepared as `preparation` says, and handwriting among them varies as `style` says.
    """

    specs: tuple[str, ...]
    validation: bool
    preparation: Preparation
    style: Handwriting

    @property
    def fresh(self) -> bool:
        """Whether they are digits that were generated for the evaluation."""
        return not self.validation and self.specs[0].startswith("handwriting")


def fresh_spec(names: Sequence[str]) -> str:
    """Newly generated digits, of a seed that no data of these names or SPECs have."""
    taken = {seed for name in names for seed in _seeds(name)}
    seed = next(seed for seed in range(_FIRST_FRESH_SEED, 1 << 32) if seed not in taken)
    return f"handwriting:{FRESH_COUNT}:{seed}"


def _seeds(name: str) -> list[int]:
    # The readers bring Pillow with them, which the first paint need not wait for.
    from sixpad.data.spec import DEFAULT_SEED

    found = re.findall(r"handwriting(?::\d+(?::(\d+))?)?", name)
    return [int(seed) if seed else DEFAULT_SEED for seed in found]


def nature(examples: Examples, name: str, learned_from: Source) -> str:
    """What examples of that name can tell of a network that learned from `learned_from`."""
    known = learned_from.name
    if examples.fresh:
        return "The generator's own hand, never seen before: other people's writing may be harder."
    if not examples.validation:
        if name in known.split(" + "):
            return "The network learned from examples of this name: they flatter it."
        return "Never used to train this network, nor to choose its settings here."
    if known and known != name:
        return f"The network learned from {known}: some of these may have been among them."
    return "Kept apart from training, but used to choose when to stop: progress, and no test."
