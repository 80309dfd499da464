"""Which examples a network is evaluated on, and digits for it that nothing was trained on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sixpad.core.preparation import Preparation
from sixpad.data.handwriting_style import Handwriting

FRESH_COUNT = 10_000
_FIRST_FRESH_SEED = 70_001


@dataclass(frozen=True)
class Selection:
    """The examples that SPECs name, or only the part of them that is kept apart for validation.

    They are prepared as `preparation` says, and handwriting among them varies as `style` says.
    `fresh` ones are generated for the evaluation alone. `edition` counts the changes of what can
    change.
    """

    specs: tuple[str, ...]
    preparation: Preparation
    style: Handwriting
    validation: bool = False
    fresh: bool = False
    edition: int = 0


def fresh_spec(names: Iterable[str]) -> str:
    """Newly generated digits, of a seed that no data of these names or SPECs have."""
    taken = {seed for name in names for seed in _seeds(name)}
    seed = next(seed for seed in range(_FIRST_FRESH_SEED, 1 << 32) if seed not in taken)
    return f"handwriting:{FRESH_COUNT}:{seed}"


def _seeds(name: str) -> list[int]:
    # The readers bring Pillow with them, which the first paint need not wait for.
    from sixpad.data.spec import DEFAULT_SEED

    found = re.findall(r"handwriting(?::\d+(?::(\d+))?)?", name)
    return [int(seed) if seed else DEFAULT_SEED for seed in found]
