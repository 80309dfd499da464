"""The kinds of augmentation: how each is called, and how a field shows it."""

from __future__ import annotations

from dataclasses import dataclass

from sixpad.core.config import (
    MOST_NOISE,
    MOST_ROTATION,
    MOST_SCALE,
    MOST_SHIFT,
    MOST_SLANT,
    TrainingConfig,
)


@dataclass(frozen=True)
class Kind:
    """One way to change an image: its name in a TrainingConfig, and how a field shows it.

    The field shows it `times` as large, with its unit; the least that it can be but 0 is `least`.
    """

    name: str
    words: str
    unit: str
    most: float
    least: float = 1.0
    times: int = 1

    def shown(self, config: TrainingConfig) -> float:
        """The value as the field shows it."""
        return float(getattr(config, self.name)) * self.times

    def told(self, config: TrainingConfig) -> str:
        """The value in words, such as “rotation 10°”."""
        return f"{self.words.lower()} {self.shown(config):g}{self.unit}"


KINDS = (
    Kind("shift", "Shift", "\u2009px", MOST_SHIFT),
    Kind("rotation", "Rotation", "°", MOST_ROTATION),
    Kind("scale", "Scale", "\u2009%", MOST_SCALE, times=100),
    Kind("slant", "Slant", "°", MOST_SLANT),
    Kind("noise", "Noise", "\u2009%", MOST_NOISE, least=0.1, times=100),
)


def kinds_in(config: TrainingConfig) -> list[Kind]:
    """Those that a configuration makes use of."""
    return [kind for kind in KINDS if getattr(config, kind.name)]
