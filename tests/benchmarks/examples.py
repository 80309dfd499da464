"""The digits that the training is measured on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from sixpad.core.grid import PIXELS, SIDE
from sixpad.data.dataset import Dataset
from sixpad.data.handwriting import generate
from sixpad.data.spec import load_data

SIZE, VALIDATION, SEED = 60_000, 2_699, 1
MNIST = "mnist-train"


def examples() -> tuple[Any, Any, Any, str]:
    """60,000 images (N, 576) and their labels, others to check on, and where they are from."""
    folder = os.environ.get("SIXPAD_REAL_DATA", "")
    if not folder or not (Path(folder) / f"{MNIST}-images-idx3-ubyte.gz").exists():
        data = generate(SIZE + VALIDATION, SEED)
        return data.images[:SIZE], data.labels[:SIZE], data.take(np.arange(SIZE, len(data))), (
            "generated digits (SIXPAD_REAL_DATA names no folder with MNIST)"
        )  # fmt: skip
    data = load_data([f"idx:{Path(folder) / MNIST}"])
    rng = np.random.default_rng(SEED)
    order = rng.permutation(len(data))
    checked, kept = data.take(order[:VALIDATION]), data.take(order[VALIDATION:][: SIZE // 3])
    copies = [kept.images]
    for _ in range(2):
        moved = kept.images.reshape(-1, SIDE, SIDE).copy()
        shifts = rng.integers(-1, 2, (len(moved), 2))
        for shift in np.unique(shifts, axis=0):
            chosen = (shifts == shift).all(axis=1)
            moved[chosen] = np.roll(moved[chosen], tuple(shift), axis=(1, 2))
        copies.append(moved.reshape(-1, PIXELS))
    whole = Dataset(np.concatenate(copies), np.tile(kept.labels, 3), "real digits")
    whole = whole.take(rng.permutation(len(whole)))
    return whole.images, whole.labels, checked, f"{len(whole):,} real digits, shifted"
