"""How fluid a person's own drawings are where there are a hundred thousand of them."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
from opened import TICK, Row, at_least, at_most, memory_use, opened_window, spread, wait
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from sixpad.core.grid import pack
from sixpad.core.network import CONV, TEN
from sixpad.core.preparation import Preparation
from sixpad.data.drawing_choice import DOUBTFUL, NEWEST, OLDEST, SURE, WRONG, Choice
from sixpad.data.drawing_table import SOURCES, DrawingTable
from sixpad.data.drawings import Drawings
from sixpad.data.handwriting import generate
from sixpad.data.store_path import store_path
from sixpad.data.store_start import start
from sixpad.data.stored import Stored
from sixpad.gui.app import App
from sixpad.gui.drawings_view import DrawingsView
from sixpad.gui.history import History
from sixpad.gui.learned import Learned

COUNT, RELABELLED = 100_000, 1000
WRONG_SHARE = 0.02
FRAMES, TIMES = 600, 9
FRAME, AT_ONCE = 1000 / 60, 100  # milliseconds
A_LITTLE = 37  # pixels


def gallery() -> list[Row]:
    """A store of a hundred thousand drawings: opening, scrolling, choosing, changing."""
    rows: list[Row] = []
    with opened_window(fill=lambda: rows.extend(filled())) as app:
        before, begun = memory_use(), time.perf_counter()
        wait(lambda: app.collection.ready)
        ready = time.perf_counter() - begun
        rows.append(Row("  ready in the window, after its first paint", ready, "s"))
        # What else the window does at its start would be measured too.
        wait(lambda: app.trainer.data.parts is not None)
        now = memory_use()
        if before and now:
            rows.append(Row("  memory that they take there", now - before, "MB"))
        app.window.guide.end()
        learn(app, TEN)
        rows += looked_through(app)
    return rows


def filled() -> list[Row]:
    """Make the store, and open it without a window."""
    path = store_path()
    path.parent.mkdir(parents=True)
    with Drawings(path) as store:
        store.put(made())
    begun = time.perf_counter()
    started = start(path)
    opened = time.perf_counter() - begun
    started.store.close()
    begun = time.perf_counter()
    DrawingTable(started.drawings)
    table = 1000 * (time.perf_counter() - begun)
    return [
        at_most(f"a store of {COUNT:,}: opened, every checksum verified", opened, "s", 2),
        Row("  its table, in a thread of the window", table, "ms"),
    ]


def made() -> list[Stored]:
    """Drawings in any size and place, a few of them with a wrong label."""
    data = generate(COUNT, 7, preparation=Preparation.AS_DRAWN)
    generator = np.random.default_rng(1)
    slips = generator.random(COUNT) < WRONG_SHARE
    labels = np.where(slips, generator.integers(0, 10, COUNT), data.labels).tolist()
    sources = generator.integers(0, len(SOURCES), COUNT).tolist()
    pixels, first = pack(data.images), datetime(2026, 1, 1, tzinfo=UTC)
    drawings = []
    for at in range(COUNT):
        when = (first + timedelta(seconds=7 * at)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        name, sitting = str(uuid.UUID(bytes=generator.bytes(16))), str(uuid.UUID(int=at // 200))
        ink, source = pixels[at].tobytes(), SOURCES[sources[at]]
        drawings.append(Stored(name, labels[at], ink, None, source, sitting, when, None))
    return drawings


def learn(app: App, model: str) -> None:
    """Use a network of this kind that answers something."""
    app.session.set_model(model)
    snapshot = app.session.snapshot
    app.session.adopt(
        app.session.network,
        Learned(replace(snapshot, step=1), History(), app.session.learned.source),
    )


def looked_through(app: App) -> list[Row]:
    """What a person does in the view, each until it is painted."""
    rows = [once("  their view, opened for the first time", app.window.show_drawings)]
    page = app.window.data_page
    assert page is not None
    view = page.drawings
    rows += [
        *scrolled(view, "ten neurons, a little", lambda: A_LITTLE),
        *scrolled(view, "ten neurons, by pages", view.sheet.verticalScrollBar().pageStep),
    ]
    rows += all_answers(view, "ten neurons")
    for words, choice in (
        ("one label", Choice(frozenset({3}))),
        ("answered wrong", Choice(answer=WRONG)),
        ("oldest first", Choice(order=OLDEST)),
        ("surest first", Choice(order=SURE)),
        ("likely wrong labels first", Choice(order=DOUBTFUL)),
    ):
        view.show_choice(Choice())
        rows.append(often(f"  {words}", view, choice))
    rows.append(resized(app))
    return rows + changed(app, view) + convolved(app, view)


def milliseconds(act: Callable[[], object]) -> float:
    """How long the window's thread takes for it and for painting what comes of it."""
    QApplication.processEvents()
    begun = time.perf_counter()
    act()
    QApplication.processEvents()
    return 1000 * (time.perf_counter() - begun)


