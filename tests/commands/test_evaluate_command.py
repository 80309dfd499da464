"""`sixpad evaluate`: the scores it promises, digit by digit, and what it got wrong as images."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from terminal import TRAIN, Captured, complaint, reported

from sixpad.cli import main
from sixpad.commands import evaluate as evaluate_command
from sixpad.core.evaluation import Evaluation, evaluate
from sixpad.core.preparation import Preparation
from sixpad.data.images import read_image
from sixpad.data.model_file import open_model
from sixpad.data.spec import load_data

DATA = "handwriting:500:9"
SCORES = ("average_precision", "f1", "roc_auc")
KEYS = {
    "examples", "loss", "accuracy", "average_precision", "f1", "roc_auc", "confusion", "interval",
    "average_precision_interval", "f1_interval", "roc_auc_interval", "digits",
    "learned_from", "note",
}  # fmt: skip
DIGIT_KEYS = {
    "digit", "examples", "right", "right_interval", "precision", "f1", "average_precision",
}  # fmt: skip
WRONG_NAME = re.compile(r"(\d{5})-a-(\d)-taken-for-(\d|no-\d)-(\d+)\.png")


def found_by(path: Path, spec: str = DATA) -> Evaluation:
    """What the model is found to do when it is asked without the command line."""
    model = open_model(path)
    data = load_data([spec], preparation=model.preparation)
    parameters, loss = model.snapshot.parameters, model.snapshot.config.loss
    return evaluate(model.network, parameters, data, loss)


def evaluated(path: Path, capsys: Captured, *options: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["evaluate", str(path), "--data", DATA, "--json", *options]) == 0
    return reported(capsys)


def test_evaluate_reports_what_it_promises(model: Path, capsys: Captured) -> None:
    capsys.readouterr()
    assert main(["evaluate", str(model), "--data", "handwriting:500:9", "--json"]) == 0
    record = reported(capsys)
    assert set(record) == KEYS | {"threshold", "precision", "recall"}
    (no_no, no_yes), (yes_no, yes_yes) = record["confusion"]
    assert no_no + no_yes + yes_no + yes_yes == record["examples"] == 500
    assert yes_no + yes_yes == 50
    assert record["accuracy"] == pytest.approx((no_no + yes_yes) / 500)
    assert record["f1"] == pytest.approx(2 * yes_yes / (2 * yes_yes + no_yes + yes_no))
    low, high = record["interval"]
    assert low < record["accuracy"] < high
    assert record["threshold"] == 0.5
    assert record["precision"] == pytest.approx(yes_yes / (yes_yes + no_yes))
    assert record["recall"] == pytest.approx(yes_yes / 50)
    for name in SCORES:
        low, high = record[f"{name}_interval"]
        assert low < record[name] < high
    assert record["average_precision"] > 0.3
    assert record["roc_auc"] > 0.8


def test_evaluate_names_the_data_and_the_count(model: Path, capsys: Captured) -> None:
    capsys.readouterr()
    assert main(["evaluate", str(model), "--data", "handwriting:500:9"]) == 0
    out = capsys.readouterr().out
    assert "handwriting:500:9, centred and fitted: 500 examples, 50 of them a 6" in out
    assert "95 % interval" in out


def test_scores_that_are_not_defined_are_null(
    model: Path, digits: Path, tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "3").symlink_to(digits / "3", target_is_directory=True)
    capsys.readouterr()
    assert main(["evaluate", str(model), "--data", f"images:{tmp_path}", "--json"]) == 0
    record = reported(capsys)
    assert record["average_precision"] is record["f1"] is record["roc_auc"] is None
    assert main(["evaluate", str(model), "--data", f"images:{tmp_path}"]) == 0
    assert "average precision  –" in capsys.readouterr().out


def test_ten_neurons_report_what_they_promise(ten: Path, capsys: Captured) -> None:
    record = evaluated(ten, capsys)
    assert set(record) == KEYS
    confusion = np.array(record["confusion"])
    assert confusion.shape == (10, 10)
    assert confusion.sum(axis=1).tolist() == [50] * 10
    assert record["accuracy"] == pytest.approx(np.trace(confusion) / 500)
    low, high = record["interval"]
    assert low < record["accuracy"] < high
    found = found_by(ten)
    assert record["loss"] == found.loss
    for name in SCORES:
        low, high = record[f"{name}_interval"]
        assert low < record[name] < high
        assert (record[name], low, high) == getattr(found, name)
    assert 0.5 < record["accuracy"] < 1
    f1 = [scores["f1"] for scores in record["digits"]]
    assert record["f1"] == pytest.approx(sum(f1) / 10)


@pytest.mark.parametrize("kind", ["hidden", "conv"])
def test_deeper_networks_report_the_same(
    kind: str, deep: dict[str, Path], capsys: Captured
) -> None:
    record = evaluated(deep[kind], capsys)
    assert set(record) == KEYS
    found = found_by(deep[kind])
    assert record["loss"] == found.loss
    assert record["confusion"] == found.confusion.tolist()
    assert (record["accuracy"], *record["interval"]) == found.accuracy
    assert record["accuracy"] > 0.5
    assert main(["evaluate", str(deep[kind]), "--data", DATA]) == 0
    said = capsys.readouterr().out
    assert said.lower().startswith(found.network.title)
    assert "truth \\ answer" in said


def test_every_digit_has_a_row_of_its_own(model: Path, ten: Path, capsys: Captured) -> None:
    for path in (model, ten):
        record = evaluated(path, capsys)
        assert [scores["digit"] for scores in record["digits"]] == list(range(10))
        for scores in record["digits"]:
            assert set(scores) == DIGIT_KEYS
            assert scores["examples"] == 50
            low, high = scores["right_interval"]
            assert low <= scores["right"] <= high
            other = path == model and scores["digit"] != 6
            for name in ("precision", "f1", "average_precision"):
                assert (scores[name] is None) is other
        right = [scores["right"] for scores in record["digits"]]
        assert record["accuracy"] == pytest.approx(sum(right) / 10)


def test_the_report_for_people_has_the_same_figures(
    model: Path, ten: Path, capsys: Captured
) -> None:
    for path, title, prepared in (
        (model, "One neuron for the 6", "centred and fitted"),
        (ten, "Ten neurons", "deskewed, centred and fitted"),
    ):
        record = evaluated(path, capsys)
        assert main(["evaluate", str(path), "--data", DATA]) == 0
        out = capsys.readouterr().out
        assert out.startswith(f"{title}, on {DATA}, {prepared}: 500 examples")
        low, high = record["interval"]
        accuracy = f"{100 * record['accuracy']:.1f} % ({100 * low:.1f} % to {100 * high:.1f} %)"
        assert f"accuracy           {accuracy}\n" in out
        for name, words in (("average_precision", "average precision"), ("roc_auc", "ROC AUC")):
            low, high = record[f"{name}_interval"]
            assert f"{words:<17}  {record[name]:.3f} ({low:.3f} to {high:.3f})\n" in out
        lines = out.splitlines()
        assert [line.split()[0] for line in lines[-10:]] == list("0123456789")
        names = ["no", "yes"] if path == model else list("0123456789")
        head = next(i for i, line in enumerate(lines) if line.startswith("truth"))
        assert lines[head].split()[-len(names) :] == names
        for name, counts, line in zip(names, record["confusion"], lines[head + 1 :], strict=False):
            assert line.split() == [name, *map(str, counts)]


# The threshold


@pytest.mark.parametrize("threshold", ["0", "0.2", "0.9", "1"])
def test_the_threshold_decides_what_is_a_yes(model: Path, threshold: str, capsys: Captured) -> None:
    record = evaluated(model, capsys, "--threshold", threshold)
    expected = found_by(model).at(float(threshold))
    assert record["threshold"] == float(threshold)
    assert record["confusion"] == expected.confusion.tolist()
    assert (record["f1"], record["recall"]) == (expected.f1.value, expected.recall)
    usual = evaluated(model, capsys)
    assert record["confusion"] != usual["confusion"]
    for name in ("loss", "average_precision", "roc_auc"):
        assert record[name] == usual[name]
    assert main(["evaluate", str(model), "--data", DATA, "--threshold", threshold]) == 0
    assert f"F1 at P = {threshold} " in capsys.readouterr().out


@pytest.mark.parametrize("threshold", ["-0.1", "1.5", "nan", "inf"])
def test_a_threshold_that_is_no_probability_is_refused(
    model: Path, threshold: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate_command, "load", lambda *_: pytest.fail("the work has begun"))
    capsys.readouterr()
    options = ["--data", DATA, f"--threshold={threshold}"]
    assert main(["evaluate", str(model), *options]) == 2
    assert f"The threshold is {float(threshold):g}" in complaint(capsys)


def test_ten_neurons_have_no_threshold(ten: Path, capsys: Captured) -> None:
    capsys.readouterr()
    assert main(["evaluate", str(ten), "--data", DATA, "--threshold", "0.5"]) == 2
    assert "A threshold is for a single neuron" in complaint(capsys)


# The wrong ones


@pytest.mark.parametrize("which", ["model", "ten"])
def test_the_wrong_ones_are_written_surest_first(
    which: str, tmp_path: Path, capsys: Captured, request: pytest.FixtureRequest
) -> None:
    path = request.getfixturevalue(which)
    folder = tmp_path / "new" / "wrong"
    record = evaluated(path, capsys, "--wrong", str(folder))
    found = found_by(path)
    data = load_data([DATA], preparation=open_model(path).preparation)
    files = sorted(folder.iterdir())
    assert len(files) == 500 - np.trace(record["confusion"]) == len(found.wrong()) > 0
    before = 100
    for number, (file, index) in enumerate(zip(files, found.wrong(), strict=True), start=1):
        name = WRONG_NAME.fullmatch(file.name)
        assert name
        rank, truth, answer, sure = name.groups()
        said = int(found.said[index])
        expected = str(said) if which == "ten" else "6" if said else "no-6"
        assert (int(rank), int(truth), answer) == (number, data.labels[index], expected)
        assert int(sure) == round(100 * found.confidence[index])
        assert int(sure) <= before
        before = int(sure)
        image = read_image(file, preparation=Preparation.AS_DRAWN, ink="dark")
        np.testing.assert_array_equal(image.ravel(), data.images[index])


def test_the_report_says_where_the_wrong_ones_are(
    model: Path, tmp_path: Path, capsys: Captured
) -> None:
    folder = tmp_path / "wrong"
    capsys.readouterr()
    assert main(["evaluate", str(model), "--data", DATA, "--wrong", str(folder)]) == 0
    count = len(list(folder.iterdir()))
    assert f"Wrong ones in {folder}: {count}, the surest first." in capsys.readouterr().out


def test_at_another_threshold_others_are_wrong(
    model: Path, tmp_path: Path, capsys: Captured
) -> None:
    folder = tmp_path / "wrong"
    record = evaluated(model, capsys, "--threshold", "1", "--wrong", str(folder))
    assert record["confusion"] == [[450, 0], [50, 0]]
    assert all("-a-6-taken-for-no-6-" in file.name for file in folder.iterdir())


def test_where_nothing_is_wrong_the_folder_is_empty(
    model: Path, digits: Path, tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "3").symlink_to(digits / "3", target_is_directory=True)
    folder = tmp_path / "wrong"
    capsys.readouterr()
    options = ["--data", f"images:{tmp_path / 'data'}", "--threshold", "1", "--wrong", str(folder)]
    assert main(["evaluate", str(model), *options]) == 0
    assert f"Wrong ones in {folder}: 0, " in capsys.readouterr().out
    assert list(folder.iterdir()) == []


def test_a_folder_with_something_in_it_is_left_alone_before_any_work(
    model: Path, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate_command, "load", lambda *_: pytest.fail("the work has begun"))
    (tmp_path / "file").write_text("kept")
    places = {tmp_path: "is not empty", tmp_path / "file": "no folder to write to"}
    for folder, words in places.items():
        capsys.readouterr()
        assert main(["evaluate", str(model), "--data", DATA, "--wrong", str(folder)]) == 2
        assert words in complaint(capsys)
    assert (tmp_path / "file").read_text() == "kept"


# The model's own preparation


@pytest.mark.parametrize("option", ["--no-fit", "--deskew"])
def test_data_are_prepared_as_the_models_own(option: str, tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "model"
    assert main([*TRAIN, "--epochs", "10", option, "--out", str(out)]) == 0
    record = evaluated(out, capsys)
    model = open_model(out)
    losses = []
    for preparation in Preparation:
        data = load_data([DATA], preparation=preparation)
        parameters = model.snapshot.parameters
        losses.append(evaluate(model.network, parameters, data, "cross-entropy").loss)
    assert record["loss"] == losses[list(Preparation).index(model.preparation)]
    assert losses.count(record["loss"]) == 1


@pytest.mark.parametrize("option", ["--no-fit", "--deskew", "--digit", "--epochs"])
def test_what_only_training_decides_is_no_option(
    option: str, model: Path, capsys: Captured
) -> None:
    capsys.readouterr()
    assert main(["evaluate", str(model), "--data", DATA, option]) == 2
    assert option in complaint(capsys)
