"""Drawing: what it tells of each change, and undo by whole strokes whatever comes between."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QUndoStack

from sixpad.core.grid import SIDE, Region, centre_and_fit
from sixpad.core.preparation import Preparation
from sixpad.gui.drawing import Drawing, sample_six

# QUndoStack needs no application; the stack lives as long as the drawing does.


@pytest.fixture
def drawing() -> Drawing:
    return Drawing(QUndoStack())


def test_each_segment_tells_the_region_it_changed(drawing: Drawing) -> None:
    regions: list[Region] = []
    drawing.changed.connect(regions.append)
    before = drawing.ink.copy()
    drawing.draw((3.5, 4.5), (9.5, 4.5), 1, 1)
    (region,) = regions
    rows, columns = np.nonzero(drawing.ink != before)
    assert region == (rows.min(), columns.min(), rows.max() + 1, columns.max() + 1)
    drawing.draw((3.5, 4.5), (9.5, 4.5), 1, 1)
    assert len(regions) == 1, "nothing changed, nothing is told"


def test_x_is_new_before_the_change_is_told(drawing: Drawing) -> None:
    seen = []
    drawing.changed.connect(lambda _: seen.append(np.array_equal(drawing.X, expected())))

    def expected() -> np.ndarray:
        return drawing.preparation(drawing.ink).ravel()

    drawing.draw((3, 4), (9, 4), 2, 1)
    drawing.set_preparation(Preparation.AS_DRAWN)
    drawing.draw((9, 4), (9, 14), 2, 1)
    drawing.end_stroke()
    drawing.move(2, 2)
    drawing.clear()
    drawing.undo_stack.undo()
    assert seen == [True] * 6


def test_every_whole_change_is_told_once(drawing: Drawing) -> None:
    ended: list[int] = []
    drawing.stroke_ended.connect(lambda: ended.append(int(drawing.ink.sum())))
    drawing.begin_stroke()
    drawing.draw((3, 4), (9, 4), 2, 1)
    drawing.draw((9, 4), (9, 14), 2, 1)
    assert ended == []
    drawing.end_stroke()
    drawing.end_stroke()
    assert len(ended) == 1
    drawing.clear()
    drawing.clear()
    drawing.move(1, 1)
    assert ended[1:] == [0]


def test_the_drawing_moves_as_far_as_no_ink_is_lost(drawing: Drawing) -> None:
    drawing.restore(sample_six())
    ink = int(drawing.ink.sum())
    for _ in range(SIDE):
        drawing.move(0, 1)
    assert drawing.ink[:, -1].any()
    assert drawing.ink.sum() == ink
    drawing.undo_stack.undo()
    assert not drawing.ink[:, -1].any()


def test_the_sample_six_is_fitted_already(drawing: Drawing) -> None:
    six = sample_six()
    assert np.array_equal(centre_and_fit(six), six)
    assert max(np.ptp(np.nonzero(six), axis=1) + 1) == 20


def test_replaced_ink_is_the_drawings_own(drawing: Drawing) -> None:
    ink = sample_six()
    drawing.replace(ink, "paste")
    ink[:] = 1
    assert not drawing.ink.all()
    drawing.draw((1, 1), (20, 1), 2, 1)
    drawing.end_stroke()
    drawing.undo_stack.undo()
    drawing.undo_stack.undo()
    assert not drawing.ink.any()


point = st.tuples(st.floats(-4, 28), st.floats(-4, 28))
act = st.one_of(
    st.tuples(st.just("draw"), point, point, st.sampled_from([1, 2, 3, 4]), st.booleans()),
    st.sampled_from([("end",), ("clear",), ("undo",), ("redo",), ("move",), ("preparation",)]),
)


@given(st.lists(act, max_size=25))
def test_undo_and_redo_go_over_the_same_stages(acts: list[tuple]) -> None:
    """Whatever was done, in whatever order: all of it can be taken back and brought again."""
    drawing = Drawing(QUndoStack())
    stack = drawing.undo_stack
    for name, *rest in acts:
        if name == "draw":
            start, end, width, erase = rest
            drawing.draw(start, end, width, 0 if erase else 1)
        else:
            {
                "end": drawing.end_stroke, "clear": drawing.clear, "undo": stack.undo,
                "redo": stack.redo, "move": lambda: drawing.move(1, -2),
                "preparation": lambda: drawing.set_preparation(Preparation.DESKEWED),
            }[name]()  # fmt: skip
    drawing.end_stroke()
    stages = [drawing.ink.copy()]
    while stack.canUndo():
        stack.undo()
        stages.append(drawing.ink.copy())
    assert not stages[-1].any()
    for stage in stages[-2::-1]:
        stack.redo()
        assert np.array_equal(drawing.ink, stage)
        prepared = drawing.preparation(stage)
        assert np.array_equal(drawing.X, prepared.ravel())
