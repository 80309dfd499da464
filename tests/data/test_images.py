"""Image files: every format and kind of pixel is read, all else is refused in a sentence."""

from __future__ import annotations

import io
import os
import socket
import struct
import warnings
import zlib
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sixpad.core.grid import SIDE, centre_and_fit
from sixpad.core.preparation import Preparation
from sixpad.data.images import (
    decode_image,
    encode_image,
    image_to_ink,
    read_image,
    reduce_to_grid,
    write_image,
)
from sixpad.errors import SixpadError

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "PPM", "TIFF")


def flag() -> np.ndarray:
    """Ink (40, 30) that no turn or mirror leaves as it is: an F."""
    ink = np.zeros((40, 30), np.uint8)
    ink[8:32, 8:12] = 1
    ink[8:12, 8:24] = 1
    ink[18:22, 8:18] = 1
    return ink


def picture(ink: np.ndarray) -> Image.Image:
    """Black ink on white paper."""
    return Image.fromarray(np.where(ink, 0, 255).astype(np.uint8))


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, format=kind, **options)
    return file.getvalue()


def ink_of(data: bytes) -> np.ndarray:
    return image_to_ink(decode_image(data, "picture"))


# --- files


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_is_read(tmp_path: Path, kind: str) -> None:
    options = {"lossless": True} if kind == "WEBP" else {"quality": 95} if kind == "JPEG" else {}
    path = tmp_path / "flag"
    path.write_bytes(saved(picture(flag()), kind, **options))
    np.testing.assert_array_equal(read_image(path), reduce_to_grid(flag()))
    np.testing.assert_array_equal(
        read_image(path, preparation=Preparation.AS_DRAWN),
        reduce_to_grid(flag(), preparation=Preparation.AS_DRAWN),
    )


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("1", "PNG"), ("L", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("P", "GIF"), ("RGB", "PNG"),
     ("RGBA", "PNG"), ("RGBA", "WEBP"), ("CMYK", "TIFF"), ("YCbCr", "TIFF"), ("I;16", "PNG"),
     ("I;16", "PPM"), ("I;16", "TIFF"), ("I", "TIFF"), ("F", "TIFF")],
)  # fmt: skip
def test_every_kind_of_pixel_is_read(mode: str, kind: str) -> None:
    if mode in ("I;16", "I", "F"):
        # Levels over 255 are levels too, and the range is the image's own.
        levels = np.where(flag(), 20_000, 30_000)
        kinds = {"I;16": np.uint16, "I": np.int32, "F": np.float32}
        image = Image.fromarray(levels.astype(kinds[mode]))
    else:
        image = picture(flag()).convert(mode)
    assert image.mode == mode
    np.testing.assert_array_equal(ink_of(saved(image, kind)), flag())


def test_transparency_is_white_paper() -> None:
    ink = np.where(flag()[:, :, None], [0, 0, 0, 255], [0, 0, 0, 0]).astype(np.uint8)
    np.testing.assert_array_equal(ink_of(saved(Image.fromarray(ink))), flag())
    palette = picture(flag()).convert("P", palette=Image.Palette.ADAPTIVE, colors=2)
    paper = np.asarray(palette)[0, 0]
    palette.putpalette([0] * 768)  # black on what would be black
    for kind in ("PNG", "GIF"):
        data = saved(palette, kind, transparency=int(paper), optimize=False)
        np.testing.assert_array_equal(ink_of(data), flag())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_of_exif_applies(kind: str, orientation: int) -> None:
    undo = [
        lambda ink: ink, np.fliplr, lambda ink: np.rot90(ink, 2), np.flipud, np.transpose, np.rot90,
        lambda ink: np.rot90(ink, 2).T, lambda ink: np.rot90(ink, -1),
    ]  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = picture(np.ascontiguousarray(undo[orientation - 1](flag())))
    options = {"lossless": True} if kind == "WEBP" else {"quality": 100} if kind == "JPEG" else {}
    data = saved(image, kind, exif=exif, **options)
    np.testing.assert_array_equal(ink_of(data), flag())


@pytest.mark.parametrize("scale", [1, 3, 10])
def test_what_is_written_is_read(tmp_path: Path, scale: int) -> None:
    grid = reduce_to_grid(flag(), preparation=Preparation.AS_DRAWN)
    path = tmp_path / "six.png"
    write_image(path, grid, scale)
    assert path.read_bytes() == encode_image(grid, scale)
    with Image.open(path) as image:
        assert (image.format, image.size) == ("PNG", (SIDE * scale, SIDE * scale))
        # Black ink on white paper.
        assert image.convert("L").getpixel((0, 0)) == 255
        assert image.convert("L").getextrema() == (0, 255)
    np.testing.assert_array_equal(read_image(path, preparation=Preparation.AS_DRAWN), grid)
    np.testing.assert_array_equal(read_image(path), centre_and_fit(grid))


