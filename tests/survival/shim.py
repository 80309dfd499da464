"""Faults below Python: faults.c built, loaded into a process of its own, armed and disarmed there.

A script that needs it calls `under_the_shim()` first. Linux only, and a C compiler is needed.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).with_name("faults.c")
LOADED = "SIXPAD_SHIM"

# What a call does to a folder; the numbers are those of faults.c.
NAMES, WRITES, FLUSHES, READS = 1, 2, 4, 8
CHANGES = NAMES | WRITES | FLUSHES

# How calls fail: none does, one, one and all after it, one write does half, or all after it fail;
# the process is killed at one, or after half of a write.
COUNT, ONCE, FROM_THEN_ON, HALF, HALF_THEN_FULL, END, HALF_THEN_END = range(7)
MODES = {
    ONCE: "once", FROM_THEN_ON: "from then on", HALF: "half", HALF_THEN_FULL: "half, then full",
    END: "killed", HALF_THEN_END: "half, then killed",
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """The `nth` call of these `kinds` fails with an error number, in one of the MODES."""

    nth: int = 0
    code: int = 0
    mode: int = COUNT
    kinds: int = CHANGES

    def __str__(self) -> str:
        return f"call {self.nth} {os.strerror(self.code)}, {MODES.get(self.mode, 'counted')}"


def missing() -> str | None:
    """Why faults cannot be injected here; None where they can."""
    if sys.platform != "linux":
        return "faults are injected by LD_PRELOAD, which only Linux has"
    if not shutil.which("cc"):
        return "the shim that injects faults needs a C compiler, `cc`"
    return None


def under_the_shim() -> None:
    """Run this very script once more with the shim loaded, and exit as it does; there, go on."""
    if os.environ.get(LOADED):
        return
    reason = missing()
    if reason:
        sys.exit(f"Skipped: {reason}.")
    with tempfile.TemporaryDirectory(prefix="sixpad-shim-") as folder:
        library = Path(folder) / "faults.so"
        command = ["cc", "-O1", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"]
        subprocess.run(command, check=True)
        surroundings = os.environ | {"LD_PRELOAD": str(library), LOADED: "1"}
        sys.exit(subprocess.run([sys.executable, *sys.argv], env=surroundings).returncode)


def arm(folder: Path, fault: Fault, log: int = -1) -> None:
    """From now on calls on files in `folder` are counted, and fail as `fault` says.

    Each is written to the descriptor `log` as a line: the call, whether it failed, the path.
    """
    _library().faults_arm(os.fsencode(folder), fault.kinds, fault.nth, fault.code, fault.mode, log)


def disarm() -> tuple[int, int, str]:
    """All calls pass again: how many were counted, how many failed, and which was the first."""
    library = _library()
    count = library.faults_disarm()
    return count, library.faults_failed(), os.fsdecode(library.faults_first())


@cache
def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(None)
    library.faults_arm.argtypes = [
        ctypes.c_char_p, ctypes.c_int, ctypes.c_long, ctypes.c_int, ctypes.c_int, ctypes.c_int,
    ]  # fmt: skip
    library.faults_arm.restype = None
    library.faults_disarm.restype = library.faults_failed.restype = ctypes.c_long
    library.faults_first.restype = ctypes.c_char_p
    return library
