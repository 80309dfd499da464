"""The settings of a training: what is out of range is refused in a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from sixpad.core.config import TrainingConfig
from sixpad.errors import SixpadError


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"epochs": 0}, "epochs"),
        ({"epochs": 10**7}, "epochs"),
        ({"learning_rate": 0.0}, "learning rate"),
        ({"learning_rate": float("nan")}, "learning rate"),
        ({"learning_rate": float("inf")}, "learning rate"),
        ({"learning_rate": -1.0}, "learning rate"),
        ({"batch_size": 0}, "batch size"),
        ({"batch_size": 10**10}, "batch size"),
        ({"optimizer": "newton"}, "gd, momentum, adam"),
        ({"loss": "hinge"}, "cross-entropy, squared-error"),
        ({"l2": -0.1}, "L2"),
        ({"l2": float("nan")}, "L2"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**63}, "seed"),
        ({"shift": 5}, "0 to 4 pixels"),
        ({"rotation": -1.0}, "0 to 45 degrees"),
        ({"rotation": 45.5}, "0 to 45 degrees"),
        ({"rotation": float("nan")}, "rotation"),
        ({"scale": -0.1}, "0 to 0.5"),
        ({"scale": 0.6}, "0 to 0.5"),
        ({"scale": float("nan")}, "scale"),
        ({"slant": 46.0}, "0 to 45 degrees"),
        ({"slant": float("inf")}, "slant"),
        ({"noise": 0.6}, "noise"),
        ({"noise": float("nan")}, "noise"),
        ({"target_loss": -1.0}, "target loss"),
        ({"target_loss": float("nan")}, "target loss"),
        ({"patience": 0}, "patience"),
    ],
)
def test_a_setting_out_of_range_is_refused(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(SixpadError, match=told):
        TrainingConfig(**wrong)
