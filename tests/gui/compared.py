"""A look at the Compare page for the window's tests: what it shows, and how it is used."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtTest import QTest

from sixpad.core.network import MODELS, Network
from sixpad.core.preparation import Preparation
from sixpad.core.snapshot import initial_snapshot
from sixpad.data.provenance import Source
from sixpad.gui.app import App
from sixpad.gui.compare_column import CompareColumn
from sixpad.gui.compare_page import ComparePage
from sixpad.gui.history import History
from sixpad.gui.learned import Learned
from sixpad.gui.numbers import THIN_SPACE
from sixpad.gui.position_view import PositionView, Shift
from sixpad.gui.rungs import rung
from sixpad.gui.session import Session


def give_weights(
    session: Session, model: str, preparation: Preparation | None = None, seed: int = 1
) -> Network:
    """Give a model weights by chance, as if from images that were prepared in this way."""
    network = rung(session, model)
    generator = np.random.default_rng(seed)
    parameters = {
        name: generator.normal(0, 0.2, shape).astype(np.float32)
        for name, shape in network.shapes().items()
    }
    start = session.learned_by(network).snapshot.config
    snapshot = replace(initial_snapshot(network, start), parameters=parameters, step=1)
    source = Source() if preparation is None else Source((("some",),), 8, 2, preparation)
    session.restore(network, Learned(snapshot, History(), source))
    return network


def page_of(app: App) -> ComparePage:
    app.window.show_page(3)
    page = app.window.compare_page
    assert page is not None
    return page


def compared(app: App) -> ComparePage:
    """The page, with weights by chance in all four models."""
    for model in MODELS:
        give_weights(app.session, model)
    return page_of(app)


def column(page: ComparePage, model: str) -> CompareColumn:
    return page.columns[MODELS.index(model)]


def rests(page: ComparePage) -> bool:
    """Whether everything that can be scored or mapped is, and nothing is on its way."""
    session = page.positions.maps._session
    learned = [rung(session, model) for model in MODELS]
    learned = [network for network in learned if session.learned_by(network).snapshot.step]
    scored = all(
        page.scores.of(network) and not page.scores.is_stale(network) for network in learned
    )
    maps = page.positions.maps
    mapped = all(maps.of(network) and maps.is_true(network) for network in learned)
    return scored and mapped and page.scores.scoring is None


def lines(page: ComparePage, model: str) -> list[tuple[str, str]]:
    """The values and remarks in a model's lines, with plain spaces."""
    return [
        (fact.value.replace(THIN_SPACE, " "), fact.remark.replace(THIN_SPACE, " "))
        for fact in column(page, model).facts.facts
    ]


def point_at(view: PositionView, down: int, right: int) -> None:
    """Move the pointer to the cell of a shift."""
    ratio = view.devicePixelRatioF()
    middle = QPointF(view.cell_rect(Shift(down, right)).center()) / ratio
    QTest.mouseMove(view, middle.toPoint())
