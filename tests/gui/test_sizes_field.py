"""The layers of a network as they are written: each choice is a network with weights of its own."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from sixpad.core.sizes import Kernels
from sixpad.gui.notice import Notice
from sixpad.gui.session import Session
from sixpad.gui.sizes_field import SizesField


@pytest.fixture
def session() -> Session:
    session = Session()
    session.set_model("hidden")
    return session


@pytest.fixture
def field(qtbot: QtBot, session: Session) -> SizesField:
    field = SizesField(session)
    qtbot.addWidget(field)
    return field


def write(field: SizesField, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, key)


def test_it_shows_the_sizes_of_the_model_in_use(session: Session, field: SizesField) -> None:
    assert field.text() == "128"
    session.set_model("conv")
    assert field.text() == "5x5x12, 3x3x24, 96"


def test_other_sizes_are_another_network_and_nothing_is_lost(
    session: Session, field: SizesField
) -> None:
    first = session.snapshot.parameters["hidden1.weights"]
    write(field, "32,16")
    assert session.network.sizes == (32, 16)
    assert field.text() == "32, 16"
    assert session.snapshot.parameters["hidden1.weights"].shape == (576, 32)
    write(field, "128")
    assert session.snapshot.parameters["hidden1.weights"] is first


def test_what_was_taken_is_read_from_its_beginning(session: Session, field: SizesField) -> None:
    write(field, "64,32,16")
    assert (field.text(), field.cursorPosition()) == ("64, 32, 16", 0)


def test_each_model_keeps_its_sizes(session: Session, field: SizesField) -> None:
    write(field, "20")
    session.set_model("conv")
    write(field, "3x3x4, 10")
    assert session.network.sizes == (Kernels(3, 4), 10)
    session.set_model("hidden")
    assert field.text() == "20"


@pytest.mark.parametrize("wrong", ["", "many", "0", "5x5x12", "99999", "2000, 2000"])
def test_what_cannot_be_is_told_and_stays_to_be_mended(
    qtbot: QtBot, session: Session, field: SizesField, wrong: str
) -> None:
    with qtbot.waitSignal(session.noticed) as told:
        write(field, wrong or " ")
    assert told.args is not None
    assert told.args[0].endswith(".")
    assert field.text() == (wrong or " ")
    assert session.network.sizes == (128,)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "128"


def test_the_drawing_is_answered_by_the_new_network(session: Session, field: SizesField) -> None:
    write(field, "8")
    assert session.evidence.probabilities.shape == (10,)
    np.testing.assert_allclose(session.evidence.probabilities, 0.1)


def test_what_was_told_goes_once_the_sizes_are_right(
    qtbot: QtBot, session: Session, field: SizesField
) -> None:
    notice = Notice(field)
    session.noticed.connect(notice.tell)
    field.show()
    write(field, "9x9x4")
    assert notice.isVisibleTo(field)
    write(field, "32")
    assert not notice.isVisibleTo(field)
