"""What the window's tests share: sixpad opened for each of them, and an empty canvas."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from desk import Desk
from evaluated import Gate, evaluated, page_of
from hand import leave, on_screen, teach
from PIL import Image
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sixpad.core.network import ONE
from sixpad.core.preparation import Preparation
from sixpad.data import spec
from sixpad.gui import single_step
from sixpad.gui.app import App
from sixpad.gui.canvas import Canvas
from sixpad.gui.drawing import sample_six
from sixpad.gui.equation import Equation
from sixpad.gui.evaluate_page import EvaluatePage
from sixpad.gui.file_commands import FileCommands
from sixpad.gui.main_window import MainWindow
from sixpad.gui.session import Session
from sixpad.gui.theme import apply_appearance
from sixpad.gui.trainer import Trainer
from sixpad.gui.training_panel import TrainingPanel


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever Qt warns of fails the test, but for what the platform without a screen lacks."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support"))


@pytest.fixture(autouse=True)
def _short_look_at_the_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(single_step, "GRADIENT_MILLISECONDS", 20)


@pytest.fixture
def desk(qapp: QApplication, qtbot: QtBot) -> Iterator[Desk]:
    """Starts and closes sixpad."""
    desk = Desk(qapp, qtbot)
    yield desk
    desk.close_all()


@pytest.fixture
def app(desk: Desk) -> App:
    """Sixpad, open, with few examples, ready to train."""
    return desk.start()


@pytest.fixture
def window(app: App) -> MainWindow:
    """The window of `app`."""
    return app.window


@pytest.fixture
def session(qapp: QApplication) -> Session:
    """A session without a window: the sample six is not on it, the paper is white."""
    return Session()


@pytest.fixture
def canvas(session: Session, qtbot: QtBot) -> Canvas:
    """A canvas alone on the screen; centre-and-fit is off, the pointer is away."""
    session.drawing.set_preparation(Preparation.AS_DRAWN)
    canvas = Canvas(session)
    qtbot.addWidget(canvas)
    with qtbot.waitExposed(canvas):
        canvas.show()
    leave(canvas)
    return canvas


@pytest.fixture
def equation(session: Session, qapp: QApplication, qtbot: QtBot) -> Equation:
    """The band alone on the screen, with the sample six and a neuron that has learned."""
    apply_appearance(qapp, "light")
    session.drawing.restore(sample_six())
    teach(session)
    equation = on_screen(qtbot, Equation(session), 1280, 420)
    leave(equation.canvas)
    return equation


@pytest.fixture
def trainer(app: App) -> Trainer:
    """The trainer of `app`."""
    return app.trainer


@pytest.fixture
def panel(app: App) -> TrainingPanel:
    """The training panel of `app`."""
    return app.window.band.panel


@pytest.fixture
def picture_file(tmp_path: Path) -> Path:
    """A black bar on white, larger than the canvas."""
    grey = np.full((60, 80), 255, np.uint8)
    grey[20:40, 30:36] = 0
    path = tmp_path / "bar.png"
    Image.fromarray(grey).save(path)
    return path


@pytest.fixture
def files(window: MainWindow) -> FileCommands:
    """The file commands of `window`."""
    return window.files


@pytest.fixture
def evaluate_page(
    app: App, until: Callable[..., None], request: pytest.FixtureRequest
) -> EvaluatePage:
    """The Evaluate page with results, of the `model` that the test names, or of one neuron."""
    names = getattr(request.node, "callspec", None)
    app.session.set_model(names.params.get("model", ONE) if names else ONE)
    teach(app.session)
    page = page_of(app.window)
    until(lambda: evaluated(page, app))
    return page


@pytest.fixture
def gate(app: App, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """In the way of all that is loaded from now on; `app` has its examples already."""
    gate = Gate()
    monkeypatch.setattr(spec, "load_sources", gate)
    yield gate
    gate.opened.set()


@pytest.fixture
def notices(app: App) -> list[str]:
    """Every sentence that the person is told from now on."""
    told: list[str] = []
    app.session.noticed.connect(told.append)
    app.keeper.failed.connect(told.append)
    return told


@pytest.fixture
def until(qtbot: QtBot) -> Callable[..., None]:
    """`until(condition)`: let the window live until a condition holds."""

    def wait(condition: Callable[[], bool]) -> None:
        qtbot.waitUntil(condition, timeout=20_000)

    return wait
