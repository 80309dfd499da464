"""What the evaluator does in threads: loading the examples, and evaluating a network on them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QElapsedTimer, QObject

from sixpad.core.evaluation import Evaluation, evaluate
from sixpad.core.network import Network, Parameters
from sixpad.data.dataset import Dataset
from sixpad.data.provenance import Source
from sixpad.gui.evaluated_data import Selection
from sixpad.gui.loading import LoadThread
from sixpad.gui.worker import WorkerThread


@dataclass(frozen=True, eq=False)
class Subject:
    """What is evaluated, on which choice of data; `choice` is VALIDATION, FRESH or a SPEC."""

    network: Network
    parameters: Parameters
    loss: str
    learned_from: Source
    choice: str
    selection: Selection

    def is_like(self, other: Subject) -> bool:
        """Whether the other differs in nothing but what the network has learned."""
        return (self.network, self.selection) == (other.network, other.selection)

    def is_the(self, other: Subject) -> bool:
        """Whether the other is the very same."""
        mine, others = (self.loss, self.learned_from), (other.loss, other.learned_from)
        return self.is_like(other) and self.parameters is other.parameters and mine == others


@dataclass(frozen=True, eq=False)
class Report:
    """What came out for a subject, and the examples that it was found with."""

    subject: Subject
    data: Dataset
    evaluation: Evaluation


class LoadingThread(LoadThread):
    """Loads the examples that a subject is to be evaluated on; `data` has them."""

    data: Dataset | None = None

    def __init__(self, subject: Subject, parent: QObject) -> None:
        selection = subject.selection
        super().__init__(
            selection.specs,
            selection.preparation,
            parent,
            selection.style,
            in_parts=selection.validation,
        )
        self.subject = subject

    def serves(self, wanted: Subject) -> bool:
        """Whether what is wanted now needs these examples."""
        return self.subject.selection == wanted.selection

    def take(self, *parts: Dataset) -> None:
        self.data = parts[-1]


class EvaluatingThread(WorkerThread):
    """Evaluates a subject; `report` has the result, which took so many `milliseconds`."""

    report: Report | None = None
    milliseconds = 0

    def __init__(self, subject: Subject, data: Dataset, parent: QObject) -> None:
        super().__init__(parent)
        self.subject, self.data = subject, data

    def serves(self, wanted: Subject) -> bool:
        """Whether the report will be of what is wanted now, if of earlier weights."""
        return self.subject.is_like(wanted)

    def work(self) -> None:
        clock = QElapsedTimer()
        clock.start()
        subject = self.subject
        found = evaluate(subject.network, subject.parameters, self.data, subject.loss, self.look)
        found.work_out()
        self.report = Report(subject, self.data, found)
        self.milliseconds = clock.elapsed()
