"""Drawings as a pair of IDX files: 24×24, ink 255 on paper 0 as in MNIST, the labels beside."""

from __future__ import annotations

import gzip
import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sixpad.core.grid import PIXELS, SIDE, Ink, pack, unpack
from sixpad.core.preparation import Preparation
from sixpad.data.files import explained, flush, flush_folder, remove_abandoned, replace_file
from sixpad.data.idx import IMAGES, LABELS, encode_idx, idx_blocks
from sixpad.data.images import Polarity, image_to_ink, reduce_to_grid
from sixpad.data.offered import Refused, nameless
from sixpad.data.stored import Stored, packed_of

Progress = Callable[[float], None]

_PACKED = ".gz"


def idx_prefix(path: Path) -> str:
    """The PREFIX of the pair that one of its two files stands for; empty where it is neither."""
    name = str(path).removesuffix(_PACKED)
    for kind in (IMAGES, LABELS):
        if name.endswith(f"-{kind}"):
            return name.removesuffix(f"-{kind}")
    return ""


def idx_pair(path: Path) -> tuple[Path, Path]:
    """The names of both files, images first, where the name of one of them is given."""
    ending = _PACKED if path.suffix == _PACKED else ""
    prefix = idx_prefix(path)
    return Path(f"{prefix}-{IMAGES}{ending}"), Path(f"{prefix}-{LABELS}{ending}")


def write_drawing_idx(path: Path, drawings: Sequence[Stored], progress: Progress) -> None:
    """Write the pair that `path` stands for, packed where it ends in .gz.

    New images are never beside old labels: at every moment there are both of the old, both of the
    new, or images alone. Raises SixpadError where a file cannot be written.
    """
    pixels = unpack(packed_of(drawings)).reshape(-1, SIDE, SIDE) * np.uint8(255)
    labels = np.array([each.label for each in drawings], np.uint8)
    images_path, labels_path = idx_pair(path)
    stem = images_path.with_name(f".sixpad-{secrets.token_hex(8)}")
    temporary = [stem.with_name(f"{stem.name}-{kind}.tmp") for kind in (IMAGES, LABELS)]
    with explained(path):
        remove_abandoned(path.parent)
        try:
            for file, array in zip(temporary, (pixels, labels), strict=True):
                progress(0.5)
                data = encode_idx(array)
                # Without a time, so that the same drawings give the same file.
                file.write_bytes(gzip.compress(data, mtime=0) if path.suffix == _PACKED else data)
                flush(file)
            labels_path.unlink(missing_ok=True)
            replace_file(temporary[0], images_path)
            replace_file(temporary[1], labels_path)
            flush_folder(path.parent)
        finally:
            for file in temporary:
                file.unlink(missing_ok=True)


def read_drawing_idx(
    path: Path, session: str, progress: Progress, ink: Polarity | None = None
) -> Iterator[Stored | Refused]:
    """The drawings of the pair that `path` stands for, one by one.

    Images of 24×24 are taken as they are, those of other sizes centred and fitted. Of 24×24 dots
    that are 0 or 255 ink is 255, as `write_drawing_idx` writes it; for others, and where `ink` is
    given, see `image_to_ink`. What is blank is refused. Raises SixpadError as `read_idx` does.
    """
    labels, blocks = idx_blocks(idx_prefix(path))
    done = 0
    for grey in blocks:
        progress(done / len(labels))
        for packed in pack(_grids(grey, ink).reshape(-1, PIXELS)):
            if packed.any():
                yield nameless(int(labels[done]), packed.tobytes(), session)
            else:
                yield Refused(f"Image {done} of “{path}” is blank: there is no drawing on it.")
            done += 1


def _grids(grey: NDArray[np.uint8], ink: Polarity | None) -> Ink:
    grids = image_to_ink(grey, ink)
    if grey.shape[1:] != (SIDE, SIDE):
        return reduce_to_grid(grids, Preparation.FITTED)
    if ink is None:
        as_written = ((grey == 0) | (grey == 255)).all(axis=(1, 2))
        grids[as_written] = grey[as_written] == 255
    return grids
