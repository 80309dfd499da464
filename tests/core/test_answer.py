"""Answers: sigmoid, softmax and their losses, against plain references and for any size of z."""

from __future__ import annotations

from math import exp, log, log1p
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixpad.core.answer import (
    CROSS_ENTROPY,
    DIGITS,
    LOSSES,
    SQUARED_ERROR,
    OneDigit,
    TenDigits,
    cross_entropy,
    sigmoid,
    softmax,
)

DTYPES = [np.float32, np.float64]
any_size = st.floats(-1e4, 1e4, width=32) | st.sampled_from([-1e4, -40.0, 0.0, 40.0, 1e4])
ten_of_any_size = st.lists(any_size, min_size=DIGITS, max_size=DIGITS)


@pytest.mark.parametrize("dtype", DTYPES)
@given(value=any_size)
def test_no_size_of_z_overflows_for_one(dtype: type, value: float) -> None:
    z = np.array([value], dtype)
    (P,) = sigmoid(z)
    assert P.dtype == dtype
    assert 0 <= P <= 1
    assert (P > 0.5) <= (value > 0)
    assert (P < 0.5) <= (value < 0)
    for t in (True, False):
        (loss,) = cross_entropy(z, np.array([t]))
        against = -float(z[0]) if t else float(z[0])
        # log(1 + eᵃ), the other way round where eᵃ would overflow.
        expected = max(against, 0.0) + log1p(exp(-abs(against)))
        assert loss.dtype == dtype
        assert loss == pytest.approx(expected, rel=float(8 * np.finfo(dtype).eps), abs=1e-37)


def test_the_ends_of_the_sigmoid() -> None:
    assert sigmoid(np.array([-1e4, 0.0, 1e4])).tolist() == [0.0, 0.5, 1.0]
    losses = cross_entropy(np.array([1e4, 1e4, -1e4, -1e4]), np.array([True, False, True, False]))
    assert losses.tolist() == [0.0, 1e4, 1e4, 0.0]


@pytest.mark.parametrize("dtype", DTYPES)
@given(values=ten_of_any_size, right=st.integers(0, 9))
def test_no_size_of_z_overflows_for_ten(dtype: type, values: list[float], right: int) -> None:
    z = np.array([values], dtype)
    P = softmax(z)
    t = TenDigits().targets(np.array([right], np.uint8))
    (loss,) = cross_entropy(z, t)
    assert P.shape == z.shape
    assert P.dtype == loss.dtype == dtype
    near = float(8 * np.finfo(dtype).eps)
    # Each power of e taken apart from what would overflow in it.
    top = max(values)
    total = sum(exp(value - top) for value in values)
    for value, p in zip(values, P[0].tolist(), strict=True):
        assert p == pytest.approx(exp(value - top) / total, rel=near * 50, abs=1e-37)
    assert P.sum() == pytest.approx(1, rel=near)
    assert loss >= 0
    assert loss == pytest.approx(log(total) + (top - values[right]), rel=near, abs=near)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_ends_of_the_softmax(dtype: type) -> None:
    largest = np.finfo(dtype).max / 4
    z = np.zeros((1, DIGITS), dtype)
    z[0, 3] = largest
    assert softmax(z).tolist() == [[0, 0, 0, 1, 0, 0, 0, 0, 0, 0]]
    assert softmax(-z)[0, 3] == 0
    targets = TenDigits().targets(np.array([3, 4], np.uint8))
    losses = cross_entropy(np.repeat(z, 2, axis=0), targets)
    assert losses.tolist() == [0, largest]


@given(ten_of_any_size, any_size)
def test_what_is_added_to_all_ten_changes_nothing(values: list[float], more: float) -> None:
    z = np.array([values])
    np.testing.assert_allclose(softmax(z + more), softmax(z), rtol=1e-9, atol=1e-300)


@given(values=st.lists(any_size, min_size=2, max_size=2), right=st.integers(0, 1))
def test_of_two_classes_the_softmax_is_the_sigmoid_of_the_difference(
    values: list[float], right: int
) -> None:
    z = np.array([values])
    difference = z[:, 1] - z[:, 0]
    np.testing.assert_allclose(softmax(z)[:, 1], sigmoid(difference), rtol=1e-12, atol=1e-15)
    of_two = cross_entropy(z, np.array([[right == 0, right == 1]]))
    of_one = cross_entropy(difference, np.array([right == 1]))
    np.testing.assert_allclose(of_two, of_one, rtol=1e-12, atol=1e-15)


