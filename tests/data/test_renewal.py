"""Handwriting that is new in every epoch: never the same twice, always the same again."""

from __future__ import annotations

import numpy as np
import pytest

from sixpad.core.grid import SIDE
from sixpad.core.preparation import Preparation
from sixpad.data.handwriting import STREAM_BLOCK, generate, stream
from sixpad.data.handwriting_style import Handwriting
from sixpad.data.renewal import NewHandwriting, new_handwriting
from sixpad.errors import SixpadError

COUNT = STREAM_BLOCK + 300
FITTED, STYLE = Preparation.FITTED, Handwriting()


def images(renewal: NewHandwriting, epoch: int) -> set[bytes]:
    return {image.tobytes() for image in renewal(epoch, lambda _: None).images}


def test_an_epoch_gets_as_many_digits_as_there_were() -> None:
    written = NewHandwriting(COUNT, 3, FITTED, STYLE)(1, lambda _: None)
    assert written.images.shape == (COUNT, SIDE * SIDE)
    counts = np.bincount(written.labels, minlength=10)
    assert counts.sum() == COUNT
    assert counts.min() > 0.7 * COUNT / 10


def test_the_same_epoch_gets_the_same_digits_and_another_gets_others() -> None:
    renewal = NewHandwriting(COUNT, 3, FITTED, STYLE)
    first = images(renewal, 1)
    assert first == images(NewHandwriting(COUNT, 3, FITTED, STYLE), 1)
    assert not first & images(renewal, 2)
    assert not first & images(NewHandwriting(COUNT, 4, FITTED, STYLE), 1)
    assert not first & {image.tobytes() for image in generate(COUNT, 3).images}


@pytest.mark.parametrize("preparation", Preparation)
def test_digits_are_prepared_like_all_others(preparation: Preparation) -> None:
    renewal = NewHandwriting(200, 3, preparation, STYLE)
    raw = (
        next(stream(3, start=5, preparation=Preparation.AS_DRAWN))
        .images[:200]
        .reshape(-1, SIDE, SIDE)
    )
    expected = preparation(raw).reshape(200, -1)
    np.testing.assert_array_equal(renewal(5, lambda _: None).images, expected)


def test_the_ranges_are_the_persons_own() -> None:
    thin = Handwriting(pen_narrowest=1, pen_usual=1, pen_widest=1.1)
    usual = NewHandwriting(300, 3, FITTED, STYLE)(1, lambda _: None)
    thinner = NewHandwriting(300, 3, FITTED, thin)(1, lambda _: None)
    assert thinner.images.sum() < 0.8 * usual.images.sum()


def test_progress_is_told_block_by_block() -> None:
    shares: list[float] = []
    NewHandwriting(3 * STREAM_BLOCK - 1, 3, FITTED, STYLE)(2, shares.append)
    assert shares == pytest.approx([1 / 3, 2 / 3, 1])


def test_the_seed_is_that_of_the_spec() -> None:
    found = new_handwriting(["handwriting:500:9@0.5", "handwriting"], 77, FITTED, STYLE)
    assert found == NewHandwriting(77, 9, FITTED, STYLE)


@pytest.mark.parametrize("specs", [["idx:train"], ["handwriting", "images:mine@0.5"]])
def test_what_others_have_written_is_not_endless(specs: list[str]) -> None:
    with pytest.raises(SixpadError, match="Only handwriting can be new"):
        new_handwriting(specs, 10, FITTED, STYLE)
