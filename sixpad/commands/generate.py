"""`sixpad generate`: generated digits as image files."""

from __future__ import annotations

import argparse
from pathlib import Path

from sixpad.commands.console import print_json, progress, work
from sixpad.data import handwriting
from sixpad.data.image_folder import write_image_folder
from sixpad.errors import SixpadError


def run(arguments: argparse.Namespace) -> int:
    """Write the digits as they were written, not centred and fitted, in folders 0 to 9."""
    out = Path(arguments.out)
    _check_new(out)
    with progress("digits", 100, "%", hidden=arguments.json) as show:
        digits = handwriting.generate(
            arguments.count, arguments.seed, fit=False, on_progress=lambda done: show(100 * done)
        )
    with progress("files", 100, "%", hidden=arguments.json) as show, work():
        write_image_folder(out, digits, lambda done: show(100 * done))
    if arguments.json:
        print_json({"examples": len(digits), "seed": arguments.seed, "out": str(out)})
    else:
        print(f"{len(digits):,} images in {out}, in a folder for each digit.")
    return 0


def _check_new(folder: Path) -> None:
    """Say what is wrong with the folder before the work rather than after it."""
    try:
        if folder.exists() and any(folder.iterdir()):
            raise SixpadError(f"“{folder}” is not empty; choose a new folder.")
    except OSError as error:
        raise SixpadError(f"“{folder}” is no folder to write to ({error.strerror}).") from error
