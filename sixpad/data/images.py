"""Image files of others: from grey levels to ink, from any size to the grid, and back to a file."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from sixpad.core.grid import FITTED_SIDE, SIDE, Ink
from sixpad.core.preparation import Preparation
from sixpad.data.files import read_bounded, write_atomically
from sixpad.errors import SixpadError

Polarity = Literal["dark", "light"]

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "PPM", "TIFF")
MAX_BYTES = 256 << 20
MAX_PIXELS = 64_000_000

# How many pixels are turned into floating point numbers at a time.
_BLOCK = 1 << 22


def read_image(
    path: str | Path, *, preparation: Preparation = Preparation.FITTED, ink: Polarity | None = None
) -> Ink:
    """The image file at `path` as a grid (24, 24).

    See `decode_image` for what can be read, `image_to_ink` for `ink` and `reduce_to_grid` for
    `preparation`. Raises SixpadError for what is not a regular file, is over 256 MiB or is no sound
    image.
    """
    path = Path(path)
    grey = decode_image(read_bounded(path, MAX_BYTES), str(path))
    return reduce_to_grid(image_to_ink(grey, ink), preparation)


def read_drawing(
    path: str | Path, *, preparation: Preparation = Preparation.FITTED, ink: Polarity | None = None
) -> Ink:
    """The image file at `path` for the canvas; see `decode_drawing`."""
    path = Path(path)
    data = read_bounded(path, MAX_BYTES)
    return decode_drawing(data, str(path), preparation=preparation, polarity=ink)


def decode_drawing(
    data: bytes,
    name: str,
    *,
    preparation: Preparation = Preparation.FITTED,
    polarity: Polarity | None = None,
) -> Ink:
    """An image in memory for the canvas (24, 24): a drawing that was copied comes back exactly.

    Any other image is reduced as `reduce_to_grid` says, but not deskewed: the canvas does that to
    all that is on it, and twice is not the same as once. `polarity` says whether ink is dark or
    light, as in `image_to_ink`. Raises SixpadError as `decode_image` does.
    """
    return drawing_of(decode_image(data, name), polarity, preparation)


def drawing_of(
    grey: NDArray[np.uint8],
    polarity: Polarity | None = None,
    preparation: Preparation = Preparation.FITTED,
) -> Ink:
    """Grey levels (H, W) for the canvas (24, 24), as `decode_drawing` says."""
    ink = image_to_ink(grey, polarity)
    scale, rest = divmod(ink.shape[0], SIDE)
    if rest == 0 and ink.shape[0] == ink.shape[1]:
        small = ink[::scale, ::scale]
        if np.array_equal(small.repeat(scale, axis=0).repeat(scale, axis=1), ink):
            return small.copy()
    if preparation is Preparation.DESKEWED:
        grid: Ink = _on_grid(ink[None])[0]
        return grid
    return reduce_to_grid(ink, preparation)


def decode_image(data: bytes, name: str) -> NDArray[np.uint8]:
    """The grey levels (H, W) of a PNG, JPEG, BMP, GIF, WebP, PGM, PPM or TIFF image in memory.

    The first frame, turned as its EXIF orientation says, transparency on white. Raises SixpadError,
    which calls the image `name`, when it is none of these, damaged, or over 64 million pixels; that
    is known from its header, before any pixel is decoded.
    """
    if not data:
        raise SixpadError(f"“{name}” is empty.")
    try:
        # Pillow warns of odd metadata and of sizes that are refused below.
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(data), formats=FORMATS) as image,
        ):
            if image.width * image.height > MAX_PIXELS:
                raise Image.DecompressionBombError
            ImageOps.exif_transpose(image, in_place=True)
            return _grey(image)
    except UnidentifiedImageError:
        raise SixpadError(
            f"“{name}” is not an image that sixpad can read: "
            "use PNG, JPEG, BMP, GIF, WebP, PGM, PPM or TIFF."
        ) from None
    except Image.DecompressionBombError:
        raise SixpadError(
            f"“{name}” is too large: sixpad opens images of up to 64 million pixels."
        ) from None
    except Exception:  # Pillow lets through whatever its many parsers stumble over.
        raise SixpadError(f"“{name}” is a damaged image or is cut short.") from None


def image_to_ink(grey: NDArray[np.uint8], ink: Polarity | None = None) -> Ink:
    """Ink of grey levels (H, W) or (N, H, W), each image for itself.

    The median of the border's pixels is paper; ink is what lies at least half of the range of the
    image's levels away from it. `ink` says instead whether ink is dark or light. An image of one
    level is blank paper.
    """
    if grey.ndim == 2:
        single: Ink = image_to_ink(grey[None], ink)[0]
        return single
    flat = grey.reshape(len(grey), -1)
    low, high = flat.min(axis=1).astype(np.uint16), flat.max(axis=1).astype(np.uint16)
    if ink is None:
        light = 2 * np.median(_border(grey), axis=1) < low + high
    else:
        light = np.full(len(grey), ink == "light")
    # The highest level on the dark side; halfway between two levels is always ink's side.
    dark = (low + high - light) // 2
    inked: NDArray[np.bool_] = grey <= dark.astype(np.uint8)[:, None, None]
    inked ^= light[:, None, None]
    inked &= (low < high)[:, None, None]
    return inked.astype(np.uint8)


def reduce_to_grid(ink: Ink, preparation: Preparation = Preparation.FITTED) -> Ink:
    """Ink (H, W) or (N, H, W) of any size on the grid: (24, 24) or (N, 24, 24).

    It is prepared as `preparation` says; ink that does not fit the grid is first scaled to
    20 pixels. What is to stay as it was drawn is scaled to fill the grid, the whole image in its
    aspect.

    Scaling is by area: a pixel takes ink when ink covers at least half of it, or half of the width
    that a mean stroke has left where that is under a pixel, so that thin ink survives. The mean
    stroke width is 2·area/perimeter of the ink, exact for a long line along rows or columns.
    """
    if ink.ndim == 2:
        single: Ink = reduce_to_grid(ink[None], preparation)[0]
        return single
    count, height, width = ink.shape
    if not preparation.fits:
        origin, one = np.zeros(count, np.intp), np.ones(count, np.intp)
        return _scaled(ink, (origin, height * one), (origin, width * one), SIDE)
    return preparation(_on_grid(ink))


def _on_grid(ink: Ink) -> Ink:
    """Ink (N, H, W) amid (N, 24, 24): as it is where it fits, else scaled to 20 pixels."""
    rows, columns = _span(ink.max(axis=2)), _span(ink.max(axis=1))
    large = np.maximum(rows[1], columns[1]) > SIDE
    grids = np.empty((len(ink), SIDE, SIDE), np.uint8)
    grids[~large] = _cropped(
        ink[~large], (rows[0][~large], rows[1][~large]), (columns[0][~large], columns[1][~large])
    )
    if large.any():
        rows, columns = (rows[0][large], rows[1][large]), (columns[0][large], columns[1][large])
        grids[large] = _scaled(ink[large], rows, columns, FITTED_SIDE)
    return grids


def write_image(path: str | Path, grid: Ink, scale: int = 1) -> None:
    """Write a grid (24, 24) as a PNG of black ink on white paper, `scale` dots a pixel.

    Raises SixpadError when the file cannot be written.
    """
    write_atomically(Path(path), encode_image(grid, scale))


def encode_image(grid: Ink, scale: int = 1) -> bytes:
    """The bytes of the PNG that `write_image` writes."""
    grey = np.where(grid, 0, 255).astype(np.uint8).repeat(scale, axis=0).repeat(scale, axis=1)
    file = io.BytesIO()
    Image.fromarray(grey).save(file, format="PNG")
    return file.getvalue()


def _grey(image: Image.Image) -> NDArray[np.uint8]:
    """The grey levels of an open image, transparency on white."""
    if image.mode.startswith(("I", "F")):
        return _eight_bits(np.asarray(image))
    if not image.has_transparency_data:
        return np.asarray(image.convert("L"))
    with_alpha = image.convert("RGBA")
    on_white = Image.new("L", image.size, 255)
    on_white.paste(with_alpha.convert("L"), mask=with_alpha.getchannel("A"))
    return np.asarray(on_white)


def _eight_bits(levels: NDArray[Any]) -> NDArray[np.uint8]:
    """Levels of any depth spread over 0 to 255; Pillow's own conversion cuts them off instead."""
    if not np.isfinite(levels).all():
        raise ValueError("levels that are not finite")
    low, high = float(levels.min()), float(levels.max())
    spread = (levels - low) * (255 / max(high - low, 1e-300))
    return np.rint(spread).astype(np.uint8)


