"""The store of drawings: what it says is kept is on the disk, whoever else works on it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from drawn import DELETED, by_uuid, drawn, keep, rows
from hypothesis import given
from hypothesis import strategies as st

from sixpad.data.drawings import Drawings
from sixpad.data.store_backups import backups
from sixpad.data.store_errors import StoreDamaged, StoreInUse
from sixpad.data.store_pages import PAGE
from sixpad.data.store_repair import rebuild
from sixpad.data.store_rows import Damaged
from sixpad.data.store_schema import APPLICATION_ID, MIGRATIONS
from sixpad.data.stored import Stored, new_drawing, new_session, trouble_of
from sixpad.errors import SixpadError

# What a sixpad to come may do with the table.
NEXT = (
    *MIGRATIONS,
    ("ALTER TABLE drawings ADD COLUMN remark TEXT", "UPDATE drawings SET remark = 'old'"),
)
# It fails where two drawings have one label.
BROKEN = (
    *MIGRATIONS,
    ("ALTER TABLE drawings ADD COLUMN remark TEXT", "CREATE UNIQUE INDEX i ON drawings (label)"),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a store may lie, in a folder with nothing else."""
    (tmp_path / "store").mkdir()
    return tmp_path / "store" / "drawings.sqlite3"


def change(path: Path, statement: str) -> None:
    """Change the file as another program may."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def test_a_drawing_comes_back_as_it_was(path: Path) -> None:
    some = drawn(5)
    some[1] = some[1]._replace(strokes=b"\0\1\2", deleted_at=DELETED, session="ünïcode ✎")
    keep(path, some)
    assert rows(path) == some
    ink = drawn(1, seed=9)[0].ink
    made = new_drawing(ink, 3, "drawn", new_session())
    keep(path, [made])
    assert rows(path) == [*some, made]
    assert (rows(path)[-1].ink == ink).all()
    assert trouble_of(made) == ""


def test_put_replaces_and_add_does_not(path: Path) -> None:
    some = drawn(3)
    with Drawings(path) as store:
        assert store.add(some[:2]) == 2
        changed = [each._replace(label=9, deleted_at=DELETED) for each in some]
        assert store.add(changed) == 1
        assert by_uuid(path) == {each.uuid: each for each in (*some[:2], changed[2])}
        store.put(changed)
        assert rows(path) == changed
        assert len(list(store.rows())) == 3
        assert store.add([]) == 0


def test_all_or_none_of_one_call_is_kept(path: Path) -> None:
    some = drawn(3)
    keep(path, some[:1])
    with Drawings(path) as store, pytest.raises(SixpadError):
        store.put([some[1], some[2]._replace(label=None)])  # type: ignore[arg-type]
    assert rows(path) == some[:1]
    with Drawings(path) as store:
        with pytest.raises(SixpadError):
            store.add([some[1], some[2]._replace(label=None)])  # type: ignore[arg-type]
        # The store is of use afterwards.
        assert store.add(some[1:]) == 2


def test_what_is_written_outlasts_a_power_cut_and_leaves_no_companions(path: Path) -> None:
    with Drawings(path) as store:
        store.put(drawn(2))
        connection = store._opened()
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (3,)
        assert connection.execute("PRAGMA trusted_schema").fetchone() == (0,)
        assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_what_was_kept_is_there_for_others_at_once_while_the_store_is_open(path: Path) -> None:
    with Drawings(path) as store:
        for drawing in drawn(3):
            store.add([drawing])
            code = (
                "import sqlite3, sys; "
                "c = sqlite3.connect(f'file:{sys.argv[1]}?mode=ro', uri=True); "
                "print(*c.execute('SELECT uuid FROM drawings ORDER BY rowid DESC LIMIT 1'))"
            )
            found = subprocess.run(
                [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
            )
            assert drawing.uuid in found.stdout


def test_two_writers_take_turns(path: Path) -> None:
    some = drawn(200)
    keep(path, [])

    def write(part: list[Stored]) -> None:
        with Drawings(path) as store:
            for each in part:
                store.add([each])

    threads = [threading.Thread(target=write, args=(some[at::2],)) for at in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert by_uuid(path) == {each.uuid: each for each in some}


def test_who_comes_second_waits_and_then_is_told(path: Path) -> None:
    some = drawn(2)
    with Drawings(path, wait=0.05) as store, closing(
        sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    ) as other:  # fmt: skip
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreInUse, match="in use by another program"):
            store.add(some)
        assert list(store.rows()) == []
        other.execute("ROLLBACK")
        store.add(some)
    with Drawings(path, wait=20) as store, closing(
        sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    ) as other:  # fmt: skip
        other.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(0.2, lambda: other.execute("COMMIT"))
        timer.start()
        store.put([some[0]._replace(label=5)])
        timer.join()
    assert rows(path)[0].label == 5


def test_a_change_by_another_program_is_noticed_once(path: Path) -> None:
    with Drawings(path) as store, Drawings(path) as other:
        store.add(drawn(1))
        assert not store.changed_elsewhere()
        other.add(drawn(1, seed=1))
        assert store.changed_elsewhere()
        assert not store.changed_elsewhere()


def test_a_store_that_another_took_the_place_of_is_opened_anew(path: Path) -> None:
    first, second = drawn(2)
    with Drawings(path) as store:
        store.add([first])
        other = keep(path.with_name("other"), [])
        other.replace(path)
        store.add([second])
    assert rows(path) == [second]


def test_no_store_is_made_where_none_is_wanted(path: Path) -> None:
    with pytest.raises(SixpadError, match="no store"):
        Drawings(path, create=False)
    with pytest.raises(SixpadError, match="does not exist"):
        Drawings(path.parent / "none" / "store")
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DROP TABLE drawings", "damaged"),
        ("CREATE TABLE more (a)", "damaged"),
        ("CREATE TRIGGER t AFTER INSERT ON drawings BEGIN DELETE FROM drawings; END", "damaged"),
        ("PRAGMA user_version = 99", "damaged"),
        ("PRAGMA application_id = 99", "damaged"),
        (f"PRAGMA user_version = {len(MIGRATIONS) + 1}", "damaged"),
    ],
)
def test_a_store_whose_tables_do_not_fit_is_damaged(path: Path, statement: str, words: str) -> None:
    keep(path, drawn(2))
    change(path, statement)
    before = path.read_bytes()
    with pytest.raises(StoreDamaged, match=words):
        Drawings(path)
    assert path.read_bytes() == before


def test_a_store_from_a_newer_sixpad_is_refused_and_left_as_it_is(path: Path) -> None:
    with Drawings(path, migrations=NEXT) as newer:
        newer.put([])
    before = path.read_bytes(), path.stat().st_mtime_ns
    with pytest.raises(SixpadError, match="from a newer sixpad") as refused:
        Drawings(path)
    assert not isinstance(refused.value, StoreDamaged)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_another_programs_file_is_refused_and_left_as_it_is(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    before = path.read_bytes()
    with pytest.raises(SixpadError, match="no store of drawings"):
        Drawings(path)
    assert path.read_bytes() == before
    path.write_bytes(b"GIF89a" * 1000)
    with pytest.raises(StoreDamaged):
        Drawings(path)
    assert path.read_bytes() == b"GIF89a" * 1000


def test_an_older_store_is_brought_up_with_a_backup_before(path: Path) -> None:
    some = drawn(6)
    keep(path, some)
    with Drawings(path, migrations=NEXT) as store:
        assert [row for row in store.rows() if isinstance(row, Stored)] == some
        store.put([some[0]._replace(label=9)])
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(NEXT),)
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("SELECT DISTINCT remark FROM drawings").fetchone() == ("old",)
    (backup,) = backups(path)
    assert rows(backup) == some


def test_a_migration_that_fails_leaves_the_old_store(path: Path) -> None:
    some = drawn(12)
    keep(path, some)
    with pytest.raises(SixpadError):
        Drawings(path, migrations=BROKEN)
    assert rows(path) == some
    (backup,) = backups(path)
    assert rows(backup) == some


def test_a_new_store_is_not_left_half_made(path: Path) -> None:
    with pytest.raises(SixpadError):
        Drawings(path, migrations=(*MIGRATIONS, ("SELECT nonsense",)))
    with Drawings(path) as store:
        store.put(drawn(1))
    assert rows(path) == drawn(1)


@pytest.mark.parametrize(
    ("assignment", "reason"),
    [
        ("pixels = zeroblob(72)", "checksum"),
        ("pixels = zeroblob(5)", "pixels"),
        ("label = 77", "label"),
        ("label = (label + 1) % 10", "checksum"),
        ("deleted_at = NULL", "checksum"),
        ("source = 'other'", "checksum"),
        ("session = 'other'", "checksum"),
        ("created_at = '2026-01-02T03:04:05.000007Z'", "checksum"),
        ("uuid = '00000000-0000-4000-8000-000000000000'", "checksum"),
        ("strokes = x'00'", "checksum"),
        ("checksum = zeroblob(16)", "checksum"),
        ("created_at = CAST(x'ffff' AS TEXT)", "time"),
        ("created_at = '2026-99-02T03:04:05.000006Z'", "time"),
        ("created_at = '2026-02-30T03:04:05.000006Z'", "time"),
        ("created_at = '2026-01-02T25:04:05.000006Z'", "time"),
        ("created_at = '٢٠٢٦-01-02T03:04:05.000006Z'", "time"),
    ],
)
def test_any_column_that_changes_behind_its_checksum_is_noticed(
    path: Path, assignment: str, reason: str
) -> None:
    some = [each._replace(deleted_at=DELETED) for each in drawn(4)]
    keep(path, some)
    change(path, f"UPDATE drawings SET {assignment} WHERE rowid = 2")
    with Drawings(path) as store:
        found = list(store.rows())
        assert [row for row in found if isinstance(row, Stored)] == [some[0], *some[2:]]
        (bad,) = [row for row in found if isinstance(row, Damaged)]
        assert reason in bad.reason
        assert bad.row == 2
        taken: list[Stored] = []
        health = store.check(take=taken.append)
    assert taken == [some[0], *some[2:]]
    assert health.damaged == (bad,)
    assert (health.drawings, health.deleted, health.sound) == (0, 3, False)


def test_a_check_finds_what_checksums_cannot(path: Path) -> None:
    keep(path, drawn(300))
    content = bytearray(path.read_bytes())
    # The index of the uuids lies in pages of its own.
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE type = 'index'"
        ).fetchone()
    at = (page - 1) * 4096
    content[at + 3 : at + 5] = b"\0\0"
    path.write_bytes(content)
    with Drawings(path) as store:
        health = store.check()
    assert not health.sound
    assert health.problems
    assert rebuild(path).drawings == 300
    assert rows(path) == drawn(300)


def test_a_table_that_says_it_is_empty_is_not_believed_where_the_index_is_not(path: Path) -> None:
    keep(path, drawn(10))
    content = bytearray(path.read_bytes())
    # The number of rows in the only page that holds any.
    content[PAGE + 3 : PAGE + 5] = b"\0\0"
    path.write_bytes(content)
    with Drawings(path) as store, pytest.raises(StoreDamaged):
        list(store.rows())
    with Drawings(path) as store:
        assert not store.check().sound


def test_a_sound_store_is_said_to_be_so_and_looked_at_on_the_way(path: Path) -> None:
    some = drawn(3000)
    some[5] = some[5]._replace(deleted_at=DELETED)
    keep(path, some)
    looks: list[None] = []
    with Drawings(path) as store:
        health = store.check(lambda: looks.append(None))
    assert health == (2999, 1, (), ())
    assert health.sound
    assert len(looks) > 1


@given(
    st.sampled_from(["uuid", "label", "pixels", "strokes", "source", "session", "created_at"]),
    st.one_of(st.none(), st.integers(), st.text(), st.binary(max_size=80), st.floats()),
)
def test_a_column_is_told_from_a_wrong_one(column: str, value: object) -> None:
    drawing = drawn(1)[0]
    changed = drawing._replace(**{column: value})
    if not trouble_of(changed):
        assert changed == drawing or changed.checksum != drawing.checksum
