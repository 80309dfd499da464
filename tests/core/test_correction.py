"""Corrections: the drawing comes out right, little else changes, and a training can go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sixpad.core.config import TrainingConfig
from sixpad.core.correction import correct, corrected, needless
from sixpad.core.network import MODELS, Network, network_of
from sixpad.core.snapshot import Best, Snapshot
from sixpad.core.training import train

SMALL = {"hidden": (16,), "conv": network_of("conv", 6).sizes}


def network(model: str) -> Network:
    return network_of(model, 6, (16,) if model == "hidden" else None)


def trained(model: str, examples: Any, epochs: int = 3) -> Snapshot:
    config = TrainingConfig(epochs=epochs, batch_size=64, learning_rate=0.006)
    *_, last = train(network(model), examples, examples, config)
    return last


def odd(examples: Any, label: int) -> np.ndarray[Any, Any]:
    """An image that looks more like another digit: it has three fifths of its pixels."""
    own, other = (
        examples.images[np.flatnonzero(examples.labels == digit)[0]]
        for digit in (label, (label + 3) % 10)
    )
    return np.where(np.random.default_rng(5).random(own.shape) < 0.4, own, other)


def right(net: Network, parameters: Any, x: Any, label: int) -> bool:
    (P,) = net.predict(parameters, np.asarray(x, np.float32)[None])
    return bool(P > 0.5) == (label == net.digit) if net.digit is not None else P.argmax() == label


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("label", [6, 3])
def test_a_wrong_answer_comes_out_right_and_most_others_stay(
    model: str, label: int, make_examples: Callable[..., Any]
) -> None:
    examples, net = make_examples(600), network(model)
    snapshot = trained(model, examples)
    x = odd(examples, label)
    wrong = not right(net, snapshot.parameters, x, label)
    found = correct(net, snapshot.parameters, x, label, examples, seed=1)
    assert right(net, found.parameters, x, label)
    assert found.asked == 600
    assert (found.steps > 0) >= wrong
    assert found.lost <= 60


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("label", [6, 3])
def test_whether_one_is_needed_is_known_before(
    model: str, label: int, make_examples: Callable[..., Any]
) -> None:
    examples, net = make_examples(600), network(model)
    parameters = trained(model, examples).parameters
    for x in (odd(examples, label), *examples.images[:20]):
        known = needless(net, parameters, x, label)
        found = correct(net, parameters, x, label, examples, seed=1)
        assert (known is None) == (found.steps > 0)
        if known:
            assert (known.before, known.after) == (found.before, found.after)


@pytest.mark.parametrize("model", MODELS)
def test_what_is_told_is_so(model: str, make_examples: Callable[..., Any]) -> None:
    examples, net = make_examples(500), network(model)
    before = trained(model, examples).parameters
    x = odd(examples, 6)
    found = correct(net, before, x, 6, examples, seed=1)

    def answers(parameters: Any) -> Any:
        each = zip(examples.images, examples.labels.tolist(), strict=True)
        return np.array([right(net, parameters, image, label) for image, label in each])

    def P(parameters: Any) -> float:
        (P,) = net.predict(parameters, np.asarray(x, np.float32)[None])
        return float(P if net.digit is not None else P[6])

    were, are = answers(before), answers(found.parameters)
    assert found.lost == (were & ~are).sum()
    assert found.won == (~were & are).sum()
    assert found.before == pytest.approx(P(before), abs=1e-6)
    assert found.after == pytest.approx(P(found.parameters), abs=1e-6)
    assert found.after > found.before


def test_the_same_seed_gives_the_same_correction(
    make_examples: Callable[..., Any], fingerprint: Callable[[Any], Any]
) -> None:
    examples, net = make_examples(500), network("ten")
    parameters = trained("ten", examples).parameters
    before = fingerprint(parameters)
    x = odd(examples, 6)
    first, same, other = (correct(net, parameters, x, 6, examples, seed=seed) for seed in (1, 1, 2))
    assert fingerprint(first) == fingerprint(same)
    assert fingerprint(first) != fingerprint(other)
    assert fingerprint(parameters) == before, "what was there is not touched"
    assert not first.parameters["output.weights" if "output.weights" in first.parameters else
                                next(iter(first.parameters))].flags.writeable  # fmt: skip


def test_a_right_answer_changes_nothing(make_examples: Callable[..., Any]) -> None:
    examples, net = make_examples(500), network("ten")
    snapshot = trained("ten", examples, epochs=20)
    label = int(examples.labels[0])
    found = correct(net, snapshot.parameters, examples.images[0], label, examples, seed=1)
    assert (found.steps, found.lost, found.won) == (0, 0, 0)
    assert found.before == found.after
    assert corrected(snapshot, found) is snapshot


@pytest.mark.parametrize("model", MODELS)
def test_a_run_that_is_corrected_in_the_middle_goes_on(
    model: str, make_examples: Callable[..., Any]
) -> None:
    examples, net = make_examples(400), network(model)
    config = TrainingConfig(epochs=4, batch_size=64, learning_rate=0.006, patience=3)
    *_, start = train(net, examples, examples, config, steps=10)
    start = replace(start, best=start.best or Best(start.parameters, 0.0, 1))
    found = correct(net, start.parameters, odd(examples, 6), 6, examples, seed=1)
    assert found.steps
    between = corrected(start, found)
    assert between.step == start.step + found.steps
    assert (between.epoch, between.batch, between.until) == (start.epoch, start.batch, start.until)
    assert between.random_state == start.random_state
    assert between.best is None, "what was best knows nothing of the correction"
    assert between.progress == start.progress
    *_, last = train(net, examples, examples, config, start=between, resume=True)
    assert last.epoch == start.until
    assert len(last.losses) == 0 or last.losses[0, 0] > between.step
    again = list(train(net, examples, examples, config, start=between, resume=True))[-1]
    for name, array in last.parameters.items():
        np.testing.assert_array_equal(array, again.parameters[name])


def test_weights_that_have_diverged_are_not_corrected(make_examples: Callable[..., Any]) -> None:
    from sixpad.errors import SixpadError

    examples, net = make_examples(100), network("hidden")
    parameters = {name: np.full(shape, np.inf, np.float32) for name, shape in net.shapes().items()}
    with pytest.raises(SixpadError, match="given up"):
        correct(net, parameters, odd(examples, 6), 6, examples, seed=1)
