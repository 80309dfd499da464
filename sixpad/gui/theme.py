"""Colours, light and dark: orange is evidence for, blue is evidence against, the rest is quiet."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from sixpad.core.heat import NEGATIVE, POSITIVE, ZERO, heat
from sixpad.gui.assets import asset

SPACE = 8
MARGIN = 3 * SPACE
APPEARANCES = ("system", "light", "dark")


@dataclass(frozen=True)
class Theme:
    """The colours of one appearance, as #RRGGBB."""

    ground: str
    panel: str
    line: str
    text: str
    quiet: str
    zero: str
    positive: str
    negative: str
    paper: str
    ink: str
    field: str
    hover: str
    dark: bool

    def color(self, name: str) -> QColor:
        """One of the colours by its name."""
        return QColor(getattr(self, name))

    def rgb(self, name: str) -> NDArray[np.uint8]:
        """One of the colours as red, green and blue bytes (3,)."""
        return np.frombuffer(bytes.fromhex(getattr(self, name)[1:]), np.uint8)

    def dot(self, name: str) -> np.uint32:
        """One of the colours as 0xFFRRGGBB."""
        return np.uint32(0xFF000000 | int(getattr(self, name)[1:], 16))

    @property
    def tones(self) -> NDArray[np.uint32]:
        """The colours of paper, 0, and of ink, 1, as 0xFFRRGGBB."""
        return np.array([self.dot("paper"), self.dot("ink")])

    def heat(self, values: NDArray[np.floating], limit: float) -> NDArray[np.uint32]:
        """Signed values as 0xFFRRGGBB: zero grey, `limit` and above in full colour."""
        return heat(values, limit, self.zero, self.positive, self.negative)


LIGHT = Theme(
    ground="#F6F5F2", panel="#FFFFFF", line="#E2DFD9", text="#1B1B1D", quiet="#6F6B64",
    zero=ZERO, positive=POSITIVE, negative=NEGATIVE, paper="#FFFFFF", ink="#141415",
    field="#FFFFFF", hover="#EFEDE8", dark=False,
)  # fmt: skip
DARK = Theme(
    ground="#17181A", panel="#1F2124", line="#303338", text="#ECEBE8", quiet="#9A9890",
    zero="#2A2C30", positive="#F08A3C", negative="#5AA6E8", paper="#F1F0EC", ink="#141415",
    field="#17181A", hover="#2A2D31", dark=True,
)  # fmt: skip


_current = LIGHT


def theme() -> Theme:
    """The colours in use now."""
    return _current


def apply_appearance(app: QApplication, appearance: str) -> Theme:
    """Give the application the `light` or the `dark` colours, or those that the system asks for."""
    global _current
    dark = appearance == "dark"
    if appearance == "system":
        dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    _current = DARK if dark else LIGHT
    app.setStyle("Fusion")
    app.setPalette(_palette(_current))
    app.setStyleSheet(_style_sheet(_current))
    return _current


