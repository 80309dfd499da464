"""The settings of a training, checked."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from sixpad.core.answer import CROSS_ENTROPY, LOSSES
from sixpad.core.image_maps import Moves
from sixpad.core.optimizer import OPTIMIZERS
from sixpad.core.sizes import CONV, HIDDEN
from sixpad.errors import SixpadError

MOST_SHIFT, MOST_ROTATION, MOST_SCALE, MOST_SLANT, MOST_NOISE = 4, 45, 0.5, 45, 0.5

CONSTANT, FALLING = "constant", "falling"
SCHEDULES = (CONSTANT, FALLING)


@dataclass(frozen=True)
class TrainingConfig:
    """How to train.

    The learning rate is `constant` throughout a run, or `falling` in a straight line from its value
    to nothing at the run's last epoch. `batch_size` examples make one step; more than there are
    means all of them. `l2` is the weight of (l2/2)·‖W‖² in the loss. With `smoothing` the gradient
    is that of a truth which leaves such a share to all answers alike, so that no answer is ever
    sure enough (Szegedy and others, 2015, arXiv:1512.00567). In every step each image is slanted
    and turned by up to `slant` and `rotation` degrees to either side, made larger or smaller by up
    to the share `scale`, and shifted by up to `shift` pixels in either direction; the share `noise`
    of its pixels is turned over, and the share `dropout` of the hidden neurons is left out.
    Training settles at `target_loss` (the training loss over a whole epoch), or when the validation
    loss has not improved for `patience` epochs; with a patience, the best parameters are kept.
    Raises SixpadError for a value out of its range.
    """

    epochs: int = 20
    learning_rate: float = 0.003
    schedule: str = FALLING
    batch_size: int = 128
    optimizer: str = "adam"
    loss: str = CROSS_ENTROPY
    l2: float = 0.0001
    smoothing: float = 0.0
    shift: int = 0
    rotation: float = 0.0
    scale: float = 0.0
    slant: float = 0.0
    noise: float = 0.0
    dropout: float = 0.0
    seed: int = 6
    target_loss: float | None = None
    patience: int | None = None

    def __post_init__(self) -> None:
        checks = (
            (1 <= self.epochs <= 1_000_000, "The epochs are a number from 1 to 1,000,000."),
            (
                isfinite(self.learning_rate) and 0 < self.learning_rate <= 1e6,
                "The learning rate is a number above 0, at most 1,000,000.",
            ),
            (
                self.schedule in SCHEDULES,
                f"The schedule of the learning rate is one of: {', '.join(SCHEDULES)}.",
            ),
            (1 <= self.batch_size <= 10**9, "The batch size is a number from 1 to 1,000,000,000."),
            (
                self.optimizer in OPTIMIZERS,
                f"The optimiser is one of: {', '.join(OPTIMIZERS)}.",
            ),
            (self.loss in LOSSES, f"The loss is one of: {', '.join(LOSSES)}."),
            (isfinite(self.l2) and 0 <= self.l2 <= 1e6, "L2 is a number from 0 to 1,000,000."),
            (
                isfinite(self.smoothing) and 0 <= self.smoothing <= 0.5,
                "The smoothing is a share from 0 to 0.5.",
            ),
            (self.shift in range(MOST_SHIFT + 1), f"The shift is 0 to {MOST_SHIFT} pixels."),
            (
                0 <= self.rotation <= MOST_ROTATION,
                f"The rotation is 0 to {MOST_ROTATION} degrees.",
            ),
            (
                0 <= self.scale <= MOST_SCALE,
                f"The scale is a share of the size from 0 to {MOST_SCALE}.",
            ),
            (0 <= self.slant <= MOST_SLANT, f"The slant is 0 to {MOST_SLANT} degrees."),
            (
                0 <= self.noise <= MOST_NOISE,
                f"The noise is a share of the pixels from 0 to {MOST_NOISE}.",
            ),
            (
                isfinite(self.dropout) and 0 <= self.dropout <= 0.9,
                "Dropout is a share of the hidden neurons from 0 to 0.9.",
            ),
            (0 <= self.seed < 2**63, "The seed is a whole number from 0 to 2⁶³ − 1."),
            (
                self.target_loss is None or (isfinite(self.target_loss) and self.target_loss >= 0),
                "The target loss is 0 or more.",
            ),
            (self.patience is None or self.patience >= 1, "The patience is 1 epoch or more."),
        )
        for right, sentence in checks:
            if not right:
                raise SixpadError(sentence)

    @property
    def moves(self) -> Moves:
        """The most that an image is moved by."""
        return Moves(self.shift, self.rotation, self.scale, self.slant)

    @classmethod
    def of(cls, model: str) -> TrainingConfig:
        """What serves a model best that is trained on some ten thousand digits."""
        return _DEFAULTS.get(model, cls())


# By tests/benchmarks/recognition.py and training.py.
_DEFAULTS = {
    HIDDEN: TrainingConfig(epochs=30, learning_rate=0.006, smoothing=0.05, shift=1),
    CONV: TrainingConfig(epochs=12, learning_rate=0.006, smoothing=0.05, shift=1),
}
