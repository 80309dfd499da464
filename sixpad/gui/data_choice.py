"""Which kinds of data there are to choose from, the dialogs that ask for them, and their names."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

OTHER_DATA = (
    ("Folder of images …", "images"),
    ("IDX files …", "idx"),
    ("UNIPEN file …", "unipen"),
)


def ask_for_data(kind: str, window: QWidget) -> str | None:
    """Ask for a source of examples of a kind, images, idx or unipen; its SPEC, None for none."""
    home = str(Path.home())
    if kind == "images":
        title = "Folder with a folder of images for each digit"
        path = QFileDialog.getExistingDirectory(window, title, home)
    elif kind == "idx":
        pattern = "IDX images (*-images-idx3-ubyte *-images-idx3-ubyte.gz)"
        path, _ = QFileDialog.getOpenFileName(window, "IDX images", home, pattern)
        path = path.removesuffix(".gz").removesuffix("-images-idx3-ubyte")
    else:
        pattern = "UNIPEN (*.unipen *.unipen.gz *.dat *.tra *.tes);;All files (*)"
        path, _ = QFileDialog.getOpenFileName(window, "UNIPEN", home, pattern)
    return f"{kind}:{path}" if path else None


def short_spec(spec: str) -> str:
    """A SPEC of a file or folder as its kind and last name."""
    kind, _, rest = spec.partition(":")
    return f"{kind}: {rest.replace(chr(92), '/').rstrip('/').rpartition('/')[2]}"
