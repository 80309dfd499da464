"""My drawings on the Data page: looked through, found again, relabelled, deleted and restored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from desk import Desk, Until
from evaluated import BOTH, click, evaluated, page_of
from hand import teach
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QStyleOptionButton

from sixpad.core.grid import PIXELS
from sixpad.core.network import ONE, TEN
from sixpad.data.drawing_choice import (
    ANY,
    DOUBTFUL,
    NEWEST,
    OLDEST,
    RIGHT,
    SURE,
    UNSURE,
    WRONG,
    Choice,
)
from sixpad.data.drawing_table import DrawingTable
from sixpad.data.drawings import Drawings
from sixpad.data.handwriting import generate
from sixpad.data.spec_words import DRAWINGS
from sixpad.data.store_path import store_path
from sixpad.data.stored import ADDED, DRAWN, IMPORTED, Stored, new_drawing
from sixpad.gui.app import App
from sixpad.gui.drawings_view import DrawingsView
from sixpad.gui.main_window import MainWindow

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
COUNT, DELETED, MISSING = 120, 7, 7


def some(count: int = COUNT, seed: int = 3) -> list[Stored]:
    """Drawings one after the other, some of them deleted, none of them labelled 7."""
    data = generate(count, seed)
    drawings = []
    for at, (image, label) in enumerate(zip(data.images, data.labels.tolist(), strict=True)):
        digit = 1 if label == MISSING else label
        source = (DRAWN, ADDED, IMPORTED)[at % 3]
        drawing = new_drawing(image.reshape(24, 24), digit, source, "a sitting")
        when = f"2026-04-01T09:{at // 60:02}:{at % 60:02}.000000Z"
        gone = when if at < DELETED else None
        drawings.append(drawing._replace(created_at=when, deleted_at=gone))
    return drawings


@pytest.fixture
def app(desk: Desk, until: Until) -> App:
    """Sixpad, open, with drawings; one neuron and ten have learned something."""
    app = desk.start()
    until(lambda: app.collection.ready)
    app.collection.keep(some())
    until(lambda: not app.collection.unsaved)
    for model in (TEN, ONE):
        app.session.set_model(model)
        teach(app.session)
    return app


@pytest.fixture
def view(app: App) -> DrawingsView:
    return opened(app)


def opened(app: App) -> DrawingsView:
    """The view, as a person comes to it."""
    app.window.show_drawings()
    page = app.window.data_page
    assert page is not None
    page.drawings.sheet.setFocus()
    return page.drawings


def shown(view: DrawingsView) -> list[Stored]:
    window = view.window()
    assert isinstance(window, MainWindow)
    table = window.collection.table
    return [table[row] for row in view.sheet.rows.tolist()]


def labels(view: DrawingsView) -> list[int]:
    return [drawing.label for drawing in shown(view)]


def told(view: DrawingsView) -> str:
    return "\n".join(label.text() for label in view.findChildren(QLabel) if label.isVisible())


def stored(uuid: str) -> Stored:
    with Drawings(store_path(), create=False) as store:
        (found,) = [row for row in store.rows() if isinstance(row, Stored) and row.uuid == uuid]
    return found


def press(view: DrawingsView, key: Qt.Key, keys: Qt.KeyboardModifier | None = None) -> None:
    QTest.keyClick(view.sheet, key, keys or Qt.KeyboardModifier.NoModifier)


def probabilities(app: App, drawings: list[Stored]) -> np.ndarray:
    """What the network in use gives to each, worked out one by one."""
    network, parameters = app.session.network, app.session.snapshot.parameters
    ink = [app.session.drawing.preparation(drawing.ink) for drawing in drawings]
    X = np.array(ink).reshape(-1, PIXELS).astype(np.float32)
    return np.array([network.predict(parameters, x[None])[0] for x in X])


# What is shown


def test_the_newest_stand_first_and_the_deleted_are_not_among_them(view: DrawingsView) -> None:
    times = [drawing.created_at for drawing in shown(view)]
    assert len(times) == COUNT - DELETED
    assert times == sorted(times, reverse=True)
    assert f"{COUNT - DELETED} shown" in told(view)


def test_how_many_there_are_of_each_is_seen(view: DrawingsView) -> None:
    for digit in range(10):
        words = view.filters.labels.button(digit).text()
        number = labels(view).count(digit)
        assert words == (f"{digit}: {number}" if number else f"{digit}: –")
    assert view.filters.labels.button(MISSING).text() == "7: –"


def test_the_labels_choose(view: DrawingsView) -> None:
    for digit in range(10):
        view.filters.labels.button(digit).click()
        assert set(labels(view)) <= {digit}
        assert bool(labels(view)) == (digit != MISSING)


def test_what_is_missing_says_what_to_do(view: DrawingsView) -> None:
    view.filters.labels.button(MISSING).click()
    assert "No 7 yet." in told(view)
    assert "press 7" in told(view)


def test_the_sources_choose(view: DrawingsView) -> None:
    numbers = []
    for source in (DRAWN, ADDED, IMPORTED):
        view.show_choice(Choice(source=source))
        assert {drawing.source for drawing in shown(view)} == {source}
        numbers.append(len(shown(view)))
    assert sum(numbers) == COUNT - DELETED


def test_without_any_it_says_how_to_begin(desk: Desk, until: Until) -> None:
    app = desk.start()
    until(lambda: app.collection.ready)
    view = opened(app)
    assert "No drawings of yours yet." in told(view)
    assert "press its key" in told(view)
    app.collection.keep(some(20))
    assert "No drawings" not in told(view)
    assert view.sheet.isVisible()


@BOTH
def test_right_and_wrong_are_told_apart(
    view: DrawingsView, app: App, until: Until, model: str
) -> None:
    app.session.set_model(model)
    everything = shown(view)
    P = probabilities(app, everything)
    if model == ONE:
        right = (P > 0.5) == [drawing.label == 6 for drawing in everything]
    else:
        right = P.argmax(axis=1) == [drawing.label for drawing in everything]
    assert 0 < right.sum() < len(right)
    for answer, expected in ((WRONG, ~right), (RIGHT, right)):
        view.show_choice(Choice(answer=answer))
        until(lambda: view.sheet.isVisible())
        wanted = [one.uuid for one, chosen in zip(everything, expected, strict=True) if chosen]
        assert [one.uuid for one in shown(view)] == wanted


@BOTH
@pytest.mark.parametrize("order", [SURE, UNSURE, DOUBTFUL])
def test_what_the_network_is_sure_of_orders_them(
    view: DrawingsView, app: App, until: Until, model: str, order: str
) -> None:
    app.session.set_model(model)
    view.show_choice(Choice(order=order))
    until(lambda: len(view.sheet.rows) == COUNT - DELETED)
    P = probabilities(app, shown(view))
    if order == DOUBTFUL and model == ONE:
        values = np.where([label == 6 for label in labels(view)], P, 1 - P)
    elif order == DOUBTFUL:
        values = P[np.arange(len(P)), labels(view)]
    else:
        values = np.maximum(P, 1 - P) if model == ONE else P.max(axis=1)
    steps = np.diff(values)
    assert (steps <= 1e-5).all() if order == SURE else (steps >= -1e-5).all()


def test_a_wrong_label_is_found_first(view: DrawingsView, app: App, until: Until) -> None:
    app.session.set_model(TEN)
    everything = shown(view)
    P = probabilities(app, everything)
    slip = int(P.max(axis=1).argmax())
    least = int(P[slip].argmin())
    app.collection.keep([everything[slip]._replace(label=least)])
    view.show_choice(Choice(order=DOUBTFUL))
    until(lambda: len(view.sheet.rows) > 0)
    assert everything[slip].uuid in [one.uuid for one in shown(view)[:5]]


def test_before_any_training_it_asks_for_one(desk: Desk, until: Until) -> None:
    app = desk.start()
    until(lambda: app.collection.ready)
    app.collection.keep(some())
    view = opened(app)
    assert len(shown(view)) == COUNT - DELETED
    for choice in (Choice(answer=WRONG), Choice(order=DOUBTFUL)):
        view.show_choice(choice)
        assert "not trained yet" in told(view)
    teach(app.session)
    until(lambda: view.sheet.isVisible() and len(view.sheet.rows) > 0)


def test_the_answers_follow_the_network(view: DrawingsView, app: App, until: Until) -> None:
    view.show_choice(Choice(answer=WRONG))
    until(lambda: len(view.sheet.rows) > 0)
    before = [one.uuid for one in shown(view)]
    teach(app.session, seed=2)
    until(lambda: not view.answers.outdated)
    assert [one.uuid for one in shown(view)] != before
    P = probabilities(app, shown(view))
    assert all((P > 0.5) != [one.label == 6 for one in shown(view)])


def test_the_choice_of_answers_is_that_of_the_network(view: DrawingsView, app: App) -> None:
    words = [view.filters.answer.itemText(at) for at in range(view.filters.answer.count())]
    assert "Not taken for a 6" in words
    assert view.filters.labels.others.isVisible()
    view.show_choice(Choice(frozenset(set(range(10)) - {6}), answer=1))
    app.session.set_digit(3)
    assert view.filters.choice == Choice(frozenset(set(range(10)) - {3}), answer=1)
    app.session.set_model(TEN)
    assert view.filters.choice.answer == ANY, "yes is no digit"
    assert view.filters.choice.labels is None, "there is nothing like “not 6” for ten"
    words = [view.filters.answer.itemText(at) for at in range(view.filters.answer.count())]
    assert "Taken for an 8" in words
    view.show_choice(Choice(answer=WRONG))
    app.session.set_model(ONE)
    assert view.filters.choice.answer == WRONG


# What is done with those that are selected


def test_a_digit_key_relabels_what_is_selected(view: DrawingsView, app: App, until: Until) -> None:
    first, second = shown(view)[:2]
    press(view, Key.Key_Right)
    press(view, Key.Key_4)
    assert labels(view)[1] == 4
    assert shown(view)[0] == first
    until(lambda: not app.collection.unsaved)
    assert stored(second.uuid).label == 4
    app.session.undo_stack.undo()
    until(lambda: not app.collection.unsaved)
    assert stored(second.uuid) == second


def test_many_are_relabelled_with_the_mouse(view: DrawingsView) -> None:
    press(view, Key.Key_A, CONTROL)
    assert f"{COUNT - DELETED} selected" in told(view)
    view.bar.digits[3].click()
    assert set(labels(view)) == {3}
    assert view.sheet.selection.count == COUNT - DELETED, "they are where they were"
    view.bar.undo.click()
    assert len(set(labels(view))) > 5


def test_one_after_the_other_is_put_right(view: DrawingsView, app: App, until: Until) -> None:
    """What is right now leaves the wrong ones, and the next is there for the next key."""
    app.session.set_model(TEN)
    view.show_choice(Choice(answer=WRONG))
    until(lambda: len(view.sheet.rows) > 3)
    third = shown(view)[2]
    press(view, Key.Key_Home)
    for left in (len(shown(view)) - 1, len(shown(view)) - 2):
        said = int(probabilities(app, shown(view)[:1])[0].argmax())
        press(view, Qt.Key(Key.Key_0 + said))
        assert len(shown(view)) == left
        assert view.sheet.selection.places.tolist() == [0]
    assert shown(view)[0] == third


def test_deleted_ones_are_kept_and_come_back(view: DrawingsView, app: App, until: Until) -> None:
    gone = shown(view)[0]
    press(view, Key.Key_Home)
    press(view, Key.Key_Delete)
    assert gone not in shown(view)
    assert len(shown(view)) == COUNT - DELETED - 1
    until(lambda: not app.collection.unsaved)
    assert stored(gone.uuid).deleted_at is not None
    view.show_choice(Choice(deleted=True))
    assert len(shown(view)) == DELETED + 1
    assert not view.bar.delete.isVisible()
    press(view, Key.Key_4)
    press(view, Key.Key_Delete)
    assert shown(view)[0].uuid == gone.uuid
    press(view, Key.Key_Home)
    view.bar.restore.click()
    assert len(shown(view)) == DELETED
    view.show_choice(Choice())
    assert gone in shown(view)


def test_delete_can_be_undone(view: DrawingsView, app: App) -> None:
    before = shown(view)
    press(view, Key.Key_A, CONTROL)
    view.bar.delete.click()
    assert shown(view) == []
    app.session.undo_stack.undo()
    assert shown(view) == before


def test_enter_takes_one_onto_the_canvas(view: DrawingsView, app: App, notices: list[str]) -> None:
    before = app.session.drawing.ink.copy()
    press(view, Key.Key_Right)
    press(view, Key.Key_Return)
    assert np.array_equal(app.session.drawing.ink, shown(view)[1].ink)
    assert len(notices) == 1
    app.session.undo_stack.undo()
    assert np.array_equal(app.session.drawing.ink, before)


def test_nothing_can_be_done_with_nothing(view: DrawingsView) -> None:
    bar = view.bar
    press(view, Key.Key_Escape)
    assert "Nothing selected" in told(view)
    assert not any(button.isEnabled() for button in (*bar.digits, bar.delete, bar.take))
    before = shown(view)
    press(view, Key.Key_4)
    press(view, Key.Key_Delete)
    assert shown(view) == before
    press(view, Key.Key_Right)
    assert all(button.isEnabled() for button in (*bar.digits, bar.delete, bar.take))
    press(view, Key.Key_A, CONTROL)
    assert not bar.take.isEnabled(), "there is one canvas"


def test_what_is_drawn_elsewhere_comes_in_and_moves_nothing(view: DrawingsView, app: App) -> None:
    view.show_choice(Choice(order=OLDEST))
    press(view, Key.Key_End)
    value = view.sheet.verticalScrollBar().value()
    last = view.sheet.selected_rows
    app.collection.keep(some(5, seed=9)[:1])
    app.collection.keep([new_drawing(shown(view)[0].ink, 2, DRAWN, "now")])
    assert view.sheet.selected_rows.tolist() == last.tolist()
    assert view.sheet.verticalScrollBar().value() == value


def test_another_program_may_add_some(view: DrawingsView, app: App, until: Until) -> None:
    """What is selected stays so, though the table is another one."""
    press(view, Key.Key_End)
    (selected,) = [shown(view)[place] for place in view.sheet.selection.places]
    added = some(3, seed=5)[-1]._replace(deleted_at=None)
    with Drawings(store_path()) as store:
        store.add([added])
    app.collection.look()
    until(lambda: added in shown(view))
    (still,) = [shown(view)[place] for place in view.sheet.selection.places]
    assert still == selected


def test_what_is_selected_is_found_in_a_table_of_another_order(
    view: DrawingsView, app: App
) -> None:
    press(view, Key.Key_Right)
    press(view, Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    before, table = shown(view), app.collection.table
    app.collection.table = DrawingTable(table[row] for row in reversed(range(len(table))))
    app.collection.changed.emit()
    assert shown(view) == before
    assert view.sheet.selection.places.tolist() == [1, 2]


def test_a_tile_is_told_in_words(view: DrawingsView) -> None:
    press(view, Key.Key_Right)
    words = view.sheet.accessibleDescription()
    assert f"Labelled {labels(view)[1]}." in words
    assert "The network says" in words


def test_a_read_only_store_can_be_looked_at(
    desk: Desk, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_path().parent.mkdir(parents=True, exist_ok=True)
    with Drawings(store_path()) as store:
        store.put(some())
    allowed = False
    monkeypatch.setattr("sixpad.data.drawings._may_write", lambda _path: allowed)
    app = desk.start()
    until(lambda: app.collection.ready)
    view = opened(app)
    assert "can be looked at only" in told(view)
    before = shown(view)
    assert len(before) == COUNT - DELETED
    press(view, Key.Key_A, CONTROL)
    press(view, Key.Key_4)
    press(view, Key.Key_Delete)
    assert shown(view) == before
    assert not view.bar.delete.isEnabled()
    allowed = True
    view.retry.click()
    until(lambda: app.collection.ready)
    assert "can be looked at only" not in told(view)
    press(view, Key.Key_4)
    assert set(labels(view)) == {4}


def test_files_are_asked_for_from_here(
    view: DrawingsView, app: App, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def answer(_window: object, title: str, *_rest: object) -> str:
        asked.append(title)
        return ""

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", answer)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *them: (answer(*them), ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *them: (answer(*them), ""))
    for button in (view.bar.bring, view.bar.export):
        for action in button.menu().actions():
            action.trigger()
    assert asked == [
        "Import folder", "Import drawings", "Export into", "Export drawings", "Export drawings",
    ]  # fmt: skip
    path = tmp_path / "mine.sixpad"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    view.bar.export.menu().actions()[2].trigger()
    until(path.exists)


# From the Evaluate page


@BOTH
def test_a_cell_of_the_confusion_matrix_leads_to_its_drawings(
    view: DrawingsView, app: App, until: Until, model: str
) -> None:
    app.session.set_model(model)
    page = page_of(app.window)
    page.evaluator.choose(DRAWINGS)
    until(lambda: evaluated(page, app) and page.evaluator.report.data.name == "drawings")
    evaluation = page.view.shown
    assert evaluation is not None
    confusion = evaluation.confusion.copy()
    np.fill_diagonal(confusion, 0)
    truth, answer = (int(at) for at in np.unravel_index(confusion.argmax(), confusion.shape))
    click(page.view.confusion, truth, answer)
    page.gallery.own.click()
    assert view.isVisible()
    until(lambda: len(view.sheet.rows) == confusion[truth, answer])
    P = probabilities(app, shown(view))
    if model == ONE:
        assert {int(p > 0.5) for p in P} == {answer}
        assert {one.label == 6 for one in shown(view)} == {bool(truth)}
    else:
        assert set(P.argmax(axis=1)) == {answer}
        assert set(labels(view)) == {truth}


def test_a_digit_of_the_table_leads_to_its_wrong_ones(
    view: DrawingsView, app: App, until: Until
) -> None:
    app.session.set_model(TEN)
    page = page_of(app.window)
    until(lambda: evaluated(page, app))
    click(page.view.table, 3, 0)
    page.gallery.own.click()
    assert view.filters.choice == Choice(frozenset({3}), answer=WRONG, order=SURE)


def test_drawings_that_have_changed_are_evaluated_anew(
    view: DrawingsView, app: App, until: Callable[..., None]
) -> None:
    page = page_of(app.window)
    page.evaluator.choose(DRAWINGS)
    until(lambda: page.view.shown is not None and page.view.shown.examples == COUNT - DELETED)
    app.collection.keep([new_drawing(shown(view)[0].ink, 2, DRAWN, "now")])
    until(lambda: page.view.shown.examples == COUNT - DELETED + 1)
    app.collection.delete(np.arange(20))
    until(lambda: page.view.shown.examples == COUNT - 20 + 1)
    assert page.data.currentText() == "My drawings"


# From the menu and the keyboard


def test_from_the_menu_all_are_shown_and_the_keys_work_at_once(
    view: DrawingsView, app: App, until: Until
) -> None:
    view.show_choice(Choice(labels=frozenset({7}), source=ADDED, answer=WRONG))
    assert view.sheet.isHidden()
    app.window.show_page(0)
    app.window.show_drawings()
    assert view.filters.choice == Choice()
    assert len(shown(view)) == COUNT - DELETED
    assert app.window.focusWidget() is view.sheet
    assert view.sheet.selection.places.tolist() == [0]
    QTest.keyClick(app.window.focusWidget(), Key.Key_Right)
    assert view.sheet.selection.places.tolist() == [1]
    first = shown(view)[1].uuid
    QTest.keyClick(app.window.focusWidget(), Key.Key_7)
    until(lambda: stored(first).label == 7)


def test_no_other_view_looks_chosen(view: DrawingsView, app: App) -> None:
    page = app.window.data_page
    assert page is not None
    page.which.button(0).setFocus()
    page.show_view(page.EXAMPLES)
    focused = [button.text() for button in page.which.buttons() if button.hasFocus()]
    assert focused == [page.EXAMPLES]


def test_where_the_choice_leaves_nothing_all_can_be_shown(view: DrawingsView) -> None:
    view.show_choice(Choice(labels=frozenset({7}), deleted=True))
    assert "No deleted drawing is like that." in told(view)
    view.show_choice(Choice(source=DRAWN, labels=frozenset({7})))
    assert view.way_out.text() == "Show all"
    view.way_out.setFocus()
    view.way_out.click()
    assert len(shown(view)) == COUNT - DELETED
    assert not view.way_out.isVisible()
    assert view.sheet.hasFocus()


def test_without_deleted_ones_it_says_so(desk: Desk, until: Until) -> None:
    app = desk.start()
    until(lambda: app.collection.ready)
    app.collection.keep([each for each in some(20) if each.deleted_at is None])
    view = opened(app)
    view.show_choice(Choice(deleted=True))
    assert "No drawings are deleted." in told(view)


def test_undo_and_redo_name_their_step(view: DrawingsView, app: App) -> None:
    press(view, Key.Key_7)
    assert view.bar.undo.text() == "Undo label as 7"
    assert view.bar.undo.toolTip() == "Undo label as 7."
    assert not view.bar.redo.isEnabled()
    app.session.reset()
    assert view.bar.undo.text() == "Undo reset"
    view.bar.undo.click()
    view.bar.undo.click()
    assert view.bar.redo.toolTip() == "Redo label as 7."
    assert shown(view)[0].label != 7
    view.bar.redo.click()
    assert shown(view)[0].label == 7
    app.session.undo_stack.clear()
    assert view.bar.undo.toolTip() == "Nothing to undo."


def test_the_words_of_the_bar_have_room(view: DrawingsView, app: App, until: Until) -> None:
    app.window.resize(app.window.minimumSize())
    until(lambda: app.window.width() == app.window.minimumWidth())
    press(view, Key.Key_7)
    option = QStyleOptionButton()
    for button, words in ((view.bar.undo, "Undo label as 7"), (view.bar.redo, "Redo")):
        button.initStyleOption(option)
        assert option.text == words
        assert button.width() >= button.minimumSizeHint().width()


# A store that is gone


def test_what_only_the_backups_have_is_offered_and_learned_from(desk: Desk, until: Until) -> None:
    app = desk.start()
    until(lambda: app.collection.ready)
    drawings = some(60)
    app.collection.keep(drawings)
    until(lambda: not app.collection.unsaved)
    desk.close(app)
    store_path().unlink()
    app = desk.start(ready=False, data=("drawings",))
    sentences: list[str] = []
    app.collection.told.connect(sentences.append)
    until(lambda: app.collection.ready and bool(app.trainer.data.trouble))
    until(lambda: not app.trainer.data.loading)
    page = opened(app).window()
    assert isinstance(page, MainWindow)
    view, heading = page.data_page.drawings, page.data_page.subtitle  # type: ignore[union-attr]
    assert "it has backups" in app.trainer.data.trouble
    assert "it has backups" in heading.text()
    assert "its backups have 60 drawings" in told(view)
    assert "No drawings of yours yet" not in told(view)
    view.way_out.click()
    until(lambda: len(shown(view)) == 60 - DELETED)
    until(lambda: bool(sentences) and "came back" in sentences[-1])
    assert sentences[-1] == f"60 drawings ({DELETED} of them deleted) came back from the backups."
    until(lambda: app.trainer.data.parts is not None)
    assert not app.trainer.data.trouble
    assert "to train on" in heading.text()


def test_choices_are_found_again(view: DrawingsView) -> None:
    for choice in (
        Choice(frozenset({3}), ADDED, WRONG, deleted=True, order=OLDEST),
        Choice(frozenset(set(range(10)) - {6}), None, 1, order=DOUBTFUL),
        Choice(None, None, ANY, order=NEWEST),
    ):
        view.show_choice(choice)
        assert view.filters.choice == choice
