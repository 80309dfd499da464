"""The mailbox keeps every metric and only the newest state, whoever puts and takes when."""

from __future__ import annotations

from dataclasses import replace
from threading import Thread

import numpy as np

from sixpad.core.backend import cpu
from sixpad.core.config import TrainingConfig
from sixpad.core.metrics import Scores
from sixpad.core.network import Network
from sixpad.core.snapshot import Snapshot, initial_snapshot
from sixpad.gui.mailbox import Mailbox

START = initial_snapshot(Network(), TrainingConfig())
CPU = cpu("a test")


def snapshot(step: int, *, losses: int = 1, scored: bool = False) -> Snapshot:
    steps = np.arange(step - losses + 1, step + 1)
    scores = ((step, Scores(step / 10, 0.9, 0.5, 0.5)),) if scored else ()
    return replace(
        START, step=step, losses=np.column_stack([steps, steps / 100]), validation=scores
    )


def test_an_empty_mailbox_gives_nothing() -> None:
    mailbox = Mailbox()
    assert mailbox.take() is None
    mailbox.put(snapshot(1), CPU, 1.0)
    assert mailbox.take() is not None
    assert mailbox.take() is None


def test_it_keeps_every_metric_and_only_the_newest_state() -> None:
    mailbox, other = Mailbox(), cpu("another")
    mailbox.put(snapshot(3, losses=3, scored=True), CPU, 10.0)
    mailbox.put(snapshot(4), CPU, 20.0)
    last = snapshot(7, losses=3, scored=True)
    mailbox.put(last, other, 30.0)
    mail = mailbox.take()
    assert mail is not None
    assert mail.snapshot is last
    assert mail.backend is other
    assert mail.images_per_second == 30.0
    assert mail.losses[:, 0].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert [step for step, _ in mail.validation] == [3, 7]


def test_a_snapshot_without_metrics_is_a_state_all_the_same() -> None:
    mailbox = Mailbox()
    mailbox.put(START, CPU, 0.0)
    mail = mailbox.take()
    assert mail is not None
    assert mail.losses.shape == (0, 2)
    assert mail.validation == ()


def test_nothing_is_lost_or_doubled_between_threads() -> None:
    mailbox, count = Mailbox(), 20_000
    steps: list[float] = []
    newest: list[int] = []

    def put() -> None:
        for step in range(1, count + 1):
            mailbox.put(snapshot(step), CPU, 0.0)

    def take() -> None:
        mail = mailbox.take()
        if mail:
            steps.extend(mail.losses[:, 0].tolist())
            newest.append(mail.snapshot.step)
            assert mail.losses[-1, 0] == mail.snapshot.step

    thread = Thread(target=put)
    thread.start()
    while thread.is_alive():
        take()
    thread.join()
    take()
    assert steps == list(range(1, count + 1))
    assert newest[-1] == count
