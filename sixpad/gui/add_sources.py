"""What can be added to a mixture of sources, MNIST from the internet among it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from sixpad.data.spec_words import DRAWINGS
from sixpad.gui.data_choice import OTHER_DATA
from sixpad.gui.glossary import TERMS
from sixpad.gui.mnist_download import MnistDownload
from sixpad.gui.numbers import THIN_SPACE, count
from sixpad.gui.theme import SPACE, figures, sized
from sixpad.gui.widgets import quiet_label

HANDWRITING, MNIST, MNIST_FOLDER = "handwriting", "mnist", "mnist folder"
_WIDTH = 280
_PER_MILLE = 1000
_TO_TRAIN_ON = f"{count(60_000)} digits"


class AddSources(QWidget):
    """Buttons; `wanted` carries the kind of source that is to be added.

    Of MNIST there is a download to start, to stop and to go on with before.
    """

    wanted = Signal(str)

    def __init__(self, download: MnistDownload) -> None:
        super().__init__()
        self.download = download
        self.setFixedWidth(_WIDTH)
        self.handwriting = QPushButton("Handwriting")
        self.drawings = QPushButton("My drawings")
        self.mnist = QPushButton()
        self.folder = QPushButton("Open folder …")
        self.bar = QProgressBar(textVisible=False, maximum=_PER_MILLE)
        self.bar.setAccessibleName("Download of MNIST")
        self._told = quiet_label()
        self._told.setWordWrap(True)
        self.trouble = quiet_label()
        self.trouble.setWordWrap(True)
        self.others = {kind: QPushButton(words) for words, kind in OTHER_DATA}
        self._possible: dict[str, bool] = {}
        self._layout()
        self._connect()
        self._show_download()

    def _layout(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(_title("Add a source", "sources"))
        column.addLayout(_row(self.handwriting, self.drawings))
        column.addSpacing(SPACE)
        column.addWidget(_title("MNIST", "mnist"))
        column.addWidget(self._told)
        column.addLayout(_row(self.mnist, self.folder))
        keeping = self.bar.sizePolicy()
        keeping.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(keeping)
        column.addWidget(self.bar)
        column.addWidget(self.trouble)
        column.addSpacing(SPACE)
        column.addWidget(_title("From files", "files of others"))
        for button in self.others.values():
            column.addWidget(button)
        column.addStretch(1)
        self._told.setFont(figures(sized(self.font(), 0.9)))
        self.trouble.setFont(sized(self.font(), 0.9))
        # Two lines high with one line, too: the buttons stay where they are.
        self._told.setMinimumHeight(2 * self._told.fontMetrics().lineSpacing())
        self._told.setAlignment(Qt.AlignmentFlag.AlignTop)
        for widget, term in (
            (self.handwriting, "handwriting"), (self.drawings, "add my drawings"),
            (self.mnist, "mnist"), (self._told, "mnist"), (self.trouble, "mnist"),
            (self.folder, "mnist folder"), (self.bar, "mnist"),
            *((button, f"{kind} of others") for kind, button in self.others.items()),
        ):  # fmt: skip
            widget.setToolTip(TERMS[term])

    def _connect(self) -> None:
        for kind, button in (
            (HANDWRITING, self.handwriting),
            (DRAWINGS, self.drawings),
            (MNIST_FOLDER, self.folder),
            *self.others.items(),
        ):
            button.clicked.connect(lambda _=False, kind=kind: self.wanted.emit(kind))
        self.mnist.clicked.connect(self._mnist_clicked)
        self.download.changed.connect(self._show_download)
        self.download.progressed.connect(self._show_progress)
        self.download.failed.connect(self.trouble.setText)

    def allow(self, possible: dict[str, bool]) -> None:
        """Say which kinds can be added now; all others can."""
        self._possible = possible
        for kind, button in (
            (HANDWRITING, self.handwriting),
            (DRAWINGS, self.drawings),
            (MNIST_FOLDER, self.folder),
            *self.others.items(),
        ):
            button.setEnabled(possible.get(kind, True))
        self._show_download()

    def _mnist_clicked(self) -> None:
        if self.download.running:
            self.download.stop()
        elif self.download.whole:
            self.wanted.emit(MNIST)
        else:
            self.trouble.clear()
            self.download.start()

    def _show_download(self) -> None:
        download = self.download
        words = "Resume" if download.here else f"Download {_megabytes(download.total)}"
        if download.stopping:
            words = "Stopping …"
        elif download.running:
            words = "Cancel"
        elif download.whole:
            words = "Add MNIST"
            self.trouble.clear()
        self.mnist.setText(words)
        can_be_added = not download.whole or self._possible.get(MNIST, True)
        self.mnist.setEnabled(can_be_added and not download.stopping)
        self.bar.setVisible(download.running or 0 < download.here < download.total)
        self._show_progress()

    def _show_progress(self) -> None:
        download = self.download
        self.bar.setValue(_PER_MILLE * download.here // max(download.total, 1))
        if download.whole:
            self._told.setText(f"{_TO_TRAIN_ON} that other people wrote are on this machine.")
        elif download.here or download.running:
            here = _megabytes(download.here).removesuffix(f"{THIN_SPACE}MB")
            self._told.setText(f"{here} of {_megabytes(download.total)} are here.")
        else:
            self._told.setText(f"{_TO_TRAIN_ON} that other people wrote, from the internet.")


def _title(words: str, term: str) -> QLabel:
    label = QLabel(words)
    label.setFont(sized(label.font(), 1.0, label.font().Weight.DemiBold))
    label.setToolTip(TERMS[term])
    return label


def _row(*buttons: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(SPACE)
    for button in buttons:
        row.addWidget(button, 1)
    return row


def _megabytes(number: int) -> str:
    return f"{number / 1e6:.1f}{THIN_SPACE}MB"
