"""A little of each trial in this folder: its scripts do as much as one likes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import flips
import full_disk
import killed_commands
import pytest
import shim
from flushes import not_flushed

HERE = Path(__file__).parent

posix_only = pytest.mark.skipif(os.name != "posix", reason="processes are forked and killed")


def script(name: str, *arguments: str) -> str:
    """What a script of this folder prints; it must find nothing wrong."""
    surroundings = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    surroundings["PYTHONPATH"] = os.pathsep.join([str(HERE.parents[1]), *sys.path])
    done = subprocess.run(
        [sys.executable, str(HERE / name), *arguments],
        capture_output=True, text=True, env=surroundings, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.skipif(shim.missing() is not None, reason=shim.missing() or "")
def test_every_write_flush_and_rename_fails_in_turn() -> None:
    works = ["model file", "settings", "add the first", "relabel", "back up again", "migrate"]
    told = script("faults.py", "--quick", "--code", "EIO", "--work", *works)
    assert told.count(" 0 wrong") == len(works)


@pytest.mark.skipif(shim.missing() is not None, reason=shim.missing() or "")
def test_what_is_done_would_outlast_a_power_cut() -> None:
    works = ["model file", "add the first", "relabel", "back up", "migrate", "rebuild"]
    assert script("flushes.py", "--work", *works).count(" 0 not flushed") == len(works)


@pytest.mark.parametrize(
    ("calls", "flushed"),
    [
        ("write new, fsync new, rename file, from new, fsync .", True),
        ("write new, rename file, from new, fsync .", False),
        ("write new, fsync new, rename file, from new", False),
        ("pwrite64 file, fdatasync file, unlink file-journal, fdatasync .", True),
        ("pwrite64 file, unlink file-journal, fdatasync .", False),
        ("pwrite64 file, fdatasync file, unlink file-journal", False),
        ("write gone, unlink gone, mkdir gone", True),
    ],
)
def test_what_is_not_flushed_is_found(tmp_path: Path, calls: str, flushed: bool) -> None:
    (tmp_path / "file").touch()
    pairs = (call.split() for call in calls.split(", "))
    found = not_flushed([(call, str(tmp_path / name)) for call, name in pairs], set())
    assert (not found) == flushed


@posix_only
@pytest.mark.parametrize("writers", [1, 2])
def test_what_was_acknowledged_survives_kills(writers: int) -> None:
    assert "50 cycles" in script("kills.py", "--cycles", "50", "--writers", str(writers))


def test_what_a_command_has_printed_survives_its_being_killed() -> None:
    assert killed_commands.run(3, seed=1) == 0


def test_flipped_bits_are_noticed_and_what_they_reach_comes_back() -> None:
    assert flips.run(50, seed=1) == 0


def test_a_store_that_is_cut_short_comes_back() -> None:
    assert flips.run(8, seed=1, cut=True) == 0


@posix_only
def test_mutated_files_are_read_or_refused() -> None:
    assert script("mutations.py", "--count", "600").count(" 0 wrong") >= 10


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    reason = full_disk.missing()
    if reason:
        pytest.skip(reason)
    with full_disk.small_disk(tmp_path):
        assert full_disk.fill(tmp_path, 4) >= 4
