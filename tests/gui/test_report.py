"""The report: what it tells, as text in the PDF and as a picture, in light colours always."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from sixpad import __version__
from sixpad.core.config import TrainingConfig
from sixpad.core.evaluation import evaluate
from sixpad.core.network import Network, network_of
from sixpad.core.sizes import Kernels
from sixpad.core.snapshot import DIVERGED, initial_snapshot
from sixpad.core.training import train
from sixpad.data.dataset import Dataset
from sixpad.data.model_header import Model
from sixpad.data.provenance import Source
from sixpad.errors import SixpadError
from sixpad.gui import report_page
from sixpad.gui.history import History
from sixpad.gui.report import TrainingReport
from sixpad.gui.report_file import as_pdf, as_png, write_report
from sixpad.gui.theme import LIGHT, apply_appearance

pytestmark = pytest.mark.usefixtures("qapp")

LARGE = Network(None, "conv", (Kernels(3, 256), Kernels(3, 64), 300, 300, 300, 300))
NETWORKS = {
    "one": Network(6),
    "ten": Network(None, "ten"),
    "hidden": network_of("hidden", 6),
    "conv": Network(None, "conv", (Kernels(5, 4), 12)),
}


def examples(count: int) -> Dataset:
    rng = np.random.default_rng(1)
    labels = (np.arange(count) % 10).astype(np.uint8)
    images = rng.integers(0, 2, (count, 576), dtype=np.uint8)
    images[np.arange(count), labels] = 1
    return Dataset(images, labels, "noise")


def report_of(network: Network, *, curve: bool = True, **config: Any) -> TrainingReport:
    """The report of a network that has trained for a moment."""
    data, history = examples(120), History()
    settings = replace(TrainingConfig(epochs=3, batch_size=16), **config)
    for snapshot in train(network, data, data, settings):
        history.extend(
            np.column_stack([snapshot.epoch_of(snapshot.losses[:, 0]), snapshot.losses[:, 1]]),
            [(float(snapshot.epoch_of(step)), scores) for step, scores in snapshot.validation],
        )
    found = evaluate(network, snapshot.parameters, data, settings.loss)
    source = Source((("noise", "more noise"),), 120, 30)
    model = Model(network, snapshot, source, seconds=83.0)
    return TrainingReport(
        model, found, "120 examples of noise", "It is only a test.",
        history if curve else None, datetime(2026, 11, 25, 20, 41),
    )  # fmt: skip


def text_of(pdf: bytes, tmp_path: Path) -> str:
    """The words that can be selected in a PDF."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext, of the system package poppler-utils, is not installed")
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf)
    said = subprocess.run([program, "-layout", str(path), "-"], capture_output=True, check=True)
    # Fonts draw f and i as one sign, and numbers are told with thin spaces.
    return said.stdout.decode().replace("\ufb01", "fi").replace("\u2009", " ")


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_its_words_are_text(network: Network, tmp_path: Path) -> None:
    report = report_of(network)
    said = text_of(as_pdf(report), tmp_path)
    assert report.title in said
    for words in (
        f"sixpad {__version__}", "2026-11-25, 20:41", "Learned from noise + more noise",
        "120 examples, centred and fitted", "It is only a test.", "1 min 23 s", "validation",
        "Confusion", f"{network.size:,} weights and biases".replace(",", " "),
    ):  # fmt: skip
        assert words in said
    for name, value, interval in report.scores:
        line = next(line for line in said.splitlines() if name in line)
        assert line.rstrip().endswith(value.replace("\u2009", " "))
        assert interval in said
    for name, value in report.settings:
        assert any(name in line and value in line for line in said.splitlines()), name


def test_scores_are_told_as_everywhere() -> None:
    report = report_of(NETWORKS["ten"])
    names = [name for name, _, _ in report.scores]
    assert names == ["Accuracy", "Average precision", "F1, mean of ten", "ROC AUC", "Loss"]
    accuracy = report.found.accuracy
    assert report.scores[0][1] == f"{100 * accuracy.value:.1f}\u2009%"
    assert report.scores[0][2] == f"{100 * accuracy.low:.1f}–{100 * accuracy.high:.1f}"
    assert report_of(NETWORKS["one"]).scores[2][0] == "F1 at P = 0.5"


