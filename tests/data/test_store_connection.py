"""Connections to SQLite files: their names as SQLite takes them."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

from sixpad.data.store_connection import _uri


def test_no_name_gives_a_host() -> None:
    for path, uri in (
        (PurePosixPath("/a b/c?d#e"), "file:///a%20b/c%3Fd%23e"),
        (PureWindowsPath("C:/a/b"), "file:///C:/a/b"),
        (PureWindowsPath("//server/share/a b"), "file:////server/share/a%20b"),
    ):
        assert _uri(path) == uri
