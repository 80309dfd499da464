"""The mixture of sources: added to, shared out and taken from, and what comes of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from desk import Desk, Until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from sixpad.core.grid import SIDE
from sixpad.data.drawings import Drawings
from sixpad.data.folders import config_folder
from sixpad.data.handwriting import generate
from sixpad.data.idx import write_idx
from sixpad.data.settings import load_settings
from sixpad.data.store_path import store_path
from sixpad.data.stored import new_drawing, new_session
from sixpad.gui import data_choice, sources_view
from sixpad.gui.app import App
from sixpad.gui.numbers import THIN_SPACE
from sixpad.gui.sources_view import SourcesView
from sixpad.gui.trainer import State


@pytest.fixture(autouse=True)
def _edits_count_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources_view, "EDIT_MILLISECONDS", 0)


@pytest.fixture
def view(app: App) -> SourcesView:
    return view_of(app)


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """IDX files of 200 digits."""
    digits = generate(200, 3)
    write_idx(tmp_path / "others", digits.images, digits.labels)
    return tmp_path / "others"


def view_of(app: App) -> SourcesView:
    app.window.show_page(1)
    assert app.window.data_page is not None
    app.window.data_page.show_view("Sources")
    return app.window.data_page.sources


def keep_drawings(count: int = 50, sittings: int = 5) -> None:
    store_path().parent.mkdir(parents=True, exist_ok=True)
    digits = generate(count, 4)
    sessions = [new_session() for _ in range(sittings)]
    with Drawings(store_path(), create=True) as store:
        store.put(
            new_drawing(image.reshape(SIDE, SIDE), int(label), "drawn", sessions[n % sittings])
            for n, (image, label) in enumerate(zip(digits.images, digits.labels, strict=True))
        )


def add_idx(view: SourcesView, prefix: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources_view, "ask_for_data", lambda kind, _: f"{kind}:{prefix}")
    view.add.others["idx"].click()


def rests(view: SourcesView) -> bool:
    return view.note.text().startswith(("1", "2", "3", "4", "5", "6", "7", "8", "9"))


def words(view: SourcesView) -> list[tuple[str, str, str, str]]:
    """Name, examples, share and outcome of each row, with plain spaces."""
    found = []
    for row in view.rows:
        examples = row.count.text() if row.count.isVisible() else row.number.text()
        found.append((row.name.text(), examples, row.share.text(), row.outcome.text()))
    return [tuple(word.replace(THIN_SPACE, " ") for word in row) for row in found]  # type: ignore[misc]


def test_a_single_source_is_all_of_it(view: SourcesView) -> None:
    assert words(view) == [("Handwriting", "400", "all of it", "100 % · 320")]
    assert not view.rows[0].share.isEnabled()
    assert not view.rows[0].remove.isVisible()
    assert "320 examples are trained on in an epoch, and 80 others" in view.note.text()


def test_a_source_is_added_and_shares_by_its_size(
    app: App, view: SourcesView, prefix: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_idx(view, prefix, monkeypatch)
    assert [name for name, *_ in words(view)] == ["Handwriting", "IDX: others"]
    until(lambda: rests(view))
    assert app.trainer.data.specs == ("handwriting:400", f"idx:{prefix}")
    assert words(view) == [
        ("Handwriting", "400", "the rest", "67 % · 320"),
        ("IDX: others", "200", "the rest", "33 % · 160"),
    ]
    add_idx(view, prefix, monkeypatch)
    assert len(view.rows) == 2, "the same source is not added twice"


def test_a_share_decides_how_often_a_source_comes(
    app: App, view: SourcesView, prefix: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_idx(view, prefix, monkeypatch)
    view.rows[1].share.setValue(50)
    until(lambda: rests(view))
    assert app.trainer.data.specs == ("handwriting:400", f"idx:{prefix}@0.5")
    assert words(view)[1] == ("IDX: others", "200", "50 %", "50 % · 240")
    assert "each 1.5× an epoch" in view.rows[1].detail.text()
    assert f"25{THIN_SPACE}% left out" in view.rows[0].detail.text()
    assert "give it a share" not in view.note.text(), "there are many of it"
    assert app.trainer.data.parts is not None
    training, validation = app.trainer.data.parts
    assert (len(training), len(validation)) == (480, 120)
    view.rows[1].share.setValue(0)
    until(lambda: app.trainer.data.specs[1] == f"idx:{prefix}")


def test_what_is_little_and_yet_left_out_is_told(
    app: App, view: SourcesView, prefix: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.trainer.data.set_specs(("handwriting:20000", "handwriting:20:3", f"idx:{prefix}@0.5"))
    until(lambda: len(view.rows) == 3 and rests(view))
    row = view.rows[1]
    assert row.outcome.text().replace(THIN_SPACE, " ") == "0.1 % · 8"
    assert f"50{THIN_SPACE}% left out" in row.detail.text()
    assert f"Handwriting has few, and 50{THIN_SPACE}% of these are left out: give it a share" in (
        view.note.text()
    )
    row.share.setValue(2)
    until(lambda: app.trainer.data.specs[1] == "handwriting:20:3@0.02")
    until(lambda: rests(view))
    assert "give it a share" not in view.note.text()


def test_something_is_left_for_the_others(
    view: SourcesView, prefix: Path, monkeypatch: pytest.MonkeyPatch, until: Until
) -> None:
    add_idx(view, prefix, monkeypatch)
    view.rows[1].share.setValue(100)
    assert view.rows[1].share.value() == 99
    assert not view.rows[0].share.isEnabled()
    until(lambda: rests(view))
    assert words(view)[0][2:] == ("the rest", "1 % · 5")


def test_a_share_can_be_typed(
    view: SourcesView, prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_idx(view, prefix, monkeypatch)
    share = view.rows[1].share
    for typed, value in (("30", 30), ("45 %", 45), ("the rest", 0), ("7%", 7)):
        share.selectAll()
        QTest.keyClicks(share, typed)
        QTest.keyClick(share, Qt.Key.Key_Return)
        assert share.value() == value
    share.selectAll()
    QTest.keyClicks(share, "x5")
    QTest.keyClick(share, Qt.Key.Key_Return)
    assert share.value() == 5


def test_own_drawings_come_with_a_fifth(desk: Desk, until: Until) -> None:
    keep_drawings()
    app = desk.start()
    view = view_of(app)
    view.add.drawings.click()
    until(lambda: rests(view))
    assert app.trainer.data.specs == ("handwriting:400", "drawings@0.2")
    assert words(view)[1][:3] == ("My drawings", "50", "20 %")
    assert app.trainer.data.parts is not None
    training, _ = app.trainer.data.parts
    outcomes = [row.outcome.text().split("· ")[1] for row in view.rows]
    assert sum(map(int, outcomes)) == pytest.approx(len(training), abs=1)
    assert not view.add.drawings.isEnabled()


def test_without_drawings_there_are_none_to_add(
    view: SourcesView, notices: list[str], app: App, until: Until
) -> None:
    view.add_source("drawings")
    until(lambda: bool(notices))
    assert "no drawings of yours yet" in notices[0]
    until(lambda: len(view.rows) == 1)
    assert app.trainer.data.specs == ("handwriting:400",)


def test_a_source_is_taken_out_again(
    app: App, view: SourcesView, prefix: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_idx(view, prefix, monkeypatch)
    view.rows[1].share.setValue(50)
    view.rows[0].remove.click()
    until(lambda: rests(view))
    assert app.trainer.data.specs == (f"idx:{prefix}",)
    assert words(view) == [("IDX: others", "200", "all of it", "100 % · 160")]


def test_how_many_digits_are_written_can_be_set(app: App, view: SourcesView, until: Until) -> None:
    view.rows[0].count.setValue(60)
    until(lambda: app.trainer.data.specs == ("handwriting:60",))
    until(lambda: rests(view))
    assert words(view)[0][3] == "100 % · 48"


def test_what_cannot_be_read_is_told_and_goes_again(
    app: App, view: SourcesView, tmp_path: Path, notices: list[str], until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    add_idx(view, tmp_path / "not-there", monkeypatch)
    until(lambda: bool(notices))
    until(lambda: rests(view))
    assert [name for name, *_ in words(view)] == ["Handwriting"]
    assert app.trainer.data.specs == ("handwriting:400",)


def test_a_mixture_that_cannot_be_read_at_the_start_can_be_mended(
    desk: Desk, tmp_path: Path, until: Until
) -> None:
    broken = f"idx:{tmp_path}/not-there"
    app = desk.start(ready=False, data=("handwriting:60", broken))
    until(lambda: bool(app.trainer.data.trouble) and not app.trainer.data.loading)
    view = view_of(app)
    assert "There is neither" in view.note.text()
    assert "Take this source out" in view.note.text()
    view.rows[1].remove.click()
    until(lambda: rests(view))
    assert app.trainer.data.specs == ("handwriting:60",)
    assert words(view) == [("Handwriting", "60", "all of it", "100 % · 48")]


def test_a_single_source_that_cannot_be_read_gives_way_to_another(
    desk: Desk, tmp_path: Path, until: Until
) -> None:
    app = desk.start(ready=False, data=(f"idx:{tmp_path}/not-there",))
    until(lambda: bool(app.trainer.data.trouble) and not app.trainer.data.loading)
    view = view_of(app)
    view.add.handwriting.click()
    until(lambda: "There is neither" in view.note.text())
    assert len(view.rows) == 2
    view.rows[0].remove.click()
    until(lambda: app.trainer.data.specs == ("handwriting",))


def test_files_are_not_read_again_for_other_shares(
    app: App, view: SourcesView, prefix: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_idx(view, prefix, monkeypatch)
    until(lambda: rests(view))
    for path in prefix.parent.glob("others-*"):
        path.unlink()
    view.rows[1].share.setValue(25)
    until(lambda: app.trainer.data.specs[1].endswith("@0.25"))
    assert app.trainer.data.parts is not None
    assert len(app.trainer.data.parts[0]) == 480


def test_nothing_is_changed_while_it_is_trained_on(
    app: App, view: SourcesView, until: Until
) -> None:
    app.trainer.set_config(replace(app.trainer.config, epochs=1_000_000))
    app.trainer.train()
    until(lambda: app.trainer.state is State.RUNNING)
    assert not view.rows[0].count.isEnabled()
    assert not view.add.others["images"].isEnabled()
    app.trainer.stop()
    until(lambda: app.trainer.state is State.IDLE)
    assert view.rows[0].count.isEnabled()
    assert view.add.others["images"].isEnabled()


def test_the_mixture_is_there_again_at_the_next_start(
    desk: Desk, app: App, view: SourcesView, prefix: Path, until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    add_idx(view, prefix, monkeypatch)
    view.rows[1].share.setValue(30)
    until(lambda: rests(view))
    desk.close(app)
    assert load_settings(config_folder() / "settings.json").data[1] == f"idx:{prefix}@0.3"
    again = desk.start_as_it_is()
    assert words(view_of(again))[1] == ("IDX: others", "200", "30 %", "30 % · 144")


def test_new_digits_in_every_epoch_serve_handwriting_alone(
    app: App, view: SourcesView, prefix: Path, notices: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    app.trainer.data.set_new_each_epoch(True)
    add_idx(view, prefix, monkeypatch)
    assert not app.trainer.data.new_each_epoch
    assert notices == ["New digits in every epoch are off now: they serve handwriting alone."]


def test_the_draw_page_names_the_mixture(
    app: App, view: SourcesView, prefix: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = app.window.band.panel
    add_idx(view, prefix, monkeypatch)
    until(lambda: rests(view))
    mixed = app.trainer.data.specs
    assert panel.data.currentText().replace(THIN_SPACE, " ") == "Mix: Handwriting, IDX: others"
    place = panel.data.currentIndex()
    app.trainer.data.set_specs(("handwriting:60",))
    until(lambda: app.trainer.data.specs == ("handwriting:60",))
    assert panel.data.currentText() == "Handwriting, 60"
    place = panel.data.findText("IDX: others", Qt.MatchFlag.MatchContains)
    panel.data.setCurrentIndex(place)
    panel.data.activated.emit(place)
    until(lambda: app.trainer.data.specs == mixed)


def test_the_draw_page_leads_to_the_mixture(app: App) -> None:
    panel = app.window.band.panel
    place = panel.data.findData("?mix")
    panel.data.setCurrentIndex(place)
    panel.data.activated.emit(place)
    assert panel.data.currentData() == "handwriting:400"
    assert app.window.data_page is not None
    assert app.window.data_page.sources.isVisible()


def test_drawings_that_changed_are_loaded_before_they_are_trained_on(
    desk: Desk, until: Until
) -> None:
    keep_drawings()
    app = desk.start(data=("drawings",))
    trainer = app.trainer
    keep_drawings(30, sittings=1)
    trainer.data.mark_outdated()
    assert trainer.data.outdated
    trainer.train()
    until(lambda: trainer.state is State.IDLE and app.session.snapshot.step > 0)
    assert trainer.data.parts is not None
    assert sum(map(len, trainer.data.parts)) == 80
    assert not trainer.data.outdated


def test_drawings_that_cannot_be_loaded_anew_are_not_trained_on(desk: Desk, until: Until) -> None:
    keep_drawings()
    app = desk.start(data=("handwriting:60", "drawings@0.5"))
    trainer, told = app.trainer, []
    app.session.noticed.connect(told.append)
    with Drawings(store_path()) as store:
        gone = [row._replace(deleted_at=row.created_at) for row in store.rows()]  # type: ignore[union-attr]
        store.put(gone)
    trainer.data.mark_outdated()
    for _ in range(2):
        told.clear()
        trainer.train()
        until(lambda: bool(told) and trainer.state is State.IDLE)
        assert app.session.snapshot.step == 0
        assert trainer.data.outdated


def test_other_data_are_not_outdated_by_drawings(app: App) -> None:
    app.trainer.data.mark_outdated()
    assert not app.trainer.data.outdated


@pytest.mark.parametrize("size", [(1000, 680), (1280, 800)])
def test_nothing_is_clipped(
    app: App, view: SourcesView, prefix: Path, size: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    app.window.resize(*size)
    add_idx(view, prefix, monkeypatch)
    QTest.qWait(30)
    for row in view.rows:
        assert row.height() >= row.sizeHint().height()
        assert row.outcome.width() >= row.outcome.sizeHint().width()
        assert row.share.width() >= row.share.minimumSizeHint().width()
        assert row.geometry().bottom() < view.note.mapTo(view, view.note.rect().topLeft()).y()
    bottom = max(button.mapTo(view, button.rect().bottomLeft()).y()
                 for button in view.add.others.values())  # fmt: skip
    assert bottom < view.height()


def test_many_sources_scroll(app: App, view: SourcesView, tmp_path: Path, until: Until) -> None:
    for number in range(20):
        write_idx(tmp_path / f"few{number}", np.ones((4, 24, 24), np.uint8), np.arange(4))
    app.trainer.data.set_specs(tuple(f"idx:{tmp_path}/few{number}" for number in range(20)))
    until(lambda: len(view.rows) == 20 and rests(view))
    assert view.note.mapTo(view, view.note.rect().bottomLeft()).y() <= view.height()


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("handwriting", "Handwriting, 40 000"),
        ("handwriting:500:3", "Handwriting, 500"),
        ("drawings", "My drawings"),
        ("drawings:/a/old.sqlite3", "Drawings: old.sqlite3"),
        ("images:/a/b/digits/", "Images: digits"),
        ("idx:/a/b/train", "IDX: train"),
        ("unipen:C:\\pens\\pen.dat", "UNIPEN: pen.dat"),
    ],
)
def test_sources_are_named_for_people(spec: str, name: str) -> None:
    assert data_choice.source_name(spec).replace(THIN_SPACE, " ") == name


def test_a_drawing_that_is_kept_is_trained_on_next(desk: Desk, until: Until) -> None:
    keep_drawings()
    app = desk.start(data=("drawings",))
    until(lambda: app.collection.ready)
    app.trainer.train()
    until(lambda: app.trainer.state is State.IDLE and app.session.snapshot.step > 0)
    ink = np.ones((SIDE, SIDE), np.uint8)
    app.collection.keep([app.collection.new(ink, 6, "drawn")])
    until(lambda: not app.collection.unsaved)
    app.trainer.train()
    until(lambda: app.trainer.state is State.IDLE)
    assert app.trainer.data.parts is not None
    assert sum(map(len, app.trainer.data.parts)) == 51
