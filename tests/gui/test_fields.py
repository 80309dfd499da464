"""The fields for rates and counts: what they show, what they take, where their arrows go."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QValidator
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from sixpad.gui.fields import CountField, RateField

GOOD = QValidator.State.Acceptable
UNFINISHED = QValidator.State.Intermediate
BAD = QValidator.State.Invalid
THIN = "\u2009"


@pytest.fixture
def rate(qtbot: QtBot) -> RateField:
    field = RateField(1e-6, 1e6)
    qtbot.addWidget(field)
    return field


@pytest.fixture
def rate_or_zero(qtbot: QtBot) -> RateField:
    field = RateField(1e-6, 1e6, zero=True)
    qtbot.addWidget(field)
    return field


@pytest.fixture
def batch(qtbot: QtBot) -> CountField:
    field = CountField(1, 1_000_000_000, doubling=True)
    qtbot.addWidget(field)
    return field


@pytest.fixture
def seed(qtbot: QtBot) -> CountField:
    field = CountField(0, 2**31 - 1)
    qtbot.addWidget(field)
    return field


def write(field: RateField | CountField, text: str) -> None:
    """Type over what is there and press Enter."""
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


# Rates


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.003, "0.003"), (1e-6, "1e-06"), (0.5, "0.5"), (20, "20"), (1e6, "1e+06")],
)
def test_a_rate_is_shown_short(rate: RateField, value: float, text: str) -> None:
    rate.setValue(value)
    assert rate.text() == text


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("0.01", 0.01), ("0,01", 0.01), ("1e-3", 0.001), ("1E2", 100.0), (".5", 0.5), ("7", 7.0),
        # What is out of range or no number leaves the field as it was.
        ("0", 0.25), ("-1", 0.25), ("1e9", 0.25), ("1e-9", 0.25), ("1e400", 0.25), ("e", 0.25),
        ("", 0.25), ("1e", 0.25), ("--", 0.25), ("1.2.3", 0.25),
    ],
)  # fmt: skip
def test_a_rate_is_typed(rate: RateField, typed: str, value: float) -> None:
    rate.setValue(0.25)
    write(rate, typed)
    assert rate.value() == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("0.5", GOOD), ("1e-3", GOOD), ("1e-", UNFINISHED), ("", UNFINISHED), ("-", UNFINISHED),
        ("0", UNFINISHED), ("nan", UNFINISHED), ("inf", UNFINISHED), ("x", BAD), ("0.5 m", BAD),
    ],
)  # fmt: skip
def test_a_rate_is_checked_while_it_is_typed(
    rate: RateField, text: str, state: QValidator.State
) -> None:
    assert rate.validate(text, 0)[0] == state


@pytest.mark.parametrize(
    ("value", "up", "down"),
    [
        (1e-6, 2e-6, 1e-6), (0.001, 0.002, 0.0005), (0.002, 0.005, 0.001), (0.005, 0.01, 0.002),
        (0.003, 0.005, 0.002), (1.0, 2.0, 0.5), (0.9, 1.0, 0.5), (1e6, 1e6, 5e5), (37, 50, 20),
    ],
)  # fmt: skip
def test_the_arrows_of_a_rate_go_1_2_5(
    rate: RateField, value: float, up: float, down: float
) -> None:
    rate.setValue(value)
    rate.stepBy(1)
    assert rate.value() == pytest.approx(up)
    rate.setValue(value)
    rate.stepBy(-1)
    assert rate.value() == pytest.approx(down)


def test_a_rate_that_may_be_zero_goes_there_and_back(rate_or_zero: RateField) -> None:
    rate_or_zero.setValue(2e-6)
    rate_or_zero.stepBy(-2)
    assert rate_or_zero.value() == 0
    rate_or_zero.stepBy(-1)
    assert rate_or_zero.value() == 0
    rate_or_zero.stepBy(1)
    assert rate_or_zero.value() == pytest.approx(1e-6)
    write(rate_or_zero, "0")
    assert rate_or_zero.value() == 0


def test_many_steps_come_back(rate: RateField) -> None:
    rate.setValue(0.001)
    rate.stepBy(12)
    assert rate.value() == pytest.approx(10)
    rate.stepBy(-12)
    assert rate.value() == pytest.approx(0.001)


def test_typing_tells_once_at_its_end(rate: RateField) -> None:
    told: list[float] = []
    rate.setValue(1)
    rate.valueChanged.connect(told.append)
    write(rate, "0.125")
    assert told == [0.125]


# Counts


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("7", 7), ("123", 123), ("0", 40), ("1000000000", 10**9), ("all", 40),
        ("1000000001", 40), ("99999999999999999999", 40), ("", 40), ("-3", 3), ("4.5", 45),
        ("x", 40),
    ],
)  # fmt: skip
def test_a_count_is_typed(batch: CountField, typed: str, value: int) -> None:
    """Letters that belong to no count are not taken in; what is out of range changes nothing."""
    batch.setValue(40)
    write(batch, typed)
    assert batch.value() == value


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("12", GOOD), ("all", GOOD), ("all 16 000", GOOD), ("", UNFINISHED), ("0", UNFINISHED),
        ("1000000001", UNFINISHED), ("9" * 30, UNFINISHED), ("-1", BAD), ("1.5", BAD),
        ("٣", BAD), ("²", BAD),
    ],
)  # fmt: skip
def test_a_count_is_checked_while_it_is_typed(
    batch: CountField, text: str, state: QValidator.State
) -> None:
    assert batch.validate(text, 0)[0] == state


@pytest.mark.parametrize(
    ("value", "up", "down"),
    [(1, 2, 1), (2, 4, 1), (128, 256, 64), (100, 128, 64), (129, 256, 128), (3, 4, 2)],
)
def test_the_arrows_of_a_batch_double_and_halve(
    batch: CountField, value: int, up: int, down: int
) -> None:
    batch.setValue(value)
    batch.stepBy(1)
    assert batch.value() == up
    batch.setValue(value)
    batch.stepBy(-1)
    assert batch.value() == down


def test_a_batch_of_all_reads_so(batch: CountField) -> None:
    batch.set_all(16_000)
    batch.setValue(8192)
    assert batch.text() == f"8{THIN}192"
    batch.stepBy(1)
    assert batch.value() == 16_000
    assert batch.text() == f"all 16{THIN}000"
    batch.stepBy(1)
    assert batch.value() == 16_000
    batch.stepBy(-1)
    assert batch.value() == 8192


def test_more_than_all_is_all_and_is_kept_for_larger_data(batch: CountField) -> None:
    batch.setValue(50_000)
    batch.set_all(16_000)
    assert batch.text() == f"all 16{THIN}000"
    assert batch.value() == 50_000
    QTest.keyClick(batch, Qt.Key.Key_Return)
    assert batch.value() == 50_000
    batch.set_all(60_000)
    assert batch.text() == f"50{THIN}000"
    batch.set_all(16_000)
    batch.stepBy(-1)
    assert batch.value() == 8192


@pytest.mark.parametrize("typed", ["50", "50 %"])
def test_a_count_with_a_unit_is_typed_with_or_without_it(seed: CountField, typed: str) -> None:
    seed.setSuffix(" %")
    seed.setValue(5)
    write(seed, typed)
    assert (seed.value(), seed.text()) == (50, "50 %")


def test_other_counts_step_by_one(seed: CountField) -> None:
    seed.stepBy(-1)
    assert seed.value() == 0
    seed.setValue(6)
    seed.stepBy(1)
    assert seed.value() == 7
    seed.stepBy(-3)
    assert seed.value() == 4


@pytest.mark.parametrize("value", [2**31 - 1, 2**31, 2**40, 2**63 - 1])
def test_a_count_beyond_the_field_is_shown_as_its_largest(seed: CountField, value: int) -> None:
    """A model trained on the command line may have a seed that no field of Qt can hold."""
    seed.setValue(value)
    assert seed.value() == 2**31 - 1


@pytest.mark.parametrize("typed", ["40000", "40 000", f"40{THIN}000"])
def test_a_large_number_is_grouped_and_may_be_typed_either_way(typed: str, qtbot: QtBot) -> None:
    field = CountField(10, 1_000_000)
    qtbot.addWidget(field)
    for end in range(1, len(typed) + 1):
        assert field.validate(typed[:end], end)[0] is not BAD
    field.lineEdit().setText(typed)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.value() == 40_000
    assert field.text() == f"40{THIN}000"
