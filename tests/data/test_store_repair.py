"""A damaged store: set aside whole, rebuilt from all that can be read, the rest from backups."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from functools import cache
from pathlib import Path
from threading import Thread

import pytest
from drawn import DELETED, by_uuid, drawn, keep, rows
from hypothesis import given
from hypothesis import strategies as st

from sixpad.data import store_repair
from sixpad.data.drawings import Drawings
from sixpad.data.lock import Lock
from sixpad.data.store_backups import backup_folder, backups
from sixpad.data.store_errors import StoreDamaged, StoreGone, StoreInUse
from sixpad.data.store_pages import PAGE, scattered_rows
from sixpad.data.store_repair import COMPANIONS, lock_of, lost, rebuild, recover
from sixpad.data.store_schema import MIGRATIONS
from sixpad.data.stored import Stored
from sixpad.errors import SixpadError

NEXT = (*MIGRATIONS, ("ALTER TABLE drawings ADD COLUMN remark TEXT",))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store of 400 drawings over a few dozen pages, in a folder of its own."""
    (tmp_path / "data").mkdir()
    some = drawn(400)
    some[7] = some[7]._replace(deleted_at=DELETED, strokes=b"pen" * 3000)
    return keep(tmp_path / "data" / "drawings.sqlite3", some)


def back_up(path: Path) -> None:
    with Drawings(path) as store:
        assert store.back_up()


