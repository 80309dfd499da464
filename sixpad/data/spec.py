"""Data SPECs: the words by which the command line and the window name a source of examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sixpad.core.preparation import Preparation
from sixpad.data.dataset import Dataset, check_shares, mix, parts_of
from sixpad.data.handwriting import MOST_DIGITS, generate
from sixpad.data.handwriting_style import Handwriting
from sixpad.data.idx import read_idx
from sixpad.data.image_folder import read_image_folder
from sixpad.data.images import Polarity
from sixpad.data.kept_sources import KeptSources
from sixpad.data.own_drawings import read_drawings
from sixpad.data.provenance import OWN_RANGES
from sixpad.data.spec_words import DEFAULT_COUNT, DRAWINGS, split_share
from sixpad.data.unipen import read_unipen
from sixpad.errors import SixpadError

DEFAULT_SEED = 6
MIN_COUNT = 10
MAX_SEED = (1 << 32) - 1

KINDS = "handwriting[:COUNT[:SEED]], idx:PREFIX, unipen:FILE, images:DIR or drawings[:STORE]"

Progress = Callable[[float], None]
_Loader = Callable[[Preparation, Polarity | None, Progress], Dataset]


def load_data(
    specs: Sequence[str],
    *,
    preparation: Preparation = Preparation.FITTED,
    ink: Polarity | None = None,
    style: Handwriting | None = None,
    on_progress: Progress | None = None,
) -> Dataset:
    """The examples that SPECs name, as one data set, none of them twice.

    `handwriting[:COUNT[:SEED]]` are generated digits, `idx:PREFIX` IDX files, `unipen:FILE` pen
    paths, `images:DIR` a folder for each class and `drawings[:STORE]` one's own drawings.
    `SPEC@SHARE` gives the source a share of the result, as `mix` says. A path that itself ends in @
    and a number needs a share after it.

    Every image is prepared as `preparation` says; `ink` is the polarity of grey images, found where
    it is None; `style` says how much the handwriting varies. `on_progress` is told the share that
    is done, from 0 to 1. Raises SixpadError for a SPEC that is not of this form and for what its
    reader cannot read.
    """
    return mix(*load_sources(specs, preparation, ink, style, on_progress))


def load_parts(
    specs: Sequence[str],
    *,
    preparation: Preparation = Preparation.FITTED,
    ink: Polarity | None = None,
    style: Handwriting | None = None,
    on_progress: Progress | None = None,
    kept: KeptSources | None = None,
) -> tuple[Dataset, Dataset]:
    """A training and a validation part of the examples that SPECs name.

    Each source is split by itself; `SPEC@SHARE` gives it a share of the training part, as
    `parts_of` says. What `kept` has is not read again, and what was read is put there. All else is
    as in `load_data`.
    """
    return parts_of(*load_sources(specs, preparation, ink, style, on_progress, kept))


def load_sources(
    specs: Sequence[str],
    preparation: Preparation,
    ink: Polarity | None,
    style: Handwriting | None,
    on_progress: Progress | None,
    kept: KeptSources | None = None,
) -> tuple[list[Dataset], list[float | None]]:
    """The sources that SPECs name, each by itself, and the shares that they are given."""
    # Every SPEC is understood before the first is loaded, which may take long.
    parts = [split_share(spec) for spec in specs]
    loaders = [_loader(text, style or Handwriting()) for text, _ in parts]
    shares = [share for _, share in parts]
    check_shares(shares)
    datasets = []
    for index, (load, (text, _)) in enumerate(zip(loaders, parts, strict=True)):

        def report(done: float, before: int = index) -> None:
            if on_progress:
                on_progress((before + done) / len(loaders))

        data = kept.get(text) if kept else None
        if data is None:
            data = load(preparation, ink, report)
            if kept:
                kept.put(text, data)
        datasets.append(data)
        report(1.0)
    return datasets, shares


def handwriting_seed(specs: Sequence[str]) -> int:
    """The seed of handwriting; raises SixpadError where another source is among the SPECs."""
    texts = [split_share(spec)[0] for spec in specs]
    for text in texts:
        if text.partition(":")[0] != "handwriting":
            raise SixpadError(
                f"Only handwriting can be new in every epoch, and “{text}” is another source: "
                "train on handwriting alone, or without new digits."
            )
    words = texts[0].split(":")[1:]
    return _count_and_seed(texts[0], words)[1]


def _loader(text: str, style: Handwriting) -> _Loader:
    """What loads the data that a SPEC without its share names."""
    kind, colon, rest = text.partition(":")
    if kind == "handwriting":
        count, seed = _count_and_seed(text, rest.split(":") if colon else [])
        return lambda prepare, _, report: _generated(count, seed, style, prepare, report)
    if kind == DRAWINGS:
        return lambda prepare, *_: read_drawings(rest if colon else None, preparation=prepare)
    if kind not in ("idx", "unipen", "images"):
        raise SixpadError(f"“{text}” is not a source of data: use {KINDS}.")
    if not rest:
        raise SixpadError(f"“{text}” names no file: use {KINDS}.")
    if kind == "idx":
        return lambda prepare, ink, _: read_idx(rest, preparation=prepare, ink=ink)
    if kind == "unipen":
        return lambda prepare, *_: read_unipen(rest, preparation=prepare)
    return lambda prepare, ink, report: read_image_folder(
        rest, preparation=prepare, ink=ink, on_progress=report
    )


def _generated(
    count: int, seed: int, style: Handwriting, preparation: Preparation, report: Progress
) -> Dataset:
    written = generate(count, seed, preparation=preparation, style=style, on_progress=report)
    usual = style == Handwriting()
    return written if usual else replace(written, name=f"{written.name}{OWN_RANGES}")


def _count_and_seed(text: str, words: Sequence[str]) -> tuple[int, int]:
    if len(words) > 2 or not all(_is_number(word) for word in words):
        raise SixpadError(f"“{text}” is not of the form handwriting[:COUNT[:SEED]].")
    count = int(words[0]) if words else DEFAULT_COUNT
    seed = int(words[1]) if len(words) > 1 else DEFAULT_SEED
    if not MIN_COUNT <= count <= MOST_DIGITS:
        raise SixpadError(f"“{text}”: COUNT must be from {MIN_COUNT} to {MOST_DIGITS}.")
    if seed > MAX_SEED:
        raise SixpadError(f"“{text}”: SEED must be from 0 to {MAX_SEED}.")
    return count, seed


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= 20
