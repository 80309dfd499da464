"""Sound files of every kind that sixpad reads, and what reads them: mutants are made of these."""

from __future__ import annotations

import gzip
import io
import struct
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from sixpad.core.grid import SIDE
from sixpad.data.idx import IMAGES, LABELS, read_idx
from sixpad.data.images import read_drawing, read_image
from sixpad.data.model_file import open_model, save_model
from sixpad.data.settings import Settings, load_settings, save_settings
from sixpad.data.unipen import read_unipen

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))
import saved_models


@dataclass(frozen=True)
class Kind:
    """Files of one kind: some that are sound, and what reads one in the folder it is given.

    `read` is given a mutant's bytes and an empty folder.
    """

    name: str
    originals: Callable[[], Sequence[bytes]]
    read: Callable[[bytes, Path], object]


def _picture(height: int, width: int) -> Image.Image:
    """Something like a digit on paper."""
    y, x = np.mgrid[:height, :width]
    ring = np.hypot((y - height / 2) / height, (x - width / 2) / width)
    grey = 255 * (np.abs(ring - 0.3) > 0.08) - (x * y) % 7
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))


def _images() -> list[bytes]:
    small, large = _picture(SIDE, SIDE), _picture(70, 100)
    alpha = large.convert("RGBA")
    alpha.putalpha(large.point(lambda level: 255 - level // 2))
    deep = Image.fromarray(np.asarray(large).astype(np.uint16) * 257)
    real = Image.fromarray(np.asarray(small).astype(np.float32) / 255)
    turned = Image.Exif()
    turned[0x0112] = 6
    pages: dict[str, Any] = {"save_all": True, "append_images": [small.resize(large.size)]}
    ways: list[tuple[Image.Image, str, dict[str, Any]]] = [
        (small, "PNG", {}), (small.convert("1"), "PNG", {}), (alpha, "PNG", {"exif": turned}),
        (large.convert("P"), "PNG", {"transparency": 3}), (deep, "PNG", {}),
        (large, "PNG", {"icc_profile": bytes(200), "dpi": (72, 72)}), (large, "PNG", pages),
        (large, "JPEG", {}), (large.convert("RGB"), "JPEG", {"progressive": True, "exif": turned}),
        (large.convert("CMYK"), "JPEG", {"quality": 30}),
        (small, "BMP", {}), (small.convert("1"), "BMP", {}), (large.convert("RGB"), "BMP", {}),
        (small, "GIF", {}), (large, "GIF", pages), (large.convert("P"), "GIF", {"transparency": 1}),
        (large, "WEBP", {}), (alpha, "WEBP", {"lossless": True, "exif": turned.tobytes()}),
        (large, "WEBP", pages),
        (small, "PPM", {}), (small.convert("1"), "PPM", {}), (large.convert("RGB"), "PPM", {}),
        (deep, "PPM", {}), (real, "PPM", {}),
        *((large, "TIFF", {"compression": each})
          for each in ("raw", "tiff_lzw", "tiff_deflate", "packbits", "jpeg")),
        (small.convert("1"), "TIFF", {"compression": "group4"}), (deep, "TIFF", {}),
        (real, "TIFF", {}), (alpha, "TIFF", pages | {"exif": turned}),
    ]  # fmt: skip
    written = []
    for image, form, options in ways:
        file = io.BytesIO()
        image.save(file, form, **options)
        written.append(file.getvalue())
    rows = np.asarray(small.resize((8, 8)))
    text = "\n".join(" ".join(map(str, row)) for row in rows)
    written.append(f"P2\n# grey\n8 8\n255\n{text}\n".encode())
    return [*written, b"P1\n6 2\n101010\n010101\n"]


def _read_image(data: bytes, folder: Path) -> None:
    path = folder / "image"
    path.write_bytes(data)
    try:
        read_image(path)
    finally:
        # Both ways of reading are tried, whatever the first came to.
        read_drawing(path)


def _idx(elements: np.ndarray[Any, Any]) -> list[bytes]:
    header = struct.pack(f">HBB{elements.ndim}I", 0, 8, elements.ndim, *elements.shape)
    data = header + elements.astype(np.uint8).tobytes()
    return [data, gzip.compress(data, 1)]


_DIGITS = np.arange(12) % 10
_GREY = np.stack([np.roll(np.asarray(_picture(28, 28)), k, axis=1) for k in range(12)])


def _reader_of_idx(mutated: str, sound: str, other: bytes) -> Callable[[bytes, Path], object]:
    def read(data: bytes, folder: Path) -> None:
        suffix = ".gz" if data.startswith(b"\x1f\x8b") else ""
        (folder / f"x-{sound}").write_bytes(other)
        (folder / f"x-{mutated}{suffix}").write_bytes(data)
        read_idx(folder / "x")

    return read


def _unipen() -> list[bytes]:
    lines = [".VERSION 1.0", ".COORD X Y T P", ".HIERARCHY SEGMENT DIGIT"]
    for digit in range(10):
        turns = np.linspace(0, 6, 25)
        points = np.stack([np.cos(turns * (digit + 1) / 4), np.sin(turns)], axis=1) * 100
        lines += [f'.SEGMENT DIGIT {digit} ? "{digit}"', ".DT 10", ".PEN_DOWN"]
        lines += [f" {x:.0f} {y:.2f} 3 4" for x, y in points]
        lines += [".PEN_UP", ".PEN_DOWN", "7 7", ".PEN_UP", ".COMMENT end"]
    data = "\n".join(lines).encode()
    return [data, gzip.compress(data, 1)]


def _read_unipen(data: bytes, folder: Path) -> None:
    path = folder / ("pen.gz" if data.startswith(b"\x1f\x8b") else "pen")
    path.write_bytes(data)
    read_unipen(path)


def _models() -> list[bytes]:
    networks = (saved_models.ONE, saved_models.HIDDEN)
    models = [saved_models.model(network=network) for network in networks]
    return [_written(partial(save_model, model=model)) for model in models]


def _settings() -> list[bytes]:
    settings = Settings(drawing=bytes(range(72)), geometry=bytes(range(90)))
    return [_written(partial(save_settings, settings=settings))]


def _written(write: Callable[[Path], object]) -> bytes:
    """What is in the file that `write` has written."""
    with tempfile.TemporaryDirectory(prefix="sixpad-sound-") as folder:
        path = Path(folder) / "file"
        write(path)
        return path.read_bytes()


def _read_path(name: str, reader: Callable[[Path], object]) -> Callable[[bytes, Path], object]:
    def read(data: bytes, folder: Path) -> None:
        path = folder / name
        path.write_bytes(data)
        reader(path)

    return read


KINDS = (
    Kind("images", _images, _read_image),
    Kind("idx images", lambda: _idx(_GREY), _reader_of_idx(IMAGES, LABELS, _idx(_DIGITS)[0])),
    Kind("idx labels", lambda: _idx(_DIGITS), _reader_of_idx(LABELS, IMAGES, _idx(_GREY)[0])),
    Kind("unipen", _unipen, _read_unipen),
    Kind("models", _models, _read_path("model.safetensors", open_model)),
    Kind("settings", _settings, _read_path("settings.json", load_settings)),
)