def test_writing_where_there_is_no_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SixpadError, match="does not exist"):
        write_image(tmp_path / "no" / "six.png", flag()[:SIDE, :SIDE])


# --- what is refused


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims its size and holds next to nothing."""
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
              (b"IDAT", zlib.compress(bytes(99))), (b"IEND", b""))  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


@pytest.mark.parametrize("size", [(30_000, 30_000), (10_000, 9_000), (8_001, 8_000)])
def test_an_image_too_large_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(SixpadError, match="“huge” is too large"):
        decode_image(png_header(*size), "huge")


def test_a_large_image_that_holds_nothing_is_damaged() -> None:
    with pytest.raises(SixpadError, match="damaged"):
        decode_image(png_header(8_000, 8_000), "lying")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b"\0" * 99, "is not an image that sixpad can read"),
        (b"just text\n", "is not an image that sixpad can read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is not an image that sixpad can read"),
        (
            b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
            "is not an image that sixpad can read",
        ),
        (b"\x89PNG\r\n\x1a\n", "is not an image that sixpad can read"),
    ],
)
def test_what_is_no_image_is_refused(tmp_path: Path, data: bytes, sentence: str) -> None:
    path = tmp_path / "other.png"
    path.write_bytes(data)
    with pytest.raises(SixpadError, match=f"other.png” {sentence}"):
        read_image(path)


@pytest.mark.parametrize("kind", FORMATS)
def test_half_an_image_is_refused(kind: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)
    data = saved(Image.fromarray(noise), kind)
    with pytest.raises(SixpadError, match=r"damaged image or is cut short|not an image"):
        decode_image(data[: len(data) // 2], "half")


def test_levels_that_are_not_finite_are_refused() -> None:
    levels = np.full((4, 4), np.nan, np.float32)
    with pytest.raises(SixpadError, match="damaged"):
        decode_image(saved(Image.fromarray(levels), "TIFF"), "nan")


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SixpadError, match="There is no file"):
        read_image(tmp_path / "none.png")
    with pytest.raises(SixpadError, match="not an ordinary file"):
        read_image(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipes_and_sockets_are_refused_and_do_not_hang(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # the name of a socket may not be long
    os.mkfifo("pipe.png")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.png")
        for name in ("pipe.png", "socket.png"):
            with pytest.raises(SixpadError, match="not an ordinary file"):
                read_image(name)


@cache
def valid_images() -> tuple[bytes, ...]:
    """A small image of each format, and others that lead Pillow down other ways."""
    image = picture(flag())
    exif = Image.Exif()
    exif[0x0112] = 6
    return (
        *(saved(image, kind) for kind in FORMATS),
        saved(image, "JPEG", exif=exif, progressive=True),
        saved(image, "PNG", exif=exif, transparency=255),
        saved(image.convert("P"), "GIF", save_all=True, append_images=[image.rotate(90)]),
        *(saved(image, "TIFF", compression=name) for name in ("tiff_lzw", "tiff_deflate", "jpeg")),
        saved(image.convert("1"), "TIFF", compression="group4"),
        saved(image.convert("RGBA"), "WEBP", exif=exif),
        b"P2 3 2 9\n0 1 2\n3 4 9\n",
    )


def decode_or_refuse(data: bytes) -> None:
    """The only two ways an image may end, with warnings as errors: grey levels or a SixpadError."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            grey = decode_image(data, "hostile")
        except SixpadError:
            return
    assert grey.ndim == 2
    assert grey.size > 0
    assert grey.dtype == np.uint8
    assert reduce_to_grid(image_to_ink(grey)).shape == (SIDE, SIDE)


@settings(deadline=None, max_examples=400)
@given(
    which=st.integers(0, 15),
    places=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=4),
    cut=st.just(0) | st.integers(1, 300),
)
def test_mutated_and_cut_images_are_decoded_or_refused(
    which: int, places: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(valid_images()[which])
    for place, value in places:
        data[place % len(data)] = value
    decode_or_refuse(bytes(data[: max(len(data) - cut, 0)]))


@settings(deadline=None, max_examples=100)
@given(which=st.integers(0, 15), data=st.binary(max_size=200))
def test_random_bytes_are_decoded_or_refused(which: int, data: bytes) -> None:
    decode_or_refuse(data)
    decode_or_refuse(valid_images()[which][:16] + data)
