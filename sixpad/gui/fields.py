"""Fields for numbers that are chosen by their size: rates, counts, batches."""

from __future__ import annotations

from math import floor, log10

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence, QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QLineEdit, QSpinBox

from sixpad.gui.numbers import count

# The style sheet's padding does not reach the text of a spin box.
_TEXT_MARGIN = 4


def _is_the_windows(event: QEvent, line: QLineEdit) -> bool:
    """Whether a key of undo or redo asks for more than the field has to take back."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    undo = event.matches(QKeySequence.StandardKey.Undo) and not line.isUndoAvailable()
    return undo or (event.matches(QKeySequence.StandardKey.Redo) and not line.isRedoAvailable())


class RateField(QDoubleSpinBox):
    """A positive number over many powers of ten, with its unit; the arrows go 1, 2, 5, 10."""

    def __init__(self, low: float, high: float, zero: bool = False, unit: str = "") -> None:
        super().__init__()
        self.setSuffix(unit)
        self._low, self._zero = low, zero
        self.setDecimals(9)
        self.setRange(0.0 if zero else low, high)
        self.setKeyboardTracking(False)
        self.lineEdit().setTextMargins(_TEXT_MARGIN, 0, 0, 0)

    def event(self, event: QEvent) -> bool:
        if _is_the_windows(event, self.lineEdit()):
            event.ignore()
            return False
        return super().event(event)

    def textFromValue(self, value: float) -> str:
        return f"{value:.6g}"

    def valueFromText(self, text: str) -> float:
        return float(self._bare(text))

    def _bare(self, text: str) -> str:
        """The number without its unit, which Qt leaves at what it asks about."""
        return text.removesuffix(self.suffix()).replace(",", ".")

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        state = QValidator.State.Acceptable
        typed = self._bare(text)
        try:
            value = float(typed)
        except ValueError:
            typing = all(c in "0123456789.eE+-" for c in typed)
            state = QValidator.State.Intermediate if typing else QValidator.State.Invalid
        else:
            if not self.minimum() <= value <= self.maximum():
                state = QValidator.State.Intermediate
        return state, text, position

    def stepBy(self, steps: int) -> None:
        value = self.value()
        for _ in range(abs(steps)):
            value = self._up(value) if steps > 0 else self._down(value)
        self.setValue(value)

    def _up(self, value: float) -> float:
        if value < self._low:
            return self._low
        power = 10.0 ** floor(log10(value) + 1e-9)
        return next(power * m for m in (2, 5, 10) if power * m > value * (1 + 1e-9))

    def _down(self, value: float) -> float:
        if value <= self._low * (1 + 1e-9):
            return 0.0 if self._zero else self._low
        power = 10.0 ** floor(log10(value) - 1e-9)
        return next(power * m for m in (5, 2, 1) if power * m < value * (1 - 1e-9))


class CountField(QSpinBox):
    """A whole number; with `doubling` the arrows double and halve it, `set_all` names the most.

    Its digits are `grouped` by thin spaces, but not where it is more of a name.
    """

    def __init__(
        self, low: int, high: int, *, doubling: bool = False, grouped: bool = True
    ) -> None:
        super().__init__()
        self._doubling, self._grouped = doubling, grouped
        self._all: int | None = None
        self.setRange(low, high)
        self.setKeyboardTracking(False)
        self.lineEdit().setTextMargins(_TEXT_MARGIN, 0, 0, 0)

    def event(self, event: QEvent) -> bool:
        if _is_the_windows(event, self.lineEdit()):
            event.ignore()
            return False
        return super().event(event)

    def setValue(self, value: int) -> None:
        # A file may hold more than Qt's 32 bits, which is an error here and not a clamp.
        super().setValue(min(value, self.maximum()))

    def set_all(self, most: int) -> None:
        """The largest number that makes a difference: it, and all above, read “all”."""
        self._all = most
        # The text is made anew only when the value moves.
        self.lineEdit().setText(self.textFromValue(self.value()))

    def textFromValue(self, value: int) -> str:
        if self._all is not None and value >= self._all:
            return f"all {count(self._all)}"
        return count(value) if self._grouped else str(value)

    def valueFromText(self, text: str) -> int:
        text = self._bare(text)
        if text.startswith("all"):
            return max(self._all or 1, self.value())
        return int(text or self.minimum())

    def _bare(self, text: str) -> str:
        """The number without its unit, which Qt leaves at what it asks about, and its spaces."""
        text = text.removesuffix(self.suffix())
        return text if text.startswith("all") else "".join(text.split())

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        good = QValidator.State.Acceptable
        typed = self._bare(text)
        if typed.startswith("all"):
            return good, text, position
        if not typed:
            return QValidator.State.Intermediate, text, position
        if not (typed.isascii() and typed.isdigit()):
            return QValidator.State.Invalid, text, position
        inside = self.minimum() <= int(typed) <= self.maximum()
        return (good if inside else QValidator.State.Intermediate), text, position

    def stepBy(self, steps: int) -> None:
        if not self._doubling:
            super().stepBy(steps)
            return
        value = min(self.value(), self._all or self.maximum())
        for _ in range(abs(steps)):
            # The next power of two above, or the next one below.
            power = value.bit_length() if steps > 0 else max((value - 1).bit_length() - 1, 0)
            value = 1 << power
        self.setValue(min(value, self._all or value))