def _border(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The outermost pixels (N, n) of images (N, H, W)."""
    edges = (grey[:, 0], grey[:, -1], grey[:, 1:-1, 0], grey[:, 1:-1, -1])
    return np.concatenate(edges, axis=1)


Span = tuple[NDArray[np.intp], NDArray[np.intp]]


def _span(occupied: Ink) -> Span:
    """First index and length of what is occupied in each row of (N, length)."""
    first = occupied.argmax(axis=1)
    end = occupied.shape[1] - occupied[:, ::-1].argmax(axis=1)
    return first, np.where(occupied.any(axis=1), end - first, 0)


def _cropped(ink: Ink, rows: Span, columns: Span) -> Ink:
    """A part of each image, no larger than the grid, amid (N, 24, 24)."""
    count, height, width = ink.shape
    down, across = (np.arange(SIDE) - (SIDE - span[1][:, None]) // 2 for span in (rows, columns))
    inside = ((down >= 0) & (down < rows[1][:, None]))[:, :, None]
    inside = inside & ((across >= 0) & (across < columns[1][:, None]))[:, None, :]
    down = np.clip(down + rows[0][:, None], 0, height - 1)
    across = np.clip(across + columns[0][:, None], 0, width - 1)
    cropped: Ink = ink[np.arange(count)[:, None, None], down[:, :, None], across[:, None, :]]
    return cropped * inside


def _scaled(ink: Ink, rows: Span, columns: Span, side: int) -> Ink:
    """Scale a part of each image by area so that its longer side is `side`, amid (N, 24, 24)."""
    count, height, width = ink.shape
    scale = side / np.maximum(rows[1], columns[1])
    down = _area_weights(height, rows, scale)
    across = _area_weights(width, columns, scale).transpose(0, 2, 1)
    coverage = np.zeros((count, SIDE, SIDE), np.float32)
    step = max(_BLOCK // (count * width), 1)
    for top in range(0, height, step):
        part = ink[:, top : top + step].astype(np.float32)
        coverage += down[:, :, top : top + step] @ (part @ across)
    needed = np.minimum(np.minimum(_stroke_width(ink) * scale, 1) / 2, coverage.max(axis=(1, 2)))
    covered: NDArray[np.bool_] = coverage >= (needed * (1 - 1e-5))[:, None, None]
    return (covered & (coverage > 0)).astype(np.uint8)


def _area_weights(length: int, span: Span, scale: NDArray[np.float64]) -> NDArray[np.float32]:
    """Weights (N, 24, length): how much each of `length` samples counts in each of the grid's."""
    first, old = span
    new = np.maximum(np.rint(old * scale).astype(np.intp), 1)
    ratio = (old / new)[:, None, None]
    target = np.arange(SIDE) - ((SIDE - new) // 2)[:, None]
    begin = first[:, None, None] + target[:, :, None] * ratio
    source = np.arange(length)
    overlap = np.minimum(begin + ratio, source + 1) - np.maximum(begin, source)
    weights: NDArray[np.float64] = np.maximum(overlap, 0) / ratio
    weights *= ((target >= 0) & (target < new[:, None]))[:, :, None]
    return weights.astype(np.float32)


def _stroke_width(ink: Ink) -> NDArray[np.float64]:
    """The mean stroke width (N,) in pixels, 2·area/perimeter."""
    edges = np.zeros(len(ink), np.int64)
    for lines in (ink, ink.transpose(0, 2, 1)):
        edges += np.count_nonzero(lines[:, 1:] != lines[:, :-1], axis=(1, 2))
        edges += np.count_nonzero(lines[:, 0], axis=1) + np.count_nonzero(lines[:, -1], axis=1)
    area: NDArray[np.float64] = np.count_nonzero(ink, axis=(1, 2)).astype(np.float64)
    return 2 * area / np.maximum(edges, 1)
