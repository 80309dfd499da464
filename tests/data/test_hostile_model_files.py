"""Model files that others have written: a sound model or a sentence, whatever is in them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from math import inf, nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from safetensors.numpy import save
from saved_models import CONV, EACH, HIDDEN, ONE, TEN, Metadata, Tensors, framed, model, taken_apart

from sixpad.core.network import Network
from sixpad.data.model_file import MAX_HEADER_BYTES, open_model, save_model
from sixpad.errors import SixpadError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "six.safetensors"


def refused(path: Path, words: str | None = None) -> None:
    with pytest.raises(SixpadError, match=words) as caught:
        open_model(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


HOSTILE_FILES = {
    "empty": b"",
    "short": b"\x05\0\0",
    "no header": framed(b""),
    "text": b"this is not a model but a letter to a friend",
    "64 MB header": (64 << 20).to_bytes(8, "little") + b"{}",
    "header larger than any file": (2**64 - 1).to_bytes(8, "little") + b"{}",
    "header over 64 KB": framed(b" " * (MAX_HEADER_BYTES - 1) + b"{}"),
    "no JSON": framed(b"{"),
    "no text": framed(b"\xff\xfe"),
    "nested deeply": framed(b"[" * 60_000),
    "a list": framed(b"[]"),
    "a great number": framed(b"9" * 60_000),
    "nothing in it": framed(b"{}"),
    "metadata of numbers": framed(b'{"__metadata__": {"format_version": 1}}'),
    "metadata of another kind": framed(b'{"__metadata__": []}'),
}


@pytest.mark.parametrize("content", HOSTILE_FILES.values(), ids=HOSTILE_FILES.keys())
def test_what_is_no_model_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    refused(path)


def test_places_without_a_file_are_refused(tmp_path: Path, path: Path) -> None:
    refused(path, "There is no file")
    refused(tmp_path, "not an ordinary file")


@pytest.mark.skipif(os.name != "posix", reason="named pipes are POSIX")
def test_a_pipe_is_refused_at_once(path: Path) -> None:
    os.mkfifo(path)
    refused(path, "not an ordinary file")


def test_a_huge_file_is_refused(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate((64 << 20) + 1)
    refused(path, "too large")


def test_a_file_cut_short_anywhere_is_refused(path: Path) -> None:
    save_model(path, model())
    content = path.read_bytes()
    header = 8 + int.from_bytes(content[:8], "little")
    for length in (*range(0, header, 97), header, *range(header, len(content), 997)):
        path.write_bytes(content[:length])
        refused(path)
    path.write_bytes(content + b"\0")
    refused(path)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255)), min_size=1, max_size=8)
)
def test_changed_bytes_give_a_sound_model_or_a_sentence(
    path: Path, changes: list[tuple[int, int]]
) -> None:
    save_model(path, model())
    content = bytearray(path.read_bytes())
    for place, value in changes:
        content[place % len(content)] = value
    path.write_bytes(content)
    try:
        opened = open_model(path)
    except SixpadError:
        return
    assert opened.snapshot.parameters.keys() == ONE.shapes().keys()
    assert all(np.isfinite(array).all() for array in opened.snapshot.parameters.values())


def with_tensor(name: str, array: NDArray[Any]) -> Callable[[Tensors], Tensors]:
    return lambda tensors: {**tensors, name: array}


HOSTILE_TENSORS: dict[str, Callable[[Tensors], Tensors]] = {
    "none": lambda _: {},
    "no bias": lambda tensors: {n: t for n, t in tensors.items() if n != "parameters.output.bias"},
    "no state": lambda tensors: {n: t for n, t in tensors.items() if n != "optimizer.mean"},
    "no count": lambda tensors: {n: t for n, t in tensors.items() if n != "optimizer.count"},
    "no best": lambda tensors: {n: t for n, t in tensors.items() if not n.startswith("best")},
    "one more": with_tensor("more", np.zeros(1, np.float32)),
    "a flat matrix": with_tensor("parameters.output.weights", np.zeros(576, np.float32)),
    "float64": with_tensor("parameters.output.bias", np.zeros(1)),
    "float16": with_tensor("parameters.output.bias", np.zeros(1, np.float16)),
    "integers": with_tensor("parameters.output.bias", np.zeros(1, np.int32)),
    "NaN": with_tensor("parameters.output.bias", np.array([nan], np.float32)),
    "infinity": with_tensor("optimizer.square", np.full(577, inf, np.float32)),
    "best NaN": with_tensor("best.output.bias", np.array([nan], np.float32)),
    "a count of floats": with_tensor("optimizer.count", np.zeros((), np.float32)),
    "a negative count": with_tensor("optimizer.count", np.array(-1)),
    "a count beyond the steps": with_tensor("optimizer.count", np.array(18)),
}


@pytest.mark.parametrize("change", HOSTILE_TENSORS.values(), ids=HOSTILE_TENSORS.keys())
def test_arrays_that_are_not_those_of_the_model_are_refused(
    path: Path, change: Callable[[Tensors], Tensors]
) -> None:
    save_model(path, model())
    tensors, metadata = taken_apart(path)
    path.write_bytes(save(change(tensors), metadata))
    refused(path, "not a sound model")


def test_types_unknown_to_numpy_are_refused(path: Path) -> None:
    save_model(path, model())
    _, metadata = taken_apart(path)
    header = {
        "__metadata__": metadata,
        "parameters.output.bias": {"dtype": "BF16", "shape": [1], "data_offsets": [0, 2]},
    }
    path.write_bytes(framed(json.dumps(header).encode(), b"\0\0"))
    refused(path, "not a sound model")


def inside(field: str, key: str, value: object) -> tuple[str, Callable[[str], str]]:
    """A change of one key of a field that holds a JSON object."""
    return field, lambda text: json.dumps({**json.loads(text), key: value})


def instead(field: str, text: str) -> tuple[str, Callable[[str], str]]:
    return field, lambda _: text


HOSTILE_FIELDS = [
    *(
        instead(field, text)
        for field in ("format_version", "digit", "layers", "training", "progress", "random_state",
                      "training_examples", "validation_examples", "seconds")
        for text in ("null", "true", '"6"', "NaN", "-1", "1e999", "[" * 9999, "9" * 5000)
    ),
    *(
        instead(field, "")
        for field in ("format_version", "digit", "training", "progress", "random_state", "seconds",
                      "training_examples", "validation_examples")
    ),
    *(instead("scores", text) for text in ("", "NaN", "[]", "{}", "0.5", '{"loss": 1}')),
    instead("digit", "10"),
    instead("digit", "6.0"),
    instead("model", "seven"),
    instead("model", ""),
    instead("layers", "[576, 10]"),
    instead("layers", "[576, 1, 1]"),
    instead("model", "ten"),
    instead("preparation", "fit"),
    instead("preparation", ""),
    instead("preparation", "FITTED"),
    *(
        instead("data", json.dumps(data))
        for data in (None, {}, "idx", ["idx"], [[6]], [[]], [["idx"], 6], [["two\nlines"]],
                     [["x" * 301]], [["idx"]] * 41, [["idx"] * 41], [[["idx"]]])
    ),
    instead("new_in_every_epoch", "1"),
    instead("new_in_every_epoch", "null"),
    instead("saved_at", "yesterday"),
    instead("saved_at", "2026-01-01T00:00:00"),
    instead("saved_at", "2026-01-01T00:00:00+02:00"),
    instead("training_examples", str(2**60)),
    inside("training", "epochs", 0),
    inside("training", "epochs", 1.5),
    inside("training", "epochs", True),
    inside("training", "epochs", 10**400),
    inside("training", "learning_rate", 10**400),
    inside("training", "learning_rate", "0.1"),
    inside("training", "learning_rate", -1),
    inside("training", "learning_rate", None),
    inside("training", "batch_size", 0),
    inside("training", "optimizer", "magic"),
    inside("training", "optimizer", "gd"),
    inside("training", "optimizer", ["adam"]),
    inside("training", "loss", "hinge"),
    inside("training", "l2", nan),
    inside("training", "smoothing", 0.6),
    inside("training", "shift", 5),
    inside("training", "shift", 1.5),
    inside("training", "rotation", 45.5),
    inside("training", "rotation", None),
    inside("training", "scale", nan),
    inside("training", "scale", 0.6),
    inside("training", "slant", -1),
    inside("training", "noise", nan),
    inside("training", "noise", 0.6),
    inside("training", "dropout", 1),
    inside("training", "dropout", "0.2"),
    inside("training", "seed", -1),
    inside("training", "patience", 0),
    inside("training", "target_loss", inf),
    inside("training", "colour", "red"),
    inside("progress", "step", -1),
    inside("progress", "step", 16),
    inside("progress", "epoch", "2"),
    inside("progress", "epoch", 2**60),
    inside("progress", "batch", 7),
    inside("progress", "until", None),
    inside("progress", "examples", -1),
    inside("progress", "loss_sum", nan),
    inside("progress", "loss_sum", -1),
    inside("progress", "loss_sum", None),
    inside("progress", "stopped", "bored"),
    inside("progress", "stopped", 1),
    inside("progress", "best", {}),
    inside("progress", "best", []),
    inside("progress", "best", None),
    inside("progress", "best", {"loss": -1, "epoch": 1}),
    inside("progress", "best", {"loss": 1, "epoch": 3}),
    inside("random_state", "state", 5),
    inside("random_state", "state", "six"),
    inside("random_state", "state", hex(2**128)),
    inside("random_state", "state", "-0x1"),
    inside("random_state", "inc", "0x2"),
    inside("random_state", "has_uint32", 2),
    inside("random_state", "uinteger", 2**32),
    inside("random_state", "bit_generator", "MT19937"),
    inside("scores", "loss", -1),
    inside("scores", "loss", "0.5"),
    inside("scores", "accuracy", 1.5),
    inside("scores", "f1", 10**400),
    inside("scores", "f1", True),
]  # fmt: skip


@pytest.mark.parametrize(("field", "change"), HOSTILE_FIELDS)
def test_a_wrong_field_is_refused(path: Path, field: str, change: Callable[[str], str]) -> None:
    save_model(path, model())
    tensors, metadata = taken_apart(path)
    path.write_bytes(save(tensors, {**metadata, field: change(metadata[field])}))
    refused(path)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"digit": "3"}, "every digit"),
        ({"model": "one"}, "0 to 9"),
        ({"model": "one", "digit": "3"}, "wrong shape"),
        ({"layers": "128"}, "no layers to choose"),
        ({"layers": "[576, 10]"}, "no size of a layer"),
        ({"model": "hidden"}, "Choose 1 to 6 layers"),
        ({"model": "hidden", "layers": "128"}, "not those of its model"),
        ({"model": "conv", "layers": "5x5x12"}, "not those of its model"),
        ({"model": "eleven"}, "no model called"),
    ],
)
def test_a_model_of_ten_is_taken_for_no_other(path: Path, fields: Metadata, words: str) -> None:
    save_model(path, model(network=TEN))
    tensors, metadata = taken_apart(path)
    path.write_bytes(save(tensors, metadata | fields))
    refused(path, words)


@pytest.mark.parametrize(
    ("network", "layers", "words"),
    [
        (HIDDEN, "", "Choose 1 to 6 layers"),
        (HIDDEN, "12", "not those of its model"),
        (HIDDEN, "12, 7, 7", "not those of its model"),
        (HIDDEN, "7, 12", "wrong shape"),
        (HIDDEN, "12, 8", "wrong shape"),
        (HIDDEN, "12, 0", "1 to 2,048 neurons"),
        (HIDDEN, "12, -7", "no size of a layer"),
        (HIDDEN, "[12, 7]", "no size of a layer"),
        (HIDDEN, "12,, 7", "no size of a layer"),
        (HIDDEN, "12 7", "no size of a layer"),
        (HIDDEN, "12\n7", "not a line"),
        (HIDDEN, "1e9", "no size of a layer"),
        (HIDDEN, "9" * 1999, "no size of a layer"),
        (HIDDEN, "9" * 2001, "not a line"),
        (HIDDEN, "999999", "1 to 2,048 neurons"),
        (HIDDEN, "2048, 2048", "2,000,000 together"),
        (HIDDEN, ",".join(["1"] * 1000), "Choose 1 to 6 layers"),
        (HIDDEN, "4x4x3, 9", "no kernels"),
        (CONV, "12, 7", "needs kernels"),
        (CONV, "9, 4x4x3, 3x3x2", "come before"),
        (CONV, "4x4x3, 3x3x3, 9", "wrong shape"),
        (CONV, "3x3x3, 3x3x2, 9", "wrong shape"),
        (CONV, "4x5x3, 3x3x2, 9", "as wide as they are high"),
        (CONV, "4x4x3, 3x3, 9", "no size of a layer"),
        (CONV, "99x99x3, 9", "1×1 to 11×11"),
        (CONV, "4x4x999999, 9", "1 to 256 kernels"),
        (CONV, "11x11x2, 11x11x2, 9", "too large for maps"),
        (CONV, "5x5x256, 3x3x256, 2048", "2,000,000 together"),
    ],
)
def test_layers_that_are_not_its_own_are_refused(
    path: Path, network: Network, layers: str, words: str
) -> None:
    save_model(path, model(network=network))
    tensors, metadata = taken_apart(path)
    path.write_bytes(save(tensors, metadata | {"layers": layers}))
    refused(path, words)


@pytest.mark.parametrize("network", [HIDDEN, CONV], ids=["hidden", "conv"])
def test_arrays_of_another_shape_are_refused(path: Path, network: Network) -> None:
    save_model(path, model(network=network))
    tensors, metadata = taken_apart(path)
    for name, array in tensors.items():
        if array.ndim:
            for changed in (array[..., :-1], array[None], array.reshape(-1)[:-1]):
                path.write_bytes(save({**tensors, name: changed.copy()}, metadata))
                refused(path, f"{name} is of a wrong shape")


@pytest.mark.parametrize(
    ("one", "other"), [(one, other) for one in EACH.values() for other in EACH.values()
                       if one is not other],
)  # fmt: skip
def test_the_arrays_of_another_model_are_refused(path: Path, one: Network, other: Network) -> None:
    save_model(path, model(network=one))
    tensors, _ = taken_apart(path)
    save_model(path, model(network=other))
    _, metadata = taken_apart(path)
    path.write_bytes(save(tensors, metadata))
    refused(path, "not a sound model")


def test_every_field_is_needed(path: Path) -> None:
    save_model(path, model())
    tensors, metadata = taken_apart(path)
    # Earlier builds of this format do not say how they split: what they say is doubted instead.
    for name in metadata.keys() - {"split"}:
        less = {other: value for other, value in metadata.items() if other != name}
        path.write_bytes(save(tensors, less))
        refused(path, f"{name}: it is missing")


def test_a_newer_format_is_refused_in_one_sentence(path: Path) -> None:
    save_model(path, model())
    tensors, _ = taken_apart(path)
    path.write_bytes(save(tensors, {"format_version": "5", "model": "of the future"}))
    refused(path, "was written by a newer sixpad; update sixpad to open it.")
