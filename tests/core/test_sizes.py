"""Sizes of layers: read, written, and refused in a sentence where no network can have them."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sixpad.core.network import Network, network_of
from sixpad.core.sizes import (
    CONV,
    DEFAULT_SIZES,
    HIDDEN,
    MODELS,
    MOST_KERNELS,
    MOST_LAYERS,
    MOST_NEURONS,
    MOST_SIDE,
    Kernels,
    Sizes,
    check_sizes,
    parse_sizes,
    pooled,
    sizes_text,
)
from sixpad.errors import SixpadError

NEURONS = st.integers(1, MOST_NEURONS)
KERNELS = st.builds(Kernels, st.integers(1, MOST_SIDE), st.integers(1, MOST_KERNELS))


@pytest.mark.parametrize(
    ("model", "text", "sizes"),
    [
        (HIDDEN, "128", (128,)),
        (HIDDEN, " 128 , 64;32 ", (128, 64, 32)),
        (CONV, "5x5x12, 3x3x24, 96", (Kernels(5, 12), Kernels(3, 24), 96)),
        (CONV, "5X5X12,3×3×24 ,  96", (Kernels(5, 12), Kernels(3, 24), 96)),
        (CONV, "5 * 5 * 12", (Kernels(5, 12),)),
        (CONV, "1x1x1", (Kernels(1, 1),)),
    ],
)  # fmt: skip
def test_a_text_says_sizes(model: str, text: str, sizes: Sizes) -> None:
    assert parse_sizes(model, text) == sizes


@given(st.lists(NEURONS, min_size=1, max_size=MOST_LAYERS).map(tuple))
def test_hidden_layers_are_read_as_they_are_written(sizes: Sizes) -> None:
    assert parse_sizes(HIDDEN, sizes_text(sizes)) == sizes
    assert parse_sizes(HIDDEN, sizes_text(sizes, "×")) == sizes


@given(
    st.lists(KERNELS, min_size=1, max_size=3), st.lists(NEURONS, max_size=2), st.sampled_from("x×*")
)
def test_kernels_are_read_as_they_are_written(
    kernels: list[Kernels], neurons: list[int], times: str
) -> None:
    cells = 24
    for size in kernels:
        cells = pooled(cells, size.side)
    assume(cells >= 1)
    sizes = (*kernels, *neurons)
    assert parse_sizes(CONV, sizes_text(sizes, times)) == sizes


@pytest.mark.parametrize("model", MODELS)
def test_every_model_can_have_its_default_sizes(model: str) -> None:
    check_sizes(model, DEFAULT_SIZES[model])
    assert network_of(model, 6).sizes == DEFAULT_SIZES[model]


@pytest.mark.parametrize(
    ("model", "text", "told"),
    [
        (HIDDEN, "", "Nothing is no size of a layer; write a number of neurons, like 128"),
        (HIDDEN, "128,", "Nothing is no size"),
        (HIDDEN, "many", "“many” is no size"),
        (HIDDEN, "-5", "“-5” is no size"),
        (HIDDEN, "12.5", "“12.5” is no size"),
        (HIDDEN, "5x5", "“5x5” is no size"),
        (HIDDEN, "9999999", "“9999999” is no size"),
        (HIDDEN, "0", "1 to 2,048 neurons, not 0"),
        (HIDDEN, "2049", "1 to 2,048 neurons, not 2,049"),
        (HIDDEN, "1,2,3,4,5,6,7", "1 to 6 layers"),
        (HIDDEN, "5x5x12", "no kernels; give it numbers of neurons"),
        (CONV, "128", "needs kernels in its first layer, like 5x5x12"),
        (CONV, "5x3x12", "write 5x5x12 or 3x3x12 in the place of “5x3x12”"),
        (CONV, "96, 5x5x12", "kernels come before those of neurons"),
        (CONV, "5x5x12, 96, 3x3x24", "kernels come before those of neurons"),
        (CONV, "5x5x0", "1 to 256 kernels, not 0"),
        (CONV, "5x5x257", "1 to 256 kernels, not 257"),
        (CONV, "0x0x5", "1×1 to 11×11, not 0×0"),
        (CONV, "12x12x5", "1×1 to 11×11, not 12×12"),
        (CONV, "5x5x4, 5x5x4, 3x3x4", "3×3 are too large for maps of 3×3 that are pooled"),
        (CONV, "5x5x4, 11x11x4", "11×11 are too large for maps of 10×10"),
        ("one", "128", "“one” has no layers to choose"),
        ("ten", "5x5x12", "“ten” has no layers to choose"),
        ("eleven", "128", "no model called “eleven”; there are: one, ten, hidden, conv"),
    ],
)  # fmt: skip
def test_sizes_that_cannot_be_are_refused_in_a_sentence(model: str, text: str, told: str) -> None:
    with pytest.raises(SixpadError, match=told) as refused:
        parse_sizes(model, text)
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize("model", [HIDDEN, CONV])
def test_a_deep_network_without_layers_is_refused(model: str) -> None:
    with pytest.raises(SixpadError, match="1 to 6 layers before the last one"):
        Network(None, model)


def test_a_network_too_large_for_a_model_file_is_refused() -> None:
    with pytest.raises(SixpadError, match=r"2048, 2048 have .* weights and biases; choose smaller"):
        Network(None, HIDDEN, (2048, 2048))


@pytest.mark.parametrize(("cells", "side", "left"), [(24, 5, 10), (10, 3, 4), (4, 3, 1), (3, 3, 0)])
def test_an_odd_last_place_is_left_out(cells: int, side: int, left: int) -> None:
    assert pooled(cells, side) == left
