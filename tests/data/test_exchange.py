"""Exchange: what goes out comes back, whatever was drawn; and what is there is not added again."""

from __future__ import annotations

import errno
import gzip
import os
import shutil
import sqlite3
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from drawn import DELETED, MADE, drawn, keep, rows
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sixpad.core.grid import SIDE
from sixpad.data import files
from sixpad.data.exchange import (
    FOLDER,
    IDX,
    PORTABLE,
    check_target,
    export_drawings,
    import_drawings,
    told_export,
    told_import,
)
from sixpad.data.idx import read_idx, write_idx
from sixpad.data.image_folder import read_image_folder
from sixpad.data.images import read_drawing, write_image
from sixpad.data.offered import Imported
from sixpad.data.stored import CORRECTED, DRAWN, IMPORTED, PACKED, Stored
from sixpad.errors import SixpadError

NAMES = {FOLDER: "folder", IDX: "a-images-idx3-ubyte", PORTABLE: "a.sixpad"}
PACKED_IDX = "a-images-idx3-ubyte.gz"

# One dot, all ink, ink along the border: whatever can be drawn.
pixels = st.one_of(
    st.binary(min_size=PACKED, max_size=PACKED).filter(any),
    st.sampled_from([bytes(71) + b"\1", b"\xff" * PACKED, b"\xff" * 60 + bytes(12)]),
)
drawings = st.lists(
    st.builds(
        Stored,
        uuid=st.uuids(version=4).map(str),
        label=st.integers(0, 9),
        pixels=pixels,
        strokes=st.one_of(st.none(), st.binary(max_size=40)),
        source=st.sampled_from([DRAWN, CORRECTED, "scanned by my aunt’s café"]),
        session=st.sampled_from(["a", "b"]),
        created_at=st.just(MADE),
        deleted_at=st.one_of(st.none(), st.just(DELETED)),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda each: each.uuid,
)


def looks(some: Iterable[Stored]) -> Counter[tuple[int, bytes]]:
    """How many there are of each label with each ink."""
    return Counter((each.label, each.pixels) for each in some)


def in_use(some: Iterable[Stored]) -> list[Stored]:
    return [each for each in some if each.deleted_at is None]


def written(some: list[Stored], folder: Path, name: str) -> Path:
    path = folder / name
    export_drawings(some, path, check_target(path))
    return path


@given(drawings, st.sampled_from([*NAMES.values(), PACKED_IDX]))
def test_what_is_exported_is_imported_exactly_and_only_once(some: list[Stored], name: str) -> None:
    offered = some if name == NAMES[PORTABLE] else in_use(some)
    if not offered:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = written(some, Path(folder), name)
        # Into an empty store all of it comes, into that one nothing more.
        first = import_drawings(path, [])
        assert looks(first.new) == looks(offered)
        assert (first.there, first.refused) == (0, 0)
        again = import_drawings(path, first.new)
        assert (again.new, again.there) == ([], len(offered))
        # Where it came from all of it is known.
        home = import_drawings(path, some)
        assert (home.new, home.there) == ([], len(offered))
    if name == NAMES[PORTABLE]:
        assert first.new == some
    else:
        assert {each.source for each in first.new} == {IMPORTED}
        assert len({each.session for each in first.new}) == 1
        assert len({each.uuid for each in first.new}) == len(offered)
    if name == NAMES[FOLDER]:
        assert {each.uuid for each in first.new} == {each.uuid for each in offered}


@given(drawings, drawings)
def test_a_second_set_adds_what_is_new_in_it(some: list[Stored], more: list[Stored]) -> None:
    both = [*some, *(each for each in more if each.uuid not in {one.uuid for one in some})]
    with tempfile.TemporaryDirectory() as folder:
        path = written(both, Path(folder), "a.sixpad")
        found = import_drawings(path, some)
    assert found.new == both[len(some) :]
    assert found.there == len(some)
    assert found.deleted == len(some) - len(in_use(some))


def test_twins_stay_two_and_a_third_is_one_more(tmp_path: Path) -> None:
    twin = drawn(1)[0]
    twins = [twin, twin._replace(uuid=str(uuid.uuid4()))]
    two = written(twins, tmp_path, "two-images-idx3-ubyte")
    three = written(
        [*twins, twin._replace(uuid=str(uuid.uuid4()))], tmp_path, "three-images-idx3-ubyte"
    )
    first = import_drawings(two, [])
    assert len({each.uuid for each in first.new}) == 2
    second = import_drawings(three, first.new)
    assert (len(second.new), second.there) == (1, 2)
    assert import_drawings(three, [*first.new, *second.new]).new == []


def test_a_drawing_that_was_labelled_anew_since_is_still_there(tmp_path: Path) -> None:
    path = written(drawn(5), tmp_path, "a-images-idx3-ubyte")
    first = import_drawings(path, []).new
    changed = [each._replace(label=9 - each.label, deleted_at=DELETED) for each in first]
    again = import_drawings(path, changed)
    assert (again.new, again.there, again.deleted) == ([], 5, 5)


def test_the_same_drawings_get_the_same_uuids_from_a_folder_and_from_idx(tmp_path: Path) -> None:
    some = drawn(12)
    as_idx = written(some, tmp_path, "a-images-idx3-ubyte")
    for place, each in enumerate(some):
        (tmp_path / "folder" / str(each.label)).mkdir(parents=True, exist_ok=True)
        write_image(tmp_path / "folder" / str(each.label) / f"{place}.png", each.ink)
    found = import_drawings(tmp_path / "folder", import_drawings(as_idx, []).new)
    assert (found.new, found.there) == ([], 12)


def test_blank_paper_is_no_drawing(tmp_path: Path) -> None:
    some = drawn(5)
    blank = [each._replace(pixels=bytes(PACKED)) for each in drawn(2, 1)]
    for kind, name in NAMES.items():
        if kind != PORTABLE:
            found = import_drawings(written([*some, *blank], tmp_path, name), [])
            assert looks(found.new) == looks(some)
            assert found.refused == 2
            assert "no drawing on it" in found.reasons[0]
    for tone in (0, 128, 255):
        (tmp_path / str(tone) / "3").mkdir(parents=True)
        Image.new("L", (40, 60), tone).save(tmp_path / str(tone) / "3" / "a.png")
        assert import_drawings(tmp_path / str(tone), []).refused == 1


def test_images_of_others_are_read_as_the_canvas_reads_them(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    grey = np.full((90, 60), 240, np.uint8)
    grey[20:70, 25:33] = 30
    grey[60:70, 25:50] = 30
    (tmp_path / "f" / "2").mkdir(parents=True)
    for name in ("photo.jpg", f"{uuid.uuid4()}.png"):
        Image.fromarray(grey).save(tmp_path / "f" / "2" / name)
    noise = (rng.random((SIDE, SIDE)) < 0.2).astype(np.uint8)
    write_image(tmp_path / "f" / "2" / "large.png", noise, 10)
    (tmp_path / "f" / "2" / "notes.txt").write_text("no image", "utf-8")
    found = import_drawings(tmp_path / "f", [])
    expected = [read_drawing(path).tobytes() for path in (tmp_path / "f" / "2").glob("*.[jp]*g")]
    assert sorted(each.ink.tobytes() for each in found.new) == sorted(expected)
    assert noise.tobytes() in expected


def test_idx_of_other_sizes_and_tones_is_fitted_or_taken_as_it_is(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    images = np.zeros((30, 28, 28), np.uint8)
    images[:, 6:20, 10:14] = rng.integers(130, 255, (30, 14, 4))
    labels = np.arange(30, dtype=np.uint8) % 10
    for kind, array in (("images-idx3-ubyte", images), ("labels-idx1-ubyte", labels)):
        header = bytes((0, 0, 8, array.ndim)) + b"".join(
            size.to_bytes(4, "big") for size in array.shape
        )
        (tmp_path / f"m-{kind}").write_bytes(header + array.tobytes())
    found = import_drawings(tmp_path / "m-labels-idx1-ubyte", [])
    known = read_idx(tmp_path / "m")
    assert looks(found.new) == Counter(
        (int(label), np.packbits(image).tobytes())
        for label, image in zip(known.labels, known.images, strict=True)
    )


def test_exports_are_what_other_readers_expect(tmp_path: Path) -> None:
    some = drawn(20)
    some[4] = some[4]._replace(deleted_at=DELETED)
    expected = looks(in_use(some))
    as_idx = read_idx(
        str(written(some, tmp_path, "a-images-idx3-ubyte"))[: -len("-images-idx3-ubyte")]
    )
    as_folder = read_image_folder(written(some, tmp_path, "folder"))
    assert len(as_idx) == len(as_folder) == 19
    with (tmp_path / "a-images-idx3-ubyte").open("rb") as file:
        head = file.read(16)
        assert head == bytes((0, 0, 8, 3, 0, 0, 0, 19, 0, 0, 0, 24, 0, 0, 0, 24))
        dots = np.frombuffer(file.read(), np.uint8).reshape(-1, 576)
    assert set(np.unique(dots)) == {0, 255}
    inks = [np.packbits(each == 255).tobytes() for each in dots]
    assert Counter(zip(as_idx.labels.tolist(), inks, strict=True)) == expected
    packed = written(some, tmp_path, PACKED_IDX)
    assert gzip.decompress(packed.read_bytes()) == (tmp_path / "a-images-idx3-ubyte").read_bytes()
    for path in (tmp_path / "folder").glob("*/*.png"):
        with Image.open(path) as image:
            assert image.size == (24, 24)
            assert np.array_equal(np.asarray(image) == 0, next(
                each.ink for each in some if each.uuid == path.stem
            ) == 1)  # fmt: skip
    assert rows(written(some, tmp_path, "a.sixpad")) == some


def test_a_folder_is_added_to_and_nothing_in_it_is_changed(tmp_path: Path) -> None:
    some = drawn(6)
    folder = written(some[:4], tmp_path, "folder")
    moved = folder / "7" / f"{some[0].uuid}.png"
    moved.parent.mkdir()
    (folder / "0" / moved.name).rename(moved)
    (folder / "1" / "own.png").write_bytes(b"mine")
    before = {path: path.read_bytes() for path in folder.rglob("*.png")}
    exported = export_drawings(some, folder, FOLDER)
    assert exported.elsewhere == 1
    assert "under another digit" in told_export(exported, folder)
    after = {path: path.read_bytes() for path in folder.rglob("*.png")}
    assert before.items() <= after.items()
    assert len(after) == 7


@pytest.mark.parametrize("kind", NAMES)
def test_what_killed_exports_have_left_goes_after_a_while(kind: str, tmp_path: Path) -> None:
    path = written(drawn(3), tmp_path, NAMES[kind])
    folder = path / "0" if kind == FOLDER else tmp_path
    old = [folder / f".sixpad-{'0' * 16}.tmp{ending}" for ending in ("", "-journal")]
    others = [folder / ".sixpad-0123456789abcdef.tmp", folder / ".sixpad-notes", folder / "a.tmp"]
    for left in (*old, *others):
        left.touch()
    for left in (*old, *others[1:]):
        os.utime(left, (0, 0))
    export_drawings([*drawn(3), *drawn(1, 1)], path, kind)
    assert not any(left.exists() for left in old)
    assert all(other.exists() for other in others)


@pytest.mark.parametrize("kind", NAMES)
def test_a_file_that_is_held_for_a_moment_is_waited_for(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, asked = Path.replace, []

    def replace(self: Path, target: Path) -> Path:
        asked.append(target)
        if asked.count(target) == 1:
            error = PermissionError(errno.EACCES, "held by another program")
            error.winerror = 32  # type: ignore[attr-defined]
            raise error
        return plain(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(files, "_PAUSE_SECONDS", 0)
    path = written(drawn(2), tmp_path, NAMES[kind])
    assert looks(import_drawings(path, []).new) == looks(drawn(2))


def test_a_folder_with_an_ending_is_made_first(tmp_path: Path) -> None:
    with pytest.raises(SixpadError, match="make a folder first"):
        check_target(tmp_path / "my.folder")
    (tmp_path / "my.folder").mkdir()
    assert check_target(tmp_path / "my.folder") == FOLDER
    assert check_target(tmp_path / "A.SIXPAD") == PORTABLE


def test_no_file_is_written_over_unasked(tmp_path: Path) -> None:
    written(drawn(2), tmp_path, "a.sixpad")
    written(drawn(2), tmp_path, "a-images-idx3-ubyte")
    (tmp_path / "b-labels-idx1-ubyte").touch()
    for name in ("a.sixpad", "a-images-idx3-ubyte", "b-images-idx3-ubyte"):
        with pytest.raises(SixpadError, match="already"):
            check_target(tmp_path / name)
    for name in ("a.zip", "a.png", "a.sqlite3"):
        with pytest.raises(SixpadError, match="no name for an export"):
            check_target(tmp_path / name)
    # Where it was asked, the new takes the place of the old.
    export_drawings(drawn(5, 1), tmp_path / "a.sixpad", PORTABLE)
    assert rows(tmp_path / "a.sixpad") == drawn(5, 1)


@pytest.mark.parametrize("kind", NAMES)
def test_an_export_that_is_given_up_leaves_the_old_and_nothing_else(
    kind: str, tmp_path: Path
) -> None:
    path = written(drawn(3), tmp_path, NAMES[kind])
    before = {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()}

    class GivenUpError(Exception):
        pass

    def look(_share: float) -> None:
        raise GivenUpError

    with pytest.raises(GivenUpError):
        export_drawings(drawn(9, 1), path, kind, look)
    assert before == {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()}


@pytest.mark.parametrize("kind", NAMES)
def test_progress_goes_from_nothing_to_all(kind: str, tmp_path: Path) -> None:
    shares: list[float] = []
    export_drawings(drawn(40), tmp_path / NAMES[kind], kind, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    shares.clear()
    import_drawings(tmp_path / NAMES[kind], [], shares.append)
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1


def test_nothing_to_export_is_said(tmp_path: Path) -> None:
    deleted = [drawn(1)[0]._replace(deleted_at=DELETED)]
    for some, kind in (([], PORTABLE), (deleted, FOLDER), (deleted, IDX)):
        with pytest.raises(SixpadError, match="no drawings"):
            export_drawings(some, tmp_path / NAMES[kind], kind)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    for kind in NAMES:
        with pytest.raises(SixpadError, match="does not exist"):
            export_drawings(drawn(1), tmp_path / "none" / NAMES[kind], kind)


def test_half_of_a_pair_is_told(tmp_path: Path) -> None:
    path = written(drawn(4), tmp_path, "a-images-idx3-ubyte")
    (tmp_path / "a-labels-idx1-ubyte").unlink()
    with pytest.raises(SixpadError, match="neither"):
        import_drawings(path, [])
    write_idx(tmp_path / "b", np.zeros((3, 576), np.uint8), np.zeros(3))
    shutil.copy(tmp_path / "b-labels-idx1-ubyte", tmp_path / "a-labels-idx1-ubyte")
    with pytest.raises(SixpadError, match="do not belong together"):
        import_drawings(path, [])


def test_what_an_import_came_to_is_told_in_a_sentence() -> None:
    new = drawn(3)
    assert told_import(Imported(new[:1], 0, 0, 0, ()), 1) == "1 drawing imported."
    assert told_import(Imported(new, 1200, 3, 0, ()), 2) == (
        "2 drawings imported, 1,201 were there already (3 of them deleted)."
    )
    deleted = [new[0]._replace(deleted_at=DELETED), *new[1:]]
    assert told_import(Imported(deleted, 1, 1, 0, ()), 3) == (
        "3 drawings (1 of them deleted) imported, 1 was there already (deleted)."
    )
    assert told_import(Imported([], 39, 0, 0, ()), 0) == "Nothing new: all 39 were there already."
    assert told_import(Imported([], 39, 2, 0, ()), 0) == (
        "Nothing new: all 39 were there already (2 of them deleted)."
    )
    assert told_import(Imported([], 1, 0, 0, ()), 0) == (
        "Nothing new: the one drawing was there already."
    )


def test_the_deleted_ones_of_an_export_are_told(tmp_path: Path) -> None:
    drawings = [each._replace(deleted_at=DELETED) for each in drawn(2)] + drawn(3, seed=8)
    exported = export_drawings(drawings, tmp_path / "a.sixpad", PORTABLE)
    assert told_export(exported, Path("a")) == "5 drawings (2 of them deleted) exported to “a”."
    exported = export_drawings(drawings, tmp_path / "a", FOLDER)
    assert told_export(exported, Path("a")) == "3 drawings exported to “a”."


@pytest.mark.parametrize("link", ["", "symbolic", "hard"])
def test_a_store_is_not_imported_into_itself(
    link: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = keep(tmp_path / "drawings.sqlite3", drawn(5))
    path = tmp_path / "a.sixpad" if link else store
    if link == "symbolic":
        path.symlink_to(store)
    elif link == "hard":
        path.hardlink_to(store)

    def refuse(*_: object) -> None:
        raise AssertionError("to open it would let go of its locks")

    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(sqlite3, "connect", refuse)
    with pytest.raises(SixpadError, match="the very store"):
        import_drawings(path, drawn(5), store=store)


def test_another_store_is_imported(tmp_path: Path) -> None:
    store = keep(tmp_path / "drawings.sqlite3", drawn(5))
    other = keep(tmp_path / "other.sqlite3", drawn(5, 1))
    assert import_drawings(other, drawn(5), store=store).new == drawn(5, 1)
    assert import_drawings(other, [], store=tmp_path / "none").new == drawn(5, 1)


def test_a_store_is_a_portable_file_too(tmp_path: Path) -> None:
    assert import_drawings(keep(tmp_path / "drawings.sqlite3", drawn(5)), []).new == drawn(5)
