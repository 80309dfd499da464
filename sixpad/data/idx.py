"""IDX files: images and labels as MNIST and its relatives come, of any image size.

The format (Y. LeCun): two zero bytes, the element type (8 for unsigned bytes), the number of
dimensions, each dimension as a big-endian 32-bit number, then the elements.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from sixpad.core.answer import DIGITS
from sixpad.core.grid import PIXELS, SIDE
from sixpad.core.preparation import Preparation
from sixpad.data.dataset import Dataset
from sixpad.data.files import write_atomically
from sixpad.data.images import Polarity, image_to_ink, reduce_to_grid
from sixpad.data.streams import opened
from sixpad.errors import SixpadError

IMAGES = "images-idx3-ubyte"
LABELS = "labels-idx1-ubyte"
MAX_COUNT = 1_000_000
MAX_SIDE = 1024
MAX_PIXELS = 1 << 30

# How many numbers one block of images may hold: memory does not grow with the file, and one image
# at a time would take NumPy six times as long.
_BLOCK = 1 << 21


def read_idx(
    prefix: str | Path,
    *,
    preparation: Preparation = Preparation.FITTED,
    ink: Polarity | None = None,
) -> Dataset:
    """Read PREFIX-images-idx3-ubyte[.gz] and PREFIX-labels-idx1-ubyte[.gz].

    Images of any size become ink (see `image_to_ink` for `ink`) on the grid (see `reduce_to_grid`
    for `preparation`). Never more than the header claims is read or unpacked, and the header is
    bounded: a million images, sides of 1024, 2^30 pixels. Raises SixpadError when a file is missing
    or is not what it claims: a wrong type, too short or too long, other counts, labels above 9.
    """
    labels, blocks = idx_blocks(prefix)
    images = np.empty((len(labels), PIXELS), np.uint8)
    done = 0
    for grey in blocks:
        grids = reduce_to_grid(image_to_ink(grey, ink), preparation)
        images[done : done + len(grey)] = grids.reshape(-1, PIXELS)
        done += len(grey)
    return Dataset(images, labels, f"idx {Path(prefix).name}")


def idx_blocks(prefix: str | Path) -> tuple[NDArray[np.uint8], Iterator[NDArray[np.uint8]]]:
    """The labels (N,), and the images as they are in the file, in blocks of grey levels (n, H, W).

    Raises SixpadError as `read_idx` does, for the images as they are read.
    """
    labels = _read_labels(_find(prefix, LABELS))
    return labels, _read_blocks(_find(prefix, IMAGES), len(labels))


def _read_blocks(path: Path, labels: int) -> Iterator[NDArray[np.uint8]]:
    with opened(path) as stream:
        count, height, width = _read_header(stream, path, 3)
        if count != labels:
            raise SixpadError(
                f"“{path}” claims {count} images, but its labels are {labels}: "
                "the two files do not belong together."
            )
        if max(height, width) > MAX_SIDE or count * height * width > MAX_PIXELS:
            raise SixpadError(
                f"“{path}” claims {count} images of {height}×{width}: sixpad reads sides of up to "
                f"{MAX_SIDE} and {MAX_PIXELS} pixels in all."
            )
        step = max(_BLOCK // (height * width + SIDE * max(height, width)), 1)
        for start in range(0, count, step):
            shape = (min(step, count - start), height, width)
            yield _read_bytes(stream, path, shape[0] * height * width).reshape(shape)
        _check_end(stream, path)


def write_idx(prefix: str | Path, images: NDArray[np.uint8], labels: NDArray[Any]) -> None:
    """Write images, (N, 24, 24) or (N, 576) of ink 1 on paper 0, and labels (N,) as IDX files.

    Ink is written as 255 on 0. Raises SixpadError when a file cannot be written.
    """
    pixels = images.reshape(-1, SIDE, SIDE) * np.uint8(255)
    for kind, array in ((IMAGES, pixels), (LABELS, np.asarray(labels, np.uint8))):
        write_atomically(Path(f"{prefix}-{kind}"), encode_idx(array))


def encode_idx(array: NDArray[np.uint8]) -> bytes:
    """The bytes of an IDX file that holds this array."""
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def _find(prefix: str | Path, kind: str) -> Path:
    """The plain file if it is there, else the gzip one."""
    plain = Path(f"{prefix}-{kind}")
    packed = Path(f"{plain}.gz")
    for path in (plain, packed):
        with suppress(OSError):  # A folder that may not be looked into hides its files.
            if path.exists():
                return path
    raise SixpadError(
        f"There is neither “{plain}” nor “{packed.name}”; give the path up to “-{kind}”."
    )


def _read_labels(path: Path) -> NDArray[np.uint8]:
    with opened(path) as stream:
        (count,) = _read_header(stream, path, 1)
        labels = _read_bytes(stream, path, count)
        _check_end(stream, path)
    if labels.max() >= DIGITS:
        raise SixpadError(
            f"“{path}” has the label {labels.max()}: only digits, 0 to 9, can be used."
        )
    return labels


def _read_header(stream: BinaryIO, path: Path, dimensions: int) -> tuple[int, ...]:
    """The sizes, the count of examples first; none is 0 and the count is within bounds."""
    header = stream.read(4 + 4 * dimensions)
    if len(header) < 4 + 4 * dimensions or header[:4] != bytes((0, 0, 8, dimensions)):
        raise SixpadError(
            f"“{path}” is not an IDX file of {'labels' if dimensions == 1 else 'images'} in bytes."
        )
    sizes = struct.unpack(f">{dimensions}I", header[4:])
    if 0 in sizes:
        raise SixpadError(f"“{path}” is empty: it claims {'×'.join(map(str, sizes))} elements.")
    if sizes[0] > MAX_COUNT:
        raise SixpadError(
            f"“{path}” claims {sizes[0]} examples: sixpad reads up to {MAX_COUNT} of one file."
        )
    return sizes


def _read_bytes(stream: BinaryIO, path: Path, count: int) -> NDArray[np.uint8]:
    data = stream.read(count)
    if len(data) < count:
        raise SixpadError(f"“{path}” is cut short: it holds less than its header claims.")
    return np.frombuffer(data, np.uint8)


def _check_end(stream: BinaryIO, path: Path) -> None:
    if stream.read(1):
        raise SixpadError(f"“{path}” does not match its header: more bytes follow.")
