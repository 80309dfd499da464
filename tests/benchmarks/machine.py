"""What the machine could do at best, and a clock."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np


def matrix_rate() -> float:
    """Operations a second of a large product of float32 matrices."""
    A = np.random.default_rng(0).random((1024, 1024), np.float32)
    return 2 * 1024**3 / min(seconds(lambda: A @ A) for _ in range(20))


def read_bandwidth() -> float:
    """Bytes a second that are read from memory."""
    data = np.ones(1 << 25, np.uint64)
    return data.nbytes / min(seconds(data.max) for _ in range(5))


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
