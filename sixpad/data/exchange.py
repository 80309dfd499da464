"""Drawings out of sixpad and into it: which kind of files a name stands for, and what to say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from sixpad.data.drawing_folder import read_drawing_folder, write_drawing_folder
from sixpad.data.drawing_idx import idx_pair, idx_prefix, read_drawing_idx, write_drawing_idx
from sixpad.data.images import Polarity
from sixpad.data.offered import Imported, sift
from sixpad.data.portable_file import SUFFIX, read_portable, write_portable
from sixpad.data.store_connection import MAGIC
from sixpad.data.stored import Stored, new_session
from sixpad.data.streams import opened
from sixpad.errors import SixpadError

Progress = Callable[[float], None]

# How a count is written.
Number = Callable[[int], str]
_NUMBER: Number = "{:,}".format

FOLDER, IDX, PORTABLE = "folder", "idx", "file"


class Exported(NamedTuple):
    """What an export has written: its kind, and how many drawings.

    `elsewhere` is how many were in the folder already, under another digit, and were left there;
    `deleted` is how many of them are deleted.
    """

    kind: str
    drawings: int
    elsewhere: int
    deleted: int = 0


def check_target(path: Path) -> str:
    """The kind that an export to this name has; raises SixpadError where there can be none."""
    if idx_prefix(path):
        taken = [each for each in idx_pair(path) if each.exists()]
        kind = IDX
    elif path.suffix.lower() == SUFFIX:
        taken = [path] if path.exists() else []
        kind = PORTABLE
    elif path.is_dir() or not (path.exists() or path.suffix):
        return FOLDER
    else:
        raise SixpadError(
            f"“{path}” is no name for an export: use a folder, PREFIX-images-idx3-ubyte[.gz] or "
            f"NAME{SUFFIX}; make a folder first where its name has an ending."
        )
    if taken:
        raise SixpadError(f"There is a “{taken[0]}” already; choose another name, or move it away.")
    return kind


def export_drawings(
    drawings: Iterable[Stored], path: Path, kind: str, progress: Progress = lambda _share: None
) -> Exported:
    """Write drawings in one of the three kinds: the deleted ones into a portable file alone.

    A file that is there is replaced, and a folder added to. `progress` is told the share that is
    done, from 0 to 1, and may raise to give the export up. Raises SixpadError where there is
    nothing to write, and where it cannot be written.
    """
    chosen = [each for each in drawings if kind == PORTABLE or each.deleted_at is None]
    if not chosen:
        raise SixpadError("There are no drawings to export.")
    elsewhere = 0
    if kind == FOLDER:
        elsewhere = write_drawing_folder(path, chosen, progress)
    elif kind == IDX:
        write_drawing_idx(path, chosen, progress)
    else:
        write_portable(path, chosen, progress)
    progress(1.0)
    deleted = sum(each.deleted_at is not None for each in chosen)
    return Exported(kind, len(chosen), elsewhere, deleted)


def import_drawings(
    path: Path,
    known: Iterable[Stored],
    progress: Progress = lambda _share: None,
    ink: Polarity | None = None,
    store: Path | None = None,
) -> Imported:
    """Read what lies at a path and find out which drawings of it are new; nothing is stored yet.

    The kind is found by what is there: a folder with the folders 0 to 9, one file of an IDX pair,
    or a store of drawings. `known` are all drawings that are there already. For `progress` see
    `export_drawings`. Raises SixpadError where there is nothing that can be read, and where it is
    the `store` itself that they would go into; a single image that cannot be read is refused, and
    the others are taken.
    """
    session = new_session()
    try:
        if store is not None:
            _check_other(path, store)
        is_folder = path.is_dir()
    except OSError as error:
        raise SixpadError(f"“{path}” cannot be read ({error.strerror}).") from None
    if is_folder:
        return sift(read_drawing_folder(path, session, progress, ink), known)
    with opened(path) as file:
        head = file.read(len(MAGIC))
    if head == MAGIC:
        return sift(read_portable(path, progress), known)
    if idx_prefix(path):
        return sift(read_drawing_idx(path, session, progress, ink), known)
    raise SixpadError(
        f"“{path}” cannot be imported: choose a folder with the folders 0 to 9, a file that ends "
        f"in -images-idx3-ubyte[.gz], or a {SUFFIX} file."
    )


def _check_other(path: Path, store: Path) -> None:
    # To open a file and close it again lets go of all the locks that this process has on it, and
    # with them of what SQLite holds (https://sqlite.org/howtocorrupt.html, 2.2).
    if path.exists() and store.exists() and path.samefile(store):
        raise SixpadError(
            f"“{path}” is the very store that they would be imported into: all that is in it is "
            "there already."
        )


def told_import(imported: Imported, added: int, number: Number = _NUMBER) -> str:
    """What an import came to, in a sentence, where so many were added."""
    there = imported.there_after(added)
    deleted = sum(each.deleted_at is not None for each in imported.new)
    already = f"there already{told_deleted(imported.deleted, there, number)}"
    if there and not added:
        return f"Nothing new: {_all(there, number)} {already}."
    # Which of the new ones were there after all is not known.
    among = told_deleted(deleted, added, number) if added == len(imported.new) else ""
    words = f"{_counted(added, number)}{among} imported"
    were = "was" if there == 1 else "were"
    return f"{words}, {number(there)} {were} {already}." if there else f"{words}."


def told_deleted(deleted: int, total: int, number: Number = _NUMBER) -> str:
    """How many of these are deleted, in brackets; nothing where none is."""
    if not deleted:
        return ""
    return " (deleted)" if total == 1 else f" ({number(deleted)} of them deleted)"


def _all(total: int, number: Number) -> str:
    return "the one drawing was" if total == 1 else f"all {number(total)} were"


def told_refused(imported: Imported, number: Number = _NUMBER) -> str:
    """How many could not be read and why the first could not; nothing where all could."""
    if not imported.refused:
        return ""
    return (
        f"{number(imported.refused)} could not be read, the first for this: {imported.reasons[0]}"
    )


def told_export(exported: Exported, path: Path, number: Number = _NUMBER) -> str:
    """What an export came to, in a sentence or two."""
    deleted = told_deleted(exported.deleted, exported.drawings, number)
    words = f"{_counted(exported.drawings, number)}{deleted} exported to “{path}”."
    if exported.elsewhere:
        words += (
            f" {number(exported.elsewhere)} of them lie there under another digit and were left "
            "so; choose a new folder to have them as they are now."
        )
    return words


def _counted(count: int, number: Number) -> str:
    return "1 drawing" if count == 1 else f"{number(count)} drawings"
