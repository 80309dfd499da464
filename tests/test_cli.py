"""The command line: what scripts and people are promised, and one line for what goes wrong."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sixpad import __version__
from sixpad.cli import main
from sixpad.commands import train as train_command
from sixpad.core import backend
from sixpad.core.backend import Backend
from sixpad.core.metrics import score
from sixpad.core.snapshot import Snapshot
from sixpad.data.images import read_image
from sixpad.data.model_file import open_model
from sixpad.data.spec import load_data

TRAIN = ["train", "--data", "handwriting:400", "--device", "cpu"]
TRAIN_KEYS = {
    "model", "digit", "data", "examples", "epochs", "steps", "seed", "device", "device_reason",
    "train_seconds", "data_seconds", "images_per_second", "train_loss", "validation_loss",
    "validation_accuracy", "validation_average_precision", "stopped",
}  # fmt: skip
EVALUATE_KEYS = {
    "examples", "loss", "accuracy", "average_precision", "f1", "roc_auc", "confusion", "interval",
}  # fmt: skip

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "six.safetensors"
    assert main([*TRAIN, "--epochs", "30", "--out", str(path)]) == 0
    return path


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("generated") / "digits"
    assert main(["generate", "--count", "40", "--seed", "3", "--out", str(path)]) == 0
    return path


def reported(capsys: Captured) -> dict[str, Any]:
    """The one object on standard output; standard error stays empty."""
    out, err = capsys.readouterr()
    assert err == ""
    assert out.count("\n") == 1

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    record: dict[str, Any] = json.loads(out, parse_constant=refuse)
    return record


def complaint(capsys: Captured) -> str:
    """The one line on standard error."""
    err = capsys.readouterr().err
    assert err.startswith("sixpad: ")
    assert err.count("\n") == 1
    return err


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
    assert (saved.training_examples, saved.validation_examples) == (320, 80)
    assert saved.scores
    assert saved.scores.loss == record["validation_loss"]


def test_the_same_seed_gives_the_same_model(capsys: Captured) -> None:
    records = []
    for seed in ("1", "1", "2"):
        assert main([*TRAIN, "--epochs", "3", "--seed", seed, "--json"]) == 0
        records.append(reported(capsys)["train_loss"])
    assert records[0] == records[1] != records[2]


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
    assert not saved.fit
    assert saved.training_examples == 400


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

    monkeypatch.setattr(train_command, "load", interrupt)
    assert main(TRAIN) == 1
    assert complaint(capsys) == "sixpad: Interrupted.\n"


def test_training_outlives_its_gpu(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    class Lost:
        def array(self, _: object) -> None:
            raise RuntimeError("device lost")

    monkeypatch.setattr(backend, "_retired", None)
    gpu = Backend("gpu", Lost(), "a GPU", "It was there.")
    monkeypatch.setattr(train_command, "choose", lambda _: gpu)
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
    monkeypatch.setattr(train_command, "load", lambda *_: pytest.fail("the work has begun"))
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


def test_evaluate_reports_what_it_promises(model: Path, capsys: Captured) -> None:
    capsys.readouterr()
    assert main(["evaluate", str(model), "--data", "handwriting:500:9", "--json"]) == 0
    record = reported(capsys)
    assert set(record) == EVALUATE_KEYS
    (no_no, no_yes), (yes_no, yes_yes) = record["confusion"]
    assert no_no + no_yes + yes_no + yes_yes == record["examples"] == 500
    assert yes_no + yes_yes == 50
    assert record["accuracy"] == pytest.approx((no_no + yes_yes) / 500)
    assert record["f1"] == pytest.approx(2 * yes_yes / (2 * yes_yes + no_yes + yes_no))
    low, high = record["interval"]
    assert low < record["accuracy"] < high
    assert record["average_precision"] > 0.3
    assert record["roc_auc"] > 0.8


def test_evaluate_names_the_data_and_the_count(model: Path, capsys: Captured) -> None:
    capsys.readouterr()
    assert main(["evaluate", str(model), "--data", "handwriting:500:9"]) == 0
    out = capsys.readouterr().out
    assert "handwriting:500:9: 500 examples, 50 of them a 6" in out
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


@pytest.mark.parametrize("fit", [True, False])
def test_predict_prepares_images_as_its_model_does(
    fit: bool, digits: Path, tmp_path: Path, capsys: Captured
) -> None:
    out = tmp_path / "six"
    options = [] if fit else ["--no-fit"]
    assert main([*TRAIN, "--epochs", "20", *options, "--out", str(out)]) == 0
    capsys.readouterr()
    paths = sorted(digits.glob("6/*.png"))
    assert main(["predict", "--json", str(out), *map(str, paths)]) == 0
    model = open_model(out)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(paths) == 4
    for line, path in zip(lines, paths, strict=True):
        record = json.loads(line)
        X = read_image(path, fit=fit).reshape(1, 576).astype(np.float32)
        (P,) = model.network.predict(model.snapshot.parameters, X)
        assert set(record) == {"image", "probabilities", "answer"}
        assert record["image"] == str(path)
        assert record["probabilities"] == [float(P)]
        assert record["answer"] is bool(P > 0.5)


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


def test_generate_writes_images_by_class(digits: Path, tmp_path: Path, capsys: Captured) -> None:
    assert sorted(path.name for path in digits.iterdir()) == list("0123456789")
    again = tmp_path / "again"
    command = ["generate", "--count", "40", "--seed", "3", "--out", str(again), "--json"]
    capsys.readouterr()
    assert main(command) == 0
    assert reported(capsys) == {"examples": 40, "seed": 3, "out": str(again)}
    files = sorted(path.relative_to(digits) for path in digits.glob("*/*.png"))
    assert len(files) == 40
    for file in files:
        assert (digits / file).read_bytes() == (again / file).read_bytes()
        with Image.open(digits / file) as image:
            assert image.size == (24, 24)


def test_generate_leaves_a_folder_with_something_in_it_alone(
    digits: Path, tmp_path: Path, capsys: Captured
) -> None:
    capsys.readouterr()
    (tmp_path / "file").touch()
    for out, words in ((tmp_path, "is not empty"), (tmp_path / "file", "no folder")):
        assert main(["generate", "--count", "10", "--seed", "1", "--out", str(out)]) == 2
        assert words in complaint(capsys)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_info_tells_versions_device_and_folders(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIXPAD_HOME", str(tmp_path / "home"))
    assert main(["info", "--json"]) == 0
    record = reported(capsys)
    assert set(record) == {
        "version", "python", "numpy", "qt", "cupy", "device", "device_reason", "folders",
    }  # fmt: skip
    assert record["version"] == __version__
    assert record["numpy"] == np.__version__
    assert record["folders"]["data"] == str(tmp_path / "home" / "data")
    assert main(["info"]) == 0
    out = capsys.readouterr().out
    assert __version__ in out
    assert record["folders"]["config"] in out
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("bogus", "invalid choice"),
        ("--bogus", "--bogus"),
        ("train", "--data"),
        ("train --data handwriting:400 --epochs x", "--epochs"),
        ("train --data handwriting:400 --epochs 0", "epochs"),
        ("train --data handwriting:400 --ep 3", "--ep"),
        ("train --data handwriting:400 --digit 12", "one of 0 to 9"),
        ("train --data handwriting:400 --model none", "no model called"),
        ("train --data handwriting:400 --optimizer magic", "optimiser"),
        ("train --data handwriting:400 --learning-rate nan", "learning rate"),
        ("train --data handwriting:400 --device tpu", "--device"),
        ("train --data nonsense", "“nonsense”"),
        ("train --data idx:missing", "missing"),
        ("train --data handwriting:400 --out .", "not an ordinary file"),
        ("evaluate missing --data handwriting:400", "There is no file “missing”"),
        ("evaluate", "MODEL"),
        ("predict missing image.png", "There is no file “missing”"),
        ("predict missing", "IMAGE"),
        ("generate --count 0 --seed 1 --out new", "0 digits"),
        ("generate --count 10 --seed 1", "--out"),
    ],
)
def test_wrong_usage_and_input_are_told_in_one_line(
    command: str, words: str, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(command.split()) == 2
    assert words in complaint(capsys)
    assert list(tmp_path.iterdir()) == []


def test_a_gpu_that_is_not_there_fails_the_work(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend, "_retired", "There is no GPU here.")
    assert main([*TRAIN, "--device", "gpu"]) == 1
    assert "There is no GPU here." in complaint(capsys)


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_version_and_help(option: str, capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        main([option])
    assert ended.value.code == 0
    assert (__version__ if option == "--version" else "exit status") in capsys.readouterr().out


@pytest.fixture
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a display is a matter of X11")
@pytest.mark.usefixtures("no_display")
def test_without_a_display_the_way_out_is_named(capsys: Captured) -> None:
    assert main([]) == 2
    line = complaint(capsys)
    assert "no display" in line
    assert "xvfb-run sixpad" in line


def test_the_window_opens_without_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    window = types.ModuleType("sixpad.gui.app")
    window.run = lambda argv: 7 if argv == ["sixpad"] else 1  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sixpad.gui.app", window)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert main([]) == 7


def test_missing_system_libraries_are_told_in_one_line(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(types.ModuleType):
        def __getattr__(self, name: str) -> Any:
            raise ImportError("libEGL.so.1: cannot open shared object file", name="PySide6.QtGui")

    broken = Broken("sixpad.gui.app")
    broken.__spec__ = None
    monkeypatch.setitem(sys.modules, "sixpad.gui.app", broken)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert main([]) == 2
    assert "libEGL.so.1" in complaint(capsys)


def sixpad(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sixpad", *arguments],
        stderr=subprocess.PIPE, text=True, timeout=60, check=False, **options,
    )  # fmt: skip


def test_as_a_process_of_its_own() -> None:
    done = sixpad(*TRAIN, "--epochs", "2", "--json", stdout=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, "")
    assert set(json.loads(done.stdout)) == TRAIN_KEYS


@pytest.mark.skipif(os.name != "posix", reason="POSIX pipes")
def test_a_reader_that_went_away_is_no_error_to_print() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = sixpad("info", stdout=writing)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is a thing of Linux")
def test_output_that_cannot_be_written_is_told_in_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        done = sixpad("info", stdout=full)
    assert done.returncode == 1
    assert done.stderr.startswith("sixpad: Reading or writing failed")
    assert done.stderr.count("\n") == 1


def test_blas_is_held_to_one_thread_before_numpy_is_there() -> None:
    code = (
        "import os, sys, sixpad.cli\n"
        "assert 'numpy' not in sys.modules and 'PySide6' not in sys.modules\n"
        "assert os.environ['OPENBLAS_NUM_THREADS'] == '1'\n"
        "assert os.environ['OMP_NUM_THREADS'] == '3'\n"
    )
    environment = {name: value for name, value in os.environ.items() if "THREADS" not in name}
    environment["OMP_NUM_THREADS"] = "3"
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=60)
