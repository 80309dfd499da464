"""How fast the window is: drawing, training, starting, and how much memory it takes.

    python tests/benchmarks/window.py [--json FILE] [--only PART …] [--cycles N]

Each part runs in a process of its own, offscreen and on an empty home folder. What else the machine
does shows in the figures: compare them within one run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from statistics import median

# Before NumPy and Qt are imported, which read these once.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from drawing import deeper, drawing
from gallery import gallery
from opened import (
    FOREVER,
    Row,
    at_least,
    at_most,
    begin_training,
    in_fresh_process,
    memory_use,
    opened_window,
    show,
    spread,
    stay,
    train_to_the_end,
    wait,
)
from PySide6.QtCore import QEvent, QObject

from sixpad.core.snapshot import EPOCHS
from sixpad.core.training import train
from sixpad.gui.history import History
from sixpad.gui.learned import Learned
from sixpad.gui.trainer import State

STARTS, SUCCESSES, TURNS, TURN_EPOCHS = 7, 3, 7, 250
LONG_HISTORY, VIEWING = 1_000_000, 10  # losses, seconds
HALTS = 30
# Of 75,000 examples 60,000 are trained on.
MUCH, LITTLE = "handwriting:75000", "handwriting:400"
# Undo keeps the last 500 resets and what they took away: from then on memory is to be flat.
EARLY_CYCLES, SETTLED_CYCLES = 200, 600

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
NOT_BEFORE_THE_PAINT = {"PIL", "safetensors", "cupy", "tqdm", "sqlite3", "unittest"}


def main() -> None:
    parts: dict[str, Callable[..., list[Row]]] = {
        "drawing": drawing, "deeper": deeper, "gallery": gallery, "views": views,
        "halting": halting,
        "start": first_paint, "success": first_success, "memory": memory, "speed": speed,
        "cycles": cycles,
    }  # fmt: skip
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    parser.add_argument("--only", nargs="+", choices=parts, metavar="PART", default=list(parts),
                        help=f"measure these alone: {', '.join(parts)}")  # fmt: skip
    parser.add_argument("--cycles", type=int, default=2000, metavar="N",
                        help="of start, train, stop and reset; default: %(default)s")  # fmt: skip
    arguments = parser.parse_args()
    rows: list[Row] = []
    for name in arguments.only:
        more = [arguments.cycles] if name == "cycles" else []
        rows += in_fresh_process(parts[name], *more)
    show(rows)
    if arguments.json:
        figures = [asdict(row) for row in rows]
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


class PaintCounter(QObject):
    """Counts how often each of the widgets that it filters is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.paints: Counter[QObject] = Counter()

    def eventFilter(self, widget: QObject, event: QEvent) -> bool:
        self.paints[widget] += event.type() == QEvent.Type.Paint
        return False


def views() -> list[Row]:
    """Views a second of a training with a long history, whose plot is painted anew in each."""
    with opened_window() as app:
        app.window.guide.end()
        train_to_the_end(app)
        session, plot, weights = app.session, app.window.band.plot, app.window.equation.weights
        batches = session.snapshot.batches
        steps = np.arange(1, LONG_HISTORY + 1)
        losses = 0.05 + np.random.default_rng(1).exponential(0.05, LONG_HISTORY)
        history = History()
        history.extend(np.column_stack([steps / batches, losses]), [])
        snapshot = replace(
            session.snapshot, step=LONG_HISTORY, epoch=LONG_HISTORY // batches, batch=0,
            until=LONG_HISTORY // batches, stopped=EPOCHS,
        )  # fmt: skip
        session.adopt(session.network, Learned(snapshot, history, session.learned.source))
        session.history_changed.connect(plot.refresh)
        begin_training(app, FOREVER)
        counter = PaintCounter()
        for widget in (plot, weights):
            widget.installEventFilter(counter)
        stay(VIEWING)
        counts = [counter.paints[widget] / VIEWING for widget in (weights, plot)]
        assert len(history.training) > LONG_HISTORY
    return [
        at_least(f"views of {name} a second, {LONG_HISTORY:,} losses", round(count, 1), "/s", 30)
        for name, count in zip(("the weights", "the whole plot"), counts, strict=True)
    ]


