"""UNIPEN files: handwriting as the path of a pen, drawn here with the canvas's own pen.

What is read of the format (I. Guyon et al., "UNIPEN project of on-line data exchange and recognizer
benchmarks", ICPR 1994): `.SEGMENT DIGIT n ? "label"` opens a digit; between `.PEN_DOWN` and
`.PEN_UP` each line is a point `x y`, y upward. Every other keyword, and what follows it while the
pen is up, is passed over.
"""

from __future__ import annotations

import re
from array import array
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from sixpad.core.grid import PIXELS, SIDE, Ink, draw_segments
from sixpad.core.preparation import Preparation
from sixpad.data.dataset import Dataset
from sixpad.data.streams import opened
from sixpad.errors import SixpadError

Floats = NDArray[Any] | float

INKED_SIDE = 20
MAX_BYTES = 64 << 20
MAX_LINE = 4096
MAX_POINTS = 10_000
MAX_COORDINATE = 1e6

_SEGMENT = re.compile(rb'\.SEGMENT\s+DIGIT\s+\S+\s+\S+\s+"([0-9])"\s*')

# Digits drawn at a time: with every one of MAX_POINTS points their segments take 80 MB.
_BLOCK = 256


def read_unipen(
    path: str | Path, *, preparation: Preparation = Preparation.FITTED, pen: float = 2.5
) -> Dataset:
    """Read the digits of a UNIPEN file, plain or gzip (by its name's .gz), in their order.

    Each path is scaled so that the longer side of its ink is 20 pixels, put in the middle and drawn
    with a round pen of width `pen` (pixels); then prepared as `preparation` says. Further columns
    of a point (time, pressure) are left out. Raises SixpadError, with the number of the line where
    there is one, for what is not such a file, for more than 64 MiB of text, lines of 4096 bytes,
    10,000 points in a digit or coordinates beyond a million.
    """
    paths = read_paths(path)
    images = preparation(paths.draw(pen))
    return Dataset(images.reshape(-1, PIXELS), paths.labels, f"unipen {Path(path).name}")


def read_paths(path: str | Path) -> PenPaths:
    """The paths of the pen in a UNIPEN file, to be drawn in any size; raises as `read_unipen`."""
    path = Path(path)
    paths = PenPaths(path)
    with opened(path) as stream:
        size = 0
        for line in iter(partial(stream.readline, MAX_LINE), b""):
            size += len(line)
            if size > MAX_BYTES:
                raise SixpadError(
                    f"“{path}” is too large: sixpad reads up to 64 MiB of UNIPEN text."
                )
            paths.read(line)
    paths.close()
    return paths


