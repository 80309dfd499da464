"""`sixpad info`: versions, the device and why, and where things are kept."""

from __future__ import annotations

import argparse
import platform
from importlib import metadata

import numpy as np

from sixpad import __version__
from sixpad.commands.console import print_json
from sixpad.core.backend import choose
from sixpad.data.folders import locations


def run(arguments: argparse.Namespace) -> int:
    """Tell it; looks at folders without making them, and for Qt without loading it."""
    backend = choose("auto")
    versions = {
        "version": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "qt": _installed("PySide6-Essentials"),
        "cupy": _installed("cupy-cuda12x", "cupy-cuda13x", "cupy"),
    }
    folders = {name: str(folder) for name, folder in locations().items()}
    if arguments.json:
        device = {"device": backend.device, "device_reason": backend.reason}
        print_json({**versions, **device, "folders": folders})
        return 0
    for name, version in versions.items():
        print(f"{'sixpad' if name == 'version' else name:<8} {version or 'not installed'}")
    print(f"{'device':<8} {backend.name}: {backend.reason}")
    for name, path in folders.items():
        print(f"{name:<8} {path}")
    return 0


def _installed(*packages: str) -> str | None:
    """The version of the first of these packages that is there."""
    for package in packages:
        try:
            return metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return None
