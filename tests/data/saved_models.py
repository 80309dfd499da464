"""What the tests of model files share: a model that has learned, and a look into its file."""

from __future__ import annotations

import json
from dataclasses import fields
from math import nan
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load

from sixpad.core.config import TrainingConfig
from sixpad.core.metrics import Scores
from sixpad.core.network import Network
from sixpad.core.preparation import Preparation
from sixpad.core.sizes import Kernels
from sixpad.core.snapshot import Snapshot
from sixpad.core.training import train
from sixpad.data.model_file import Model
from sixpad.data.provenance import Source

Metadata = dict[str, str]
Tensors = dict[str, NDArray[Any]]


class Part(NamedTuple):
    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]


def part(count: int, seed: int) -> Part:
    rng = np.random.default_rng(seed)
    return Part(
        rng.integers(0, 2, (count, 576), dtype=np.uint8),
        rng.integers(0, 10, count, dtype=np.uint8),
    )


SOURCE = Source(
    (("handwriting:400:6",), ("idx train", "images a + b")), 100, 30, Preparation.FITTED, True
)
ONE, TEN = Network(digit=3), Network(None, "ten")
HIDDEN = Network(None, "hidden", (12, 7))
CONV = Network(None, "conv", (Kernels(4, 3), Kernels(3, 2), 9))
EACH = {network.model: network for network in (ONE, TEN, HIDDEN, CONV)}
DISTORTED = {
    "smoothing": 0.1, "shift": 1, "rotation": 7.5, "scale": 0.1, "slant": 5.0, "noise": 0.05,
    "dropout": 0.3,
}  # fmt: skip
TRAINING, VALIDATION = part(100, 1), part(30, 2)


def config(optimizer: str = "adam", **distortion: Any) -> TrainingConfig:
    return TrainingConfig(
        epochs=4, batch_size=16, optimizer=optimizer, learning_rate=0.1 / 3, l2=1e-3, patience=3,
        **distortion,
    )  # fmt: skip


def run(settings: TrainingConfig, network: Network = ONE, **options: Any) -> list[Snapshot]:
    return list(train(network, TRAINING, VALIDATION, settings, **options))


def trained(optimizer: str = "adam", steps: int = 17, network: Network = ONE) -> Snapshot:
    """A run stopped in the middle of its third epoch."""
    return run(config(optimizer), network, steps=steps)[-1]


def model(snapshot: Snapshot | None = None, network: Network = ONE) -> Model:
    scores = Scores(0.1 + 0.2, 0.9, nan, 1 / 3)
    return Model(network, snapshot or trained(network=network), SOURCE, scores, 0.1 + 0.7)


def assert_equal(a: object, b: object) -> None:
    """Equal to the last bit, through dataclasses and dictionaries."""
    if isinstance(a, np.ndarray):
        assert isinstance(b, np.ndarray)
        assert (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
    elif isinstance(a, dict):
        assert isinstance(b, dict)
        assert set(a) == set(b)
        for key in a:
            assert_equal(a[key], b[key])
    elif hasattr(a, "__dataclass_fields__"):
        assert type(a) is type(b)
        for field in fields(a):  # type: ignore[arg-type]
            if field.name not in ("losses", "validation", "gradient", "saved_at"):
                assert_equal(getattr(a, field.name), getattr(b, field.name))
    else:
        assert repr(a) == repr(b)


def taken_apart(path: Path) -> tuple[Tensors, Metadata]:
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    return load(content), json.loads(content[8 : 8 + length])["__metadata__"]


def framed(header: bytes, body: bytes = b"") -> bytes:
    """A file with this header and this body."""
    return len(header).to_bytes(8, "little") + header + body
