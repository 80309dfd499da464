"""Drawings for the tests that keep, exchange and mend them."""

from __future__ import annotations

import uuid
from pathlib import Path

import numpy as np

from sixpad.core.grid import PIXELS
from sixpad.data.drawings import Drawings
from sixpad.data.stored import DRAWN, Stored

MADE = "2026-01-02T03:04:05.000006Z"
DELETED = "2026-02-03T04:05:06.000007Z"


def drawn(count: int, seed: int = 0, session: str = "one sitting") -> list[Stored]:
    """So many drawings of noise, each with a uuid of its own, the same for the same seed."""
    rng = np.random.default_rng(seed)
    pixels = np.packbits(rng.random((count, PIXELS)) < 0.2, axis=1)
    return [
        Stored(
            str(uuid.UUID(bytes=rng.bytes(16), version=4)), at % 10, pixels[at].tobytes(), None,
            DRAWN, session, MADE, None,
        )
        for at in range(count)
    ]  # fmt: skip


def keep(path: Path, drawings: list[Stored]) -> Path:
    """A store with these in it."""
    with Drawings(path) as store:
        store.put(drawings)
    return path


def rows(path: Path) -> list[Stored]:
    """All sound drawings of a store, in the order they were stored."""
    with Drawings(path, create=False) as store:
        return [row for row in store.rows() if isinstance(row, Stored)]


def by_uuid(path: Path) -> dict[str, Stored]:
    """All sound drawings of a store by their uuids."""
    return {row.uuid: row for row in rows(path)}
