"""Data SPECs: the words by which the command line and the window name a source of examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from sixpad.data.dataset import Dataset, check_shares, mix
from sixpad.data.handwriting import MOST_DIGITS, generate
from sixpad.data.idx import read_idx
from sixpad.data.image_folder import read_image_folder
from sixpad.data.images import Polarity
from sixpad.data.unipen import read_unipen
from sixpad.errors import SixpadError

DEFAULT_COUNT = 20_000
DEFAULT_SEED = 6
MIN_COUNT = 10
MAX_SEED = (1 << 32) - 1

KINDS = "handwriting[:COUNT[:SEED]], idx:PREFIX, unipen:FILE or images:DIR"

Progress = Callable[[float], None]
_Loader = Callable[[bool, Polarity | None, Progress], Dataset]


def load_data(
    specs: Sequence[str],
    *,
    fit: bool = True,
    ink: Polarity | None = None,
    on_progress: Progress | None = None,
) -> Dataset:
    """The examples that SPECs name, as one data set.

    `handwriting[:COUNT[:SEED]]` are generated digits, `idx:PREFIX` IDX files, `unipen:FILE` pen
    paths and `images:DIR` a folder for each class. `SPEC@SHARE` gives the source a share of the
    result, as `mix` says. A path that itself ends in @ and a number needs a share after it.

    `fit` centres and fits every image; `ink` is the polarity of grey images, found where it is
    None. `on_progress` is told the share that is done, from 0 to 1. Raises SixpadError for a SPEC
    that is not of this form and for what its reader cannot read.
    """
    # Every SPEC is understood before the first is loaded, which may take long.
    parts = [_split_share(spec) for spec in specs]
    loaders = [_loader(text) for text, _ in parts]
    shares = [share for _, share in parts]
    check_shares(shares)
    datasets = []
    for index, load in enumerate(loaders):

        def report(done: float, before: int = index) -> None:
            if on_progress:
                on_progress((before + done) / len(loaders))

        datasets.append(load(fit, ink, report))
        report(1.0)
    return mix(datasets, shares)


def _split_share(spec: str) -> tuple[str, float | None]:
    """SPEC and SHARE of `SPEC@SHARE`; None where what follows the last @ is no number."""
    text, at, share = spec.rpartition("@")
    if at:
        with suppress(ValueError):
            return text, float(share)
    return spec, None


def _loader(text: str) -> _Loader:
    """What loads the data that a SPEC without its share names."""
    kind, colon, rest = text.partition(":")
    if kind == "handwriting":
        count, seed = _count_and_seed(text, rest.split(":") if colon else [])
        return lambda fit, _, report: generate(count, seed, fit=fit, on_progress=report)
    if kind not in ("idx", "unipen", "images"):
        raise SixpadError(f"“{text}” is not a source of data: use {KINDS}.")
    if not rest:
        raise SixpadError(f"“{text}” names no file: use {KINDS}.")
    if kind == "idx":
        return lambda fit, ink, _: read_idx(rest, fit=fit, ink=ink)
    if kind == "unipen":
        return lambda fit, *_: read_unipen(rest, fit=fit)
    return lambda fit, ink, report: read_image_folder(rest, fit=fit, ink=ink, on_progress=report)


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
