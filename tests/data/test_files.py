"""Atomic writing: the new content or the old one, and a sentence that helps."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from sixpad.data import files, folders
from sixpad.data.files import (
    check_writable,
    data_ranges,
    read_bounded,
    remove_abandoned,
    write_atomically,
)
from sixpad.errors import SixpadError

posix_only = pytest.mark.skipif(os.name != "posix", reason="POSIX file modes, links and pipes")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"old")
    return path


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def failing(code: int, winerror: int | None = None) -> OSError:
    error = OSError(code, os.strerror(code))
    if winerror is not None:
        error.winerror = winerror  # type: ignore[attr-defined, unused-ignore]
    return error


@pytest.mark.parametrize("content", [b"", b"new", bytes(100_000)])
def test_writes_new_and_existing_files(tmp_path: Path, target: Path, content: bytes) -> None:
    write_atomically(target, content)
    write_atomically(tmp_path / "another", content)
    assert target.read_bytes() == content == (tmp_path / "another").read_bytes()
    assert left_in(tmp_path) == ["another", "model.safetensors"]


def test_a_bare_name_lies_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_atomically(Path("bare"), b"x")
    assert (tmp_path / "bare").read_bytes() == b"x"


@posix_only
def test_a_new_file_has_the_ordinary_mode_and_an_old_one_keeps_its_own(
    tmp_path: Path, target: Path
) -> None:
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "new", b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
    target.chmod(0o604)
    write_atomically(target, b"x")
    assert stat.S_IMODE(target.stat().st_mode) == 0o604


@posix_only
@pytest.mark.parametrize("dangling", [False, True])
def test_a_link_stays_and_what_it_points_at_is_written(
    tmp_path: Path, target: Path, dangling: bool
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    link = elsewhere / "link"
    link.symlink_to(target)
    if dangling:
        target.unlink()
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EDQUOT, "The disk is full"),
        (errno.EACCES, "may not be written"),
        (errno.EROFS, "may not be written"),
        (errno.EIO, "cannot be written"),
    ],
)
def test_a_failure_leaves_the_old_file_and_nothing_else(
    target: Path, monkeypatch: pytest.MonkeyPatch, step: str, code: int, words: str
) -> None:
    def fail(*_: object) -> None:
        raise failing(code)

    monkeypatch.setattr(os if step == "fsync" else Path, step, fail)
    with pytest.raises(SixpadError, match=words) as caught:
        write_atomically(target, b"new")
    assert str(target) in str(caught.value)
    assert target.read_bytes() == b"old"
    assert left_in(target.parent) == [target.name]


def test_an_interrupt_leaves_the_old_file_and_nothing_else(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert left_in(target.parent) == [target.name]


@pytest.mark.parametrize("winerror", [5, 32])
@pytest.mark.parametrize("failures", [1, 3, 1000])
def test_a_file_held_by_another_program_is_tried_again(
    target: Path, monkeypatch: pytest.MonkeyPatch, winerror: int, failures: int
) -> None:
    pauses: list[float] = []
    replace = Path.replace

    def held(self: Path, other: Path) -> Path:
        if len(pauses) < failures:
            raise failing(errno.EACCES, winerror)
        return replace(self, other)

    monkeypatch.setattr(Path, "replace", held)
    monkeypatch.setattr(files.time, "sleep", pauses.append)
    if failures == 1000:
        with pytest.raises(SixpadError, match="may not be written"):
            write_atomically(target, b"new")
        assert 1 < len(pauses) < 20
    else:
        write_atomically(target, b"new")
        assert len(pauses) == failures
    assert target.read_bytes() == (b"old" if failures == 1000 else b"new")


def test_a_folder_that_cannot_be_flushed_does_not_matter(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync

    def only_files(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise failing(errno.EINVAL)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", only_files)
    write_atomically(target, b"new")
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize("write", [lambda path: write_atomically(path, b"x"), check_writable])
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing/model", "folder of .* does not exist"),
        ("model.safetensors/model", "folder of .* does not exist"),
        ("n" * 300, "too long"),
        (".", "not an ordinary file"),
    ],
)
def test_places_that_cannot_be_written(
    target: Path, write: Callable[[Path], None], name: str, words: str
) -> None:
    with pytest.raises(SixpadError, match=words):
        write(target.parent / name)
    assert left_in(target.parent) == [target.name]


@posix_only
@pytest.mark.parametrize("write", [lambda path: write_atomically(path, b"x"), check_writable])
def test_a_pipe_is_not_replaced(tmp_path: Path, write: Callable[[Path], None]) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SixpadError, match="not an ordinary file"):
        write(tmp_path / "pipe")
    assert (tmp_path / "pipe").is_fifo()


def test_a_protected_file_stays(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(SixpadError, match="may not be written"):
        write_atomically(target, b"new")
    assert target.read_bytes() == b"old"


def test_looking_whether_a_file_can_be_written_changes_nothing(target: Path) -> None:
    check_writable(target)
    check_writable(target.with_name("new"))
    assert target.read_bytes() == b"old"
    assert left_in(target.parent) == [target.name]


def test_reads_up_to_its_limit(target: Path) -> None:
    assert read_bounded(target, 3) == b"old"
    with pytest.raises(SixpadError, match="too large"):
        read_bounded(target, 2)


def test_all_folders_lie_under_sixpad_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIXPAD_HOME", str(tmp_path / "deep" / "home"))
    assert not (tmp_path / "deep").exists()
    for made in (folders.data_folder(), folders.config_folder(), folders.log_folder()):
        assert made.is_dir()
        assert made.parent == tmp_path / "deep" / "home"


def test_without_sixpad_home_the_system_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIXPAD_HOME", "")
    assert set(folders.locations()) == {"data", "config", "log"}
    assert all("sixpad" in str(folder) for folder in folders.locations().values())


def test_a_folder_that_cannot_be_made_or_written_is_told(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIXPAD_HOME", str(target))
    with pytest.raises(SixpadError, match=r"cannot be made .* SIXPAD_HOME"):
        folders.data_folder()
    monkeypatch.setenv("SIXPAD_HOME", str(target.parent))
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(SixpadError, match=r"may not be written; .* SIXPAD_HOME"):
        folders.log_folder()


def test_what_killed_writings_have_left_goes_once_it_is_old(tmp_path: Path) -> None:
    old = [tmp_path / ".sixpad-0123456789abcdef.tmp", tmp_path / ".sixpad-abcdefgh.tmp"]
    old[0].touch()
    old[1].mkdir()
    (old[1] / "store").touch()
    others = [tmp_path / ".sixpad-notes", tmp_path / "sixpad-a.tmp", tmp_path / ".other.tmp"]
    for other in others:
        other.touch()
    for path in (*old, *others):
        os.utime(path, (0, 0))
    new = tmp_path / ".sixpad-new.tmp"
    new.touch()
    remove_abandoned(tmp_path)
    assert set(tmp_path.iterdir()) == {*others, new}
    remove_abandoned(tmp_path / "none")


def test_holes_of_a_file_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "holes"
    with path.open("wb") as file:
        file.seek(1 << 30)
        file.write(b"data")
        file.truncate(1 << 34)
    with path.open("rb") as file:
        ranges = list(data_ranges(file))
    assert ranges[0][0] <= 1 << 30
    assert ranges[-1][1] >= (1 << 30) + 4
    if hasattr(os, "SEEK_DATA"):
        assert sum(end - begin for begin, end in ranges) < 1 << 20
