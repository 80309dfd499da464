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


def ask_for_mnist(window: QWidget) -> Path | None:
    """Ask for a folder that holds MNIST; None for none."""
    home = str(Path.home())
    title = "Folder with MNIST (train-images-idx3-ubyte and so on)"
    path = QFileDialog.getExistingDirectory(window, title, home)
    return Path(path) if path else None


def source_name(text: str) -> str:
    """What a source is called in lists: its kind, and the last name of a file or folder.

    `text` is its SPEC without a share.
    """
    kind, _, rest = text.partition(":")
    if kind == "handwriting":
        # The readers bring Pillow with them, which the first paint need not wait for.
        words = rest.split(":")
        number = int(words[0]) if words[0].isdecimal() else 40_000
        return f"Handwriting, {count(number)}"
    if kind == "drawings":
        return "My drawings" if not rest else f"Drawings: {_last_name(rest)}"
    if kind == "idx" and _last_name(rest) in _MNIST_PARTS:
        return _MNIST_PARTS[_last_name(rest)]
    return f"{_KINDS.get(kind, kind)}: {_last_name(rest)}"


def mix_name(specs: Sequence[str]) -> str:
    """What is trained on, in a line."""
    return " + ".join(source_name(split_share(spec)[0]) for spec in specs)


def _last_name(path: str) -> str:
    return path.replace(chr(92), "/").rstrip("/").rpartition("/")[2]


_KINDS = {"images": "Images", "idx": "IDX", "unipen": "UNIPEN"}
