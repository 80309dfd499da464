"""Every write, flush and change of a name fails in turn; what was kept is whole afterwards.

    python tests/survival/faults.py [--work NAME ...] [--code EIO ...] [--quick | --reads]

Each piece of work is done once for each of its calls, which fails as a full disk, a broken disk or
a missing permission would make it fail (see faults.c), or at which the process is killed. Then the
files must be as before or after, whole, as they lie there; what said it was done must be; what
failed must have said so in a sentence; and trying again, with the fault gone, must work and leave
nothing behind.
"""

from __future__ import annotations

import argparse
import errno
import os
import pickle
import re
import select
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import file_works
import store_works
from shim import (
    CHANGES,
    END,
    FROM_THEN_ON,
    HALF,
    HALF_THEN_END,
    HALF_THEN_FULL,
    ONCE,
    READS,
    WRITES,
    Fault,
    arm,
    disarm,
    under_the_shim,
)
from work import Doing, Work

from sixpad.errors import SixpadError

WORKS = file_works.WORKS | store_works.WORKS

LIMIT_SECONDS = 60
DONE, TOLD, KILLED = "done", "told", "killed"
KILLING = (END, HALF_THEN_END)
# A folder is opened to remove what is in it.
REMOVING = ("unlink", "rmdir", "open-to-read")


@dataclass(frozen=True)
class Outcome:
    """How one attempt ended (DONE, TOLD, KILLED, or a traceback), and the calls that it made."""

    end: str
    sentence: str
    calls: int = 0
    failed: int = 0
    first: str = ""


def attempt(work: Doing) -> tuple[str, str]:
    """Whether it was done, or what it said instead."""
    try:
        work()
    except SixpadError as error:
        return TOLD, str(error)
    except BaseException:
        return traceback.format_exc(), ""
    return DONE, ""


class Doer:
    """A process that does the work under a fault, waits, and tries once more without it."""

    def __init__(self, work: Work, folder: Path, fault: Fault, log: int = -1) -> None:
        answers, to_parent = os.pipe()
        from_parent, self._orders = os.pipe()
        self._pid = os.fork()
        if not self._pid:
            os.close(answers)
            os.close(self._orders)
            self._work(work, folder, fault, log, to_parent, from_parent)
        os.close(to_parent)
        os.close(from_parent)
        self._answers = os.fdopen(answers, "rb")

    def answer(self) -> Outcome:
        """What it says next; a process that says nothing in time is a failure of its own."""
        ready, _, _ = select.select([self._answers], [], [], LIMIT_SECONDS)
        try:
            outcome: Outcome = pickle.load(self._answers) if ready else Outcome("it hangs", "")
        except EOFError:
            return Outcome(KILLED, "", failed=1)
        return outcome

    def try_again(self) -> Outcome:
        """What the second attempt says, which no fault disturbs."""
        os.write(self._orders, b"again")
        return self.answer()

    def end(self) -> None:
        """End the process, as a crash would."""
        os.kill(self._pid, 9)
        os.waitpid(self._pid, 0)
        self._answers.close()
        os.close(self._orders)

    @staticmethod
    def _work(
        work: Work, folder: Path, fault: Fault, log: int, answers: int, orders: int
    ) -> None:  # fmt: skip
        try:
            doing = work.begin(folder)
            arm(folder, fault, log)
            end, sentence = attempt(doing)
            calls, failed, first = disarm()
            os.write(answers, pickle.dumps(Outcome(end, sentence, calls, failed, first)))
            os.read(orders, 5)
            os.write(answers, pickle.dumps(Outcome(*attempt(doing))))
            os.read(orders, 1)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)


