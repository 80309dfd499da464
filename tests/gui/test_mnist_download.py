"""MNIST in the window: downloaded with one button, stopped and gone on with, and trained on."""

from __future__ import annotations

import gzip
import hashlib
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from desk import Desk, Until
from hand import teach
from loopback import Loopback, held, serve, status

from sixpad.data import mnist
from sixpad.data.handwriting import generate
from sixpad.data.idx import write_idx
from sixpad.data.mnist import TEST, TRAINING
from sixpad.data.pinned_file import PinnedFile
from sixpad.gui import sources_view
from sixpad.gui.app import App
from sixpad.gui.numbers import THIN_SPACE
from sixpad.gui.sources_view import SourcesView
from sixpad.gui.trainer import State

COUNTS = {TRAINING: 300, TEST: 100}


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Small files in the place of MNIST's, by their names."""
    folder = tmp_path_factory.mktemp("made")
    for part, count in COUNTS.items():
        digits = generate(count, 9)
        write_idx(folder / part, digits.images, digits.labels)
    return {f"{path.name}.gz": gzip.compress(path.read_bytes()) for path in folder.iterdir()}


@pytest.fixture(autouse=True)
def _from_this_machine(
    mirror: Loopback, authority: trustme.CA, contents: dict[str, bytes], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    files = [
        PinnedFile(name, len(content), hashlib.sha256(content).hexdigest())
        for name, content in ((file.name, contents[file.name]) for file in mnist.FILES)
    ]
    monkeypatch.setattr(mnist, "FILES", files)
    monkeypatch.setattr(mnist, "MIRRORS", [mirror.address])
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    mirror.answers = {f"/{name}": [serve(content)] for name, content in contents.items()}


def view_of(app: App) -> SourcesView:
    app.window.show_page(1)
    assert app.window.data_page is not None
    return app.window.data_page.sources


@pytest.fixture
def view(app: App) -> SourcesView:
    return view_of(app)


def is_added(app: App, view: SourcesView) -> bool:
    return app.trainer.data.specs == ("handwriting:400", f"idx:{view.download.folder / TRAINING}")


def hold(mirror: Loopback, contents: dict[str, bytes], share: float = 0.5) -> threading.Event:
    """Have the first file stop on the way until this is set."""
    gate, name = threading.Event(), mnist.FILES[0].name
    content = contents[name]
    mirror.answers[f"/{name}"] = [held(content, int(len(content) * share), gate), serve(content)]
    return gate


def test_one_button_brings_it_and_adds_it(
    app: App, view: SourcesView, mirror: Loopback, until: Until
) -> None:
    assert view.add.mnist.text().startswith("Download")
    view.add.mnist.click()
    assert view.add.mnist.text() == "Cancel"
    until(lambda: is_added(app, view))
    assert view.add.mnist.text() == "Add MNIST"
    assert not view.add.mnist.isEnabled()
    assert len(mirror.asked) == 4
    assert view.rows[1].name.text() == "MNIST"
    assert view.rows[1].number.text() == str(COUNTS[TRAINING])
    view.rows[1].remove.click()
    until(lambda: len(app.trainer.data.specs) == 1)
    view.add.mnist.click()
    until(lambda: is_added(app, view))
    assert len(mirror.asked) == 4


def test_it_is_cancelled_and_gone_on_with(
    app: App, view: SourcesView, mirror: Loopback, contents: dict[str, bytes], until: Until
) -> None:
    gate = hold(mirror, contents)
    half = len(contents[mnist.FILES[0].name]) // 2
    view.add.mnist.click()
    until(lambda: view.download.here >= half)
    assert view.add.bar.isVisible()
    assert view.add.bar.value() > 0
    view.add.mnist.click()
    assert view.add.mnist.text() == "Stopping …"
    assert not view.add.mnist.isEnabled()
    gate.set()
    until(lambda: not view.download.running)
    assert view.add.mnist.text() == "Resume"
    assert view.download.here >= half
    assert not is_added(app, view)
    view.add.mnist.click()
    until(lambda: is_added(app, view))
    assert mirror.asked[1][1] is not None, "it went on where it was"


def test_it_goes_on_after_a_restart(
    desk: Desk, app: App, view: SourcesView, mirror: Loopback, contents: dict[str, bytes],
    until: Until,
) -> None:  # fmt: skip
    gate = hold(mirror, contents)
    view.add.mnist.click()
    until(lambda: view.download.here > 0)
    threading.Timer(0.2, gate.set).start()
    desk.close(app)
    again = desk.start_as_it_is()
    view = view_of(again)
    assert view.add.mnist.text() == "Resume"
    view.add.mnist.click()
    until(lambda: is_added(again, view))


def test_it_goes_on_while_another_page_is_looked_at(
    app: App, view: SourcesView, mirror: Loopback, contents: dict[str, bytes], until: Until
) -> None:
    gate = hold(mirror, contents)
    view.add.mnist.click()
    app.window.show_page(0)
    gate.set()
    until(lambda: is_added(app, view))


def test_what_goes_wrong_is_told_beside_it(
    app: App, view: SourcesView, mirror: Loopback, notices: list[str], until: Until
) -> None:
    name = mnist.FILES[1].name
    mirror.answers[f"/{name}"].insert(0, status(403))
    view.add.mnist.click()
    until(lambda: not view.download.running)
    assert f"“{name}” did not come: " in view.add.trouble.text()
    assert "refuses it (403); try again later." in view.add.trouble.text()
    assert notices == []
    assert view.add.mnist.text() == "Resume"
    view.add.mnist.click()
    until(lambda: is_added(app, view))
    assert view.add.trouble.text() == ""


def test_what_goes_wrong_elsewhere_is_told_in_a_notice(
    app: App, view: SourcesView, mirror: Loopback, notices: list[str], until: Until
) -> None:
    mirror.answers.clear()
    view.add.mnist.click()
    app.window.show_page(0)
    until(lambda: bool(notices))
    assert "does not have it (404)" in notices[0]


def test_a_training_that_runs_is_left_alone(
    app: App, view: SourcesView, mirror: Loopback, contents: dict[str, bytes],
    notices: list[str], until: Until,
) -> None:  # fmt: skip
    gate = hold(mirror, contents)
    view.add.mnist.click()
    app.trainer.set_config(replace(app.trainer.config, epochs=1_000_000))
    app.trainer.train()
    until(lambda: app.trainer.state is State.RUNNING)
    gate.set()
    until(lambda: bool(notices))
    assert "MNIST is on this machine now" in notices[0]
    assert app.trainer.data.specs == ("handwriting:400",)
    app.trainer.stop()
    until(lambda: app.trainer.state is State.IDLE)
    view.add.mnist.click()
    until(lambda: is_added(app, view))


def test_it_is_opened_from_a_folder(
    app: App, view: SourcesView, tmp_path: Path, contents: dict[str, bytes],
    notices: list[str], until: Until, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    folder = tmp_path / "mine"
    folder.mkdir()
    monkeypatch.setattr(sources_view, "ask_for_mnist", lambda _window: folder)
    view.add.folder.click()
    assert "does not hold MNIST's training digits" in notices[0]
    for name, content in contents.items():
        (folder / name.removesuffix(".gz")).write_bytes(gzip.decompress(content))
    view.add.folder.click()
    until(lambda: f"idx:{folder / TRAINING}" in app.trainer.data.specs)
    assert not view.download.folder.exists()


def test_its_test_part_can_be_evaluated_on(app: App, view: SourcesView, until: Until) -> None:
    view.add.mnist.click()
    until(lambda: is_added(app, view))
    teach(app.session)
    app.window.show_page(2)
    page = app.window.evaluate_page
    assert page is not None
    place = page.data.findText("MNIST, its test part")
    page.data.setCurrentIndex(place)
    page.data.activated.emit(place)
    until(lambda: page.evaluator.report is not None and not page.evaluator.busy
          and len(page.evaluator.report.data) == COUNTS[TEST])  # fmt: skip
    assert page.data.currentText() == "MNIST, its test part"


def test_how_much_there_is_to_bring_is_told(view: SourcesView, contents: dict[str, bytes]) -> None:
    megabytes = sum(map(len, contents.values())) / 1e6
    assert view.add.mnist.text() == f"Download {megabytes:.1f}{THIN_SPACE}MB"
