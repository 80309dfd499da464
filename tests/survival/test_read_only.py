"""A store in a folder that may not be written: it can be looked at, and that is said."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import full_disk
import pytest
from sound_stores import interrupted
from stores import by_uuid, make_store, store_in, stored

from sixpad.cli import main
from sixpad.data.images import write_image
from sixpad.data.store_start import start
from sixpad.errors import SixpadError

NOBODY = 65534

pytestmark = pytest.mark.skipif(os.name != "posix", reason="POSIX users, modes and mounts")

Locked = Callable[[], None]


@contextmanager
def mounted() -> Iterator[tuple[Path, Locked]]:
    """A disk that is made read-only."""
    reason = full_disk.missing()
    if reason:
        pytest.skip(reason)
    with tempfile.TemporaryDirectory() as folder, full_disk.small_disk(Path(folder)):
        command = ["mount", "-o", "remount,ro", folder]
        yield Path(folder), lambda: subprocess.run(command, check=True) and None


@contextmanager
def forbidden() -> Iterator[tuple[Path, Locked]]:
    """A folder in which this process, nobody's from then on, may read only."""
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def lock() -> None:
            folder.chmod(0o555)
            if root:
                os.setresuid(NOBODY, NOBODY, 0)  # type: ignore[attr-defined, unused-ignore]

        try:
            yield folder, lock
        finally:
            if root:
                os.setresuid(0, 0, 0)  # type: ignore[attr-defined, unused-ignore]
            folder.chmod(0o755)


ways = pytest.mark.parametrize("way", [mounted, forbidden])
Way = Callable[[], "contextmanager[tuple[Path, Locked]]"]


@ways
def test_it_is_for_looking_only_and_says_so(way: Way, capsys: pytest.CaptureFixture[str]) -> None:
    with way() as (folder, lock):
        path = store_in(folder)
        drawings = make_store(path, 30)
        content, image = path.read_bytes(), folder / "image.png"
        write_image(image, stored(1).ink)
        # What it imports may lie where nobody may look.
        assert main(["drawings", "check", "--store", str(path)]) == 0
        lock()
        begun = start(path)
        with begun.store as store:
            assert store.read_only
            assert "looked at only" in begun.told
            assert by_uuid(begun.drawings) == by_uuid(drawings)
            for work in (lambda: store.add([stored(99)]), store.back_up):
                with pytest.raises(SixpadError, match="may not be written"):
                    work()
        assert main(["drawings", "list", "--store", str(path)]) == 0
        assert main(["drawings", "check", "--store", str(path)]) == 0
        assert len(capsys.readouterr().out.splitlines()) > 20
        assert main(["drawings", "add", "--label", "6", "--store", str(path), str(image)]) != 0
        assert "for looking only" in capsys.readouterr().err
        assert path.read_bytes() == content
        assert {each.name for each in folder.iterdir()} == {path.name, image.name}


@ways
def test_a_change_that_was_cut_off_there_cannot_be_taken_back_and_is_told(way: Way) -> None:
    content, journal = interrupted()
    with way() as (folder, lock):
        path = store_in(folder)
        path.write_bytes(content)
        path.with_name(f"{path.name}-journal").write_bytes(journal)
        lock()
        with pytest.raises(SixpadError, match="may not be"):
            start(path)
        assert path.read_bytes() == content


@ways
def test_there_is_no_new_store(way: Way) -> None:
    with way() as (folder, lock):
        lock()
        with pytest.raises(SixpadError):
            start(store_in(folder))
        assert not list(folder.iterdir())
