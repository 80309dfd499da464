"""The curve: it only grows, but for what a later training takes the place of."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sixpad.core.metrics import Scores
from sixpad.gui.history import History


def losses(first: float, last: float, value: float = 0.5) -> NDArray[np.float64]:
    epochs = np.arange(first, last + 1)
    return np.column_stack([epochs, np.full(len(epochs), value)])


def scored(loss: float) -> Scores:
    return Scores(loss, 0.9, 0.5, 0.4)


def test_it_starts_empty() -> None:
    history = History()
    assert history.training.shape == (0, 2)
    assert history.validation.shape == (0, 2)
    assert history.scores is None


def test_it_grows() -> None:
    history = History()
    history.extend(losses(1, 3), [(0.0, scored(0.9))])
    history.extend(losses(4, 5), [(3.0, scored(0.6)), (5.0, scored(0.4))])
    assert history.training[:, 0].tolist() == [1, 2, 3, 4, 5]
    assert history.validation.tolist() == [[0, 0.9], [3, 0.6], [5, 0.4]]
    assert history.scores == scored(0.4)


def test_no_news_changes_nothing() -> None:
    history = History()
    history.extend(losses(1, 3), [(3.0, scored(0.6))])
    history.extend(np.empty((0, 2)), [])
    assert len(history.training) == 3
    assert len(history.validation) == 1
    assert history.scores == scored(0.6)


def test_what_was_at_later_epochs_is_replaced() -> None:
    history = History()
    history.extend(losses(1, 6, 0.5), [(0.0, scored(1.0)), (3.0, scored(0.6)), (6.0, scored(0.4))])
    history.extend(losses(4, 5, 0.1), [(3.0, scored(0.7))])
    assert history.training.tolist() == [[1, 0.5], [2, 0.5], [3, 0.5], [4, 0.1], [5, 0.1]]
    assert history.validation.tolist() == [[0, 1.0], [3, 0.7]]


def test_losses_that_are_no_numbers_can_be_kept_and_replaced() -> None:
    """The curve of a training that diverged, and of the one after it."""
    history = History()
    history.extend(np.array([[1, 0.5], [2, np.inf], [3, np.nan]]), [])
    history.extend(losses(2, 3, 0.4), [])
    assert history.training.tolist() == [[1, 0.5], [2, 0.4], [3, 0.4]]


def test_what_is_given_up_is_cut_off() -> None:
    history = History()
    history.extend(losses(1, 6), [(0.0, scored(1.0)), (6.0, scored(0.4))])
    history.cut(4.0)
    assert history.training[:, 0].tolist() == [1, 2, 3, 4]
    assert history.validation[:, 0].tolist() == [0]
    history.extend(losses(5, 5), [])
    assert history.training[:, 0].tolist() == [1, 2, 3, 4, 5]


@given(st.lists(st.integers(1, 900), min_size=1, max_size=12))
def test_in_one_piece_or_in_many_it_is_the_same(sizes: list[int]) -> None:
    whole, pieces = History(), History()
    total = sum(sizes)
    all_losses = np.column_stack([np.arange(1, total + 1), np.arange(total) / 7])
    whole.extend(all_losses, [])
    begin = 0
    for size in sizes:
        pieces.extend(all_losses[begin : begin + size], [])
        begin += size
    assert np.array_equal(whole.training, pieces.training)
    assert np.array_equal(whole.training, all_losses)
