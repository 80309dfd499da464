"""Backups: whole or not at all, of each week and month a few, and never the last that has more."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

import pytest
from drawn import drawn, keep, rows
from hypothesis import given
from hypothesis import strategies as st

from sixpad.data import store_backups
from sixpad.data.drawings import Drawings
from sixpad.data.store_backups import (
    MONTHLY,
    RECENT,
    WEEKLY,
    backup_folder,
    backups,
    kept,
)
from sixpad.errors import SixpadError

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
STAMP = "%Y%m%dT%H%M%S%fZ"

times = st.lists(
    st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: NOW - timedelta(minutes=minutes)),
    unique=True,
)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return keep(tmp_path / "drawings.sqlite3", drawn(5))


def lay(store: Path, made: Sequence[datetime]) -> None:
    """Backups of these times, which hold all that the store does but for one drawing."""
    backup_folder(store).mkdir(exist_ok=True)
    earlier = keep(store.with_name("earlier"), rows(store)[:-1])
    for time in made:
        shutil.copyfile(earlier, backup_folder(store) / f"{time.strftime(STAMP)}.sqlite3")


def test_the_numbers_are_those_promised() -> None:
    assert (RECENT, WEEKLY, MONTHLY) == (12, 10, 9)


@given(times)
def test_the_newest_stay_and_the_newest_of_each_week_and_month(made: list[datetime]) -> None:
    staying = kept(made)
    ordered = sorted(made, reverse=True)
    assert staying <= set(made)
    assert set(ordered[:12]) <= staying
    for period, most in (
        (lambda time: time.isocalendar()[:2], 10),
        (lambda time: (time.year, time.month), 9),
    ):
        newest = [next(group) for _, group in groupby(ordered, key=period)]
        assert set(newest[:most]) <= staying
    assert len(staying) <= 12 + 10 + 9


@given(times)
def test_backups_that_come_one_by_one_leave_as_much_as_if_all_had_been_there(
    made: list[datetime],
) -> None:
    there: set[datetime] = set()
    for time in sorted(made):
        there = kept([*there, time])
    assert there == kept(made)


@pytest.mark.parametrize(
    ("minutes", "months"), [(30, 14), (24 * 60, 14), (7 * 24 * 60, 30), (31 * 24 * 60, 40)]
)
def test_years_of_backups_leave_a_year_to_go_back(minutes: int, months: int) -> None:
    made = [NOW - timedelta(minutes=minutes * at) for at in range(months * 30 * 24 * 60 // minutes)]
    there: set[datetime] = set()
    for time in reversed(made):
        there = kept([*there, time])
    assert 12 <= len(there) <= 31
    # At least nine months back there is one, and nine weeks back one of each.
    assert min(there) <= NOW - timedelta(days=8 * 28)
    if minutes <= 7 * 24 * 60:
        for week in range(9):
            begin = NOW - timedelta(days=7 * week)
            assert any(begin - timedelta(days=7) < time <= begin for time in there)


def test_a_backup_is_the_store_as_it_was_and_another_is_made_when_it_has_changed(
    store: Path,
) -> None:
    some = drawn(5)
    with Drawings(store) as open_store:
        first = open_store.back_up()
        assert first is not None
        assert rows(first) == some
        assert open_store.back_up() is None
        open_store.put([some[0]._replace(label=9)])
        second = open_store.back_up()
        assert second is not None
        assert open_store.back_up() is None
    assert backups(store) == [second, first]
    assert rows(first) == some
    assert rows(second)[0].label == 9
    assert sorted(each.name for each in backup_folder(store).iterdir()) == [
        first.name, second.name,
    ]  # fmt: skip


def test_old_backups_go_when_a_new_one_is_there(store: Path) -> None:
    made = [NOW - timedelta(days=1, hours=at) for at in range(40)]
    lay(store, made)
    with Drawings(store) as open_store:
        new = open_store.back_up()
    assert backups(store)[0] == new
    assert len(backups(store)) < 40
    assert len(backups(store)) >= 12


def test_no_backup_goes_that_has_more_than_the_store(tmp_path: Path) -> None:
    some = drawn(6)
    earlier = keep(tmp_path / "earlier.sqlite3", some)
    store = keep(tmp_path / "drawings.sqlite3", some[:5])
    old = NOW - timedelta(days=1, hours=45)
    lay(store, [NOW - timedelta(days=1, hours=at) for at in range(40)])
    more = backup_folder(store) / f"{old.strftime(STAMP)}.sqlite3"
    shutil.copyfile(earlier, more)
    with Drawings(store) as open_store:
        open_store.back_up()
        assert len(backups(store)) < 40
        assert more in backups(store)
        open_store.put(some[5:])
        open_store.back_up()
    assert more not in backups(store)


def test_stores_of_one_stem_have_backups_of_their_own(tmp_path: Path) -> None:
    for name in ("work.sqlite3", "work.old", "work"):
        with Drawings(keep(tmp_path / name, drawn(2, seed=len(name)))) as store:
            store.back_up()
        assert len(backups(tmp_path / name)) == 1


def test_no_backup_goes_while_a_drawing_is_damaged(store: Path) -> None:
    lay(store, [NOW - timedelta(days=1, hours=at) for at in range(40)])
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("UPDATE drawings SET pixels = zeroblob(72) WHERE rowid = 1")
        connection.commit()
    with Drawings(store) as open_store:
        assert open_store.back_up() is not None
    assert len(backups(store)) == 41


def test_a_clock_that_goes_back_makes_no_older_backup(store: Path) -> None:
    future = datetime.now(UTC) + timedelta(days=400)
    lay(store, [future])
    with Drawings(store) as open_store:
        new = open_store.back_up()
    assert new is not None
    assert backups(store)[0] == new


def test_other_files_in_the_folder_are_left_alone(store: Path) -> None:
    folder = backup_folder(store)
    lay(store, [NOW - timedelta(hours=at) for at in range(60)])
    for name in ("notes.txt", "mine.sqlite3", ".a.tmp"):
        (folder / name).touch()
    (folder / ".old.tmp").touch()
    os.utime(folder / ".old.tmp", (1, 1))
    with Drawings(store) as open_store:
        open_store.back_up()
    names = {each.name for each in folder.iterdir()}
    assert {"notes.txt", "mine.sqlite3", ".a.tmp"} <= names
    # What a copying left that was killed long ago.
    assert ".old.tmp" not in names


def test_a_copy_that_is_not_what_it_should_be_does_not_take_its_name(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(store_backups, "_content_of", lambda _path: b"another")
        with Drawings(store) as open_store, pytest.raises(SixpadError, match="as it should be"):
            open_store.back_up()
    assert list(backup_folder(store).iterdir()) == []

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store_backups, "flush", fail)
    with Drawings(store) as open_store, pytest.raises(SixpadError, match="disk is full"):
        open_store.back_up()
    assert backups(store) == []
    assert list(backup_folder(store).iterdir()) == []


def test_a_backup_can_be_made_while_another_writes(store: Path) -> None:
    with Drawings(store) as reading, Drawings(store) as writing:
        writing.add(drawn(5, seed=1))
        made = reading.back_up()
        writing.add(drawn(5, seed=2))
    assert made is not None
    assert rows(made) == drawn(5) + drawn(5, seed=1)
