"""Why the neuron answers as it does: what each pixel says for and against the digit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sixpad.core.grid import SIDE
from sixpad.core.network import Parameters, sigmoid


@dataclass(frozen=True, eq=False)
class Evidence:
    """One answer, taken apart: z = the sum of `pixels` + `bias`, and P = σ(z).

    `pixels` (24, 24) is x·w of each pixel; `total_for` sums what is positive in it and
    `total_against` what is negative.
    """

    pixels: NDArray[np.float64]
    total_for: float
    total_against: float
    bias: float
    z: float
    P: float


def weigh(parameters: Parameters, X: NDArray[Any]) -> Evidence:
    """The evidence in the row vector X (576,) under a single neuron's parameters."""
    pixels = X * parameters["output.weights"][:, 0].astype(np.float64)
    total_for = float(pixels[pixels > 0].sum())
    total_against = float(pixels[pixels < 0].sum())
    bias = float(parameters["output.bias"][0])
    z = total_for + total_against + bias
    return Evidence(
        pixels.reshape(SIDE, SIDE), total_for, total_against, bias, z, float(sigmoid(z))
    )
