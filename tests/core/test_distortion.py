"""Distortion: what chance does to images and neurons in a step, and that it does it again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from learning import BOTH, Fingerprint, MakeExamples

from sixpad.core.backend import Backend, cpu
from sixpad.core.config import TrainingConfig
from sixpad.core.distortion import Distortion, StepDistortion, samples
from sixpad.core.grid import PIXELS, SIDE
from sixpad.core.image_octets import ImageOctets
from sixpad.core.network import Network
from sixpad.core.packed_images import PackedImages
from sixpad.core.training import train

EVERYTHING: dict[str, Any] = {
    "shift": 1, "rotation": 10.0, "scale": 0.1, "slant": 8.0, "noise": 0.03, "dropout": 0.2
}  # fmt: skip
KINDS: list[dict[str, Any]] = [
    {"shift": 2}, {"rotation": 10.0}, {"scale": 0.2}, {"slant": 10.0}, {"noise": 0.1},
    {"dropout": 0.3},
]  # fmt: skip


def of_step(step: int = 0, begin: int = 0, end: int = 1000, **settings: Any) -> StepDistortion:
    return Distortion(TrainingConfig(**settings), cpu("")).of_step(step, begin, end)


def images_of(count: int, ink: float = 0.2) -> Any:
    """Images (count, 576)."""
    return (np.random.default_rng(9).random((count, PIXELS)) < ink).astype(np.uint8)


def blocks(
    images: Any, step: StepDistortion, begin: int, end: int, rows: int, dtype: Any = np.float32
) -> Any:
    """X (end - begin, 577), put together from blocks of so many images."""
    octets = ImageOctets(images, cpu(""), rows, dtype, np.arange(len(images)))
    edges = range(begin, end, rows)
    return np.concatenate(
        [octets.block(start, min(start + rows, end), step).copy() for start in edges]
    )


def distorted(images: Any, step: int = 0, **settings: Any) -> Any:
    """X (N, 577) of all the images."""
    return blocks(images, of_step(step, 0, len(images), **settings), 0, len(images), 512)


def test_there_is_none_where_nothing_asks_for_it() -> None:
    assert not Distortion(TrainingConfig(), cpu(""))


@pytest.mark.parametrize("settings", KINDS, ids=repr)
def test_there_is_one_where_a_configuration_asks_for_it(settings: dict[str, Any]) -> None:
    distortion = Distortion(TrainingConfig(**settings), cpu(""))
    assert distortion
    assert distortion.of_images is ("dropout" not in settings)


# Images


@pytest.mark.parametrize("count", [1, 7, 8, 9, 64, 100])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_moves_by_nothing_comes_out_as_packed_images_do(count: int, dtype: Any) -> None:
    images, order = images_of(count), np.random.default_rng(1).permutation(count)
    octets = ImageOctets(images, cpu(""), 512, dtype, order)
    packed = PackedImages(images, cpu(""), 512, dtype, order)
    X = octets.block(0, count, of_step(dropout=0.5))
    assert X.dtype == dtype
    np.testing.assert_array_equal(X, packed.block(0, count))


@pytest.mark.parametrize("settings", [*KINDS[:5], EVERYTHING], ids=repr)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_ink_stays_ink_and_the_column_of_ones_stays(settings: dict[str, Any], dtype: Any) -> None:
    images = images_of(50)
    X = blocks(images, of_step(0, 0, 50, **settings), 0, 50, 512, dtype)
    assert {*np.unique(X)} == {0, 1}
    assert (X[:, PIXELS] == 1).all()
    assert (X[:, :PIXELS] != images).any()


@pytest.mark.parametrize("settings", [*KINDS[:5], EVERYTHING], ids=repr)
@pytest.mark.parametrize(("begin", "end"), [(0, 64), (25, 50), (3, 4), (96, 100)])
def test_how_a_step_is_cut_into_blocks_changes_nothing(
    settings: dict[str, Any], begin: int, end: int
) -> None:
    images = images_of(100)
    whole, *others = (
        blocks(images, of_step(4, begin, end, **settings), begin, end, rows)
        for rows in (512, 7, 8, 1)
    )
    for cut in others:
        np.testing.assert_array_equal(cut, whole)


def test_images_of_a_step_are_moved_in_many_ways_and_alone_in_time() -> None:
    image = images_of(1).repeat(128, axis=0)
    ways = {row.tobytes() for row in distorted(image, rotation=10, scale=0.1)}
    assert 12 <= len(ways) <= 16
    met = {distorted(image[:8], step, shift=1)[0].tobytes() for step in range(100)}
    assert len(met) == 9


def test_noise_turns_over_a_share_of_the_pixels_whatever_they_were() -> None:
    images = images_of(400)
    turned = distorted(images, noise=0.1)[:, :PIXELS] != images
    for was in (0, 1):
        assert turned[images == was].mean() == pytest.approx(0.1, abs=0.01)
    # Of each image others, and in another step others again.
    assert len({row.tobytes() for row in turned}) == 400
    again = distorted(images, 1, noise=0.1)[:, :PIXELS] != images
    assert (turned & again).mean() == pytest.approx(0.01, abs=0.003)


def test_samples_are_what_a_step_of_training_makes_of_an_image() -> None:
    config = TrainingConfig(**EVERYTHING)
    image = images_of(1)
    many = image.repeat(5 * 8, axis=0)
    X = blocks(many, of_step(3, 0, len(many), **EVERYTHING), 0, len(many), 512)
    found = samples(image.reshape(SIDE, SIDE), config, 5, 3)
    np.testing.assert_array_equal(found.reshape(5, PIXELS), X[::8, :PIXELS])
    assert found.dtype == np.uint8
    plain = samples(image.reshape(SIDE, SIDE), TrainingConfig(dropout=0.5), 2, 3)
    np.testing.assert_array_equal(plain.reshape(2, PIXELS), image.repeat(2, axis=0))


# Dropout


def test_dropout_leaves_out_a_share_and_makes_the_rest_larger() -> None:
    Y = np.ones((200, 300), np.float32)
    factor = of_step(dropout=0.3).drop(Y)
    np.testing.assert_array_equal(Y, factor)
    assert Y.dtype == np.float32
    assert (Y == 0).mean() == pytest.approx(0.3, abs=0.01)
    np.testing.assert_allclose(Y[Y > 0], 1 / 0.7, rtol=1e-6)
    assert Y.mean() == pytest.approx(1, abs=0.02)


def test_without_dropout_nothing_is_left_out() -> None:
    Y = np.ones((2, 3))
    assert of_step(shift=1).drop(Y) is None
    assert (Y == 1).all()


# The same numbers again


@pytest.mark.parametrize("settings", [*KINDS, EVERYTHING], ids=repr)
def test_a_step_has_its_own_numbers_and_has_them_again(settings: dict[str, Any]) -> None:
    images = images_of(40)

    def numbers(step: int, seed: int = 6) -> bytes:
        distortion, Y = of_step(step, 0, 40, seed=seed, **settings), np.ones((40, 12))
        X = blocks(images, distortion, 0, 40, 512)
        distortion.drop(Y)
        return bytes(X.tobytes() + Y.tobytes())

    assert numbers(7) == numbers(7)
    assert len({numbers(step) for step in range(20)}) == 20
    assert numbers(7, seed=6) != numbers(7, seed=5)


@BOTH
@pytest.mark.parametrize("settings", [{}, {"dropout": 0.3}], ids=repr)
def test_without_moves_and_noise_images_are_the_packed_ones(
    network: Network, settings: dict[str, Any], make_examples: MakeExamples,
    fingerprint: Fingerprint, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Nothing of what moves images is touched, and neurons that see the pixels drop none."""
    parts = make_examples(60, 1), make_examples(30, 2)
    config = TrainingConfig(epochs=2, batch_size=25, **settings)
    plain = replace(config, dropout=0.0)
    expected = [fingerprint(one.parameters) for one in train(network, *parts, plain)]
    monkeypatch.delattr(ImageOctets, "block")
    monkeypatch.delattr(StepDistortion, "distorted")
    assert [fingerprint(one.parameters) for one in train(network, *parts, config)] == expected


