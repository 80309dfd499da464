"""Giving memory back: safe on every system, and what was freed is really gone where it can be."""

from __future__ import annotations

import ctypes
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from sixpad.data.memory import give_back


def resident() -> int:
    """What this process holds, in kB."""
    (size,) = re.findall(r"VmRSS:\s*(\d+) kB", Path("/proc/self/status").read_text("utf-8"))
    return int(size)


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_it_harms_no_system(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if platform == "linux" != sys.platform:
        pytest.skip("its C library is that of Linux")
    monkeypatch.setattr(sys, "platform", platform)
    give_back()


def test_what_was_freed_between_what_is_kept_is_given_back() -> None:
    if sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"):
        pytest.skip("only Linux tells what is held, and only glibc gives it back")
    # Too small to be given back by themselves, and with something kept above them.
    pieces = [np.ones(8_000) for _ in range(1_000)]
    kept = pieces[::100]
    before = resident()
    del pieces
    give_back()
    assert len(kept) == 10
    assert resident() < before - 30_000
