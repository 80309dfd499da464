"""What the command line says where the disk is full: of which file, and that the work failed."""

from __future__ import annotations

from pathlib import Path

import full_disk
import pytest
from drawn import drawn, keep
from terminal import Captured, complaint

from sixpad.cli import main
from sixpad.data.images import write_image


@pytest.mark.skipif(full_disk.missing() is not None, reason=full_disk.missing() or "")
def test_a_full_disk_is_told_of_the_file_that_was_asked_for(
    tmp_path: Path, capsys: Captured
) -> None:
    store = keep(tmp_path / "store.sqlite3", drawn(12))
    image = str(tmp_path / "a.png")
    write_image(image, drawn(1)[0].ink)
    damaged = store.read_bytes().replace(drawn(1)[0].pixels, bytes(72))
    (tmp_path / "disk").mkdir()
    with full_disk.small_disk(tmp_path / "disk") as disk:
        (disk / "damaged").write_bytes(damaged)
        (disk / "ballast").write_bytes(bytes(full_disk.KILOBYTES * 1024 - len(damaged) - 4096))
        for command, name in (
            (["add", "--label", "6", image, "--store", str(disk / "new")], "new"),
            (["export", str(disk / "a.sixpad"), "--store", str(store)], "a.sixpad"),
            (["repair", "--store", str(disk / "damaged")], "damaged"),
        ):
            assert main(["drawings", *command]) == 1
            told = complaint(capsys)
            assert "disk is full" in told
            assert f"“{disk / name}”" in told
        assert (disk / "damaged").read_bytes() == damaged
