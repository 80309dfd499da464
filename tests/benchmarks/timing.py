"""One line of the table: how long sixpad takes, and how long what it is measured beside."""

from __future__ import annotations

from typing import NamedTuple


class Timing(NamedTuple):
    """Seconds of sixpad and of a peer, repeat by repeat, and the goal for their ratio."""

    what: str
    ours: list[float]
    peers: list[float]
    peer: str
    goal: float
    remark: str = ""

    @property
    def ratios(self) -> list[float]:
        """How many times longer the peer takes, repeat by repeat."""
        return [peer / own for own, peer in zip(self.ours, self.peers, strict=True)]
