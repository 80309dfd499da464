"""A correction: a few gradient steps that teach a network one drawing and keep what it knew.

Steps on the one drawing alone would turn the answers to many others. So every step goes against
the gradient of the drawing and, with much more weight, against that of a batch of earlier examples
drawn by a seed: along a way on which the drawing comes out right, the earlier ones hold the rest in
place. How long a step is, the drawing says itself: a part of the step that would bring its loss
down to where it is right, were the loss a straight line (Polyak, 1969). That suits one neuron and
convolution alike, whatever their weights are. As soon as the drawing is right by a small margin it
ends: each further step would only cost answers elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from math import log
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sixpad.core.answer import CROSS_ENTROPY
from sixpad.core.grid import PIXELS
from sixpad.core.network import Network, Parameters
from sixpad.core.run import Examples
from sixpad.core.snapshot import Snapshot
from sixpad.errors import SixpadError

# By tests/benchmarks/correction.py: of 2,000 examples 5 to 21 turn wrong by a correction, and 2 to
# 13 right; with equal weights it is up to twice as many.
_STEPS, _BATCH, _SHARE, _PART, _ENOUGH = 30, 128, 0.05, 0.3, 0.6
# A drawing that so many steps have not turned gets more weight from one step to the next.
_PATIENCE, _GROWTH, _MOST = 15, 1.25, 0.5
# So many earlier examples are asked before and after.
_ASKED = 2000


class Correction(NamedTuple):
    """What a correction has changed.

    `before` and `after` are P of the right digit; of one neuron, P of the digit it looks for. Of
    `asked` earlier examples, `lost` were right and are wrong now, and `won` the other way round.
    `gradient` is that of the last of the `steps`; of none it is None.
    """

    parameters: Parameters
    gradient: Parameters | None
    steps: int
    before: float
    after: float
    asked: int
    lost: int
    won: int


def correct(
    network: Network,
    parameters: Parameters,
    x: NDArray[Any],
    label: int,
    earlier: Examples,
    *,
    seed: int,
    smoothing: float = 0.0,
) -> Correction:
    """Teach a network that the image x (576,) holds the digit `label`, mixed with `earlier` ones.

    The loss is cross-entropy whatever the training's is: that of squared error has hardly a slope
    where an answer is sure and wrong. Earlier truths are smoothed as in training. An image that is
    right by a margin already changes nothing. Raises SixpadError where no steps lead anywhere.
    """
    theta = network.flat(parameters)
    way = _Way(network, theta, x, label, earlier, seed, smoothing)
    generator = np.random.default_rng((seed, 4))
    asked = generator.permutation(len(earlier.labels))[:_ASKED]
    images, labels = earlier.images[asked], earlier.labels[asked]
    right = _right(network, parameters, images, labels)
    steps = 0
    with np.errstate(over="ignore", invalid="ignore"):
        while steps < _STEPS and way.step():
            steps += 1
    if not np.isfinite(way.theta).all():
        raise SixpadError("The correction went astray and was given up: train the network first.")
    changed = network.views(way.theta)
    right_now = _right(network, changed, images, labels) if steps else right
    gradient = network.views(way.gradient) if steps else None
    for arrays in (changed, gradient or {}):
        for array in arrays.values():
            array.setflags(write=False)
    return Correction(
        changed,
        gradient,
        steps,
        _told(network, parameters, x, label),
        _told(network, changed, x, label),
        len(asked),
        int((right & ~right_now).sum()),
        int((~right & right_now).sum()),
    )


def needless(
    network: Network, parameters: Parameters, x: NDArray[Any], label: int
) -> Correction | None:
    """What a correction finds of an image x (576,) that is right by a margin already.

    None where it is not, and steps are needed.
    """
    z = network.forward(network.flat(parameters), x.reshape(1, PIXELS).astype(np.float64))
    t = network.targets(np.array([label], np.uint8))
    (loss,) = network.answer.losses(z, t, CROSS_ENTROPY).tolist()
    if loss > -log(_ENOUGH):
        return None
    P = _told(network, parameters, x, label)
    return Correction(parameters, None, 0, P, P, 0, 0, 0)


def corrected(snapshot: Snapshot, correction: Correction) -> Snapshot:
    """The training after a correction: it goes on as it would have, with other parameters.

    The optimiser and the place in the run are as they were. What was best until now is not, since
    it knows nothing of the correction.
    """
    if not correction.steps:
        return snapshot
    return replace(
        snapshot,
        parameters=correction.parameters,
        gradient=correction.gradient,
        step=snapshot.step + correction.steps,
        best=None,
        losses=np.empty((0, 2)),
        validation=(),
    )


class _Way:
    """The flat parameters θ on their way, step by step."""

    def __init__(
        self, network: Network, theta: NDArray[Any], x: NDArray[Any], label: int,
        earlier: Examples, seed: int, smoothing: float,
    ) -> None:  # fmt: skip
        self._network, self._earlier, self._smoothing = network, earlier, smoothing
        self.theta, self.gradient = theta, theta
        self._x = np.asarray(x).reshape(1, PIXELS)
        self._t = network.targets(np.array([label], np.uint8))
        self._generator = np.random.default_rng((seed, 5))
        self._share, self._left = _SHARE, _PATIENCE

    def step(self) -> bool:
        """Take one step; False where there is no need of any, or none leads on."""
        network = self._network
        z = network.forward(self.theta, self._x.astype(self.theta.dtype))
        (loss,) = network.answer.losses(z, self._t, CROSS_ENTROPY).tolist()
        excess = loss + log(_ENOUGH)
        own = self._slope(self._x, self._t)
        steepness = float(own @ own)
        # A little further than just there, or the last steps would become ever smaller.
        length = _PART * (excess + 0.05) / steepness if steepness > 0 else 0.0
        if excess <= 0 or not 0 < length < np.inf:
            return False
        places = self._generator.integers(0, len(self._earlier.labels), _BATCH)
        truth = network.targets(self._earlier.labels[places]).astype(self.theta.dtype)
        aims = network.answer.smoothed(truth, self._smoothing)
        others = self._slope(self._earlier.images[places], aims)
        self.gradient = self._share * own + (1 - self._share) * others
        self.theta = self.theta - length / self._share * self.gradient
        self._left -= 1
        if self._left < 0:
            self._share = min(self._share * _GROWTH, _MOST)
        return True

    def _slope(self, images: NDArray[Any], truth: NDArray[Any]) -> NDArray[Any]:
        """The flat gradient of the mean loss of images (n, 576)."""
        X = np.ones((len(images), PIXELS + 1), self.theta.dtype)
        X[:, :PIXELS] = images
        truth = truth.astype(self.theta.dtype)
        _, gradient = self._network.answer_and_gradient(self.theta, X, truth, CROSS_ENTROPY)
        return np.asarray(gradient / len(images))


def _right(
    network: Network, parameters: Parameters, images: NDArray[np.uint8], labels: NDArray[np.uint8]
) -> NDArray[np.bool_]:
    """Which of these images (n, 576) are answered right."""
    z = network.logits_in_blocks(parameters, images)
    if network.digit is None:
        return np.asarray(z.argmax(axis=1) == labels)
    return np.asarray((z > 0) == (labels == network.digit))


def _told(network: Network, parameters: Parameters, x: NDArray[Any], label: int) -> float:
    """P of the right digit, or of the one that a neuron looks for."""
    X = np.asarray(x, network.flat(parameters).dtype).reshape(1, PIXELS)
    (P,) = network.predict(parameters, X)
    return float(P if network.digit is not None else P[label])
