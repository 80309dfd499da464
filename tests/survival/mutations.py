"""Mutated files of every kind: none crashes sixpad, hangs it or fills the memory.

    python tests/survival/mutations.py [--count 100000] [--kind images ...] [--seed 6]
    python tests/survival/mutations.py --kind images --from 1234 --count 1    (one of them again)

A mutant is read as it was before, or refused in a sentence; nothing else is right. They are read in
processes of their own, so that a crash, a file that takes too long and one that takes too much
memory are each told with their number.
"""

from __future__ import annotations

import argparse
import mmap
import os
import pickle
import resource
import shutil
import signal
import struct
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import sound_exports
import sound_files
import sound_stores
from mutants import mutant
from sound_files import Kind

from sixpad.errors import SixpadError

KINDS = {
    kind.name: replace(kind, originals=cache(kind.originals))
    for kind in (*sound_files.KINDS, *sound_stores.KINDS, *sound_exports.KINDS)
}

BATCH = 500
LIMIT_SECONDS = 30
MEGABYTE = 1 << 20
# Pillow may hold an image of 64 million pixels more than once.
MOST_MEGABYTES = 1200
MOST_ADDRESSES = 6 << 30

# Nothing here needs a disk, and memory is faster where it can be had as one.
SCRATCH = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None

READ, REFUSED = "read", "refused"


def attempt(kind: Kind, number: int, seed: int, folder: Path) -> str:
    """What became of a mutant: READ, REFUSED, or a traceback."""
    random = Random(f"{kind.name} {seed} {number}")
    data = mutant(random, kind.originals())
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        kind.read(data, folder)
    except SixpadError as error:
        return REFUSED if str(error).isprintable() else f"It said: {error!r}"
    except BaseException:
        return traceback.format_exc()
    return READ


class Batch:
    """Mutants read in a process of their own, which tells where it is in shared memory."""

    def __init__(self, kind: Kind, numbers: range, seed: int, folder: Path) -> None:
        self._place = mmap.mmap(-1, 8)
        self.ends: Counter[str] = Counter()
        self.mistakes: list[tuple[int, str]] = []
        self.peak = 0
        while numbers:
            numbers = self._read(kind, numbers, seed, folder)

    def _read(self, kind: Kind, numbers: range, seed: int, folder: Path) -> range:
        """Read on; returns what is left where one mutant has ended the process."""
        answers, to_parent = os.pipe()
        child = os.fork()
        if not child:
            os.close(answers)
            self._child(kind, numbers, seed, folder, to_parent)
        os.close(to_parent)
        with os.fdopen(answers, "rb") as file:
            answer = file.read()
        _, status = os.waitpid(child, 0)
        if answer and not status:
            ends, mistakes, peak = pickle.loads(answer)
            self.ends += ends
            self.mistakes += mistakes
            self.peak = max(self.peak, peak)
            return range(0)
        (number,) = struct.unpack("q", self._place[:8])
        how = os.waitstatus_to_exitcode(status)
        told = f"it took over {LIMIT_SECONDS} s" if how == -signal.SIGALRM else f"it ended by {how}"
        self.mistakes.append((number, told))
        # Those before it are read again: nobody has counted them.
        before = Batch(kind, range(numbers.start, number), seed, folder)
        self.ends += before.ends
        self.mistakes += before.mistakes
        self.peak = max(self.peak, before.peak)
        return range(number + 1, numbers.stop)

    def _child(self, kind: Kind, numbers: range, seed: int, folder: Path, answers: int) -> None:
        warnings.simplefilter("error")
        # libtiff says what it thinks of a file by itself.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        resource.setrlimit(resource.RLIMIT_AS, (MOST_ADDRESSES, MOST_ADDRESSES))
        ends: Counter[str] = Counter()
        mistakes, peak = [], 0
        for number in numbers:
            self._place[:8] = struct.pack("q", number)
            signal.alarm(LIMIT_SECONDS)
            end = attempt(kind, number, seed, folder)
            signal.alarm(0)
            held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 // MEGABYTE
            if held > MOST_MEGABYTES >= peak:
                mistakes.append((number, f"it took {held} MB"))
            peak = max(peak, held)
            if end in (READ, REFUSED):
                ends[end] += 1
            else:
                mistakes.append((number, end))
        with os.fdopen(answers, "wb") as file:
            file.write(pickle.dumps((ends, mistakes, peak)))
        os._exit(0)


def run(
    kinds: list[Kind], count: int, seed: int, first: int = 0, say: Callable[[str], None] = print
) -> int:
    """Read `count` mutants, shared out among the kinds; returns how many went wrong."""
    wrong = 0
    say(f"seed {seed}")
    for place, kind in enumerate(kinds):
        begun, share = time.monotonic(), (count + len(kinds) - 1 - place) // len(kinds)
        kind.originals()  # Once, before processes are made of this one.
        ends: Counter[str] = Counter()
        mistakes, peak = [], 0
        with tempfile.TemporaryDirectory(prefix="sixpad-mutants-", dir=SCRATCH) as scratch:
            for start in range(first, first + share, BATCH):
                numbers = range(start, min(start + BATCH, first + share))
                batch = Batch(kind, numbers, seed, Path(scratch) / "mutant")
                ends += batch.ends
                mistakes += batch.mistakes
                peak = max(peak, batch.peak)
        wrong += len(mistakes)
        say(
            f"{kind.name}: {share} mutants, {ends[READ]} read, {ends[REFUSED]} refused, "
            f"{len(mistakes)} wrong; at most {peak} MB ({time.monotonic() - begun:.1f} s)"
        )
        for number, how in sorted(mistakes):
            say(f"  {kind.name} --from {number}: {how}")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--kind", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--from", type=int, default=0, dest="first", metavar="NUMBER")
    chosen = parser.parse_args()
    kinds = [KINDS[name] for name in chosen.kind]
    sys.exit(run(kinds, chosen.count, chosen.seed, chosen.first) > 0)


if __name__ == "__main__":
    main()
