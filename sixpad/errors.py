"""The one exception whose text is written for the person at the screen."""


class SixpadError(Exception):
    """A fault of the surroundings (a wrong file, a full disk), told in a clear sentence.

    Its text says what is wrong and what to do; the window and the command line show it as it is.
    Everything else that is raised is a fault of sixpad's own and is logged with a traceback.
    """


class WorkError(SixpadError):
    """The input was right and the work failed all the same: exit status 1 and not 2."""