def damage_rows(path: Path, *rowids: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany(
            "UPDATE drawings SET pixels = zeroblob(72) WHERE rowid = ?", [(at,) for at in rowids]
        )
        connection.commit()


def overwrite_page(path: Path, page: int, seed: int = 0) -> None:
    content = bytearray(path.read_bytes())
    content[page * PAGE : (page + 1) * PAGE] = random.Random(seed).randbytes(PAGE)
    path.write_bytes(content)


def sound(path: Path) -> bool:
    with Drawings(path, create=False) as store:
        return store.check().sound


def aside(path: Path) -> list[Path]:
    return sorted(path.parent.glob("drawings.sqlite3-damaged-*"))


def test_a_damaged_row_is_left_out_and_the_file_is_kept_as_it_was(store: Path) -> None:
    before = rows(store)
    damage_rows(store, 3, 100)
    content = store.read_bytes()
    rebuilt = rebuild(store)
    assert rebuilt.drawings == 398
    assert rows(store) == [each for at, each in enumerate(before) if at not in (2, 99)]
    assert sound(store)
    assert aside(store) == [rebuilt.aside]
    assert (rebuilt.aside / store.name).read_bytes() == content
    names = {each.name for each in store.parent.iterdir()}
    assert names == {store.name, rebuilt.aside.name, lock_of(store).name}


def test_every_page_may_be_lost_and_the_rest_is_there(store: Path) -> None:
    whole = store.read_bytes()
    before = by_uuid(store)
    for page in range(len(whole) // PAGE):
        store.write_bytes(whole)
        overwrite_page(store, page, seed=page)
        try:
            healthy = sound(store)
        except StoreDamaged:
            healthy = False
        assert not healthy, page
        rebuild(store)
        after = by_uuid(store)
        assert after.items() <= before.items()
        # No page holds more than twenty-five drawings.
        assert len(after) >= 375, page
        assert sound(store)


def test_what_lies_beside_a_damaged_store_goes_with_it(store: Path) -> None:
    store.write_bytes(b"none of sqlite" * 1000)
    # A journal that is none is deleted by SQLite itself.
    for ending in COMPANIONS[1:]:
        store.with_name(store.name + ending).write_bytes(b"left" * 200)
    rebuilt = rebuild(store)
    assert rebuilt.drawings == 0
    assert {each.name for each in rebuilt.aside.iterdir()} == {
        store.name, *(store.name + ending for ending in COMPANIONS[1:]),
    }  # fmt: skip
    assert rows(store) == []


def test_backups_bring_back_what_is_gone_and_change_nothing_that_is_there(store: Path) -> None:
    before = by_uuid(store)
    back_up(store)
    changed = rows(store)[0]._replace(label=9, deleted_at=DELETED)
    keep(store, [changed, *drawn(5, seed=1)])
    damage_rows(store, 2, 3, 4)
    rebuild(store)
    with Drawings(store) as open_store:
        known = [each.uuid for each in rows(store)]
        assert set(lost(open_store, known)) == set(before) - set(known)
        assert recover(open_store) == 3
        assert recover(open_store) == 0
    expected = {**before, changed.uuid: changed, **{each.uuid: each for each in drawn(5, seed=1)}}
    assert by_uuid(store) == expected
    assert sound(store)


def test_the_newest_form_of_a_drawing_comes_back_from_whichever_backup_has_it(
    store: Path,
) -> None:
    some = rows(store)
    back_up(store)
    newer = some[0]._replace(label=9)
    keep(store, [newer])
    back_up(store)
    # The newest backup was made after a loss.
    store.unlink()
    keep(store, some[200:])
    back_up(store)
    with Drawings(store) as open_store:
        assert recover(open_store) == 200
    assert by_uuid(store) == {each.uuid: each for each in [newer, *some[1:]]}


def test_a_damaged_backup_is_passed_over(store: Path) -> None:
    before = by_uuid(store)
    back_up(store)
    keep(store, drawn(1, seed=5))
    back_up(store)
    backups(store)[0].write_bytes(b"none")
    damage_rows(store, 1)
    rebuild(store)
    with Drawings(store) as open_store:
        assert recover(open_store) == 1
    assert before.items() <= by_uuid(store).items()


def test_backups_of_an_older_version_bring_back_too(store: Path) -> None:
    before = by_uuid(store)
    back_up(store)
    assert len(backups(store)) == 1
    old = backups(store)[0].read_bytes()
    store.unlink()
    with Drawings(store) as open_store:
        assert recover(open_store) == 400
    assert by_uuid(store) == before
    # A backup is read as a copy.
    assert backups(store)[0].read_bytes() == old
    assert len(list(backup_folder(store).iterdir())) == 1


def test_a_store_of_a_newer_sixpad_or_of_another_program_is_not_mended(store: Path) -> None:
    with Drawings(store, migrations=NEXT):
        pass
    before = store.read_bytes()
    with pytest.raises(SixpadError, match="newer sixpad"):
        rebuild(store)
    assert store.read_bytes() == before
    store.unlink()
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    with pytest.raises(SixpadError, match="no store of drawings"):
        rebuild(store)
    assert aside(store) == []


def test_a_store_in_use_is_not_mended(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sixpad.data.store_connection.connect.__defaults__", (0.05,), raising=True)
    with closing(sqlite3.connect(store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreInUse):
            rebuild(store)
    assert aside(store) == []
    assert len(rows(store)) == 400


def test_a_window_that_is_open_goes_on_with_the_mended_store(store: Path) -> None:
    with Drawings(store) as window:
        window.add(drawn(1, seed=2))
        damage_rows(store, 1)
        rebuild(store)
        window.add(drawn(1, seed=3))
    uuids = set(by_uuid(store))
    assert {each.uuid for seed in (2, 3) for each in drawn(1, seed=seed)} <= uuids
    assert len(uuids) == 401


def test_a_mending_that_fails_leaves_the_damaged_store(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage_rows(store, 1)
    before = store.read_bytes()

    def fail(_self: object, _drawings: object) -> int:
        raise SixpadError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(Drawings, "add", fail)
        with pytest.raises(SixpadError, match="full"):
            rebuild(store)
    assert store.read_bytes() == before
    assert {each.name for each in store.parent.iterdir()} == {store.name, lock_of(store).name}


def test_nothing_is_lost_where_there_are_no_backups(store: Path) -> None:
    with Drawings(store) as open_store:
        assert lost(open_store, []) == {}
        assert recover(open_store) == 0
    assert all(isinstance(each, Stored) for each in rows(store))


@given(
    st.lists(st.tuples(st.integers(0, 3 * PAGE - 1), st.integers(0, 255)), max_size=40),
    st.integers(1, 3 * PAGE),
)
def test_mutated_pages_give_drawings_that_are_sound_or_none(
    changes: list[tuple[int, int]], size: int
) -> None:
    content = bytearray(pages_of_drawings())
    for place, byte in changes:
        content[place] = byte
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pages"
        path.write_bytes(content[:size])
        found = list(scattered_rows(path))
    assert set(found) <= set(drawn(60))


@cache
def pages_of_drawings() -> bytes:
    """The pages with rows of a store of sixty drawings, three of them."""
    with tempfile.TemporaryDirectory() as folder:
        whole = keep(Path(folder) / "store", drawn(60)).read_bytes()
    pages = [whole[at : at + PAGE] for at in range(PAGE, len(whole), PAGE)]
    held = b"".join(page for page in pages if page[0] == 13)
    assert len(held) == 3 * PAGE
    return held


def test_others_are_kept_out_until_the_new_store_lies_there(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage_rows(store, 3)
    code = (
        "import sys; from pathlib import Path; from drawn import drawn; "
        "from sixpad.data.drawings import Drawings; "
        "Drawings(Path(sys.argv[1]), wait=0.2).put(drawn(1, seed=9))"
    )
    tries: list[int] = []

    def set_aside(path: Path, raw: Path) -> Path:
        tries.append(subprocess.run(
            [sys.executable, "-c", code, str(store)], capture_output=True,
            cwd=Path(__file__).parents[1],
        ).returncode)  # fmt: skip
        return aside_as_ever(path, raw)

    aside_as_ever = store_repair._set_aside
    monkeypatch.setattr(store_repair, "_set_aside", set_aside)
    rebuild(store)
    assert tries == [1]
    # The same can be done once it is mended.
    assert subprocess.run(
        [sys.executable, "-c", code, str(store)], cwd=Path(__file__).parents[1]
    ).returncode == 0  # fmt: skip
    assert len(rows(store)) == 400


def test_what_another_has_mended_meanwhile_is_not_mended_again(store: Path) -> None:
    damage_rows(store, 3)
    lock = Lock(lock_of(store))
    assert lock.take()
    mended: list[object] = []

    def mend() -> None:
        try:
            mended.append(rebuild(store))
        except StoreGone as error:
            mended.append(error)

    thread = Thread(target=mend)
    thread.start()
    # Another process would do this; what is waited for is on its way by then.
    new = keep(store.with_name("new"), drawn(3, seed=5))
    time.sleep(0.3)
    new.replace(store)
    lock.release()
    thread.join()
    assert isinstance(mended[0], StoreGone)
    assert len(rows(store)) == 3
