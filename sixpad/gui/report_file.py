"""A report as a file, PDF or PNG."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice, QMarginsF
from PySide6.QtGui import QGuiApplication, QImage, QPageSize, QPainter, QPdfWriter

from sixpad import __version__
from sixpad.data.files import write_atomically
from sixpad.gui.report import TrainingReport
from sixpad.gui.report_page import HEIGHT, WIDTH, Page
from sixpad.gui.theme import LIGHT

FORMATS = (".pdf", ".png")

_PNG_SCALE, _PDF_SCALE = 2, 10
_DOTS_PER_METRE = round(_PNG_SCALE * 96 / 0.0254)


def without_screen() -> QCoreApplication:
    """The application, which fonts need; it is to be kept while a report is written."""
    running = QCoreApplication.instance()
    return running or QGuiApplication(["sixpad", "-platform", "offscreen"])


def write_report(path: Path, report: TrainingReport) -> None:
    """Write the page at once and whole: as PNG where the name ends so, or else as PDF.

    Raises SixpadError where it cannot be written.
    """
    write_atomically(path, as_png(report) if path.suffix.lower() == ".png" else as_pdf(report))


def as_pdf(report: TrainingReport) -> bytes:
    """The page as PDF; its words can be selected."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setResolution(96 * _PDF_SCALE)
    writer.setTitle(report.title)
    writer.setCreator(f"sixpad {__version__}")
    painter = QPainter(writer)
    _paint(painter, report, _PDF_SCALE)
    buffer.close()
    return bytes(data.data())


def as_png(report: TrainingReport) -> bytes:
    """The page as a picture of 192 dots an inch."""
    image = QImage(WIDTH * _PNG_SCALE, HEIGHT * _PNG_SCALE, QImage.Format.Format_RGB32)
    image.setDotsPerMeterX(_DOTS_PER_METRE)
    image.setDotsPerMeterY(_DOTS_PER_METRE)
    image.fill(LIGHT.color("panel"))
    _paint(QPainter(image), report, _PNG_SCALE)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(data.data())


def _paint(painter: QPainter, report: TrainingReport, scale: int) -> None:
    painter.scale(scale, scale)
    for hint in (
        QPainter.RenderHint.Antialiasing,
        QPainter.RenderHint.SmoothPixmapTransform,
        QPainter.RenderHint.LosslessImageRendering,
    ):
        painter.setRenderHint(hint)
    Page(painter, report).paint()
    painter.end()
