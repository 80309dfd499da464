"""The colours: readable in light and in dark, and the sign of a value is never in doubt."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from desk import Desk
from hand import channels, color_at, leave, picture, tone
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QPixmap
from PySide6.QtWidgets import QApplication

from sixpad.gui.assets import asset
from sixpad.gui.main_window import MainWindow
from sixpad.gui.theme import DARK, LIGHT, Theme, apply_appearance, faded, theme

THEMES = pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])


@pytest.fixture(autouse=True)
def _light_again(qapp: QApplication) -> Iterator[None]:
    yield
    apply_appearance(qapp, "light")


@THEMES
@pytest.mark.parametrize("limit", [0.0, 1e-45, 1e-36, 1.0, 3e38])
def test_the_colours_are_the_same_at_every_size_of_value(colors: Theme, limit: float) -> None:
    values = np.array([-limit, 0, limit], np.float32)
    low, zero, high = (f"#{tone & 0xFFFFFF:06X}" for tone in colors.heat(values, limit).tolist())
    assert zero == colors.zero
    assert (low, high) == ((colors.negative, colors.positive) if limit else (zero, zero))


def luminance(color: str) -> float:
    """The relative luminance of #RRGGBB, as WCAG 2 defines it."""
    channels = np.frombuffer(bytes.fromhex(color[1:]), np.uint8) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@THEMES
@pytest.mark.parametrize("ground", ["ground", "panel", "field"])
@pytest.mark.parametrize("text", ["text", "quiet", "positive", "negative"])
def test_text_can_be_read_on_every_ground(colors: Theme, ground: str, text: str) -> None:
    """WCAG AA asks for 4.5 to 1."""
    assert contrast(getattr(colors, text), getattr(colors, ground)) >= 4.5


@THEMES
def test_paper_is_light_and_ink_is_dark_in_both(colors: Theme) -> None:
    assert contrast(colors.paper, colors.ink) >= 12
    assert luminance(colors.paper) > luminance(colors.ink)


@THEMES
def test_zero_is_grey_and_the_limit_has_the_full_colour(colors: Theme) -> None:
    values = np.array([0.0, 2.0, -2.0, 99.0, -99.0])
    heat = channels(colors.heat(values, 2.0)).tolist()
    names = ("zero", "positive", "negative", "positive", "negative")
    assert heat == [colors.rgb(name).tolist() for name in names]


@THEMES
@given(value=st.floats(-5, 5), limit=st.floats(0.01, 5))
def test_equal_steps_of_value_are_equal_steps_of_colour(
    colors: Theme, value: float, limit: float
) -> None:
    share = min(abs(value) / limit, 1)
    end = colors.rgb("positive" if value > 0 else "negative").astype(float)
    zero = colors.rgb("zero").astype(float)
    (heat,) = channels(colors.heat(np.array([value]), limit))
    assert np.abs(heat - (zero + share * (end - zero))).max() <= 0.51


@THEMES
def test_signs_stay_apart_for_colour_blind_eyes(colors: Theme) -> None:
    """Orange and blue differ in blue, which every kind of red-green blindness sees."""
    assert abs(int(colors.rgb("positive")[2]) - int(colors.rgb("negative")[2])) > 100


@THEMES
def test_what_cannot_be_used_is_fainter_than_quiet_words(colors: Theme) -> None:
    assert contrast(faded(colors).name(), colors.panel) < contrast(colors.quiet, colors.panel)


def test_no_heatmap_breaks_on_a_limit_of_zero() -> None:
    assert (
        channels(LIGHT.heat(np.zeros((2, 2)), 0.0)).tolist()
        == [[LIGHT.rgb("zero").tolist()] * 2] * 2
    )


@pytest.mark.parametrize("name", ["sixpad.png", "sixpad.svg", "arrow-down.svg", "check-dark.svg"])
def test_the_pictures_are_found(name: str, qapp: QApplication) -> None:
    assert asset(name).is_file()
    if name.endswith(".png"):
        assert not QPixmap(str(asset(name))).isNull()


def test_the_appearance_is_chosen_in_the_menu_and_remembered(
    desk: Desk, window: MainWindow
) -> None:
    actions = {action.text(): action for action in window.findChildren(QAction)}
    ground = {}
    for name, colors in (("Dark", DARK), ("Light", LIGHT), ("Dark", DARK)):
        actions[name].trigger()
        leave(window.equation.canvas)
        assert theme() is colors
        ground[name] = color_at(picture(window), QPoint(3, window.height() // 3))
        assert ground[name] == colors.ground.lower()
        assert tone(window.equation.weights, 0, 0) == colors.zero.lower()
        assert tone(window.equation.canvas, 0, 0) == colors.paper.lower()
    desk.close_all()
    desk.start_as_it_is(ready=False)
    assert theme() is DARK
