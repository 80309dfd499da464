"""Sources that were loaded are there again as they were, where they can be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from sixpad.core.preparation import Preparation
from sixpad.data.dataset import Dataset
from sixpad.data.handwriting import generate
from sixpad.data.handwriting_style import Handwriting
from sixpad.data.idx import write_idx
from sixpad.data.kept_sources import KeptSources
from sixpad.data.spec import load_parts

UPRIGHT = Handwriting(slant=0.0)


def kept(**sources: Dataset) -> KeptSources:
    found = KeptSources(Preparation.FITTED, Handwriting())
    for text, data in sources.items():
        found.put(text, data)
    return found


def serving(source: KeptSources, *texts: str, **how: Any) -> KeptSources:
    how = {"preparation": Preparation.FITTED, "style": Handwriting()} | how
    return source.serving(texts, **how)


def test_a_source_is_there_again_as_it_was() -> None:
    data = generate(40, 1)
    groups = np.arange(40)
    grouped = Dataset(data.images, data.labels, "name", ("a", "b"), groups, ("remark",))
    again = kept(one=grouped).get("one")
    assert again is not None
    assert np.array_equal(again.images, data.images)
    assert again.images.dtype == np.uint8
    assert np.array_equal(again.labels, data.labels)
    assert again.groups is groups
    assert (again.name, again.sources, again.remarks) == ("name", ("a", "b"), ("remark",))
    assert kept(one=grouped).size("one") == 40
    assert kept().size("one") is None


def test_own_drawings_are_read_anew() -> None:
    source = kept(drawings=generate(40, 1))
    assert source.get("drawings") is None
    assert source.size("drawings") == 40


def test_what_is_prepared_or_written_otherwise_does_not_serve() -> None:
    source = kept(handwriting=generate(40, 1), other=generate(30, 1))
    both = serving(source, "handwriting", "other")
    assert (both.size("handwriting"), both.size("other")) == (40, 30)
    assert serving(source, "other").size("handwriting") is None
    styled = serving(source, "handwriting", "other", style=UPRIGHT)
    assert (styled.size("handwriting"), styled.size("other")) == (None, 30)
    drawn = serving(source, "handwriting", "other", preparation=Preparation.AS_DRAWN)
    assert (drawn.size("handwriting"), drawn.size("other")) == (None, None)


def test_mixing_what_is_kept_is_the_same_as_reading_it(tmp_path: Path) -> None:
    digits = generate(60, 2)
    write_idx(tmp_path / "few", digits.images, digits.labels)
    specs = ["handwriting:90@0.4", f"idx:{tmp_path}/few"]
    source = kept()
    first = load_parts(specs, kept=source)
    for path in tmp_path.iterdir():
        path.unlink()
    for before, after in zip(first, load_parts(specs, kept=source), strict=True):
        assert np.array_equal(before.images, after.images)
        assert np.array_equal(before.labels, after.labels)
        assert before.names == after.names
