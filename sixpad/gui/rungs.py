"""The rungs of the ladder: one neuron, ten, hidden layers, convolution, as they stand now."""

from __future__ import annotations

from sixpad.core.grid import Ink
from sixpad.core.network import CONV, HIDDEN, MODELS, ONE, TEN, Network, network_of
from sixpad.core.preparation import Preparation
from sixpad.gui.session import Session

NAMES = {
    ONE: "One neuron",
    TEN: "Ten neurons",
    HIDDEN: "Hidden layer",
    CONV: "Convolution",
}


def rung(session: Session, model: str) -> Network:
    """The network of a model that the session would use."""
    return network_of(model, session.digit, session.sizes[model])


def rungs(session: Session) -> tuple[Network, ...]:
    """The networks that are compared, the simplest first."""
    return tuple(rung(session, model) for model in MODELS)


def preparation_of(session: Session, network: Network) -> Preparation:
    """How a network's own images were prepared; where nobody knows, as the drawing is now."""
    source = session.learned_by(network).source
    return source.preparation if source.data else session.drawing.preparation


def given_to(session: Session, network: Network) -> Ink:
    """What a network sees of the drawing, (24, 24): prepared as its own images were."""
    drawing, preparation = session.drawing, preparation_of(session, network)
    return drawing.prepared if preparation is drawing.preparation else preparation(drawing.ink)
