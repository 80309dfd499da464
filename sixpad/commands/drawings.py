"""`sixpad drawings`: a person's own drawings without the window."""

from __future__ import annotations

import argparse
from pathlib import Path

from sixpad.commands.console import complain, print_json, progress, work
from sixpad.data.drawings import Drawings
from sixpad.data.exchange import (
    check_target,
    export_drawings,
    import_drawings,
    told_export,
    told_import,
    told_refused,
)
from sixpad.data.folders import data_folder
from sixpad.data.images import read_drawing
from sixpad.data.own_drawings import check_store, open_store
from sixpad.data.store_backups import backups
from sixpad.data.store_errors import StoreDamaged, StoreGone
from sixpad.data.store_health import Health
from sixpad.data.store_path import store_path
from sixpad.data.store_repair import backups_have_more, lost, recover
from sixpad.data.store_rows import Damaged
from sixpad.data.store_start import is_missing, start
from sixpad.data.stored import ADDED, Stored, new_drawing, new_session
from sixpad.errors import SixpadError, WorkError

DONE, FAILED, WRONG = 0, 1, 2
# What becomes of a damaged store.
_REPAIR = "“sixpad drawings repair” brings back all that can be read, and what the backups have."


def run(arguments: argparse.Namespace) -> int:
    """Do the one of the commands below that is asked for."""
    commands = {
        "add": add,
        "list": list_drawings,
        "export": export,
        "import": import_from,
        "check": check,
        "backup": back_up,
        "repair": repair,
    }
    return commands[arguments.drawings_command](arguments)


def add(arguments: argparse.Namespace) -> int:
    """Store every image; a line for each, as soon as it is on the disk.

    All images are read before the first is stored.
    """
    inks = []
    for name in arguments.images:
        ink = read_drawing(name, ink=arguments.ink)
        if not ink.any():
            raise SixpadError(f"“{name}” has one tone only: there is no drawing on it.")
        inks.append(ink)
    session = new_session()
    with _made_store(arguments) as store:
        for done, (name, ink) in enumerate(zip(arguments.images, inks, strict=True)):
            drawing = new_drawing(ink, arguments.label, ADDED, session)
            try:
                store.add((drawing,))
            except SixpadError as error:
                before = f" {done} of {len(inks)} images were stored before." if done else ""
                raise WorkError(f"{error}{before}") from error
            if arguments.json:
                print_json({"image": name, **_record(drawing)}, at_once=True)
            else:
                print(f"{drawing.uuid}  {drawing.label}  {name}", flush=True)
    return DONE


def list_drawings(arguments: argparse.Namespace) -> int:
    """A line for each drawing in use, or each deleted one, in the order they were stored."""
    damaged = 0
    # Nobody can write while rows are read, and who reads the lines may take long.
    with _store(arguments) as store:
        rows = list(store.rows())
    for row in rows:
        if isinstance(row, Damaged):
            damaged += 1
        elif (row.deleted_at is not None) == arguments.deleted and (
            arguments.label in (None, row.label)
        ):
            if arguments.json:
                print_json(_record(row))
            else:
                print(f"{row.uuid}  {row.label}  {row.created_at}  {row.source}")
    return _left_out(damaged)


def export(arguments: argparse.Namespace) -> int:
    """Write all drawings that are sound; 1 where others had to be left out."""
    target = Path(arguments.target)
    kind = check_target(target)
    with _store(arguments) as store:
        rows = list(store.rows())
    sound = [row for row in rows if isinstance(row, Stored)]
    with progress("drawings", 100, "%", hidden=arguments.json) as show, work():
        exported = export_drawings(sound, target, kind, lambda done: show(100 * done))
    if arguments.json:
        print_json({"path": str(target), "damaged": len(rows) - len(sound), **exported._asdict()})
    else:
        print(told_export(exported, target))
    return _left_out(len(rows) - len(sound))


def import_from(arguments: argparse.Namespace) -> int:
    """Add the drawings that are not there yet; 2 where some could not be read."""
    path = Path(arguments.path)
    with progress("drawings", 100, "%", hidden=arguments.json) as show:
        imported = import_drawings(
            path, _known(arguments), lambda done: show(100 * done), arguments.ink,
            _path(arguments),
        )  # fmt: skip
    added = 0
    if imported.new:
        with _made_store(arguments) as store, work():
            added = store.add(imported.new)
    if arguments.json:
        print_json({
            "path": str(path), "added": added, "there": imported.there_after(added),
            "deleted": imported.deleted, "refused": imported.refused, "reasons": imported.reasons,
        })  # fmt: skip
    else:
        print(told_import(imported, added))
    if imported.refused:
        complain(told_refused(imported))
    return WRONG if imported.refused else DONE


def _known(arguments: argparse.Namespace) -> list[Stored]:
    """What is in the store; where there is none, it is begun only when there is something new."""
    if is_missing(_path(arguments)):
        return []
    with _store(arguments) as store:
        return [row for row in store.rows() if isinstance(row, Stored)]


