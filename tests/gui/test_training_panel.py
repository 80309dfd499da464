"""The panel: each field is one setting, and what is chosen elsewhere is shown in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from desk import Until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QStyleOptionComboBox
from runs import FOREVER, configure

from sixpad.core.config import TrainingConfig
from sixpad.gui.app import App
from sixpad.gui.settle_field import SettleField
from sixpad.gui.trainer import State
from sixpad.gui.training_panel import TrainingPanel

NEVER, AT_A_LOSS, PATIENTLY = range(3)


def choose(box: QComboBox, value: object) -> None:
    box.setCurrentIndex(box.findData(value))


def settle(panel: TrainingPanel, value: int) -> SettleField:
    choose(panel.settle.choice, value)
    return panel.settle


EDITS: dict[str, tuple[Callable[[TrainingPanel], None], dict[str, Any]]] = {
    "epochs": (lambda panel: panel.epochs.setValue(7), {"epochs": 7}),
    "rate": (lambda panel: panel.learning_rate.setValue(0.5), {"learning_rate": 0.5}),
    "batch": (lambda panel: panel.batch_size.setValue(32), {"batch_size": 32}),
    "optimiser": (lambda panel: choose(panel.optimizer, "gd"), {"optimizer": "gd"}),
    "loss": (lambda panel: choose(panel.loss, "squared-error"), {"loss": "squared-error"}),
    "l2": (lambda panel: panel.l2.setValue(0), {"l2": 0.0}),
    "smoothing": (lambda panel: panel.smoothing.setValue(0.2), {"smoothing": 0.2}),
    "dropout": (lambda panel: panel.dropout.setValue(25), {"dropout": 0.25}),
    "seed": (lambda panel: panel.seed.setValue(99), {"seed": 99}),
    "target": (
        lambda panel: settle(panel, AT_A_LOSS).target_loss.setValue(0.125),
        {"target_loss": 0.125},
    ),
    "patience": (
        lambda panel: settle(panel, PATIENTLY).patience.setValue(4),
        {"patience": 4},
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_field_changes_its_setting_and_no_other(
    app: App, panel: TrainingPanel, name: str
) -> None:
    edit, change = EDITS[name]
    app.session.set_model("hidden")
    before = app.trainer.config
    edit(panel)
    assert app.trainer.config == replace(before, **change)
    assert app.trainer.config != before


@pytest.mark.parametrize(
    "config",
    [
        TrainingConfig(),
        TrainingConfig(epochs=3, learning_rate=0.02, batch_size=64, optimizer="momentum", seed=0),
        TrainingConfig(loss="squared-error", l2=0.0, target_loss=0.25),
        TrainingConfig(optimizer="gd", patience=9, shift=1, smoothing=0.1),
    ],
)
def test_what_is_set_elsewhere_is_shown(
    app: App, panel: TrainingPanel, config: TrainingConfig
) -> None:
    app.trainer.set_config(TrainingConfig(epochs=999))
    app.trainer.set_config(config)
    assert app.trainer.config == config, "showing it changes nothing"
    assert panel.epochs.value() == config.epochs
    assert panel.learning_rate.value() == config.learning_rate
    assert panel.batch_size.value() == config.batch_size
    assert panel.optimizer.currentData() == config.optimizer
    assert panel.loss.currentData() == config.loss
    assert panel.l2.value() == config.l2
    assert panel.seed.value() == config.seed
    assert panel.smoothing.value() == config.smoothing
    assert panel.settle.target_loss.isVisible() == (config.target_loss is not None)
    assert panel.settle.patience.isVisible() == (config.patience is not None)
    assert panel.settle.limits == (config.target_loss, config.patience)


def test_what_a_field_cannot_show_stays_as_it_is(app: App, panel: TrainingPanel) -> None:
    app.session.set_model("hidden")
    config = TrainingConfig(
        learning_rate=1 / 300, seed=2**40, noise=0.02, dropout=0.125, target_loss=0.1, patience=3
    )
    app.trainer.set_config(config)
    panel.epochs.setValue(7)
    assert app.trainer.config == replace(config, epochs=7)
    choose(panel.settle.choice, PATIENTLY)
    assert app.trainer.config.target_loss is None
    choose(panel.settle.choice, NEVER)
    assert app.trainer.config.patience is None


def test_what_a_training_takes_on_only_later_cannot_be_changed_while_it_runs(
    app: App, panel: TrainingPanel, until: Until
) -> None:
    app.session.set_model("hidden")
    configure(app.trainer, epochs=FOREVER)
    app.trainer.train()
    until(lambda: app.session.snapshot.step > 3)
    panel.learning_rate.setValue(0.001)
    assert panel.learning_rate.isEnabled()
    assert not panel.dropout.isEnabled()
    app.trainer.stop()
    until(lambda: panel.dropout.isEnabled())


def test_a_number_is_taken_when_it_is_complete(app: App, panel: TrainingPanel) -> None:
    told: list[float] = []
    app.trainer.config_changed.connect(lambda: told.append(app.trainer.config.learning_rate))
    panel.learning_rate.setFocus()
    panel.learning_rate.selectAll()
    QTest.keyClicks(panel.learning_rate, "0.25")
    assert told == []
    QTest.keyClick(panel.learning_rate, Qt.Key.Key_Tab)
    assert told == [0.25]


def test_the_buttons_follow_the_state(app: App, panel: TrainingPanel, until: Until) -> None:
    def usable() -> tuple[bool, ...]:
        return tuple(
            button.isEnabled() for button in (panel.train, panel.step, panel.stop, panel.reset)
        )

    app.trainer.set_config(replace(app.trainer.config, epochs=1_000_000))
    assert usable() == (True, True, False, False)
    panel.train.click()
    until(lambda: app.session.snapshot.step > 0)
    assert usable() == (True, False, True, True)
    assert not panel.epochs.isEnabled()
    assert not panel.data.isEnabled()
    panel.train.click()
    until(lambda: app.trainer.state is State.PAUSED)
    assert usable() == (True, True, True, True)
    assert panel.epochs.isEnabled()
    panel.stop.click()
    assert usable() == (True, True, False, True)
    panel.reset.click()
    assert usable() == (True, True, False, False)


def test_the_name_of_the_loss_stands_over_the_plot(app: App, panel: TrainingPanel) -> None:
    band = app.window.band
    assert "cross entropy" in band._loss_name.text().replace("-", " ")
    choose(panel.loss, "squared-error")
    assert "squared error" in band._loss_name.text()


def test_slow_motion_is_a_tick(app: App) -> None:
    slow = app.window.band.progress.slow
    slow.click()
    assert app.trainer.slow
    slow.click()
    assert not app.trainer.slow


def test_undo_in_a_field_that_has_nothing_to_take_back_is_the_windows(
    app: App, panel: TrainingPanel, until: Until
) -> None:
    panel.step.click()
    until(lambda: app.session.snapshot.step > 0)
    until(lambda: app.trainer.state is State.PAUSED)
    panel.reset.click()
    panel.epochs.setFocus()
    panel.epochs.selectAll()
    QTest.keyClicks(panel.epochs, "7")
    QTest.keyClick(panel.epochs, Qt.Key.Key_Return)
    assert app.trainer.config.epochs == 7
    QTest.keyClick(panel.epochs, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert app.session.snapshot.step > 0, "the reset is undone"
    assert app.trainer.config.epochs == 7


def test_a_long_choice_of_data_ends_in_an_ellipsis(panel: TrainingPanel) -> None:
    panel.data.setFixedWidth(160)
    panel.data.insertItem(0, "Mix: Handwriting, My drawings, MNIST, Images: of a friend")
    panel.data.setCurrentIndex(0)
    option = QStyleOptionComboBox()
    panel.data.initStyleOption(option)
    assert option.currentText.startswith("Mix: Hand")
    assert option.currentText.endswith("…")
    panel.data.setFixedWidth(600)
    panel.data.initStyleOption(option)
    assert option.currentText.endswith("of a friend")