class Trials:
    """A piece of work, done in a folder again and again, each time with another fault."""

    def __init__(self, work: Work, scratch: Path) -> None:
        self.work, self.scratch = work, scratch
        self.before, self.folder = scratch / "before", scratch / "folder"
        self.before.mkdir()
        work.prepare(self.before)
        self.old = self._state(self.before)
        self.lay_out()
        doer = Doer(work, self.folder, Fault())
        self.outcome = doer.answer()
        doer.end()
        if self.outcome.end != DONE:
            raise AssertionError(f"{work.name}: {self.outcome.end} {self.outcome.sentence}")
        self.new = self._state(self.folder)
        self.names = self._names(self.before) | self._names(self.folder)

    def trial(self, fault: Fault) -> tuple[Outcome, str]:
        """The outcome of one fault, and what was wrong afterwards; nothing where all was right."""
        self.lay_out()
        doer = Doer(self.work, self.folder, fault)
        try:
            outcome = doer.answer()
            return outcome, self._wrong(doer, outcome, fault)
        finally:
            doer.end()

    def _wrong(self, doer: Doer, outcome: Outcome, fault: Fault) -> str:
        if outcome.end not in (DONE, KILLED if fault.mode in KILLING else TOLD):
            return outcome.end
        try:
            found = self._state(self.folder)
        except Exception:
            return f"it is not whole afterwards: {traceback.format_exc()}"
        if found not in ((self.new,) if outcome.end == DONE else (self.old, self.new)):
            return f"after “{outcome.end}” it is neither old nor new: {found!r:.300}"
        again = self._afresh() if outcome.end == KILLED else doer.try_again()
        if again.end != DONE:
            return f"trying again does not work: {again.end} {again.sentence}"
        found = self._state(self.folder)
        if found != self.new:
            return f"after trying again it is not new: {found!r:.300}"
        left = self._names(self.folder) - self.names
        # What may not be deleted has to stay, and from then on nothing may.
        removable = fault.mode in (ONCE, HALF) and not outcome.first.startswith(
            ("unlink", "rmdir", "open-to-read")
        )
        return f"it leaves {left} behind" if left and removable else ""

    def _afresh(self) -> Outcome:
        """How the work ends in a new process without faults, in what a killed one has left."""
        doer = Doer(self.work, self.folder, Fault())
        outcome = doer.answer()
        doer.end()
        return outcome

    def lay_out(self) -> None:
        """Put the old state into the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.before, self.folder)

    def _state(self, folder: Path) -> Any:
        """What is there, seen in a copy: looking may put right what a crash has left."""
        copy = self.scratch / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy)
        return self.work.state(copy)

    @staticmethod
    def _names(folder: Path) -> set[str]:
        """All names, with one sign for each run of digits: times and counts differ."""
        names = (path.relative_to(folder) for path in folder.rglob("*"))
        return {re.sub(r"[0-9]+", "0", str(name)) for name in names}


def variants(quick: bool, codes: list[int], reads: bool) -> Iterator[Fault]:
    """The ways to fail: `nth` is still to be set."""
    kinds = READS if reads else CHANGES
    for code in codes:
        yield Fault(code=code, mode=ONCE, kinds=kinds)
        if not quick:
            yield Fault(code=code, mode=FROM_THEN_ON, kinds=kinds)
    if not reads:
        yield Fault(code=errno.ENOSPC, mode=HALF_THEN_FULL, kinds=WRITES)
        yield Fault(mode=END)
        if not quick:
            yield Fault(mode=HALF, kinds=WRITES)
            yield Fault(mode=HALF_THEN_END, kinds=WRITES)


def fewer_and_fewer() -> Iterator[int]:
    """Each of the first thirty, and then steps that grow."""
    nth = 0
    while True:
        nth += max(nth // 10 - 2, 1)
        yield nth


def run(works: list[Work], faults: list[Fault], say: Callable[[str], None] = print) -> int:
    """Let every call of all `works` fail in all these ways; returns how many went wrong."""
    wrong = 0
    for work in works:
        with tempfile.TemporaryDirectory(prefix="sixpad-faults-") as scratch:
            trials, begun, mistakes = Trials(work, Path(scratch)), time.monotonic(), []
            count = told = killed = 0
            for way in faults:
                for nth in range(1, 1 << 20) if work.every else fewer_and_fewer():
                    fault = Fault(nth, way.code, way.mode, way.kinds)
                    outcome, trouble = trials.trial(fault)
                    if trouble:
                        mistakes.append(f"  {work.name}, {fault}, {outcome.first}: {trouble}")
                    if not outcome.failed and outcome.end in (DONE, TOLD):
                        break
                    count += 1
                    told += outcome.end == TOLD
                    killed += outcome.end == KILLED
            wrong += len(mistakes)
            say(
                f"{work.name}: {trials.outcome.calls} calls, {count} faults, {told} told, "
                f"{killed} killed, {count - told - killed} got over, {len(mistakes)} wrong "
                f"({time.monotonic() - begun:.1f} s)"
            )
            for mistake in mistakes:
                say(mistake)
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", nargs="+", choices=WORKS, default=list(WORKS))
    parser.add_argument("--code", nargs="+", default=["ENOSPC", "EIO", "EACCES"])
    parser.add_argument("--quick", action="store_true", help="each call once, not from then on")
    parser.add_argument("--reads", action="store_true", help="let reading fail instead")
    chosen = parser.parse_args()
    under_the_shim()
    codes = [getattr(errno, name) for name in chosen.code]
    faults = list(variants(chosen.quick, codes, chosen.reads))
    sys.exit(run([WORKS[name] for name in chosen.work], faults) > 0)


if __name__ == "__main__":
    main()
