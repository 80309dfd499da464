"""One preparation for all: every reader gives what the preparation makes of the image itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from sixpad.core.grid import PIXELS, SIDE, Ink, draw_strokes
from sixpad.core.preparation import Preparation
from sixpad.data.dataset import Dataset
from sixpad.data.handwriting import generate
from sixpad.data.idx import read_idx, write_idx
from sixpad.data.image_folder import read_image_folder, write_image_folder
from sixpad.data.images import (
    decode_drawing,
    encode_image,
    read_drawing,
    read_image,
    reduce_to_grid,
)
from sixpad.data.spec import load_data
from sixpad.data.unipen import read_unipen

ALL = pytest.mark.parametrize("preparation", Preparation)
WIDE_Z = [(1, 1), (23, 1), (1, 23), (23, 23)]


def drawings() -> Ink:
    """Strokes over all of the canvas, one that deskewing makes wider than it, and blank paper."""
    rng = np.random.default_rng(6)
    many = [draw_strokes([rng.uniform(0, 24, (4, 2))], 2.5) for _ in range(30)]
    return np.stack(
        [*many, draw_strokes([np.array(WIDE_Z)], 2.5), np.zeros((SIDE, SIDE), np.uint8)]
    )


def from_idx(folder: Path, grids: Ink, preparation: Preparation) -> Ink:
    write_idx(folder / "some", grids, np.zeros(len(grids)))
    return read_idx(folder / "some", preparation=preparation, ink="light").images


def from_folder(folder: Path, grids: Ink, preparation: Preparation) -> Ink:
    labels = np.zeros(len(grids), np.uint8)
    write_image_folder(folder / "out", Dataset(grids.reshape(-1, PIXELS), labels, "drawings"))
    return read_image_folder(folder / "out", preparation=preparation, ink="dark").images


def one_by_one(folder: Path, grids: Ink, preparation: Preparation) -> Ink:
    images = []
    for number, grid in enumerate(grids):
        path = folder / f"{number}.png"
        path.write_bytes(encode_image(grid))
        images.append(read_image(path, preparation=preparation, ink="dark"))
    return np.stack(images)


@ALL
@pytest.mark.parametrize("read", [from_idx, from_folder, one_by_one])
def test_files_of_drawings_are_prepared_as_drawings(
    tmp_path: Path, read: Callable[..., Ink], preparation: Preparation
) -> None:
    grids = drawings()
    found = read(tmp_path, grids, preparation).reshape(grids.shape)
    np.testing.assert_array_equal(found, preparation(grids))


@ALL
@settings(max_examples=60)
@example(WIDE_Z)
@given(st.lists(st.tuples(st.floats(0, 24), st.floats(0, 24)), min_size=2, max_size=6))
def test_any_drawing_is_reduced_to_what_its_preparation_makes_of_it(
    preparation: Preparation, points: list[tuple[float, float]]
) -> None:
    ink = draw_strokes([np.array(points)], 2.5)
    np.testing.assert_array_equal(reduce_to_grid(ink, preparation), preparation(ink))


@ALL
def test_paths_of_a_pen_are_prepared_after_they_are_drawn(
    tmp_path: Path, preparation: Preparation
) -> None:
    path = tmp_path / "digits.unipen"
    path.write_text(
        "".join(
            f'.SEGMENT DIGIT 0 ? "{digit}"\n.PEN_DOWN\n0 0\n{10 + 9 * digit} 100\n.PEN_UP\n'
            for digit in range(10)
        )
    )
    raw = read_unipen(path, preparation=Preparation.AS_DRAWN).images.reshape(-1, SIDE, SIDE)
    found = read_unipen(path, preparation=preparation).images.reshape(raw.shape)
    np.testing.assert_array_equal(found, preparation(raw))
    upright = found[1].any(axis=0).sum() < raw[1].any(axis=0).sum()
    assert upright is np.bool_(preparation is Preparation.DESKEWED)


@ALL
def test_generated_digits_are_prepared_after_they_are_written(preparation: Preparation) -> None:
    raw = generate(200, 5, preparation=Preparation.AS_DRAWN).images.reshape(-1, SIDE, SIDE)
    found = load_data(["handwriting:200:5"], preparation=preparation).images
    np.testing.assert_array_equal(found.reshape(raw.shape), preparation(raw))


@ALL
def test_a_drawing_that_was_copied_comes_back_as_it_was_drawn(preparation: Preparation) -> None:
    # It is for the canvas, which prepares what is on it for itself.
    grids = drawings()
    grids[:, [0, -1]] = grids[:, :, [0, -1]] = 0  # so that the border is paper
    for scale in (1, 5):
        for grid in grids:
            data = encode_image(grid, scale)
            np.testing.assert_array_equal(
                decode_drawing(data, "copied", preparation=preparation), grid
            )


def leaning(lean: float) -> Ink:
    """A thick bar over 600 rows of a large image."""
    ink = np.zeros((800, 900), np.uint8)
    for row in range(100, 700):
        left = round(400 + lean * (row - 400))
        ink[row, left : left + 60] = 1
    return ink


@pytest.mark.parametrize("lean", [-0.5, -0.2, 0.2, 0.5])
def test_large_images_are_deskewed_once_they_are_reduced(lean: float) -> None:
    """Pixels are coarse by then: what comes of it is upright but for a pixel here and there."""
    upright = reduce_to_grid(leaning(0), Preparation.FITTED)
    deskewed = reduce_to_grid(leaning(lean), Preparation.DESKEWED)
    fitted = reduce_to_grid(leaning(lean), Preparation.FITTED)
    missed = (deskewed != upright).sum()
    assert missed <= 0.1 * upright.sum()
    assert missed < 0.25 * (fitted != upright).sum()


def test_small_and_large_ink_in_one_batch_are_deskewed_each_for_itself() -> None:
    images = np.stack([leaning(lean) for lean in (-0.4, 0.0, 0.3)])
    small = np.zeros_like(images)
    small[:, 50:74, 30:54] = drawings()[:3]
    batch = np.concatenate([images, small])
    np.testing.assert_array_equal(
        reduce_to_grid(batch, Preparation.DESKEWED),
        [reduce_to_grid(image, Preparation.DESKEWED) for image in batch],
    )


@ALL
@pytest.mark.parametrize("large", [False, True])
def test_an_image_on_the_canvas_is_seen_as_a_file_of_it_is(
    preparation: Preparation, large: bool, tmp_path: Path
) -> None:
    ink = leaning(0.4) if large else np.pad(drawings()[0], ((5, 9), (30, 2)))
    path = tmp_path / "image.png"
    Image.fromarray(np.where(ink, 0, 255).astype(np.uint8)).save(path)
    on_canvas = read_drawing(path, preparation=preparation)
    np.testing.assert_array_equal(preparation(on_canvas), read_image(path, preparation=preparation))
