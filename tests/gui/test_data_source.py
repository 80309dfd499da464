"""The source of the examples: the last choice counts, and what fails leaves the old ones there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from desk import Desk, Until
from PySide6.QtCore import QDeadlineTimer
from pytestqt.qtbot import QtBot

from sixpad.core.preparation import Preparation
from sixpad.data import spec
from sixpad.gui.app import App
from sixpad.gui.data_source import DataSource
from sixpad.gui.session import Session
from sixpad.gui.trainer import State

SMALL, OTHER, THIRD = ("handwriting:40",), ("handwriting:60",), ("handwriting:80",)


class Loader:
    """Takes the place of the real loader; each source comes when it is let go."""

    def __init__(self) -> None:
        self.load = spec.load_sources
        self.gates: dict[tuple[str, ...], Event] = {}

    def gate(self, specs: tuple[str, ...]) -> Event:
        """The source of these specs comes once this is set."""
        return self.gates.setdefault(specs, Event())

    def __call__(self, specs: tuple[str, ...], *rest: Any) -> Any:
        if specs in self.gates:
            self.gates[specs].wait()
        return self.load(specs, *rest)


@pytest.fixture
def loader(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loader]:
    loader = Loader()
    monkeypatch.setattr(spec, "load_sources", loader)
    yield loader
    for gate in loader.gates.values():
        gate.set()


@pytest.fixture
def source(session: Session, loader: Loader) -> Iterator[DataSource]:
    source = DataSource(session.drawing)
    yield source
    for gate in loader.gates.values():
        gate.set()
    assert source.close(QDeadlineTimer(10_000))


def size(source: DataSource) -> int:
    return 0 if source.parts is None else sum(len(part) for part in source.parts)


def test_examples_come_in_two_parts(source: DataSource, until: Until) -> None:
    progress: list[float] = []
    source.progressed.connect(progress.append)
    source.set_specs(SMALL)
    assert source.loading
    assert source.parts is None
    until(lambda: source.parts is not None)
    assert not source.loading
    assert source.specs == SMALL
    training, validation = source.parts or ((), ())
    assert (len(training), len(validation)) == (32, 8)
    assert progress == sorted(progress)
    assert progress[-1] == 1


def test_the_old_examples_stay_until_the_new_are_there(
    source: DataSource, loader: Loader, until: Until
) -> None:
    source.set_specs(SMALL)
    until(lambda: size(source) == 40)
    gate = loader.gate(OTHER)
    source.set_specs(OTHER)
    assert source.loading
    assert (source.specs, size(source)) == (SMALL, 40)
    gate.set()
    until(lambda: size(source) == 60)
    assert source.specs == OTHER


def test_the_last_choice_counts(
    source: DataSource, loader: Loader, until: Until, qtbot: QtBot
) -> None:
    first, second = loader.gate(SMALL), loader.gate(OTHER)
    source.set_specs(SMALL)
    source.set_specs(OTHER)
    second.set()
    until(lambda: size(source) == 60)
    first.set()
    qtbot.wait(50)
    assert (source.specs, size(source)) == (OTHER, 60)


def test_choosing_the_present_ones_gives_up_what_is_on_its_way(
    source: DataSource, loader: Loader, until: Until, qtbot: QtBot
) -> None:
    source.set_specs(SMALL)
    until(lambda: size(source) == 40)
    gate = loader.gate(OTHER)
    source.set_specs(OTHER)
    source.set_specs(SMALL)
    gate.set()
    until(lambda: not source.loading)
    qtbot.wait(50)
    assert (source.specs, size(source)) == (SMALL, 40)


def test_switching_centre_and_fit_keeps_the_choice_that_is_on_its_way(
    source: DataSource, session: Session, loader: Loader, until: Until
) -> None:
    source.set_specs(SMALL)
    until(lambda: size(source) == 40)
    gate = loader.gate(OTHER)
    source.set_specs(OTHER)
    session.drawing.set_preparation(Preparation.AS_DRAWN)
    gate.set()
    until(lambda: not source.loading)
    assert (source.specs, size(source)) == (OTHER, 60)
    assert source.preparation is Preparation.AS_DRAWN


def test_examples_are_prepared_as_the_drawing_is(
    source: DataSource, session: Session, until: Until
) -> None:
    images = {}
    for preparation in Preparation:
        session.drawing.set_preparation(preparation)
        source.set_specs(SMALL)
        until(lambda: not source.loading)
        assert source.preparation is preparation
        assert source.parts is not None
        images[preparation] = source.parts[0].images
    for one, other in combinations(images.values(), 2):
        assert not np.array_equal(one, other)


@pytest.mark.parametrize("bad", ["idx:/nowhere/train", "images:/nowhere", "unipen:/none", "what"])
def test_what_cannot_be_read_is_told_and_the_old_examples_stay(
    source: DataSource, until: Until, bad: str
) -> None:
    told: list[str] = []
    source.failed.connect(told.append)
    source.set_specs(SMALL)
    until(lambda: size(source) == 40)
    parts = source.parts
    for count in (1, 2):
        source.set_specs((bad,))
        until(lambda: not source.loading)
        assert len(told) == count, "choosing it again tries it again"
    assert (source.specs, source.parts) == (SMALL, parts)
    assert bad.partition(":")[2] in told[0]


def test_what_was_given_up_tells_nothing(
    source: DataSource, loader: Loader, until: Until, qtbot: QtBot
) -> None:
    told: list[str] = []
    source.failed.connect(told.append)
    bad = ("images:/nowhere",)
    gate = loader.gate(bad)
    source.set_specs(bad)
    source.set_specs(SMALL)
    until(lambda: size(source) == 40)
    gate.set()
    qtbot.wait(50)
    assert told == []


def test_closing_gives_up_what_is_on_its_way(source: DataSource, qtbot: QtBot) -> None:
    source.set_specs(("handwriting:200000",))
    qtbot.wait(20)
    assert source.close(QDeadlineTimer(10_000))
    assert not source.loading
    assert source.parts is None


# In the window


def test_unreadable_data_are_told_and_the_panel_shows_what_is_there(
    app: App, notices: list[str], until: Until, tmp_path: Path
) -> None:
    panel, trainer = app.window.band.panel, app.trainer
    before = trainer.data.parts, trainer.data.specs, panel.data.currentText()
    trainer.data.set_specs((f"images:{tmp_path / 'nothing'}",))
    until(lambda: bool(notices))
    until(lambda: not trainer.data.loading)
    assert "nothing" in notices[0]
    assert app.window.notice.isVisible()
    assert (trainer.data.parts, trainer.data.specs, panel.data.currentText()) == before


def test_a_start_without_its_data_is_told_and_other_data_can_be_chosen(
    desk: Desk, until: Until
) -> None:
    app = desk.start(ready=False, data=("handwriting:40", "images:/nowhere"))
    told: list[str] = []
    app.session.noticed.connect(told.append)
    panel, trainer = app.window.band.panel, app.trainer
    until(lambda: bool(told))
    until(lambda: not trainer.data.loading)
    panel.train.click()
    assert trainer.state is State.WAITING
    until(lambda: trainer.state is State.IDLE)
    assert len(told) == 2
    assert not panel.reason.text().startswith("Preparing")
    trainer.data.set_specs(SMALL)
    until(lambda: trainer.data.parts is not None)
    panel.train.click()
    until(lambda: app.session.snapshot.step > 0)


def test_examples_can_be_chosen_in_the_panel(app: App, until: Until) -> None:
    panel, trainer = app.window.band.panel, app.trainer
    place = panel.data.findData("handwriting:10000")
    panel.data.setCurrentIndex(place)
    panel.data.activated.emit(place)
    until(lambda: size(trainer.data) == 10_000)
    assert panel.data.currentData() == "handwriting:10000"
    assert panel.batch_size.text() == "128"
    panel.batch_size.setValue(1_000_000)
    assert panel.batch_size.text() == "all 8\u2009000"
