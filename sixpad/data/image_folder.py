"""Folders of images: one folder for each class, 0 to 9, with its images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from sixpad.core.grid import PIXELS, SIDE
from sixpad.data.dataset import DIGITS, Dataset
from sixpad.data.images import Polarity, encode_image, read_image
from sixpad.errors import SixpadError

SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".pgm", ".ppm", ".pnm", ".tif", ".tiff"}
)
MAX_COUNT = 1_000_000


def read_image_folder(
    directory: str | Path,
    *,
    fit: bool = True,
    ink: Polarity | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Dataset:
    """Read a folder that holds the folders 0 to 9 (or some of them), each with images of its digit.

    By class, then by name. What is not named as an image, hidden files and other folders are passed
    over; an image that cannot be read is a SixpadError, and so is a folder without any.
    `on_progress` is told the share that is done, from 0 to 1.
    """
    directory = Path(directory)
    present = {path.name for path in _entries(directory)}
    paths = [
        (path, digit)
        for digit in range(DIGITS)
        if str(digit) in present
        for path in _image_files(directory / str(digit))
    ]
    if not paths:
        raise SixpadError(
            f"“{directory}” has no images in folders named 0 to 9, one for each digit."
        )
    if len(paths) > MAX_COUNT:
        raise SixpadError(
            f"“{directory}” holds {len(paths)} images: sixpad reads up to {MAX_COUNT}."
        )
    images = np.empty((len(paths), PIXELS), np.uint8)
    for index, (path, _) in enumerate(paths):
        images[index] = read_image(path, fit=fit, ink=ink).reshape(PIXELS)
        if on_progress:
            on_progress((index + 1) / len(paths))
    labels = np.array([digit for _, digit in paths], np.uint8)
    return Dataset(images, labels, f"images {directory.name}")


def write_image_folder(
    directory: str | Path, dataset: Dataset, on_progress: Callable[[float], None] | None = None
) -> None:
    """Write every example as DIR/DIGIT/NUMBER.png, black on white, into a new or empty folder.

    NUMBER is the example's place in `dataset`. Raises SixpadError when the folder is not empty or
    cannot be written to.
    """
    directory = Path(directory)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if any(directory.iterdir()):
            raise SixpadError(f"“{directory}” is not empty; choose a new folder.")
        for digit in np.unique(dataset.labels):
            (directory / str(digit)).mkdir()
        digits = len(str(len(dataset)))
        for index, (image, label) in enumerate(zip(dataset.images, dataset.labels, strict=True)):
            # Not one by one flushed to the disk, as a file that replaces another would be.
            path = directory / str(label) / f"{index:0{digits}}.png"
            path.write_bytes(encode_image(image.reshape(SIDE, SIDE)))
            if on_progress:
                on_progress((index + 1) / len(dataset))
    except OSError as error:
        raise SixpadError(
            f"“{directory}” cannot be written to ({error.strerror}); choose another folder."
        ) from None


def _image_files(folder: Path) -> list[Path]:
    """The images in a folder, sorted by name."""
    return sorted(
        path
        for path in _entries(folder)
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
    )


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError as error:
        raise SixpadError(f"“{folder}” cannot be read ({error.strerror}).") from None
