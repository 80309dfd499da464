"""The parameters as CSV: every one of them, exactly, and findable by its place."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from saved_models import CONV, EACH, HIDDEN, ONE, TEN, model, trained

from sixpad.core.network import Network
from sixpad.data.weights_table import KEYS, encode_weights_table, write_weights_table
from sixpad.errors import SixpadError

Row = dict[str, str]


def table(network: Network) -> list[Row]:
    return list(csv.DictReader(io.StringIO(encode_weights_table(model(network=network)).decode())))


def numbers(row: Row) -> list[np.float32]:
    return [np.float32(text) for name, text in row.items() if name not in KEYS and text]


@pytest.mark.parametrize("network", EACH.values(), ids=EACH)
def test_every_parameter_reads_back_exactly(network: Network) -> None:
    rows = table(network)
    for name, array in trained(network=network).parameters.items():
        layer, kind = name.rsplit(".", 1)
        found = [
            numbers(row)
            for row in rows
            if row["layer"] == layer and (row["input"] == "bias") is (kind == "bias")
        ]
        assert np.array(found, np.float32).tobytes() == array.tobytes()
    assert sum(len(numbers(row)) for row in rows) == network.size
    assert len({len(row) for row in rows}) == 1, "it is a rectangle, as spreadsheets want it"


@pytest.mark.parametrize(("network", "neurons"), [(ONE, 1), (TEN, 10)], ids=["one", "ten"])
def test_the_weights_of_a_pixel_stand_in_its_row(network: Network, neurons: int) -> None:
    rows = table(network)
    assert list(rows[0]) == [*KEYS, *(f"w{place}" for place in range(neurons))]
    assert len(rows) == 577
    W = trained(network=network).parameters["output.weights"].reshape(24, 24, neurons)
    for row in rows[:-1]:
        place = int(row["row"]), int(row["column"])
        assert int(row["input"]) == 24 * place[0] + place[1]
        assert row["channel"] == ""
        assert numbers(row) == W[place].tolist()
    assert rows[-1]["input"] == "bias"


def test_the_inputs_of_hidden_layers_are_told_apart() -> None:
    rows = table(HIDDEN)
    layers = [row["layer"] for row in rows]
    assert layers == ["hidden1"] * 577 + ["hidden2"] * 13 + ["output"] * 8
    assert (rows[25]["row"], rows[25]["column"]) == ("1", "1")
    second = rows[577:590]
    assert [row["input"] for row in second] == [*map(str, range(12)), "bias"]
    assert {(row["row"], row["column"], row["channel"]) for row in second} == {("", "", "")}


def test_kernels_and_maps_are_found_by_row_column_and_channel() -> None:
    rows, parameters = table(CONV), trained(network=CONV).parameters
    by_layer = {name: [r for r in rows if r["layer"] == name] for name in
                ("conv1", "conv2", "hidden1", "output")}  # fmt: skip
    assert [len(found) for found in by_layer.values()] == [17, 28, 4 * 4 * 2 + 1, 10]
    assert {row["channel"] for row in by_layer["conv1"]} == {""}
    for row in by_layer["conv2"][:-1]:
        place = int(row["row"]), int(row["column"]), int(row["channel"])
        assert numbers(row) == parameters["conv2.weights"][place].tolist()
    after = parameters["hidden1.weights"].reshape(4, 4, 2, 9)
    for row in by_layer["hidden1"][:-1]:
        place = int(row["row"]), int(row["column"]), int(row["channel"])
        assert numbers(row) == after[place].tolist()


def test_a_table_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    write_weights_table(tmp_path / "ten.csv", model(network=TEN))
    assert (tmp_path / "ten.csv").read_bytes() == encode_weights_table(model(network=TEN))
    with pytest.raises(SixpadError, match="does not exist"):
        write_weights_table(tmp_path / "no" / "ten.csv", model(network=TEN))
