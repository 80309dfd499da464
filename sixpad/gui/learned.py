"""What a network has learned, and from what."""

from __future__ import annotations

from typing import NamedTuple

from sixpad.core.snapshot import Snapshot
from sixpad.data.provenance import Source
from sixpad.gui.history import History


class Learned(NamedTuple):
    """What one network has learned so far, the curve of how it came there, and from what.

    `seconds` is how long its training has taken, all runs together.
    """

    snapshot: Snapshot
    history: History
    source: Source = Source()
    seconds: float = 0.0
