"""`sixpad predict`: what images hold, prepared as the model's own were."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from terminal import TRAIN, Captured

from sixpad.cli import main
from sixpad.data.images import read_image
from sixpad.data.model_file import open_model


@pytest.mark.parametrize("kind", ["one", "ten", "hidden", "conv"])
@pytest.mark.parametrize("option", [None, "--no-fit", "--deskew"])
def test_images_are_prepared_as_the_models_own(
    option: str | None, kind: str, digits: Path, tmp_path: Path, capsys: Captured
) -> None:
    out = tmp_path / "model"
    options = ["--model", kind, *([option] if option else [])]
    assert main([*TRAIN, "--epochs", "3", *options, "--out", str(out)]) == 0
    capsys.readouterr()
    paths = sorted(digits.glob("*/*.png"))
    assert main(["predict", "--json", str(out), *map(str, paths)]) == 0
    model = open_model(out)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(paths) == 40
    for line, path in zip(lines, paths, strict=True):
        record = json.loads(line)
        X = read_image(path, preparation=model.preparation).reshape(1, 576).astype(np.float32)
        (P,) = model.network.predict(model.snapshot.parameters, X)
        assert set(record) == {"image", "probabilities", "answer"}
        assert record["image"] == str(path)
        assert record["probabilities"] == np.ravel(P).tolist()
        if kind == "one":
            assert record["answer"] is bool(P > 0.5)
        else:
            assert record["answer"] == P.argmax()
            assert type(record["answer"]) is int
            assert sum(record["probabilities"]) == pytest.approx(1, abs=1e-5)


def test_ten_neurons_say_the_likeliest_digit(ten: Path, digits: Path, capsys: Captured) -> None:
    paths = [str(path) for path in sorted(digits.glob("*/*.png"))]
    capsys.readouterr()
    assert main(["predict", "--json", str(ten), *paths]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert main(["predict", str(ten), *paths]) == 0
    lines = capsys.readouterr().out.splitlines()
    for path, record, line in zip(paths, records, lines, strict=True):
        said = record["answer"]
        share = f"{100 * record['probabilities'][said]:.1f} %"
        assert line == f"{path}: {said}, P({said}) = {share}"
    right = sum(str(r["answer"]) == Path(r["image"]).parent.name for r in records)
    assert right > 20


@pytest.mark.parametrize("kind", ["hidden", "conv"])
def test_deeper_networks_say_the_likeliest_digit_too(
    kind: str, deep: dict[str, Path], digits: Path, capsys: Captured
) -> None:
    paths = [str(path) for path in sorted(digits.glob("*/*.png"))]
    capsys.readouterr()
    assert main(["predict", "--json", str(deep[kind]), *paths]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {len(record["probabilities"]) for record in records} == {10}
    right = sum(str(r["answer"]) == Path(r["image"]).parent.name for r in records)
    assert right > 20


def test_one_neuron_says_yes_or_no(model: Path, digits: Path, capsys: Captured) -> None:
    path = str(next(digits.glob("1/*.png")))
    capsys.readouterr()
    assert main(["predict", str(model), path]) == 0
    assert capsys.readouterr().out.startswith(f"{path}: P(6) = ")
    assert main(["predict", "--json", str(model), path]) == 0
    assert json.loads(capsys.readouterr().out)["answer"] is False


def test_predict_passes_over_a_bad_image(
    model: Path, digits: Path, tmp_path: Path, capsys: Captured
) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no image")
    good = [str(path) for path in sorted(digits.glob("6/*.png"))]
    capsys.readouterr()
    assert main(["predict", str(model), good[0], str(bad), *good[1:]]) == 2
    captured = capsys.readouterr()
    assert [line.split(": ")[0] for line in captured.out.splitlines()] == good
    assert captured.out.count("P(6) = ") == len(good)
    assert captured.err.startswith("sixpad: ")
    assert str(bad) in captured.err
    assert captured.err.count("\n") == 1
