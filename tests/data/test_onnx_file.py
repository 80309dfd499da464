"""ONNX: another program, given the same image, finds the same probabilities."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from saved_models import CONV, EACH, HIDDEN, ONE, SOURCE, TEN

from sixpad import __version__
from sixpad.core.config import TrainingConfig
from sixpad.core.network import Network
from sixpad.core.preparation import Preparation
from sixpad.core.sizes import DEFAULT_SIZES, Kernels
from sixpad.core.snapshot import initial_snapshot
from sixpad.data.model_file import Model
from sixpad.data.onnx_file import encode_onnx, write_onnx
from sixpad.errors import SixpadError

onnx = pytest.importorskip("onnx", reason="the extra “onnx” is not installed")

NETWORKS = {
    **EACH,
    "three hidden": Network(None, "hidden", (9, 8, 7)),
    "hidden by default": Network(None, "hidden", DEFAULT_SIZES["hidden"]),
    "conv by default": Network(None, "conv", DEFAULT_SIZES["conv"]),
    "conv alone": Network(None, "conv", (Kernels(5, 4),)),
    # Maps of 23 × 23, of which the last row and column are left out, and of 9 × 9.
    "odd maps": Network(None, "conv", (Kernels(2, 3), Kernels(3, 5), 6)),
    "kernels of one pixel": Network(None, "conv", (Kernels(1, 2), Kernels(1, 3), Kernels(2, 4))),
    "the last map a pixel": Network(None, "conv", (Kernels(11, 3), Kernels(6, 2), 5)),
    "four layers": Network(None, "conv", (Kernels(3, 2), Kernels(2, 3), 8, 7)),
}


def learned(network: Network, preparation: Preparation = Preparation.FITTED) -> Model:
    """A model of which no parameter is zero."""
    rng = np.random.default_rng(5)
    parameters = {
        name: rng.normal(0, 1 / max(np.sqrt(np.prod(shape[:-1])), 1), shape).astype(np.float32)
        for name, shape in network.shapes().items()
    }
    snapshot = replace(initial_snapshot(network, TrainingConfig()), parameters=parameters)
    return Model(network, snapshot, SOURCE._replace(preparation=preparation))


def images(count: int) -> NDArray[np.float32]:
    return np.random.default_rng(3).integers(0, 2, (count, 576)).astype(np.float32)


def run(content: bytes, image: NDArray[np.float32]) -> NDArray[np.float32]:
    """What onnxruntime says that the graph gives for an input."""
    runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    session = runtime.InferenceSession(content, providers=["CPUExecutionProvider"])
    found: NDArray[np.float32]
    (found,) = session.run(["probabilities"], {"image": image})
    return found


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_the_graph_gives_the_networks_own_probabilities(network: Network) -> None:
    model = learned(network)
    content = encode_onnx(model)
    onnx.checker.check_model(onnx.load_model_from_string(content), full_check=True)
    X = images(33)
    P = network.predict(model.snapshot.parameters, X)
    found = run(content, X)
    assert found.shape == (33, network.answer.outputs)
    assert np.abs(found - P.reshape(33, -1)).max() < 1e-5
    # They are no uniform ones, that any graph would give.
    assert np.ptp(P, axis=0).max() > 0.01
    assert np.abs(run(content, X[:1]) - P.reshape(33, -1)[:1]).max() < 1e-5


@pytest.mark.parametrize("network", EACH.values(), ids=EACH)
def test_an_image_is_taken_as_it_is_too(network: Network) -> None:
    content = encode_onnx(learned(network))
    X = images(3)
    for x, P in zip(X, run(content, X), strict=True):
        assert np.array_equal(run(content, x.reshape(24, 24)), P[None])


@pytest.mark.parametrize("network", EACH.values(), ids=EACH)
def test_only_standard_operators_are_in_it(network: Network) -> None:
    made = onnx.load_model_from_string(encode_onnx(learned(network)))
    assert [each.domain for each in made.opset_import] == [""]
    kinds = {node.op_type for node in made.graph.node}
    simple = {"Reshape", "Gemm", "Sigmoid" if network is ONE else "Softmax"}
    more = {
        "hidden": {"Relu"}, "conv": {"Relu", "Conv", "MaxPool", "Transpose", "Flatten"}
    }  # fmt: skip
    assert kinds == simple | more.get(network.model, set())
    parameters = {each.name for each in made.graph.initializer} - {"shape"}
    assert parameters == set(network.shapes())


def properties(made: Any) -> dict[str, str]:
    return {each.key: each.value for each in made.metadata_props}


@pytest.mark.parametrize(
    ("network", "layers", "digit"),
    [(ONE, "", "3"), (TEN, "", ""), (HIDDEN, "12, 7", ""), (CONV, "4x4x3, 3x3x2, 9", "")],
)
def test_it_says_what_it_is(network: Network, layers: str, digit: str) -> None:
    made = onnx.load_model_from_string(encode_onnx(learned(network)))
    assert (made.producer_name, made.producer_version) == ("sixpad", __version__)
    assert properties(made) == {
        "model": network.model, "layers": layers, "digit": digit,
        "preparation": "centre-and-fit", "learned_from": SOURCE.name,
    }  # fmt: skip
    assert network.title in made.doc_string.lower()
    assert ("the digit 3" in made.doc_string) is (network is ONE)


@pytest.mark.parametrize(
    ("preparation", "fits", "upright"),
    [
        (Preparation.AS_DRAWN, False, False),
        (Preparation.FITTED, True, False),
        (Preparation.DESKEWED, True, True),
    ],
)
def test_it_says_how_images_are_prepared(
    preparation: Preparation, fits: bool, upright: bool
) -> None:
    made = onnx.load_model_from_string(encode_onnx(learned(TEN, preparation)))
    assert properties(made)["preparation"] == preparation.value
    assert ("longer side is 20 pixels" in made.doc_string) is fits
    assert ("upright" in made.doc_string) is upright


def test_it_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    model = learned(TEN)
    path = tmp_path / "ten.onnx"
    write_onnx(path, model)
    assert path.read_bytes() == encode_onnx(model)
    with pytest.raises(SixpadError, match="does not exist"):
        write_onnx(tmp_path / "no" / "ten.onnx", model)
    assert list(tmp_path.iterdir()) == [path]


def test_without_the_package_the_way_to_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(SixpadError, match=r"pip install '\.\[onnx\]'"):
        write_onnx(tmp_path / "ten.onnx", learned(TEN))
    assert not list(tmp_path.iterdir())
