"""The share that a source of examples is given behind its SPEC: `SPEC@SHARE`."""

from __future__ import annotations

from contextlib import suppress


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
