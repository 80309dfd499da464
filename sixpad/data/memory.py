"""Memory that is not needed any more, given back to the system."""

from __future__ import annotations

import sys


def give_back() -> None:
    """Return what was freed to the system, where the C library keeps it for later (glibc).

    Writing digits takes many large arrays for a moment. Without this a tenth of the window's memory
    would be what is left of them.
    """
    if sys.platform == "linux":
        # Only here: the first paint need not wait for it.
        import ctypes

        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
