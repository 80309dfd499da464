"""What a piece of work is that a fault may disturb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Doing = Callable[[], object]


@dataclass(frozen=True)
class Work:
    """How the old state is laid into an empty folder, how the work begins, and what is there.

    `begin` is given a folder with the old state and returns what does the work, which may be called
    again. `state` is compared for being the same; it raises where anything in the folder is not
    whole. Of work with very many calls not `every` one is made to fail, but fewer and fewer.
    """

    name: str
    prepare: Callable[[Path], object]
    begin: Callable[[Path], Doing]
    state: Callable[[Path], Any]
    every: bool = True
