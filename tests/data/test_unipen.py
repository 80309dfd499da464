"""UNIPEN files: paths are drawn as written, and what is no such file is refused."""

from __future__ import annotations

import gzip
import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sixpad.core.grid import PIXELS, SIDE, centre_and_fit, draw_strokes
from sixpad.core.preparation import Preparation
from sixpad.data.unipen import MAX_POINTS, read_unipen
from sixpad.errors import SixpadError

Stroke = list[tuple[int, int]]


def unipen(labels: list[int], digits: list[list[Stroke]]) -> str:
    lines = [".INCLUDE none.doc", "", '.LEXICON "0" "1"']
    for number, (label, strokes) in enumerate(zip(labels, digits, strict=True)):
        lines += [f'.SEGMENT DIGIT {number} ? "{label}"', ".COMMENT 1 2 3"]
        for stroke in strokes:
            lines += [".PEN_DOWN", *(f" {x}  {y}" for x, y in stroke), ".PEN_UP", ".DT 100"]
    return "\n".join([*lines, ""])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all the examples of a property, which write over each other."""
    return tmp_path_factory.mktemp("unipen")


def grids(path: Path, **options: object) -> np.ndarray:
    return read_unipen(path, **options).images.reshape(-1, SIDE, SIDE)


def longer_side(grid: np.ndarray) -> int:
    rows, columns = np.nonzero(grid)
    return int(max(np.ptp(rows), np.ptp(columns))) + 1


points = st.tuples(st.integers(-500, 500), st.integers(0, 500))
strokes = st.lists(points, min_size=1, max_size=8)
digit = st.tuples(st.integers(0, 9), st.lists(strokes, min_size=1, max_size=3))


@settings(deadline=None, max_examples=60)
@given(digits=st.lists(digit, min_size=1, max_size=5), packed=st.booleans())
def test_what_is_written_is_read(
    folder: Path, digits: list[tuple[int, list[Stroke]]], packed: bool
) -> None:
    labels, paths = [label for label, _ in digits], [strokes for _, strokes in digits]
    path = folder / ("pen.unipen.gz" if packed else "pen.unipen")
    text = unipen(labels, paths).encode()
    path.write_bytes(gzip.compress(text) if packed else text)
    dataset = read_unipen(path)
    assert dataset.labels.tolist() == labels
    assert dataset.name == f"unipen {path.name}"
    drawn = grids(path, preparation=Preparation.AS_DRAWN)
    for grid, strokes in zip(drawn, paths, strict=True):
        points = np.concatenate(strokes)
        # A path without extent is a dot of the pen's own size.
        assert longer_side(grid) == (20 if np.ptp(points, axis=0).any() else 2)
    np.testing.assert_array_equal(
        dataset.images, centre_and_fit(drawn).reshape(len(labels), PIXELS)
    )


def test_y_is_upward_and_the_aspect_stays(tmp_path: Path) -> None:
    path = tmp_path / "one.unipen"
    path.write_text(unipen([1], [[[(50, 400), (50, 200), (150, 200)]]]))
    # 200 units of height become 17.5 pixels, so that a pen of 2.5 inks 20; the middle stays.
    across = 17.5 / 2
    expected = draw_strokes(
        [np.array([(12 - across / 2, 3.25), (12 - across / 2, 20.75), (12 + across / 2, 20.75)])],
        2.5,
    )
    np.testing.assert_array_equal(grids(path, preparation=Preparation.AS_DRAWN)[0], expected)
    assert longer_side(grids(path, preparation=Preparation.AS_DRAWN, pen=4.0)[0]) == 20


def test_strokes_are_not_joined_and_pen_up_points_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "two.unipen"
    text = unipen([1], [[[(0, 0), (0, 200)], [(200, 0), (200, 200)]]])
    path.write_text(text.replace(".PEN_UP", ".PEN_UP\n 100 100\nwords, since the pen is up"))
    grid = grids(path, preparation=Preparation.AS_DRAWN)[0]
    assert not grid[:, 5:19].any()
    assert grid[2:22, 2].any()
    assert grid[2:22, 21].any()


def test_a_stroke_without_points_changes_nothing(tmp_path: Path) -> None:
    plain, other = tmp_path / "plain", tmp_path / "other"
    text = unipen([1, 1], [[[(0, 0), (9, 200)], [(200, 0), (200, 200)]]] * 2)
    plain.write_text(text)
    other.write_text(text.replace(".PEN_DOWN", ".PEN_DOWN\n.PEN_UP\n.PEN_UP\n.PEN_DOWN"))
    np.testing.assert_array_equal(read_unipen(other).images, read_unipen(plain).images)


def test_further_columns_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    plain, other = tmp_path / "plain", tmp_path / "other"
    plain.write_text(unipen([7, 2], [[[(0, 9), (5, 9), (2, 0)]], [[(3, 4), (9, 1)]]]))
    text = plain.read_text().replace("9\n", "9 0.5 1234\n").replace("\n", "\r\n")
    other.write_bytes(text.encode())
    np.testing.assert_array_equal(read_unipen(other).images, read_unipen(plain).images)


def test_more_digits_than_one_block_keep_their_order(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    paths = [[rng.integers(0, 500, (rng.integers(2, 30), 2)).tolist()] for _ in range(700)]
    path = tmp_path / "many.unipen"
    path.write_text(unipen([number % 10 for number in range(700)], paths))
    together = read_unipen(path)
    assert together.labels.tolist() == [number % 10 for number in range(700)]
    for number in (0, 255, 256, 699):
        path.write_text(unipen([number % 10], [paths[number]]))
        np.testing.assert_array_equal(read_unipen(path).images[0], together.images[number])


def test_a_side_too_small_to_divide_by_is_still_scaled(tmp_path: Path) -> None:
    path = tmp_path / "tiny.unipen"
    path.write_text(unipen([1], [[[(0, 0), (0, 1)]]]).replace("0  1", "0 1e-320"))
    assert longer_side(grids(path, preparation=Preparation.AS_DRAWN)[0]) == 20


HEAD = '.SEGMENT DIGIT 0 ? "6"\n.PEN_DOWN\n1 2\n3 4\n'
WHOLE = HEAD + ".PEN_UP\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "holds no digits"),
        ("just words\n", "holds no digits"),
        (".PEN_DOWN\n1 2\n", "line 1: a stroke begins before the first"),
        (HEAD, "line 4: the file ends in the middle of a stroke"),
        (HEAD + ".PEN_DOWN\n", "line 5: .PEN_DOWN follows .PEN_DOWN"),
        (HEAD + '.SEGMENT DIGIT 1 ? "7"\n', "line 5: a segment begins before .PEN_UP"),
        (WHOLE + '.SEGMENT DIGIT 1 ? "7"\n', "line 6: digit 2 has ended without a point"),
        ('.SEGMENT DIGIT 0 ? "6"\n' + WHOLE, "line 2: digit 1 has ended without a point"),
        ('.SEGMENT DIGIT 0 ? "10"\n', "line 1: only segments"),
        ('.SEGMENT WORD 0 ? "six"\n', "line 1: only segments"),
        (".SEGMENT DIGIT\n", "line 1: only segments"),
        (HEAD + "5\n", "line 5: a point must be two numbers"),
        (HEAD + "5 x\n", "line 5: a point must be two numbers"),
        (HEAD + "5 nan\n", "line 5: a coordinate"),
        (HEAD + "inf 5\n", "line 5: a coordinate"),
        (HEAD + "5 -1e300\n", "line 5: a coordinate"),
        (HEAD + "5 5 " + "0" * 5000, "line 5: the line is too long"),
        (HEAD + "1 1\n" * MAX_POINTS, f"line {MAX_POINTS + 3}: the digit has more than"),
    ],
)
def test_text_that_is_not_unipen_is_refused_by_its_line(
    tmp_path: Path, text: str, sentence: str
) -> None:
    path = tmp_path / "bad.unipen"
    path.write_text(text)
    with pytest.raises(SixpadError, match=f"bad.unipen.*{sentence}"):
        read_unipen(path)


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    (tmp_path / "cut.gz").write_bytes(gzip.compress(WHOLE.encode() * 9)[:-4])
    (tmp_path / "plain.gz").write_text(WHOLE)
    for name, sentence in {
        "none": "There is no file",
        ".": "not an ordinary file",
        "cut.gz": "not a sound gzip",
        "plain.gz": "not a sound gzip",
    }.items():
        with pytest.raises(SixpadError, match=sentence):
            read_unipen(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_and_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SixpadError, match="not an ordinary file"):
        read_unipen(tmp_path / "pipe")


@pytest.mark.parametrize(
    ("filling", "sentence"),
    [(b"\0", "line 6: the line is too long"), (b" " * 999 + b"\n", "64 MiB")],
)
def test_a_gzip_bomb_is_refused_in_little_memory(
    tmp_path: Path, filling: bytes, sentence: str
) -> None:
    path = tmp_path / "bomb.gz"
    body = filling * ((1 << 20) // len(filling))
    # Gzip members may be chained: 256 MiB in all.
    path.write_bytes(gzip.compress(WHOLE.encode()) + gzip.compress(body) * 256)
    tracemalloc.start()
    try:
        with pytest.raises(SixpadError, match=sentence):
            read_unipen(path)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def read_or_refuse(path: Path) -> None:
    """The only two ways a file may end: sound data or a SixpadError."""
    try:
        dataset = read_unipen(path)
    except SixpadError:
        return
    assert dataset.images.shape == (len(dataset), PIXELS)
    assert dataset.images.any(axis=1).all()
    assert dataset.labels.max() <= 9


LINES = (
    ".PEN_DOWN", ".PEN_UP", '.SEGMENT DIGIT 0 ? "6"', '.SEGMENT DIGIT 1 ? ""', ".SEGMENT", ".", "",
    "1 2", "3 -4", "1e6 0", "1e7 0", "nan nan", "1_0 2", "\0", "é 1", "5", "1 1e-320", '"6"',
)  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(lines=st.lists(st.sampled_from(LINES) | st.text(max_size=9), max_size=15))
def test_hostile_lines_are_read_or_refused(folder: Path, lines: list[str]) -> None:
    for name, before in (("bare", ""), ("begun", HEAD)):
        path = folder / name
        path.write_bytes((before + "\n".join(lines)).encode())
        read_or_refuse(path)


@settings(deadline=None, max_examples=150)
@given(
    places=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=4),
    cut=st.just(0) | st.integers(1, 150),
    packed=st.booleans(),
)
def test_mutated_and_cut_files_are_read_or_refused(
    folder: Path, places: list[tuple[int, int]], cut: int, packed: bool
) -> None:
    data = bytearray(unipen([6, 8], [[[(3, 40), (17, 9)]], [[(1, 1)], [(5, 6), (7, 8)]]]).encode())
    if packed:
        data = bytearray(gzip.compress(data, mtime=0))
    for place, value in places:
        data[place % len(data)] = value
    path = folder / ("mutant.gz" if packed else "mutant")
    path.write_bytes(data[: max(len(data) - cut, 0)])
    read_or_refuse(path)


@settings(deadline=None, max_examples=50)
@given(data=st.binary(max_size=200))
def test_random_bytes_are_read_or_refused(folder: Path, data: bytes) -> None:
    for name in ("random", "random.gz"):
        (folder / name).write_bytes(data)
        read_or_refuse(folder / name)
