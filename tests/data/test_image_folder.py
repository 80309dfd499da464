"""Folders of images: what is written is read, and nothing of the person's is written over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sixpad.core.grid import PIXELS, SIDE, centre_and_fit
from sixpad.core.preparation import Preparation
from sixpad.data.dataset import Dataset
from sixpad.data.image_folder import (
    check_new_folder,
    read_image_folder,
    write_image_folder,
    write_images,
)
from sixpad.data.images import read_image, write_image
from sixpad.errors import SixpadError


def examples(labels: list[int]) -> Dataset:
    """Random ink with a paper border."""
    grids = np.zeros((len(labels), SIDE, SIDE), np.uint8)
    inside = (len(labels), SIDE - 2, SIDE - 2)
    grids[:, 1:-1, 1:-1] = np.random.default_rng(1).integers(0, 2, inside)
    return Dataset(grids.reshape(-1, PIXELS), np.array(labels, np.uint8), "examples")


def test_what_is_written_is_read_by_class(tmp_path: Path) -> None:
    dataset = examples([6, 0, 6, 9, 0, 3, 6, 6, 1, 1, 1, 2])
    write_image_folder(tmp_path / "new" / "out", dataset)
    read = read_image_folder(tmp_path / "new" / "out", preparation=Preparation.AS_DRAWN)
    by_class = np.argsort(dataset.labels, kind="stable")
    np.testing.assert_array_equal(read.labels, dataset.labels[by_class])
    np.testing.assert_array_equal(read.images, dataset.images[by_class])
    assert read.name == "images out"
    fitted = read_image_folder(tmp_path / "new" / "out")
    grids = dataset.images[by_class].reshape(-1, SIDE, SIDE)
    np.testing.assert_array_equal(fitted.images.reshape(grids.shape), centre_and_fit(grids))


def test_images_come_by_name_and_the_rest_is_passed_over(tmp_path: Path) -> None:
    grids = examples([0] * 3).images.reshape(-1, SIDE, SIDE)
    (tmp_path / "4").mkdir()
    for name, grid in zip(("b.png", "C.PNG", "a.png"), grids, strict=True):
        write_image(tmp_path / "4" / name, grid)
    (tmp_path / "4" / "notes.txt").write_text("not an image")
    (tmp_path / "4" / "._a.png").write_text("what a Mac leaves behind")
    (tmp_path / "4" / "folder").mkdir()
    (tmp_path / "10").mkdir()
    (tmp_path / "README").write_text("not a class")
    dataset = read_image_folder(tmp_path, preparation=Preparation.AS_DRAWN)
    assert dataset.labels.tolist() == [4, 4, 4]
    np.testing.assert_array_equal(dataset.images.reshape(grids.shape), grids[[1, 2, 0]])


def test_progress_rises_to_one_in_both_ways(tmp_path: Path) -> None:
    written: list[float] = []
    write_image_folder(tmp_path / "out", examples([1, 2, 3, 4]), written.append)
    read: list[float] = []
    read_image_folder(tmp_path / "out", on_progress=read.append)
    assert read == written == [0.25, 0.5, 0.75, 1.0]


def test_polarity_can_be_said(tmp_path: Path) -> None:
    dataset = examples([5])
    write_image_folder(tmp_path / "out", dataset)
    light = read_image_folder(tmp_path / "out", preparation=Preparation.AS_DRAWN, ink="light")
    np.testing.assert_array_equal(light.images, 1 - dataset.images)


def test_an_image_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    write_image_folder(tmp_path / "out", examples([1, 2]))
    (tmp_path / "out" / "2" / "bad.png").write_text("text")
    with pytest.raises(SixpadError, match=r"bad\.png” is not an image"):
        read_image_folder(tmp_path / "out")


def test_folders_that_hold_no_classes_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("text")
    (tmp_path / "empty" / "3").mkdir(parents=True)
    (tmp_path / "flat").mkdir()
    (tmp_path / "flat" / "3").write_text("a file where a folder should be")
    for name, sentence in {
        "none": "cannot be read",
        "file": "cannot be read",
        "empty": "no images in folders named 0 to 9",
        "flat": "3” cannot be read",
    }.items():
        with pytest.raises(SixpadError, match=sentence):
            read_image_folder(tmp_path / name)


def test_images_are_written_under_the_names_they_are_given(tmp_path: Path) -> None:
    grids = examples([0, 1, 2]).images.reshape(-1, SIDE, SIDE)
    done: list[float] = []
    write_images(tmp_path / "wrong", ["2-b.png", "folder/1.png", "a.png"], grids, done.append)
    assert done == pytest.approx([1 / 3, 2 / 3, 1])
    for name, grid in zip(("2-b.png", "folder/1.png", "a.png"), grids, strict=True):
        read = read_image(tmp_path / "wrong" / name, preparation=Preparation.AS_DRAWN, ink="dark")
        np.testing.assert_array_equal(read, grid)
    assert len([path for path in tmp_path.rglob("*.png") if path.is_file()]) == 3


def test_no_image_at_all_leaves_an_empty_folder(tmp_path: Path) -> None:
    write_images(tmp_path / "wrong", [], np.empty((0, SIDE, SIDE), np.uint8))
    assert list((tmp_path / "wrong").iterdir()) == []
    check_new_folder(tmp_path / "wrong")
    check_new_folder(tmp_path / "not" / "there")


def test_writing_over_other_images_is_refused(tmp_path: Path) -> None:
    (tmp_path / "precious.png").write_text("kept")
    with pytest.raises(SixpadError, match="not empty"):
        write_image_folder(tmp_path, examples([1]))
    assert [path.name for path in tmp_path.iterdir()] == ["precious.png"]


def test_writing_into_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("text")
    for folder in ("file", "file/under"):
        with pytest.raises(SixpadError, match="no folder to write to"):
            write_image_folder(tmp_path / folder, examples([1]))
