"""MNIST: pinned, brought file by file, and found in the folders that people have it in."""

from __future__ import annotations

import gzip
import hashlib
import re
import ssl
from pathlib import Path

import numpy as np
import pytest
from loopback import Loopback, serve, status

from sixpad.data import mnist
from sixpad.data.idx import write_idx
from sixpad.data.mnist import (
    FILES,
    MIRRORS,
    TEST,
    TRAINING,
    bytes_here,
    bytes_in_all,
    download_mnist,
    mnist_specs,
    opened_folder,
    part_to_test_on,
)
from sixpad.data.pinned_file import PinnedFile
from sixpad.data.spec import load_data
from sixpad.errors import SixpadError


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Small files in the place of MNIST's, by their names."""
    folder = tmp_path_factory.mktemp("made")
    images = np.random.default_rng(0).random((40, 24, 24)) < 0.3
    for part in (TRAINING, TEST):
        write_idx(folder / part, images.astype(np.uint8), np.arange(40) % 10)
    return {f"{path.name}.gz": gzip.compress(path.read_bytes()) for path in folder.iterdir()}


@pytest.fixture
def files(contents: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> list[PinnedFile]:
    """Those files in the place of MNIST's."""
    pinned = [
        PinnedFile(name, len(content), hashlib.sha256(content).hexdigest())
        for name, content in ((file.name, contents[file.name]) for file in FILES)
    ]
    monkeypatch.setattr(mnist, "FILES", pinned)
    return pinned


def test_what_is_pinned_can_be_what_it_says() -> None:
    assert len({file.sha256 for file in FILES}) == len(FILES) == 4
    assert all(re.fullmatch("[0-9a-f]{64}", file.sha256) for file in FILES)
    assert bytes_in_all() == 11_594_722
    assert all(address.startswith("https://") and address.endswith("/") for address in MIRRORS)


def test_it_is_brought_file_by_file_and_can_be_read(
    tmp_path: Path, mirror: Loopback, trusting: ssl.SSLContext,
    contents: dict[str, bytes], files: list[PinnedFile], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(mnist, "MIRRORS", [mirror.address])
    folder = tmp_path / "some" / "where"
    mirror.answers = {f"/{name}": [serve(content)] for name, content in contents.items()}
    progress: list[int] = []

    def fetch() -> None:
        download_mnist(folder, on_progress=progress.append, context=trusting)

    mirror.answers[f"/{files[2].name}"] = [status(403), serve(contents[files[2].name])]
    assert bytes_here(folder) == 0
    with pytest.raises(SixpadError, match=r"t10k-images.*refuses it"):
        fetch()
    assert bytes_here(folder) == files[0].size + files[1].size
    assert list(mnist_specs(folder)) == [TRAINING]
    mirror.asked.clear()
    progress.clear()
    fetch()
    assert [path for path, _ in mirror.asked] == [f"/{file.name}" for file in files[2:]]
    assert progress == sorted(progress)
    assert progress[-1] == bytes_here(folder) == bytes_in_all()
    specs = mnist_specs(folder)
    assert [len(load_data([spec])) for spec in specs.values()] == [40, 40]


def test_what_has_come_of_a_file_counts(tmp_path: Path, files: list[PinnedFile]) -> None:
    files[1].part(tmp_path).write_bytes(b"0" * 7)
    assert bytes_here(tmp_path) == 7
    (tmp_path / files[0].name).write_bytes(b"another size")
    assert bytes_here(tmp_path) == 7


@pytest.mark.parametrize("inside", ["", "raw", "MNIST/raw"])
@pytest.mark.parametrize("packed", [True, False])
def test_it_is_found_in_folders_of_other_programs(
    tmp_path: Path, contents: dict[str, bytes], inside: str, packed: bool
) -> None:
    folder = tmp_path / inside
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        path = folder / (name if packed else name.removesuffix(".gz"))
        path.write_bytes(content if packed else gzip.decompress(content))
    specs = opened_folder(tmp_path)
    assert specs == {part: f"idx:{folder / part}" for part in (TRAINING, TEST)}
    assert len(load_data([specs[TEST]])) == 40
    assert part_to_test_on(specs[TRAINING]) == specs[TEST]


def test_a_folder_without_it_is_told(tmp_path: Path, contents: dict[str, bytes]) -> None:
    for name, content in contents.items():
        if name.startswith(TEST) or "labels" in name:
            (tmp_path / name).write_bytes(content)
    with pytest.raises(SixpadError, match="does not hold MNIST's training digits: choose"):
        opened_folder(tmp_path)
    with pytest.raises(SixpadError):
        opened_folder(tmp_path / "not-there")


@pytest.mark.parametrize("spec", ["handwriting", "images:train", "idx:nowhere/train", "idx:x/own"])
def test_other_data_have_no_test_part(spec: str) -> None:
    assert part_to_test_on(spec) is None