class PenPaths:
    """The digits read so far: all points in one row, where strokes end and digits begin in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.line = 0
        self._labels = bytearray()
        self.coordinates = array("d")
        self.ends: list[int] = []
        self.digits: list[int] = []
        self.pen_down = False

    def read(self, line: bytes) -> None:
        """Take in the next line of the file."""
        self.line += 1
        words = line.split()
        if len(line) == MAX_LINE:
            self._fail("the line is too long for a UNIPEN file")
        if not words:
            return
        if not words[0].startswith(b"."):
            if self.pen_down:
                self._add_point(words)
        elif words[0] == b".SEGMENT":
            self._open_digit(line)
        elif words[0] == b".PEN_DOWN":
            self._open_stroke()
        elif words[0] == b".PEN_UP":
            self._close_stroke()

    def close(self) -> None:
        """Check, at the end of the file, that there are digits and the last one is whole."""
        if not self.digits:
            raise SixpadError(f"“{self.path}” holds no digits: no line “.SEGMENT DIGIT …”.")
        if self.pen_down:
            self._fail("the file ends in the middle of a stroke")
        self._check_digit()

    @property
    def labels(self) -> NDArray[np.uint8]:
        """The digit (N,) that each path is said to be."""
        return np.frombuffer(self._labels, np.uint8)

    def draw(self, pens: Floats, sides: Floats = INKED_SIDE, places: Floats = 0.5) -> Ink:
        """All digits as images (N, 24, 24).

        `pens` (N,) are the widths of a round pen and `sides` (N,) the longer sides of the ink, in
        pixels; `places` (N, 2) say where along the canvas the ink lies, from 0 (as far left or up
        as it will go) to 1. A number serves for all.
        """
        points = np.frombuffer(self.coordinates).reshape(-1, 2)
        following = np.arange(1, len(points) + 1)
        # The last point of a stroke is a dot of its own: it hides in the stroke's round end, and
        # makes the mark of a stroke of one point.
        following[self.ends] = self.ends
        begins = np.append(np.array(self.digits), len(points))
        images = np.empty((len(self.digits), SIDE, SIDE), np.uint8)
        pens = np.broadcast_to(pens, len(images))
        sides = np.broadcast_to(sides, len(images))
        places = np.broadcast_to(places, (len(images), 2))
        for first in range(0, len(images), _BLOCK):
            block = begins[first : first + _BLOCK + 1]
            some = slice(block[0], block[-1])
            digits = slice(first, first + _BLOCK)
            images[digits] = _drawn(
                points[some], following[some] - block[0], block - block[0],
                pens[digits], sides[digits], places[digits],
            )  # fmt: skip
        return images

    def _open_digit(self, line: bytes) -> None:
        if self.pen_down:
            self._fail("a segment begins before .PEN_UP")
        self._check_digit()
        segment = _SEGMENT.fullmatch(line)
        if segment is None:
            self._fail('only segments of the form .SEGMENT DIGIT n ? "8" can be read')
        self._labels.append(int(segment[1]))
        self.digits.append(self._points)

    def _open_stroke(self) -> None:
        if self.pen_down:
            self._fail(".PEN_DOWN follows .PEN_DOWN")
        if not self.digits:
            self._fail("a stroke begins before the first .SEGMENT DIGIT")
        self.pen_down = True

    def _close_stroke(self) -> None:
        if self.pen_down and self.coordinates:
            self.ends.append(self._points - 1)
        self.pen_down = False

    def _add_point(self, words: list[bytes]) -> None:
        try:
            x, y = float(words[0]), float(words[1])
        except (IndexError, ValueError):
            self._fail("a point must be two numbers, x and y")
        if not (abs(x) <= MAX_COORDINATE and abs(y) <= MAX_COORDINATE):
            self._fail("a coordinate is not a number of at most a million")
        if self._points - self.digits[-1] >= MAX_POINTS:
            self._fail(f"the digit has more than {MAX_POINTS} points")
        self.coordinates.append(x)
        self.coordinates.append(y)

    def _check_digit(self) -> None:
        """Refuse a digit that has ended without a point."""
        if self.digits and self.digits[-1] == self._points:
            self._fail(f"digit {len(self.digits)} has ended without a point")

    @property
    def _points(self) -> int:
        return len(self.coordinates) // 2

    def _fail(self, reason: str) -> NoReturn:
        raise SixpadError(f"“{self.path}”, line {self.line}: {reason}.")


def _drawn(
    points: NDArray[np.float64], following: NDArray[np.intp], begins: NDArray[np.intp],
    pens: NDArray[Any], sides: NDArray[Any], places: NDArray[Any],
) -> Ink:  # fmt: skip
    """Digits (n, 24, 24) of the points (P, 2), each joined with the one that `following` names.

    Digit i has the points from `begins[i]` to `begins[i + 1]`, the end excluded.
    """
    low = np.minimum.reduceat(points, begins[:-1])
    high = np.maximum.reduceat(points, begins[:-1])
    lengths = np.diff(begins)
    digit = np.repeat(np.arange(len(lengths)), lengths)
    longer = (high - low).max(axis=1)
    longer[longer == 0] = 1
    # Relative to the side first: a side too small to be divided by cannot then overflow.
    placed = (points - (low + high)[digit] / 2) / longer[digit, None]
    scale = (sides - pens)[:, None]
    room = SIDE - pens[:, None] - (high - low) / longer[:, None] * scale
    middle = SIDE / 2 + (places - 0.5) * room
    placed = placed * (scale[digit] * np.array((1, -1))) + middle[digit]
    segments = np.full((len(lengths), lengths.max(), 4), np.nan)
    place = np.arange(len(points)) - begins[digit]
    segments[digit, place] = np.hstack((placed, placed[following]))
    return draw_segments(segments, pens)
