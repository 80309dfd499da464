"""`sixpad train` for networks with layers between: sizes chosen, refused, kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from terminal import TRAIN, TRAIN_KEYS, Captured, complaint, reported

from sixpad.cli import main
from sixpad.core.config import TrainingConfig
from sixpad.core.network import Network
from sixpad.core.sizes import DEFAULT_SIZES, Kernels
from sixpad.data.model_file import open_model

SMALL = ["--epochs", "2", "--json"]


@pytest.mark.parametrize(
    ("model", "layers", "sizes"),
    [
        ("hidden", None, DEFAULT_SIZES["hidden"]),
        ("hidden", "40, 20", (40, 20)),
        ("conv", "3x3x4,16", (Kernels(3, 4), 16)),
    ],
)
def test_a_deeper_network_is_trained_and_saved(
    tmp_path: Path, capsys: Captured, model: str, layers: str | None, sizes: tuple[object, ...]
) -> None:
    out = tmp_path / "deep.safetensors"
    chosen = [] if layers is None else ["--layers", layers]
    assert main([*TRAIN, "--model", model, *chosen, *SMALL, "--out", str(out)]) == 0
    record = reported(capsys)
    assert set(record) == TRAIN_KEYS
    assert (record["model"], record["digit"], record["epochs"]) == (model, None, 2)
    saved = open_model(out)
    assert saved.network == Network(None, model, sizes)
    assert saved.seconds == record["train_seconds"]
    assert saved.scores
    assert saved.scores.accuracy == pytest.approx(record["validation_accuracy"])


def test_what_is_not_said_is_the_models_own(tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "deep.safetensors"
    options = ["--model", "hidden", "--layers", "10", "--dropout", "0.25", "--out", str(out)]
    assert main([*TRAIN, *options, *SMALL]) == 0
    config = open_model(out).snapshot.config
    own = TrainingConfig.of("hidden")
    assert (config.dropout, config.epochs) == (0.25, 2)
    assert (config.shift, config.learning_rate) == (own.shift, own.learning_rate)


def test_what_moves_the_images_is_kept_with_the_model(tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "moved.safetensors"
    moves = {"shift": 2, "rotation": 7.5, "scale": 0.1, "slant": 5, "noise": 0.02}
    options = [text for name, value in moves.items() for text in (f"--{name}", str(value))]
    losses = []
    for chosen in (options, options, []):
        assert main([*TRAIN, "--model", "ten", *chosen, *SMALL, "--out", str(out)]) == 0
        losses.append(reported(capsys)["train_loss"])
        config = vars(open_model(out).snapshot.config)
        assert {name: config[name] for name in moves} == (
            moves if chosen else dict.fromkeys(moves, 0)
        )
    assert losses[0] == losses[1] != losses[2]


def test_the_same_seed_gives_the_same_network(capsys: Captured) -> None:
    losses = []
    for seed in ("1", "1", "2"):
        options = ["--model", "conv", "--layers", "5x5x3,8", "--seed", seed]
        assert main([*TRAIN, *options, *SMALL]) == 0
        losses.append(reported(capsys)["train_loss"])
    assert losses[0] == losses[1] != losses[2]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--layers", "128"], "has no layers"),
        (["--model", "ten", "--layers", "128"], "has no layers"),
        (["--model", "hidden", "--layers", "0"], "1 to 2,048 neurons"),
        (["--model", "hidden", "--layers", "5x5x12"], "no kernels"),
        (["--model", "conv", "--layers", "96"], "needs kernels"),
        (["--model", "conv", "--layers", "23x23x1"], "11×11"),
        (["--model", "conv", "--layers", "5x5x12,5x5x12,5x5x12"], "too large"),
        (["--model", "hidden", "--layers", "2048,2048"], "choose smaller ones"),
        (["--model", "hidden", "--layers", "a few"], "no size of a layer"),
        (["--model", "hidden", "--digit", "6"], "leave out --digit"),
        (["--model", "hidden", "--shift", "9"], "0 to 4"),
        (["--rotation", "60"], "0 to 45 degrees"),
        (["--scale", "1"], "0 to 0.5"),
        (["--slant", "-3"], "0 to 45 degrees"),
        (["--model", "hidden", "--dropout", "1"], "0 to 0.9"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    capsys: Captured, options: list[str], sentence: str
) -> None:
    assert main([*TRAIN, *options]) == 2
    assert sentence in complaint(capsys)
