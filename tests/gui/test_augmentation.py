"""The window of augmentation: its fields are settings, its pictures what the training sees."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from desk import Desk, Until
from hand import picture
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from runs import FOREVER, configure

from sixpad.core.config import TrainingConfig
from sixpad.core.distortion import samples
from sixpad.core.grid import SIDE
from sixpad.gui.app import App
from sixpad.gui.augment_button import place_beside
from sixpad.gui.augmentation import Augmentation
from sixpad.gui.augmentation_kinds import KINDS
from sixpad.gui.drawing import sample_six
from sixpad.gui.file_commands import FileCommands
from sixpad.gui.sample_strip import SAMPLES
from sixpad.gui.trainer import State
from sixpad.gui.training_panel import TrainingPanel

ALL: dict[str, Any] = {
    "shift": 2, "rotation": 12.5, "scale": 0.1, "slant": 7.0, "noise": 0.015
}  # fmt: skip
MOST = {"shift": 4, "rotation": 45, "scale": 0.5, "noise": 0.5}
OFF: dict[str, Any] = dict.fromkeys(ALL, 0)


@pytest.fixture
def opened(panel: TrainingPanel, until: Until) -> Augmentation:
    """The window of augmentation, opened as a person opens it."""
    QTest.mouseClick(panel.augment, Qt.MouseButton.LeftButton)
    found = panel.augment.opened
    assert found is not None
    until(found.isVisible)
    return found


def shown_by(opened: Augmentation) -> dict[str, bytes]:
    """The images of every row, by their names."""
    strips = {**opened.strips, "together": opened.together}
    return {name: strip.images.tobytes() for name, strip in strips.items()}


EDITS = [("shift", 3, 3), ("rotation", 12.5, 12.5), ("scale", 20.0, 0.2), ("slant", 8.0, 8.0),
         ("noise", 1.5, 0.015)]  # fmt: skip


@pytest.mark.parametrize(("name", "typed", "value"), EDITS)
def test_a_field_changes_its_setting_and_no_other(
    app: App, opened: Augmentation, name: str, typed: Any, value: float
) -> None:
    before = app.trainer.config
    opened.fields[name].setValue(typed)
    assert app.trainer.config == replace(before, **{name: value})
    assert app.trainer.config != before


def test_what_is_set_elsewhere_is_shown(app: App, opened: Augmentation) -> None:
    config = replace(app.trainer.config, **ALL)
    app.trainer.set_config(config)
    assert app.trainer.config == config, "showing it changes nothing"
    assert {name: field.value() for name, field in opened.fields.items()} == {
        "shift": 2, "rotation": 12.5, "scale": 10, "slant": 7, "noise": 1.5
    }  # fmt: skip
    texts = [field.text() for field in opened.fields.values()]
    assert texts == ["2\u2009px", "12.5°", "10\u2009%", "7°", "1.5\u2009%"]


def test_what_a_field_cannot_show_stays_as_it_is(app: App, opened: Augmentation) -> None:
    config = replace(app.trainer.config, rotation=10 / 3, scale=0.1 / 3, noise=1e-12)
    app.trainer.set_config(config)
    opened.fields["slant"].setValue(5.0)
    assert app.trainer.config == replace(config, slant=5.0)


def test_the_button_tells_what_is_in_use(app: App, panel: TrainingPanel) -> None:
    configure(app.trainer, **OFF)
    assert panel.augment.text() == "Off …"
    assert panel.augment.accessibleName() == "Augmentation: off"
    configure(app.trainer, shift=1, noise=0.015)
    assert panel.augment.text() == "2 of 5 …"
    assert "shift 1\u2009px, noise 1.5\u2009%" in panel.augment.toolTip()
    assert panel.augment.accessibleName() == "Augmentation: shift 1\u2009px, noise 1.5\u2009%"


# What is seen


@pytest.mark.parametrize("name", ALL)
def test_each_row_is_what_training_makes_of_the_drawing_by_its_kind_alone(
    app: App, opened: Augmentation, until: Until, name: str
) -> None:
    configure(app.trainer, **ALL)
    alone = replace(app.trainer.config, **OFF | {name: ALL[name]})
    drawing = app.session.drawing
    expected = samples(drawing.prepared, alone, SAMPLES, 0).tobytes()
    until(lambda: shown_by(opened)[name] == expected)
    assert len({one.tobytes() for one in opened.strips[name].images}) > 1
    together = samples(drawing.prepared, app.trainer.config, SAMPLES, 0)
    assert shown_by(opened)["together"] == together.tobytes()
    assert not opened.strips[name].faint


def test_what_is_off_shows_the_drawing_itself_and_faintly(
    app: App, opened: Augmentation, until: Until
) -> None:
    configure(app.trainer, **OFF)
    until(lambda: all(strip.faint for strip in opened.strips.values()))
    assert opened.together.faint
    for strip in (*opened.strips.values(), opened.together):
        assert all((one == app.session.drawing.prepared).all() for one in strip.images)


def test_the_pictures_follow_the_drawing(app: App, opened: Augmentation, until: Until) -> None:
    configure(app.trainer, **ALL)
    until(lambda: opened.strips["noise"].images.any())
    before = shown_by(opened)
    app.session.drawing.draw((3, 12), (20, 12), 3, 1)
    app.session.drawing.end_stroke()
    until(lambda: all(shown_by(opened)[name] != before[name] for name in before))
    before = shown_by(opened)
    app.session.drawing.clear()
    until(lambda: all(shown_by(opened)[name] != before[name] for name in before))


def test_another_throw_shows_others_and_changes_no_setting(
    app: App, opened: Augmentation, until: Until
) -> None:
    configure(app.trainer, **ALL)
    until(lambda: not opened.strips["noise"].faint)
    before, config = shown_by(opened), app.trainer.config
    opened.throw.click()
    assert all(shown_by(opened)[name] != before[name] for name in before)
    assert app.trainer.config == config


def test_nothing_is_made_of_a_drawing_while_the_window_is_closed(
    app: App, opened: Augmentation
) -> None:
    opened.close_button.click()
    before = shown_by(opened)
    configure(app.trainer, **ALL)
    app.session.drawing.clear()
    QTest.qWait(20)
    assert shown_by(opened) == before
    app.window.band.panel.augment.click()
    assert shown_by(opened) != before


def test_the_ink_of_a_sample_is_painted(app: App, opened: Augmentation, until: Until) -> None:
    configure(app.trainer, **OFF | {"shift": 1})
    until(lambda: not opened.strips["shift"].faint)
    strip = opened.strips["shift"]
    seen = picture(strip)
    dark = sum(
        seen.pixelColor(x, y).lightness() < 64
        for x in range(seen.width())
        for y in range(seen.height())
    )
    assert dark == strip.images.sum() * (strip.height() // SIDE) ** 2


# Of which model, and when


def test_each_model_has_its_own(app: App, opened: Augmentation) -> None:
    configure(app.trainer, **OFF | {"rotation": 5.0})
    app.session.set_model("hidden")
    assert opened.fields["rotation"].value() == 0
    assert opened.fields["shift"].value() == TrainingConfig.of("hidden").shift
    app.session.set_model("one")
    assert opened.fields["rotation"].value() == 5


def test_all_off_sets_every_kind_to_nothing(app: App, opened: Augmentation) -> None:
    app.session.set_model("hidden")
    configure(app.trainer, **ALL, dropout=0.25)
    opened.off.click()
    config = app.trainer.config
    assert {name: getattr(config, name) for name in ALL} == OFF
    assert config.dropout == 0.25
    assert not opened.off.isEnabled()


def test_while_a_training_runs_it_can_be_looked_at_and_not_changed(
    app: App, opened: Augmentation, until: Until
) -> None:
    configure(app.trainer, epochs=FOREVER, **ALL)
    app.trainer.train()
    until(lambda: app.session.snapshot.step > 3)
    assert not any(field.isEnabled() for field in opened.fields.values())
    assert not opened.off.isEnabled()
    assert opened.throw.isEnabled()
    app.trainer.stop()
    until(lambda: app.trainer.state is State.IDLE)
    assert all(field.isEnabled() for field in opened.fields.values())


def test_the_values_of_an_opened_model_are_shown(
    app: App, files: FileCommands, opened: Augmentation, until: Until, tmp_path: Path
) -> None:
    configure(app.trainer, epochs=1, **ALL)
    app.trainer.train()
    until(lambda: app.session.snapshot.step > 0 and app.trainer.state is State.IDLE)
    files.save_model_at(tmp_path / "moved.safetensors")
    configure(app.trainer, **OFF)
    files.open_model_at(tmp_path / "moved.safetensors")
    assert {name: getattr(app.trainer.config, name) for name in ALL} == ALL
    assert opened.fields["noise"].value() == 1.5
    assert opened.fields["rotation"].value() == 12.5


def test_all_is_there_again_at_the_next_start(desk: Desk) -> None:
    app = desk.start()
    configure(app.trainer, **ALL)
    desk.close(app)
    again = desk.start_as_it_is()
    assert {name: getattr(again.trainer.config, name) for name in ALL} == ALL


# Place, keyboard, names


@pytest.mark.parametrize("size", [(1000, 680), (1280, 800)])
def test_it_stands_beside_the_settings_and_leaves_the_canvas_free(
    app: App, panel: TrainingPanel, until: Until, size: tuple[int, int]
) -> None:
    window = app.window
    window.resize(*size)
    QTest.qWait(20)
    panel.augment.click()
    opened = panel.augment.opened
    assert opened is not None
    until(opened.isVisible)
    # The screen of the tests is smaller than the window.
    screen = window.geometry().adjusted(-100, -100, 100, 100)
    place = QRect(place_beside(panel, opened.size(), screen), opened.size())
    for widget in (window.equation.canvas, window.equation.tools, panel):
        other = QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())
        assert not place.intersects(other), type(widget)
    assert window.geometry().contains(place)
    small = QRect(window.pos(), QSize(600, 560))
    assert small.contains(QRect(place_beside(panel, opened.size(), small), opened.size()))
    assert not opened.isModal()
    inside = opened.rect()
    for widget in (*opened.fields.values(), *opened.strips.values(), opened.close_button):
        assert inside.contains(QRect(widget.mapTo(opened, QPoint(0, 0)), widget.size()))


def test_it_is_worked_from_the_keyboard_alone(app: App, panel: TrainingPanel, until: Until) -> None:
    panel.augment.setFocus()
    QTest.keyClick(panel.augment, Qt.Key.Key_Space)
    opened = panel.augment.opened
    assert opened is not None
    until(lambda: opened.focusWidget() is opened.fields["shift"])
    reached = []
    for _ in range(12):
        QTest.keyClick(opened.focusWidget(), Qt.Key.Key_Tab)
        reached.append(opened.focusWidget())
    for widget in (*opened.fields.values(), opened.throw, opened.close_button):
        assert widget in reached
    rotation = opened.fields["rotation"]
    rotation.setFocus()
    rotation.selectAll()
    QTest.keyClicks(rotation, "15")
    QTest.keyClick(rotation, Qt.Key.Key_Return)
    assert app.trainer.config.rotation == 15
    assert opened.isVisible()
    QTest.keyClick(rotation, Qt.Key.Key_Up)
    assert app.trainer.config.rotation == 20
    QTest.keyClick(rotation, Qt.Key.Key_Escape)
    assert not opened.isVisible()
    assert app.window.focusWidget() is panel.augment


def test_every_field_and_picture_has_a_name(opened: Augmentation) -> None:
    for widget in (*opened.fields.values(), *opened.strips.values(), opened.together):
        assert widget.accessibleName()
    names = [field.accessibleName() for field in opened.fields.values()]
    assert names == [f"{kind.words} in training" for kind in KINDS]


@pytest.mark.parametrize(
    ("name", "typed"), [("shift", "5"), ("rotation", "46"), ("scale", "51"), ("noise", "50.1")]
)
def test_a_value_beyond_the_most_is_not_taken(
    app: App, opened: Augmentation, name: str, typed: str
) -> None:
    field = opened.fields[name]
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, typed)
    assert not field.hasAcceptableInput()
    QTest.keyClick(field, Qt.Key.Key_Return)
    # What is not refused while it is typed, Qt sets to the most.
    assert getattr(app.trainer.config, name) in (0, MOST[name])


def test_an_empty_canvas_is_told_and_a_six_is_shown(
    app: App, opened: Augmentation, until: Until
) -> None:
    drawing = app.session.drawing
    drawing.clear()
    until(lambda: "a six, until you draw" in opened._what.text())
    six = drawing.preparation(sample_six())
    assert (opened.together.images == six).all()
    drawing.undo_stack.undo()
    until(lambda: "your drawing" in opened._what.text())
    assert (opened.together.images == drawing.prepared).all()
