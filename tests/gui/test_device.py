"""The device in the window: what it says, and a GPU that is lost in the middle of a training."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from threading import Event
from typing import Any

import numpy as np
import pytest
from desk import Desk, Until

from sixpad.core.backend import Backend, cpu
from sixpad.core.snapshot import initial_snapshot
from sixpad.core.training import train
from sixpad.errors import SixpadError
from sixpad.gui import device as device_module
from sixpad.gui.app import App
from sixpad.gui.device import Device
from sixpad.gui.trainer import State

FailingGpu = Callable[..., Backend]


def insist_on(backend: Backend, device: Device) -> None:
    """Have a backend found as the GPU that was asked for."""
    device.choice = "gpu"
    device.fall_back(backend)


@pytest.fixture
def probed(app: App, until: Until) -> App:
    """The window once its first look for a GPU is over."""
    until(lambda: "Looking" not in app.trainer.device.backend.reason)
    return app


def said(app: App) -> str:
    """The line about the device, as far as the pointer tells it in full."""
    return app.window.band.panel.reason.toolTip()


# A GPU that fails


@pytest.mark.parametrize("calls", [0, 7, 150, 1500])
def test_a_lost_gpu_is_told_and_the_training_goes_on_on_the_cpu(
    probed: App, notices: list[str], until: Until, failing_gpu: FailingGpu, calls: int
) -> None:
    trainer, session = probed.trainer, probed.session
    trainer.set_config(replace(trainer.config, epochs=300))
    insist_on(failing_gpu(calls), trainer.device)
    assert "a GPU that fails" in said(probed)
    probed.window.band.panel.train.click()
    until(lambda: trainer.state is State.IDLE)
    assert notices == [
        "The GPU failed in training (the device is lost): training goes on on the CPU."
    ]
    assert trainer.device.backend.device == "cpu"
    assert "a GPU that fails" not in said(probed)
    assert notices[0] in said(probed)
    assert session.snapshot.epoch == 300
    assert session.evidence.P > 0.5


def test_no_step_is_lost_with_the_gpu(probed: App, until: Until, failing_gpu: FailingGpu) -> None:
    """This GPU computes with NumPy: on it and on the CPU together the numbers are the CPU's."""
    trainer, session = probed.trainer, probed.session
    insist_on(failing_gpu(900), trainer.device)
    trainer.train()
    until(lambda: trainer.state is State.IDLE)
    assert trainer.data.parts is not None
    start = initial_snapshot(session.network, trainer.config)
    *_, expected = train(
        session.network, *trainer.data.parts, trainer.config, start=start, backend=cpu("")
    )
    for name, array in expected.parameters.items():
        assert np.array_equal(session.snapshot.parameters[name], array)
    assert len(session.history.training) == expected.step


def test_a_gpu_that_fails_in_a_step_takes_it_on_the_cpu(
    probed: App, notices: list[str], until: Until, failing_gpu: FailingGpu
) -> None:
    insist_on(failing_gpu(8), probed.trainer.device)
    probed.window.band.panel.step.click()
    until(lambda: probed.trainer.state is State.PAUSED)
    assert probed.session.snapshot.step == 1
    assert len(notices) == 1


def test_the_gpu_is_not_touched_again(
    probed: App, notices: list[str], until: Until, failing_gpu: FailingGpu,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    device = probed.trainer.device
    insist_on(failing_gpu(50), device)
    probed.trainer.train()
    until(lambda: probed.trainer.state is State.IDLE)
    monkeypatch.setitem(sys.modules, "cupy", Untouchable())
    for choice in ("gpu", "auto"):
        changes: list[str] = []
        device.changed.connect(lambda changes=changes: changes.append(said(probed)))
        device.choose(choice)
        until(lambda changes=changes: bool(changes))
        assert device.backend.device == "cpu"
        assert "The GPU failed in training" in device.backend.reason
    assert Untouchable.touched == 0


class Untouchable:
    """Takes the place of CuPy and counts who asks for anything of it."""

    touched = 0

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        Untouchable.touched += 1
        raise RuntimeError(name)


# The choice


def test_the_window_says_which_device_is_used_and_why(probed: App) -> None:
    backend = probed.trainer.device.backend
    assert said(probed) == f"{backend.name}\n{backend.reason}"
    reason = probed.window.band.panel.reason.text()
    assert reason
    assert backend.reason.startswith(reason.removesuffix("…"))


def test_the_person_can_choose_the_cpu(probed: App, until: Until) -> None:
    panel = probed.window.band.panel
    place = panel.device.findData("cpu")
    panel.device.setCurrentIndex(place)
    panel.device.activated.emit(place)
    until(lambda: probed.trainer.device.backend.reason == "The CPU was chosen.")
    assert probed.trainer.device.choice == "cpu"
    assert "The CPU was chosen." in said(probed)


def test_a_gpu_that_was_asked_for_and_is_not_there_is_told_in_words(
    probed: App, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_works(choice: str) -> Backend:
        raise SixpadError(f"No GPU works for {choice}.")

    monkeypatch.setattr(device_module, "choose", none_works)
    probed.trainer.device.choose("gpu")
    until(lambda: "No GPU works for gpu." in said(probed))
    assert probed.trainer.device.backend.device == "cpu"
    probed.trainer.train()
    until(lambda: probed.session.snapshot.step > 0)


def test_small_work_stays_on_the_cpu_unless_a_gpu_was_asked_for(
    probed: App, until: Until, failing_gpu: FailingGpu
) -> None:
    trainer = probed.trainer
    trainer.device.fall_back(failing_gpu(10**9))
    for choice, device in (("auto", "cpu"), ("gpu", "gpu")):
        trainer.device.choice = choice
        probed.window.band.panel.train.click()
        until(lambda: trainer.state is State.IDLE and trainer.session.snapshot.step > 0)
        assert trainer.device.backend.device == device
        assert trainer.device.backend.reason in said(probed)
        probed.session.reset()
    trainer.device.choice = "auto"
    trainer.set_config(replace(trainer.config, epochs=1_000_000))
    trainer.train()
    assert trainer.device.backend.device == "gpu"
    trainer.stop()
    until(lambda: trainer.state is State.IDLE)


def test_the_last_choice_counts(probed: App, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    slow, chosen = Event(), []

    def choose(choice: str) -> Backend:
        if choice == "gpu":
            slow.wait()
        chosen.append(choice)
        return cpu(f"chosen: {choice}")

    monkeypatch.setattr(device_module, "choose", choose)
    probed.trainer.device.choose("gpu")
    probed.trainer.device.choose("cpu")
    until(lambda: probed.trainer.device.backend.reason == "chosen: cpu")
    slow.set()
    until(lambda: chosen == ["cpu", "gpu"])
    until(lambda: not probed.trainer.device._worker.given_up)
    assert probed.trainer.device.backend.reason == "chosen: cpu"


def test_the_choice_is_remembered(desk: Desk, probed: App, until: Until) -> None:
    probed.trainer.device.choose("cpu")
    until(lambda: "chosen" in said(probed))
    desk.close(probed)
    again = desk.start_as_it_is()
    assert again.trainer.device.choice == "cpu"
    assert again.window.band.panel.device.currentData() == "cpu"
