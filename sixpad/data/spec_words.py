"""The words of data SPECs, taken apart without what it takes to read the data."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

# The kind of source that one's own drawings are.
DRAWINGS = "drawings"
DEFAULT_COUNT = 40_000


def split_share(spec: str) -> tuple[str, float | None]:
    """SPEC and SHARE of `SPEC@SHARE`; None where what follows the last @ is no number."""
    text, at, share = spec.rpartition("@")
    if at:
        with suppress(ValueError):
            return text, float(share)
    return spec, None


def with_share(text: str, share: float | None) -> str:
    """What `split_share` takes apart; a path that itself ends in @ and a number needs a share."""
    if share is None and split_share(text)[1] is not None:
        share = 1.0
    return text if share is None else f"{text}@{share:.6g}"


def kind_of(spec: str) -> str:
    """The kind of source that a SPEC names, such as idx."""
    return split_share(spec)[0].partition(":")[0]


def has_drawings(specs: Iterable[str]) -> bool:
    """Whether drawings of one's own, or of another store, are among the sources."""
    return any(kind_of(spec) == DRAWINGS for spec in specs)


def handwriting_count(text: str) -> int:
    """How many digits `handwriting[:COUNT[:SEED]]` asks for."""
    number = text.split(":")[1:2]
    return int(number[0]) if number and number[0].isdecimal() else DEFAULT_COUNT