def halting() -> list[Row]:
    """From a click on Pause or Stop to the training at rest and the window saying so."""
    rows = []
    with opened_window() as app:
        app.window.guide.end()
        train_to_the_end(app)
        panel = app.window.band.panel
        changes: list[float] = []
        app.trainer.state_changed.connect(lambda: changes.append(time.perf_counter()))
        for name, button in (("Pause", panel.train), ("Stop", panel.stop)):
            taken = []
            for _ in range(HALTS):
                begin_training(app, FOREVER)
                start = time.perf_counter()
                button.click()
                wait(lambda: app.trainer.state in (State.IDLE, State.PAUSED))
                taken.append(1000 * (changes[-1] - start))
            rows.append(spread(f"{name}, pressed, to the training at rest", taken, 50))
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
        at_most("process start to first paint", median(seconds[1:]), "s", 0.35),
        at_most(f"  imported too early: {', '.join(sorted(early)) or 'none'}", len(early), "", 0),
    ]


def first_success() -> list[Row]:
    """From Train, pressed at a first run's first paint, the digits being written on the way.

    To P(6) > 0.9 for the six it shows, and to an average precision of 0.95 on the validation part.
    """
    seconds = [in_fresh_process(seconds_to_success) for _ in range(SUCCESSES)]
    sure, precise = (median(times) for times in zip(*seconds, strict=True))
    return [
        at_most("Train on a first run to P(6) > 0.9", sure, "s", 3),
        at_most("  to average precision 0.95, validation", precise, "s", 2),
    ]


def seconds_to_success() -> tuple[float, float]:
    with opened_window() as app:
        session, start = app.session, time.perf_counter()
        seconds: dict[str, float] = {}

        def look() -> None:
            scores = session.history.scores
            for name, there in (
                ("sure", session.evidence.P > 0.9),
                ("precise", scores is not None and scores.average_precision >= 0.95),
            ):
                if there:
                    seconds.setdefault(name, time.perf_counter() - start)

        session.evidence_changed.connect(look)
        app.window.band.panel.train.click()
        wait(lambda: len(seconds) == 2)
        return seconds["sure"], seconds["precise"]


def memory() -> list[Row]:
    """Resident memory while training on 60,000 images, and the most it was until then."""
    with opened_window(MUCH) as app:
        app.window.guide.end()
        begin_training(app, FOREVER)
        stay(5)
        assert app.session.snapshot.examples == 60_000
        now, peak = memory_use("VmRSS"), memory_use("VmHWM")
    if now is None or peak is None:
        return []
    return [
        at_most("memory with 60,000 images in training", now, "MB", 180),
        Row("  the most it was, while they were written", peak, "MB"),
    ]


def speed() -> list[Row]:
    """Images a second in the window and without one, in turns."""
    within, without = [], []
    with opened_window() as app:
        app.window.guide.end()
        for _ in range(TURNS):
            begin_training(app, TURN_EPOCHS)
            wait(lambda: app.trainer.state is State.IDLE)
            within.append(app.trainer.images_per_second)
            app.session.reset()
            assert app.trainer.data.parts
            start = time.perf_counter()
            *_, last = train(app.session.network, *app.trainer.data.parts, app.trainer.config)
            without.append(last.epoch * last.examples / (time.perf_counter() - start))
    shares = [one / other for one, other in zip(within, without, strict=True)]
    return [
        Row("training in the window", median(within), "images/s"),
        at_least("  as a share of the same without a window", median(shares), "", 0.95),
    ]


def cycles(count: int) -> list[Row]:
    """Memory after many cycles of start, train, stop and reset."""
    sizes: dict[int, float] = {}
    with opened_window(LITTLE) as app:
        app.window.guide.end()
        panel = app.window.band.panel
        app.trainer.set_config(replace(app.trainer.config, epochs=FOREVER))
        for cycle in range(1, count + 1):
            panel.train.click()
            wait(lambda: app.session.snapshot.step > 0)
            panel.stop.click()
            wait(lambda: app.trainer.state is State.IDLE)
            panel.reset.click()
            if cycle in (EARLY_CYCLES, SETTLED_CYCLES, count) and (size := memory_use()):
                sizes[cycle] = size
    rows = [
        Row(f"memory after {cycle:,} cycles of train, stop and reset", size, "MB")
        for cycle, size in sizes.items()
    ]
    if count > SETTLED_CYCLES and sizes:
        growth = sizes[count] - sizes[SETTLED_CYCLES]
        rows.append(at_most(f"  grown since {SETTLED_CYCLES:,} cycles", growth, "MB", 5))
    return rows


if __name__ == "__main__":
    main()
