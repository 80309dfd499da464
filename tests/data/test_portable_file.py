"""Files that are offered for import may be anyone's: nothing in them is carried out or trusted."""

from __future__ import annotations

import os
import random
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from drawn import drawn, keep, rows

from sixpad.data import portable_file
from sixpad.data.exchange import import_drawings
from sixpad.data.offered import Imported
from sixpad.data.store_schema import COLUMNS, MIGRATIONS
from sixpad.errors import SixpadError

TABLE = MIGRATIONS[0][0]
ALL = ", ".join((*COLUMNS, "checksum"))
# Reaches the disk, if anyone lets it.
EVIL = "writefile('/tmp/sixpad-evil', 'x')"
ENDLESS = "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x FROM r) SELECT x FROM r"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A portable file of twelve drawings, in a folder of its own."""
    (tmp_path / "offered").mkdir()
    return keep(tmp_path / "offered" / "a.sixpad", drawn(12))


def offered(path: Path) -> Imported:
    """What an import of it comes to; the file and its folder must be as they were."""
    before = state(path)
    try:
        return import_drawings(path, [])
    finally:
        assert state(path) == before


def state(path: Path) -> dict[str, tuple[bytes, int]]:
    return {
        each.name: (each.read_bytes(), each.stat().st_mtime_ns)
        for each in path.parent.iterdir()
        if each.is_file()
    }


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            connection.execute(statement)


def renamed(statement: str) -> tuple[str, ...]:
    """The table under another name, and something else under its own."""
    return "ALTER TABLE drawings RENAME TO hidden", statement


@pytest.mark.parametrize(
    "statements",
    [
        ("CREATE TRIGGER t AFTER INSERT ON drawings BEGIN DELETE FROM drawings; END",),
        ("CREATE TABLE other (a, b)", "INSERT INTO other VALUES (1, 2)"),
        (f"CREATE VIEW v AS SELECT {EVIL}",),
        (f"CREATE VIEW v AS {ENDLESS}",),
        ("CREATE INDEX i ON drawings (lower(source))",),
        ("CREATE VIRTUAL TABLE f USING fts5(words)",),
        ("ALTER TABLE drawings ADD COLUMN remark TEXT DEFAULT 'none'",),
        ("PRAGMA user_version = 0", "PRAGMA application_id = 0"),
        ("PRAGMA user_version = 77", "PRAGMA application_id = 5"),
        ("ANALYZE",),
        ("PRAGMA journal_mode = WAL", "PRAGMA wal_checkpoint(TRUNCATE)"),
    ],
)
def test_what_else_is_in_a_file_is_passed_over(path: Path, statements: tuple[str, ...]) -> None:
    change(path, *statements)
    found = offered(path)
    assert found.new == drawn(12)
    assert found.refused == 0


@pytest.mark.parametrize(
    "statements",
    [
        renamed("CREATE VIEW drawings AS SELECT * FROM hidden"),
        renamed(f"CREATE VIEW drawings AS SELECT *, {EVIL} AS more FROM hidden"),
        renamed(
            "CREATE VIEW drawings AS WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x FROM r) "
            "SELECT hidden.* FROM r, hidden"
        ),
        renamed(f"CREATE VIRTUAL TABLE drawings USING fts5({ALL})"),
        renamed(f"CREATE VIRTUAL TABLE drawings USING fts5({ALL}, content='hidden')"),
        renamed("CREATE TABLE drawings (a, b)"),
        ("DROP TABLE drawings",),
        ("ALTER TABLE drawings ADD COLUMN more TEXT AS (lower(source)) VIRTUAL",),
        ("ALTER TABLE drawings ADD COLUMN rowid INTEGER",),
        ("ALTER TABLE drawings ADD COLUMN OID TEXT",),
        ("ALTER TABLE drawings RENAME COLUMN checksum TO proof",),
        renamed(f"{TABLE} WITHOUT ROWID"),
        renamed(
            TABLE.replace(
                "label INTEGER NOT NULL", "label INTEGER AS (length(source)) STORED NOT NULL"
            )
        ),
        ("UPDATE sqlite_schema SET sql = 'CREATE TABLE drawings (' WHERE name = 'drawings'",),
        ("UPDATE sqlite_schema SET type = 'view' WHERE name = 'drawings'",),
        ("UPDATE sqlite_schema SET rootpage = 0 WHERE name = 'drawings'",),
        (
            "UPDATE sqlite_schema SET sql = 'CREATE VIEW drawings AS SELECT 1' "
            "WHERE name = 'drawings'",
        ),
    ],
)
def test_what_is_no_plain_table_of_drawings_is_refused(
    path: Path, statements: tuple[str, ...]
) -> None:
    change(path, *statements)
    with pytest.raises(SixpadError, match="holds no drawings"):
        offered(path)
    assert not Path("/tmp/sixpad-evil").exists()


def test_a_file_from_a_newer_sixpad_is_refused(path: Path) -> None:
    change(path, f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(SixpadError, match="from a newer sixpad"):
        offered(path)


@pytest.mark.parametrize(
    ("assignment", "reason"),
    [
        ("label = 10", "label"),
        ("label = 'six'", "label"),
        ("label = 6.5", "label"),
        ("label = label + 1", "checksum"),
        ("pixels = zeroblob(72)", "checksum"),
        ("pixels = zeroblob(71)", "pixels"),
        ("pixels = hex(zeroblob(36))", "pixels"),
        ("uuid = 'none'", "uuid"),
        ("uuid = upper(uuid)", "uuid"),
        ("uuid = zeroblob(30000)", "uuid"),
        ("strokes = 'words'", "strokes"),
        ("strokes = zeroblob(66000)", "strokes"),
        ("source = ''", "source"),
        ("source = char(10) || 'two'", "source"),
        ("source = CAST(x'ff' AS TEXT)", "checksum"),
        ("session = hex(zeroblob(2000))", "session"),
        ("created_at = 'yesterday'", "made"),
        ("deleted_at = 5", "deleted"),
        ("checksum = zeroblob(16)", "checksum"),
        ("checksum = hex(checksum)", "checksum"),
    ],
)
def test_a_row_that_is_not_sound_is_refused_and_the_others_taken(
    path: Path, assignment: str, reason: str
) -> None:
    change(path, f"UPDATE drawings SET {assignment} WHERE rowid = 4")
    found = offered(path)
    assert found.new == drawn(12)[:3] + drawn(12)[4:]
    assert found.refused == 1
    assert reason in found.reasons[0]
    assert "Row 4" in found.reasons[0]


@pytest.mark.parametrize("column", ["pixels", "strokes", "source", "uuid"])
def test_what_is_huge_is_not_read(path: Path, column: str) -> None:
    change(path, f"UPDATE drawings SET {column} = zeroblob(100000000) WHERE rowid = 4")
    found = import_drawings(path, [])
    assert sorted(found.new) == sorted(drawn(12)[:3] + drawn(12)[4:])
    assert found.refused == 1


def test_two_rows_of_one_uuid_are_one_drawing(path: Path) -> None:
    change(
        path,
        *renamed(TABLE.replace("PRIMARY KEY", "")),
        f"INSERT INTO drawings SELECT {ALL} FROM hidden",
        f"INSERT INTO drawings SELECT {ALL} FROM hidden",
    )
    found = offered(path)
    assert found.new == drawn(12)
    assert found.refused == 12


def test_an_endless_schema_is_given_up(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema").fetchone()
        connection.executemany(
            "INSERT INTO sqlite_schema VALUES ('table', ?, ?, ?, ?)",
            [(f"t{at}", f"t{at}", page, f"CREATE TABLE t{at} (a)") for at in range(20_000)],
        )
        connection.commit()
    with pytest.raises(SixpadError, match="holds no drawings"):
        import_drawings(path, [])


def test_a_statement_that_is_too_long_is_not_read(path: Path) -> None:
    change(path, f"CREATE TABLE long ({', '.join(f'c{at} TEXT' for at in range(1900))})")
    with pytest.raises(SixpadError, match="holds no drawings"):
        offered(path)


def test_only_so_many_drawings_and_bytes_are_taken(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portable_file, "MAX_COUNT", 11)
    with pytest.raises(SixpadError, match="too many"):
        offered(path)
    monkeypatch.setattr(portable_file, "MAX_BYTES", path.stat().st_size - 1)
    with pytest.raises(SixpadError, match="too large"):
        offered(path)


def test_a_part_that_cannot_be_read_does_not_keep_back_the_rest(path: Path) -> None:
    path.unlink()
    drawings = drawn(400)
    keep(path, drawings)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = random.Random(1).randbytes(4096)
    path.write_bytes(content)
    found = offered(path)
    assert 300 < len(found.new) < 400
    assert set(found.new) < set(drawings)
    assert found.refused > 0


def test_a_large_file_that_leads_nowhere_is_given_up(path: Path) -> None:
    path.unlink()
    keep(path, drawn(2000))
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'drawings'"
        ).fetchone()
    content = bytearray(path.read_bytes())
    # The cells of the uppermost page: the first and the last lead to a page that is none.
    begin = (root - 1) * 4096
    (cells,) = struct.unpack_from(">H", content, begin + 3)
    starts = struct.unpack_from(f">{cells}H", content, begin + 12)
    struct.pack_into(">I", content, begin + 8, 0)
    struct.pack_into(">I", content, begin + starts[0], 0)
    # Pages that are claimed, and of which nothing was ever written.
    struct.pack_into(">I", content, 28, (1 << 30) // 4096)
    path.write_bytes(content)
    with path.open("rb+") as file:
        file.truncate(1 << 30)
    asked = 0

    class Connection:
        def __init__(self, path: Path) -> None:
            self.plain = portable_file_opened(path)

        def __getattr__(self, name: str) -> object:
            return getattr(self.plain, name)

        def execute(self, *words: object) -> sqlite3.Cursor:
            nonlocal asked
            asked += 1
            return self.plain.execute(*words)

    portable_file_opened = portable_file._opened
    looks: list[float] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(portable_file, "_opened", Connection)
        found = import_drawings(path, [], looks.append)
    assert 1900 < len(found.new) < 2000
    assert asked < 300_000
    assert len(looks) > 200
    assert looks == sorted(looks)


@pytest.mark.parametrize("size", [0, 1, 16, 50, 100, 512, 4096, 5000, 8192])
def test_a_file_that_is_cut_short_is_told(path: Path, size: int) -> None:
    path.write_bytes(path.read_bytes()[:size])
    try:
        found = offered(path)
    except SixpadError:
        return
    assert set(found.new) <= set(drawn(12))
    assert found.refused > 0


@pytest.mark.parametrize("ending", ["-journal", "-wal"])
def test_a_file_that_was_not_closed_is_refused_and_its_journal_not_played(
    path: Path, ending: str
) -> None:
    path.with_name(path.name + ending).write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" * 128)
    with pytest.raises(SixpadError, match="not closed"):
        offered(path)
    # One that is empty says that all is done.
    path.with_name(path.name + ending).write_bytes(b"")
    assert offered(path).new == drawn(12)


def test_a_file_that_changes_while_it_is_read_is_refused(path: Path) -> None:
    def look(_share: float) -> None:
        with path.open("ab") as file:
            file.write(b"\0" * 4096)

    with pytest.raises(SixpadError, match="changed while it was read"):
        import_drawings(path, [], look)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.mkdir(), "no images in folders"),
        (lambda path: os.mkfifo(path), "not an ordinary file"),
        (lambda path: path.symlink_to(path), "cannot be read"),
        (lambda path: path.symlink_to("/dev/zero"), "not an ordinary file"),
        (lambda path: path.write_bytes(b"PK\3\4 and so on"), "cannot be imported"),
        (lambda path: None, "There is no file"),
    ],
)
def test_what_is_no_file_of_drawings_is_told(
    make: Callable[[Path], object], words: str, tmp_path: Path
) -> None:
    make(tmp_path / "a.sixpad")
    with pytest.raises(SixpadError, match=words):
        import_drawings(tmp_path / "a.sixpad", [])


def test_names_with_odd_characters_are_only_names(tmp_path: Path) -> None:
    path = keep(tmp_path / "a?mode=rwc&b#c%20'\".sixpad", drawn(3))
    assert offered(path).new == drawn(3)


def test_nothing_but_reading_is_allowed(path: Path) -> None:
    with closing(portable_file._opened(path)) as connection:
        connection.set_authorizer(portable_file._authorized)
        assert connection.execute("SELECT label FROM drawings").fetchone() == (0,)
        for statement in (
            "DELETE FROM drawings",
            "CREATE TABLE a (b)",
            "ATTACH ':memory:' AS other",
            "PRAGMA journal_mode = WAL",
            "PRAGMA user_version = 5",
            "PRAGMA writable_schema = ON",
            "SELECT lower(source) FROM drawings",
            "SELECT load_extension('x')",
            ENDLESS,
            "VACUUM INTO '/tmp/sixpad-evil'",
        ):
            with pytest.raises(sqlite3.DatabaseError):
                connection.execute(statement).fetchone()
    assert rows(path) == drawn(12)
