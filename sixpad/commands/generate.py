"""`sixpad generate`: generated digits as image files."""

from __future__ import annotations

import argparse
from pathlib import Path

from sixpad.commands.console import print_json, progress, work
from sixpad.core.preparation import Preparation
from sixpad.data import handwriting
from sixpad.data.image_folder import check_new_folder, write_image_folder


def run(arguments: argparse.Namespace) -> int:
    """Write the digits as they were written, not centred and fitted, in folders 0 to 9."""
    out = Path(arguments.out)
    check_new_folder(out)
    with progress("digits", 100, "%", hidden=arguments.json) as show:
        digits = handwriting.generate(
            arguments.count,
            arguments.seed,
            preparation=Preparation.AS_DRAWN,
            on_progress=lambda done: show(100 * done),
        )
    with progress("files", 100, "%", hidden=arguments.json) as show, work():
        write_image_folder(out, digits, lambda done: show(100 * done))
    if arguments.json:
        print_json({"examples": len(digits), "seed": arguments.seed, "out": str(out)})
    else:
        print(f"{len(digits):,} images in {out}, in a folder for each digit.")
    return 0
