"""What the File and Edit menus do with files and the clipboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from sixpad.core.grid import Ink
from sixpad.data.files import write_atomically
from sixpad.data.provenance import Source
from sixpad.errors import SixpadError
from sixpad.gui.data_choice import ask_for_data
from sixpad.gui.models import model_name, read_model, write_model
from sixpad.gui.session import Session
from sixpad.gui.trainer import Trainer

if TYPE_CHECKING:
    from sixpad.gui.loss_plot import LossPlot

_IMAGES = "Images (*.png *.jpg *.jpeg *.bmp *.gif *.webp *.pgm *.ppm *.tif *.tiff)"
_MODELS = "sixpad models (*.safetensors)"
_PNG = "PNG image (*.png)"
# Dots for each pixel of a copied or saved drawing: large enough to be seen elsewhere.
_COPIED_SCALE = 10


def tried(session: Session, act: Callable[[], str | None]) -> None:
    """Do something that may fail, and tell what came of it."""
    QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
    try:
        told = act()
    except SixpadError as error:
        told = str(error)
    finally:
        QGuiApplication.restoreOverrideCursor()
    if told:
        session.noticed.emit(told)


class FileCommands(QObject):
    """Open, save, copy and paste; what goes wrong is told by the session's `noticed`.

    `drawings_wanted` carries the path of a file of drawings that was dropped or pasted.
    """

    drawings_wanted = Signal(object)

    def __init__(self, session: Session, trainer: Trainer, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._trainer, self._window = session, trainer, window

    def _tried(self, act: Callable[[], str | None]) -> None:
        tried(self._session, act)

    # Models

    def open_model(self) -> None:
        """Ask for a model file and open it."""
        path, _ = QFileDialog.getOpenFileName(self._window, "Open model", _home(), _MODELS)
        if path:
            self.open_model_at(Path(path))

    def open_model_at(self, path: Path) -> None:
        """Open a model and use it; training can go on where it stopped."""

        def act() -> str:
            model, learned = read_model(path)
            self._session.open(model.network, learned)
            # After the opening, which ends a training: its learning rate is not for that one.
            self._trainer.set_config(learned.snapshot.config)
            self._session.drawing.set_preparation(model.preparation)
            return f"Opened “{path.name}”: {model.network.title}, {_trained(learned.source)}."

        self._tried(act)

    def save_model(self) -> None:
        """Ask for a name and save the network in use."""
        suggestion = str(Path(_home()) / model_name(self._session.network))
        path, _ = QFileDialog.getSaveFileName(self._window, "Save model", suggestion, _MODELS)
        if path:
            self.save_model_at(Path(path))

    def save_model_at(self, path: Path) -> None:
        """Save the network in use, with how it was trained."""
        path = path if path.suffix else path.with_suffix(".safetensors")

        def act() -> str:
            session = self._session
            write_model(path, session.network, session.learned)
            return f"Saved “{path.name}”."

        self._tried(act)

    # Images

    def open_image(self) -> None:
        """Ask for an image file and put it on the canvas."""
        path, _ = QFileDialog.getOpenFileName(self._window, "Open image", _home(), _IMAGES)
        if path:
            self.open_image_at(Path(path))

    def open_image_at(self, path: Path) -> None:
        """Put an image file on the canvas."""

        def act() -> None:
            from sixpad.data.images import read_drawing

            self._place(
                read_drawing(path, preparation=self._session.drawing.preparation), "open image"
            )

        self._tried(act)

    def save_image(self) -> None:
        """Ask for a name and save the drawing as PNG, one dot a pixel."""
        path, _ = QFileDialog.getSaveFileName(self._window, "Save drawing", _home(), _PNG)
        if path:
            self.save_image_at(Path(path))

    def save_image_at(self, path: Path) -> None:
        """Save the drawing as PNG, one dot a pixel."""
        path = path if path.suffix else path.with_suffix(".png")

        def act() -> str:
            from sixpad.data.images import write_image

            write_image(path, self._session.drawing.ink)
            return f"Saved “{path.name}”."

        self._tried(act)

    def copy(self) -> None:
        """The drawing as an image on the clipboard."""
        from sixpad.data.images import encode_image

        data = encode_image(self._session.drawing.ink, _COPIED_SCALE)
        QGuiApplication.clipboard().setImage(QImage.fromData(data))

    def paste(self) -> None:
        """An image, or an image file, from the clipboard onto the canvas."""
        self.take(QGuiApplication.clipboard().mimeData())

    def take(self, mime: QMimeData) -> None:
        """Put what was pasted or dropped where it belongs: images on the canvas, models in use,
        files of drawings among one's own.
        """
        urls = mime.urls()
        if urls:
            local = urls[0].toLocalFile()
            if not local:
                self._session.noticed.emit("Only files of this computer can be dropped here.")
            elif local.endswith(".safetensors"):
                self.open_model_at(Path(local))
            elif local.lower().endswith((".sixpad", ".sqlite3")):
                self.drawings_wanted.emit(Path(local))
            else:
                self.open_image_at(Path(local))
        elif mime.hasImage():
            self._take_pixels(QImage(mime.imageData()))
        else:
            self._session.noticed.emit("There is no image to paste.")

    def _take_pixels(self, image: QImage) -> None:
        def act() -> None:
            from sixpad.data.images import decode_drawing

            data = QByteArray()
            buffer = QBuffer(data)
            buffer.open(QIODevice.OpenModeFlag.WriteOnly)
            image.save(buffer, "PNG")  # type: ignore[call-overload]
            preparation = self._session.drawing.preparation
            self._place(
                decode_drawing(bytes(data.data()), "pasted image", preparation=preparation), "paste"
            )

        self._tried(act)

    def _place(self, ink: Ink, what: str) -> None:
        if not ink.any():
            raise SixpadError("The image has one tone only: there is nothing to draw.")
        self._session.drawing.replace(ink, what)

    def save_plot(self, plot: LossPlot) -> None:
        """Ask for a name and save the plot: as a picture, or its numbers as CSV."""
        kinds = f"{_PNG};;Numbers (*.csv)"
        path, kind = QFileDialog.getSaveFileName(self._window, "Save plot", _home(), kinds)
        if path:
            suffix = ".csv" if "csv" in kind else ".png"
            self.save_plot_at(plot, Path(path) if Path(path).suffix else Path(path + suffix))

    def save_plot_at(self, plot: LossPlot, path: Path) -> None:
        """Save the plot as a picture, or its numbers where the name ends in .csv."""

        def act() -> str:
            write_atomically(path, plot.csv() if path.suffix == ".csv" else plot.png())
            return f"Saved “{path.name}”."

        self._tried(act)

    # Data

    def choose_data(self, kind: str) -> None:
        """Ask for a source of examples of a kind, images, idx or unipen, and train on them."""
        spec = ask_for_data(kind, self._window)
        if spec:
            self._trainer.data.set_specs((spec,))


def _home() -> str:
    return str(Path.home())


def _trained(source: Source) -> str:
    return f"trained on {source.name}" if source.name else "not yet trained"
