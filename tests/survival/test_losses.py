"""Losses that no checksum of a row tells of, and backups that were made after them."""

from __future__ import annotations

import os
import struct
from itertools import count
from pathlib import Path
from threading import Event, Thread

import pytest
from stores import by_uuid, make_store, sound_rows, store_in, stored

from sixpad.cli import main
from sixpad.data.drawings import Drawings
from sixpad.data.own_drawings import read_drawings
from sixpad.data.store_errors import StoreDamaged
from sixpad.data.store_repair import recover
from sixpad.data.store_start import start
from sixpad.data.stored import Stored


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store_in(tmp_path)


def backed_up(path: Path, count: int) -> list[Stored]:
    drawings = make_store(path, count)
    with Drawings(path) as store:
        store.back_up()
    return drawings


def damage(path: Path, drawing: Stored) -> None:
    """Change the pixels of one drawing in the file."""
    content = bytearray(path.read_bytes())
    content[content.index(drawing.pixels)] ^= 1
    path.write_bytes(content)


def test_a_backup_made_after_a_loss_hides_nothing_of_those_before_it(path: Path) -> None:
    drawings = backed_up(path, 30)
    for lost in (drawings[4], drawings[9]):
        damage(path, lost)
        with start(path).store as store:
            store.add([stored(1000 + lost.label)])
            assert store.back_up()
    with Drawings(path) as store:
        assert recover(store) == 2
        assert recover(store) == 0
    assert by_uuid(drawings).items() <= by_uuid(sound_rows(path)).items()


def test_a_store_that_another_has_emptied_is_told_of(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawings = backed_up(path, 30)
    path.unlink()
    with Drawings(path) as store:
        store.add(drawings[:10])
    assert main(["drawings", "check", "--store", str(path)]) == 1
    assert "20 drawings of the backups are not in it." in capsys.readouterr().out
    begun = start(path)
    begun.store.close()
    assert begun.lost == 20
    assert "20 more can be brought back" in begun.told
    assert main(["drawings", "repair", "--store", str(path)]) == 0
    assert main(["drawings", "check", "--store", str(path)]) == 0


@pytest.mark.parametrize("gone", [True, False])
def test_a_store_that_is_gone_or_emptied_is_told_of(path: Path, gone: bool) -> None:
    drawings = backed_up(path, 30)
    if gone:
        path.unlink()
    else:
        path.write_bytes(b"")
    begun = start(path)
    with begun.store as store:
        assert "gone" in begun.told
        assert begun.lost == 30
        assert recover(store) == 30
    assert by_uuid(sound_rows(path)) == by_uuid(drawings)


def test_a_new_store_is_nothing_to_tell_of(path: Path) -> None:
    begun = start(path)
    begun.store.close()
    assert (begun.told, begun.lost) == ("", 0)


def test_a_page_that_points_at_the_wrong_one_is_told_of(path: Path) -> None:
    make_store(path, 300)
    content = bytearray(path.read_bytes())
    page = next(at for at in range(4096, len(content), 4096) if content[at] == 5)
    first, second = struct.unpack_from(">HH", content, page + 12)
    content[page + second : page + second + 4] = content[page + first : page + first + 4]
    path.write_bytes(content)
    with Drawings(path) as store:
        with pytest.raises(StoreDamaged):
            list(store.rows())
        assert not store.check().sound
    with pytest.raises(StoreDamaged):
        read_drawings(path)


@pytest.mark.skipif(not hasattr(os, "SEEK_DATA"), reason="this system cannot tell data from holes")
def test_a_damaged_store_that_claims_to_be_huge_does_not_fill_the_disk(path: Path) -> None:
    drawings = make_store(path, 100)
    content = bytearray(path.read_bytes())
    content[:100] = bytes(100)
    path.write_bytes(content)
    os.truncate(path, 1 << 40)
    begun = start(path)
    begun.store.close()
    assert by_uuid(begun.drawings) == by_uuid(drawings)
    assert begun.rebuilt
    assert (begun.rebuilt.aside / path.name).stat().st_blocks * 512 < 1 << 20


def test_a_backup_is_of_one_moment_while_another_program_adds(path: Path) -> None:
    make_store(path, 1000)
    done = Event()

    def add() -> None:
        with Drawings(path) as other:
            for seed in count(10_000):
                if done.wait(0.004):
                    return
                other.add([stored(seed)])

    adding = Thread(target=add)
    adding.start()
    try:
        with Drawings(path) as store:
            made = [store.back_up() for _ in range(5)]
    finally:
        done.set()
        adding.join()
    sizes = [len(sound_rows(backup)) for backup in made if backup]
    assert sizes == sorted(sizes)
    assert sizes