def once(what: str, act: Callable[[], object]) -> Row:
    return at_most(what, milliseconds(act), "ms", AT_ONCE)


def often(what: str, view: DrawingsView, choice: Choice) -> Row:
    taken = []
    for _ in range(TIMES):
        view.show_choice(Choice(order=NEWEST))
        taken.append(milliseconds(lambda: view.show_choice(choice)))
    assert len(view.sheet.rows)
    return spread(what, taken, AT_ONCE)


def scrolled(view: DrawingsView, words: str, step: Callable[[], int]) -> list[Row]:
    """Scroll frame by frame: how long each takes, and how many thumbnails come by in a second."""
    sheet, bar = view.sheet, view.sheet.verticalScrollBar()
    bar.setValue(0)
    taken = [milliseconds(lambda: bar.setValue(bar.value() + step())) for _ in range(FRAMES)]
    tiles = bar.value() / sheet.tile_size().height() * sheet.columns
    rate = tiles / (sum(taken) / 1000)
    return [
        spread(f"  scrolling, {words}: a frame", taken, FRAME),
        at_least(f"  scrolling, {words}: new thumbnails", rate, "/s", 1000),
    ]


def all_answers(view: DrawingsView, words: str) -> list[Row]:
    """All drawings asked about in the thread, and how late the window is meanwhile."""
    late: list[float] = []
    ticks = [time.perf_counter()]

    def tick() -> None:
        now = time.perf_counter()
        late.append(max(1000 * (now - ticks[0]) - TICK, 0))
        ticks[0] = now

    timer = QTimer(interval=TICK, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    begun = time.perf_counter()
    view.show_choice(Choice(order=DOUBTFUL))
    timer.start()
    wait(lambda: not view.answers.busy and len(view.sheet.rows) > 0)
    taken = time.perf_counter() - begun
    timer.stop()
    return [
        Row(f"  answers to all of them, {words}, in a thread", taken, "s"),
        spread("  lateness of the event loop meanwhile", late, AT_ONCE),
    ]


def resized(app: App) -> Row:
    """Another number of columns, and back."""
    taken = []
    for width in (1100, 1280) * TIMES:
        taken.append(milliseconds(lambda width=width: app.window.resize(width, 800)))
    return spread("  the window resized", taken, AT_ONCE)


def changed(app: App, view: DrawingsView) -> list[Row]:
    """Select and relabel many."""
    sheet, control = view.sheet, Qt.KeyboardModifier.ControlModifier
    view.show_choice(Choice())
    sheet.setFocus()
    everything = [
        milliseconds(lambda: QTest.keyClick(sheet, Qt.Key.Key_A, control)) for _ in range(TIMES)
    ]
    relabelled = []
    for digit in range(TIMES):
        sheet.selection.clear()
        sheet.selection.mask[:RELABELLED] = True
        relabelled.append(milliseconds(lambda digit=digit: view.bar.digits[digit].click()))
        wait(lambda: not app.collection.unsaved)
    sheet.selection.all()
    deleted = milliseconds(view.bar.delete.click)
    wait(lambda: not app.collection.unsaved)
    undone = milliseconds(app.session.undo_stack.undo)
    wait(lambda: not app.collection.unsaved)
    return [
        spread("  select all", everything, AT_ONCE),
        spread(f"  relabel {RELABELLED:,}", relabelled, AT_ONCE),
        Row(f"  delete {COUNT:,}", deleted, "ms"),
        Row("  and undo it", undone, "ms"),
    ]


def convolved(app: App, view: DrawingsView) -> list[Row]:
    """The same with the deepest of the networks."""
    view.show_choice(Choice())
    learn(app, CONV)
    return [
        *scrolled(view, "convolution, a little", lambda: A_LITTLE),
        *scrolled(view, "convolution, by pages", view.sheet.verticalScrollBar().pageStep),
        *all_answers(view, "convolution"),
    ]
