"""What the commands say of their scores: of which data they are, and what they are worth."""

from __future__ import annotations

from pathlib import Path

import pytest
from terminal import TRAIN, Captured, reported

from sixpad.cli import main
from sixpad.core.evaluation import evaluate
from sixpad.data.model_file import open_model
from sixpad.data.spec import load_data


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (
            "handwriting:400",
            "The network learned from handwriting:400:6: these examples flatter it.",
        ),
        ("handwriting:500:9 handwriting:400:6", "these examples flatter it."),
        ("handwriting:500:9", "The generator's own hand, never seen before"),
        ("images:", "Never used to train this network."),
    ],
)
def test_what_the_data_are_worth_is_told(
    model: Path, digits: Path, capsys: Captured, data: str, note: str
) -> None:
    capsys.readouterr()
    specs = [f"images:{digits}"] if data == "images:" else data.split()
    options = ["evaluate", str(model)] + [word for spec in specs for word in ("--data", spec)]
    assert main([*options, "--json"]) == 0
    record = reported(capsys)
    assert record["learned_from"] == ["handwriting:400:6"]
    assert note in record["note"]
    assert main(options) == 0
    assert capsys.readouterr().out.splitlines()[1] == record["note"]


def test_the_report_says_of_which_part_it_speaks_and_how_sure_it_is(
    tmp_path: Path, capsys: Captured
) -> None:
    out = tmp_path / "six"
    assert main([*TRAIN, "--epochs", "5", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    model, (_, validation) = open_model(out), load_data(["handwriting:400"]).split()
    parameters = model.snapshot.parameters
    found = evaluate(model.network, parameters, validation, "cross-entropy")
    value, low, high = (100 * share for share in found.accuracy)
    told = f"accuracy, validation           {value:.1f} % ({low:.1f} % to {high:.1f} %)\n"
    assert told in said
    value, low, high = found.average_precision
    assert f"average precision, validation  {value:.3f} ({low:.3f} to {high:.3f})\n" in said


@pytest.mark.parametrize("options", [[], ["--new-digits"]])
def test_the_model_names_what_it_learned_from(
    tmp_path: Path, capsys: Captured, options: list[str]
) -> None:
    out = tmp_path / "six"
    data = ["--data", "handwriting:100:2"]
    assert main([*TRAIN, *data, "--epochs", "1", *options, "--out", str(out)]) == 0
    source = open_model(out).source
    assert source.data == (("handwriting:400:6", "handwriting:100:2"),)
    assert source.new_each_epoch is bool(options)
