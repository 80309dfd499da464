"""What a correction costs: wrong answers put right, earlier ones that change, and milliseconds.

Each model is trained on 8,000 generated digits; its wrong answers on fresh ones are corrected one
by one, each from the same weights.
"""

from __future__ import annotations

import time

import numpy as np

from sixpad.core.config import TrainingConfig
from sixpad.core.correction import correct
from sixpad.core.network import MODELS, Network, Parameters, network_of
from sixpad.core.training import train
from sixpad.data.dataset import Dataset
from sixpad.data.spec import load_parts

COUNT = 100


def right(network: Network, parameters: Parameters, examples: Dataset) -> np.ndarray:  # type: ignore[type-arg]
    z = network.logits_in_blocks(parameters, examples.images)
    if network.digit is None:
        return np.asarray(z.argmax(axis=1) == examples.labels)
    return np.asarray((z > 0) == (examples.labels == network.digit))


def main() -> None:
    training, validation = load_parts(("handwriting:10000",))
    fresh, _ = load_parts(("handwriting:10000:77",))
    for model in MODELS:
        network, config = network_of(model, 6), TrainingConfig.of(model)
        *_, snapshot = train(network, training, validation, config)
        before = right(network, snapshot.parameters, validation)
        wrong = np.flatnonzero(~right(network, snapshot.parameters, fresh))[:COUNT]
        found, seconds = [], []
        for seed, place in enumerate(wrong.tolist()):
            begun = time.perf_counter()
            correction = correct(
                network, snapshot.parameters, fresh.images[place], int(fresh.labels[place]),
                training, seed=seed, smoothing=config.smoothing,
            )  # fmt: skip
            seconds.append(time.perf_counter() - begun)
            after = right(network, correction.parameters, validation)
            one = fresh.take(np.array([place]))
            found.append((
                right(network, correction.parameters, one)[0], correction.steps,
                (before & ~after).sum(), (~before & after).sum(),
            ))  # fmt: skip
        share, steps, lost, won = np.array(found, float).mean(axis=0)
        print(
            f"{network.title}: {len(wrong)} wrong answers, {share:.0%} right after "
            f"{steps:.1f} steps; of {len(validation):,} kept apart {lost:.1f} turn from right to "
            f"wrong and {won:.1f} from wrong to right; {1000 * np.median(seconds):.0f} ms",
            flush=True,
        )


if __name__ == "__main__":
    main()
