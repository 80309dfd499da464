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
from sixpad.core.sizes import parse_sizes, sizes_text
from sixpad.core.snapshot import DIVERGED, EPOCHS, INTERRUPTED, SETTLED, Best, Snapshot
from sixpad.data import json_values as values
from sixpad.data.provenance import MAX_NAME, MAX_NAMES, Names, Source, with_mixtures_in_doubt
from sixpad.errors import SixpadError

FORMAT_VERSION = 4
MAX_TEXT = 2000

STOPPED = (EPOCHS, SETTLED, DIVERGED, INTERRUPTED)

_NEW_IN_VERSION_1 = ", new in every epoch"
# How data sets are split; earlier builds, which split mixtures as wholes, say nothing of it.
_SPLIT = "each source"
_COUNTS = ("step", "epoch", "batch", "until", "examples")


@dataclass(frozen=True, eq=False)
class Model:
    """A network with all that is needed to use it and to train it on.

    `source` is what it learned from, and `scores` are those of the validation part. The training
    took so many `seconds`, 0 where that is not known. `saved_at` is when its file was written, in
    UTC.
    """

    network: Network
    snapshot: Snapshot
    source: Source
    scores: Scores | None = None
    seconds: float = 0.0
    saved_at: datetime | None = None

    @property
    def preparation(self) -> Preparation:
        """How the images are prepared that the network sees."""
        return self.source.preparation


class NewerFormatError(Exception):
    """The header is in a format that this sixpad does not know yet."""


def encode(model: Model, saved_at: datetime) -> dict[str, str]:
    """The metadata of `model`, all but its arrays."""
    snapshot, source = model.snapshot, model.source
    return {
        "format_version": _json(FORMAT_VERSION),
        "model": model.network.model,
        "layers": sizes_text(model.network.sizes),
        "digit": _json(model.network.digit),
        "preparation": source.preparation.value,
        "training": _json(asdict(snapshot.config)),
        "progress": _json(_progress(snapshot)),
        "random_state": _json(_random_state(snapshot.random_state)),
        "data": _json(source.data),
        "split": _SPLIT,
        "new_in_every_epoch": _json(source.new_each_epoch),
        "training_examples": _json(source.training),
        "validation_examples": _json(source.validation),
        "scores": _json(
            model.scores and {name: _or_null(score) for name, score in asdict(model.scores).items()}
        ),
        "seconds": _json(model.seconds),
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
    if version == 1:
        metadata = _of_version_2(metadata)
    if version < 3:
        metadata = _of_version_3(metadata)
    if version < FORMAT_VERSION:
        metadata = _of_version_4(metadata)
    field = {name: _read(metadata, name, reader) for name, reader in _READERS.items()}
    sizes = parse_sizes(field["model"], field["layers"]) if field["layers"] else ()
    network = Network(field["digit"], field["model"], sizes)
    snapshot = Snapshot({}, {}, field["training"], field["random_state"], **field["progress"])
    if snapshot.batch >= snapshot.batches:
        raise ValueError("progress: the batch lies beyond the end of the epoch")
    data = field["data"]
    source = Source(
        data if metadata.get("split") == _SPLIT else with_mixtures_in_doubt(data),
        field["training_examples"],
        field["validation_examples"],
        field["preparation"],
        field["new_in_every_epoch"],
    )
    return Model(
        network, snapshot, source, field["scores"], field["seconds"], field["saved_at"]
    )  # fmt: skip


def _of_version_2(metadata: dict[str, str]) -> dict[str, str]:
    """What a file of version 1 says, in the fields of version 2.

    It has the names of its data in one text, and it may name no schedule.
    """
    text = _read(metadata, "data", lambda text: values.text(text, MAX_TEXT))
    names = text.removesuffix(_NEW_IN_VERSION_1)
    source = Source()
    if names:
        source = source.then(names.split(" + "), 0, 0, Preparation.FITTED)
    training = _read(metadata, "training", values.parse)
    if isinstance(training, dict):
        training = {"schedule": CONSTANT, **training}
    return metadata | {
        "data": _json(source.data),
        "new_in_every_epoch": _json(names != text),
        "training": _json(training),
    }


def _of_version_3(metadata: dict[str, str]) -> dict[str, str]:
    """What a file of version 2 says, in the fields of version 3.

    It knows no layers before the last one, and nothing that happens to images while training.
    """
    training = _read(metadata, "training", values.parse)
    if isinstance(training, dict):
        training = {"smoothing": 0.0, "shift": 0, "noise": 0.0, "dropout": 0.0, **training}
    return metadata | {"layers": "", "training": _json(training), "seconds": "0.0"}


def _of_version_4(metadata: dict[str, str]) -> dict[str, str]:
    """What a file of version 3 says, in the fields of version 4.

    While training, its images are shifted at the most, and neither turned nor scaled nor slanted.
    """
    training = _read(metadata, "training", values.parse)
    if isinstance(training, dict):
        training = {"rotation": 0.0, "scale": 0.0, "slant": 0.0, **training}
    return metadata | {"training": _json(training)}


def _read(metadata: dict[str, str], name: str, reader: Callable[[str], Any]) -> Any:
    if name not in metadata:
        raise ValueError(f"{name}: it is missing")
    try:
        return reader(metadata[name])
    except (ValueError, SixpadError) as error:
        raise ValueError(f"{name}: {error}") from None


def _json(value: Any) -> str:
    # The header has little room, and each \\uXXXX would take seven bytes of it.
    return json.dumps(value, ensure_ascii=False)


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
    for name, value in values.record(values.parse(text), *names).items():
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


def _read_data(text: str) -> tuple[Names, ...]:
    parsed = values.parse(text)
    if not isinstance(parsed, list) or not all(isinstance(names, list) for names in parsed):
        raise ValueError("it is not a list of data sets")
    if sum(map(len, parsed)) > MAX_NAMES or not all(parsed):
        raise ValueError(f"it does not hold up to {MAX_NAMES} names")
    return tuple(tuple(values.text(name, MAX_NAME) for name in names) for names in parsed)


def _read_count(text: str) -> int:
    return values.whole(values.parse(text))


_READERS: dict[str, Callable[[str], Any]] = {
    "model": lambda text: values.text(text, MAX_TEXT),
    "layers": lambda text: values.text(text, MAX_TEXT),
    "seconds": lambda text: values.real(values.parse(text), 0, inf),
    "digit": _read_digit,
    "preparation": lambda text: values.member(text, Preparation),
    "training": _read_training,
    "progress": _read_progress,
    "random_state": _read_random_state,
    "data": _read_data,
    "new_in_every_epoch": lambda text: values.truth(values.parse(text)),
    "training_examples": _read_count,
    "validation_examples": _read_count,
    "scores": _read_scores,
    "saved_at": _read_time,
}
