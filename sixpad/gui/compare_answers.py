"""What each of the networks that are compared answers to the drawing, live."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from sixpad.core.grid import to_vector
from sixpad.core.network import Network, Parameters
from sixpad.gui.rungs import given_to, rungs
from sixpad.gui.session import Session


class CompareAnswers(QObject):
    """The probabilities of each network that has learned something; `changed` when they do.

    They are worked out at once, in the window's own thread: one image takes a fraction of a
    millisecond.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._active = False
        self._found: dict[Network, NDArray[np.float64]] = {}
        # To put all parameters into one vector takes longer than the answer.
        self._thetas: dict[Network, tuple[Parameters, NDArray[np.float32]]] = {}
        session.figures_changed.connect(self.refresh)

    def set_active(self, active: bool) -> None:
        """Answer from now on whatever changes, or let it be until somebody looks again."""
        self._active = active
        self.refresh()

    def of(self, network: Network) -> NDArray[np.float64] | None:
        """P (1,) or (10,) of a network, or None where it has learned nothing."""
        return self._found.get(network)

    @Slot()
    def refresh(self) -> None:
        """Ask every network anew."""
        if not self._active:
            return
        self._found = {}
        for network in rungs(self._session):
            snapshot = self._session.learned_by(network).snapshot
            if snapshot.step:
                X = to_vector(given_to(self._session, network))
                z = network.forward(self._theta(network, snapshot.parameters), X[None])
                P = network.answer.probabilities(z.astype(np.float64))
                self._found[network] = np.asarray(P).reshape(-1)
        self.changed.emit()

    def _theta(self, network: Network, parameters: Parameters) -> NDArray[np.float32]:
        kept = self._thetas.get(network)
        if kept is None or kept[0] is not parameters:
            kept = self._thetas[network] = parameters, network.flat(parameters)
        return kept[1]
