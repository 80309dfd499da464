"""How fast the window answers a person who draws, idle and in the midst of a training."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise

import numpy as np
from opened import (
    FOREVER,
    TICK,
    Row,
    begin_training,
    opened_window,
    spread,
    stay,
    train_to_the_end,
    wait,
)
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from sixpad.core.grid import SIDE
from sixpad.core.network import CONV, HIDDEN
from sixpad.gui.app import App
from sixpad.gui.trainer import State

MOVES, FEWER, STROKE_MOVES, CELLS_A_MOVE = 5000, 1500, 30, 0.7
TICKING = 15_000  # milliseconds
PAUSES = 20
SOME = "handwriting:4000"


def drawing() -> list[Row]:
    """Drawing and the event loop, idle and in the midst of a training."""
    with opened_window() as app:
        app.window.guide.end()
        train_to_the_end(app)
        drawn, late = moves(app), latenesses()
        begin_training(app, FOREVER)
        drawn_training, late_training = moves(app), latenesses()
    what, loop = "pointer move to repainted window", "lateness of the event loop"
    return [
        spread(f"{what}, idle", drawn, 1),
        spread(f"{what}, training", drawn_training, 2),
        spread(f"{loop}, idle", late),
        spread(f"{loop}, training", late_training, float(np.percentile(late, 99)) + 2),
    ]


def deeper() -> list[Row]:
    """Drawing with deeper networks: why they answer so, and the stage that is looked into."""
    rows = []
    for model in (HIDDEN, CONV):
        with opened_window(SOME) as app:
            app.window.guide.end()
            app.session.set_model(model)
            app.trainer.set_config(replace(app.trainer.config, epochs=2))
            begin_training(app, 2)
            wait(lambda: app.trainer.state is State.IDLE)
            inside = app.window.equation.inside.state
            for words, place in (("why", None), ("its first stage", 0)):
                inside.look_into(place)
                rows.append(spread(f"move to repainted, {model}, {words}", moves(app, FEWER), 10))
            begin_training(app, FOREVER)
            rows.append(spread(f"move to repainted, {model}, training", moves(app, FEWER)))
            rows.append(spread(f"Pause of {model} to the training at rest", pauses(app), 50))
    return rows


def pauses(app: App) -> list[float]:
    """Milliseconds from Pause, pressed, to the training at rest, from time to time."""
    changes: list[float] = []
    app.trainer.state_changed.connect(lambda: changes.append(time.perf_counter()))
    taken = []
    for _ in range(PAUSES):
        stay(0.1)
        start = time.perf_counter()
        app.window.band.panel.train.click()
        wait(lambda: app.trainer.state is State.PAUSED)
        taken.append(1000 * (changes[-1] - start))
        begin_training(app, FOREVER)
    return taken


def moves(app: App, count: int = MOVES) -> list[float]:
    """Milliseconds from each move that inks to the canvas, evidence and answer repainted."""
    canvas, drawing = app.window.equation.canvas, app.session.drawing
    generator = np.random.default_rng(1)
    taken: list[float] = []
    while len(taken) < count:
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
    stay(TICKING / 1000)
    timer.stop()
    return [max(after - before - TICK, 0.0) for before, after in pairwise(ticks)]
