"""MNIST: 70,000 digits that other people wrote; where it is kept, and where it comes from.

Y. LeCun, C. Cortes, C. J. C. Burges, 1998: 60,000 digits to train on and 10,000, by other writers,
to test on. Sizes and SHA-256 are those that TensorFlow Datasets and torchvision give, too.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sixpad.data.files import explained
from sixpad.data.folders import locations
from sixpad.data.idx import IMAGES, LABELS
from sixpad.data.pinned_file import PinnedFile
from sixpad.errors import SixpadError

if TYPE_CHECKING:
    import ssl

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
FILES = (
    PinnedFile(
        "train-images-idx3-ubyte.gz",
        9_912_422,
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    ),
    PinnedFile(
        "train-labels-idx1-ubyte.gz",
        28_881,
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    ),
    PinnedFile(
        "t10k-images-idx3-ubyte.gz",
        1_648_877,
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    ),
    PinnedFile(
        "t10k-labels-idx1-ubyte.gz",
        4_542,
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ),
)
TRAINING, TEST = "train", "t10k"

# In folders that others have made, the files may lie further in.
_INSIDE = ("", "raw", "MNIST/raw")


def mnist_folder() -> Path:
    """Where sixpad keeps its own copy; it need not be there."""
    return locations()["data"] / "mnist"


def download_mnist(
    folder: Path,
    *,
    on_progress: Callable[[int], None] | None = None,
    context: ssl.SSLContext | None = None,
) -> None:
    """Bring what is missing of MNIST into `folder`, which is made.

    `on_progress` is told how many bytes of all files are here. Raises as `download` does, and what
    is here by then stays.
    """
    # It brings TLS with it, which a look at what is here need not wait for.
    from sixpad.data.download import download

    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
    before = 0
    for file in FILES:
        if not _is_there(file, folder):

            def report(here: int, before: int = before) -> None:
                if on_progress:
                    on_progress(before + here)

            download(file, MIRRORS, folder, on_progress=report, context=context)
        before += file.size
        if on_progress:
            on_progress(before)


def bytes_in_all() -> int:
    """How many bytes MNIST has, packed."""
    return sum(file.size for file in FILES)


def bytes_here(folder: Path) -> int:
    """How many of them a folder has, those of files that are not whole included."""
    return sum(
        file.size if _is_there(file, folder) else min(_size(file.part(folder)), file.size)
        for file in FILES
    )


def mnist_specs(folder: Path) -> dict[str, str]:
    """The SPECs of the parts that a folder holds, by TRAINING and TEST; packed files or not."""
    for inside in _INSIDE:
        found = {
            part: f"idx:{folder / inside / part}"
            for part in (TRAINING, TEST)
            if all(_any_of(folder / inside, f"{part}-{kind}") for kind in (IMAGES, LABELS))
        }
        if found:
            return found
    return {}


def opened_folder(folder: Path) -> dict[str, str]:
    """`mnist_specs` of a folder that a person has chosen; raises SixpadError without TRAINING."""
    specs = mnist_specs(folder)
    if TRAINING not in specs:
        raise SixpadError(
            f"“{folder}” does not hold MNIST's training digits: choose the folder of "
            f"{TRAINING}-{IMAGES} and {TRAINING}-{LABELS}, packed (.gz) or not."
        )
    return specs


def part_of_mnist(spec: str) -> str | None:
    """TRAINING or TEST where a SPEC names the packed files that are pinned; None for all else."""
    kind, _, prefix = spec.partition(":")
    path = Path(prefix)
    names = {file.name: file for file in FILES}
    images = names.get(f"{path.name}-{IMAGES}.gz")
    return path.name if kind == "idx" and images and _is_there(images, path.parent) else None


def part_to_test_on(spec: str) -> str | None:
    """The SPEC of the test part that lies beside a training part, where there is one."""
    kind, _, prefix = spec.partition(":")
    path = Path(prefix)
    if kind != "idx" or path.name != TRAINING:
        return None
    return mnist_specs(path.parent).get(TEST)


def _is_there(file: PinnedFile, folder: Path) -> bool:
    # It got its name when its SHA-256 was right.
    return _size(folder / file.name) == file.size


def _any_of(folder: Path, name: str) -> bool:
    return _size(folder / name) > 0 or _size(folder / f"{name}.gz") > 0


def _size(path: Path) -> int:
    """The bytes of a file; 0 where there is none."""
    with suppress(OSError):
        if path.is_file():
            return path.stat().st_size
    return 0
