"""Processes that change a store are killed at random moments; nothing acknowledged is lost.

    python tests/survival/kills.py [--cycles 10000] [--seed 6]

A process adds, relabels, deletes and restores drawings and makes backups. It says what it begins
and what is done. After a few milliseconds it gets a SIGKILL. Then the store must hold exactly what
was acknowledged, and at most the one change that was on its way, all of it or nothing. The seed
settles what is done; at which moment of it the kill arrives is left to the machine.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from random import Random

from stores import LATER, by_uuid, sound_rows, store_in, stored

from sixpad.data.drawings import Drawings
from sixpad.data.store_backups import backups
from sixpad.data.stored import Stored

MOST_SECONDS = 0.025
# Now and then a new store: making one is disturbed as well, and looking does not take ever longer.
NEW_STORE = 0.05

# No drawings: a backup.
Change = list[Stored]
Rows = dict[str, Stored]

BEGUN, DONE = b"?", b"!"


def changes(before: Rows, seed: str) -> Iterator[Change]:
    """Endless changes, each of which knows of those before it; the same for the same seed."""
    random, rows = Random(seed), dict(before)
    number = random.getrandbits(60)
    while True:
        what = random.choice(("add", "add", "add", "relabel", "delete", "back up"))
        change = []
        if what == "add":
            change = [stored(number + place) for place in range(random.randint(1, 3))]
            number += len(change)
        elif what != "back up" and rows:
            one = rows[random.choice(list(rows))]
            deleted = None if one.deleted_at else LATER
            labelled = one._replace(label=random.randrange(10))
            change = [labelled if what == "relabel" else one._replace(deleted_at=deleted)]
        rows |= by_uuid(change)
        yield change


class Killed:
    """A store whose writers are killed, and what must be in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: Rows = {}
        self.acknowledged: Counter[str] = Counter()
        self._looked_through: set[Path] = set()

    def cycle(self, seed: str) -> str:
        """Let a process write and kill it; what is wrong afterwards, nothing where all is right."""
        answers, to_parent = os.pipe()
        child = os.fork()
        if not child:
            self._write(seed, to_parent)
        os.close(to_parent)
        time.sleep(Random(f"delay {seed}").random() * MOST_SECONDS)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        with os.fdopen(answers, "rb") as file:
            heard = file.read()
        if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
            return "the process ended by itself"
        return self._wrong(seed, heard.count(BEGUN), heard.count(DONE))

    def _write(self, seed: str, to_parent: int) -> None:
        """What the process does until it is killed."""
        try:
            with Drawings(self.path) as store:
                known = set(self.rows)
                for change in changes(self.rows, seed):
                    os.write(to_parent, BEGUN)
                    if not change:
                        store.back_up()
                    elif change[0].uuid in known:
                        store.put(change)
                    else:
                        store.add(change)
                    known |= set(by_uuid(change))
                    os.write(to_parent, DONE)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)

    def _wrong(self, seed: str, begun: int, done: int) -> str:
        acknowledged = dict(self.rows)
        on_its_way: Rows = {}
        for place, change in enumerate(islice(changes(self.rows, seed), begun)):
            if place < done:
                self.acknowledged["changes" if change else "backups"] += 1
                self.acknowledged["drawings"] += sum(row.uuid not in acknowledged for row in change)
                acknowledged |= by_uuid(change)
            else:
                on_its_way = by_uuid(change)
        try:
            found = by_uuid(sound_rows(self.path))
            for backup in set(backups(self.path)) - self._looked_through:
                sound_rows(backup)
                self._looked_through.add(backup)
        except Exception:
            return traceback.format_exc()
        self.rows = found
        if found in (acknowledged, acknowledged | on_its_way):
            return ""
        lost = sum(found.get(uuid) != row for uuid, row in acknowledged.items())
        return f"{lost} lost; {len(found)} found where {len(acknowledged)} were acknowledged"


def run(cycles: int, seed: int, say: Callable[[str], None] = print) -> int:
    """Kill so many processes; returns after how many the store was not what it must be."""
    say(f"seed {seed}")
    begun, wrong, stores = time.monotonic(), 0, 0
    acknowledged: Counter[str] = Counter()
    random = Random(seed)
    with tempfile.TemporaryDirectory(prefix="sixpad-kills-") as scratch:
        killed = None
        for number in range(cycles):
            if killed is None or random.random() < NEW_STORE:
                acknowledged += killed.acknowledged if killed else Counter()
                stores += 1
                folder = Path(scratch) / str(stores)
                folder.mkdir()
                killed = Killed(store_in(folder))
            trouble = killed.cycle(f"{seed} {number}")
            if trouble:
                wrong += 1
                say(f"  cycle {number}: {trouble}")
                killed = None
        acknowledged += killed.acknowledged if killed else Counter()
    say(
        f"{cycles} cycles in {stores} stores: {acknowledged['drawings']} drawings, "
        f"{acknowledged['changes']} changes and {acknowledged['backups']} backups acknowledged, "
        f"{wrong} cycles lost something ({time.monotonic() - begun:.1f} s)"
    )
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cycles", type=int, default=50)
    parser.add_argument("--seed", type=int, default=6)
    chosen = parser.parse_args()
    sys.exit(run(chosen.cycles, chosen.seed) > 0)


if __name__ == "__main__":
    main()
