"""Which kinds of data there are to choose from, the dialogs that ask for them, and their names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from sixpad.data.spec_words import DRAWINGS, handwriting_count, split_share
from sixpad.gui.numbers import count

OTHER_DATA = (
    ("Folder of images …", "images"),
    ("IDX files …", "idx"),
    ("UNIPEN file …", "unipen"),
)
# Asks for the place where sources are mixed, in the place of a kind.
MIX = "mix"


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


def specs_to_test_on(trained: Iterable[str]) -> list[str]:
    """Data made for testing that are here: MNIST's own, and what lies beside what is trained on."""
    from sixpad.data.mnist import TEST, mnist_folder, mnist_specs, part_to_test_on

    found = [part_to_test_on(split_share(spec)[0]) for spec in trained]
    found.append(mnist_specs(mnist_folder()).get(TEST))
    return list(dict.fromkeys(spec for spec in found if spec))


def source_name(text: str) -> str:
    """What a source is called in lists: its kind, and the last name of a file or folder.

    `text` is its SPEC without a share.
    """
    kind, _, rest = text.partition(":")
    if kind == "handwriting":
        return f"Handwriting, {count(handwriting_count(text))}"
    if kind == DRAWINGS:
        return "My drawings" if not rest else f"Drawings: {_last_name(rest)}"
    if part := _part_of_mnist(text):
        return "MNIST" if part == "train" else "MNIST, its test part"
    return f"{_KINDS.get(kind, kind)}: {_last_name(rest)}"


def source_detail(text: str) -> str:
    """Where a source comes from: the whole path of a file or folder, or a few words."""
    kind, _, rest = text.partition(":")
    if kind == "handwriting":
        seed = rest.split(":")[1:]
        return "written by sixpad" + (f", seed {seed[0]}" if seed else "")
    if kind == DRAWINGS and not rest:
        return "drawn by you"
    return "written by others" if _part_of_mnist(text) else rest


def mix_name(specs: Sequence[str]) -> str:
    """What is trained on, in a line."""
    names = [source_name(split_share(spec)[0]) for spec in specs]
    if len(names) == 1:
        return names[0]
    return "Mix: " + ", ".join(name.partition(",")[0] for name in names)


def _part_of_mnist(text: str) -> str | None:
    if not text.startswith("idx:"):
        return None
    # Brings Pillow and TLS with it, which the first paint need not wait for.
    from sixpad.data.mnist import part_of_mnist

    return part_of_mnist(text)


def _last_name(path: str) -> str:
    return path.replace(chr(92), "/").rstrip("/").rpartition("/")[2]


_KINDS = {"images": "Images", "idx": "IDX", "unipen": "UNIPEN"}
