"""Data SPECs: each goes to its reader, with its share; a bad one is refused in a sentence."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from sixpad.core.grid import PIXELS, SIDE
from sixpad.core.preparation import Preparation
from sixpad.data.dataset import Dataset
from sixpad.data.handwriting import generate
from sixpad.data.handwriting_style import Handwriting
from sixpad.data.idx import read_idx, write_idx
from sixpad.data.image_folder import read_image_folder, write_image_folder
from sixpad.data.spec import load_data
from sixpad.data.unipen import read_unipen
from sixpad.errors import SixpadError

UNIPEN = '.SEGMENT DIGIT 0 ? "1"\n.PEN_DOWN\n0 0\n1 9\n.PEN_UP\n'


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with 30 zeros as IDX, 10 sixes as images and a one as UNIPEN."""
    monkeypatch.chdir(tmp_path)
    grids = np.zeros((30, SIDE, SIDE), np.uint8)
    grids[:, 2:9, 3:12] = np.random.default_rng(0).integers(0, 2, (30, 7, 9))
    write_idx("zeros", grids, np.zeros(30))
    write_idx("at@0.5", grids[:3], np.zeros(3))
    write_idx("at@home", grids[:4], np.zeros(4))
    sixes = read_idx("zeros", preparation=Preparation.AS_DRAWN).take(np.arange(10))
    sixes.labels[:] = 6
    write_image_folder("sixes", sixes)
    Path("one.unipen").write_text(UNIPEN)
    return tmp_path


def written(count: int, seed: int, preparation: Preparation) -> Dataset:
    """Generated digits, prepared after they were written."""
    free = generate(count, seed, preparation=Preparation.AS_DRAWN)
    images = preparation(free.images.reshape(count, SIDE, SIDE))
    return Dataset(images.reshape(count, PIXELS), free.labels, free.name)


@pytest.mark.parametrize("preparation", Preparation)
def test_each_kind_goes_to_its_reader(sources: Path, preparation: Preparation) -> None:
    for spec, expected in {
        "idx:zeros": read_idx("zeros", preparation=preparation),
        f"idx:{sources / 'zeros'}": read_idx("zeros", preparation=preparation),
        "unipen:one.unipen": read_unipen("one.unipen", preparation=preparation),
        "images:sixes": read_image_folder("sixes", preparation=preparation),
        "handwriting:12": written(12, 6, preparation),
        "handwriting:12:3": written(12, 3, preparation),
        "handwriting:0012:0": written(12, 0, preparation),
    }.items():
        dataset = load_data([spec], preparation=preparation)
        np.testing.assert_array_equal(dataset.images, expected.images)
        np.testing.assert_array_equal(dataset.labels, expected.labels)
        assert dataset.name == expected.name


def test_the_style_reaches_handwriting_and_nothing_else(sources: Path) -> None:
    style = Handwriting(pen_narrowest=1.0, pen_usual=1.1, pen_widest=1.2)
    usual, thin = (load_data(["handwriting:20:3"], style=each) for each in (Handwriting(), style))
    np.testing.assert_array_equal(usual.images, load_data(["handwriting:20:3"]).images)
    assert thin.images.mean() < usual.images.mean()
    for spec in ("idx:zeros", "unipen:one.unipen", "images:sixes"):
        found = load_data([spec], style=style).images
        np.testing.assert_array_equal(found, load_data([spec]).images)


def test_polarity_reaches_the_images(sources: Path) -> None:
    for spec, given, other in (
        ("idx:zeros", "light", "dark"),
        ("images:sixes", "dark", "light"),
    ):
        found, same, inverse = (
            load_data([spec], preparation=Preparation.AS_DRAWN, ink=ink).images
            for ink in (None, given, other)
        )
        np.testing.assert_array_equal(same, found)
        np.testing.assert_array_equal(inverse, 1 - found)


@pytest.mark.parametrize(
    ("specs", "counts"),
    [
        (["idx:zeros", "images:sixes"], {0: 30, 6: 10}),
        (["idx:zeros@0.5"], {0: 30}),
        (["idx:zeros@0.5", "images:sixes@0.5"], {0: 10, 6: 10}),
        (["idx:zeros@0.6", "images:sixes@0.2"], {0: 30, 6: 10}),
        (["idx:zeros@0.75", "images:sixes"], {0: 30, 6: 10}),
        (["idx:zeros", "images:sixes@.9"], {0: 1, 6: 10}),
        (["idx:at@0.5@0.5"], {0: 3}),
        (["idx:at@home", "unipen:one.unipen"], {0: 4, 1: 1}),
        (["idx:at@home@0.5", "unipen:one.unipen@0.5"], {0: 1, 1: 1}),
    ],
)
def test_shares_say_how_much_each_source_gives(
    sources: Path, specs: list[str], counts: dict[int, int]
) -> None:
    assert Counter(load_data(specs).labels.tolist()) == counts


def test_the_same_specs_give_the_same_examples(sources: Path) -> None:
    specs = ["idx:zeros@0.5", "handwriting:20@0.5"]
    np.testing.assert_array_equal(load_data(specs).images, load_data(specs).images)


def test_progress_goes_over_all_sources_and_ends_at_one(sources: Path) -> None:
    done: list[float] = []
    load_data(["images:sixes", "idx:zeros", "handwriting:10"], on_progress=done.append)
    assert done == sorted(done)
    assert done[-1] == 1.0
    assert done[0] == pytest.approx(1 / 30)
    assert 1 / 3 in done
    assert 2 / 3 in done


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("drawing", "“drawing” is not a source of data: use handwriting.*images:DIR"),
        ("drawings:nowhere", "There is no store of drawings “nowhere”"),
        ("", "not a source of data"),
        ("mnist", "not a source of data"),
        ("IDX:zeros", "not a source of data"),
        ("idx", "names no file"),
        ("idx:", "names no file"),
        ("images:@0.5", "names no file"),
        ("idx:none", "neither .*none-labels"),
        ("unipen:none", "no file “none”"),
        ("images:none", "none” cannot be read"),
        ("handwriting:", "not of the form"),
        ("handwriting:many", "not of the form"),
        ("handwriting:-20", "not of the form"),
        ("handwriting:1e3", "not of the form"),
        ("handwriting:٣٠", "not of the form"),
        ("handwriting:20:", "not of the form"),
        ("handwriting:20:1:2", "not of the form"),
        ("handwriting@half", "not a source of data"),
        ("handwriting:" + "9" * 5000, "not of the form"),
        ("handwriting:9", "COUNT must be from 10 to 1000000"),
        ("handwriting:1000001", "COUNT must be from 10 to 1000000"),
        ("handwriting:10:4294967296", "SEED must be from 0 to 4294967295"),
        ("idx:zeros@0", "share is 0"),
        ("idx:zeros@-1", "share is -1"),
        ("idx:zeros@1.5", "share is 1.5"),
        ("idx:zeros@nan", "share is nan"),
        ("idx:zeros@1e999", "share is inf"),
    ],
)
def test_a_bad_spec_is_refused_in_a_sentence(sources: Path, spec: str, sentence: str) -> None:
    with pytest.raises(SixpadError, match=sentence):
        load_data([spec])


@pytest.mark.parametrize("bad", ["drawing", "idx:zeros@2", "handwriting:1"])
def test_every_spec_is_understood_before_the_first_is_loaded(bad: str) -> None:
    done: list[float] = []
    with pytest.raises(SixpadError):
        load_data(["handwriting:10", bad], on_progress=done.append)
    assert done == []


def test_no_spec_at_all_is_refused() -> None:
    with pytest.raises(SixpadError, match="No data"):
        load_data([])
