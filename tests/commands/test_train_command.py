"""`sixpad train`: what it reports and saves, and that nothing is lost when it is interrupted."""

from __future__ import annotations

import errno
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from terminal import TRAIN, TRAIN_KEYS, Captured, complaint, reported

from sixpad.cli import main
from sixpad.commands import train as train_command
from sixpad.core import backend
from sixpad.core.backend import Backend
from sixpad.core.evaluation import evaluate
from sixpad.core.metrics import score
from sixpad.core.network import Network
from sixpad.core.preparation import Preparation
from sixpad.core.snapshot import Snapshot
from sixpad.data.model_file import open_model
from sixpad.data.spec import load_data


def test_train_reports_what_it_promises(tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "six.safetensors"
    assert main([*TRAIN, "--epochs", "5", "--seed", "9", "--json", "--out", str(out)]) == 0
    record = reported(capsys)
    assert set(record) == TRAIN_KEYS
    expected = {
        "model": "one", "digit": 6, "data": ["handwriting:400"], "examples": 400, "epochs": 5,
        "steps": 15, "seed": 9, "device": "cpu", "stopped": "epochs",
    }  # fmt: skip
    assert expected.items() <= record.items()
    rate = 5 * 320 / record["train_seconds"]
    assert record["images_per_second"] == pytest.approx(rate)
    saved = open_model(out)
    parts = load_data(["handwriting:400"]).split(0.2, seed=0)
    for part, name in zip(parts, ("train_loss", "validation_loss"), strict=True):
        z = saved.network.logits(saved.snapshot.parameters, part.images.astype(np.float32))
        loss = score(z, saved.network.targets(part.labels), "cross-entropy").loss
        assert record[name] == pytest.approx(loss, rel=1e-5)
    assert (saved.source.training, saved.source.validation) == (320, 80)
    assert saved.scores
    assert saved.scores.loss == record["validation_loss"]


def test_the_same_seed_gives_the_same_model(capsys: Captured) -> None:
    records = []
    for seed in ("1", "1", "2"):
        assert main([*TRAIN, "--epochs", "3", "--seed", seed, "--json"]) == 0
        records.append(reported(capsys)["train_loss"])
    assert records[0] == records[1] != records[2]


def test_ten_neurons_are_trained_and_reported(tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "ten.safetensors"
    options = ["--model", "ten", "--epochs", "30", "--json", "--out", str(out)]
    assert main([*TRAIN, *options]) == 0
    record = reported(capsys)
    assert set(record) == TRAIN_KEYS
    assert (record["model"], record["digit"]) == ("ten", None)
    saved = open_model(out)
    assert saved.network == Network(None, "ten")
    training, validation = load_data(["handwriting:400"]).split(0.2, seed=0)
    parameters, loss = saved.snapshot.parameters, saved.snapshot.config.loss
    learned = evaluate(saved.network, parameters, training, loss)
    checked = evaluate(saved.network, parameters, validation, loss)
    assert record["train_loss"] == pytest.approx(learned.loss, rel=1e-5)
    assert record["validation_loss"] == pytest.approx(checked.loss, rel=1e-5)
    assert record["validation_accuracy"] == checked.accuracy.value > 0.5
    average = checked.average_precision.value
    assert record["validation_average_precision"] == pytest.approx(average, rel=1e-5)
    assert saved.scores
    assert saved.scores.f1 == pytest.approx(checked.f1.value)


@pytest.mark.parametrize(
    ("options", "preparation"),
    [
        ("", Preparation.FITTED),
        ("--no-fit", Preparation.AS_DRAWN),
        ("--deskew", Preparation.DESKEWED),
        ("--deskew --model ten", Preparation.DESKEWED),
    ],
)
def test_the_model_keeps_how_its_images_were_prepared(
    options: str, preparation: Preparation, tmp_path: Path, capsys: Captured
) -> None:
    out = tmp_path / "model"
    assert main([*TRAIN, "--epochs", "2", *options.split(), "--json", "--out", str(out)]) == 0
    record = reported(capsys)
    saved = open_model(out)
    assert saved.preparation is preparation
    training, _ = load_data(["handwriting:400"], preparation=preparation).split(0.2, seed=0)
    parameters, loss = saved.snapshot.parameters, saved.snapshot.config.loss
    learned = evaluate(saved.network, parameters, training, loss)
    assert record["train_loss"] == pytest.approx(learned.loss, rel=1e-5)


def test_train_uses_every_option(tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "model"
    options = (
        "--digit 3 --epochs 4 --learning-rate 0.02 --batch-size 50 --optimizer momentum "
        "--loss squared-error --l2 0.001 --seed 5 --target-loss 0.001 --patience 3 --no-fit "
        "--data handwriting:100:2 --ink dark"
    )
    assert main([*TRAIN, *options.split(), "--out", str(out)]) == 0
    capsys.readouterr()
    saved = open_model(out)
    config = saved.snapshot.config
    assert (config.epochs, config.learning_rate, config.batch_size) == (4, 0.02, 50)
    assert (config.optimizer, config.loss) == ("momentum", "squared-error")
    assert (config.l2, config.seed, config.target_loss, config.patience) == (0.001, 5, 0.001, 3)
    assert saved.network.digit == 3
    assert saved.preparation is Preparation.AS_DRAWN
    assert saved.source.training == 400


def test_settling_is_reported(capsys: Captured) -> None:
    assert main([*TRAIN, "--epochs", "50", "--target-loss", "0.5", "--json"]) == 0
    record = reported(capsys)
    assert record["stopped"] == "settled"
    assert record["epochs"] < 50


def test_training_that_diverges_fails_and_leaves_the_old_model(
    tmp_path: Path, capsys: Captured
) -> None:
    out = tmp_path / "old"
    out.write_bytes(b"old")
    options = ["--optimizer", "gd", "--learning-rate", "1e6", "--out", str(out), "--json"]
    assert main([*TRAIN, *options]) == 1
    captured = capsys.readouterr()
    record = json.loads(captured.out)
    assert set(record) == TRAIN_KEYS
    assert record["stopped"] == "diverged"
    assert captured.err.startswith("sixpad: The training diverged")
    assert captured.err.count("\n") == 1
    assert out.read_bytes() == b"old"


def test_ctrl_c_saves_what_was_learned(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = train_command.train_with_fallback

    def interrupted(*args: Any, **options: Any) -> Iterator[tuple[Snapshot, Backend]]:
        for taken in run(*args, **options):
            if taken[0].step and not taken[0].stopped:
                signal.raise_signal(signal.SIGINT)
            yield taken

    monkeypatch.setattr(train_command, "train_with_fallback", interrupted)
    before = signal.getsignal(signal.SIGINT)
    out = tmp_path / "six"
    assert main([*TRAIN, "--epochs", "100000", "--json", "--out", str(out)]) == 0
    record = reported(capsys)
    assert record["stopped"] == "interrupted"
    assert 0 < record["epochs"] < 100000
    assert open_model(out).snapshot.step == record["steps"]
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_before_training_ends_in_one_line(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(train_command, "load_in_parts", interrupt)
    assert main(TRAIN) == 1
    assert complaint(capsys) == "sixpad: Interrupted.\n"


def test_training_outlives_its_gpu(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    class Lost:
        def array(self, _: object) -> None:
            raise RuntimeError("device lost")

    monkeypatch.setattr(backend, "_retired", None)
    gpu = Backend("gpu", Lost(), "a GPU", "It was there.")
    monkeypatch.setattr(train_command, "choose", lambda *_: gpu)
    assert main([*TRAIN, "--epochs", "2", "--json"]) == 0
    captured = capsys.readouterr()
    record = json.loads(captured.out)
    assert (record["device"], record["epochs"]) == ("cpu", 2)
    assert "device lost" in record["device_reason"]
    assert captured.err == f"sixpad: {record['device_reason']}\n"


def test_a_disk_that_is_full_fails_the_work(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert main([*TRAIN, "--epochs", "1", "--out", str(tmp_path / "six")]) == 1
    assert "The disk is full" in complaint(capsys)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_told_before_any_work(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        train_command, "load_in_parts", lambda *_: pytest.fail("the work has begun")
    )
    assert main([*TRAIN, "--out", str(tmp_path / "missing" / "six")]) == 2
    assert "does not exist" in complaint(capsys)


def test_train_speaks_to_people(tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "six"
    assert main([*TRAIN, "--epochs", "3", "--out", str(out)]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert "320 examples to train on, 80 to validate" in captured.out
    assert "average precision" in captured.out
    assert f"Saved as {out}." in captured.out


@pytest.mark.parametrize(
    ("options", "title"),
    [
        ("", "One neuron for the 6"),
        ("--digit 0", "One neuron for the 0"),
        ("--model ten", "Ten neurons"),
    ],
)
def test_the_report_names_the_network(options: str, title: str, capsys: Captured) -> None:
    assert main([*TRAIN, "--epochs", "1", *options.split()]) == 0
    assert capsys.readouterr().out.startswith(f"{title}, on handwriting:400")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--digit 12", "one of 0 to 9"),
        ("--digit -1", "one of 0 to 9"),
        ("--model eleven", "no model called “eleven”; there are: one, ten"),
        ("--model ten --digit 6", "leave out --digit"),
        ("--model ten --digit 0", "leave out --digit"),
        ("--model eleven --digit 6", "no model called “eleven”"),
        ("--no-fit --deskew", "not allowed with"),
        ("--deskew --no-fit", "not allowed with"),
        ("--deskew=yes", "--deskew"),
        ("--model", "--model"),
    ],
)
def test_models_and_preparations_that_do_not_exist_are_told_in_one_line(
    options: str, words: str, capsys: Captured
) -> None:
    assert main([*TRAIN, *options.split()]) == 2
    assert words in complaint(capsys)


def test_new_digits_in_every_epoch_are_others_and_repeatable(capsys: Captured) -> None:
    losses = []
    for options in ([], ["--new-digits"], ["--new-digits"]):
        assert main([*TRAIN, "--epochs", "30", "--json", *options]) == 0
        record = reported(capsys)
        assert (record["epochs"], record["steps"], record["examples"]) == (30, 90, 400)
        losses.append((record["train_loss"], record["validation_loss"]))
    plain, new, again = losses
    assert new == again != plain
    # What is never seen twice cannot be learned by heart.
    assert new[0] > plain[0]


def test_only_handwriting_can_be_new_in_every_epoch(
    digits: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        train_command, "load_in_parts", lambda *_: pytest.fail("the work has begun")
    )
    capsys.readouterr()
    assert main([*TRAIN, "--data", f"images:{digits}", "--new-digits"]) == 2
    assert "Only handwriting can be new in every epoch" in complaint(capsys)
