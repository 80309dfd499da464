"""The model file: all comes back exactly, and training goes on from it exactly."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import nan
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from saved_models import (
    ONE,
    TEN,
    assert_equal,
    config,
    framed,
    model,
    run,
    taken_apart,
    trained,
)

from sixpad.core.config import TrainingConfig
from sixpad.core.metrics import Scores
from sixpad.core.network import MODELS, NETWORKS, Network
from sixpad.core.optimizer import OPTIMIZERS
from sixpad.core.preparation import Preparation
from sixpad.core.snapshot import initial_snapshot
from sixpad.data.model_file import Model, open_model, save_model


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "six.safetensors"


@pytest.mark.parametrize("network", [ONE, TEN], ids=MODELS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_everything_comes_back_exactly(path: Path, optimizer: str, network: Network) -> None:
    saved = model(trained(optimizer, network=network), network)
    save_model(path, saved)
    assert_equal(saved, open_model(path))


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("preparation", Preparation)
def test_a_network_that_has_not_learned_comes_back(
    path: Path, preparation: Preparation, network: Network
) -> None:
    saved = Model(network, initial_snapshot(network, TrainingConfig()), preparation)
    save_model(path, saved)
    opened = open_model(path)
    assert_equal(saved, opened)
    assert opened.network == network
    assert opened.preparation is preparation


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rate=st.floats(1e-300, 1e6),
    loss_sum=st.floats(0, 1e300),
    seed=st.integers(0, 2**63 - 1),
    numbers=st.tuples(st.integers(0, 2**128 - 1), st.integers(0, 2**127 - 1)),
    score=st.floats(0, 1) | st.just(nan),
    data=st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=2000),
)
def test_every_number_survives(
    path: Path, rate: float, loss_sum: float, seed: int, numbers: tuple[int, int], score: float,
    data: str,
) -> None:  # fmt: skip
    state = {
        "bit_generator": "PCG64",
        "state": {"state": numbers[0], "inc": 2 * numbers[1] + 1},
        "has_uint32": 1,
        "uinteger": 2**32 - 1,
    }
    snapshot = replace(
        trained(), config=replace(config(), learning_rate=rate, seed=seed), loss_sum=loss_sum,
        random_state=state,
    )  # fmt: skip
    saved = replace(model(snapshot), scores=Scores(loss_sum, score, score, score), data=data)
    save_model(path, saved)
    assert_equal(saved, open_model(path))


@pytest.mark.parametrize("network", [ONE, TEN], ids=MODELS)
@pytest.mark.parametrize("steps", [7, 17])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_run_saved_and_opened_equals_the_run_never_stopped(
    path: Path, optimizer: str, steps: int, network: Network
) -> None:
    settings = config(optimizer)
    whole = run(settings, network)
    first = run(settings, network, steps=steps)
    save_model(path, model(first[-1], network))
    opened = open_model(path).snapshot
    second = run(opened.config, network, start=opened, resume=True)
    assert_equal(whole[-1], second[-1])
    losses = np.concatenate([snapshot.losses for snapshot in first + second])
    assert_equal(np.concatenate([snapshot.losses for snapshot in whole]), losses)
    assert whole[-1].step > steps


def test_the_arrays_are_read_only_and_the_file_is_let_go(path: Path) -> None:
    save_model(path, model())
    snapshot = open_model(path).snapshot
    assert snapshot.best
    arrays = [*snapshot.parameters.values(), *snapshot.optimizer_state.values()]
    arrays += snapshot.best.parameters.values()
    assert not any(array.flags.writeable for array in arrays)
    before = [array.tobytes() for array in arrays]
    path.write_bytes(bytes(path.stat().st_size))
    assert before == [array.tobytes() for array in arrays]


@pytest.mark.parametrize(
    ("network", "preparation", "said"),
    [
        (ONE, Preparation.FITTED, ("one", "[576, 1]", "3", "centre-and-fit")),
        (ONE, Preparation.AS_DRAWN, ("one", "[576, 1]", "3", "none")),
        (TEN, Preparation.DESKEWED, ("ten", "[576, 10]", "null", "deskew-centre-and-fit")),
    ],
)
def test_the_header_says_what_it_is(
    path: Path, network: Network, preparation: Preparation, said: tuple[str, ...]
) -> None:
    save_model(path, replace(model(network=network), preparation=preparation))
    tensors, metadata = taken_apart(path)
    assert metadata["format_version"] == "1"
    assert tuple(metadata[n] for n in ("model", "layers", "digit", "preparation")) == said
    assert metadata["data"] == "handwriting:400"
    assert json.loads(metadata["training"])["optimizer"] == "adam"
    assert json.loads(metadata["scores"])["average_precision"] is None
    age = datetime.now(UTC) - datetime.fromisoformat(metadata["saved_at"])
    assert timedelta(seconds=-1) < age < timedelta(minutes=5)
    assert tensors["parameters.output.weights"].shape == network.shapes()["output.weights"]


def test_the_order_of_arrays_and_fields_does_not_matter(path: Path) -> None:
    saved = model()
    save_model(path, saved)
    tensors, metadata = taken_apart(path)
    shuffled = random.Random(6).sample(list(metadata.items()), len(metadata))
    # The library sorts arrays by type and name, so the file is put together by hand.
    body, header = b"", {}
    for name in random.Random(7).sample(list(tensors), len(tensors)):
        array = tensors[name]
        header[name] = {
            "dtype": "I64" if array.dtype == np.int64 else "F32",
            "shape": list(array.shape),
            "data_offsets": [len(body), len(body) + array.nbytes],
        }
        body += array.tobytes()
    path.write_bytes(framed(json.dumps({**header, "__metadata__": dict(shuffled)}).encode(), body))
    assert_equal(saved, open_model(path))


def test_names_of_data_are_cut_to_what_the_header_holds(path: Path) -> None:
    save_model(path, replace(model(), data="\udc80\n\x1b[2J" + "😀" * 100_000))
    data = open_model(path).data
    assert len(data) == 2000
    assert data.startswith("???[2J😀")
    assert data.endswith("…")
