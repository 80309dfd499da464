"""`sixpad drawings`: what it stores, what it says of it, and what it does when it cannot."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn import DELETED, by_uuid, drawn, keep, rows
from PIL import Image
from terminal import Captured, complaint, reported

from sixpad.cli import main
from sixpad.data.drawings import Drawings
from sixpad.data.images import write_image
from sixpad.data.own_drawings import store_path
from sixpad.data.stored import ADDED, IMPORTED, Stored


@pytest.fixture
def images(tmp_path: Path) -> list[str]:
    """Three images of drawings, one dot a pixel."""
    paths = []
    for at, drawing in enumerate(drawn(3)):
        paths.append(str(tmp_path / f"{at}.png"))
        write_image(paths[-1], drawing.ink)
    return paths


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with twelve drawings, two of them deleted."""
    drawings = drawn(12)
    drawings[3:5] = [each._replace(deleted_at=DELETED) for each in drawings[3:5]]
    return keep(tmp_path / "store.sqlite3", drawings)


def lines(capsys: Captured) -> list[dict[str, Any]]:
    out, err = capsys.readouterr()
    assert err == ""
    return [json.loads(line) for line in out.splitlines()]


def damage(path: Path, drawing: Stored) -> None:
    """Change the pixels of one drawing behind the back of its checksum."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "UPDATE drawings SET pixels = zeroblob(72) WHERE uuid = ?", (drawing.uuid,)
        )
        connection.commit()


def test_add_stores_what_it_is_given_in_one_session(images: list[str], capsys: Captured) -> None:
    assert main(["drawings", "add", "--json", "--label", "6", *images, images[0]]) == 0
    told = lines(capsys)
    kept = rows(store_path())
    assert [line["uuid"] for line in told] == [each.uuid for each in kept]
    assert [line["image"] for line in told] == [*images, images[0]]
    assert {(each.label, each.source, each.session) for each in kept} == {
        (6, ADDED, told[0]["session"])
    }
    assert [each.pixels for each in kept] == [each.pixels for each in [*drawn(3), drawn(1)[0]]]
    assert len({each.uuid for each in kept}) == 4


@pytest.mark.parametrize(
    "words",
    [
        ["drawings", "add", "--store", "S", "--json", "--label", "6"],
        ["drawings", "--store", "S", "--json", "add", "--label", "6"],
        ["drawings", "--store", "S", "add", "--label", "6", "--json"],
    ],
)
def test_the_store_may_be_named_before_the_command_or_after(
    words: list[str], images: list[str], tmp_path: Path, capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main([*words, images[0]]) == 0
    assert len(lines(capsys)) == len(rows(tmp_path / "S")) == 1
    assert not store_path().exists()


def test_an_image_that_cannot_be_read_is_found_before_anything_is_stored(
    images: list[str], tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "bad.png").write_bytes(b"none")
    write_image(tmp_path / "white.png", np.zeros((24, 24), np.uint8))
    for wrong, words in (("bad.png", "not an image"), ("white.png", "one tone")):
        assert main(["drawings", "add", "--label", "1", *images, str(tmp_path / wrong)]) == 2
        assert words in complaint(capsys)
    assert not store_path().exists()


def test_ink_says_which_tone_is_the_drawing(tmp_path: Path) -> None:
    # Most of the border is ink, so that it would be taken for paper.
    ink = np.ones((24, 24), np.uint8)
    ink[8:16, 8:16] = 0
    Image.fromarray((255 * (1 - ink)).astype(np.uint8)).save(tmp_path / "a.png")
    store = tmp_path / "s"
    for option in ([], ["--ink", "dark"]):
        command = ["drawings", "add", "--store", str(store), "--label", "0", *option]
        assert main([*command, str(tmp_path / "a.png")]) == 0
    found, said = rows(store)
    np.testing.assert_array_equal(found.ink, 1 - ink)
    np.testing.assert_array_equal(said.ink, ink)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("drawings", "COMMAND"),
        ("drawings bogus", "invalid choice"),
        ("drawings add a.png", "--label"),
        ("drawings add --label 10 a.png", "invalid choice"),
        ("drawings add --label 6", "IMAGE"),
        ("drawings add --label 6 missing.png", "There is no file"),
        ("drawings list", "There is no store"),
        ("drawings check --store missing", "There is no store"),
        ("drawings backup", "There is no store"),
        ("drawings repair", "There is no store"),
        ("drawings export out", "There is no store"),
        ("drawings export out.zip", "no name for an export"),
        ("drawings import missing", "There is no file"),
        ("drawings import .", "no images in folders"),
    ],
)
def test_wrong_usage_and_input_leave_nothing_behind(
    command: str, words: str, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(command.split()) == 2
    assert words in complaint(capsys)
    assert list(tmp_path.iterdir()) == []


def test_list_tells_those_in_use_or_those_deleted_of_one_label_or_all(
    store: Path, capsys: Captured
) -> None:
    drawings = rows(store)
    for options, wanted in (
        ([], [each for each in drawings if not each.deleted_at]),
        (["--deleted"], drawings[3:5]),
        (["--label", "1"], [drawings[1], drawings[11]]),
        (["--deleted", "--label", "3"], [drawings[3]]),
        (["--deleted", "--label", "1"], []),
    ):
        assert main(["drawings", "list", "--json", "--store", str(store), *options]) == 0
        told = lines(capsys)
        assert [line["uuid"] for line in told] == [each.uuid for each in wanted]
        assert [line["label"] for line in told] == [each.label for each in wanted]
        assert main(["drawings", "list", "--store", str(store), *options]) == 0
        assert len(capsys.readouterr().out.splitlines()) == len(wanted)


def test_check_finds_every_damaged_drawing_and_repair_brings_back_what_backups_have(
    store: Path, capsys: Captured
) -> None:
    options = ["--store", str(store), "--json"]
    drawings = rows(store)
    assert main(["drawings", "backup", *options]) == 0
    made = reported(capsys)
    assert made["backups"] == 1
    assert rows(Path(made["backup"])) == drawings
    assert main(["drawings", "backup", *options]) == 0
    assert reported(capsys)["backup"] is None
    assert main(["drawings", "check", *options]) == 0
    sound = reported(capsys)
    assert (sound["drawings"], sound["deleted"], sound["status"]) == (10, 2, "sound")
    assert sound["backups"] == [made["backup"]]

    damage(store, drawings[7])
    assert main(["drawings", "check", *options]) == 1
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert "drawings repair" in err
    assert found["status"] == "damaged"
    assert [row["uuid"] for row in found["damaged"]] == [drawings[7].uuid]
    assert (found["drawings"], found["deleted"]) == (9, 2)
    for command in (["list"], ["export", str(store.with_name("out"))]):
        assert main(["drawings", *command, *options]) == 1
        assert "1 damaged drawing left out" in complaint(capsys)

    assert main(["drawings", "repair", *options]) == 0
    mended = reported(capsys)
    assert (mended["drawings"], mended["recovered"], mended["status"]) == (12, 1, "repaired")
    assert (Path(mended["aside"]) / store.name).exists()
    assert by_uuid(store) == {each.uuid: each for each in drawings}
    assert main(["drawings", "repair", *options]) == 0
    assert reported(capsys)["status"] == "sound"


def test_a_store_that_is_no_longer_one_is_told_and_mended(store: Path, capsys: Captured) -> None:
    options = ["--store", str(store)]
    drawings = by_uuid(store)
    assert main(["drawings", "backup", *options]) == 0
    store.write_bytes(b"\0" * store.stat().st_size)
    capsys.readouterr()
    for command in (["check"], ["list"], ["backup"]):
        assert main(["drawings", *command, *options]) == 1
        assert "drawings repair" in complaint(capsys)
    assert main(["drawings", "repair", *options]) == 0
    assert by_uuid(store) == drawings
    store.unlink()
    assert main(["drawings", "list", *options]) == 1
    capsys.readouterr()
    assert main(["drawings", "repair", *options]) == 0
    assert by_uuid(store) == drawings


def test_repair_leaves_a_file_alone_that_was_never_a_store(
    tmp_path: Path, capsys: Captured
) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear reader", "utf-8")
    assert main(["drawings", "repair", "--store", str(letter)]) == 2
    assert "no store of drawings" in complaint(capsys)
    assert letter.read_text("utf-8") == "Dear reader"
    assert list(tmp_path.iterdir()) == [letter]


def test_a_store_in_use_is_told_after_a_while(
    store: Path, images: list[str], capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(Drawings.__init__.__kwdefaults__, "wait", 0.1)
    with closing(sqlite3.connect(store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        command = ["drawings", "add", "--store", str(store), "--label", "6", *images]
        assert main(command) == 1
        assert "in use by another program" in complaint(capsys)
        assert main(["drawings", "list", "--store", str(store)]) == 0
    assert len(rows(store)) == 12


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="root may write")
def test_a_folder_that_may_not_be_written_shows_its_drawings(
    store: Path, images: list[str], tmp_path_factory: pytest.TempPathFactory, capsys: Captured
) -> None:
    out = tmp_path_factory.mktemp("out") / "a.sixpad"
    store.parent.chmod(0o500)
    try:
        for command in (["list"], ["check"], ["export", str(out)]):
            assert main(["drawings", *command, "--store", str(store)]) == 0
        capsys.readouterr()
        command = ["add", "--label", "6", *images]
        assert main(["drawings", *command, "--store", str(store)]) == 1
        assert "may not be written" in complaint(capsys)
    finally:
        store.parent.chmod(0o700)


@pytest.mark.parametrize(
    "name", ["folder", "a-images-idx3-ubyte", "a-images-idx3-ubyte.gz", "a.sixpad"]
)
def test_what_is_exported_is_imported_once(
    name: str, store: Path, tmp_path: Path, capsys: Captured
) -> None:
    target, other = tmp_path / name, str(tmp_path / "other.sqlite3")
    assert main(["drawings", "export", "--json", "--store", str(store), str(target)]) == 0
    whole = name == "a.sixpad"
    assert reported(capsys)["drawings"] == (12 if whole else 10)
    for added in (12 if whole else 10, 0):
        assert main(["drawings", "import", "--json", "--store", other, str(target)]) == 0
        record = reported(capsys)
        assert record["added"] == added
        assert record["added"] + record["there"] == (12 if whole else 10)
    assert main(["drawings", "import", "--store", str(store), str(target)]) == 0
    assert capsys.readouterr().out.startswith("0 drawings imported, ")
    before = {each.uuid: each for each in rows(store) if whole or not each.deleted_at}
    after = by_uuid(Path(other))
    if whole:
        assert after == before
    elif name == "folder":
        assert {each.uuid: each.pixels for each in after.values()} == {
            each.uuid: each.pixels for each in before.values()
        }
        assert {each.source for each in after.values()} == {IMPORTED}
        assert len({each.session for each in after.values()}) == 1


def test_an_export_replaces_nothing(store: Path, tmp_path: Path, capsys: Captured) -> None:
    for name in ("a.sixpad", "a-images-idx3-ubyte"):
        (tmp_path / name).write_text("mine", "utf-8")
        assert main(["drawings", "export", "--store", str(store), str(tmp_path / name)]) == 2
        assert "already" in complaint(capsys)
        assert (tmp_path / name).read_text("utf-8") == "mine"


def test_images_that_cannot_be_read_are_told_and_the_others_imported(
    store: Path, tmp_path: Path, capsys: Captured
) -> None:
    out = tmp_path / "out"
    assert main(["drawings", "export", "--store", str(store), str(out)]) == 0
    for at in range(30):
        (out / "0" / f"bad{at}.png").write_bytes(b"none")
    capsys.readouterr()
    command = ["drawings", "import", "--json", "--store", str(tmp_path / "new"), str(out)]
    assert main(command) == 2
    out_text, err = capsys.readouterr()
    record = json.loads(out_text)
    assert (record["added"], record["refused"]) == (10, 30)
    assert 0 < len(record["reasons"]) <= 20
    assert err.count("\n") == 1
    assert "30 could not be read" in err


def test_every_line_of_add_is_on_the_disk_when_it_is_printed(
    images: list[str], tmp_path: Path
) -> None:
    store = tmp_path / "s.sqlite3"
    command = [sys.executable, "-m", "sixpad", "drawings", "add", "--store", str(store), "--json"]
    many = [*command, "--label", "6", *images * 400]
    with subprocess.Popen(many, stdout=subprocess.PIPE, text=True) as adding:
        assert adding.stdout is not None
        told = [json.loads(adding.stdout.readline())["uuid"] for _ in range(5)]
        adding.send_signal(signal.SIGKILL)
        told += [json.loads(line)["uuid"] for line in adding.stdout if line.endswith("\n")]
    assert adding.returncode == -signal.SIGKILL
    assert set(told) <= set(by_uuid(store))
    assert len(told) < 1200


def test_add_ends_quietly_when_nobody_reads_on(images: list[str], tmp_path: Path) -> None:
    store = tmp_path / "s.sqlite3"
    command = [sys.executable, "-m", "sixpad", "drawings", "add", "--store", str(store)]
    many = [*command, "--label", "6", *images * 400]
    with subprocess.Popen(
        many, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as adding:
        assert adding.stdout is not None
        assert adding.stderr is not None
        uuid = adding.stdout.readline().split()[0]
        adding.stdout.close()
        assert adding.stderr.read() == ""
    assert adding.returncode == 1
    assert uuid in by_uuid(store)
    assert len(by_uuid(store)) < 1200
