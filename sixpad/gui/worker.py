"""Threads for work that the window must not wait for."""

from __future__ import annotations

import logging
from typing import Generic, TypeVar

from PySide6.QtCore import QDeadlineTimer, QObject, QThread, Signal, Slot

from sixpad.errors import SixpadError

# macOS gives a thread 512 KB of stack, too little for OpenBLAS.
_STACK_BYTES = 8 << 20

Thread = TypeVar("Thread", bound="WorkerThread")


class WorkerThread(QThread):
    """A thread whose work may fail; `failed` carries the sentence for the person.

    Once `cancelled` is set, the work is given up where it next calls `look`.
    """

    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.cancelled = False
        self.setStackSize(_STACK_BYTES)

    def run(self) -> None:
        try:
            self.work()
        except _Cancelled:
            return
        except SixpadError as error:
            self.failed.emit(str(error))
        except MemoryError:
            self.failed.emit("There is not enough memory for this; choose less data.")
        except Exception:
            logging.getLogger(__name__).exception("a worker thread failed")
            self.failed.emit("Something in sixpad went wrong; the log has the details.")

    def work(self) -> None:
        """What the thread is for."""
        raise NotImplementedError

    def look(self) -> None:
        """Called by the work now and then: it ends here where it is no longer wanted."""
        if self.cancelled:
            raise _Cancelled


class Worker(QObject, Generic[Thread]):
    """One thread at a time that works for an owner, the worker's parent.

    `finished` carries the thread once it has ended by itself. One that is given up ends when it
    can, and its owner hears no more of it: a running thread must not be destroyed.
    """

    finished = Signal(object)

    def __init__(self, owner: QObject) -> None:
        super().__init__(owner)
        self._owner = owner
        self.thread_at_work: Thread | None = None
        self.given_up: list[WorkerThread] = []

    def begin(self, thread: Thread) -> None:
        """Have this thread work, in the place of another."""
        self.give_up()
        self.thread_at_work = thread
        thread.finished.connect(self.look)
        thread.start()

    def give_up(self) -> None:
        """Let the thread end by itself; what it makes is no longer wanted."""
        thread, self.thread_at_work = self.thread_at_work, None
        if thread:
            thread.cancelled = True
            thread.disconnect(self._owner)
            self.given_up.append(thread)
            self.look()

    @Slot()
    def look(self) -> None:
        """Hand over the thread, and give back those that were given up, where they have ended."""
        for thread in [thread for thread in self.given_up if thread.isFinished()]:
            self.given_up.remove(thread)
            _release(thread)
        ended = self.thread_at_work
        # What tells of an end may come when another thread is at work already.
        if ended is not None and ended.isFinished():
            self.thread_at_work = None
            self.finished.emit(ended)
            _release(ended)

    def close(self, deadline: QDeadlineTimer) -> bool:
        """Give up and wait; False if a thread would not end in time."""
        self.give_up()
        return all(thread.wait(deadline) for thread in self.given_up)


def _release(thread: WorkerThread) -> None:
    """Give back a thread that has finished."""
    thread.wait()
    thread.deleteLater()


class _Cancelled(Exception):  # noqa: N818
    """The work is no longer wanted."""