@BOTH
@pytest.mark.parametrize("batch_size", [7, 16, 1000])
def test_a_run_that_was_stopped_meets_the_same_moves(
    network: Network, batch_size: int, make_examples: MakeExamples, fingerprint: Fingerprint
) -> None:
    parts = make_examples(50, 1), make_examples(30, 2)
    config = TrainingConfig(epochs=4, batch_size=batch_size, **EVERYTHING)
    *_, whole = train(network, *parts, config)
    *_, stopped = train(network, *parts, config, steps=3)
    *_, resumed = train(network, *parts, config, start=stopped, resume=True)
    for name in ("parameters", "optimizer_state", "step"):
        assert fingerprint(getattr(resumed, name)) == fingerprint(getattr(whole, name))


def test_a_gpu_that_takes_more_rows_meets_the_same_moves(make_examples: MakeExamples) -> None:
    """NumPy's arrays stand in for its own: only how a batch is cut into blocks is another."""
    config = TrainingConfig(epochs=1, batch_size=1000, optimizer="gd", **EVERYTHING)
    parts = make_examples(900, 1), make_examples(30, 2)
    found = []
    for backend in (cpu(""), Backend("gpu", _Numpy(), "", "")):
        *_, last = train(Network(None, "ten"), *parts, config, backend=backend)
        found.append(last.gradient)
    for name, array in found[0].items():
        np.testing.assert_allclose(found[1][name], array, rtol=1e-3, atol=1e-6)


class _Numpy:
    """NumPy under the name that a GPU's array library has for the way back."""

    asnumpy = staticmethod(np.array)

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)
