"""What happens to a store of drawings, each as a piece of work that a fault may disturb."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from stores import (
    LATER,
    NEXT_MIGRATIONS,
    by_uuid,
    make_store,
    sound_backups,
    sound_rows,
    store_in,
    stored,
    version_of,
)  # fmt: skip
from work import Doing, Work

from sixpad.data.drawing_idx import idx_pair
from sixpad.data.drawings import Drawings
from sixpad.data.exchange import IDX, PORTABLE, export_drawings, import_drawings
from sixpad.data.idx import IMAGES
from sixpad.data.portable_file import SUFFIX
from sixpad.data.store_repair import rebuild, recover
from sixpad.data.store_start import start
from sixpad.data.stored import Stored

COUNT = 40
PORTABLE_NAME = f"x{SUFFIX}"


def _state(folder: Path) -> Any:
    return sound_rows(store_in(folder)), sound_backups(store_in(folder))


def _with_store(folder: Path) -> None:
    make_store(store_in(folder), COUNT)


def _on_open(change: Callable[[Drawings], object]) -> Callable[[Path], Doing]:
    """Work on a store that is open already, as the window has it."""

    def begin(folder: Path) -> Doing:
        store = Drawings(store_in(folder))
        return lambda: change(store)

    return begin


def _opening(change: Callable[[Drawings], object]) -> Callable[[Path], Doing]:
    """Work that opens the store for itself, as a command does."""

    def begin(folder: Path) -> Doing:
        def doing() -> None:
            with Drawings(store_in(folder)) as store:
                change(store)

        return doing

    return begin


def _add(store: Drawings) -> None:
    store.add([stored(COUNT)])


def _add_many(store: Drawings) -> None:
    # More than SQLite holds back: some reach the file before the transaction ends.
    store.add(stored(seed) for seed in range(COUNT, COUNT + 8000))


def _relabel(store: Drawings) -> None:
    some = [stored(seed) for seed in range(1, COUNT, 3)]
    store.put(drawing._replace(label=(drawing.label + 1) % 10) for drawing in some)


def _delete(store: Drawings) -> None:
    some = [stored(seed) for seed in (1, 2, 3)]
    store.put(drawing._replace(deleted_at=LATER) for drawing in some)


def _with_backup(folder: Path) -> None:
    path = store_in(folder)
    with Drawings(path) as store:
        make_store(path, COUNT)
        store.back_up()
        store.add([stored(COUNT + 1)])


def _back_up(store: Drawings) -> None:
    store.back_up()


def _migration() -> Work:
    def begin(folder: Path) -> Doing:
        return lambda: Drawings(store_in(folder), migrations=NEXT_MIGRATIONS).close()

    def state(folder: Path) -> Any:
        path = store_in(folder)
        version = version_of(path)
        known = NEXT_MIGRATIONS[:version]
        kept = sound_backups(path)
        rows = sound_rows(path, known)
        # The backup is there before anything is changed.
        assert version == 1 or kept == [rows]
        return version, rows

    return Work("migrate", _with_store, begin, state)


def _damage(folder: Path) -> None:
    """A store with a damaged row, and a backup from before."""
    path = store_in(folder)
    make_store(path, COUNT)
    with Drawings(path) as store:
        store.back_up()
    content = bytearray(path.read_bytes())
    content[content.index(stored(5).pixels) + 7] ^= 4
    path.write_bytes(content)


def _mended(folder: Path) -> Any:
    """What a start of the window makes of it: a damaged store and a mended one give the same."""
    path = store_in(folder)
    asides = list(folder.glob(f"{path.name}-damaged-*/*"))
    begun = start(path)
    begun.store.close()
    with Drawings(path) as store:
        left = not store.check().sound
    assert not left
    # The damaged file is never gone: it lies in its place or aside.
    assert begun.told or asides
    return by_uuid(begun.drawings), sound_backups(path)


def _rebuild(folder: Path) -> Doing:
    return lambda: rebuild(store_in(folder)) and None


def _mend_wholly(folder: Path) -> Doing:
    path = store_in(folder)

    def doing() -> None:
        with start(path).store as store:
            recover(store)

    return doing


def _recovered(folder: Path) -> Any:
    rows, _ = _mended(folder)
    return len(rows), rows


def _exports(name: str, kind: str) -> Work:
    """An export of forty drawings, and what another sixpad imports of it."""
    drawings = [stored(seed) for seed in range(COUNT)]

    def begin(folder: Path) -> Doing:
        return lambda: export_drawings(drawings, folder / name, kind)

    def state(folder: Path) -> Any:
        written = folder / name
        if not all(path.exists() for path in (idx_pair(written) if kind == IDX else (written,))):
            # Images without labels are nothing that could be read.
            return 0
        found = import_drawings(written, ())
        assert not found.refused
        return len(found.new), {drawing.pixels for drawing in found.new}

    return Work(f"export {kind}", lambda folder: None, begin, state)


def _import(store: Drawings) -> None:
    known = [row for row in store.rows() if isinstance(row, Stored)]
    imported = import_drawings(store.path.with_name(PORTABLE_NAME), known)
    store.add(imported.new)


def _with_portable(folder: Path) -> None:
    _with_store(folder)
    more = [stored(seed) for seed in range(COUNT - 5, COUNT + 30)]
    export_drawings(more, folder / PORTABLE_NAME, PORTABLE)


WORKS = {
    work.name: work
    for work in (
        Work("make a store", lambda folder: None, _opening(lambda store: None), _state),
        Work("add", _with_store, _on_open(_add), _state),
        Work("open and add", _with_store, _opening(_add), _state),
        Work("add the first", lambda folder: None, _opening(_add), _state),
        Work("add many", _with_store, _on_open(_add_many), _state, every=False),
        Work("relabel", _with_store, _on_open(_relabel), _state),
        Work("delete", _with_store, _on_open(_delete), _state),
        Work("back up", _with_store, _on_open(_back_up), _state),
        Work("back up again", _with_backup, _on_open(_back_up), _state),
        _migration(),
        Work("import", _with_portable, _on_open(_import), _state),
        _exports(PORTABLE_NAME, PORTABLE),
        _exports(f"x-{IMAGES}.gz", IDX),
        Work("rebuild", _damage, _rebuild, _mended),
        Work("mend and bring back", _damage, _mend_wholly, _recovered),
    )
}
