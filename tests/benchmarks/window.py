"""How fast the window is: drawing, training, starting, and how much memory it takes.

    python tests/benchmarks/window.py [--json FILE]

Each part runs in a process of its own, offscreen and on an empty home folder. What else the machine
does shows in the figures: compare them within one run.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

# Before NumPy and Qt are imported, which read these once.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from sixpad.core.grid import SIDE
from sixpad.core.network import Network
from sixpad.core.training import train
from sixpad.gui.app import App
from sixpad.gui.trainer import State

MOVES, STROKE_MOVES, CELLS_A_MOVE = 5000, 30, 0.7
TICK, TICKING = 5, 15_000  # milliseconds
STARTS, REPEATS, EPOCHS = 7, 3, 100
WAIT_SECONDS = 120

# The command `sixpad` up to its first paint: prints when that was and which modules it imported.
START = """
import os, sys, time
from sixpad import cli
from sixpad.gui import app
from PySide6.QtCore import QTimer

class Window(app.MainWindow):
    def paintEvent(self, event):
        QTimer.singleShot(0, painted)  # when all that is in the window is painted too
        super().paintEvent(event)

def painted():
    print(time.monotonic(), *(name for name in sys.modules if "." not in name), flush=True)
    os._exit(0)

app.MainWindow = Window
cli.main([])
"""
NOT_BEFORE_THE_PAINT = {"pyqtgraph", "PIL", "safetensors", "cupy", "tqdm"}


@dataclass(frozen=True)
class Row:
    """A figure: its median, or the one value there is, its 99th percentile and its goal."""

    what: str
    value: float
    unit: str = ""
    p99: float | None = None
    goal: str = ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    arguments = parser.parse_args()
    parts = (fluency, first_paint, first_success, memory, speed)
    rows = [row for part in parts for row in in_fresh_process(part)]
    show(rows)
    if arguments.json:
        figures = [asdict(row) for row in rows]
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def in_fresh_process(function: Callable[[], Any]) -> Any:
    """Call it in an interpreter of its own: what was imported before does not help it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(function).result()


def show(rows: list[Row]) -> None:
    print(f"{'what':<50} {'median or value':>16} {'p99':>10}   goal")
    for row in rows:
        value = f"{row.value:.3g} {row.unit}" if row.value < 100 else f"{row.value:,.0f} {row.unit}"
        p99 = "" if row.p99 is None else f"{row.p99:.3g} {row.unit}"
        print(f"{row.what:<50} {value:>16} {p99:>10}   {row.goal}".rstrip())


def fluency() -> list[Row]:
    """Drawing and the event loop, idle and in the midst of a training."""
    rows = []
    with opened_window() as app:
        app.window.guide.end()
        train_to_the_end(app)
        for state, goal in (("idle", ""), ("training", "p99 ≤ idle + 2 ms")):
            if state == "training":
                begin_training(app, epochs=1_000_000)
            rows += [
                spread(f"pointer move to repainted window, {state}", moves(app), "p99 < 1 ms"),
                spread(f"lateness of the event loop, {state}", latenesses(), goal),
            ]
    return rows


def first_paint() -> list[Row]:
    """From the start of the process to the first paint, warm, and what it imported too early."""
    seconds, early = [], set()
    for _ in range(STARTS + 1):
        with tempfile.TemporaryDirectory() as home:
            command, surroundings = [sys.executable, "-c", START], {"SIXPAD_HOME": home}
            start = time.monotonic()
            output = subprocess.check_output(command, env=os.environ | surroundings, text=True)
        painted, *modules = output.split()
        seconds.append(float(painted) - start)
        early |= NOT_BEFORE_THE_PAINT.intersection(modules)
    return [
        Row("process start to first paint", median(seconds[1:]), "s", goal="< 0.5 s"),
        Row(f"  imported too early: {', '.join(sorted(early)) or 'none'}", len(early), goal="0"),
    ]


def first_success() -> list[Row]:
    """From Train, pressed at a first run's first paint, to P(6) > 0.9 for the six it shows."""
    seconds = [in_fresh_process(seconds_to_success) for _ in range(REPEATS)]
    return [Row("Train on a first run to P(6) > 0.9", median(seconds), "s", goal="< 3 s")]


