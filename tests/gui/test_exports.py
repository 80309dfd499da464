"""The Export menu: files for others, named by the network, and a sentence when they are there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from desk import Desk, Until
from evaluated import Gate
from hand import teach
from PySide6.QtWidgets import QFileDialog, QMenu, QProgressDialog, QPushButton

from sixpad.core.network import MODELS
from sixpad.core.preparation import Preparation
from sixpad.core.sizes import Kernels
from sixpad.data.model_header import Model
from sixpad.data.onnx_file import encode_onnx
from sixpad.data.weights_picture import encode_weights_picture
from sixpad.data.weights_table import encode_weights_table
from sixpad.gui import report_file, waiting
from sixpad.gui.app import App
from sixpad.gui.export_kinds import NUMBERS, ONNX, PICTURE, REPORT, Kind
from sixpad.gui.exports import Exports
from sixpad.gui.models import model_of
from sixpad.gui.report import TrainingReport

KINDS = {"onnx": ONNX, "picture": PICTURE, "numbers": NUMBERS, "report": REPORT}
BY_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@pytest.fixture
def exports(app: App) -> Exports:
    return app.window.exports


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> list[TrainingReport]:
    """Every report that is written from now on."""
    written: list[TrainingReport] = []
    write = report_file.write_report

    def note(path: Path, report: TrainingReport) -> None:
        written.append(report)
        write(path, report)

    monkeypatch.setattr(report_file, "write_report", note)
    return written


def in_use(app: App) -> Model:
    return model_of(app.session.network, app.session.learned)


def use(app: App, model: str) -> None:
    """Use a model that has learned; deeper ones small enough for a test."""
    app.session.set_model(model)
    if model == "hidden":
        app.session.set_sizes((9, 7))
    if model == "conv":
        app.session.set_sizes((Kernels(5, 3), 8))
    teach(app.session)


class Dialog:
    """Stands for the dialog that asks for a name: notes what it was asked with, gives an answer."""

    def __init__(self, answer: str = "", chosen: str = "") -> None:
        self.answer, self.chosen = answer, chosen
        self.suggested: list[Path] = []
        self.filters: list[str] = []

    def __call__(self, _parent: object, _title: str, suggestion: str, filters: str) -> object:
        self.suggested.append(Path(suggestion))
        self.filters.append(filters)
        return self.answer, self.chosen


@pytest.fixture
def dialog(monkeypatch: pytest.MonkeyPatch) -> Dialog:
    dialog = Dialog()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", dialog)
    return dialog


@pytest.mark.parametrize("model", MODELS)
def test_every_model_is_exported_in_every_format(
    app: App, exports: Exports, notices: list[str], until: Until, tmp_path: Path, model: str
) -> None:
    pytest.importorskip("onnx", reason="the extra “onnx” is not installed")
    use(app, model)
    made = in_use(app)
    for name, kind, content in (
        ("a.onnx", ONNX, encode_onnx(made)),
        ("a.png", PICTURE, encode_weights_picture(made)),
        ("a.csv", NUMBERS, encode_weights_table(made)),
    ):
        exports.export_at(kind, tmp_path / name)
        until(lambda: bool(notices))
        assert (tmp_path / name).read_bytes() == content
        assert notices.pop() == f"Exported as “{tmp_path / name}”."
    for name, begin in (("r.pdf", b"%PDF-"), ("r.png", b"\x89PNG")):
        exports.export_at(REPORT, tmp_path / name)
        until(lambda: bool(notices))
        assert (tmp_path / name).read_bytes().startswith(begin)
        assert notices.pop() == f"Exported as “{tmp_path / name}”."


def test_the_report_is_of_the_validation_part_and_of_the_moment_it_was_asked_for(
    app: App, exports: Exports, reports: list[TrainingReport], until: Until, tmp_path: Path
) -> None:
    use(app, "ten")
    snapshot = app.session.snapshot
    exports.export_at(REPORT, tmp_path / "r.pdf")
    teach(app.session, seed=2)
    app.session.set_model("one")
    until(lambda: bool(reports))
    (report,) = reports
    assert report.model.snapshot is snapshot
    assert report.model.network.model == "ten"
    assert app.trainer.data.parts is not None
    assert report.found.examples == len(app.trainer.data.parts[1]) == 80
    assert "80 examples of handwriting:400" in report.data


def test_the_report_of_a_trained_network_has_its_curve_and_what_it_is_worth(
    app: App, exports: Exports, reports: list[TrainingReport], until: Until, tmp_path: Path
) -> None:
    app.trainer.step()
    until(lambda: app.session.snapshot.step == 1)
    exports.export_at(REPORT, tmp_path / "r.png")
    until(lambda: bool(reports))
    (report,) = reports
    assert report.history is app.session.history
    assert "watched while settings are chosen" in report.note
    assert dict(report.settings)["Steps"] == "1"


def test_a_network_is_scored_on_images_as_its_own_were(
    app: App, exports: Exports, reports: list[TrainingReport], until: Until, tmp_path: Path
) -> None:
    """Though the examples that are there now are prepared otherwise."""
    until(lambda: not app.trainer.data.loading)
    app.trainer.step()
    until(lambda: app.session.snapshot.step == 1)
    app.session.drawing.set_preparation(Preparation.DESKEWED)
    until(lambda: not app.trainer.data.loading)
    assert app.trainer.data.preparation is Preparation.DESKEWED
    exports.export_at(REPORT, tmp_path / "r.pdf")
    until(lambda: bool(reports))
    assert reports[0].model.preparation is Preparation.FITTED
    assert reports[0].found.examples == 80


@BY_KIND
def test_without_a_name_nothing_is_done(
    exports: Exports, notices: list[str], dialog: Dialog, kind: Kind
) -> None:
    exports.export(kind)
    assert len(dialog.suggested) == 1
    assert notices == []


@pytest.mark.parametrize(
    ("kind", "model", "name"),
    [
        (ONNX, "one", "one-6.onnx"),
        (PICTURE, "ten", "ten-weights.png"),
        (NUMBERS, "hidden", "hidden-9-7-weights.csv"),
        (REPORT, "conv", "conv-5x5x3-8-report.pdf"),
    ],
)
def test_a_name_is_suggested_and_the_folder_of_the_last_one(
    app: App, exports: Exports, dialog: Dialog, until: Until, tmp_path: Path, kind: Kind,
    model: str, name: str,
) -> None:  # fmt: skip
    use(app, model)
    exports.export(kind)
    assert dialog.suggested == [Path.home() / name]
    assert dialog.filters[0].count("*.") == len(kind.filters)
    dialog.answer = str(tmp_path / "first.csv")
    exports.export(NUMBERS)
    until(lambda: (tmp_path / "first.csv").exists())
    dialog.answer = ""
    exports.export(kind)
    assert dialog.suggested[-1] == tmp_path / name


@pytest.mark.parametrize(
    ("name", "chosen", "written"),
    [
        ("r", "PDF (*.pdf)", "r.pdf"),
        ("r", "PNG image (*.png)", "r.png"),
        ("r", "", "r.pdf"),
        ("r.png", "PDF (*.pdf)", "r.png"),
        ("r.pdf", "PNG image (*.png)", "r.png"),
        ("r.PDF", "PDF (*.pdf)", "r.PDF"),
        ("v1.2", "PNG image (*.png)", "v1.2.png"),
    ],
)
def test_the_format_is_the_one_that_was_asked_for(
    exports: Exports, notices: list[str], until: Until, dialog: Dialog, tmp_path: Path,
    name: str, chosen: str, written: str,
) -> None:  # fmt: skip
    dialog.answer, dialog.chosen = str(tmp_path / name), chosen
    exports.export(REPORT)
    until(lambda: bool(notices))
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [written]
    begin = b"\x89PNG" if written.endswith("png") else b"%PDF-"
    assert (tmp_path / written).read_bytes().startswith(begin)


@BY_KIND
def test_a_file_that_nobody_was_asked_about_is_not_replaced(
    exports: Exports, notices: list[str], tmp_path: Path, kind: Kind
) -> None:
    suffix = next(iter(kind.filters.values()))
    there = tmp_path / f"mine{suffix}"
    there.write_text("mine")
    exports.export_at(kind, tmp_path / "mine")
    assert there.read_text() == "mine"
    (told,) = notices
    assert f"There is a “mine{suffix}” already" in told


@BY_KIND
def test_what_cannot_be_written_is_told(
    exports: Exports, notices: list[str], until: Until, tmp_path: Path, kind: Kind
) -> None:
    suffix = next(iter(kind.filters.values()))
    exports.export_at(kind, tmp_path / "no" / f"a{suffix}")
    until(lambda: bool(notices))
    (told,) = notices
    assert "does not exist" in told
    assert not list(tmp_path.rglob("*a.*"))


def test_without_onnx_the_way_to_it_is_told(
    exports: Exports, notices: list[str], until: Until, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setitem(sys.modules, "onnx", None)
    exports.export_at(ONNX, tmp_path / "a.onnx")
    until(lambda: bool(notices))
    (told,) = notices
    assert "pip install '.[onnx]'" in told


def hold_examples(app: App, until: Until, gate: Gate) -> None:
    """Leave a network that has learned from examples that must be loaded anew, and hold them."""
    gate.opened.set()
    app.trainer.step()
    until(lambda: app.session.snapshot.step == 1)
    app.session.drawing.set_preparation(Preparation.DESKEWED)
    until(lambda: app.trainer.data.preparation is Preparation.DESKEWED)
    gate.opened.clear()
    gate.reached.clear()


def test_a_report_can_be_given_up(
    app: App, exports: Exports, notices: list[str], until: Until, gate: Gate, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(waiting, "_PATIENCE_MILLISECONDS", 0)
    hold_examples(app, until, gate)
    exports.export_at(REPORT, tmp_path / "r.pdf")
    dialogs = app.window.findChildren(QProgressDialog)
    assert len(dialogs) == 1
    until(lambda: dialogs[0].isVisible())
    exports.export_at(REPORT, tmp_path / "another.pdf")
    assert "already" in notices.pop()
    (cancel,) = dialogs[0].findChildren(QPushButton)
    cancel.click()
    gate.opened.set()
    until(lambda: not app.window.findChildren(QProgressDialog))
    assert not list(tmp_path.glob("*.pdf"))
    assert notices == []
    exports.export_at(REPORT, tmp_path / "r.pdf")
    until(lambda: (tmp_path / "r.pdf").exists())


def test_closing_gives_a_report_up(
    desk: Desk, app: App, until: Until, gate: Gate, tmp_path: Path
) -> None:
    hold_examples(app, until, gate)
    app.window.exports.export_at(REPORT, tmp_path / "r.pdf")
    assert gate.reached.wait(10)
    gate.opened.set()
    desk.close(app)
    assert not (tmp_path / "r.pdf").exists()


def test_the_menu_has_them_all(app: App, dialog: Dialog) -> None:
    (menu,) = (m for m in app.window.findChildren(QMenu) if m.title() == "&Export")
    for action in menu.actions():
        action.trigger()
    endings = [path.name.removeprefix("one-6") for path in dialog.suggested]
    assert endings == [".onnx", "-weights.png", "-weights.csv", "-report.pdf"]
