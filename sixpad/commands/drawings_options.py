"""What may stand behind `sixpad drawings`; nothing here is slow to import."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

DRAWINGS_HELP = """\
Your own drawings lie in one store; --store PATH works on another. A store in use by another
program is waited for. A new or changed drawing is on the disk when its line is printed.
"""
TARGET_HELP = """\
DIR                             DIR/6/UUID.png, black on white, one dot a pixel
PREFIX-images-idx3-ubyte[.gz]   IDX files, 24x24, ink 255; the labels beside it
NAME.sixpad                     one file that another sixpad imports, deleted drawings too
"""
SOURCE_HELP = """\
PATH is what export writes, and more: a folder with the folders 0 to 9 of images of any size, a
pair of IDX files by one of the two, or a store of drawings. What is there already is not added
again. An import is all or none; images that cannot be read are told and passed over.
"""


def add_drawings(parser: argparse.ArgumentParser, command: Callable[..., Any]) -> None:
    """Give the command its own commands, which `command` makes as it makes all of them."""
    _add_store(parser, None)
    commands = parser.add_subparsers(dest="drawings_command", metavar="COMMAND", required=True)

    def part(name: str, help_text: str, epilog: str = "") -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = command(commands, name, help_text, epilog, nested=True)
        _add_store(added, argparse.SUPPRESS)
        return added

    add = part("add", "store drawings that are given as images")
    add.add_argument("--label", type=int, choices=range(10), required=True, metavar="D",
                     help="the digit that they hold")  # fmt: skip
    _add_ink(add)
    add.add_argument("images", metavar="IMAGE", nargs="+")
    listing = part("list", "list drawings")
    listing.add_argument(
        "--label", type=int, choices=range(10), metavar="D", help="only those of one digit"
    )
    listing.add_argument("--deleted", action="store_true", help="those that were deleted, instead")
    export = part("export", "write drawings for others", f"{TARGET_HELP}\n")
    export.add_argument("target", metavar="DIR|FILE", help="its name says the format; see below")
    importing = part("import", "take in drawings that are not there yet", f"{SOURCE_HELP}\n")
    _add_ink(importing)
    importing.add_argument("path", metavar="PATH", help="a folder or a file; see below")
    part("check", "verify the store and the checksum of every drawing")
    part("backup", "back the store up, where it has changed since the last time")
    part("repair", "set a damaged store aside and bring back what can be read or was backed up")


def _add_store(parser: argparse.ArgumentParser, default: str | None) -> None:
    parser.add_argument(
        "--store", metavar="PATH", default=default, help="instead of your own store"
    )


def _add_ink(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--ink", choices=("dark", "light"), help="of grey images; default: found by the border"
    )
