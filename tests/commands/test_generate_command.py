"""`sixpad generate`: digits as image files, the same by seed, and nothing written over."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from terminal import Captured, complaint, reported

from sixpad.cli import main


def test_generate_writes_images_by_class(digits: Path, tmp_path: Path, capsys: Captured) -> None:
    assert sorted(path.name for path in digits.iterdir()) == list("0123456789")
    again = tmp_path / "again"
    command = ["generate", "--count", "40", "--seed", "3", "--out", str(again), "--json"]
    capsys.readouterr()
    assert main(command) == 0
    assert reported(capsys) == {"examples": 40, "seed": 3, "out": str(again)}
    files = sorted(path.relative_to(digits) for path in digits.glob("*/*.png"))
    assert len(files) == 40
    for file in files:
        assert (digits / file).read_bytes() == (again / file).read_bytes()
        with Image.open(digits / file) as image:
            assert image.size == (24, 24)


def test_generate_leaves_a_folder_with_something_in_it_alone(
    digits: Path, tmp_path: Path, capsys: Captured
) -> None:
    capsys.readouterr()
    (tmp_path / "file").touch()
    for out, words in ((tmp_path, "is not empty"), (tmp_path / "file", "no folder")):
        assert main(["generate", "--count", "10", "--seed", "1", "--out", str(out)]) == 2
        assert words in complaint(capsys)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
