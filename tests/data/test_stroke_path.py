"""Paths of the pen: what the table of forms says is what is written."""

from __future__ import annotations

import numpy as np
import pytest

from sixpad.data.digit_form import Form
from sixpad.data.digit_shapes import FORMS
from sixpad.data.stroke_path import SPACING, stroke_path

ALL_FORMS = [
    pytest.param(form, id=f"{digit} {form.name}")
    for digit, forms in enumerate(FORMS)
    for form in forms
]


def structure(strokes: str) -> list[list[bool]]:
    """For each point of each stroke, whether it is a corner."""
    return [[word.endswith("!") for word in stroke.split()] for stroke in strokes.split(";")]


@pytest.mark.parametrize("form", ALL_FORMS)
def test_both_extremes_of_a_form_have_one_structure(form: Form) -> None:
    assert structure(form.strokes) == structure(form.other)
    assert form.strokes != form.other
    assert form.weight > 0


def test_ten_digits_each_in_several_forms_with_names_of_their_own() -> None:
    assert len(FORMS) == 10
    for forms in FORMS:
        names = [form.name for form in forms]
        assert len(names) >= 5
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("form", ALL_FORMS)
def test_points_follow_the_strokes(form: Form) -> None:
    path = stroke_path(form)
    strokes = structure(form.strokes)
    assert np.allclose(path.basis.sum(axis=1), 1, atol=1e-5)
    begin = 0
    for start in np.unique(path.first):
        points = path.basis @ path.controls.mean(axis=0)
        stroke = points[start : path.last[start] + 1]
        controls = path.controls.mean(axis=0)[begin : begin + len(strokes.pop(0))]
        begin += len(controls)
        assert np.allclose(stroke[0], controls[0], atol=1e-5)
        assert np.allclose(stroke[-1], controls[-1], atol=1e-5)
        distance = np.hypot(*np.moveaxis(controls[:, None] - stroke, 2, 0)).min(axis=1)
        assert distance.max() < SPACING
        steps = np.hypot(*np.diff(stroke, axis=0).T)
        assert steps.max() < 1.5 * SPACING
    assert not strokes
    assert begin == path.basis.shape[1]


def test_a_corner_is_kept_and_a_bend_is_rounded() -> None:
    corner = stroke_path(Form("", 1, "0,0 100,0! 100,100", "0,0 100,0! 100,100"))
    bend = stroke_path(Form("", 1, "0,0 100,0 100,100", "0,0 100,0 100,100"))
    sharp, smooth = (path.basis @ path.controls[0] for path in (corner, bend))
    assert np.allclose(np.minimum(sharp[:, 1], 1 - sharp[:, 0]), 0, atol=1e-6)
    assert np.abs(sharp - [1, 0]).sum(axis=1).min() < 1e-6
    assert np.minimum(np.abs(smooth[:, 1]), np.abs(1 - smooth[:, 0])).max() > 0.02


def test_strokes_are_apart() -> None:
    path = stroke_path(Form("", 1, "0,0 100,0; 0,50 50,50", "0,0 100,0; 0,50 50,50"))
    long, short = round(1 / SPACING) + 1, round(0.5 / SPACING) + 1
    assert path.first.tolist() == [0] * long + [long] * short
    assert path.last.tolist() == [long - 1] * long + [long + short - 1] * short
    assert path.stroke.tolist() == [0, 0, 1, 1]
    assert np.allclose((path.basis @ path.controls[0])[long], [0, 0.5])
