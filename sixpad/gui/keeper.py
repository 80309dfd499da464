"""Keeper: what a person made is on disk a moment after it was made, and back at the next start."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from sixpad.core.grid import PIXELS, SIDE, pack, unpack
from sixpad.core.network import NETWORKS, Network
from sixpad.core.snapshot import Snapshot
from sixpad.data.folders import config_folder, data_folder, locations
from sixpad.data.settings import Settings, load_settings, save_settings
from sixpad.errors import SixpadError
from sixpad.gui.drawing import sample_six
from sixpad.gui.learned import Learned
from sixpad.gui.models import keep_model, kept_path, read_model
from sixpad.gui.session import Session
from sixpad.gui.trainer import State, Trainer

# Changes are gathered for this long, so that a training is not saved at each of its snapshots.
_GATHER_MILLISECONDS = 700


class Keeper(QObject):
    """Saves settings, drawing and models in the background, each file whole or not at all.

    `failed` carries the sentence for the person; it comes once for each kind of trouble, and
    saving is tried again with the next change and at the end.
    """

    failed = Signal(str)

    def __init__(self, session: Session, trainer: Trainer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._trainer = session, trainer
        self.settings = Settings()
        self._saved_settings: Settings | None = Settings()
        # None stands for a file that does not hold what it should.
        self._saved_models: dict[Network, Snapshot | None] = {}
        self._failed = False
        self._writer = ThreadPoolExecutor(1, "sixpad-keeper")
        self._told: set[str] = set()
        self._timer = QTimer(self, interval=_GATHER_MILLISECONDS, singleShot=True)
        self._timer.timeout.connect(self.save)

    def restore(self) -> None:
        """Bring back what the last run left; a first run gets a sample six."""
        session, trainer = self._session, self._trainer
        try:
            # A folder that may not be written can be read.
            self.settings = load_settings(locations()["config"] / "settings.json")
            for network in NETWORKS:
                learned = self._recalled(network)
                if learned:
                    session.restore(network, learned)
            for folder in (config_folder, data_folder):
                folder()
        except SixpadError as error:
            self._tell(str(error))
        # Deeper ones come in any size: when they are asked for.
        session.recall = self._recalled
        self._saved_settings = self.settings
        settings = self.settings
        session.model, session.digit = settings.model, settings.digit
        session.pen_width = settings.pen_width
        session.drawing.preparation = settings.preparation
        session.sizes.update(settings.sizes)
        trainer.configs.update(settings.training)
        trainer.device.choice = settings.device
        trainer.data.specs, trainer.data.style = settings.data, settings.handwriting
        trainer.data.new_each_epoch = settings.new_each_epoch
        packed = settings.drawing
        if packed is None:
            session.drawing.restore(sample_six())
        else:
            image = unpack(np.frombuffer(packed, np.uint8)[None])
            session.drawing.restore(image.reshape(SIDE, SIDE))
        trainer.draw_weights()
        if session.snapshot.unfinished:
            trainer.state = State.PAUSED

    def _recalled(self, network: Network) -> Learned | None:
        """What an earlier run has kept of a network, if it has."""
        path = kept_path(network)
        try:
            if not path.exists():
                return None
            model, learned = read_model(path)
            if model.network != network:
                raise SixpadError(f"“{path}” is not what its name says, but {model.network.title}.")
        except SixpadError as error:
            self._tell(f"{error} {_set_aside(path)}")
            return None
        self._saved_models[network] = learned.snapshot
        return learned

    def watch(self) -> None:
        """Save from now on whatever changes."""
        session, trainer = self._session, self._trainer
        for signal in (
            session.drawing.stroke_ended, session.drawing.preparation_changed,
            session.progress_changed, session.network_changed, session.digit_changed,
            session.pen_changed, session.undo_stack.indexChanged, trainer.config_changed,
            trainer.device.changed, trainer.data.changed, trainer.data.renewal_changed,
        ):  # fmt: skip
            signal.connect(self.touch)

    def touch(self, *_: object) -> None:
        """Something has changed: save it soon."""
        if not self._timer.isActive():
            self._timer.start()

    def remember(self, **changes: Any) -> None:
        """Keep settings that neither the session nor the trainer knows."""
        self.settings = replace(self.settings, **changes)
        self.touch()

    def save(self) -> None:
        """Write, in the background, what has changed since it was last written."""
        self._timer.stop()
        self._collect_settings()
        if self._failed:
            self._failed, self._saved_settings = False, None
            self._saved_models = dict.fromkeys(self._saved_models)
        if self.settings != self._saved_settings:
            self._saved_settings = self.settings
            self._submit(partial(_write_settings, self.settings))
        for network, learned in self._session.all_learned().items():
            wanted = learned.snapshot.step > 0 or network in self._saved_models
            if wanted and learned.snapshot is not self._saved_models.get(network):
                self._saved_models[network] = learned.snapshot
                self._submit(partial(keep_model, network, learned))

    def close(self) -> None:
        """Save what is left and wait until it is on the disk."""
        self.save()
        self._writer.shutdown(wait=True)

    def _collect_settings(self) -> None:
        session, trainer = self._session, self._trainer
        self.settings = replace(
            self.settings,
            training=dict(trainer.configs),
            model=session.model,
            sizes=dict(session.sizes),
            digit=session.digit,
            preparation=session.drawing.preparation,
            device=trainer.device.choice,
            data=trainer.data.specs,
            handwriting=trainer.data.style,
            new_each_epoch=trainer.data.new_each_epoch,
            pen_width=session.pen_width,
            drawing=pack(session.drawing.ink.reshape(1, PIXELS)).tobytes(),
        )

    def _submit(self, write: Callable[[], None]) -> None:
        self._writer.submit(write).add_done_callback(self._written)

    def _written(self, future: Future[None]) -> None:
        error = future.exception()
        self._failed = self._failed or error is not None
        if isinstance(error, SixpadError):
            self._tell(str(error))
        elif error is not None:
            logging.getLogger(__name__).error("saving failed", exc_info=error)
        else:
            self._told.clear()

    def _tell(self, sentence: str) -> None:
        if sentence not in self._told:
            self._told.add(sentence)
            self.failed.emit(sentence)


def _write_settings(settings: Settings) -> None:
    save_settings(config_folder() / "settings.json", settings)


def _set_aside(path: Path) -> str:
    """Rename what cannot be read, so that the next save does not replace it; say so."""
    names = (path.with_suffix(f".aside-{number}{path.suffix}") for number in range(1, 1000))
    aside = next(name for name in names if not name.exists())
    try:
        path.rename(aside)
    except OSError:
        return "It is left as it is."
    return f"It is kept as “{aside.name}”, and the network starts anew."
