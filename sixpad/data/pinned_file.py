"""What a download must bring, told before it comes."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class PinnedFile(NamedTuple):
    """What must come: the file's name, how many bytes it has, and their SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str

    def part(self, folder: Path) -> Path:
        """Where what has come so far is kept from one try to the next."""
        return folder / f"{self.name}.part"