def _palette(colors: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for roles, name in (
        ((role.Window,), "ground"),
        ((role.Base, role.Button), "field"),
        ((role.AlternateBase, role.ToolTipBase), "panel"),
        ((role.WindowText, role.Text, role.ButtonText, role.ToolTipText, role.BrightText), "text"),
        ((role.PlaceholderText,), "quiet"),
        ((role.Highlight, role.Link, role.Accent), "text"),
        ((role.HighlightedText,), "panel"),
        ((role.Light, role.Midlight, role.Mid), "line"),
        ((role.Dark, role.Shadow), "line"),
    ):
        for one in roles:
            palette.setColor(one, colors.color(name))
    disabled = QPalette.ColorGroup.Disabled
    for one in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(disabled, one, faded(colors))
    return palette


def faded(colors: Theme) -> QColor:
    """The text of what cannot be used now: half-way from quiet to the panel."""
    quiet, panel = colors.rgb("quiet").astype(int), colors.rgb("panel").astype(int)
    return QColor(*(int(c) for c in quiet + 0.45 * (panel - quiet)))


def _style_sheet(colors: Theme) -> str:
    names = {field.name: getattr(colors, field.name) for field in fields(colors)}
    names["faded"] = faded(colors).name()
    names |= {name: asset(f"{name}.svg").as_posix() for name in ("arrow-up", "arrow-down")}
    names["check"] = asset("check-dark.svg" if colors.dark else "check-light.svg").as_posix()
    sheet = _SHEET
    for name, value in names.items():
        sheet = sheet.replace(f"@{name}@", str(value))
    return sheet


_SHEET = """
#header { background: @ground@; }
#header { border-bottom: 1px solid @line@; }
#training, #page { background: @panel@; }
#training { border-top: 1px solid @line@; }
QMenuBar { background: transparent; border: none; padding: 0 16px; spacing: 0; }
QMenuBar::item { padding: 8px 7px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: @hover@; }
QMenu { background: @panel@; border: 1px solid @line@; padding: 4px; }
QMenu::item { padding: 5px 28px 5px 24px; border-radius: 4px; }
QMenu::item:selected { background: @hover@; color: @text@; }
QMenu::item:disabled { color: @faded@; }
QMenu::separator { height: 1px; background: @line@; margin: 4px 8px; }
QToolTip { background: @panel@; color: @text@; border: 1px solid @line@; padding: 6px; }
QPushButton, QToolButton { background: @field@; color: @text@; border: 1px solid @line@;
  border-radius: 6px; padding: 4px 6px; min-height: 16px; }
QPushButton:hover, QToolButton:hover { background: @hover@; }
QPushButton:pressed, QToolButton:pressed { background: @line@; }
QPushButton:focus, QToolButton:focus { border-color: @quiet@; }
QPushButton:checked, QToolButton:checked { border: 1px solid @text@; }
QPushButton:disabled, QToolButton:disabled { color: @faded@; }
QPushButton#primary { background: @text@; color: @panel@; border-color: @text@; font-weight: 600; }
QPushButton#primary:hover { background: @quiet@; border-color: @quiet@; }
QPushButton#primary:focus { border: 2px solid @quiet@; padding: 3px 7px; }
QPushButton#primary:disabled { background: @line@; color: @faded@; border-color: @line@; }
QPushButton#tab, QPushButton#word { border: none; background: transparent; color: @quiet@;
  border-radius: 0; font-weight: 600; }
QPushButton#tab { padding: 8px 10px; border-bottom: 2px solid transparent; }
QPushButton#tab:checked { color: @text@; border-bottom: 2px solid @text@; }
QPushButton#tab:hover, QPushButton#word:hover { color: @text@; }
QPushButton#tab:focus { border-bottom: 2px solid @quiet@; }
QPushButton#word { padding: 0 3px; min-height: 0; }
QPushButton#word::menu-indicator { image: none; width: 0; }
QPushButton#word:checked { color: @text@; text-decoration: underline; }
QPushButton#word:focus { color: @text@; }
QPushButton#word:disabled { color: @faded@; }
QPushButton#digit { padding: 2px 0; min-width: 16px; }
QPushButton#digit:checked { background: @text@; color: @panel@; border-color: @text@; }
QPushButton#linen { background: transparent; border: none; color: @quiet@; padding: 2px 4px; }
QComboBox, QSpinBox, QDoubleSpinBox, QLineEdit { background: @field@; color: @text@;
  border: 1px solid @line@; border-radius: 5px; padding: 2px 6px; min-height: 18px;
  selection-background-color: @text@; selection-color: @panel@; }
QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QLineEdit:focus { border-color: @text@; }
QComboBox:disabled, QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled {
  color: @faded@; }
QComboBox { padding-right: 2px; }
QComboBox::drop-down { border: none; width: 16px; }
QComboBox::down-arrow { image: url(@arrow-down@); width: 8px; height: 8px; }
QAbstractSpinBox { padding: 1px 4px 1px 0; }
QAbstractSpinBox QLineEdit { border: none; padding: 0; min-height: 0; background: none; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; width: 16px;
  subcontrol-origin: border; background: transparent; }
QAbstractSpinBox::up-button { subcontrol-position: top right; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; }
QAbstractSpinBox::up-arrow { image: url(@arrow-up@); width: 8px; height: 8px; }
QAbstractSpinBox::down-arrow { image: url(@arrow-down@); width: 8px; height: 8px; }
QComboBox QAbstractItemView { background: @panel@; border: 1px solid @line@;
  selection-background-color: @hover@; selection-color: @text@; }
QCheckBox { spacing: 8px; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid @quiet@; border-radius: 4px;
  background: @field@; }
QCheckBox::indicator:checked { background: @text@; border-color: @text@; image: url(@check@); }
QCheckBox::indicator:focus { border: 2px solid @text@; }
QLabel#quiet, QCheckBox#quiet { color: @quiet@; }
QLabel#title { font-weight: 600; }
QSlider::groove:horizontal { background: @line@; height: 4px; border-radius: 2px; }
QSlider::sub-page:horizontal { background: @quiet@; height: 4px; border-radius: 2px; }
QSlider::handle:horizontal { background: @text@; border: 2px solid @text@; width: 10px;
  margin: -5px 0; border-radius: 7px; }
QSlider::handle:horizontal:hover { background: @quiet@; border-color: @quiet@; }
QSlider::handle:horizontal:focus { border-color: @quiet@; }
QProgressBar { background: @line@; border: none; border-radius: 3px; max-height: 6px; }
QProgressBar::chunk { background: @text@; border-radius: 3px; }
#source { border-bottom: 1px solid @line@; }
QListView { background: @panel@; border: none; outline: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: @line@; border-radius: 5px; min-height: 32px; }
QScrollBar::handle:vertical:hover { background: @quiet@; }
QScrollBar::handle:vertical:disabled { background: transparent; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {
  background: transparent; height: 0; border: none; }
#guide { background: @text@; border-radius: 10px; }
#guide QLabel { color: @panel@; background: transparent; }
#guide QPushButton { background: transparent; color: @panel@; border: 1px solid @quiet@; }
#guide QPushButton:hover { background: @quiet@; }
#banner { background: @ground@; border: 1px solid @quiet@; border-radius: 8px; }
#notice { background: @text@; border-radius: 8px; }
#notice QLabel { color: @panel@; background: transparent; }
#notice QPushButton { background: transparent; color: @panel@; border: 1px solid @quiet@; }
#notice QPushButton:hover { background: @quiet@; }
"""


def figures(font: QFont) -> QFont:
    """A copy of a font with digits of one width, so that numbers do not jump as they change."""
    tabular = QFont(font)
    tabular.setFeature(QFont.Tag("tnum"), 1)
    return tabular


def sized(font: QFont, scale: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """A copy of a font, `scale` times as large and of that weight."""
    copy = QFont(font)
    if font.pixelSize() > 0:
        copy.setPixelSize(max(round(font.pixelSize() * scale), 1))
    else:
        copy.setPointSizeF(font.pointSizeF() * scale)
    copy.setWeight(weight)
    return copy
