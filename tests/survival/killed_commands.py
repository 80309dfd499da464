"""`sixpad drawings add` is killed at random moments; what it has printed is in the store.

    python tests/survival/killed_commands.py [--cycles 100] [--seed 6]

Each process adds a few hundred drawings and prints a line for each as soon as it is kept. The seed
settles when the SIGKILL comes; how far the process has got by then is left to the machine.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from file_works import drawing
from stores import by_uuid, sound_rows, store_in

from sixpad.core.grid import PIXELS, pack
from sixpad.data.images import write_image

IMAGES, A_PROCESS = 8, 400
MOST_SECONDS = 1.0


def add(store: Path, label: int, images: list[str], seconds: float) -> list[str]:
    """The lines that are printed before the process is killed."""
    command = ["drawings", "add", "--json", "--label", str(label), "--store", str(store), *images]
    with subprocess.Popen(
        [sys.executable, "-m", "sixpad", *command], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
        # The last line may be cut off: then it was not said.
        return [line for line in process.stdout.read().splitlines(True) if line.endswith("\n")]


def run(cycles: int, seed: int, say: Callable[[str], None] = print) -> int:
    """Kill so many processes; returns after how many something was lost."""
    say(f"seed {seed}")
    random, begun, wrong, unsaid = Random(seed), time.monotonic(), 0, 0
    acknowledged: dict[str, tuple[int, bytes]] = {}
    with tempfile.TemporaryDirectory(prefix="sixpad-kills-") as scratch:
        store = store_in(Path(scratch))
        inks = {}
        for number in range(IMAGES):
            path = Path(scratch) / f"{number}.png"
            write_image(path, drawing(number))
            inks[str(path)] = pack(drawing(number).reshape(1, PIXELS)).tobytes()
        for cycle in range(cycles):
            label = random.randrange(10)
            images = random.choices(list(inks), k=A_PROCESS)
            for line in add(store, label, images, random.random() * MOST_SECONDS):
                said = json.loads(line)
                acknowledged[said["uuid"]] = label, inks[said["image"]]
            found = {
                uuid: (row.label, row.pixels)
                for uuid, row in by_uuid(sound_rows(store) if store.exists() else ()).items()
            }
            lost = sum(found.get(uuid) != row for uuid, row in acknowledged.items())
            # One may be kept and the process be killed before it could say so.
            unsaid += len(found.keys() - acknowledged.keys()) > cycle + 1
            if lost:
                wrong += 1
                say(f"  cycle {cycle}: {lost} of {len(acknowledged)} lost")
    say(
        f"{cycles} processes killed, {len(acknowledged)} drawings acknowledged, after {wrong} "
        f"something was lost ({time.monotonic() - begun:.1f} s)"
    )
    return wrong + unsaid


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cycles", type=int, default=20)
    parser.add_argument("--seed", type=int, default=6)
    chosen = parser.parse_args()
    sys.exit(run(chosen.cycles, chosen.seed) > 0)


if __name__ == "__main__":
    main()
