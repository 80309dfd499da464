"""What a network has learned, and from what."""

from __future__ import annotations

from typing import NamedTuple

from sixpad.core.preparation import Preparation
from sixpad.core.snapshot import Snapshot
from sixpad.gui.history import History


class Source(NamedTuple):
    """What a network was trained on: the data's name, the examples in each part, how prepared."""

    name: str = ""
    training: int = 0
    validation: int = 0
    preparation: Preparation = Preparation.FITTED


class Learned(NamedTuple):
    """What one network has learned so far, the curve of how it came there, and from what."""

    snapshot: Snapshot
    history: History
    source: Source = Source()
