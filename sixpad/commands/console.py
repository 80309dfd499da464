"""What the commands say and how they are interrupted: one line for an error, bars, JSON."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from math import isfinite
from types import FrameType
from typing import TYPE_CHECKING, Any

from sixpad.errors import SixpadError, WorkError

if TYPE_CHECKING:
    from sixpad.core.ranking import Estimate


@contextlib.contextmanager
def work() -> Iterator[None]:
    """What fails in the `with` block is the work's fault, not that of its input."""
    try:
        yield
    except SixpadError as error:
        raise WorkError(str(error)) from error


@contextlib.contextmanager
def qt_needed() -> Iterator[None]:
    """Where Qt cannot be imported in the `with` block, say what it lacks."""
    try:
        yield
    except ImportError as error:
        # Any other module that is missing is a fault of sixpad's own.
        if "PySide6" not in f"{error.name} {error.path}":
            raise
        raise SixpadError(
            f"Qt cannot be loaded ({error}); install the system packages that the README names."
        ) from error


def complain(sentence: str) -> None:
    """One line on standard error, in the form that scripts can rely on."""
    print("sixpad:", " ".join(sentence.split()), file=sys.stderr)


def print_json(record: dict[str, Any], *, at_once: bool = False) -> None:
    """One object on one line; numbers that JSON has not (NaN, infinity) become null.

    `at_once` says that who reads it is not to wait for more.
    """
    print(json.dumps(_finite(record), allow_nan=False), flush=at_once)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def number(value: float, digits: int = 4) -> str:
    """A figure for people; a dash where there is none."""
    return f"{value:,.{digits}f}" if isfinite(value) else "–"


def percent(share: float) -> str:
    """A share as a percentage for people; a dash where there is none."""
    return f"{100 * share:.1f} %" if isfinite(share) else "–"


def told(estimate: Estimate, form: Callable[[float], str]) -> str:
    """A score with its interval, both in this form."""
    return f"{form(estimate.value)} ({form(estimate.low)} to {form(estimate.high)})"


@contextlib.contextmanager
def progress(label: str, total: float, unit: str, hidden: bool) -> Iterator[Callable[..., None]]:
    """A progress bar on standard error, none where that is no terminal.

    Gives the function that moves it: to how much of `total` is done, and with which remark.
    """
    from tqdm import tqdm

    layout = "{desc} |{bar}| {n:.1f} of {total:g} {unit}, {remaining} left{postfix}"
    with tqdm(
        total=total, desc=label, unit=unit, bar_format=layout, leave=False,
        disable=True if hidden else None,
    ) as bar:  # fmt: skip

        def show(done: float, remark: str = "") -> None:
            bar.set_postfix_str(remark, refresh=False)
            bar.update(done - bar.n)

        yield show


@contextlib.contextmanager
def on_interrupt(stop: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C calls `stop`; pressed once more, it ends the command at once."""

    def handle(_signal: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        stop()

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def show_every_character() -> None:
    """Let no character that the terminal lacks, or a file's odd name, end the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def drop_output() -> None:
    """Keep Python from writing, as it ends, to a standard output that is closed or full."""
    with contextlib.suppress(OSError, AttributeError):
        descriptor = os.open(os.devnull, os.O_WRONLY)
        os.dup2(descriptor, sys.stdout.fileno())
        os.close(descriptor)
