"""Sources that were loaded, packed: to mix them in other shares they need not be read again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sixpad.core.grid import pack, unpack
from sixpad.core.preparation import Preparation
from sixpad.data.dataset import Dataset
from sixpad.data.handwriting_style import Handwriting
from sixpad.data.spec_words import DRAWINGS, kind_of


class KeptSources:
    """The sources of a mixture by their SPECs without shares, 72 bytes an image.

    All of them were prepared as `preparation` says, and handwriting varies as `style` says.
    """

    def __init__(self, preparation: Preparation, style: Handwriting) -> None:
        self._preparation, self._style = preparation, style
        self._kept: dict[str, tuple[NDArray[np.uint8], Callable[..., Dataset]]] = {}

    def serving(
        self, texts: Iterable[str], preparation: Preparation, style: Handwriting
    ) -> KeptSources:
        """Those of these sources that can be used where things are prepared and written so."""
        wanted = set(texts)
        serving = KeptSources(preparation, style)
        if preparation is self._preparation:
            serving._kept = {
                text: kept
                for text, kept in self._kept.items()
                if text in wanted and (style == self._style or not text.startswith("handwriting"))
            }
        return serving

    def size(self, text: str) -> int | None:
        """How many examples a source had when it was last loaded; None where it was not."""
        return len(self._kept[text][0]) if text in self._kept else None

    def get(self, text: str) -> Dataset | None:
        """A source as it was loaded, if it was."""
        # Files are taken for what they were; one's own drawings may be others a moment later.
        if text not in self._kept or kind_of(text) == DRAWINGS:
            return None
        packed, of = self._kept[text]
        return of(images=unpack(packed))

    def put(self, text: str, data: Dataset) -> None:
        """Keep a source."""
        of = partial(
            Dataset, labels=data.labels, name=data.name, sources=data.sources, groups=data.groups,
            remarks=data.remarks,
        )  # fmt: skip
        self._kept[text] = pack(data.images), of
