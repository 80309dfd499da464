"""Drawings as PNG files, in one folder for each digit, named by their uuids."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from sixpad.core.answer import DIGITS
from sixpad.core.grid import PIXELS, SIDE, Ink, pack
from sixpad.data.files import (
    explained,
    flush,
    flush_folder,
    read_bounded,
    remove_abandoned,
    replace_file,
)
from sixpad.data.image_folder import images_by_class
from sixpad.data.images import MAX_BYTES, Polarity, decode_image, drawing_of, encode_image
from sixpad.data.offered import Refused, nameless
from sixpad.data.stored import Stored, is_uuid
from sixpad.errors import SixpadError

Progress = Callable[[float], None]

_AT_ONCE, _FEW = 1024, 8


def write_drawing_folder(folder: Path, drawings: Sequence[Stored], progress: Progress) -> int:
    """Write DIR/DIGIT/UUID.png, black on white and one dot a pixel, each file whole or not at all.

    A folder that is there is added to. What lies there under the name of a drawing stays as it is;
    how many of those are of another digit is returned. Raises SixpadError where a file cannot be
    written.
    """
    there: dict[str, int] = {}
    with explained(folder):
        folder.mkdir(exist_ok=True)
        for digit in range(DIGITS):
            there.update((path.stem, digit) for path in (folder / str(digit)).glob("*.png"))
        missing = [each for each in drawings if each.uuid not in there]
        for label in {each.label for each in missing}:
            (folder / str(label)).mkdir(exist_ok=True)
            remove_abandoned(folder / str(label))
        for done in range(0, len(missing), _AT_ONCE):
            progress(done / len(missing))
            _write(folder, missing[done : done + _AT_ONCE])
    return sum(there.get(each.uuid, each.label) != each.label for each in drawings)


def _write(folder: Path, drawings: Sequence[Stored]) -> None:
    """Write some files under other names, flush them, and then give them their names."""
    written: dict[Path, Path] = {}
    try:
        for drawing in drawings:
            of_class = folder / str(drawing.label)
            temporary = of_class / f".sixpad-{drawing.uuid}.tmp"
            written[temporary] = of_class / f"{drawing.uuid}.png"
            temporary.write_bytes(encode_image(drawing.ink))
        _flush_all(list(written))
        for temporary, path in written.items():
            replace_file(temporary, path)
    finally:
        for temporary in written:
            temporary.unlink(missing_ok=True)
    for of_class in {path.parent for path in written.values()}:
        flush_folder(of_class)


def _flush_all(paths: Sequence[Path]) -> None:
    # A thousand files take a second and more one by one, and a few milliseconds at once. Elsewhere
    # than on Linux that may return before they are on the disk.
    if sys.platform == "linux" and len(paths) > _FEW:
        os.sync()
    else:
        for path in paths:
            flush(path)


def read_drawing_folder(
    folder: Path, session: str, progress: Progress, ink: Polarity | None = None
) -> Iterator[Stored | Refused]:
    """The images of a folder that has the folders 0 to 9, or some of them, one by one.

    What `write_drawing_folder` has written comes back exactly, with its uuid; for other images see
    `decode_drawing`, and `image_to_ink` for `ink`. What is blank is refused. Raises SixpadError
    where there are none.
    """
    paths = images_by_class(folder)
    for done, (path, digit) in enumerate(paths):
        progress(done / len(paths))
        try:
            grey = decode_image(read_bounded(path, MAX_BYTES), str(path))
        except SixpadError as error:
            yield Refused(str(error))
            continue
        ours = is_uuid(path.stem) and grey.shape == (SIDE, SIDE)
        grid: Ink = (grey < 128).astype(np.uint8) if ours else drawing_of(grey, ink)
        if not grid.any():
            yield Refused(f"“{path}” has one tone only: there is no drawing on it.")
            continue
        pixels = pack(grid.reshape(1, PIXELS)).tobytes()
        yield nameless(digit, pixels, session, path.stem if ours else "")
