"""One bit of a store is flipped: what it changes is noticed and told, and comes back from a backup.

    python tests/survival/flips.py [--flips 1000] [--seed 6] [--cut]

After each flip: a drawing that the store gives out is as it was; one that it does not give out is
told of; all that the flip did not reach is still there once the store is mended; and what was lost
comes back from the newest backup when that is asked for. With --cut the file is cut short instead.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

from stores import by_uuid, make_store, sound_rows, store_in

from sixpad.data.drawings import Drawings
from sixpad.data.store_errors import StoreDamaged
from sixpad.data.store_repair import recover
from sixpad.data.store_start import start
from sixpad.data.stored import Stored

COUNT = 300
# A flip reaches one page; so many drawings lie on the fullest one of a store of them.
MOST_ON_A_PAGE = 40

Rows = dict[str, Stored]


class Flips:
    """A store with a backup, damaged again and again in a copy."""

    def __init__(self, scratch: Path) -> None:
        self.whole, self.folder = scratch / "whole", scratch / "damaged"
        self.whole.mkdir()
        path = store_in(self.whole)
        self.rows = by_uuid(make_store(path, COUNT))
        with Drawings(path) as store:
            store.back_up()
        self.content = path.read_bytes()
        self.counts: Counter[str] = Counter()

    def flip(self, bit: int) -> str:
        """What is wrong after this bit was flipped; nothing where all is right."""
        changed = bytearray(self.content)
        changed[bit // 8] ^= 1 << bit % 8
        return self._damage(bytes(changed), MOST_ON_A_PAGE)

    def cut(self, length: int) -> str:
        """What is wrong after the file was cut to this length."""
        return self._damage(self.content[:length], COUNT)

    def _damage(self, content: bytes, most_lost: int) -> str:
        """What is wrong with a store of this content in the place of the whole one."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.whole, self.folder)
        path = store_in(self.folder)
        path.write_bytes(content)
        try:
            given, told = self._given_out(path)
            mended, told_at_start = self._mended(path)
            restored = by_uuid(sound_rows(path))
        except Exception:
            return traceback.format_exc()
        told |= told_at_start
        lost = self.rows.keys() - mended.keys()
        self.counts["noticed"] += told
        self.counts["lost at first"] += len(lost)
        self.counts["reached a drawing"] += given != self.rows
        for what, rows in (("given out", given), ("mended", mended)):
            if any(self.rows.get(uuid) != row for uuid, row in rows.items()):
                return f"a changed drawing is {what}"
        if given != self.rows and not told:
            return f"{len(self.rows) - len(given)} drawings are missing, and nothing is told"
        if len(lost) > most_lost:
            return f"{len(lost)} drawings are lost by mending"
        if restored != self.rows:
            return f"{len(self.rows) - len(restored)} drawings do not come back from the backup"
        return ""

    def _given_out(self, path: Path) -> tuple[Rows, bool]:
        """What the store gives out as it is, and whether it says that it is not sound."""
        rows: list[Stored] = []
        try:
            with Drawings(path) as store:
                health = store.check(take=rows.append)
        except StoreDamaged:
            return {}, True
        assert len(by_uuid(rows)) == len(rows), "a drawing comes twice"
        return by_uuid(rows), not health.sound

    def _mended(self, path: Path) -> tuple[Rows, bool]:
        """What a start of the window makes of it, and whether it tells; then the lost are back."""
        begun = start(path)
        with begun.store as store:
            recover(store)
        missing = len(self.rows) - len(begun.drawings)
        assert begun.lost == missing, f"{begun.lost} told as lost, not {missing}"
        return by_uuid(begun.drawings), bool(begun.told)


def run(flips: int, seed: int, cut: bool = False, say: Callable[[str], None] = print) -> int:
    """Flip so many bits, each in a store of its own; returns how many went wrong."""
    say(f"seed {seed}")
    random, begun, wrong = Random(seed), time.monotonic(), 0
    with tempfile.TemporaryDirectory(prefix="sixpad-flips-") as scratch:
        store = Flips(Path(scratch))
        for number in range(flips):
            # The first cut leaves nothing at all.
            bit = random.randrange(len(store.content) * 8) if number or not cut else 0
            trouble = store.cut(bit // 8) if cut else store.flip(bit)
            if trouble:
                wrong += 1
                say(f"  bit {bit}, in page {bit // 8 // 4096 + 1}: {trouble}")
        counts = store.counts
    what = "cuts" if cut else "flips"
    say(
        f"{flips} {what} in {len(store.content):,} bytes of {COUNT} drawings: "
        f"{counts['reached a drawing']} reached a drawing, {counts['noticed']} noticed, "
        f"{counts['lost at first']} drawings out of reach and brought back from the backup, "
        f"{wrong} wrong ({time.monotonic() - begun:.1f} s)"
    )
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flips", type=int, default=50)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--cut", action="store_true")
    chosen = parser.parse_args()
    sys.exit(run(chosen.flips, chosen.seed, chosen.cut) > 0)


if __name__ == "__main__":
    main()
