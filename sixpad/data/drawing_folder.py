"""Drawings as PNG files, in one folder for each digit, named by their uuids."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from sixpad.core.answer import DIGITS
from sixpad.core.grid import PIXELS, SIDE, Ink, pack
from sixpad.data.files import explained, read_bounded, write_atomically
from sixpad.data.image_folder import images_by_class
from sixpad.data.images import MAX_BYTES, Polarity, decode_image, drawing_of, encode_image
from sixpad.data.offered import Refused, nameless
from sixpad.data.stored import Stored, is_uuid
from sixpad.errors import SixpadError

Progress = Callable[[float], None]


def write_drawing_folder(folder: Path, drawings: Sequence[Stored], progress: Progress) -> int:
    """Write DIR/DIGIT/UUID.png, black on white and one dot a pixel, each file whole or not at all.

    A folder that is there is added to. What lies there under the name of a drawing stays as it is;
    how many of those are of another digit is returned. Raises SixpadError where a file cannot be
    written.
    """
    there: dict[str, int] = {}
    elsewhere = 0
    with explained(folder):
        folder.mkdir(exist_ok=True)
        for digit in range(DIGITS):
            there.update((path.stem, digit) for path in (folder / str(digit)).glob("*.png"))
        for done, drawing in enumerate(drawings):
            progress(done / len(drawings))
            if drawing.uuid in there:
                elsewhere += there[drawing.uuid] != drawing.label
                continue
            of_class = folder / str(drawing.label)
            of_class.mkdir(exist_ok=True)
            write_atomically(of_class / f"{drawing.uuid}.png", encode_image(drawing.ink))
    return elsewhere


def read_drawing_folder(
    folder: Path, session: str, progress: Progress, ink: Polarity | None = None
) -> Iterator[Stored | Refused]:
    """The images of a folder that has the folders 0 to 9, or some of them, one by one.

    What `write_drawing_folder` has written comes back exactly, with its uuid; for other images see
    `decode_drawing`, and `image_to_ink` for `ink`. Raises SixpadError where there are none.
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
        pixels = pack(grid.reshape(1, PIXELS)).tobytes()
        yield nameless(digit, pixels, session, path.stem if ours else "")
