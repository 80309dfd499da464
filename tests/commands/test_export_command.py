"""`sixpad export`: the format that a file's name says, and a sentence for what does not fit."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from terminal import Captured, complaint, reported

from sixpad.cli import main
from sixpad.data.model_file import open_model
from sixpad.data.onnx_file import encode_onnx
from sixpad.data.weights_table import KEYS

DATA = ["--data", "handwriting:300:9"]


@pytest.fixture
def models(model: Path, ten: Path, deep: dict[str, Path]) -> dict[str, Path]:
    return {"one": model, "ten": ten, **deep}


KINDS = pytest.mark.parametrize("kind", ["one", "ten", "hidden", "conv"])


@KINDS
def test_a_model_becomes_an_onnx_graph(
    kind: str, models: dict[str, Path], tmp_path: Path, capsys: Captured
) -> None:
    pytest.importorskip("onnx", reason="the extra “onnx” is not installed")
    out = tmp_path / "model.onnx"
    capsys.readouterr()
    assert main(["export", str(models[kind]), str(out), "--json"]) == 0
    assert reported(capsys) == {"model": kind, "file": str(out), "format": "onnx"}
    assert out.read_bytes() == encode_onnx(open_model(models[kind]))


@KINDS
def test_weights_become_a_picture_and_a_table(
    kind: str, models: dict[str, Path], tmp_path: Path, capsys: Captured
) -> None:
    capsys.readouterr()
    for name in ("weights.PNG", "weights.csv"):
        assert main(["export", str(models[kind]), str(tmp_path / name), "--json"]) == 0
        assert reported(capsys)["format"] == name[-3:].lower()
    with Image.open(tmp_path / "weights.PNG") as image:
        assert image.format == "PNG"
    with (tmp_path / "weights.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    model = open_model(models[kind])
    numbers = [text for row in rows for name, text in row.items() if name not in KEYS and text]
    assert len(numbers) == model.network.size
    last = model.snapshot.parameters["output.bias"]
    assert np.array(numbers[-len(last) :], np.float32).tobytes() == last.tobytes()


@pytest.mark.usefixtures("qapp")
@KINDS
def test_a_report_is_written_as_pdf_or_as_a_picture(
    kind: str, models: dict[str, Path], tmp_path: Path, capsys: Captured
) -> None:
    capsys.readouterr()
    pdf, png = tmp_path / "report.pdf", tmp_path / "report.png"
    assert main(["export", str(models[kind]), str(pdf), *DATA, "--json"]) == 0
    assert reported(capsys) == {"model": kind, "file": str(pdf), "format": "pdf"}
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert main(["export", str(models[kind]), str(png), "--report", *DATA]) == 0
    assert capsys.readouterr().out.endswith(f"exported as {png}.\n")
    with Image.open(png) as image:
        assert image.size == (1588, 2246)


def test_a_report_needs_no_application_to_be_there(model: Path, tmp_path: Path) -> None:
    """Nor a screen: as a process of its own it opens none."""
    shown = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    surroundings = {name: value for name, value in os.environ.items() if name not in shown}
    out = tmp_path / "report.pdf"
    done = subprocess.run(
        [sys.executable, "-m", "sixpad", "export", str(model), str(out), *DATA],
        env=surroundings, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert out.read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["out.txt"], "ends in .onnx, .png, .csv or .pdf"),
        (["out"], "ends in .onnx, .png, .csv or .pdf"),
        (["out.pdf"], "say with --data"),
        (["out.png", "--report"], "say with --data"),
        (["out.onnx", "--report", *DATA], "a .pdf or a .png"),
        (["out.csv", *DATA], "Only a report needs --data"),
        (["out.png", *DATA], "Only a report needs --data"),
        (["no/such/out.png"], "does not exist"),
        (["no/such/out.pdf", *DATA], "does not exist"),
        (["out.pdf", "--data", "nonsense"], "“nonsense”"),
        ([], "FILE"),
    ],
)
def test_what_cannot_be_exported_is_told_in_one_line(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured,
    options: list[str], words: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    assert main(["export", str(model), *options]) == 2
    assert words in complaint(capsys)
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_is_not_there_is_told(tmp_path: Path, capsys: Captured) -> None:
    assert main(["export", "missing", str(tmp_path / "out.png")]) == 2
    assert "There is no file “missing”" in complaint(capsys)


def test_without_onnx_the_work_fails_and_the_way_to_it_is_told(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    capsys.readouterr()
    assert main(["export", str(model), str(tmp_path / "out.onnx")]) == 1
    assert "pip install '.[onnx]'" in complaint(capsys)
    assert list(tmp_path.iterdir()) == []
