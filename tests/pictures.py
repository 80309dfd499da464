"""Makes the README's pictures: draws a six with the mouse, trains, and photographs the window.

    python tests/pictures.py [FOLDER] [--font NAME]

FOLDER is assets/ unless it is told; a font that is not installed is left out.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from sixpad.core.grid import SIDE
from sixpad.core.network import CONV, HIDDEN, TEN
from sixpad.core.preparation import Preparation
from sixpad.data.drawing_choice import DOUBTFUL, Choice
from sixpad.data.handwriting import generate
from sixpad.data.spec_words import DRAWINGS
from sixpad.data.stored import DRAWN
from sixpad.gui.app import App
from sixpad.gui.data_page import DataPage
from sixpad.gui.handwriting_view import HandwritingView
from sixpad.gui.rungs import rungs
from sixpad.gui.session import Cell
from sixpad.gui.trainer import State

ASSETS = Path(__file__).parent.parent / "assets"
WAIT_SECONDS = 300
OWN, OWN_SEED, SLIPS = 1000, 11, 20

ANGLES = np.linspace(np.pi, 3 * np.pi - 0.3, 26)
LOOP = [(11.5 + 4.6 * np.cos(a), 16.2 + 4.2 * np.sin(a)) for a in ANGLES]
SIX = [(14.5, 2.6), (13.0, 4.2), (11.6, 6.4), (8.9, 9.2), (7.5, 12.0), (7.0, 15.0), *LOOP]


def main() -> None:
    """Make all the pictures."""
    parser = argparse.ArgumentParser(description="Make the README's pictures.")
    parser.add_argument("folder", nargs="?", type=Path, default=ASSETS)
    parser.add_argument("--font", default="")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["SIXPAD_HOME"] = home
        application = QApplication([])
        if arguments.font in QFontDatabase.families():
            application.setFont(QFont(arguments.font, application.font().pointSize()))
        photograph(App(application), arguments.folder)


def photograph(app: App, folder: Path) -> None:
    """Go through the window as a person would, and take a picture at each station."""
    window, session, trainer = app.window, app.session, app.trainer

    def take(name: str, of: QWidget = window) -> None:
        QTest.qWait(300)
        window.notice.hide()
        path = folder / f"{name}.png"
        if not of.grab().save(str(path)):
            raise SystemExit(f"“{path}” could not be written.")
        print(path)

    window.resize(1280, 800)
    app.keeper.remember(guide_seen=True)
    app.window.show()
    wait(lambda: trainer.data.parts is not None)
    session.drawing.clear()
    draw(app, SIX)

    window.equation.weights.show_gradient(True)
    trainer.step()
    wait(lambda: session.gradient is not None and trainer.state is State.PAUSED)
    session.point_at(Cell(8, 14))
    take("step")
    window.equation.weights.show_gradient(False)

    trainer.train()
    wait(lambda: trainer.state is State.IDLE)
    session.point_at(Cell(11, 8))
    take("draw-light")
    app.set_appearance("dark")
    take("draw-dark")
    app.set_appearance("light")
    session.set_numbers(True)
    take("numbers")
    session.set_numbers(False)
    augment = window.band.panel.augment
    before = trainer.config
    kinds = {"shift": 1, "rotation": 10.0, "scale": 0.1, "slant": 10.0, "noise": 0.02}
    trainer.set_config(replace(before, **kinds))
    augment.click()
    assert augment.opened is not None
    take("augmentation", augment.opened)
    augment.opened.close()
    trainer.set_config(before)
    window.show_page(1)
    data_page = window.pages.currentWidget()
    assert isinstance(data_page, DataPage)
    data_page.show_view(data_page.EXAMPLES)
    take("data")
    data_page.show_view(data_page.HANDWRITING)
    assert isinstance(data_page.handwriting, HandwritingView)
    data_page.handwriting.digits.button(7).click()
    take("handwriting")

    window.show_page(0)
    session.set_model(TEN)
    trainer.train()
    wait(lambda: trainer.state is State.IDLE and session.snapshot.step > 0)
    session.set_rival(0)
    session.point_at(Cell(11, 12))
    take("ten")
    session.set_rival(None)
    window.show_page(2)
    page = window.evaluate_page
    assert page is not None
    wait(lambda: page.evaluator.report is not None and not page.evaluator.busy)
    take("evaluate")
    own_drawings(app, take)
    deeper(app, take)
    app.close()


def own_drawings(app: App, take: Callable[[str], None]) -> None:
    """Look through drawings of which a few have a wrong label."""
    wait(lambda: app.collection.ready)
    data = generate(OWN, OWN_SEED, preparation=Preparation.AS_DRAWN)
    labels = data.labels.copy()
    labels[:: OWN // SLIPS] = (labels[:: OWN // SLIPS] + 3) % 10
    images = data.images.reshape(-1, SIDE, SIDE)
    pairs = zip(images, labels.tolist(), strict=True)
    app.collection.keep([app.collection.new(image, label, DRAWN) for image, label in pairs])
    app.window.show_drawings(Choice(order=DOUBTFUL))
    page = app.window.data_page
    assert page is not None
    sheet = page.drawings.sheet
    wait(lambda: len(sheet.rows) == OWN)
    sheet.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right):
        QTest.keyClick(sheet, key, Qt.KeyboardModifier.ShiftModifier)
    take("drawings")
    page.show_view(page.SOURCES)
    page.sources.add_source(DRAWINGS)
    wait(lambda: len(app.trainer.data.specs) == 2 and not app.trainer.data.loading)
    take("sources")
    correction(app, take)
    before = ("handwriting",)
    app.trainer.data.set_specs(before)
    wait(lambda: app.trainer.data.specs == before and not app.trainer.data.loading)


def correction(app: App, take: Callable[[str], None]) -> None:
    """Correct ten neurons where they are wrong of a seven that they have not learned from."""
    session, parts = app.session, app.trainer.data.parts
    assert parts is not None
    sevens = parts[1].images[parts[1].labels == 7]
    P = session.network.predict(session.snapshot.parameters, sevens.astype(np.float32))
    wrong = sevens[P.argmax(axis=1) != 7]
    app.window.show_page(0)
    session.drawing.replace(wrong[0].reshape(SIDE, SIDE), "take example")
    session.set_digit(7)
    session.point_at(None)
    app.window.correct(7)
    wait(lambda: app.window.result.isVisible())
    take("correct")
    # The correction, and the example.
    for _ in range(2):
        session.undo_stack.undo()
    session.set_digit(6)


def deeper(app: App, take: Callable[[str], None]) -> None:
    """Climb the rest of the ladder, look inside, and compare."""
    window, session, trainer = app.window, app.session, app.trainer
    window.show_page(0)
    session.point_at(None)
    inside = window.equation.inside.state
    for model in (HIDDEN, CONV):
        session.set_model(model)
        trainer.train()
        wait(lambda: trainer.state is State.IDLE and session.snapshot.step > 0)
        inside.look_into(0)
        take(model)
    inside.look_into(None)
    take("why")
    window.show_page(3)
    page = window.compare_page
    assert page is not None
    ladder = rungs(session)
    wait(lambda: all(page.scores.of(each) and page.positions.maps.of(each) for each in ladder))
    take("compare")


def draw(app: App, points: Sequence[tuple[float, float]]) -> None:
    """Draw through `points`, in pixels of the image, with the left mouse button."""
    canvas = app.window.equation.canvas
    scale = canvas.width() / SIDE
    places = [QPoint(round(x * scale), round(y * scale)) for x, y in points]
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(canvas, place)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=places[-1])


def wait(done: Callable[[], bool]) -> None:
    """Let the window run until `done`."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        if done():
            return
        QApplication.processEvents()
        # QTest's own waiting would keep the interpreter's lock from the training thread.
        time.sleep(0.005)
    raise SystemExit("The window did not get there in time.")


if __name__ == "__main__":
    main()
