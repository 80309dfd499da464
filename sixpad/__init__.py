"""sixpad: draw a digit, train a neuron, watch its weights become a picture of it."""

__version__ = "0.1.0"