def numbers(answer: Any, count: int, seed: int, scale: float) -> tuple[Any, Any]:
    """z as this answer takes it, and the truth."""
    rng = np.random.default_rng(seed)
    shape = (count,) if answer.outputs == 1 else (count, answer.outputs)
    return rng.normal(0, scale, shape), answer.targets(rng.integers(0, 10, count, np.uint8))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("answer", [OneDigit(6), TenDigits()], ids=["one", "ten"])
@given(count=st.integers(1, 12), seed=st.integers(0, 2**32), scale=st.sampled_from([0.0, 0.5, 2.0]))
def test_the_slope_is_that_of_the_loss(
    answer: Any, loss: str, count: int, seed: int, scale: float
) -> None:
    z, t = numbers(answer, count, seed, scale)
    slope = answer.slopes(z, t, loss)
    assert slope.shape == z.shape
    step = 1e-5
    for place in np.ndindex(z.shape):
        there, back = z.copy(), z.copy()
        there[place] += step
        back[place] -= step
        rises = answer.losses(there, t, loss) - answer.losses(back, t, loss)
        assert slope[place] == pytest.approx(rises[place[0]] / (2 * step), rel=1e-5, abs=1e-9)
        # The loss of one image is no matter of another's z.
        assert not np.delete(rises, place[0]).any()


@given(count=st.integers(1, 12), seed=st.integers(0, 2**32))
def test_the_losses_of_ten_are_sums_over_the_digits_and_means_over_the_images(
    count: int, seed: int
) -> None:
    z, t = numbers(TenDigits(), count, seed, 2.0)
    P = TenDigits().probabilities(z)
    squares = entropy = 0.0
    for p, truth in zip(P.tolist(), t.tolist(), strict=True):
        squares += sum((a - b) ** 2 for a, b in zip(p, truth, strict=True))
        entropy -= log(p[truth.index(True)])
    for loss, expected in ((SQUARED_ERROR, squares), (CROSS_ENTROPY, entropy)):
        values = TenDigits().losses(z, t, loss)
        assert values.shape == (count,)
        assert values.mean() == pytest.approx(expected / count)


@pytest.mark.parametrize("loss", LOSSES)
@given(values=ten_of_any_size, right=st.integers(0, 9))
def test_losses_and_slopes_stay_finite(loss: str, values: list[float], right: int) -> None:
    z = np.array([values], np.float32)
    label = np.array([right], np.uint8)
    for answer, part in ((TenDigits(), z), (OneDigit(6), z[:, 0])):
        right_answer = answer.targets(label)
        for values in (
            answer.losses(part, right_answer, loss),
            answer.slopes(part, right_answer, loss),
        ):
            assert np.isfinite(values).all()
            assert values.dtype == np.float32


def test_the_truth_of_labels() -> None:
    labels = np.array([3, 6, 3, 0], np.uint8)
    assert OneDigit(3).targets(labels).tolist() == [True, False, True, False]
    targets = TenDigits().targets(labels)
    assert targets.dtype == bool
    assert np.argwhere(targets).tolist() == [[0, 3], [1, 6], [2, 3], [3, 0]]


@pytest.mark.parametrize("answer", [OneDigit(6), TenDigits()], ids=["one", "ten"])
def test_a_smoothed_truth_leaves_a_share_to_all_answers(answer: OneDigit | TenDigits) -> None:
    t = np.asarray(answer.targets(np.array([6, 0, 9]))).astype(float)
    soft = answer.smoothed(t, 0.1)
    assert answer.smoothed(t, 0.0) is t
    if soft.ndim == 2:
        np.testing.assert_allclose(soft.sum(axis=1), 1)
        assert soft.max() == pytest.approx(0.91)
        assert soft.min() == pytest.approx(0.01)
    else:
        np.testing.assert_allclose(soft, [0.95, 0.05, 0.05])


@pytest.mark.parametrize("answer", [OneDigit(6), TenDigits()], ids=["one", "ten"])
def test_a_smoothed_truth_is_met_exactly_by_no_certainty(answer: OneDigit | TenDigits) -> None:
    """Where P is the smoothed truth, nothing pulls; beyond it, the gradient pulls back."""
    soft = answer.smoothed(np.asarray(answer.targets(np.array([6]))).astype(float), 0.1)
    met = np.log(soft / (1 - soft)) if soft.ndim == 1 else np.log(soft)
    np.testing.assert_allclose(answer.slopes(met, soft, CROSS_ENTROPY), 0, atol=1e-12)
    beyond = answer.slopes(2 * met, soft, CROSS_ENTROPY)
    assert (beyond if beyond.ndim == 1 else beyond[:, 6])[0] > 0
