"""The thread that has the store of drawings: what is asked of it happens one after the other."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QDeadlineTimer, QObject, Signal, Slot

from sixpad.errors import SixpadError

Done = Callable[[Any], None]
Failed = Callable[[SixpadError], None]


class StoreThread(QObject):
    """Works in a thread of its own; what follows a work happens in the thread of this object."""

    _ended = Signal(object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._closing = False
        self._executor = ThreadPoolExecutor(1, "sixpad-drawings")
        self._ended.connect(self._take)

    def submit(
        self,
        work: Callable[[], Any],
        done: Done = lambda _result: None,
        failed: Failed = lambda _error: None,
    ) -> None:
        """Do some work, and call `done` with what it gives, or `failed`."""
        future = self._executor.submit(work)
        future.add_done_callback(lambda ended: self._ended.emit(ended, (done, failed)))

    def give_way(self) -> None:
        """Called by long work now and then: it ends here where the window closes."""
        if self._closing:
            raise _Closing

    def close(self, last: Callable[[], None], deadline: QDeadlineTimer) -> bool:
        """Do this work as the last one; False if it is not done in time."""
        self._closing = True
        future = self._executor.submit(last)
        self._executor.shutdown(wait=False)
        with contextlib.suppress(TimeoutError):
            future.result(max(deadline.remainingTime(), 0) / 1000)
            return True
        return False

    @Slot(object, object)
    def _take(self, ended: Future[Any], then: tuple[Done, Failed]) -> None:
        if self._closing:
            return
        done, failed = then
        error = ended.exception()
        if error is None:
            done(ended.result())
        elif isinstance(error, SixpadError):
            failed(error)
        else:
            logging.getLogger(__name__).error("the drawings failed", exc_info=error)
            failed(SixpadError("Something went wrong with your drawings; the log has the details."))


class _Closing(Exception):  # noqa: N818
    """The window closes while the store is being read."""
