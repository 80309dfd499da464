"""What is said to be done would outlast a power cut: the calls of each piece of work, gone through.

    python tests/survival/flushes.py [--work NAME ...]

No power is cut. Every file that was written and is still there must have been flushed after it was
written last, and every folder after the last change of a name in it that matters: a file made,
renamed, or a journal deleted, which is how SQLite commits.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from faults import WORKS, Doer, Trials
from shim import Fault, under_the_shim
from work import Work

FLUSHES = ("fsync", "fdatasync")
WRITES = ("write", "pwrite", "pwritev", "writev", "sendfile", "copy_file_range", "ftruncate")

# A call and the path that it is about.
Call = tuple[str, str]


def calls_of(work: Work, scratch: Path) -> tuple[list[Call], set[str]]:
    """The calls of a piece of work in their order, and the files that are there only since."""
    trials = Trials(work, scratch)
    trials.lay_out()
    before = set(map(str, trials.folder.rglob("*")))
    log = os.open(scratch / "log", os.O_CREAT | os.O_RDWR)
    doer = Doer(work, trials.folder, Fault(), log)
    doer.answer()
    doer.end()
    os.close(log)
    lines = (scratch / "log").read_text().splitlines()
    after = set(map(str, trials.folder.rglob("*")))
    return [(call, path) for call, _, path in (line.split("\t") for line in lines)], after - before


def not_flushed(calls: Sequence[Call], made: set[str]) -> list[str]:
    """What a power cut could take back; nothing where all is on the disk."""
    waiting: dict[str, str] = {}
    for place, (call, path) in enumerate(calls):
        folder = str(Path(path).parent)
        plain = call.removesuffix("64")
        if plain in FLUSHES:
            waiting.pop(path, None)
        elif plain in WRITES:
            waiting[path] = "it was written"
        elif plain == "rename":
            _, source = calls[place + 1]
            if source in waiting:
                waiting[path] = waiting.pop(source)
            waiting[folder] = f"{path} was put in its place"
        elif plain == "unlink" and Path(path.removesuffix("-journal")).exists():
            waiting[folder] = f"{path} was deleted"
        elif path in made and plain in ("open", "mkdir", "link"):
            waiting[folder] = f"{path} was made"
    # What was made on the way and is gone again matters to nobody.
    return [
        f"{path} is not flushed after {what}"
        for path, what in waiting.items()
        if Path(path).exists()
    ]


def run(works: list[Work], say: Callable[[str], None] = print) -> int:
    """Go through the calls of all `works`; returns how many of them a power cut could take back."""
    wrong = 0
    for work in works:
        with tempfile.TemporaryDirectory(prefix="sixpad-flushes-") as scratch:
            calls, made = calls_of(work, Path(scratch))
            found = not_flushed(calls, made)
        wrong += bool(found)
        say(f"{work.name}: {len(calls)} calls, {len(found)} not flushed")
        for each in found:
            say(f"  {each}")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", nargs="+", choices=WORKS, default=list(WORKS))
    chosen = parser.parse_args()
    under_the_shim()
    sys.exit(run([WORKS[name] for name in chosen.work]) > 0)


if __name__ == "__main__":
    main()
