"""Processes that change a store are killed at random moments; nothing acknowledged is lost.

    python tests/survival/kills.py [--cycles 10000] [--writers 2] [--seed 6]

A process, or several that share the store, adds, relabels, deletes and restores drawings and makes
backups. It says what it begins and what is done. After a few milliseconds it gets a SIGKILL. Then
the store must hold exactly what was acknowledged, and at most the one change that was on its way,
all of it or nothing. The seed settles what is done; at which moment of it the kill arrives is left
to the machine.
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


class Writer:
    """A process that changes its own drawings of a store until it is killed."""

    def __init__(self, path: Path, rows: Rows, seed: str) -> None:
        self._rows, self._seed = rows, seed
        answers, to_parent = os.pipe()
        self._pid = os.fork()
        if not self._pid:
            self._write(path, to_parent)
        os.close(to_parent)
        self._answers = os.fdopen(answers, "rb")

    def kill(self) -> bool:
        """Send it the SIGKILL; false where it had ended by itself."""
        os.kill(self._pid, signal.SIGKILL)
        _, status = os.waitpid(self._pid, 0)
        return os.waitstatus_to_exitcode(status) == -signal.SIGKILL

    def heard(self) -> tuple[Rows, Rows, Counter[str]]:
        """Its drawings as they were acknowledged, the change on its way, and what was done."""
        with self._answers as file:
            heard = file.read()
        rows, on_its_way, counts = dict(self._rows), {}, Counter[str]()
        done = heard.count(DONE)
        for place, change in enumerate(islice(changes(rows, self._seed), heard.count(BEGUN))):
            if place < done:
                counts["changes" if change else "backups"] += 1
                counts["drawings"] += sum(row.uuid not in rows for row in change)
                rows |= by_uuid(change)
            else:
                on_its_way = by_uuid(change)
        return rows, on_its_way, counts

    def _write(self, path: Path, to_parent: int) -> None:
        """What the process does."""
        try:
            with Drawings(path) as store:
                known = set(self._rows)
                for change in changes(self._rows, self._seed):
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


class Killed:
    """A store whose writers are killed, and what each of them has stored in it."""

    def __init__(self, path: Path, writers: int) -> None:
        self.path = path
        self.rows: list[Rows] = [{} for _ in range(writers)]
        self.acknowledged: Counter[str] = Counter()
        self._looked_through: set[Path] = set()

    def cycle(self, seed: str) -> str:
        """Let processes write and kill them; what is wrong then, nothing where all is well."""
        writers = [
            Writer(self.path, rows, f"{seed} {place}") for place, rows in enumerate(self.rows)
        ]
        time.sleep(Random(f"delay {seed}").random() * MOST_SECONDS * len(writers))
        killed = [writer.kill() for writer in writers]
        heard = [writer.heard() for writer in writers]
        if not all(killed):
            return "a process ended by itself"
        try:
            found = by_uuid(sound_rows(self.path))
            for backup in set(backups(self.path)) - self._looked_through:
                sound_rows(backup)
                self._looked_through.add(backup)
        except Exception:
            return traceback.format_exc()
        return self._wrong(found, heard)

    def _wrong(self, found: Rows, heard: list[tuple[Rows, Rows, Counter[str]]]) -> str:
        self.rows = []
        for rows, on_its_way, counts in heard:
            self.acknowledged += counts
            both = rows | on_its_way
            theirs = {uuid: found.pop(uuid) for uuid in both if uuid in found}
            if theirs not in (rows, both):
                lost = sum(theirs.get(uuid) != row for uuid, row in rows.items())
                return f"{lost} of {len(rows)} acknowledged drawings lost"
            self.rows.append(theirs)
        return f"{len(found)} drawings that nobody stored" if found else ""


def run(cycles: int, seed: int, writers: int = 1, say: Callable[[str], None] = print) -> int:
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
                killed = Killed(store_in(folder), writers)
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
    parser.add_argument("--writers", type=int, default=1)
    chosen = parser.parse_args()
    sys.exit(run(chosen.cycles, chosen.seed, chosen.writers) > 0)


if __name__ == "__main__":
    main()