def test_only_what_a_training_used_is_told_of_it() -> None:
    plain = dict(report_of(NETWORKS["ten"]).settings)
    assert not plain.keys() & {
        "Smoothing", "Shift", "Rotation", "Scale", "Slant", "Noise", "Dropout", "Patience",
        "Target loss",
    }  # fmt: skip
    used = report_of(
        NETWORKS["hidden"],
        smoothing=0.1,
        shift=2,
        rotation=7.5,
        scale=0.1,
        slant=12,
        noise=0.05,
        dropout=0.25,
        patience=9,
        target_loss=0.01,
    )
    told = dict(used.settings)
    assert (told["Shift"], told["Patience"], told["Target loss"]) == (
        "up to 2 px",
        "9 epochs",
        "0.01",
    )
    assert (told["Noise"], told["Dropout"]) == ("5.0\u2009%", "25.0\u2009%")
    assert (told["Rotation"], told["Slant"]) == ("up to 7.5°", "up to 12°")
    assert told["Scale"] == "±10.0\u2009%"
    assert told["Smoothing"] == "10.0\u2009%"
    assert (told["Epochs"], told["Steps"], told["Ended"]) == ("3", "24", "all epochs done")


def test_how_it_ended_is_told_even_of_what_has_not_begun() -> None:
    report = report_of(NETWORKS["ten"])
    model = report.model
    diverged = replace(model, snapshot=replace(model.snapshot, stopped=DIVERGED))
    assert dict(replace(report, model=diverged).settings)["Ended"] == "diverged"
    fresh = Model(NETWORKS["ten"], initial_snapshot(NETWORKS["ten"], TrainingConfig()), Source())
    untrained = replace(report, model=fresh, history=History())
    assert dict(untrained.settings)["Ended"] == "not begun"
    assert "Not yet trained." in untrained.words
    assert as_pdf(untrained).startswith(b"%PDF-")


def page_of(report: TrainingReport) -> QImage:
    image = QImage.fromData(as_png(report))
    assert (image.width(), image.height()) == (2 * report_page.WIDTH, 2 * report_page.HEIGHT)
    return image


def inked(image: QImage) -> np.ndarray[Any, Any]:
    """Where the picture (height, width) is not white."""
    image = image.convertToFormat(QImage.Format.Format_Grayscale8)
    dots = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return dots[:, : image.width()] < 250


@pytest.mark.parametrize("network", [*NETWORKS.values(), LARGE], ids=[*NETWORKS, "large"])
def test_nothing_leaves_the_page(network: Network) -> None:
    """Around all that is painted the paper stays white, however long names are."""
    report = report_of(network)
    long = Source(((("a very long name of a file of digits " * 9).strip(),) * 1,), 10**9, 3)
    crowded = replace(
        report, model=replace(report.model, source=long),
        data="of " + "words " * 400, note="and" + "more" * 200,
    )  # fmt: skip
    for each in (report, crowded):
        ink = inked(page_of(each))
        margin = 2 * 50
        assert not ink[:, :margin].any()
        assert not ink[:, -margin:].any()
        assert not ink[:60].any()
        assert not ink[-margin:].any()
        assert ink.mean() > 0.02


def test_the_weights_are_on_it_in_their_colours() -> None:
    report = report_of(NETWORKS["one"])
    parameters = {
        "output.weights": np.full((576, 1), -1, np.float32), "output.bias": np.zeros(1, np.float32)
    }  # fmt: skip
    snapshot = replace(report.model.snapshot, parameters=parameters)
    blue = page_of(replace(report, model=replace(report.model, snapshot=snapshot)))
    # In the middle of the picture, under the heading at the left.
    assert QColor(blue.pixel(2 * 200, 2 * 330)).name().upper() == LIGHT.negative


def test_it_is_light_when_the_window_is_dark(qapp: QApplication) -> None:
    report = report_of(NETWORKS["hidden"])
    apply_appearance(qapp, "light")
    light = as_png(report)
    apply_appearance(qapp, "dark")
    try:
        assert as_png(report) == light
    finally:
        apply_appearance(qapp, "light")


def test_without_a_curve_there_is_none() -> None:
    report = report_of(NETWORKS["ten"])
    below = 2 * 800
    assert inked(page_of(report))[below:].any()
    assert not inked(page_of(replace(report, history=None)))[below:].any()
    assert not inked(page_of(replace(report, history=History())))[below:].any()


def test_its_name_says_its_format(tmp_path: Path) -> None:
    report = report_of(NETWORKS["ten"])
    for name, begin in (("a.pdf", b"%PDF-"), ("a.PNG", b"\x89PNG"), ("a", b"%PDF-")):
        write_report(tmp_path / name, report)
        assert (tmp_path / name).read_bytes().startswith(begin)
    with pytest.raises(SixpadError, match="does not exist"):
        write_report(tmp_path / "no" / "a.pdf", report)
