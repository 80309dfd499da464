"""Folders of images: one folder for each class, 0 to 9, with its images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from sixpad.core.answer import DIGITS
from sixpad.core.grid import PIXELS, SIDE, Ink
from sixpad.core.preparation import Preparation
from sixpad.data.dataset import Dataset
from sixpad.data.images import Polarity, encode_image, read_image
from sixpad.errors import SixpadError

SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".pgm", ".ppm", ".pnm", ".tif", ".tiff"}
)
MAX_COUNT = 1_000_000


def read_image_folder(
    directory: str | Path,
    *,
    preparation: Preparation = Preparation.FITTED,
    ink: Polarity | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Dataset:
    """Read a folder that holds the folders 0 to 9 (or some of them), each with images of its digit.

    By class, then by name. What is not named as an image, hidden files and other folders are passed
    over; an image that cannot be read is a SixpadError, and so is a folder without any.
    `on_progress` is told the share that is done, from 0 to 1.
    """
    paths = images_by_class(directory)
    images = np.empty((len(paths), PIXELS), np.uint8)
    for index, (path, _) in enumerate(paths):
        images[index] = read_image(path, preparation=preparation, ink=ink).reshape(PIXELS)
        if on_progress:
            on_progress((index + 1) / len(paths))
    labels = np.array([digit for _, digit in paths], np.uint8)
    return Dataset(images, labels, f"images {Path(directory).name}")


def images_by_class(directory: str | Path) -> list[tuple[Path, int]]:
    """The image files in the folders 0 to 9 of a folder, with their digits.

    Raises SixpadError where there are none, or too many.
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
    return paths


def write_image_folder(
    directory: str | Path, dataset: Dataset, on_progress: Callable[[float], None] | None = None
) -> None:
    """Write every example as DIR/DIGIT/NUMBER.png, black on white, into a new or empty folder.

    NUMBER is the example's place in `dataset`. Raises SixpadError when the folder is not empty or
    cannot be written to.
    """
    digits = len(str(len(dataset)))
    names = [f"{label}/{index:0{digits}}.png" for index, label in enumerate(dataset.labels)]
    write_images(directory, names, dataset.images.reshape(-1, SIDE, SIDE), on_progress)


def write_images(
    directory: str | Path, names: Sequence[str], images: Ink,
    on_progress: Callable[[float], None] | None = None,
) -> None:  # fmt: skip
    """Write `images` (N, 24, 24), black on white, as PNG files of these names in a new folder.

    A name may begin with a folder. Raises SixpadError as `write_image_folder` does.
    """
    directory = Path(directory)
    check_new_folder(directory)
    try:
        for folder in {(directory / name).parent for name in names} | {directory}:
            folder.mkdir(parents=True, exist_ok=True)
        for index, (name, image) in enumerate(zip(names, images, strict=True)):
            # Not one by one flushed to the disk, as a file that replaces another would be.
            (directory / name).write_bytes(encode_image(image))
            if on_progress:
                on_progress((index + 1) / len(names))
    except OSError as error:
        raise SixpadError(
            f"“{directory}” cannot be written to ({error.strerror}); choose another folder."
        ) from None


def check_new_folder(directory: Path) -> None:
    """Raise SixpadError where files would be mixed with others; the folder need not exist."""
    try:
        nearest = next(path for path in (directory, *directory.parents) if path.exists())
        if any(nearest.iterdir()) and nearest == directory:
            raise SixpadError(f"“{directory}” is not empty; choose a new folder.")
    except OSError as error:
        raise SixpadError(f"“{directory}” is no folder to write to ({error.strerror}).") from None


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
