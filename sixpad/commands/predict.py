"""`sixpad predict`: what images hold."""

from __future__ import annotations

import argparse
from pathlib import Path

from sixpad.commands.console import complain, percent, print_json
from sixpad.core import metrics
from sixpad.core.grid import to_vector
from sixpad.data.images import read_image
from sixpad.data.model_file import open_model
from sixpad.errors import SixpadError


def run(arguments: argparse.Namespace) -> int:
    """Say the probability for each image, prepared as the model's own were.

    An image that cannot be read is told and passed over; the exit status is then 2.
    """
    model = open_model(Path(arguments.model))
    status = 0
    for name in arguments.images:
        try:
            grid = read_image(name, preparation=model.preparation, ink=arguments.ink)
        except SixpadError as error:
            complain(str(error))
            status = 2
            continue
        P = model.network.predict(model.snapshot.parameters, to_vector(grid)[None])
        said = int(metrics.answers(P)[0])
        digit, probabilities = model.network.digit, P.ravel().tolist()
        if arguments.json:
            answer = said if digit is None else bool(said)
            print_json({"image": name, "probabilities": probabilities, "answer": answer})
        elif digit is None:
            print(f"{name}: {said}, P({said}) = {percent(probabilities[said])}")
        else:
            words = "yes" if said else "no"
            print(f"{name}: P({digit}) = {percent(probabilities[0])}, {words}")
    return status
