"""The sizes of the layers before the last one: what a person chooses of a deeper network.

They are written `128` for a layer of 128 neurons, or `5x5x12` for 12 kernels of 5×5, in the order
in which an image goes through them, with commas between.
"""

from __future__ import annotations

from dataclasses import dataclass

from sixpad.core.grid import SIDE
from sixpad.errors import SixpadError

ONE, TEN, HIDDEN, CONV = "one", "ten", "hidden", "conv"
MODELS = (ONE, TEN, HIDDEN, CONV)
DEEP = (HIDDEN, CONV)

MOST_LAYERS = 6
MOST_NEURONS = 2048
MOST_KERNELS = 256
MOST_SIDE = 11
# What a model file has room for, with all that goes on exactly from it.
MOST_PARAMETERS = 2_000_000


@dataclass(frozen=True)
class Kernels:
    """A layer of `count` kernels of `side` × `side` cells, whose maps are pooled 2×2."""

    side: int
    count: int


Size = int | Kernels
Sizes = tuple[Size, ...]

DEFAULT_SIZES: dict[str, Sizes] = {
    ONE: (),
    TEN: (),
    HIDDEN: (128,),
    CONV: (Kernels(5, 12), Kernels(3, 24), 96),
}

_MOST_FIGURES = 6


def parse_sizes(model: str, text: str) -> Sizes:
    """The sizes that a text like `5x5x12, 3x3x24, 96` says, for a model.

    Raises SixpadError, with what to write instead, for a text that says none, and for sizes that
    the model cannot have.
    """
    sizes = tuple(_size(word.strip()) for word in text.replace(";", ",").split(","))
    check_sizes(model, sizes)
    return sizes


def _size(word: str) -> Size:
    numbers = [part.strip() for part in word.lower().replace("×", "x").replace("*", "x").split("x")]
    if len(numbers) not in (1, 3) or not all(map(_is_number, numbers)):
        raise SixpadError(
            f"{f'“{word}”' if word else 'Nothing'} is no size of a layer; write a number of "
            "neurons, like 128, or kernels, like 5x5x12, with commas between the layers."
        )
    if len(numbers) == 1:
        return int(word)
    height, width, count = map(int, numbers)
    if height != width:
        raise SixpadError(
            f"Kernels are as wide as they are high: write {height}x{height}x{count} "
            f"or {width}x{width}x{count} in the place of “{word}”."
        )
    return Kernels(height, count)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MOST_FIGURES


def sizes_text(sizes: Sizes, times: str = "x") -> str:
    """The sizes as `parse_sizes` reads them; `times` stands between the numbers of kernels."""
    return ", ".join(
        times.join(map(str, (size.side, size.side, size.count)))
        if isinstance(size, Kernels)
        else str(size)
        for size in sizes
    )


def check_sizes(model: str, sizes: Sizes) -> None:
    """Raise SixpadError, in one sentence, for sizes that a network of this model cannot have.

    Or where there is no such model.
    """
    if model not in MODELS:
        raise SixpadError(f"There is no model called “{model}”; there are: {', '.join(MODELS)}.")
    kernels = [size for size in sizes if isinstance(size, Kernels)]
    neurons = [size for size in sizes if not isinstance(size, Kernels)]
    if model not in DEEP:
        if sizes:
            raise SixpadError(f"The model “{model}” has no layers to choose the sizes of.")
        return
    if not 1 <= len(sizes) <= MOST_LAYERS:
        raise SixpadError(f"Choose 1 to {MOST_LAYERS} layers before the last one.")
    if model == HIDDEN and kernels:
        raise SixpadError("A hidden layer has no kernels; give it numbers of neurons, like 128.")
    if model == CONV and not kernels:
        raise SixpadError("Convolution needs kernels in its first layer, like 5x5x12.")
    if list(sizes) != [*kernels, *neurons]:
        raise SixpadError("Layers of kernels come before those of neurons, like 5x5x12, 96.")
    for count in neurons:
        if not 1 <= count <= MOST_NEURONS:
            raise SixpadError(f"A layer has 1 to {MOST_NEURONS:,} neurons, not {count:,}.")
    _check_kernels(kernels)


def _check_kernels(kernels: list[Kernels]) -> None:
    cells = SIDE
    for size in kernels:
        side, count = size.side, size.count
        if not 1 <= count <= MOST_KERNELS:
            raise SixpadError(f"A layer has 1 to {MOST_KERNELS} kernels, not {count:,}.")
        if not 1 <= side <= MOST_SIDE:
            raise SixpadError(f"A kernel is 1×1 to {MOST_SIDE}×{MOST_SIDE}, not {side}×{side}.")
        if pooled(cells, side) < 1:
            raise SixpadError(
                f"Kernels of {side}×{side} are too large for maps of {cells}×{cells} that are "
                "pooled 2×2 afterwards; choose smaller ones, or fewer layers of them."
            )
        cells = pooled(cells, side)


def pooled(cells: int, side: int) -> int:
    """The side of a map after kernels of `side` have gone over `cells`, and 2×2 were pooled.

    Without a margin around it a kernel has `cells` − `side` + 1 places; an odd last one is left.
    """
    return (cells - side + 1) // 2
