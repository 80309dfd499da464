"""What the tests share: surroundings that touch nothing of the person's, and small examples."""

from __future__ import annotations

import os
import ssl
import sys

# Before NumPy and Qt are imported, which read these once.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trustme
from hypothesis import HealthCheck, settings
from loopback import Loopback
from numpy.typing import NDArray

from sixpad.core import backend
from sixpad.core.backend import Backend
from sixpad.core.grid import PIXELS

# The same examples in every run, and no clock that decides.
settings.register_profile(
    "sixpad", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("sixpad")


@pytest.fixture(autouse=True)
def _own_surroundings(tmp_path: Path) -> Iterator[None]:
    """Folders of the test's own, and a GPU that no other test has retired."""
    # Not the test's own monkeypatch: what undoes that must not give away the person's folders.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIXPAD_HOME", str(tmp_path / "sixpad-home"))
        patch.setattr(backend, "_retired", None)
        yield


@dataclass(frozen=True)
class SmallExamples:
    """Images (N, 576) and labels (N,), as training takes them."""

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]


@pytest.fixture(scope="session")
def make_examples() -> Callable[..., SmallExamples]:
    """`make_examples(count, seed=0)`: noisy digits, one pattern of ink for each label."""

    def build(count: int, seed: int = 0) -> SmallExamples:
        patterns = np.random.default_rng(99).random((10, PIXELS)) < 0.25
        generator = np.random.default_rng(seed)
        labels = generator.permutation(np.arange(count) % 10).astype(np.uint8)
        noise = generator.random((count, PIXELS)) < 0.15
        return SmallExamples((patterns[labels] ^ noise).astype(np.uint8), labels)

    return build


@pytest.fixture(scope="session")
def fingerprint() -> Callable[[Any], Any]:
    """A function that turns a snapshot, or part of one, into what compares bit for bit."""

    def of(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return value.dtype.str, value.shape, value.tobytes()
        if is_dataclass(value):
            return {field.name: of(getattr(value, field.name)) for field in fields(value)}
        if isinstance(value, dict):
            return {name: of(item) for name, item in value.items()}
        if isinstance(value, tuple | list):
            return [of(item) for item in value]
        return repr(value)

    return of


class FailingModule:
    """NumPy in the place of a GPU's array library, lost after so many calls, for good."""

    def __init__(self, calls: int, error: Exception) -> None:
        self.calls_left, self.error = calls, error

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function = np.array if name == "asnumpy" else getattr(np, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            if not self.calls_left:
                raise self.error
            self.calls_left -= 1
            return function(*args, **kwargs)

        return call


@pytest.fixture(scope="session")
def failing_gpu() -> Callable[..., Backend]:
    """`failing_gpu(calls)`: a backend that says it is a GPU and is lost after so many calls."""

    def build(calls: int, error: Exception | None = None, device: str = "gpu") -> Backend:
        module = FailingModule(calls, error or RuntimeError("the device is lost.\nand more"))
        return Backend(device, module, "a GPU that fails", "It passed its test.")

    return build


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """What has made the certificates of the tests' servers."""
    return trustme.CA()


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """Trusts those certificates and no others."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(context)
    return context


@pytest.fixture
def make_mirror(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Loopback]]:
    """`make_mirror(tls=True)`: a server on this machine, closed after the test."""
    # Where the system has a proxy, it is not to be asked for this machine.
    monkeypatch.setenv("no_proxy", "*")
    open_ones: list[Loopback] = []

    def build(*, tls: bool = True) -> Loopback:
        open_ones.append(Loopback(authority if tls else None))
        return open_ones[-1]

    yield build
    for mirror in open_ones:
        mirror.close()


@pytest.fixture
def mirror(make_mirror: Callable[..., Loopback]) -> Loopback:
    """A server on this machine, over TLS."""
    return make_mirror()
