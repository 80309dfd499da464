"""The Evaluate page: which network, on which data, and honest words for both."""

from __future__ import annotations

import pytest
from desk import Until
from evaluated import BOTH, choose, page_of, texts
from hand import teach
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget

from sixpad.core.network import TEN
from sixpad.gui.app import App
from sixpad.gui.evaluate_page import EvaluatePage


@pytest.fixture
def page(evaluate_page: EvaluatePage) -> EvaluatePage:
    return evaluate_page


# Which network on which data


@BOTH
def test_the_scores_name_their_data_and_how_many(page: EvaluatePage, model: str) -> None:
    told = texts(page)
    network = "ten neurons" if model == TEN else "one neuron for the 6"
    sought = "" if model == TEN else ", 8 of them a 6"
    assert f"{network}, on 80 examples{sought}: the validation part of handwriting:400:6" in told
    assert "It is not known what this network learned from" in told


def test_an_untrained_network_says_so(app: App, until: Until) -> None:
    page = page_of(app.window)
    assert "One neuron for the 6: not trained yet." in texts(page)
    assert not page.view.isVisible()
    teach(app.session)
    until(page.view.isVisible)
    assert "not trained" not in texts(page)
    app.session.set_model(TEN)
    assert "Ten neurons: not trained yet." in texts(page)
    app.session.set_model("one")
    assert page.view.isVisible()
    app.session.reset()
    assert not page.view.isVisible()


def test_the_page_has_its_tab_and_its_key(app: App) -> None:
    window = app.window
    QTest.keyClick(window, Qt.Key.Key_F4)
    assert window.pages.currentWidget() is window.evaluate_page is not None
    assert window.header.tabs.checkedButton().text() == "Evaluate"
    QTest.keyClick(window, Qt.Key.Key_F3)
    assert window.pages.currentWidget() is not window.evaluate_page
    QTest.keyClick(window, Qt.Key.Key_F2)
    assert window.equation.isVisible()


# The data


def test_fresh_handwriting_says_what_it_is(page: EvaluatePage, until: Until) -> None:
    choose(page, "fresh")
    until(lambda: "newly generated" in texts(page))
    assert "on 10 000 examples, 1 000 of them a 6: newly generated, handwriting:10000:" in texts(
        page
    )
    assert page.evaluator.choice == "fresh"


@pytest.mark.parametrize(
    ("kind", "chosen", "spec", "short"),
    [
        ("images", "/a/b/digits", "images:/a/b/digits", "Images: digits"),
        ("idx", "/x/t10k-images-idx3-ubyte.gz", "idx:/x/t10k", "IDX: t10k"),
        ("unipen", "/x/pen.unipen", "unipen:/x/pen.unipen", "UNIPEN: pen.unipen"),
    ],
)
def test_a_source_is_asked_for(
    page: EvaluatePage, until: Until, monkeypatch: pytest.MonkeyPatch, notices: list[str],
    kind: str, chosen: str, spec: str, short: str,
) -> None:  # fmt: skip
    """None of them is there: it is told, and the choice goes back to what is shown."""
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (chosen, ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: chosen)
    choices: list[str] = []
    page.evaluator.choice_changed.connect(lambda: choices.append(page.evaluator.choice))
    choose(page, f"?{kind}")
    assert choices == [spec]
    assert page.data.currentText() == short
    until(lambda: page.data.currentText() == "Validation part")
    assert len(notices) == 1
    assert "validation part" in texts(page)


@pytest.mark.parametrize("kind", ["images", "idx", "unipen"])
def test_a_dialog_that_is_closed_changes_nothing(
    page: EvaluatePage, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    choose(page, f"?{kind}")
    assert page.data.currentText() == "Validation part"
    assert not page.evaluator.loading


def test_loading_can_be_cancelled_and_moves_nothing(page: EvaluatePage, until: Until) -> None:
    place = page.view.geometry()
    page.evaluator.choose("handwriting:500000")
    until(page.cancel.isVisible)
    assert page.view.geometry() == place
    page.cancel.click()
    assert not page.cancel.isVisible()
    assert page.data.currentText() == "Validation part"
    assert page.view.geometry() == place


def test_a_long_evaluation_says_that_it_is_on_its_way(page: EvaluatePage, until: Until) -> None:
    assert "evaluating" not in texts(page)
    page._slow.setInterval(0)
    page.evaluator.choose("handwriting:500000")
    until(lambda: "handwriting:400:6 · evaluating …" in texts(page))
    page.cancel.click()
    assert "evaluating" not in texts(page)


# The layout


@BOTH
@pytest.mark.parametrize("size", [(1000, 680), (1280, 800), (1920, 1080)])
def test_everything_is_seen_in_windows_of_any_size(
    app: App, page: EvaluatePage, model: str, size: tuple[int, int]
) -> None:
    app.window.resize(*size)
    QTest.qWait(20)
    assert app.window.size().toTuple() == size
    parts: list[QWidget] = [page.view.scores, page.view.confusion, page.view.table]
    parts += [] if model == TEN else [page.view.curve, page.view.bar]
    rects = []
    for part in [*parts, page.gallery.view]:
        corner = part.mapTo(page, QPoint(0, 0))
        rects.append(part.rect().translated(corner))
        least = part.minimumSizeHint()
        assert part.width() >= least.width()
        assert part.height() >= least.height()
    assert all(page.rect().contains(rect) for rect in rects)
    assert not any(a.intersects(b) for at, a in enumerate(rects) for b in rects[:at])
    assert page.gallery.view.height() > 100


def test_the_keys_reach_everything(page: EvaluatePage) -> None:
    reached = []
    for _ in range(30):
        QTest.keyClick(page.window().focusWidget() or page, Qt.Key.Key_Tab)
        reached.append(page.window().focusWidget())
    for widget in (page.data, page.view.confusion, page.view.table, page.view.bar.slider,
                   page.gallery.view):  # fmt: skip
        assert widget in reached
