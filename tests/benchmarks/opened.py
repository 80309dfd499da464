"""What the benchmark of the window stands on: a window that is open, and figures in a table."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from sixpad.gui.app import App
from sixpad.gui.trainer import State

TICK = 5  # milliseconds
WAIT_SECONDS = 120
FOREVER = 1_000_000  # epochs


@dataclass(frozen=True)
class Row:
    """A figure: its median, or the one value there is, its 99th percentile, and its goal.

    `met` says whether it got there; it is None where there is no goal.
    """

    what: str
    value: float
    unit: str = ""
    p99: float | None = None
    goal: str = ""
    met: bool | None = None


def at_most(what: str, value: float, unit: str, most: float) -> Row:
    """A figure that is to be no higher than its goal."""
    return Row(what, value, unit, goal=f"≤ {most:g} {unit}".rstrip(), met=value <= most)


def at_least(what: str, value: float, unit: str, least: float) -> Row:
    """A figure that is to be no lower than its goal."""
    return Row(what, value, unit, goal=f"≥ {least:g} {unit}".rstrip(), met=value >= least)


def spread(what: str, milliseconds: list[float], most: float | None = None) -> Row:
    """Median and 99th percentile, which may have a goal."""
    middle, high = np.percentile(milliseconds, (50, 99)).tolist()
    if most is None:
        return Row(what, middle, "ms", high)
    return Row(what, middle, "ms", high, f"p99 ≤ {most:.3g} ms", high <= most)


def show(rows: list[Row]) -> None:
    """Print the table."""
    print(f"{'what':<58} {'median or value':>16} {'p99':>10}   goal")
    for row in rows:
        value = f"{row.value:.3g} {row.unit}" if row.value < 100 else f"{row.value:,.0f} {row.unit}"
        p99 = "" if row.p99 is None else f"{row.p99:.3g} {row.unit}"
        met = {None: "", True: "met", False: "missed"}[row.met]
        print(f"{row.what:<58} {value:>16} {p99:>10}   {row.goal:<14} {met}".rstrip())


def in_fresh_process(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call it in an interpreter of its own: what was imported before does not help it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(function, *arguments).result()


@contextmanager
def opened_window(data: str = "", fill: Callable[[], object] = dict) -> Iterator[App]:
    """The whole window on its first run, just painted for the first time.

    `data` names examples to use in the place of the usual ones, and `fill` fills its home first.
    """
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    with tempfile.TemporaryDirectory() as home:
        os.environ["SIXPAD_HOME"] = home
        fill()
        app = App(application)
        if data:
            app.trainer.data.specs = (data,)
        app.window.show()
        # The first paint sets off the preparation of the examples.
        wait(lambda: app.trainer.data.loading)
        yield app
        app.window.guide.end()
        app.close()


def begin_training(app: App, epochs: int) -> None:
    """Press Train, and see the first of it."""
    app.trainer.set_config(replace(app.trainer.config, epochs=epochs))
    begun = app.session.snapshot.step
    app.window.band.panel.train.click()
    wait(lambda: app.session.snapshot.step > begun)


def train_to_the_end(app: App) -> None:
    """Train by the defaults."""
    begin_training(app, app.trainer.config.epochs)
    wait(lambda: app.trainer.state is State.IDLE)


def memory_use(name: str = "VmRSS") -> float | None:
    """What the process holds, or held at the most (VmHWM), in MB; Linux alone tells it."""
    status = Path("/proc/self/status")
    sizes = re.findall(rf"{name}:\s*(\d+) kB", status.read_text()) if status.exists() else []
    return int(sizes[0]) * 1024 / 1e6 if sizes else None


def stay(seconds: float) -> None:
    """Let the window run for some time."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def wait(done: Callable[[], bool]) -> None:
    """Let the window run until `done`."""
    loop, deadline = QEventLoop(), time.monotonic() + WAIT_SECONDS
    # Not QTest.qWait: it keeps the interpreter's lock, and the other threads stand still.
    poll = QTimer(interval=TICK)
    poll.timeout.connect(lambda: loop.quit() if done() or time.monotonic() > deadline else None)
    poll.start()
    loop.exec()
    if not done():
        raise SystemExit("The window did not get there in time.")
