"""The evaluation: one by one what was answered, what was wrong, and how sure the network was."""

from __future__ import annotations

from math import isnan, log
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sixpad.core import metrics
from sixpad.core.answer import CROSS_ENTROPY, LOSSES
from sixpad.core.evaluation import Evaluation, evaluate
from sixpad.core.intervals import wilson_interval
from sixpad.core.metrics import score
from sixpad.core.network import BLOCK_ROWS, MODELS, Network, Parameters, network_of
from sixpad.core.ranking import Estimate

ONE, TEN = Network(6), Network(None, "ten")
BOTH = pytest.mark.parametrize("network", [ONE, TEN], ids=["one", "ten"])
PIXELS = 576


def answered(network: Network, count: int, seed: int) -> Evaluation:
    """Answers that are often right, some of them equally sure."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, count).astype(np.uint8)
    t = network.targets(labels)
    z = np.round(rng.normal(0, 1, t.shape) + 1.5 * t, 1)
    return Evaluation.of(network, labels, np.asarray(network.answer.probabilities(z)), 0.5)


def of_one(P: list[float], labels: list[int]) -> Evaluation:
    return Evaluation.of(ONE, np.array(labels, np.uint8), np.array(P, float), 0.5)


def random_parameters(network: Network, seed: int) -> Parameters:
    rng = np.random.default_rng(seed)
    return {
        name: rng.normal(0, 0.1, shape).astype(np.float32)
        for name, shape in network.shapes().items()
    }


counts = given(count=st.integers(1, 60), seed=st.integers(0, 2**32))


# From images to scores


@BOTH
@pytest.mark.parametrize("count", [1, BLOCK_ROWS - 1, BLOCK_ROWS, 2 * BLOCK_ROWS + 7])
def test_logits_in_blocks_are_those_of_all_at_once(network: Network, count: int) -> None:
    images = np.random.default_rng(2).integers(0, 2, (count, PIXELS), np.uint8)
    parameters = random_parameters(network, 3)
    z = network.logits_in_blocks(parameters, images)
    whole = network.logits(parameters, images.astype(np.float32))
    assert z.shape == whole.shape
    assert z.dtype == np.float32
    np.testing.assert_allclose(z, whole, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("model", MODELS)
def test_of_no_image_there_are_no_logits(model: str) -> None:
    network = network_of(model, 6)
    images = np.empty((0, PIXELS), np.uint8)
    z = network.logits_in_blocks(random_parameters(network, 3), images)
    assert z.shape == network.targets(np.empty(0, np.uint8)).shape


@BOTH
@pytest.mark.parametrize("loss", LOSSES)
def test_it_scores_as_training_does(network: Network, loss: str, make_examples: Any) -> None:
    examples, parameters = make_examples(300), random_parameters(network, 4)
    found = evaluate(network, parameters, examples, loss)
    z = network.logits(parameters, examples.images.astype(np.float32))
    expected = score(z, network.targets(examples.labels), loss)
    assert found.examples == 300
    assert found.loss == pytest.approx(expected.loss, rel=1e-5)
    assert found.accuracy.value == expected.accuracy
    assert found.average_precision.value == pytest.approx(expected.average_precision)
    assert found.f1.value == pytest.approx(expected.f1)
    np.testing.assert_allclose(found.P, network.predict(parameters, examples.images), rtol=1e-4)
    np.testing.assert_array_equal(found.targets, network.targets(examples.labels))


@BOTH
@counts
def test_every_estimate_has_an_interval(network: Network, count: int, seed: int) -> None:
    found = answered(network, count, seed)
    right = int((found.said == metrics.truth(found.targets)).sum())
    assert found.accuracy == (right / count, *wilson_interval(right / count, count))
    for name in ("accuracy", "average_precision", "f1", "roc_auc"):
        estimate = getattr(found, name)
        assert isinstance(estimate, Estimate)
        if not isnan(estimate.low):
            assert -1e-12 <= estimate.low <= estimate.high <= 1 + 1e-12
            assert 0 <= estimate.value <= 1


# The threshold


@given(count=st.integers(1, 40), seed=st.integers(0, 2**32), threshold=st.floats(0, 1))
def test_a_threshold_decides_what_is_a_yes(count: int, seed: int, threshold: float) -> None:
    before = answered(ONE, count, seed)
    found = before.at(threshold)
    rows = list(zip(found.P.tolist(), (found.labels == 6).tolist(), strict=True))
    assert found.threshold == threshold
    assert found.said.tolist() == [int(p > threshold) for p, _ in rows]
    hits = sum(t and p > threshold for p, t in rows)
    taken = sum(p > threshold for p, _ in rows)
    held = sum(t for _, t in rows)
    assert found.confusion.tolist() == [
        [count - held - taken + hits, taken - hits], [held - hits, hits]
    ]  # fmt: skip
    np.testing.assert_equal(found.precision, hits / taken if taken else np.nan)
    np.testing.assert_equal(found.recall, hits / held if held else np.nan)
    np.testing.assert_equal(found.f1.value, 2 * hits / (taken + held) if held else np.nan)
    # What ranks the answers is the same at any threshold, and so is the evaluation it was made of.
    np.testing.assert_equal(found.average_precision.value, before.average_precision.value)
    np.testing.assert_equal(found.roc_auc.value, before.roc_auc.value)
    assert before.threshold == 0.5


def test_the_threshold_itself_is_no_yes() -> None:
    found = of_one([0.2, 0.5, 0.7], [6, 6, 6])
    assert found.said.tolist() == [0, 0, 1]
    assert found.at(0.7).said.tolist() == [0, 0, 0]
    assert found.at(0.0).said.tolist() == [1, 1, 1]


# Right and wrong, one by one


@BOTH
@counts
def test_what_was_wrong_comes_surest_first(network: Network, count: int, seed: int) -> None:
    found = answered(network, count, seed)
    wrong = found.wrong()
    right = metrics.truth(found.targets)
    assert sorted(wrong) == [i for i in range(count) if found.said[i] != right[i]]
    keys = [(-found.confidence[i], i) for i in wrong]
    assert keys == sorted(keys)
    assert found.confidence.min() >= (0.5 if network is ONE else 0.1)
    for index in range(count):
        p = found.P[index]
        sure = max(p, 1 - p) if network is ONE else p[found.said[index]]
        assert found.confidence[index] == sure


@BOTH
@counts
def test_the_cells_hold_every_example_once(network: Network, count: int, seed: int) -> None:
    found = answered(network, count, seed)
    assert found.confusion.sum() == count
    everything: list[int] = []
    for truth, answer in np.ndindex(found.confusion.shape):
        cell = found.cell(truth, answer)
        assert len(cell) == found.confusion[truth, answer]
        assert (found.said[cell] == answer).all()
        assert (metrics.truth(found.targets)[cell] == truth).all()
        assert (np.diff(found.confidence[cell]) <= 0).all()
        everything += cell.tolist()
    assert sorted(everything) == list(range(count))


def test_at_another_threshold_a_no_may_be_the_surer_one() -> None:
    found = of_one([0.9, 0.8, 0.3], [6, 1, 1]).at(0.95)
    np.testing.assert_allclose(found.confidence, [0.1, 0.2, 0.7])
    assert found.wrong().tolist() == [0]
    assert found.cell(0, 0).tolist() == [2, 1]


# By digit


@counts
def test_ten_neurons_have_all_scores_of_each_digit(count: int, seed: int) -> None:
    found = answered(TEN, count, seed)
    assert [scores.digit for scores in found.by_digit] == list(range(10))
    for digit, scores in enumerate(found.by_digit):
        held, said = found.labels == digit, found.said == digit
        hits = int((held & said).sum())
        share = hits / held.sum() if held.any() else np.nan
        assert scores.examples == held.sum()
        np.testing.assert_equal(scores.right, (share, *wilson_interval(share, held.sum())))
        np.testing.assert_equal(scores.precision, hits / said.sum() if said.any() else np.nan)
        f1 = 2 * hits / (held.sum() + said.sum()) if held.any() else np.nan
        np.testing.assert_equal(scores.f1, f1)
        average = metrics.average_precision(found.P[:, digit], held)
        np.testing.assert_equal(scores.average_precision, average)


@given(count=st.integers(1, 60), seed=st.integers(0, 2**32), digit=st.integers(0, 9))
def test_one_neuron_is_right_about_each_digit_and_ranks_its_own(
    count: int, seed: int, digit: int
) -> None:
    found = answered(Network(digit), count, seed)
    for scores in found.by_digit:
        held = found.labels == scores.digit
        right = (found.said[held] == (scores.digit == digit)).sum()
        assert scores.examples == held.sum()
        np.testing.assert_equal(scores.right.value, right / held.sum() if held.any() else np.nan)
        own = scores[3:]
        if scores.digit == digit:
            whole = found.precision, found.f1.value, found.average_precision.value
            np.testing.assert_equal(own, whole)
        else:
            assert all(isnan(value) for value in own)
    assert sum(scores.examples for scores in found.by_digit) == count


# The curve


@counts
def test_the_curve_goes_through_every_threshold(count: int, seed: int) -> None:
    found = answered(ONE, count, seed)
    t = found.targets
    curve = found.curve
    assert curve.thresholds.tolist() == sorted(set(found.P.tolist()), reverse=True)
    for threshold, precision, recall in zip(*curve, strict=True):
        taken = found.P >= threshold
        assert precision == (t & taken).sum() / taken.sum()
        assert recall == ((t & taken).sum() / t.sum() if t.any() else 0)
    assert (np.diff(curve.recall) >= 0).all()
    if t.any():
        assert curve.recall[-1] == 1
        area = (np.diff(curve.recall, prepend=0) * curve.precision).sum()
        assert area == pytest.approx(found.average_precision.value)


def test_a_point_of_the_curve_is_what_is_scored_just_below_its_threshold() -> None:
    found = answered(ONE, 200, 5)
    for threshold, precision, recall in zip(*found.curve, strict=True):
        at = found.at(np.nextafter(threshold, 0))
        assert (at.precision, at.recall) == (precision, recall)


# Next to nothing


@BOTH
@pytest.mark.parametrize("labels", [[6], [0], [6, 6, 6], [3, 3]])
def test_one_class_alone_gives_scores_without_a_warning(
    network: Network, labels: list[int]
) -> None:
    held = np.array(labels, np.uint8)
    P: NDArray[np.float64] = np.full(network.targets(held).shape, 0.1)
    found = Evaluation.of(network, held, P, 0.5)
    assert found.accuracy.value == float(labels[0] == 0 if network is TEN else labels[0] != 6)
    assert isnan(found.roc_auc.value)
    positives = network is TEN or labels[0] == 6
    assert isnan(found.average_precision.value) is not positives
    assert isnan(found.f1.value) is not positives
    assert len(found.by_digit) == 10
    assert len(found.wrong()) == len(labels) * (1 - found.accuracy.value)
    if network is ONE:
        assert len(found.curve.thresholds) == 1
        assert isnan(found.precision)


@BOTH
def test_a_single_image_is_evaluated(network: Network, make_examples: Any) -> None:
    examples = make_examples(1)
    found = evaluate(network, network.initial_parameters(), examples, CROSS_ENTROPY)
    assert found.loss == pytest.approx(log(2 if network is ONE else 10))
    assert found.confusion.sum() == found.examples == 1
