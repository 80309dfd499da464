"""How the window opens a store: checked, mended where it must be, and what it tells of that."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from drawn import DELETED, by_uuid, drawn, keep, rows

from sixpad.data.drawings import Drawings
from sixpad.data.store_repair import recover
from sixpad.data.store_schema import MIGRATIONS
from sixpad.data.store_start import start
from sixpad.errors import SixpadError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data" / "drawings.sqlite3"


def back_up(path: Path) -> None:
    with Drawings(path) as store:
        assert store.back_up()


def damage(path: Path, count: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE drawings SET pixels = zeroblob(72) WHERE rowid <= ?", (count,))
        connection.commit()


def test_a_new_store_is_empty_and_nothing_is_told(path: Path) -> None:
    started = start(path)
    with started.store:
        assert (started.drawings, started.told, started.lost) == ([], "", 0)
    assert rows(path) == []


def test_a_sound_store_gives_all_its_drawings(path: Path) -> None:
    some = drawn(30)
    some[3] = some[3]._replace(deleted_at=DELETED)
    keep(path, some)
    back_up(path)
    looks: list[None] = []
    started = start(path, lambda: looks.append(None))
    with started.store:
        assert (started.drawings, started.told, started.lost) == (some, "", 0)
        assert not started.store.read_only
    assert looks


def test_a_damaged_store_is_mended_and_told_of_with_what_backups_have(path: Path) -> None:
    some = drawn(30)
    some[9] = some[9]._replace(deleted_at=DELETED)
    keep(path, some)
    back_up(path)
    damage(path, 4)
    started = start(path)
    with started.store as store:
        assert started.drawings == some[4:]
        assert started.lost == 4
        assert started.rebuilt is not None
        assert "damaged" in started.told
        assert "what could be read: 26 drawings (1 of them deleted)." in started.told
        assert "4 more" in started.told
        assert started.rebuilt.aside.name in started.told
        # Nothing is brought back unasked.
        assert by_uuid(path) == {each.uuid: each for each in some[4:]}
        assert recover(store) == 4
    again = start(path)
    with again.store:
        assert (len(again.drawings), again.told, again.lost) == (30, "", 0)


def test_a_store_that_is_gone_is_told_of_where_there_are_backups(path: Path) -> None:
    keep(path, drawn(30))
    back_up(path)
    path.unlink()
    started = start(path)
    with started.store:
        assert started.drawings == []
        assert started.lost == 30
        assert "30" in started.told


@pytest.mark.parametrize("content", [b"", b"none of sqlite" * 500])
def test_a_file_that_holds_nothing_any_more_is_told_of(path: Path, content: bytes) -> None:
    keep(path, drawn(30))
    back_up(path)
    path.write_bytes(content)
    started = start(path)
    with started.store as store:
        assert started.lost == 30
        assert started.told
        assert recover(store) == 30
    assert by_uuid(path) == {each.uuid: each for each in drawn(30)}


def test_a_store_that_cannot_be_opened_is_left_alone(path: Path) -> None:
    later = (*MIGRATIONS, ("ALTER TABLE drawings ADD COLUMN remark TEXT",))
    with Drawings(path, migrations=later):
        pass
    before = path.read_bytes()
    with pytest.raises(SixpadError, match="newer sixpad"):
        start(path)
    assert path.read_bytes() == before


def test_a_start_clears_away_what_a_killed_mending_has_left(path: Path) -> None:
    keep(path, drawn(5))
    left = [path.with_name(f".sixpad-0123456789abcdef.tmp{ending}") for ending in ("", "-journal")]
    for each in left:
        each.touch()
        os.utime(each, (0, 0))
    left.append(path.with_name(".sixpad-abcdefgh.tmp"))
    left[-1].mkdir()
    os.utime(left[-1], (0, 0))
    start(path).store.close()
    assert list(path.parent.iterdir()) == [path]


def test_a_start_can_be_given_up(path: Path) -> None:
    keep(path, drawn(3))

    class GivenUpError(Exception):
        pass

    def look() -> None:
        raise GivenUpError

    with pytest.raises(GivenUpError):
        start(path, look)
    with Drawings(path, wait=0.1) as store:
        assert store.add(drawn(1, seed=1)) == 1


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="this user may write anywhere")
def test_where_nothing_may_be_written_drawings_can_be_looked_at(path: Path) -> None:
    some = drawn(30)
    keep(path, some)
    path.parent.chmod(0o500)
    try:
        started = start(path)
        with started.store as store:
            assert started.drawings == some
            assert store.read_only
            assert "looked at only" in started.told
            with pytest.raises(SixpadError, match="may not be written"):
                store.add(drawn(1, seed=1))
    finally:
        path.parent.chmod(0o700)
    assert [each.name for each in path.parent.iterdir()] == [path.name]
