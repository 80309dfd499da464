"""Which epochs and losses the plot shows of a history."""

from __future__ import annotations

import numpy as np

from sixpad.gui.axes import Span
from sixpad.gui.history import History
from sixpad.gui.loss_curves import heights

Spans = tuple[Span, Span]

# So deep one can zoom: what is smaller than this are only digits.
LEAST_EPOCHS, LEAST_LOSS = 0.05, 1e-3
_WHOLE = Span(0.0, 1.0), Span(0.0, 1.0)
_ROOM = 0.04
# While more is to come there is more of it ahead.
_ROOM_AHEAD = 0.15


def fitting(history: History, *, log: bool, ended: bool) -> Spans:
    """Spans with all of a history in them and some room, most of it ahead if more is to come."""
    extent = _extent(history, log)
    if extent is None:
        return _WHOLE
    x, y = (
        span.padded(_ROOM, least)
        for span, least in zip(extent, (LEAST_EPOCHS, LEAST_LOSS), strict=True)
    )
    if extent[0].low >= 0:
        # The few epochs of a beginning stand at the left: before it there is nothing.
        x = x.moved(max(-_ROOM * x.length - x.low, 0))
    if not ended:
        x = Span(x.low, x.high + (_ROOM_AHEAD - _ROOM) * extent[0].length)
    return x, y


def hold_all(spans: Spans, history: History, *, log: bool) -> bool:
    """Whether all of a history is within the spans."""
    extent = _extent(history, log)
    return extent is None or all(
        seen.low <= span.low and span.high <= seen.high
        for seen, span in zip(spans, extent, strict=True)
    )


def _extent(history: History, log: bool) -> Spans | None:
    """From the first to the last epoch and the lowest to the highest loss; None without any."""
    losses = history.extremes[np.isfinite(history.extremes)]
    if not len(losses):
        return None
    curves = [curve for curve in (history.training, history.validation) if len(curve)]
    ends = [curve[place, 0] for curve in curves for place in (0, -1)]
    low, high = heights(np.array([losses.min(), losses.max()]), log).tolist()
    return Span(float(min(ends)), float(max(ends))), Span(low, high)