def seconds_to_success() -> float:
    with opened_window() as app:
        start = time.perf_counter()
        app.window.band.panel.train.click()
        wait(lambda: app.session.evidence.P > 0.9)
        return time.perf_counter() - start


def memory() -> list[Row]:
    """Resident memory after the default training; Linux alone tells it."""
    with opened_window() as app:
        train_to_the_end(app)
        status = Path("/proc/self/status")
        sizes = re.findall(r"VmRSS:\s*(\d+) kB", status.read_text()) if status.exists() else []
    return [Row("memory after the default training", int(k) / 1024, "MiB") for k in sizes]


def speed() -> list[Row]:
    """Images a second in the window and without one, in turns."""
    within, without = [], []
    with opened_window() as app:
        for _ in range(REPEATS):
            begin_training(app, EPOCHS)
            wait(lambda: app.trainer.state is State.IDLE)
            within.append(app.trainer.images_per_second)
            app.session.reset()
            assert app.trainer.data.parts
            start = time.perf_counter()
            *_, last = train(Network(), *app.trainer.data.parts, app.trainer.config)
            without.append(last.epoch * last.examples / (time.perf_counter() - start))
    return [
        Row("training in the window", median(within), "images/s"),
        Row("  as a share of the same without a window", median(within) / median(without)),
    ]


@contextmanager
def opened_window() -> Iterator[App]:
    """The whole window on its first run, just painted for the first time."""
    application = QApplication([])
    with tempfile.TemporaryDirectory() as home:
        os.environ["SIXPAD_HOME"] = home
        app = App(application)
        app.window.show()
        # The first paint sets off the preparation of the examples.
        wait(lambda: app.trainer.data.loading)
        yield app
        app.window.guide.end()
        app.close()


def begin_training(app: App, epochs: int) -> None:
    app.trainer.set_config(replace(app.trainer.config, epochs=epochs))
    app.window.band.panel.train.click()
    wait(lambda: app.session.snapshot.step > 0)


def train_to_the_end(app: App) -> None:
    """By the defaults, with the plot there to show it."""
    begin_training(app, app.trainer.config.epochs)
    wait(lambda: app.trainer.state is State.IDLE)


def moves(app: App) -> list[float]:
    """Milliseconds from each move that inks to the canvas, evidence and answer repainted."""
    canvas, drawing = app.window.equation.canvas, app.session.drawing
    generator = np.random.default_rng(1)
    taken: list[float] = []
    while len(taken) < MOVES:
        drawing.clear()
        turns = np.cumsum(generator.normal(0, 0.3, STROKE_MOVES)) + generator.uniform(0, 7)
        steps = CELLS_A_MOVE * np.column_stack([np.cos(turns), np.sin(turns)])
        path = np.clip(generator.uniform(4, SIDE - 4, 2) + steps.cumsum(axis=0), 0.5, SIDE - 0.5)
        places = [QPoint(x, y) for x, y in (path * canvas.width() / SIDE).astype(int).tolist()]
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=places[0])
        for place in places[1:]:
            ink, start = drawing.ink.sum(), time.perf_counter_ns()
            QTest.mouseMove(canvas, place)
            QApplication.processEvents()  # paints
            end = time.perf_counter_ns()
            if drawing.ink.sum() != ink:
                taken.append((end - start) / 1e6)
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=places[-1])
    return taken


def latenesses() -> list[float]:
    """How many milliseconds late the ticks of a precise timer come."""
    ticks: list[float] = []
    timer = QTimer(interval=TICK, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: ticks.append(time.perf_counter() * 1000))
    timer.start()
    end = time.monotonic() + TICKING / 1000
    wait(lambda: time.monotonic() > end)
    timer.stop()
    return [max(after - before - TICK, 0.0) for before, after in pairwise(ticks)]


def spread(what: str, milliseconds: list[float], goal: str) -> Row:
    middle, high = np.percentile(milliseconds, (50, 99)).tolist()
    return Row(what, middle, "ms", high, goal)


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


if __name__ == "__main__":
    main()
