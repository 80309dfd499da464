"""A network on disk, in the safetensors format: its numbers, and in the header what they are.

Everything is there that training needs to go on exactly where it stopped. Opening runs no code
from the file and trusts nothing in it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from sixpad.core.network import Network
from sixpad.core.optimizer import state_shapes
from sixpad.core.snapshot import Snapshot
from sixpad.data.files import read_bounded, write_atomically
from sixpad.data.json_values import parse
from sixpad.data.model_header import Model, NewerFormatError, decode, encode
from sixpad.errors import SixpadError

__all__ = ["Model", "open_model", "save_model"]

MAX_BYTES = 64 << 20
# A header of many megabytes keeps the safetensors library busy for half a minute.
MAX_HEADER_BYTES = 64 << 10

Tensors = dict[str, NDArray[Any]]


def save_model(path: Path, model: Model) -> None:
    """Write `model` to `path` at once and whole, with the present time as its `saved_at`.

    The metrics that the snapshot brought along (`losses`, `validation`, `gradient`) are left out.
    Raises SixpadError where the file cannot be written, or could not be opened again.
    """
    content = save(_tensors(model.snapshot), encode(model, datetime.now(UTC)))
    # What cannot be opened again must not take the place of what can.
    _decoded(path, content)
    write_atomically(path, content)


def open_model(path: Path) -> Model:
    """The model that `save_model` wrote to `path`; its arrays are read-only.

    Raises SixpadError, naming the file, where it cannot be read or any part of it is not as it must
    be: names, shapes and types of the arrays, a number that is not finite, a field of the header, a
    header over 64 KiB, a file over 64 MiB, a format that only a newer sixpad knows.
    """
    return _decoded(path, read_bounded(path, MAX_BYTES))


def _tensors(snapshot: Snapshot) -> Tensors:
    """The arrays of `snapshot`, in one dictionary."""
    groups = {"parameters": snapshot.parameters, "optimizer": snapshot.optimizer_state}
    if snapshot.best:
        groups["best"] = snapshot.best.parameters
    return {
        f"{group}.{name}": np.require(array, requirements="C")
        for group, arrays in groups.items()
        for name, array in arrays.items()
    }


def _decoded(path: Path, content: bytes) -> Model:
    length = int.from_bytes(content[:8], "little")
    if not 0 < length <= min(MAX_HEADER_BYTES, len(content) - 8):
        raise SixpadError(
            f"“{path}” is not a model of sixpad, or it is cut short; choose one that sixpad saved."
        )
    try:
        model = decode(_metadata(content[8 : 8 + length]))
        return replace(model, snapshot=_filled(model.snapshot, model.network, load(content)))
    except NewerFormatError:
        raise SixpadError(
            f"“{path}” was written by a newer sixpad; update sixpad to open it."
        ) from None
    # KeyError: the library stumbles over types that NumPy has not.
    except (SixpadError, SafetensorError, ValueError, KeyError, OverflowError) as error:
        raise SixpadError(
            f"“{path}” is not a sound model of sixpad ({str(error).rstrip('.')}); "
            "choose one that sixpad saved."
        ) from error


def _metadata(header: bytes) -> dict[str, str]:
    """The metadata in the header of a safetensors file."""
    parsed = parse(header)
    metadata = parsed.get("__metadata__") if isinstance(parsed, dict) else None
    if not isinstance(metadata, dict):
        raise ValueError("its header does not say what it is")
    return {name: value for name, value in metadata.items() if isinstance(value, str)}


def _filled(snapshot: Snapshot, network: Network, tensors: Tensors) -> Snapshot:
    """`snapshot` with its arrays from `tensors`, which must be the ones it needs and sound."""
    shapes = network.shapes()
    size = sum(int(np.prod(shape)) for shape in shapes.values())
    # Before its first step a network has no optimiser state.
    begun = "optimizer.count" in tensors
    groups: dict[str, dict[str, tuple[int, ...]]] = {
        "parameters": shapes,
        "optimizer": state_shapes(snapshot.config.optimizer, size) if begun else {},
        "best": shapes if snapshot.best else {},
    }
    expected = {f"{group}.{name}" for group, names in groups.items() for name in names}
    if set(tensors) != expected:
        raise ValueError("its arrays are not those of its model and optimiser")
    filled = {
        group: {name: _sound(f"{group}.{name}", tensors, shape) for name, shape in names.items()}
        for group, names in groups.items()
    }
    if begun and not 0 <= filled["optimizer"]["count"] <= snapshot.step:
        raise ValueError("optimizer.count does not fit the steps")
    return replace(
        snapshot,
        parameters=filled["parameters"],
        optimizer_state=filled["optimizer"],
        best=snapshot.best and replace(snapshot.best, parameters=filled["best"]),
    )


def _sound(name: str, tensors: Tensors, shape: tuple[int, ...]) -> NDArray[Any]:
    """A read-only copy of one array, checked."""
    array = tensors[name]
    dtype = np.int64 if name == "optimizer.count" else np.float32
    if array.dtype != dtype or array.shape != shape:
        raise ValueError(f"{name} is of a wrong shape or type")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds numbers that are not finite")
    copy = array.copy()
    copy.setflags(write=False)
    return copy
