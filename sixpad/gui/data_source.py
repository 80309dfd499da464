"""Where the examples come from: loaded in a thread, split before any training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDeadlineTimer, QObject, Signal, Slot

from sixpad.core.preparation import Preparation
from sixpad.data.dataset import Dataset
from sixpad.data.handwriting_style import Handwriting
from sixpad.data.kept_sources import KeptSources
from sixpad.data.spec_words import has_drawings, split_share
from sixpad.gui.drawing import Drawing
from sixpad.gui.loading import LoadThread
from sixpad.gui.worker import Worker

if TYPE_CHECKING:
    from sixpad.data.renewal import NewHandwriting

Parts = tuple[Dataset, Dataset]


class DataSource(QObject):
    """The data SPECs and, once they are loaded, `parts`: the training and the validation part.

    They are prepared as the drawing is. `failed` carries a sentence for the person, which `trouble`
    keeps until something is loaded; the parts that were there before stay then. `outdated` says
    that own drawings among them have changed since: they have to be loaded anew before they are
    trained on.
    """

    changed = Signal()
    progressed = Signal(float)
    failed = Signal(str)
    remarked = Signal(str)
    renewal_changed = Signal()

    def __init__(self, drawing: Drawing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._drawing = drawing
        self.specs: tuple[str, ...] = ("handwriting",)
        self.style = Handwriting()
        self.new_each_epoch = False
        self.parts: Parts | None = None
        self.preparation = Preparation.FITTED
        self.outdated = False
        self.trouble = ""
        self._kept = KeptSources(self.preparation, self.style)
        self._wanted: tuple[tuple[str, ...], Handwriting] = self.specs, self.style
        self._worker: Worker[_DataThread] = Worker(self)
        self._worker.finished.connect(self._take)
        drawing.preparation_changed.connect(self.load)

    @property
    def loading(self) -> bool:
        """Whether examples are on their way."""
        return self._worker.thread_at_work is not None

    def set_specs(self, specs: tuple[str, ...]) -> None:
        """Load other examples; they take the place of these once they are there."""
        self._want(specs, self._wanted[1] if self.loading else self.style)

    @property
    def wanted(self) -> tuple[str, ...]:
        """The SPECs of the examples that are on their way, or else of those that are there."""
        return self._wanted[0] if self.loading else self.specs

    def size(self, text: str) -> int | None:
        """How many examples a source of the mixture has, by its SPEC without a share."""
        return self._kept.size(text)

    @Slot()
    def mark_outdated(self) -> None:
        """Own drawings have changed: where they are among the examples, these are of yesterday."""
        if has_drawings(self.wanted):
            self.outdated = True

    @Slot()
    def try_again(self) -> None:
        """Own drawings are on the disk now: load them where there were none to load."""
        if self.outdated and self.parts is None and not self.loading:
            self.load()

    @property
    def written(self) -> bool:
        """Whether any of the examples are handwriting of the generator's."""
        return any(spec.startswith("handwriting") for spec in self.specs)

    def set_style(self, style: Handwriting) -> None:
        """Write the handwriting anew, with other ranges."""
        self._want(self._wanted[0] if self.loading else self.specs, style)

    def _want(self, specs: tuple[str, ...], style: Handwriting) -> None:
        now = self._wanted if self.loading else (self.specs, self.style)
        if (specs, style) != now or self.parts is None:
            self._wanted = specs, style
            self._start()

    def load(self) -> None:
        """Load the examples, or those that are on their way, prepared as the drawing is now."""
        if not self.loading:
            self._wanted = self.specs, self.style
        self._start()

    def _start(self) -> None:
        specs, style = self._wanted
        preparation = self._drawing.preparation
        texts = [split_share(spec)[0] for spec in specs]
        thread = _DataThread(
            specs, preparation, self, style,
            in_parts=True, kept=self._kept.serving(texts, preparation, style),
        )  # fmt: skip
        thread.answers, self.outdated = self.outdated, False
        thread.progressed.connect(self.progressed)
        thread.failed.connect(self._fail)
        self._worker.begin(thread)

    def set_new_each_epoch(self, wanted: bool) -> None:
        """Train on new digits in every epoch from the next run on, or on the same ones."""
        self.new_each_epoch = wanted
        self.renewal_changed.emit()

    def renewal(self) -> NewHandwriting | None:
        """What writes the training part of each epoch anew, where that is wanted and can be done.

        Raises SixpadError where it is wanted and the examples are not handwriting alone.
        """
        if not self.new_each_epoch or self.parts is None:
            return None
        # The readers bring Pillow with them, which the first paint need not wait for.
        from sixpad.data.renewal import new_handwriting

        return new_handwriting(self.specs, len(self.parts[0]), self.preparation, self.style)

    def cancel(self) -> None:
        """Give up what is being loaded."""
        if thread := self._worker.thread_at_work:
            self.outdated = self.outdated or thread.answers
        self._worker.give_up()

    @Slot(str)
    def _fail(self, sentence: str) -> None:
        self.trouble = sentence
        self.failed.emit(sentence)

    @Slot(object)
    def _take(self, thread: _DataThread) -> None:
        if thread.parts:
            self.specs, self.parts = thread.specs, thread.parts
            self.preparation, self.style = thread.preparation, thread.style
            self.trouble = ""
            if thread.kept:
                self._kept = thread.kept
            if remarks := self.parts[0].remarks:
                self.remarked.emit(" ".join(remarks))
            if self.outdated:
                # Drawings have changed while they were read.
                self.load()
        else:
            self.outdated = self.outdated or thread.answers
        self.changed.emit()

    def close(self, deadline: QDeadlineTimer) -> bool:
        """Give up and wait; False if a thread would not end in time."""
        return self._worker.close(deadline)


class _DataThread(LoadThread):
    """Loads examples in two parts; `parts` has them.

    `answers` says that it takes in what has made the ones before outdated.
    """

    parts: Parts | None = None
    answers = False

    def take(self, *parts: Dataset) -> None:
        training, validation = parts
        self.parts = training, validation
