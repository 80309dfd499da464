"""What can be exported of a network: the kinds of files for others."""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of export: its title, what is put after a network's name, and the names of files."""

    title: str
    ending: str
    filters: dict[str, str]


ONNX = Kind("Export as ONNX", "", {"ONNX (*.onnx)": ".onnx"})
PICTURE = Kind("Export the weights as a picture", "-weights", {"PNG image (*.png)": ".png"})
NUMBERS = Kind("Export the weights as numbers", "-weights", {"Numbers (*.csv)": ".csv"})
REPORT = Kind("Export a report", "-report", {"PDF (*.pdf)": ".pdf", "PNG image (*.png)": ".png"})
