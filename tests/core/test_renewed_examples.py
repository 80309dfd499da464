"""Training on examples that are new in every epoch: the right ones, and exactly resumed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from learning import BOTH, Fingerprint, MakeExamples, StopAtLook

from sixpad.core.backend import Backend, cpu
from sixpad.core.config import TrainingConfig
from sixpad.core.fallback import train_with_fallback
from sixpad.core.network import Network
from sixpad.core.run import Control, Examples
from sixpad.core.snapshot import EPOCHS, INTERRUPTED, Snapshot
from sixpad.core.training import train

NETWORK = Network(6)
CONFIG = TrainingConfig(epochs=4, batch_size=20, schedule="constant")


@dataclass
class Renewal:
    """Other examples for each epoch, and a record of which were asked for."""

    make: MakeExamples
    asked: list[int] = field(default_factory=list)
    on_share: Callable[[float], None] | None = None

    def __call__(self, epoch: int, on_progress: Callable[[float], None]) -> Examples:
        self.asked.append(epoch)
        for share in (0.25, 0.5, 1.0):
            if self.on_share:
                self.on_share(share)
            on_progress(share)
        examples: Examples = self.make(60, 100 + epoch)
        return examples


def test_each_epoch_learns_from_its_own_examples(
    make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    """The same as four trainings of one epoch, each on that epoch's examples."""
    validation, renewal = make_examples(30, 2), Renewal(make_examples)
    *_, last = train(NETWORK, make_examples(60, 1), validation, CONFIG, renew=renewal)
    assert renewal.asked == [1, 2, 3]
    step = None
    for part in (1, 101, 102, 103):
        one = replace(CONFIG, epochs=1)
        *_, step = train(NETWORK, make_examples(60, part), validation, one, start=step)
    assert step is not None
    assert fingerprint(last.parameters) == fingerprint(step.parameters)
    assert last.stopped == EPOCHS


@pytest.mark.parametrize("steps", range(1, 12))
def test_a_run_goes_on_from_any_step_as_if_never_stopped(
    steps: int, make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    """Three steps an epoch: it is left at every step of the four epochs, and taken up anew."""
    parts = make_examples(60, 1), make_examples(30, 2)
    *_, whole = train(NETWORK, *parts, CONFIG, renew=Renewal(make_examples))
    *_, left = train(NETWORK, *parts, CONFIG, steps=steps, renew=Renewal(make_examples))
    assert left.stopped == INTERRUPTED
    again = Renewal(make_examples)
    *_, last = train(NETWORK, *parts, CONFIG, start=left, resume=True, renew=again)
    assert fingerprint(last.parameters) == fingerprint(whole.parameters)
    assert fingerprint(last.optimizer_state) == fingerprint(whole.optimizer_state)
    assert again.asked[0] == max(left.epoch, 1)


def test_a_stop_is_heard_while_examples_are_on_their_way(
    make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    control = Control()
    shares: list[float] = []

    def stop(share: float) -> None:
        shares.append(share)
        control.stop = True

    parts = make_examples(60, 1), make_examples(30, 2)
    renewal = Renewal(make_examples, on_share=stop)
    *_, last = train(NETWORK, *parts, CONFIG, control=control, renew=renewal)
    assert (last.stopped, last.epoch, last.step) == (INTERRUPTED, 1, 3)
    assert shares == [0.25]
    *_, whole = train(NETWORK, *parts, CONFIG, renew=Renewal(make_examples))
    *_, resumed = train(
        NETWORK, *parts, CONFIG, start=last, resume=True, renew=Renewal(make_examples)
    )
    assert fingerprint(resumed.parameters) == fingerprint(whole.parameters)


@pytest.mark.parametrize("steps", [3, 6])
def test_a_run_that_ends_with_an_epoch_does_not_ask_for_the_next(
    steps: int, make_examples: MakeExamples
) -> None:
    parts, renewal = (make_examples(60, 1), make_examples(30, 2)), Renewal(make_examples)
    *_, last = train(NETWORK, *parts, CONFIG, steps=steps, renew=renewal)
    assert (last.step, last.stopped) == (steps, INTERRUPTED)
    assert renewal.asked == list(range(1, steps // 3))


def test_new_examples_make_another_network(
    make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    parts = make_examples(60, 1), make_examples(30, 2)
    *_, same = train(NETWORK, *parts, CONFIG)
    *_, renewed = train(NETWORK, *parts, CONFIG, renew=Renewal(make_examples))
    assert fingerprint(same.parameters) != fingerprint(renewed.parameters)


def test_the_same_examples_again_are_no_change(
    make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    parts = make_examples(60, 1), make_examples(30, 2)

    def same(_epoch: int, _on_progress: Callable[[float], None]) -> Examples:
        examples: Examples = parts[0]
        return examples

    plain, renewed = (
        fingerprint(list(train(NETWORK, *parts, CONFIG, renew=renew))) for renew in (None, same)
    )
    assert plain == renewed


@BOTH
@given(looks=st.lists(st.integers(0, 30), min_size=1, max_size=4))
def test_a_run_stopped_at_any_look_goes_on_as_if_never_stopped(
    network: Network, looks: list[int], make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    parts = make_examples(60, 1), make_examples(30, 2)
    *_, whole = train(network, *parts, CONFIG, renew=Renewal(make_examples))
    last: Snapshot | None = None
    for look in [*looks, 10**9]:
        if last is None or last.stopped == INTERRUPTED:
            control, renewal = StopAtLook(look), Renewal(make_examples)
            *_, last = train(
                network, *parts, CONFIG, start=last, resume=True, control=control, renew=renewal
            )
    assert last is not None
    assert last.stopped == EPOCHS
    for name in ("parameters", "optimizer_state", "random_state", "step", "epoch"):
        assert fingerprint(getattr(last, name)) == fingerprint(getattr(whole, name))


@pytest.mark.parametrize("call", [0, 20, 40])
def test_where_the_gpu_is_lost_the_cpu_goes_on_with_the_same_examples(
    call: int,
    make_examples: MakeExamples,
    failing_gpu: Callable[..., Backend],
    fingerprint: Fingerprint,
) -> None:
    parts = make_examples(60, 1), make_examples(30, 2)
    ends = []
    for backend in (failing_gpu(call), cpu("")):
        renewal, control = Renewal(make_examples), Control(snapshot_steps=2)
        *_, end = train_with_fallback(
            NETWORK, *parts, CONFIG, backend=backend, control=control, renew=renewal
        )
        ends.append(end)
    (lost, used), (never, _) = ends
    assert used.device == "cpu"
    assert fingerprint(lost.parameters) == fingerprint(never.parameters)
    assert (lost.step, lost.stopped) == (never.step, EPOCHS)
