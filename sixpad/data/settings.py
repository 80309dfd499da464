"""What the window remembers from one start to the next, as JSON."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from sixpad.core.backend import DEVICES
from sixpad.core.config import CONSTANT, TrainingConfig
from sixpad.core.grid import PIXELS
from sixpad.core.network import MODELS, ONE, TEN, network_of
from sixpad.core.preparation import Preparation
from sixpad.core.sizes import DEEP, DEFAULT_SIZES, Sizes, parse_sizes, sizes_text
from sixpad.data import json_values as values
from sixpad.data.files import read_bounded, write_atomically
from sixpad.data.handwriting_style import Handwriting
from sixpad.errors import SixpadError

MAX_BYTES = 1 << 20
MAX_SPECS = 100
MAX_SPEC = 4096
MAX_SIZES = 200
MAX_GEOMETRY = 4096
APPEARANCES = ("system", "light", "dark")
DRAWING_BYTES = PIXELS // 8

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Settings:
    """What the person chose, and what was on the canvas.

    `training` and `sizes` are those of each model, `data` are data SPECs and `handwriting` its
    ranges, `pen_width` is in pixels, `drawing` the 72 bytes that `grid.pack` makes of the canvas
    (None before anything was drawn), and `geometry` Qt's own record of the window's place.
    """

    training: dict[str, TrainingConfig] = field(default_factory=lambda: _each(TrainingConfig.of))
    model: str = ONE
    sizes: dict[str, Sizes] = field(default_factory=lambda: dict(DEFAULT_SIZES))
    digit: int = 6
    preparation: Preparation = Preparation.FITTED
    device: str = "auto"
    data: tuple[str, ...] = ("handwriting",)
    handwriting: Handwriting = field(default_factory=Handwriting)
    new_each_epoch: bool = False
    pen_width: int = 2
    appearance: str = "system"
    guide_seen: bool = False
    plot_log_scale: bool = False
    drawing: bytes | None = None
    geometry: bytes = b""


def load_settings(path: Path) -> Settings:
    """The settings in the file at `path`; the default for each one that is missing or wrong.

    A file in which something was wrong is kept beside it as `settings.broken.json`, because the
    next save replaces it. Never raises SixpadError.
    """
    try:
        content = read_bounded(path, MAX_BYTES)
    except SixpadError:
        return Settings()
    settings, whole = _decoded(content)
    if not whole:
        with contextlib.suppress(SixpadError):
            write_atomically(path.with_suffix(f".broken{path.suffix}"), content)
    return settings


def save_settings(path: Path, settings: Settings) -> None:
    """Write `settings` to `path` atomically; raises SixpadError where that fails."""
    record = {name: getattr(settings, name) for name in _READERS}
    record["preparation"] = settings.preparation.value
    record["handwriting"] = asdict(settings.handwriting)
    record["training"] = {model: asdict(each) for model, each in settings.training.items()}
    record["sizes"] = {model: sizes_text(each) for model, each in settings.sizes.items()}
    record["drawing"] = settings.drawing and base64.b64encode(settings.drawing).decode()
    record["geometry"] = base64.b64encode(settings.geometry).decode()
    write_atomically(path, (json.dumps(record, indent=2) + "\n").encode())


def _decoded(content: bytes) -> tuple[Settings, bool]:
    """The settings, field by field, and whether all that was there was right."""
    settings = Settings()
    try:
        parsed = values.parse(content)
    except ValueError:
        return settings, False
    if not isinstance(parsed, dict):
        return settings, False
    if parsed.get("fit") is False:
        # How settings said it before there were three ways to prepare.
        parsed.setdefault("preparation", Preparation.AS_DRAWN.value)
    whole = True
    for name, reader in _READERS.items():
        if name in parsed:
            try:
                settings = replace(settings, **{name: reader(parsed[name])})
            except ValueError:
                whole = False
    if "training" in parsed:
        training, right = _training(parsed["training"])
        settings, whole = replace(settings, training=training), whole and right
    return settings, whole


def _each(of: Callable[[str], _Value]) -> dict[str, _Value]:
    """Something of each model."""
    return {model: of(model) for model in MODELS}


def _training(parsed: Any) -> tuple[dict[str, TrainingConfig], bool]:
    """How each model is trained, and whether all that was there was right."""
    if not isinstance(parsed, dict):
        return _each(TrainingConfig.of), False
    if parsed.keys() & asdict(TrainingConfig()).keys():
        # Before there were deeper networks, all were trained alike; and before there were
        # schedules, a run that was paused goes on as it was.
        parsed = {model: {"schedule": CONSTANT, **parsed} for model in (ONE, TEN)}
    read = {model: _config(model, parsed.get(model, {})) for model in MODELS}
    configs = {model: config for model, (config, _) in read.items()}
    return configs, all(right for _, right in read.values())


def _config(model: str, parsed: Any) -> tuple[TrainingConfig, bool]:
    config, whole = TrainingConfig.of(model), isinstance(parsed, dict)
    for name in asdict(config) if whole else ():
        if name in parsed:
            try:
                config = values.with_field(config, name, parsed[name])
            except (ValueError, SixpadError):
                whole = False
    return config, whole


def _handwriting(value: Any) -> Handwriting:
    names = asdict(Handwriting())
    if not isinstance(value, dict):
        raise ValueError("it is not a record")
    ranges = {name: values.real(value[name], -1e6, 1e6) for name in names if name in value}
    try:
        return Handwriting(**ranges)
    except SixpadError as error:
        raise ValueError(str(error)) from None


def _sizes(value: Any) -> dict[str, Sizes]:
    if not isinstance(value, dict):
        raise ValueError("it is not a record")
    try:
        chosen = {model: parse_sizes(model, values.text(value[model], MAX_SIZES))
                  for model in DEEP if model in value}  # fmt: skip
        for model, sizes in chosen.items():
            # Only a network knows whether its layers are too large together.
            network_of(model, 0, sizes)
    except SixpadError as error:
        raise ValueError(str(error)) from None
    return DEFAULT_SIZES | chosen


def _specs(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_SPECS:
        raise ValueError("it is not a list of data SPECs")
    return tuple(values.text(spec, MAX_SPEC) for spec in value)


def _decoded_bytes(value: Any) -> bytes:
    return base64.b64decode(values.text(value, 2 * MAX_GEOMETRY), validate=True)


def _drawing(value: Any) -> bytes | None:
    drawing = None if value is None else _decoded_bytes(value)
    if drawing is not None and len(drawing) != DRAWING_BYTES:
        raise ValueError("it is not a drawing")
    return drawing


def _geometry(value: Any) -> bytes:
    geometry = _decoded_bytes(value)
    if len(geometry) > MAX_GEOMETRY:
        raise ValueError("it is too long")
    return geometry


_READERS: dict[str, Callable[[Any], Any]] = {
    "model": lambda value: values.choice(value, MODELS),
    "sizes": _sizes,
    "digit": lambda value: values.whole(value, 0, 9),
    "preparation": lambda value: values.member(value, Preparation),
    "device": lambda value: values.choice(value, DEVICES),
    "data": _specs,
    "pen_width": lambda value: values.whole(value, 1, 4),
    "appearance": lambda value: values.choice(value, APPEARANCES),
    "handwriting": _handwriting,
    "new_each_epoch": values.truth,
    "guide_seen": values.truth,
    "plot_log_scale": values.truth,
    "drawing": _drawing,
    "geometry": _geometry,
}
