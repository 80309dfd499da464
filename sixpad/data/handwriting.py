"""Procedural handwriting: digits written stroke by stroke, each with a hand of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sixpad.data.digit_shapes import FORMS
