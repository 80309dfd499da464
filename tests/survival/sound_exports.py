"""Sound exports of drawings, and what imports their mutants."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from sound_files import Kind
from stores import make_store, store_in

from sixpad.data.exchange import FOLDER, IDX, PORTABLE, export_drawings, import_drawings
from sixpad.data.idx import IMAGES, LABELS
from sixpad.data.portable_file import SUFFIX
from sixpad.data.stored import Stored, trouble_of

IMAGES_NAME, LABELS_NAME, PORTABLE_NAME = f"x-{IMAGES}", f"x-{LABELS}", f"x{SUFFIX}"


@cache
def _exported() -> dict[str, bytes]:
    """Forty drawings in each of the kinds, by the names of the files."""
    with tempfile.TemporaryDirectory(prefix="sixpad-sound-") as name:
        folder = Path(name)
        drawings = make_store(store_in(folder), 40)
        export_drawings(drawings, folder / PORTABLE_NAME, PORTABLE)
        export_drawings(drawings, folder / IMAGES_NAME, IDX)
        export_drawings(drawings[1:4], folder / "x", FOLDER)
        contents = {path.name: path.read_bytes() for path in folder.glob("x*") if path.is_file()}
        (image, *_) = sorted((folder / "x").glob("*/*.png"))
        return contents | {image.name: image.read_bytes()}


def _import(path: Path) -> list[Stored]:
    """Import what lies at a path; all that it gives must be sound, and what it says plain."""
    imported = import_drawings(path, ())
    assert not any(map(trouble_of, imported.new)), "a drawing that is not sound"
    assert all(reason.isprintable() for reason in imported.reasons), imported.reasons
    return imported.new


def _reader(name: str) -> Callable[[bytes, Path], object]:
    def read(data: bytes, folder: Path) -> None:
        for other, content in _exported().items():
            (folder / other).write_bytes(content)
        (folder / name).write_bytes(data)
        _import(folder / name)
        assert (folder / name).read_bytes() == data, "importing has changed the file"

    return read


def _read_folder(data: bytes, folder: Path) -> None:
    name = next(name for name in _exported() if name.endswith(".png"))
    (folder / "3").mkdir()
    (folder / "3" / name).write_bytes(data)
    (folder / "3" / "other.png").write_bytes(_exported()[name])
    assert len(_import(folder)) >= 1, "one bad image keeps the others out"


def _kind(name: str, file: str) -> Kind:
    return Kind(name, lambda: [_exported()[file]], _reader(file))


KINDS = (
    _kind("portable files", PORTABLE_NAME),
    _kind("imported images", IMAGES_NAME),
    _kind("imported labels", LABELS_NAME),
    Kind(
        "imported folders",
        lambda: [content for name, content in _exported().items() if name.endswith(".png")],
        _read_folder,
    ),
)
