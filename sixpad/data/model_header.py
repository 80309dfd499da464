"""The metadata in a model file's header: what the network is, how it was trained, how far it got.

Each field is a line of text or JSON. Numbers come back exactly as they were; each is checked.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from math import inf, isfinite
from typing import Any

from sixpad.core.config import CONSTANT, TrainingConfig
from sixpad.core.metrics import Scores
from sixpad.core.network import Network
from sixpad.core.preparation import Preparation
from sixpad.core.snapshot import DIVERGED, EPOCHS, INTERRUPTED, SETTLED, Best, Snapshot
from sixpad.data import json_values as values
from sixpad.errors import SixpadError

FORMAT_VERSION = 1
MAX_TEXT = 2000

PREPARATIONS = tuple(each.value for each in Preparation)
STOPPED = (EPOCHS, SETTLED, DIVERGED, INTERRUPTED)

_COUNTS = ("step", "epoch", "batch", "until", "examples")


@dataclass(frozen=True, eq=False)
class Model:
    """A network with all that is needed to use it and to train it on.

    `preparation` says how its images are prepared. `data` names
    the examples it learned from, `training_examples` and `validation_examples` of them, and
    `scores` are those of the validation part. `saved_at` is when its file was written, in UTC.
    """

    network: Network
    snapshot: Snapshot
    preparation: Preparation
    data: str = ""
    training_examples: int = 0
    validation_examples: int = 0
    scores: Scores | None = None
    saved_at: datetime | None = None


class NewerFormatError(Exception):
    """The header is in a format that this sixpad does not know yet."""


def encode(model: Model, saved_at: datetime) -> dict[str, str]:
    """The metadata of `model`, all but its arrays."""
    snapshot = model.snapshot
    return {
        "format_version": json.dumps(FORMAT_VERSION),
        "model": model.network.model,
        "layers": json.dumps(_layers(model.network)),
        "digit": json.dumps(model.network.digit),
        "preparation": model.preparation.value,
        "training": json.dumps(asdict(snapshot.config)),
        "progress": json.dumps(_progress(snapshot)),
        "random_state": json.dumps(_random_state(snapshot.random_state)),
        "data": _shown(model.data),
        "training_examples": json.dumps(model.training_examples),
        "validation_examples": json.dumps(model.validation_examples),
        "scores": json.dumps(
            model.scores and {name: _or_null(score) for name, score in asdict(model.scores).items()}
        ),
        "saved_at": saved_at.isoformat(timespec="seconds"),
    }


def decode(metadata: dict[str, str]) -> Model:
    """The model that `encode` described; the dictionaries of arrays in its snapshot are empty.

    Raises ValueError, which names the field, for one that is missing or wrong, and
    NewerFormatError.
    """
    version = _read(metadata, "format_version", lambda text: values.whole(values.parse(text), 1))
    if version > FORMAT_VERSION:
        raise NewerFormatError
    field = {name: _read(metadata, name, reader) for name, reader in _READERS.items()}
    network = Network(field["digit"], field["model"])
    if field["layers"] != _layers(network):
        raise ValueError("layers: they are not those of its model")
    snapshot = Snapshot({}, {}, field["training"], field["random_state"], **field["progress"])
    if snapshot.batch >= snapshot.batches:
        raise ValueError("progress: the batch lies beyond the end of the epoch")
    return Model(
        network,
        snapshot,
        field["preparation"],
        data=field["data"],
        training_examples=field["training_examples"],
        validation_examples=field["validation_examples"],
        scores=field["scores"],
        saved_at=field["saved_at"],
    )


def _read(metadata: dict[str, str], name: str, reader: Callable[[str], Any]) -> Any:
    if name not in metadata:
        raise ValueError(f"{name}: it is missing")
    try:
        return reader(metadata[name])
    except (ValueError, SixpadError) as error:
        raise ValueError(f"{name}: {error}") from None


def _layers(network: Network) -> list[int]:
    """The sizes of the layers, from the pixels to the answer."""
    return [network.layer.inputs, network.layer.outputs]


def _shown(text: str) -> str:
    """`text` as one line that fits the header."""
    line = "".join(letter if letter.isprintable() else "?" for letter in text)
    return line if len(line) <= MAX_TEXT else line[: MAX_TEXT - 1] + "…"


def _or_null(value: float) -> float | None:
    """A number as JSON can hold it."""
    return value if isfinite(value) else None


def _progress(snapshot: Snapshot) -> dict[str, Any]:
    best = snapshot.best
    return {
        **{name: getattr(snapshot, name) for name in _COUNTS},
        "loss_sum": snapshot.loss_sum,
        "stopped": snapshot.stopped,
        "best": best and {"loss": _or_null(best.loss), "epoch": best.epoch},
    }


def _read_progress(text: str) -> dict[str, Any]:
    parsed = values.record(values.parse(text), *_COUNTS, "loss_sum", "stopped", "best")
    counts = {name: values.whole(parsed[name]) for name in _COUNTS}
    best = parsed["best"]
    if best is not None:
        values.record(best, "loss", "epoch")
        # No loss is as good as none so far: any other is lower.
        loss = inf if best["loss"] is None else values.real(best["loss"], 0, inf)
        best = Best({}, loss, values.whole(best["epoch"], 0, counts["epoch"]))
    stopped = parsed["stopped"]
    return {
        **counts,
        "loss_sum": values.real(parsed["loss_sum"], 0, inf),
        "stopped": stopped if stopped is None else values.choice(stopped, STOPPED),
        "best": best,
    }


def _random_state(state: dict[str, Any]) -> dict[str, Any]:
    """The state of NumPy's PCG64; JSON readers would round its numbers of 128 bits: text."""
    numbers = {name: hex(number) for name, number in state["state"].items()}
    return numbers | {name: state[name] for name in ("has_uint32", "uinteger")}


