"""Where sixpad keeps things: the system's own folders, or all under SIXPAD_HOME."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from sixpad.errors import SixpadError

HOME_VARIABLE = "SIXPAD_HOME"


def locations() -> dict[str, Path]:
    """The folders by what they hold (data, config, log); they need not be there yet.

    The environment variable SIXPAD_HOME names a folder that holds all three instead.
    """
    home = os.environ.get(HOME_VARIABLE)
    if home:
        base = Path(home).expanduser().absolute()
        return {name: base / name for name in ("data", "config", "log")}
    return {
        "data": platformdirs.user_data_path("sixpad", appauthor=False),
        "config": platformdirs.user_config_path("sixpad", appauthor=False),
        "log": platformdirs.user_log_path("sixpad", appauthor=False),
    }


def data_folder() -> Path:
    """The folder of models and drawings, made where it is missing.

    Raises SixpadError where it cannot be made or written; so do the other two.
    """
    return _made("data")


def config_folder() -> Path:
    """The folder of the settings, made where it is missing."""
    return _made("config")


def log_folder() -> Path:
    """The folder of the logs, made where it is missing."""
    return _made("log")


def _made(name: str) -> Path:
    folder = locations()[name]
    way_out = f"allow it, or set {HOME_VARIABLE} to a folder of yours."
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror
        raise SixpadError(f"The folder “{folder}” cannot be made ({reason}); {way_out}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SixpadError(f"The folder “{folder}” may not be written; {way_out}")
    return folder
