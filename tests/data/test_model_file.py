"""The model file: all comes back exactly, and training goes on from it exactly."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save
from saved_models import (
    CONV,
    DISTORTED,
    EACH,
    HIDDEN,
    ONE,
    SOURCE,
    TEN,
    VALIDATION,
    assert_equal,
    config,
    framed,
    model,
    run,
    taken_apart,
    trained,
)

from sixpad.core.config import CONSTANT, TrainingConfig
from sixpad.core.metrics import Scores
from sixpad.core.network import NETWORKS, Network
from sixpad.core.optimizer import OPTIMIZERS
from sixpad.core.preparation import Preparation
from sixpad.core.sizes import MOST_PARAMETERS, Kernels
from sixpad.core.snapshot import Best, initial_snapshot
from sixpad.data.model_file import Model, open_model, save_model
from sixpad.data.provenance import MAX_NAME, MAX_NAMES, OTHERS, Source
from sixpad.errors import SixpadError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "six.safetensors"


@pytest.mark.parametrize("network", EACH.values(), ids=EACH)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_everything_comes_back_exactly(path: Path, optimizer: str, network: Network) -> None:
    saved = model(trained(optimizer, network=network), network)
    save_model(path, saved)
    opened = open_model(path)
    assert_equal(saved, opened)
    # The very bits, and not only what they round to.
    z = [
        each.network.logits_in_blocks(each.snapshot.parameters, VALIDATION.images)
        for each in (saved, opened)
    ]
    assert z[0].tobytes() == z[1].tobytes()


@pytest.mark.parametrize("network", [*NETWORKS, HIDDEN, CONV])
@pytest.mark.parametrize("preparation", Preparation)
def test_a_network_that_has_not_learned_comes_back(
    path: Path, preparation: Preparation, network: Network
) -> None:
    source = Source(preparation=preparation)
    saved = Model(network, initial_snapshot(network, TrainingConfig()), source)
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
    name=st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=300),
)
def test_every_number_survives(
    path: Path, rate: float, loss_sum: float, seed: int, numbers: tuple[int, int], score: float,
    name: str,
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
    saved = Model(ONE, snapshot, Source(((name,),)), Scores(loss_sum, score, score, score))
    save_model(path, saved)
    assert_equal(saved, open_model(path))


@pytest.mark.parametrize("network", EACH.values(), ids=EACH)
@pytest.mark.parametrize("steps", [7, 17])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("distortion", [{}, DISTORTED], ids=["plain", "distorted"])
def test_a_run_saved_and_opened_equals_the_run_never_stopped(
    path: Path, distortion: dict[str, Any], optimizer: str, steps: int, network: Network
) -> None:
    settings = config(optimizer, **distortion)
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
        (ONE, Preparation.FITTED, ("one", "", "3", "centre-and-fit")),
        (ONE, Preparation.AS_DRAWN, ("one", "", "3", "none")),
        (TEN, Preparation.DESKEWED, ("ten", "", "null", "deskew-centre-and-fit")),
        (HIDDEN, Preparation.FITTED, ("hidden", "12, 7", "null", "centre-and-fit")),
        (CONV, Preparation.FITTED, ("conv", "4x4x3, 3x3x2, 9", "null", "centre-and-fit")),
    ],
)
def test_the_header_says_what_it_is(
    path: Path, network: Network, preparation: Preparation, said: tuple[str, ...]
) -> None:
    saved = model(network=network)
    save_model(path, replace(saved, source=SOURCE._replace(preparation=preparation)))
    tensors, metadata = taken_apart(path)
    assert metadata["format_version"] == "4"
    assert json.loads(metadata["seconds"]) == 0.1 + 0.7
    assert tuple(metadata[n] for n in ("model", "layers", "digit", "preparation")) == said
    assert json.loads(metadata["data"]) == [["handwriting:400:6"], ["idx train", "images a + b"]]
    assert metadata["new_in_every_epoch"] == "true"
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


def test_what_could_not_be_opened_again_does_not_replace_a_sound_file(path: Path) -> None:
    save_model(path, model())
    before = path.read_bytes()
    broken = {**trained().parameters, "output.bias": np.array([nan], np.float32)}
    with pytest.raises(SixpadError):
        save_model(path, model(replace(trained(), parameters=broken)))
    assert path.read_bytes() == before


def test_names_of_data_are_cut_to_what_the_header_holds(path: Path) -> None:
    """The names of most bytes, and more of them than there is room for."""
    source = Source()
    for number in range(2 * MAX_NAMES):
        name = f"\udc80\n\x1b[2J{number:03}" + "😀" * 100_000
        source = source.then([name], 9, 3, Preparation.FITTED)
    save_model(path, replace(model(), source=source))
    opened = open_model(path).source
    assert opened == source
    assert len(opened.names) == MAX_NAMES
    assert opened.names[0] == OTHERS
    last = opened.names[-1]
    assert len(last) == MAX_NAME
    assert last.startswith(f"???[2J{2 * MAX_NAMES - 1:03}😀")
    assert last.endswith("…")


@pytest.mark.parametrize(
    "network",
    [
        Network(None, "hidden", (2048, 397)),
        Network(None, "conv", (Kernels(11, 64), Kernels(3, 256), 1780)),
    ],
    ids=["hidden", "conv"],
)
def test_the_largest_networks_are_saved_and_opened(path: Path, network: Network) -> None:
    """With all that goes on exactly from them: three times as much again as their parameters."""
    assert 0.99 * MOST_PARAMETERS < network.size <= MOST_PARAMETERS
    parameters = network.initial_parameters(seed=1)
    state = {
        "count": np.array(1),
        "mean": np.ones(network.size, np.float32),
        "square": np.ones(network.size, np.float32),
    }
    snapshot = replace(
        initial_snapshot(network, config()), parameters=parameters, optimizer_state=state,
        best=Best(parameters, 0.5, 0), step=1, batch=1, until=4, examples=100,
    )  # fmt: skip
    saved = model(snapshot, network)
    save_model(path, saved)
    assert_equal(saved, open_model(path))


# Files of earlier versions: of the third, which only shifted images, of the second, which knew no
# layers before the last one, and of the first, which had the names of the data in one text and
# often no schedule too.


def of_version_3(path: Path, saved: Model) -> None:
    """Save a model as the third version did."""
    save_model(path, saved)
    tensors, metadata = taken_apart(path)
    training = json.loads(metadata["training"])
    for name in ("rotation", "scale", "slant"):
        del training[name]
    older = {"format_version": "3", "training": json.dumps(training)}
    path.write_bytes(save(tensors, metadata | older))


@pytest.mark.parametrize("network", EACH.values(), ids=EACH)
def test_files_of_version_3_are_still_read(path: Path, network: Network) -> None:
    shifted = replace(trained(network=network), config=config(shift=1, noise=0.05))
    of_version_3(path, model(shifted, network))
    opened = open_model(path)
    assert_equal(opened, model(shifted, network))
    assert (opened.snapshot.config.rotation, opened.snapshot.config.slant) == (0, 0)


def test_since_version_4_rotation_is_named(path: Path) -> None:
    of_version_3(path, model())
    tensors, metadata = taken_apart(path)
    path.write_bytes(save(tensors, metadata | {"format_version": "4"}))
    with pytest.raises(SixpadError, match="training: it does not hold exactly"):
        open_model(path)


def test_what_a_mixture_kept_apart_is_in_doubt_where_it_was_split_as_a_whole(path: Path) -> None:
    """Earlier builds did that, and say nothing of how they split."""
    saved = model()
    save_model(path, saved)
    tensors, metadata = taken_apart(path)
    assert metadata.pop("split") == "each source"
    path.write_bytes(save(tensors, metadata))
    assert open_model(path).source.data == ((OTHERS,), *saved.source.data)
    save_model(path, replace(saved, source=Source(saved.source.data[:1])))
    tensors, metadata = taken_apart(path)
    del metadata["split"]
    path.write_bytes(save(tensors, metadata))
    assert open_model(path).source.data == saved.source.data[:1]


def of_version_2(path: Path, network: Network, **changed: str) -> None:
    """Save the model as the second version did."""
    of_version_3(path, model(network=network))
    tensors, metadata = taken_apart(path)
    training = json.loads(metadata["training"])
    for name in ("smoothing", "shift", "noise", "dropout"):
        del training[name]
    del metadata["seconds"]
    outputs = 1 if network.model == "one" else 10
    older = {
        "format_version": "2", "layers": f"[576, {outputs}]", "training": json.dumps(training)
    }  # fmt: skip
    path.write_bytes(save(tensors, metadata | older | changed))


@pytest.mark.parametrize("network", [ONE, TEN], ids=["one", "ten"])
def test_files_of_version_2_are_still_read(path: Path, network: Network) -> None:
    of_version_2(path, network)
    opened = open_model(path)
    assert_equal(opened, replace(model(network=network), seconds=0.0))
    assert opened.snapshot.config.shift == 0


@pytest.mark.parametrize("model_name", ["hidden", "conv"])
def test_version_2_knew_no_layers_before_the_last(path: Path, model_name: str) -> None:
    of_version_2(path, TEN, model=model_name)
    with pytest.raises(SixpadError, match="not a sound model"):
        open_model(path)


def of_version_1(path: Path, data: str) -> None:
    """Save the model as the first version did."""
    of_version_2(path, ONE)
    tensors, metadata = taken_apart(path)
    training = json.loads(metadata["training"])
    del training["schedule"], metadata["new_in_every_epoch"]
    older = {"format_version": "1", "training": json.dumps(training), "data": data}
    path.write_bytes(save(tensors, metadata | older))


@pytest.mark.parametrize(
    ("text", "data", "new"),
    [
        ("", (), False),
        ("handwriting:400:6", (("handwriting:400:6",),), False),
        ("handwriting:400:6, new in every epoch", (("handwriting:400:6",),), True),
        ("handwriting:400:6 + idx train", (("handwriting:400:6", "idx train"),), False),
    ],
)
def test_files_of_version_1_are_still_read(
    path: Path, text: str, data: tuple[tuple[str, ...], ...], new: bool
) -> None:
    of_version_1(path, text)
    opened = open_model(path)
    snapshot = trained()
    settings = replace(snapshot.config, schedule=CONSTANT)
    expected = model(replace(snapshot, config=settings))
    source = expected.source._replace(data=data, new_each_epoch=new)
    assert_equal(opened, replace(expected, source=source, seconds=0.0))


def test_since_version_2_a_schedule_is_named(path: Path) -> None:
    of_version_1(path, "idx train")
    tensors, metadata = taken_apart(path)
    newer = {"format_version": "2", "data": "[]", "new_in_every_epoch": "false"}
    path.write_bytes(save(tensors, metadata | newer))
    with pytest.raises(SixpadError, match="training: it does not hold exactly"):
        open_model(path)


@pytest.mark.parametrize("text", ["two\nlines", "x" * 2001])
def test_a_wrong_text_of_version_1_is_refused(path: Path, text: str) -> None:
    of_version_1(path, text)
    with pytest.raises(SixpadError, match="data: it is not a line"):
        open_model(path)
