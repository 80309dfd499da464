"""A disk of two megabytes fills up: what was acknowledged is kept, and with more room it goes on.

    python tests/survival/full_disk.py [--times 20]

The disk is a tmpfs of its own, which only root may mount.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path

from stores import by_uuid, sound_backups, sound_rows, store_in, stored

from sixpad.data.drawings import Drawings
from sixpad.data.settings import Settings, load_settings, save_settings
from sixpad.data.stored import Stored
from sixpad.errors import SixpadError

KILOBYTES = 2048


def missing() -> str | None:
    """Why no disk can be made here; None where one can."""
    if sys.platform != "linux" or not shutil.which("mount"):
        return "a small disk is mounted as a tmpfs, which needs Linux"
    try:
        with tempfile.TemporaryDirectory() as folder, small_disk(Path(folder)):
            return None
    except subprocess.CalledProcessError as error:
        return f"a small disk cannot be mounted here ({error.stderr.decode().strip()})"


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of KILOBYTES mounted at an empty folder."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={KILOBYTES}k", "tmpfs", str(folder)]
    subprocess.run(mount, check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path, times: int, say: Callable[[str], None] = print) -> int:
    """Fill the disk, look, make room and try again, so many times; returns how often it was told.

    Raises AssertionError where something is not as it must be.
    """
    path, ballast, saved = store_in(folder), folder / "ballast", folder / "settings.json"
    kept: dict[str, Stored] = {}
    numbers = count()
    told = 0
    settings = Settings()
    save_settings(saved, settings)
    with Drawings(path) as store:
        for number in range(times):
            # The last kilobytes are left to the store, another number of them each time.
            free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
            ballast.write_bytes(bytes(max(free - (8 + 4 * (number % 8)) * 1024, 0)))
            drawing = stored(next(numbers))
            while not _full(partial(store.add, [drawing])):
                kept[drawing.uuid] = drawing
                drawing = stored(next(numbers))
            told += 1 + _full(store.back_up)
            changed = Settings(digit=number % 10, geometry=bytes(4000))
            if _full(partial(save_settings, saved, changed)):
                told += 1
            else:
                settings = changed
            assert load_settings(saved) == settings
            ballast.unlink()
            # Trying again works, with the very same drawing.
            store.add([drawing])
            kept[drawing.uuid] = drawing
            assert by_uuid(sound_rows(path)) == kept
            sound_backups(path)
    say(f"{times} times full, {told} told, {len(kept)} drawings acknowledged, 0 lost")
    return told


def _full(work: Callable[[], object]) -> bool:
    """Do what may fail on a full disk; whether it said so, in a sentence."""
    try:
        work()
    except SixpadError as error:
        assert "disk is full" in str(error), error
        return True
    return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=20)
    chosen = parser.parse_args()
    reason = missing()
    if reason:
        sys.exit(f"Skipped: {reason}.")
    with tempfile.TemporaryDirectory(prefix="sixpad-disk-") as folder, small_disk(Path(folder)):
        fill(Path(folder), chosen.times)


if __name__ == "__main__":
    main()
