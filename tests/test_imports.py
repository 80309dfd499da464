"""Imports run one way, cli → gui → data → core, the lazy ones inside functions too."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import sixpad

PACKAGE = Path(sixpad.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

# Each layer may import itself and those before it; the package and its errors are for all.
LAYERS = ("core", "data", "gui", "cli")
COMMAND_LINE = {"cli", "commands", "__main__"}
FOR_ALL = {"sixpad", "sixpad.errors", "sixpad.errors.SixpadError"}
QT = {"PySide6"}
# What the core may take from outside; it has no files, no clock, no printing and no chance.
CORE_LIBRARY = {
    "contextlib",
    "__future__", "collections", "dataclasses", "enum", "functools", "itertools", "math",
    "os.cpu_count", "typing",
}  # fmt: skip
CORE_PACKAGES = {"numpy", "cupy"}
WITHOUT_FILES_OR_PRINTING = {"open", "print", "input", "exec", "eval", "breakpoint"}
# Where the name to import and the name to install differ.
DISTRIBUTIONS = {
    "PIL": "pillow",
    "PySide6": "pyside6-essentials",
    "cupy": "cupy-cuda12x",
}


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(source: str, module: str, is_package: bool = False) -> Iterator[str]:
    """The full name of all that is imported anywhere in the source of a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [node.module] if node.module else []
            if node.level:
                above = module.split(".")
                base = above[: len(above) - node.level + is_package] + base
            yield from (".".join([*base, alias.name]) for alias in node.names)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = ast.unparse(node.func).split(".")[-1]
            if called in ("import_module", "__import__"):
                yield str(node.args[0].value)


def imports_of(path: Path) -> set[str]:
    return set(imports(path.read_text("utf-8"), name_of(path), path.name == "__init__.py"))


def layer_of(name: str) -> str:
    """The layer of a module of sixpad."""
    part = [*name.split("."), "__init__"][1]
    return "cli" if part in COMMAND_LINE else part


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import os.path, numpy as np", {"os.path", "numpy"}),
        ("from sixpad.gui import app, theme", {"sixpad.gui.app", "sixpad.gui.theme"}),
        (
            "def lazy():\n    if True:\n        from ..data.idx import read",
            {"sixpad.data.idx.read"},
        ),
        ("from . import grid", {"sixpad.core.grid"}),
        ("class A:\n    import sixpad.cli", {"sixpad.cli"}),
        ("importlib.import_module('sixpad.gui.app')", {"sixpad.gui.app"}),
        ("__import__('time')", {"time"}),
        ("x = 'import nothing'", set()),
    ],
)
def test_the_walk_finds_every_import(line: str, found: set[str]) -> None:
    assert set(imports(line, "sixpad.core.network")) == found


def test_relative_imports_of_a_package_begin_in_it() -> None:
    assert set(imports("from . import grid", "sixpad.core", True)) == {"sixpad.core.grid"}


def test_every_layer_is_walked() -> None:
    assert {"core", "data", "gui"} <= {layer_of(name_of(path)) for path in MODULES}
    assert {layer_of(name_of(path)) for path in MODULES} <= {*LAYERS, "__init__", "errors"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_run_one_way(path: Path) -> None:
    layer = layer_of(name_of(path))
    own = {name for name in imports_of(path) if name.split(".")[0] == "sixpad"}
    wrong = set()
    for name in own - FOR_ALL:
        needed = layer_of(name)
        if needed in LAYERS and (layer not in LAYERS or LAYERS.index(needed) > LAYERS.index(layer)):
            wrong.add(name)
    assert not wrong, f"{name_of(path)} may not import {', '.join(sorted(wrong))}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_window_knows_qt(path: Path) -> None:
    if layer_of(name_of(path)) != "gui":
        assert not {name.split(".")[0] for name in imports_of(path)} & QT


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_what_is_declared_is_imported(path: Path) -> None:
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = project["dependencies"] + extras["cuda12"] + extras["onnx"]
    declared = {bare(line) for line in lines}
    roots = {name.split(".")[0] for name in imports_of(path)} - {"sixpad"}
    foreign = roots - sys.stdlib_module_names
    assert {DISTRIBUTIONS.get(root, root).lower() for root in foreign} <= declared


def bare(requirement: str) -> str:
    """The name in a requirement, without its version, extras and markers."""
    end = next((i for i, c in enumerate(requirement) if c in "[<>=!~; "), len(requirement))
    return requirement[:end].lower()


@pytest.mark.parametrize(
    "path", [path for path in MODULES if layer_of(name_of(path)) == "core"], ids=name_of
)
def test_the_core_is_arrays_in_and_arrays_out(path: Path) -> None:
    for name in imports_of(path):
        root = name.split(".")[0]
        assert root == "sixpad" or {root, name} & (CORE_LIBRARY | CORE_PACKAGES), name
    called = {
        node.func.id
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & WITHOUT_FILES_OR_PRINTING


def test_the_command_line_needs_no_window_to_start() -> None:
    for path in MODULES:
        if layer_of(name_of(path)) == "cli":
            top = ast.Module(
                [n for n in ast.parse(path.read_text("utf-8")).body if is_import(n)], []
            )
            found = imports(ast.unparse(top), name_of(path))
            assert "gui" not in {layer_of(name) for name in found if name.startswith("sixpad")}


def is_import(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)