def check(arguments: argparse.Namespace) -> int:
    """Verify all of the store; 1 where something is damaged."""
    path = _path(arguments)
    told = f"“{path}” is damaged; {_REPAIR}"
    try:
        with _store(arguments) as store:
            health = _with_losses(store)
    except StoreDamaged:
        health = Health(0, 0, (), ("The file cannot be read as a store of drawings.",))
    except StoreGone as error:
        health, told = Health(0, 0, (), ("There is nothing where the store was.",)), str(error)
    if arguments.json:
        print_json(_health(path, health))
    elif health.sound:
        print(f"{_sound(health)}; {_counted(len(backups(path)), 'backup')}.")
    else:
        for problem in health.problems:
            print(problem)
        for row in health.damaged:
            print(f"row {row.row}, {row.uuid}: {row.reason}")
        print(f"{_sound(health)}.")
    if not health.sound:
        complain(told)
    return DONE if health.sound else FAILED


def back_up(arguments: argparse.Namespace) -> int:
    """Make a backup, unless the newest one holds the same."""
    path = _path(arguments)
    with _store(arguments) as store, work():
        made = store.back_up()
    count = len(backups(path))
    if arguments.json:
        print_json({
            "store": str(path), "backup": str(made) if made else None, "backups": count,
        })  # fmt: skip
    elif made:
        print(f"Backed up as {made}; {_counted(count, 'backup')}.")
    else:
        print(f"Nothing has changed since the newest of {_counted(count, 'backup')}.")
    return DONE


def repair(arguments: argparse.Namespace) -> int:
    """Mend the store where it is damaged, and bring back what backups have and it has not."""
    path = _path(arguments)
    if not is_missing(path):
        check_store(path)
    elif not backups(path):
        raise _missing(path)
    started = start(path)
    with started.store as store, work():
        if store.read_only:
            raise SixpadError(started.told)
        recovered = recover(store)
    aside = started.rebuilt.aside if started.rebuilt else None
    count = len(started.drawings) + recovered
    if arguments.json:
        print_json({
            "store": str(path), "drawings": count, "recovered": recovered,
            "aside": str(aside) if aside else None,
            "status": "repaired" if aside or recovered else "sound",
        })  # fmt: skip
        return DONE
    if aside:
        print(f"The damaged store is kept in {aside}.")
    elif not recovered:
        print("Nothing is damaged.")
    print(f"{_counted(count, 'sound drawing')}, {recovered:,} of them back from the backups.")
    return DONE


def _path(arguments: argparse.Namespace) -> Path:
    return store_path(arguments.store)


def _made_store(arguments: argparse.Namespace) -> Drawings:
    """The store, which is begun where there is none."""
    if arguments.store is None:
        data_folder()
    return open_store(_path(arguments), create=True)


def _store(arguments: argparse.Namespace) -> Drawings:
    """The store that is there."""
    path = _path(arguments)
    if is_missing(path):
        raise _missing(path)
    return open_store(path)


def _missing(path: Path) -> SixpadError:
    if backups(path):
        return StoreGone(
            f"The store “{path}” is gone; “sixpad drawings repair” brings back what its backups "
            "have."
        )
    return SixpadError(
        f"There is no store of drawings “{path}” yet; “sixpad drawings add” begins one."
    )


def _with_losses(store: Drawings) -> Health:
    """What a check finds, and as a problem of its own that drawings of a backup are not there."""
    uuids: set[str] = set()
    health = store.check(take=lambda drawing: uuids.add(drawing.uuid))
    absent = len(lost(store, uuids)) if backups_have_more(store.path, uuids) else 0
    if not absent:
        return health
    are = "drawing of the backups is" if absent == 1 else "drawings of the backups are"
    return health._replace(problems=(*health.problems, f"{absent:,} {are} not in it."))


def _record(drawing: Stored) -> dict[str, object]:
    """What there is to say of a drawing, but for its ink."""
    return {
        "uuid": drawing.uuid,
        "label": drawing.label,
        "source": drawing.source,
        "session": drawing.session,
        "created_at": drawing.created_at,
        "deleted_at": drawing.deleted_at,
    }


def _left_out(damaged: int) -> int:
    """Tell of damaged drawings; the exit status."""
    if damaged:
        complain(f"{_counted(damaged, 'damaged drawing')} left out; {_REPAIR}")
    return FAILED if damaged else DONE


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _sound(health: Health) -> str:
    return (
        f"{_counted(health.drawings, 'sound drawing')} in use, "
        f"{_counted(health.deleted, 'sound drawing')} deleted"
    )


def _health(path: Path, health: Health) -> dict[str, object]:
    return {
        "store": str(path),
        "drawings": health.drawings,
        "deleted": health.deleted,
        "damaged": [row._asdict() for row in health.damaged],
        "problems": list(health.problems),
        "backups": [str(backup) for backup in backups(path)],
        "status": "sound" if health.sound else "damaged",
    }
