"""Drawings that are offered for import, and what becomes of them."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from sixpad.data.stored import IMPORTED, Stored, now

# Of so many that are refused the reason is kept.
MOST_REASONS = 20

# The namespace of the uuids that are made from what a drawing is, by RFC 4122.
_NAMESPACE = uuid.UUID("6b8f4e0a-52d1-5c0e-9a3b-51bd06d06a66")


class Refused(NamedTuple):
    """What was no sound drawing, in a sentence."""

    sentence: str


class Imported(NamedTuple):
    """What an import comes to: `new` drawings, how many were there already, some of them deleted.

    `refused` is how many were no sound drawings; `reasons` holds the first of them.
    """

    new: list[Stored]
    there: int
    deleted: int
    refused: int
    reasons: tuple[str, ...]

    def there_after(self, added: int) -> int:
        """How many were there already, once so many of the new ones have been added."""
        return self.there + len(self.new) - added


def nameless(label: int, pixels: bytes, session: str, name: str = "") -> Stored:
    """A drawing from a file that says no more of it; `name` is its uuid where that is known."""
    return Stored(name, label, pixels, None, IMPORTED, session, now(), None)


def sift(offered: Iterable[Stored | Refused], known: Iterable[Stored]) -> Imported:
    """Find the new ones among those that are offered, where the `known` are there already.

    A drawing is there already if its uuid is. One without a uuid is there if as many with the same
    label and pixels are known as have come so far; else it gets a uuid that is made from label,
    pixels and that number. So twins stay two, and importing again adds nothing.
    """
    deleted_by_uuid: dict[str, bool] = {}
    in_use: Counter[tuple[int, bytes]] = Counter()
    out_of_use: Counter[tuple[int, bytes]] = Counter()
    for drawing in known:
        deleted_by_uuid[drawing.uuid] = drawing.deleted_at is not None
        (in_use if drawing.deleted_at is None else out_of_use)[_look(drawing)] += 1
    come: Counter[tuple[int, bytes]] = Counter()
    new: dict[str, Stored] = {}
    there = deleted = refused = 0
    reasons: list[str] = []

    for one in offered:
        if isinstance(one, Stored) and one.uuid in new:
            one = Refused(f"Two drawings have the uuid {one.uuid}; the first was taken.")
        if isinstance(one, Refused):
            refused += 1
            if len(reasons) < MOST_REASONS:
                reasons.append(one.sentence)
            continue
        if one.uuid:
            is_there, is_deleted = one.uuid in deleted_by_uuid, deleted_by_uuid.get(one.uuid, False)
        else:
            look = _look(one)
            before, come[look] = come[look], come[look] + 1
            one = one._replace(uuid=_made_uuid(one, before))
            is_deleted = deleted_by_uuid.get(one.uuid, in_use[look] <= before)
            is_there = one.uuid in deleted_by_uuid or before < in_use[look] + out_of_use[look]
        if is_there:
            there += 1
            deleted += is_deleted
        else:
            new[one.uuid] = one
    return Imported(list(new.values()), there, deleted, refused, tuple(reasons))


def _look(drawing: Stored) -> tuple[int, bytes]:
    return drawing.label, drawing.pixels


def _made_uuid(drawing: Stored, before: int) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{drawing.label}:{drawing.pixels.hex()}:{before}"))
