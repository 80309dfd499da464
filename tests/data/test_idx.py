"""IDX files: what is written is read, images of any size, and lies are refused."""

from __future__ import annotations

import gzip
import os
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sixpad.core.grid import PIXELS, SIDE, centre_and_fit
from sixpad.core.preparation import Preparation
from sixpad.data.idx import IMAGES, LABELS, read_idx, write_idx
from sixpad.data.images import image_to_ink, reduce_to_grid
from sixpad.errors import SixpadError


def header(*sizes: int, kind: int = 8) -> bytes:
    return struct.pack(f">HBB{len(sizes)}I", 0, kind, len(sizes), *sizes)


def write(prefix: Path, images: bytes, labels: bytes, packed: bool = False) -> None:
    for kind, data in ((IMAGES, images), (LABELS, labels)):
        suffix = ".gz" if packed else ""
        content = gzip.compress(data, 1, mtime=0) if packed else data
        Path(f"{prefix}-{kind}{suffix}").write_bytes(content)


def random_grids(count: int, seed: int) -> np.ndarray:
    """Random ink with a paper border."""
    rng = np.random.default_rng(seed)
    grids = np.zeros((count, SIDE, SIDE), np.uint8)
    grids[:, 1:-1, 1:-1] = rng.random((count, SIDE - 2, SIDE - 2)) < rng.random((count, 1, 1))
    return grids


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all the examples of a property, which write over each other."""
    return tmp_path_factory.mktemp("idx")


@settings(deadline=None, max_examples=50)
@given(
    count=st.integers(1, 20), seed=st.integers(0, 1000), flat=st.booleans(), packed=st.booleans()
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, count: int, seed: int, flat: bool, packed: bool
) -> None:
    prefix = tmp_path_factory.mktemp("round") / "some.digits"
    grids = random_grids(count, seed)
    labels = np.random.default_rng(seed).integers(0, 10, count)
    write_idx(prefix, grids.reshape(count, PIXELS) if flat else grids, labels)
    if packed:
        for kind in (IMAGES, LABELS):
            plain = Path(f"{prefix}-{kind}")
            Path(f"{plain}.gz").write_bytes(gzip.compress(plain.read_bytes()))
            plain.unlink()
    dataset = read_idx(prefix, preparation=Preparation.AS_DRAWN)
    np.testing.assert_array_equal(dataset.images.reshape(grids.shape), grids)
    np.testing.assert_array_equal(dataset.labels, labels)
    assert dataset.images.dtype == dataset.labels.dtype == np.uint8
    assert dataset.name == "idx some.digits"
    fitted = read_idx(prefix).images.reshape(grids.shape)
    np.testing.assert_array_equal(fitted, centre_and_fit(grids))


@settings(deadline=None, max_examples=50)
@given(
    count=st.integers(1, 4), height=st.integers(1, 90), width=st.integers(1, 90),
    seed=st.integers(0, 1000), preparation=st.sampled_from(Preparation),
    ink=st.sampled_from([None, "dark", "light"]),
)  # fmt: skip
def test_images_of_any_size_read_in_bulk_as_one_by_one(
    folder: Path, count: int, height: int, width: int, seed: int, preparation: Preparation,
    ink: str | None,
) -> None:  # fmt: skip
    grey = np.random.default_rng(seed).integers(0, 256, (count, height, width), np.uint8)
    images = header(count, height, width) + grey.tobytes()
    write(folder / "sizes", images, header(count) + bytes(range(count)))
    dataset = read_idx(folder / "sizes", preparation=preparation, ink=ink)
    one_by_one = [reduce_to_grid(image_to_ink(image, ink), preparation) for image in grey]
    np.testing.assert_array_equal(dataset.images, np.reshape(one_by_one, (count, PIXELS)))


def test_more_images_than_one_block_keep_their_order(tmp_path: Path) -> None:
    grids = random_grids(3000, seed=4)
    write_idx(tmp_path / "many", grids, np.arange(3000) % 10)
    dataset = read_idx(tmp_path / "many", preparation=Preparation.AS_DRAWN)
    np.testing.assert_array_equal(dataset.images, grids.reshape(-1, PIXELS))
    np.testing.assert_array_equal(dataset.labels, np.arange(3000) % 10)


def test_polarity_is_found_and_can_be_said(tmp_path: Path) -> None:
    grid = random_grids(1, seed=2)
    dark = header(1, SIDE, SIDE) + (200 - 150 * grid).tobytes()
    write(tmp_path / "dark", dark, header(1) + b"\6")
    for ink, expected in ((None, grid), ("dark", grid), ("light", 1 - grid)):
        read = read_idx(tmp_path / "dark", preparation=Preparation.AS_DRAWN, ink=ink)
        np.testing.assert_array_equal(read.images.reshape(grid.shape), expected)


LABEL = header(1) + b"\6"
IMAGE = header(1, 2, 3) + b"\0\1\2\3\4\5"


@pytest.mark.parametrize(
    ("images", "labels", "sentence"),
    [
        (IMAGE[:-1], LABEL, "cut short"),
        (IMAGE + b"\0", LABEL, "more bytes follow"),
        (IMAGE, header(2) + b"\6", "cut short"),
        (IMAGE, LABEL + b"\6", "more bytes follow"),
        (IMAGE, header(2) + b"\6\7", "do not belong together"),
        (IMAGE, header(1) + b"\12", "label 10"),
        (IMAGE, b"", "not an IDX file of labels"),
        (b"", LABEL, "not an IDX file of images"),
        (IMAGE[:11], LABEL, "not an IDX file of images"),
        (LABEL, LABEL, "not an IDX file of images"),
        (IMAGE, IMAGE, "not an IDX file of labels"),
        (header(1, 2, 3, kind=13) + bytes(24), LABEL, "not an IDX file of images"),
        (header(1, 0, 3), LABEL, "is empty"),
        (IMAGE, header(0), "is empty"),
        (header(1, 1025, 1), LABEL, "sides of up to 1024"),
        (header(1, 2**32 - 1, 2**32 - 1), LABEL, "sides of up to 1024"),
        (header(2000, 1024, 1024), header(2000) + bytes(2000), "pixels in all"),
        (IMAGE, header(2**32 - 1) + b"\6", "up to 1000000"),
        (header(2**32 - 1, 28, 28), LABEL, "up to 1000000"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_file_that_is_not_what_it_claims_is_refused(
    tmp_path: Path, images: bytes, labels: bytes, sentence: str, packed: bool
) -> None:
    write(tmp_path / "bad", images, labels, packed)
    with pytest.raises(SixpadError, match=sentence):
        read_idx(tmp_path / "bad")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SixpadError, match=r"neither .*none-labels-idx1-ubyte.* nor .*\.gz"):
        read_idx(tmp_path / "none")
    Path(f"{tmp_path}/none-{LABELS}").write_bytes(LABEL)
    with pytest.raises(SixpadError, match="none-images-idx3-ubyte"):
        read_idx(tmp_path / "none")


@pytest.mark.parametrize(
    "spoil",
    [lambda data: data[:-9], lambda data: data[:12], lambda data: b"", lambda data: b"no gzip",
     lambda data: data[:-8] + bytes(8), lambda data: data + b"rubbish"],
)  # fmt: skip
def test_a_spoilt_gzip_file_is_refused(tmp_path: Path, spoil: object) -> None:
    write(tmp_path / "bad", IMAGE, LABEL, packed=True)
    path = tmp_path / f"bad-{IMAGES}.gz"
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(SixpadError, match=r"not a sound gzip|not an IDX"):
        read_idx(tmp_path / "bad")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipes_and_folders_are_refused_and_do_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / f"pipe-{LABELS}")
    (tmp_path / f"folder-{LABELS}").mkdir()
    for name in ("pipe", "folder"):
        with pytest.raises(SixpadError, match="not an ordinary file"):
            read_idx(tmp_path / name)


def test_a_gzip_bomb_is_refused_in_little_memory(tmp_path: Path) -> None:
    # 256 MiB of zeros behind a header that claims one small image: gzip members may be chained.
    zeros = gzip.compress(bytes(1 << 20))
    for kind, head in ((IMAGES, IMAGE), (LABELS, LABEL)):
        Path(f"{tmp_path}/bomb-{kind}.gz").write_bytes(gzip.compress(head) + zeros * 256)
    tracemalloc.start()
    try:
        with pytest.raises(SixpadError, match=f"bomb-{LABELS}.gz.*more bytes follow"):
            read_idx(tmp_path / "bomb")
        Path(f"{tmp_path}/bomb-{LABELS}").write_bytes(LABEL)
        with pytest.raises(SixpadError, match=f"bomb-{IMAGES}.gz.*more bytes follow"):
            read_idx(tmp_path / "bomb")
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


SIZES = st.integers(0, 4) | st.sampled_from([255, 1024, 1 << 20, 1 << 31, (1 << 32) - 1])


def read_or_refuse(prefix: Path) -> None:
    """The only two ways a file may end: sound data or a SixpadError."""
    try:
        dataset = read_idx(prefix)
    except SixpadError:
        return
    assert dataset.images.shape == (len(dataset), PIXELS)
    assert dataset.images.max() <= 1
    assert dataset.labels.max() <= 9


@settings(deadline=None, max_examples=150)
@given(
    places=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=4),
    cut=st.just(0) | st.integers(1, 150),
    labels=st.booleans(),
    packed=st.booleans(),
)
def test_mutated_and_cut_files_are_read_or_refused(
    folder: Path, places: list[tuple[int, int]], cut: int, labels: bool, packed: bool
) -> None:
    write(folder / "mutant", header(3, 7, 5) + bytes(range(105)), header(3) + b"\1\2\3", packed)
    suffix = ".gz" if packed else ""
    path = Path(f"{folder / 'mutant'}-{LABELS if labels else IMAGES}{suffix}")
    data = bytearray(path.read_bytes())
    for place, value in places:
        data[place % len(data)] = value
    path.write_bytes(data[: max(len(data) - cut, 0)])
    read_or_refuse(folder / "mutant")
    for kind in (IMAGES, LABELS):
        Path(f"{folder / 'mutant'}-{kind}{suffix}").unlink()


@settings(deadline=None, max_examples=100)
@given(
    sizes=st.lists(SIZES, min_size=3, max_size=3),
    images=st.binary(max_size=64),
    count=SIZES,
    labels=st.binary(max_size=32),
    packed=st.booleans(),
)
def test_random_bytes_and_lying_headers_are_read_or_refused(
    folder: Path, sizes: list[int], images: bytes, count: int, labels: bytes, packed: bool
) -> None:
    write(folder / f"random{packed}", images, labels, packed)
    read_or_refuse(folder / f"random{packed}")
    write(folder / f"lying{packed}", header(*sizes) + images, header(count) + labels, packed)
    read_or_refuse(folder / f"lying{packed}")


def test_writing_where_there_is_no_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SixpadError, match="does not exist"):
        write_idx(tmp_path / "no" / "digits", random_grids(1, 0), np.array([6]))
