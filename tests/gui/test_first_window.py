"""A second start has the first window come forward; a crash and a close leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sixpad.data.folders import config_folder
from sixpad.data.lock import Lock
from sixpad.data.settings import Settings, save_settings

SCRIPT = """
import sys
from PySide6.QtCore import QTimer
from sixpad.gui import app as module, first_window

first_window._SECONDS = 3.0
slowly = len(sys.argv) > 1 and sys.argv[1] == "slowly"

class App(module.App):
    def __init__(self, application):
        super().__init__(application)
        self.window.painted.connect(lambda: QTimer.singleShot(0, self.told))

    def told(self):
        self.window.showMinimized()
        print("open", flush=True)
        self.watch = QTimer(self, interval=20)
        self.watch.timeout.connect(self.look)
        self.watch.start()

    def look(self):
        if not self.window.isMinimized():
            self.watch.stop()
            print("forward", flush=True)

    def close(self):
        if slowly:
            import time
            print("closing", flush=True)
            time.sleep(1.0)
        return super().close()

module.App = App
sys.exit(module.run(["sixpad"]))
"""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """`start()`: sixpad in a process of its own, on the test's folder."""
    save_settings(
        config_folder() / "settings.json", Settings(data=("handwriting:400",), guide_seen=True)
    )
    processes = []

    def run(*words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        processes.append(process)
        return process

    yield run
    for process in processes:
        process.kill()
        process.communicate()


def says(process: subprocess.Popen[str], words: str) -> None:
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    assert line == words, process.communicate()[1]


def close(process: subprocess.Popen[str]) -> None:
    process.terminate()
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors


def test_the_second_start_has_the_first_window_come_forward(start: Start) -> None:
    first = start()
    says(first, "open")
    second = start()
    told, errors = second.communicate(timeout=60)
    assert second.returncode == 0, errors
    assert told.count("\n") == 1
    assert "open already" in told
    says(first, "forward")
    close(first)


def test_two_that_start_at_once_leave_one(start: Start) -> None:
    both = [start(), start()]
    deadline = time.monotonic() + 60
    while all(one.poll() is None for one in both) and time.monotonic() < deadline:
        time.sleep(0.02)
    (ended,) = (one for one in both if one.poll() is not None)
    assert ended.returncode == 0
    (left,) = (one for one in both if one.poll() is None)
    says(left, "open")
    close(left)


@pytest.mark.skipif(os.name != "posix", reason="Windows knows no such signals")
def test_a_kill_leaves_nothing_in_the_way(start: Start) -> None:
    first = start()
    says(first, "open")
    first.kill()
    first.communicate()
    second = start()
    says(second, "open")
    third = start()
    assert "open already" in third.communicate(timeout=60)[0]
    close(second)


@pytest.mark.skipif(os.name != "posix", reason="Windows knows no such signals")
def test_one_that_does_not_answer_is_told_of(start: Start) -> None:
    first = start()
    says(first, "open")
    first.send_signal(signal.SIGSTOP)
    try:
        second = start()
        told, errors = second.communicate(timeout=60)
    finally:
        first.send_signal(signal.SIGCONT)
    assert second.returncode == 1
    assert told == ""
    assert errors.count("\n") == 1
    assert "does not answer" in errors
    assert "Traceback" not in errors
    first.kill()


@pytest.mark.skipif(os.name != "posix", reason="Windows knows no such signals")
def test_one_that_starts_while_the_first_is_closing_opens_when_it_has(start: Start) -> None:
    first = start("slowly")
    says(first, "open")
    first.terminate()
    says(first, "closing")
    second = start()
    says(second, "open")
    assert first.wait(timeout=60) == 0
    close(second)


def test_another_folder_has_a_window_of_its_own(
    start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = start()
    says(first, "open")
    monkeypatch.setenv("SIXPAD_HOME", str(tmp_path / "another"))
    second = start()
    says(second, "open")
    close(second)
    close(first)


# The lock


def test_a_lock_is_one_process_s(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "lock"
    lock, other = Lock(path), Lock(path)
    assert lock.take()
    assert lock.take(), "it has it already"
    assert not other.take()
    lock.release()
    assert other.take()
    other.release()
    assert path.exists()


def test_where_no_lock_can_be_made_nobody_is_kept_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert Lock(tmp_path / "file" / "lock").take()
