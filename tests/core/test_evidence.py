"""Evidence: the parts of an answer add up to what the network says."""

from __future__ import annotations

import numpy as np
import pytest

from sixpad.core.evidence import weigh
from sixpad.core.network import Network


@pytest.mark.parametrize("seed", range(5))
def test_the_parts_add_up_to_the_networks_answer(seed: int) -> None:
    rng = np.random.default_rng(seed)
    parameters = {
        "output.weights": rng.normal(0, 0.3, (576, 1)).astype(np.float32),
        "output.bias": rng.normal(0, 1, 1).astype(np.float32),
    }
    X = (rng.random(576) < 0.2).astype(np.float32)
    evidence = weigh(parameters, X)
    network = Network(6)
    assert evidence.z == pytest.approx(float(network.logits(parameters, X[None])[0]), abs=1e-4)
    assert evidence.P == pytest.approx(float(network.predict(parameters, X[None])[0]), abs=1e-5)
    assert evidence.total_for >= 0 >= evidence.total_against
    assert evidence.z == evidence.total_for + evidence.total_against + evidence.bias
    assert evidence.pixels.sum() == pytest.approx(evidence.z - evidence.bias)
    assert evidence.pixels.shape == (24, 24)


def test_paper_is_no_evidence() -> None:
    parameters = {
        "output.weights": np.ones((576, 1), np.float32),
        "output.bias": np.zeros(1, np.float32),
    }
    X = np.zeros(576, np.float32)
    X[25] = 1
    evidence = weigh(parameters, X)
    assert np.argwhere(evidence.pixels).tolist() == [[1, 1]]
    assert (evidence.total_for, evidence.total_against, evidence.z) == (1, 0, 1)
