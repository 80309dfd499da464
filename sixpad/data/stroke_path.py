"""The path of the pen: smooth strokes through the control points of a form, laid out as points."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sixpad.data.digit_form import Form

# Neighbouring points are about this far apart, as a share of the digit's height: some 2.4 pixels.
SPACING = 0.12


class StrokePath(NamedTuple):
    """A form ready to be written: the points (P, 2) of its strokes are `basis` @ control points.

    `controls` (2, C, 2) are the form's two extremes, in heights of the digit; `basis` is (P, C).
    `stroke` (C,) numbers the stroke that each control point belongs to.
    `first` and `last` (P,) give for each point the places where its stroke begins and ends.
    """

    controls: NDArray[np.float32]
    basis: NDArray[np.float32]
    stroke: NDArray[np.intp]
    first: NDArray[np.intp]
    last: NDArray[np.intp]


def stroke_path(form: Form) -> StrokePath:
    """Lay points along the strokes of `form`, at equal distances from corner to corner."""
    controls = np.stack([_control_points(form.strokes), _control_points(form.other)])
    middle = controls.mean(axis=0)
    curves: list[NDArray[np.float32]] = []
    stroke: list[int] = []
    first: list[int] = []
    begin = 0
    for number, line in enumerate(form.strokes.split(";")):
        words = line.split()
        stroke += [number] * len(words)
        end = begin + len(words) - 1
        corners = [begin + i for i in range(1, len(words) - 1) if words[i].endswith("!")]
        stroke_first = len(first)
        for start, stop in pairwise([begin, *corners, end]):
            curve = np.pad(
                _curve(middle[start : stop + 1]), ((0, 0), (start, len(middle) - stop - 1))
            )
            # A corner ends one curve and begins the next: it is kept once.
            curves.append(curve if start == begin else curve[1:])
            first += [stroke_first] * len(curves[-1])
        begin = end + 1
    firsts = np.array(first, np.intp)
    lasts = np.searchsorted(firsts, firsts, side="right") - 1
    return StrokePath(controls, np.concatenate(curves), np.array(stroke, np.intp), firsts, lasts)


def _control_points(strokes: str) -> NDArray[np.float32]:
    """The points (C, 2) of all strokes in one, from hundredths of the height."""
    words = strokes.replace(";", " ").replace("!", " ").split()
    return np.array([word.split(",") for word in words], np.float32) / np.float32(100)


def _curve(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """The curve through k control points, as the matrix (P, k) that turns them into P points.

    A Catmull-Rom spline in Hermite form: the tangents are those of parabolas through three
    neighbours. Its knots go by the root of the distance (centripetal), which keeps it free of loops
    between control points (Yuksel, Schaefer and Keyser, "Parameterization and applications of
    Catmull-Rom curves", 2011).
    """
    gaps = np.sqrt(np.hypot(*np.diff(points, axis=0).T))
    knots = np.append(0, np.cumsum(gaps))
    unit = np.eye(len(points))
    slopes = np.diff(unit, axis=0) / gaps[:, None]
    if len(points) == 2:
        tangents = np.repeat(slopes, 2, axis=0)
    else:
        share = (gaps[:-1] / (gaps[:-1] + gaps[1:]))[:, None]
        inner = slopes[:-1] * (1 - share) + slopes[1:] * share
        tangents = np.stack([2 * slopes[0] - inner[0], *inner, 2 * slopes[-1] - inner[-1]])
    fine = np.linspace(0, knots[-1], 500)
    piece = np.clip(np.searchsorted(knots, fine, side="right") - 1, 0, len(gaps) - 1)
    gap = gaps[piece][:, None]
    t = (fine - knots[piece])[:, None] / gap
    curve = (
        (1 + 2 * t) * (1 - t) ** 2 * unit[piece] + t * (1 - t) ** 2 * gap * tangents[piece]
        + t**2 * (3 - 2 * t) * unit[piece + 1] - t**2 * (1 - t) * gap * tangents[piece + 1]
    )  # fmt: skip
    along = np.append(0, np.cumsum(np.hypot(*np.diff(curve @ points, axis=0).T)))
    steps = max(round(along[-1] / SPACING), 1)
    chosen = np.searchsorted(along, np.linspace(0, along[-1], steps + 1) - 1e-9)
    return np.asarray(curve[chosen], np.float32)
