"""The handwriting on the Data page: its sheet, its ranges, and training on them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from desk import Desk, Until
from PySide6.QtGui import QImage

from sixpad.core.preparation import Preparation
from sixpad.data.digit_shapes import FORMS
from sixpad.data.handwriting_style import RANGES, Handwriting
from sixpad.gui.app import App
from sixpad.gui.data_page import DataPage
from sixpad.gui.digit_sheet import DigitSheet, SheetRow
from sixpad.gui.handwriting_view import HandwritingView
from sixpad.gui.trainer import State

USUAL = Handwriting()


def view_of(app: App) -> HandwritingView:
    app.window.show_page(1)
    page = app.window.pages.currentWidget()
    assert isinstance(page, DataPage)
    page.show_view(page.HANDWRITING)
    view = page.views.currentWidget()
    assert isinstance(view, HandwritingView)
    return view


@pytest.fixture
def view(app: App, until: Until) -> HandwritingView:
    view = view_of(app)
    until(lambda: bool(rows(view)))
    return view


def rows(view: HandwritingView) -> list[SheetRow]:
    return view.sheet._rows


def ink(view: HandwritingView) -> list[bytes]:
    return [row.images.tobytes() for row in rows(view)]


def slide(view: HandwritingView, name: str, value: float) -> None:
    limits = RANGES[name]
    view.ranges.sliders[name].setValue(round((value - limits.low) / limits.step))


def test_every_digit_has_a_row(view: HandwritingView) -> None:
    assert [row.name for row in rows(view)] == [str(digit) for digit in range(10)]
    assert {len(row.images) for row in rows(view)} == {len(rows(view)[0].images)}
    assert all(image.any() for row in rows(view) for image in row.images)
    assert len(set(ink(view))) == 10


@pytest.mark.parametrize("digit", range(10))
def test_every_variant_of_a_digit_has_a_row_with_its_share(
    view: HandwritingView, digit: int
) -> None:
    view.digits.button(digit + 1).click()
    names = [row.name.rpartition(", ")[0] for row in rows(view)]
    assert names == [form.name for form in FORMS[digit]]
    shares = [float(row.name.rpartition(", ")[2].rstrip("%")) for row in rows(view)]
    assert sum(shares) == pytest.approx(100, abs=len(shares) / 2)


@pytest.mark.parametrize("name", RANGES)
def test_every_range_can_be_moved_and_the_sheet_follows(
    view: HandwritingView, name: str, until: Until
) -> None:
    before = ink(view)
    limits, usual = RANGES[name], getattr(USUAL, name)
    value = usual - 2 * limits.step if usual - 2 * limits.step >= limits.low else limits.high
    slide(view, name, value)
    assert getattr(view.ranges.handwriting, name) == pytest.approx(value, abs=limits.step / 2)
    until(lambda: ink(view) != before)


def test_ranges_that_must_go_up_hold_each_other_back(view: HandwritingView) -> None:
    slide(view, "pen_usual", RANGES["pen_usual"].low)
    assert view.ranges.handwriting.pen_usual == USUAL.pen_narrowest
    slide(view, "pen_usual", RANGES["pen_usual"].high)
    assert view.ranges.handwriting.pen_usual == USUAL.pen_widest
    slide(view, "largest_side", RANGES["largest_side"].low)
    assert view.ranges.handwriting.largest_side == USUAL.smallest_side
    for name in ("pen_usual", "largest_side"):
        limits, held = RANGES[name], getattr(view.ranges.handwriting, name)
        place = view.ranges.sliders[name].value()
        assert limits.low + place * limits.step == pytest.approx(held, abs=limits.step / 2)


def test_the_same_digits_change_a_little_with_their_ranges(
    view: HandwritingView, until: Until
) -> None:
    before = np.concatenate([row.images for row in rows(view)])
    slide(view, "slant", USUAL.slant + 0.04)
    until(lambda: ink(view)[0] != before[: len(rows(view)[0].images)].tobytes())
    after = np.concatenate([row.images for row in rows(view)])
    changed = (before != after).mean(axis=(1, 2))
    others = (before != np.roll(after, 1, axis=0)).mean(axis=(1, 2))
    assert changed.mean() < 0.3 * others.mean()


def test_the_usual_ranges_come_back(view: HandwritingView, until: Until) -> None:
    before = ink(view)
    assert not view.usual.isEnabled()
    slide(view, "tremor", 0.03)
    slide(view, "pen_widest", 7)
    until(lambda: ink(view) != before)
    view.usual.click()
    until(lambda: ink(view) == before)
    assert view.ranges.handwriting == USUAL
    assert not view.usual.isEnabled()


def test_other_digits_are_others(view: HandwritingView) -> None:
    before = ink(view)
    view.others.click()
    assert not set(ink(view)) & set(before)


@pytest.mark.parametrize("preparation", Preparation)
def test_they_can_be_seen_as_the_network_sees_them(
    view: HandwritingView, app: App, preparation: Preparation
) -> None:
    app.session.drawing.set_preparation(preparation)
    before = [row.images for row in rows(view)]
    view.prepared.click()
    for raw, row in zip(before, rows(view), strict=True):
        assert np.array_equal(row.images, preparation(raw))


def test_training_takes_on_the_ranges_that_are_used(
    view: HandwritingView, app: App, until: Until
) -> None:
    data = app.trainer.data
    assert not view.use.isEnabled()
    slide(view, "pen_narrowest", 4)
    slide(view, "pen_usual", 4)
    slide(view, "pen_widest", 6)
    slide(view, "pen_usual", 4)
    slide(view, "pen_narrowest", 4)
    assert view.use.isEnabled()
    assert data.parts is not None
    thin = data.parts[0].images.mean()
    view.use.click()
    until(lambda: not data.loading)
    assert data.style == view.ranges.handwriting != USUAL
    assert data.parts[0].images.mean() > 1.2 * thin
    assert data.parts[0].name == "handwriting:400:6, own ranges"
    assert not view.use.isEnabled()


def test_ranges_and_new_digits_are_kept_over_a_restart(desk: Desk, until: Until) -> None:
    app = desk.start()
    view = view_of(app)
    slide(view, "slant", 0.3)
    view.use.click()
    view.new_each_epoch.click()
    until(lambda: not app.trainer.data.loading)
    used = app.trainer.data.style
    desk.close(app)
    again = desk.start()
    assert again.trainer.data.style == used
    assert again.trainer.data.new_each_epoch
    view = view_of(again)
    assert view.ranges.handwriting == used
    assert view.new_each_epoch.isChecked()


def test_new_digits_in_every_epoch_are_trained_on(
    view: HandwritingView, app: App, until: Until
) -> None:
    trainer = app.trainer
    view.new_each_epoch.click()
    trainer.train()
    until(lambda: trainer.state is State.IDLE and app.session.snapshot.step > 0)
    assert app.session.learned.source.name == "handwriting:400:6, new in every epoch"
    assert app.session.snapshot.epoch == trainer.config.epochs


def test_only_handwriting_is_new_in_every_epoch(
    view: HandwritingView, app: App, notices: list[str], until: Until
) -> None:
    trainer = app.trainer
    view.new_each_epoch.click()
    trainer.data.specs = ("images:somewhere",)
    trainer.train()
    assert trainer.state is State.IDLE
    assert "Only handwriting can be new in every epoch" in notices[-1]
    assert app.session.snapshot.step == 0


@pytest.mark.parametrize("height", [300, 420, 700])
def test_as_many_digits_are_asked_for_as_there_is_room(height: int) -> None:
    sheet = DigitSheet()
    sheet.resize(800, height)
    names = [str(digit) for digit in range(10)]
    count = sheet.fitting(10, names)
    images = np.ones((count, 24, 24), np.uint8)
    sheet.show_rows([SheetRow(name, images) for name in names])
    picture = sheet.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    dark = [
        x for x in range(picture.width())
        if any(picture.pixelColor(x, y).red() < 60 for y in range(0, picture.height(), 5))
    ]  # fmt: skip
    assert max(dark) < picture.width() - 1
    assert picture.width() - max(dark) < 90


def test_new_digits_do_not_call_off_a_training_that_waits(desk: Desk, until: Until) -> None:
    app = desk.start(ready=False, data=("handwriting:20000",))
    view = view_of(app)
    app.trainer.train()
    assert app.trainer.state is State.WAITING
    view.new_each_epoch.click()
    assert app.trainer.state is State.WAITING
    until(lambda: app.trainer.state is State.RUNNING)
    app.trainer.stop()
    until(lambda: app.trainer.state is State.IDLE)


def test_ranges_are_for_handwriting_alone(view: HandwritingView, app: App) -> None:
    slide(view, "slant", 0.3)
    assert view.use.isEnabled()
    app.trainer.data.specs = ("images:mine",)
    app.trainer.data.changed.emit()
    assert not view.use.isEnabled()
    assert "not handwriting" in view._told.text()


def test_nothing_is_written_anew_under_a_run(view: HandwritingView, app: App, until: Until) -> None:
    slide(view, "slant", 0.3)
    app.trainer.set_config(replace(app.trainer.config, epochs=100_000))
    app.trainer.train()
    assert not view.use.isEnabled()
    assert not view.new_each_epoch.isEnabled()
    app.trainer.stop()
    until(lambda: app.trainer.state is State.IDLE)
    assert view.use.isEnabled()
