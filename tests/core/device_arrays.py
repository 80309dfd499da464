"""Arrays that allow what CuPy's do, over NumPy: what works on them needs no other code on a GPU.

A CuPy array is no NumPy array: it takes no NumPy array beside it, does not become one unasked,
answers NumPy's functions only where CuPy has one of that name, and of a ufunc only the plain call
(cupy.ndarray.__array_function__ and __array_ufunc__; CuPy's reference, "Interoperability").
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from sixpad.core.backend import Backend

# What CuPy's reference lists under the same name and with the same arguments.
FUNCTIONS = {
    np.append, np.argmax, np.broadcast_to, np.concatenate, np.dot, np.empty_like, np.matmul,
    np.max, np.ones_like, np.put_along_axis, np.stack, np.sum, np.take_along_axis, np.tensordot,
    np.where, np.zeros_like, np.lib.stride_tricks.sliding_window_view,
}  # fmt: skip
METHODS = (
    "all", "any", "argmax", "astype", "copy", "dot", "max", "mean", "ravel", "reshape", "sum",
    "take", "transpose",
)  # fmt: skip
ATTRIBUTES = ("T", "dtype", "flags", "ndim", "shape", "size", "strides")
NUMBERS = (bool, int, float, np.bool_, np.number)


class DeviceArray(NDArrayOperatorsMixin):
    """One of them, on a device of which only `host_of` brings anything back."""

    def __init__(self, held: np.ndarray) -> None:
        self._held = held

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError("Implicit conversion to a NumPy array is not allowed.")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if method != "__call__":
            return NotImplemented
        if "out" in options:
            (options["out"],) = options["out"]
        return wrapped(ufunc(*map(inner, inputs), **inner(options)))

    def __array_function__(
        self, function: Callable[..., Any], types: Any, args: Any, kwargs: Any
    ) -> Any:
        if function not in FUNCTIONS:
            return NotImplemented
        return wrapped(function(*inner(args), **inner(kwargs)))

    def __getattr__(self, name: str) -> Any:
        if name in ATTRIBUTES:
            return wrapped(getattr(self._held, name))
        if name not in METHODS:
            raise AttributeError(f"Nothing here needs “{name}”: look whether CuPy has it.")
        method = getattr(self._held, name)
        return lambda *args, **kwargs: wrapped(method(*inner(args), **inner(kwargs)))

    def __len__(self) -> int:
        return len(self._held)

    def __getitem__(self, place: Any) -> Any:
        return wrapped(self._held[inner(place)])

    def __setitem__(self, place: Any, value: Any) -> None:
        self._held[inner(place)] = inner(value)


def inner(value: Any) -> Any:
    """What is held, in arguments of any kind; refuses NumPy arrays among them."""
    if isinstance(value, DeviceArray):
        return value._held
    if isinstance(value, tuple | list):
        return type(value)(map(inner, value))
    if isinstance(value, dict):
        return {name: inner(item) for name, item in value.items()}
    if isinstance(value, np.ndarray):
        raise TypeError("Unsupported type: a NumPy array beside one of the device's.")
    allowed = (*NUMBERS, str, slice, type, np.dtype, type(None), type(Ellipsis))
    assert isinstance(value, allowed), type(value)
    return value


def wrapped(value: Any) -> Any:
    """On the device what was worked out there: of numbers too, CuPy makes arrays."""
    if isinstance(value, tuple):
        return value
    return DeviceArray(np.asarray(value)) if isinstance(value, np.ndarray | np.generic) else value


def host_of(array: DeviceArray) -> np.ndarray:
    """A copy as a NumPy array."""
    return np.array(array._held)


def _made(function: Callable[..., np.ndarray]) -> Callable[..., DeviceArray]:
    return lambda *args, **kwargs: DeviceArray(np.array(function(*args, **kwargs)))


def _joined(function: Callable[..., np.ndarray]) -> Callable[..., DeviceArray]:
    return lambda *args, **kwargs: wrapped(function(*inner(args), **inner(kwargs)))


XP = SimpleNamespace(
    asnumpy=host_of,
    **{name: _made(getattr(np, name)) for name in ("array", "asarray", "empty", "ones", "zeros")},
    **{
        name: _joined(getattr(np, name))
        for name in ("concatenate", "stack", "unpackbits", "zeros_like")
    },
)
BACKEND = Backend("gpu", XP, "arrays like CuPy's", "It is for tests.")
