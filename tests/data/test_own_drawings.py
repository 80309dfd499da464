"""One's own drawings as examples: those in use, prepared, in groups of a sitting."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from drawn import DELETED, drawn, keep

from sixpad.core.preparation import Preparation
from sixpad.data.drawings import Drawings
from sixpad.data.folders import data_folder
from sixpad.data.own_drawings import read_drawings
from sixpad.data.spec import load_data
from sixpad.data.store_path import store_path
from sixpad.errors import SixpadError


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Twelve drawings of one sitting, of which one is deleted, and eight of another."""
    some = [*drawn(12), *drawn(8, seed=1, session="another")]
    some[2] = some[2]._replace(deleted_at=DELETED)
    return keep(tmp_path / "store.sqlite3", some)


def test_drawings_in_use_are_examples_as_they_were_drawn(store: Path) -> None:
    data = read_drawings(store, preparation=Preparation.AS_DRAWN)
    some = [*drawn(12), *drawn(8, seed=1)]
    del some[2]
    assert data.labels.tolist() == [each.label for each in some]
    np.testing.assert_array_equal(data.images.reshape(-1, 24, 24), [each.ink for each in some])
    assert data.remarks == ()


def test_they_are_prepared_as_asked_for(store: Path) -> None:
    plain = read_drawings(store, preparation=Preparation.AS_DRAWN)
    for preparation in Preparation:
        data = read_drawings(store, preparation=preparation)
        expected = preparation(plain.images.reshape(-1, 24, 24)).reshape(-1, 576)
        np.testing.assert_array_equal(data.images, expected)


def test_a_sitting_is_a_group_with_the_same_number_everywhere(store: Path, tmp_path: Path) -> None:
    data = read_drawings(store)
    assert data.groups is not None
    first, second = data.groups[0], data.groups[-1]
    assert data.groups.tolist() == [first] * 11 + [second] * 8
    assert first != second
    assert first > 0
    assert second > 0
    other = keep(tmp_path / "other.sqlite3", drawn(1, seed=5, session="another"))
    alone = read_drawings(other).groups
    assert alone is not None
    assert alone[0] == second


def test_damaged_drawings_are_left_out_and_told(store: Path) -> None:
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("UPDATE drawings SET label = 9 WHERE rowid IN (1, 6)")
        connection.commit()
    data = read_drawings(store)
    assert len(data) == 17
    (remark,) = data.remarks
    assert remark.startswith("2 drawings are damaged")
    assert "sixpad drawings check" in remark


def test_a_spec_names_ones_own_store_or_another(store: Path) -> None:
    with pytest.raises(SixpadError, match="no drawings of yours yet"):
        load_data(["drawings"])
    assert not store_path().exists()
    data_folder()
    keep(store_path(), drawn(5, seed=3))
    own, other = load_data(["drawings"]), load_data([f"drawings:{store}"])
    assert (len(own), own.name) == (5, "drawings")
    assert len(other) == 19
    assert str(store) in other.name


def test_a_store_without_drawings_in_use_is_told(tmp_path: Path) -> None:
    empty = keep(tmp_path / "empty", [drawn(1)[0]._replace(deleted_at=DELETED)])
    with pytest.raises(SixpadError, match="no drawings in"):
        read_drawings(empty)
    with pytest.raises(SixpadError, match="no store"):
        read_drawings(tmp_path / "none")
    assert not (tmp_path / "none").exists()
    with pytest.raises(SixpadError, match="is a folder"):
        load_data([f"drawings:{tmp_path}"])


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "holds no drawings yet"), (b"Dear reader. " * 1000, "is no store of drawings")],
)
def test_what_is_no_store_is_told_and_stays(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(SixpadError, match=words):
        load_data([f"drawings:{path}"])
    assert path.read_bytes() == content
    assert list(tmp_path.glob("notes*")) == [path]


def test_an_empty_name_is_not_ones_own_store() -> None:
    data_folder()
    keep(store_path(), drawn(5))
    with pytest.raises(SixpadError, match="name of the store is empty"):
        load_data(["drawings:"])


def test_a_link_to_a_store_is_followed(store: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(store.name)
    assert store_path(tmp_path / "link") == store
    assert len(read_drawings(tmp_path / "link")) == 19


def test_why_there_are_none_of_ones_own_is_told(store: Path) -> None:
    data_folder()
    keep(store_path(), [each._replace(deleted_at=DELETED) for each in drawn(2)])
    with pytest.raises(SixpadError, match="All your drawings are deleted: restore some"):
        read_drawings()
    with Drawings(store_path()) as own:
        own.back_up()
    store_path().unlink()
    with pytest.raises(SixpadError, match="it has backups: bring them back"):
        read_drawings()
    Drawings(store_path()).close()
    with pytest.raises(SixpadError, match="it has backups: bring them back"):
        read_drawings()


def test_a_store_that_is_only_just_being_made_has_no_drawings_yet() -> None:
    data_folder()
    store_path().touch()
    with pytest.raises(SixpadError, match="There are no drawings of yours yet"):
        read_drawings()
