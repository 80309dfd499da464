"""Values out of JSON that others may have written: each is checked before it is used."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from enum import Enum
from math import nan
from typing import Any, TypeVar, get_args, get_type_hints

from sixpad.core.config import TrainingConfig

# Above this a JSON number need not be the whole number that was written.
LARGEST = 2**53
_MAX = sys.float_info.max

Kind = TypeVar("Kind", bound=Enum)

_CONFIG_TYPES = {
    name: get_args(hint) or (hint,) for name, hint in get_type_hints(TrainingConfig).items()
}


def parse(text: str | bytes) -> Any:
    """The value of a JSON text; raises ValueError for anything else, NaN and infinity included."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a number in JSON")


def record(value: Any, *names: str) -> dict[str, Any]:
    """An object with exactly these names."""
    if not isinstance(value, dict) or set(value) != set(names):
        raise ValueError(f"it does not hold exactly: {', '.join(names)}")
    return value


def member(value: Any, kind: type[Kind]) -> Kind:
    """The member of an enumeration that has this value."""
    for each in kind:
        if each.value == value:
            return each
    raise ValueError(f"it is none of: {', '.join(str(each.value) for each in kind)}")


def whole(value: Any, low: int = 0, high: int = LARGEST) -> int:
    """A whole number from `low` to `high`; `true` is none."""
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"it is not a whole number from {low} to {high}")
    return value


def real(value: Any, low: float, high: float) -> float:
    """A finite number from `low` to `high`."""
    if type(value) not in (int, float) or not max(low, -_MAX) <= value <= min(high, _MAX):
        raise ValueError(f"it is not a number from {low} to {high}")
    return float(value)


def real_or_nan(value: Any, low: float, high: float) -> float:
    """A finite number from `low` to `high`; `null` stands for NaN, which JSON has not."""
    return nan if value is None else real(value, low, high)


def truth(value: Any) -> bool:
    """`true` or `false`."""
    if not isinstance(value, bool):
        raise ValueError("it is neither true nor false")
    return value


def text(value: Any, longest: int) -> str:
    """One line of text of at most `longest` characters, all of which can be shown."""
    if not isinstance(value, str) or len(value) > longest or not value.isprintable():
        raise ValueError(f"it is not a line of at most {longest} characters")
    return value


def choice(value: Any, among: tuple[str, ...]) -> str:
    """One of a few words."""
    if not isinstance(value, str) or value not in among:
        raise ValueError(f"it is not one of: {', '.join(among)}")
    return value


def with_field(config: TrainingConfig, name: str, value: Any) -> TrainingConfig:
    """`config` with one field changed.

    Raises ValueError for a wrong type and SixpadError for a value out of its range.
    """
    kinds = _CONFIG_TYPES[name]
    if type(value) is int and int not in kinds and abs(value) <= LARGEST:
        value = float(value)
    if type(value) not in kinds:
        raise ValueError("it is of a wrong type")
    return replace(config, **{name: value})
