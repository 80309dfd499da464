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
from sixpad.data.folders import data_folder
from sixpad.data.images import write_image
from sixpad.data.store_path import store_path
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


@pytest.mark.parametrize("gone", ["no file", "an empty one"])
def test_a_store_that_is_gone_is_a_fault_where_it_has_backups(
    gone: str, store: Path, capsys: Captured
) -> None:
    options = ["--store", str(store), "--json"]
    drawings = by_uuid(store)
    assert main(["drawings", "backup", *options]) == 0
    capsys.readouterr()
    store.unlink()
    if gone == "an empty one":
        store.touch()
    before = set(store.parent.iterdir())
    assert main(["drawings", "check", *options]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["status"] == "damaged"
    assert len(json.loads(out)["backups"]) == 1
    assert "is gone" in err
    for command in (["list"], ["backup"], ["export", str(store.with_name("out"))]):
        assert main(["drawings", *command, *options]) == 1
        assert "is gone" in complaint(capsys)
    assert set(store.parent.iterdir()) == before
    assert main(["drawings", "repair", *options]) == 0
    assert by_uuid(store) == drawings


def test_a_store_whose_head_is_damaged_is_mended_without_any_backup(
    store: Path, capsys: Captured
) -> None:
    drawings = by_uuid(store)
    with store.open("rb+") as file:
        file.write(b"\0")
    for command in (["check"], ["list"], ["add", "--label", "6", str(picture(store.parent))]):
        assert main(["drawings", *command, "--store", str(store)]) == 1
        assert "drawings repair" in complaint(capsys)
    assert main(["drawings", "repair", "--store", str(store)]) == 0
    assert by_uuid(store) == drawings


def picture(folder: Path) -> Path:
    write_image(folder / "picture.png", drawn(1)[0].ink)
    return folder / "picture.png"


EVERY_COMMAND = [
    ["add", "--label", "6", "picture.png"], ["list"], ["export", "out"], ["export", "a.sixpad"],
    ["import", "picture.png"], ["check"], ["backup"], ["repair"],
]  # fmt: skip


@pytest.mark.parametrize("command", EVERY_COMMAND)
@pytest.mark.parametrize("content", [b"Dear reader", b"Dear reader. " * 4000, b"\r" * 50_000])
def test_a_file_that_was_never_a_store_is_none_and_stays(
    command: list[str], content: bytes, tmp_path: Path, capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    picture(tmp_path)
    Path("letter.txt").write_bytes(content)
    assert main(["drawings", "--store", "letter.txt", *command]) == 2
    assert "“letter.txt” is no store of drawings" in complaint(capsys)
    assert Path("letter.txt").read_bytes() == content
    assert {path.name for path in tmp_path.iterdir()} == {"letter.txt", "picture.png"}


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_an_empty_name_is_no_store(
    command: list[str], tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    picture(tmp_path)
    data_folder()
    own = keep(store_path(), drawn(3))
    before = own.read_bytes()
    assert main(["drawings", "--store", "", *command]) == 2
    assert "The name of the store is empty" in complaint(capsys)
    assert own.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"picture.png", "sixpad-home"}


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_a_folder_is_no_store(
    command: list[str], tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    picture(tmp_path)
    Path("here").mkdir()
    assert main(["drawings", "--store", "here", *command]) == 2
    assert "“here” is a folder" in complaint(capsys)
    assert {path.name for path in tmp_path.iterdir()} == {"here", "picture.png"}
    assert list(Path("here").iterdir()) == []


def test_looking_at_an_empty_file_does_not_change_it(
    tmp_path: Path, store: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "notes.txt"
    empty.touch()
    for command in (["check"], ["list"], ["export", str(tmp_path / "out")], ["backup"], ["repair"]):
        assert main(["drawings", *command, "--store", str(empty)]) == 2
        assert "no store of drawings" in complaint(capsys)
    assert main(["evaluate", str(tmp_path / "none"), "--data", f"drawings:{empty}"]) == 2
    assert empty.read_bytes() == b""
    # As mktemp makes one, to be filled.
    assert main(["drawings", "import", "--store", str(empty), str(store)]) == 0
    assert rows(empty) == rows(store)


def test_a_store_behind_a_link_is_mended_where_it_lies(
    store: Path, tmp_path: Path, capsys: Captured
) -> None:
    drawings = by_uuid(store)
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "mine.sqlite3"
    link.symlink_to(Path("..") / store.name)
    options = ["--store", str(link), "--json"]
    assert main(["drawings", "backup", *options]) == 0
    assert Path(reported(capsys)["backup"]).parent.parent == store.parent
    damage(store, rows(store)[7])
    damaged = store.read_bytes()
    store.with_name(f"{store.name}-journal").touch()
    assert main(["drawings", "repair", *options]) == 0
    mended = reported(capsys)
    assert (mended["recovered"], mended["status"]) == (1, "repaired")
    assert link.is_symlink()
    assert by_uuid(store) == drawings
    aside = Path(mended["aside"])
    assert aside.parent == store.parent
    assert (aside / store.name).read_bytes() == damaged
    assert list(link.parent.iterdir()) == [link]


def test_the_own_store_may_be_a_link(store: Path, images: list[str], capsys: Captured) -> None:
    data_folder()
    store_path().symlink_to(store)
    assert store_path() == store
    assert main(["drawings", "add", "--label", "6", images[0]]) == 0
    assert len(rows(store)) == 13


def test_a_store_is_not_imported_into_itself(store: Path, capsys: Captured) -> None:
    link = store.with_name("link.sixpad")
    link.symlink_to(store)
    for path in (store, link):
        assert main(["drawings", "import", "--store", str(store), str(path)]) == 2
        assert "the very store" in complaint(capsys)


def test_sentences_name_the_file_that_was_asked_for(
    store: Path, images: list[str], tmp_path: Path, capsys: Captured
) -> None:
    for name in ("a.sixpad", "a-images-idx3-ubyte", "folder"):
        target = tmp_path / "none" / name
        assert main(["drawings", "export", "--store", str(store), str(target)]) in (1, 2)
        assert f"The folder of “{target}” does not exist" in complaint(capsys)
    new = tmp_path / "none" / "s"
    assert main(["drawings", "add", "--store", str(new), "--label", "6", images[0]]) == 2
    assert f"The folder of “{new}” does not exist" in complaint(capsys)


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
    assert capsys.readouterr().out.startswith("Nothing new: all ")
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


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_add_can_be_interrupted(how: signal.Signals, images: list[str], tmp_path: Path) -> None:
    store = tmp_path / "s.sqlite3"
    command = [sys.executable, "-m", "sixpad", "drawings", "add", "--store", str(store), "--json"]
    with subprocess.Popen(
        [*command, "--label", "6", *images * 400],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as adding:  # fmt: skip
        assert adding.stdout is not None
        assert adding.stderr is not None
        told = [adding.stdout.readline() for _ in range(5)]
        adding.send_signal(how)
        told += adding.stdout.readlines()
        said = adding.stderr.read()
    if how == signal.SIGINT:
        assert adding.returncode == 1
        assert said == "sixpad: Interrupted.\n"
    else:
        assert adding.returncode == -signal.SIGTERM
        assert said == ""
    uuids = {json.loads(line)["uuid"] for line in told}
    kept = set(by_uuid(store))
    assert uuids <= kept
    # One more may be there, of which there was no time to tell.
    assert len(kept) <= len(uuids) + 1 < 1200


def test_who_reads_a_list_slowly_keeps_nobody_from_writing(tmp_path: Path) -> None:
    store = keep(tmp_path / "s.sqlite3", drawn(5000))
    command = [sys.executable, "-m", "sixpad", "drawings", "list", "--store", str(store)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as listing:
        assert listing.stdout is not None
        lines = [listing.stdout.readline()]
        with Drawings(store, wait=0.5) as writing:
            assert writing.add(drawn(1, 1)) == 1
        lines += listing.stdout.readlines()
    assert listing.returncode == 0
    assert [line.split()[0] for line in lines] == [each.uuid for each in drawn(5000)]


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
