"""Settings: they come back as they were, and no content of the file keeps the window shut."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sixpad.core.backend import DEVICES
from sixpad.core.config import TrainingConfig
from sixpad.core.network import MODELS, network_of
from sixpad.core.preparation import Preparation
from sixpad.core.sizes import Kernels
from sixpad.data.handwriting_style import Handwriting
from sixpad.data.settings import APPEARANCES, Settings, load_settings, save_settings
from sixpad.errors import SixpadError

CONFIG = TrainingConfig(
    epochs=7, learning_rate=0.1 + 0.2, schedule="constant", batch_size=1, optimizer="gd",
    loss="squared-error", l2=1e-5, smoothing=0.3, shift=3, rotation=0.1 + 0.2, scale=0.3,
    slant=7, noise=0.01, dropout=0.25, seed=2**63 - 1, target_loss=0.01, patience=3,
)  # fmt: skip
CHANGED = Settings(
    training={model: replace(CONFIG, epochs=place + 7) for place, model in enumerate(MODELS)},
    model="ten",
    sizes={"one": (), "ten": (), "hidden": (64, 32), "conv": (Kernels(3, 4), 10)},
    digit=0,
    preparation=Preparation.AS_DRAWN,
    device="cpu",
    data=("handwriting:100:5@0.5", "images:Ünïcode/ 手書き"),
    handwriting=Handwriting(slant=-0.1, jitter=0.1 / 3, free=0.0, written_side=18.0),
    new_each_epoch=True,
    pen_width=4,
    appearance="dark",
    guide_seen=True,
    plot_log_scale=True,
    drawing=bytes(range(72)),
    geometry=bytes(range(256)),
)  # fmt: skip

SHARED_PATH = settings(
    max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def broken(path: Path) -> Path:
    return path.with_name("settings.broken.json")


def assert_valid(loaded: Settings) -> None:
    for model in MODELS:
        replace(loaded.training[model])  # checks itself
        network_of(model, 0, loaded.sizes[model])  # checks itself too
    assert loaded.model in MODELS
    assert loaded.digit in range(10)
    assert loaded.preparation in Preparation
    assert loaded.device in DEVICES
    assert loaded.appearance in APPEARANCES
    assert 1 <= loaded.pen_width <= 4
    assert loaded.data
    replace(loaded.handwriting)  # checks itself
    assert all(isinstance(spec, str) and spec.isprintable() for spec in loaded.data)
    for flag in (loaded.new_each_epoch, loaded.guide_seen, loaded.plot_log_scale):
        assert flag in (True, False)
        assert isinstance(flag, bool)
    assert loaded.drawing is None or len(loaded.drawing) == 72
    assert len(loaded.geometry) <= 4096


@pytest.mark.parametrize("saved", [Settings(), CHANGED], ids=["default", "changed"])
def test_settings_come_back(path: Path, saved: Settings) -> None:
    save_settings(path, saved)
    assert load_settings(path) == saved
    assert not broken(path).exists()


def test_each_changed_setting_differs_from_its_default() -> None:
    """So that the round trip above would notice one that is not kept."""
    for name, value in vars(CHANGED).items():
        assert value != getattr(Settings(), name)
    for model in MODELS:
        for name, value in vars(CHANGED.training[model]).items():
            assert value != getattr(TrainingConfig.of(model), name)


def test_a_range_of_handwriting_that_is_missing_has_its_default(path: Path) -> None:
    path.write_text('{"handwriting": {"slant": 0.25, "of the future": 1}}')
    assert load_settings(path) == Settings(handwriting=Handwriting(slant=0.25))
    assert not broken(path).exists()


@pytest.mark.parametrize("preparation", Preparation)
def test_every_preparation_comes_back(path: Path, preparation: Preparation) -> None:
    save_settings(path, Settings(preparation=preparation))
    assert load_settings(path).preparation is preparation


def test_without_a_file_there_are_the_defaults(tmp_path: Path, path: Path) -> None:
    assert load_settings(path) == Settings()
    assert load_settings(tmp_path) == Settings()
    assert list(tmp_path.iterdir()) == []


def test_a_setting_of_another_version_is_passed_over(path: Path) -> None:
    path.write_text('{"digit": 4, "colour": "red"}')
    assert load_settings(path) == Settings(digit=4)
    assert not broken(path).exists()


WRONG_VALUES: list[tuple[str, Any]] = [
    ("digit", 10),
    ("digit", True),
    ("digit", 10**400),
    ("sizes", "128"),
    ("sizes", {"hidden": 128}),
    ("sizes", {"hidden": "many"}),
    ("sizes", {"hidden": "5x5x12"}),
    ("sizes", {"hidden": "2048, 2048"}),
    ("sizes", {"conv": "30x30x2"}),
    ("sizes", {"conv": "5x5x12, " * 100}),
    ("model", "eleven"),
    ("model", 1),
    ("model", ["one"]),
    ("preparation", "fit"),
    ("preparation", "FITTED"),
    ("preparation", 1),
    ("preparation", None),
    ("preparation", ["none"]),
    ("device", "quantum"),
    ("device", ["cpu"]),
    ("data", []),
    ("data", "handwriting"),
    ("data", ["handwriting", 6]),
    ("data", ["idx:a\nb"]),
    ("data", ["handwriting"] * 101),
    ("handwriting", None),
    ("handwriting", [0.1]),
    ("handwriting", {"slant": "steep"}),
    ("handwriting", {"slant": True}),
    ("handwriting", {"slant": 5.0}),
    ("handwriting", {"slant": 10**400}),
    ("handwriting", {"jitter": -0.1}),
    ("handwriting", {"pen_narrowest": 4.0, "pen_widest": 2.0}),
    ("new_each_epoch", 1),
    ("pen_width", 0),
    ("pen_width", 5),
    ("pen_width", 2.5),
    ("pen_width", "2"),
    ("appearance", "pink"),
    ("guide_seen", None),
    ("plot_log_scale", "yes"),
    ("drawing", "AAAA"),
    ("drawing", "not base64!"),
    ("drawing", "é"),
    ("drawing", 5),
    ("geometry", None),
    ("geometry", "A" * 8000),
]


@pytest.mark.parametrize(("name", "value"), WRONG_VALUES)
def test_one_wrong_setting_costs_only_itself(path: Path, name: str, value: Any) -> None:
    save_settings(path, CHANGED)
    content = json.dumps({**json.loads(path.read_text()), name: value})
    path.write_text(content)
    assert load_settings(path) == replace(CHANGED, **{name: getattr(Settings(), name)})
    assert broken(path).read_text() == content


@pytest.mark.parametrize(
    ("name", "value"),
    [("epochs", 0), ("epochs", "7"), ("learning_rate", 10**400), ("learning_rate", None),
     ("optimizer", "magic"), ("loss", 3), ("l2", -1), ("seed", 2**63), ("patience", 0),
     ("target_loss", []), ("smoothing", 0.6),
     ("shift", 5), ("shift", 1.5), ("rotation", 46), ("scale", -0.1), ("slant", "1"),
     ("noise", 2), ("dropout", 1)],
)  # fmt: skip
def test_one_wrong_setting_of_training_costs_only_itself(path: Path, name: str, value: Any) -> None:
    save_settings(path, CHANGED)
    record = json.loads(path.read_text())
    record["training"]["conv"][name] = value
    path.write_text(json.dumps(record))
    default = getattr(TrainingConfig.of("conv"), name)
    mended = replace(CHANGED.training["conv"], **{name: default})
    expected = replace(CHANGED, training=CHANGED.training | {"conv": mended})
    assert load_settings(path) == expected
    assert broken(path).exists()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"6", b"null", b"\xff\xfe", b"[" * 100_000, b"9" * 9999, b"NaN"]
)
def test_a_file_that_is_no_record_is_kept_beside(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert load_settings(path) == Settings()
    assert broken(path).read_bytes() == content


def test_a_huge_file_is_not_read(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 30)
    assert load_settings(path) == Settings()


def test_a_broken_file_that_cannot_be_kept_does_not_matter(path: Path) -> None:
    path.write_text('{"digit": 3, "preparation": 6}')
    broken(path).mkdir()
    assert load_settings(path) == Settings(digit=3)


@SHARED_PATH
@given(st.binary(max_size=200))
def test_any_bytes_load(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert_valid(load_settings(path))


@SHARED_PATH
@given(
    st.lists(
        st.tuples(st.integers(0, 5000), st.integers(0, 3), st.binary(max_size=5)),
        min_size=1,
        max_size=6,
    )
)
def test_any_mutated_file_loads(path: Path, changes: list[tuple[int, int, bytes]]) -> None:
    save_settings(path, CHANGED)
    content = path.read_bytes()
    for place, gone, put in changes:
        place %= len(content)
        content = content[:place] + put + content[place + gone :]
    path.write_bytes(content)
    assert_valid(load_settings(path))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@SHARED_PATH
@given(
    st.dictionaries(st.sampled_from(sorted(vars(CHANGED))), JSON),
    st.dictionaries(st.sampled_from(sorted(vars(CONFIG))), JSON),
)
def test_any_values_load(path: Path, record: dict[str, Any], training: dict[str, Any]) -> None:
    path.write_text(json.dumps({"training": {"hidden": training}, **record}))
    assert_valid(load_settings(path))
    path.write_text(json.dumps({"training": training}))
    assert_valid(load_settings(path))


def test_a_failed_save_is_told(tmp_path: Path) -> None:
    with pytest.raises(SixpadError, match="does not exist"):
        save_settings(tmp_path / "missing" / "settings.json", CHANGED)


def test_settings_from_before_keep_what_they_meant(path: Path) -> None:
    """Without ways to prepare and without schedules: what was chosen then goes on."""
    path.write_text('{"fit": false, "training": {"epochs": 40}}')
    loaded = load_settings(path)
    assert loaded.preparation is Preparation.AS_DRAWN
    for model in ("one", "ten"):
        assert loaded.training[model] == TrainingConfig(epochs=40, schedule="constant")
    assert loaded.training["conv"] == TrainingConfig.of("conv"), "there were no others yet"
    path.write_text('{"fit": true}')
    assert load_settings(path) == Settings()
    assert not broken(path).exists()