def _read_random_state(text: str) -> dict[str, Any]:
    parsed = values.record(values.parse(text), "state", "inc", "has_uint32", "uinteger")
    numbers = {}
    for name in ("state", "inc"):
        numbers[name] = int(values.text(parsed[name], 34), 16)
        if not 0 <= numbers[name] < 1 << 128:
            raise ValueError(f"{name} is no number of 128 bits")
    if numbers["inc"] % 2 == 0:
        raise ValueError("inc is not odd")
    return {
        "bit_generator": "PCG64",
        "state": numbers,
        "has_uint32": values.whole(parsed["has_uint32"], 0, 1),
        "uinteger": values.whole(parsed["uinteger"], 0, (1 << 32) - 1),
    }


def _read_training(text: str) -> TrainingConfig:
    names = asdict(TrainingConfig())
    config = TrainingConfig()
    parsed = values.parse(text)
    if isinstance(parsed, dict):
        # Files from before there were schedules do not name one.
        parsed.setdefault("schedule", CONSTANT)
    for name, value in values.record(parsed, *names).items():
        config = values.with_field(config, name, value)
    return config


def _read_scores(text: str) -> Scores | None:
    parsed = values.parse(text)
    if parsed is None:
        return None
    values.record(parsed, "loss", "accuracy", "average_precision", "f1")
    loss = values.real_or_nan(parsed.pop("loss"), 0, inf)
    return Scores(loss, **{name: values.real_or_nan(parsed[name], 0, 1) for name in parsed})


def _read_time(text: str) -> datetime:
    time = datetime.fromisoformat(values.text(text, 40))
    if time.utcoffset() != timedelta(0):
        raise ValueError("it is not in UTC")
    return time.astimezone(UTC)


def _read_digit(text: str) -> int | None:
    parsed = values.parse(text)
    return parsed if parsed is None else values.whole(parsed, 0, 9)


def _read_count(text: str) -> int:
    return values.whole(values.parse(text))


_READERS: dict[str, Callable[[str], Any]] = {
    "model": lambda text: values.text(text, MAX_TEXT),
    "layers": values.parse,
    "digit": _read_digit,
    "preparation": lambda text: Preparation(values.choice(text, PREPARATIONS)),
    "training": _read_training,
    "progress": _read_progress,
    "random_state": _read_random_state,
    "data": lambda text: values.text(text, MAX_TEXT),
    "training_examples": _read_count,
    "validation_examples": _read_count,
    "scores": _read_scores,
    "saved_at": _read_time,
}
