"""The command line: what scripts and people are promised, and one line for what goes wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from terminal import TRAIN, TRAIN_KEYS, Captured, complaint, reported

from sixpad import __version__
from sixpad.cli import main
from sixpad.core import backend


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
